//! The usual faults, each with the offender named and nothing else blamed; and their healthy twins.

use std::time::Duration;

use lr_dns::{DnsConfig, Expect, Policy};
use lr_lab::{Fault, Signing, Zone};

use crate::{Case, NS2, shown, some, zone};

/// A zone, and rules with what the key and detail of their findings must show.
struct Wanted {
    case: Case,
    rules: Vec<(&'static str, Vec<&'static str>)>,
}

fn case(name: &'static str, zone: Zone, rule: &'static str, shows: &[&'static str]) -> Wanted {
    Wanted { case: Case::new(name, zone), rules: vec![(rule, shows.to_vec())] }
}

impl Wanted {
    fn and(mut self, rule: &'static str, shows: &[&'static str]) -> Self {
        self.rules.push((rule, shows.to_vec()));
        self
    }

    fn with(mut self, change: impl FnOnce(&mut DnsConfig, &mut Policy)) -> Self {
        self.case = self.case.with(change);
        self
    }
}

const BOTH: &str = "@ NS ns1\n@ NS ns2";

fn cases() -> Vec<Wanted> {
    let ns2 = NS2;
    let broken = |fault| zone().fault(ns2, fault);
    let signed = |signing| zone().signed(signing);
    let answer = "dns/name-servers-answer";
    let v6 = "dns/name-servers-answer-ipv6";
    let lame = "dns/name-servers-authoritative";
    vec![
        case("lame", broken(Fault::Refused), lame, &[ns2, "REFUSED"]),
        case("deadns", broken(Fault::Silent), answer, &[ns2, "in time"]).and(v6, &[ns2]),
        case("noaa", broken(Fault::NotAuthoritative), lame, &[ns2, "no AA bit"]),
        case("upward", broken(Fault::UpwardReferral), lame, &[ns2, "referral up to the root"]),
        case("tconly", broken(Fault::TruncateNoTcp), "dns/name-servers-answer-tcp", &[ns2]),
        case("notcp", broken(Fault::NoTcp), "dns/name-servers-answer-tcp", &[ns2, "not over TCP"]),
        case("noedns", broken(Fault::DropEdns), "dns/name-servers-edns", &[ns2, "without EDNS"]),
        case("casebroken", broken(Fault::LowerCase), "dns/name-servers-keep-case", &[ns2]),
        case("aaaafail", broken(Fault::NxDomainForNoData), "dns/names-not-denied", &[ns2]),
        case(
            "serial",
            zone().records_on(ns2, "@ SOA ns1 hostmaster 2026112001 7200 3600 1209600 300"),
            "dns/serials-agree",
            &[ns2, "2026112001"],
        ),
        case(
            "differ",
            zone().missing_on(ns2, "www", "CNAME").records_on(ns2, "www A 11.0.0.66"),
            "dns/name-servers-agree",
            &["www.shop.test", ns2],
        ),
        case(
            "differ-a",
            zone().records_on(ns2, "app A 11.0.0.66"),
            "dns/name-servers-agree",
            &["app.shop.test A", "11.0.0.66", ns2],
        ),
        case(
            "nsmismatch",
            zone().records("@ NS ns1\n@ NS ns2\n@ NS ns3").delegated_to(["ns1.shop.test", ns2]),
            "dns/delegation-matches",
            &["only the zone names ns3.shop.test"],
        ),
        case(
            "glue",
            zone().glue(ns2, "11.77.0.1".parse().unwrap()),
            "dns/glue-matches",
            &["ns2.shop.test/11.77.0.1"],
        )
        .and(answer, &["11.77.0.1"]),
        case(
            "nscname",
            zone().records("@ NS ns1\n@ NS ns2\n@ NS ns3\nns3 CNAME ns2"),
            "dns/name-servers-not-aliases",
            &["ns3.shop.test is an alias of ns2.shop.test"],
        ),
        case(
            "nsgone",
            zone().records("@ NS ns1\n@ NS ns2\n@ NS ns.gone.test."),
            "dns/name-servers-resolve",
            &["ns.gone.test"],
        )
        .and("dns/targets-not-claimable", &["ns.gone.test", "gone.test does not exist"]),
        case("onens", zone().records("@ NS ns1"), "dns/enough-name-servers", &["ns1.shop.test"]),
        case(
            "sameip",
            zone().records(BOTH).records("ns1 A 11.9.0.1\nns2 A 11.9.0.1"),
            "dns/enough-name-servers",
            &["11.9.0.1"],
        ),
        case(
            "samenet",
            zone().records(BOTH).records("ns1 A 11.9.0.1\nns2 A 11.9.0.2"),
            "dns/name-server-networks",
            &["11.9.0.0/24"],
        ),
        case("axfr", broken(Fault::OpenTransfer), "dns/transfer-closed", &[ns2])
            .with(|config, _| config.transfer = true),
        case("recursion", broken(Fault::OpenRecursion), "dns/recursion-closed", &[ns2]),
        case(
            "dsexpired",
            signed(Signing::Expired),
            "dns/dnssec-valid",
            &["ns1.shop.test", "ended"],
        ),
        case("dsfuture", signed(Signing::NotYetValid), "dns/dnssec-valid", &["begins only"]),
        case("dsbogus", signed(Signing::WrongDigest), "dns/dnssec-valid", &["digest"]),
        case("dsorphan", signed(Signing::OrphanDs), "dns/dnssec-valid", &["has no key"]),
        case("dsforged", signed(Signing::Forged), "dns/dnssec-valid", &["not of its data"]),
        case("dskeysonly", signed(Signing::KeysOnly), "dns/dnssec-valid", &["SOA is not signed"]),
        case("dssoon", signed(Signing::EndsSoon), "dns/dnssec-signatures-last", &["ends at"]),
        case(
            "apexcname",
            zone()
                .remove("@", "A")
                .remove("@", "AAAA")
                .remove("@", "MX")
                .remove("@", "CAA")
                .records("@ CNAME cdn.test."),
            "dns/apex-not-alias",
            &["alias of cdn.test"],
        ),
        case(
            "cnamedata",
            zone().records("api CNAME live.cdn.test.\napi TXT \"x\""),
            "dns/alias-stands-alone",
            &["api.shop.test", "TXT"],
        ),
        case(
            "cnamedata-a",
            zone().records("api CNAME live.cdn.test.\napi A 11.0.0.9"),
            "dns/alias-stands-alone",
            &["api.shop.test", "beside it"],
        ),
        case(
            "cnameloop",
            zone().records("api CNAME a\na CNAME b\nb CNAME a"),
            "dns/alias-chains-end",
            &["api.shop.test -> a.shop.test -> b.shop.test -> a.shop.test"],
        ),
        case(
            "longchain",
            zone().records(
                "api CNAME c1\nc1 CNAME c2\nc2 CNAME c3\nc3 CNAME c4\nc4 CNAME c5\nc5 CNAME c6\n\
                 c6 CNAME c7\nc7 CNAME c8\nc8 CNAME c9\nc9 A 11.0.0.9",
            ),
            "dns/alias-chains-end",
            &["9 aliases in a row"],
        ),
        case(
            "mxcname",
            zone().remove("@", "MX").records("@ MX 10 post\npost CNAME mail.cdn.test."),
            "dns/mail-targets",
            &["post.shop.test -> mail.cdn.test is an alias"],
        ),
        case(
            "mxgone",
            zone().remove("@", "MX").records("@ MX 10 nobody"),
            "dns/mail-targets",
            &["nobody.shop.test does not exist"],
        ),
        case(
            "dangling-azure",
            zone().records("api CNAME gone.azurewebsites.net."),
            "dns/targets-not-claimable",
            &["gone.azurewebsites.net", "gives it to whoever asks"],
        )
        .and("dns/alias-targets-exist", &["api.shop.test"]),
        case(
            "dangling-expired",
            zone().records("api CNAME www.expired.test."),
            "dns/targets-not-claimable",
            &["anybody can register"],
        )
        .and("dns/alias-targets-exist", &["api.shop.test"]),
        case(
            "dangling-http",
            zone().records("api CNAME gone.github.io."),
            "dns/targets-not-claimable",
            &["GitHub Pages answers over HTTP"],
        )
        .with(|_, policy| policy.unclaimed = vec!["api.shop.test".into()]),
        case("privip", zone().replace("app A 10.1.2.3"), "dns/addresses-public", &["10.1.2.3"]),
        case("nowww", zone().remove("www", "CNAME"), "dns/www-resolves", &["www.shop.test"]),
        case(
            "splitwww",
            zone().remove("www", "CNAME").records("www A 11.66.0.7\nwww AAAA 2a0e:b107:66::7"),
            "dns/www-beside-apex",
            &["11.0.0.7", "11.66.0.7"],
        ),
        case("wildcard", zone().records("* A 11.0.0.9"), "dns/no-wildcard", &["*.shop.test"]),
        case(
            "aaaabad",
            zone().replace("@ AAAA fd00::1"),
            "dns/addresses-public",
            &["shop.test AAAA", "fd00::1"],
        )
        .and("dns/addresses-public", &["www.shop.test"]),
        case("nocaa", zone().remove("@", "CAA"), "dns/caa-present", &["shop.test CAA"]),
        case("caawrong", zone(), "dns/caa-allows-issuer", &["other-ca.test", "allow ca.test"])
            .with(|_, policy| policy.issuers = vec!["other-ca.test".into()]),
        case(
            "caabad",
            zone().replace("@ CAA 0 issue \"ca.test; validationmethods=magic\""),
            "dns/caa-valid",
            &["magic"],
        ),
        case("stale", zone(), "dns/expected-records", &["11.0.0.7", "11.0.0.99"])
            .with(|_, policy| policy.expect = vec![Expect::set("@", "A", ["11.0.0.99"])]),
        case(
            "staging",
            zone().records("staging A 11.0.0.9"),
            "dns/internal-names-hidden",
            &["staging.shop.test", "11.0.0.9"],
        ),
        case("ttl-low", zone().replace("app 5 A 11.0.0.8"), "dns/ttls-not-too-low", &["5 s"]),
        case(
            "ttl-high",
            zone().replace("app 2419200 A 11.0.0.8"),
            "dns/ttls-not-too-high",
            &["app.shop.test A", "28 days"],
        ),
        case(
            "ttl-negative",
            zone().records("@ 2419200 SOA ns1 hostmaster 7 7200 3600 1209600 2419200"),
            "dns/negative-ttl",
            &["28 days"],
        ),
        case(
            "mixed-edge",
            zone().replace("@ A 104.16.1.1\n@ A 11.0.0.7").remove("@", "AAAA"),
            "dns/edge-not-bypassed",
            &["11.0.0.7"],
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_is_named_with_the_offender() {
    let cases = cases();
    let total = cases.len();
    let runs = some(
        cases
            .into_iter()
            .map(|case| async move { (case.case.name, case.rules, case.case.run().await) }),
    );
    let mut problems = Vec::new();
    for (name, wanted, run) in runs.await {
        let shown = shown(&run);
        for (rule, parts) in &wanted {
            let found = run.findings.iter().zip(&shown).any(|(finding, shown)| {
                finding.rule == *rule && parts.iter().all(|part| shown.contains(part))
            });
            if !found {
                problems.push(format!("{name}: no {rule} {parts:?} in {shown:#?}"));
            }
        }
        // One fault, one matter: nothing else is blamed, but what follows from it.
        let follows = ["dns/ipv6-addresses", "dns/caa-present"];
        for (finding, shown) in run.findings.iter().zip(&shown) {
            let meant = wanted.iter().any(|(rule, _)| finding.rule == **rule);
            let follows = match name {
                "apexcname" | "aaaabad" | "splitwww" | "mixed-edge" => {
                    follows.iter().any(|rule| finding.rule == **rule)
                }
                "differ" | "onens" => finding.rule == "dns/alias-stands-alone",
                _ => false,
            };
            if !meant && !follows {
                problems.push(format!("{name}: also {shown}"));
            }
        }
    }
    assert!(problems.is_empty(), "{} of {total}:\n{}", problems.len(), problems.join("\n"));
    assert!(total >= 35, "{total}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn healthy_zones_have_no_finding() {
    let proxied = zone().replace("@ A 104.16.1.1\n@ A 104.16.2.1\n@ AAAA 2606:4700::6810:101");
    let twins = [
        ("plain", zone()),
        ("signed", zone().signed(Signing::Valid)),
        ("signed without the parent's word", zone().signed(Signing::NoDs)),
        ("proxied", proxied),
        ("other host's alias", zone().records("api CNAME live.cdn.test.")),
        ("a hosted site", zone().records("api CNAME alive.azurewebsites.net.")),
        ("pages that DNS says nothing about", zone().records("api CNAME gone.github.io.")),
        ("three servers", zone().records("@ NS ns1\n@ NS ns2\n@ NS ns3")),
        ("without mail", zone().remove("@", "MX").records("@ MX 0 .")),
        ("old EDNS", zone().fault("ns2.shop.test", Fault::FormErrOnEdns)),
        ("long answers", zone().fault("ns2.shop.test", Fault::Truncate)),
        ("a lost packet", zone().fault("ns2.shop.test", Fault::DropFirst(1))),
        ("far servers", zone().fault("*", Fault::Delay(Duration::from_millis(30)))),
        ("a service below", zone().records("_sip._tcp SRV 1 1 5060 app\na.b.c A 11.0.0.8")),
    ];
    let runs = some(twins.into_iter().map(|(name, zone)| async move {
        let case = Case::new(name, zone).with(|config, policy| {
            config.transfer = true;
            policy.issuers = vec!["ca.test".into()];
        });
        (name, case.run().await)
    }));
    for (name, run) in runs.await {
        let shown = shown(&run);
        assert!(shown.is_empty(), "{name}: {shown:#?}");
        assert!(run.error.is_none());
    }
}
