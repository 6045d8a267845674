//! Faults in other shapes than the usual, and healthy zones that look odd.

use std::time::Duration;

use lr_core::Severity;
use lr_dns::DnsCheck;
use lr_lab::{Fault, Lab, Signing, Zone};

use crate::{Case, NS2, neighbours, shown, some, zone};

const FOUR: &str = "@ NS ns1\n@ NS ns2\n@ NS ns3\n@ NS ns4";

fn case(name: &'static str, zone: Zone) -> Case {
    Case::new(name, zone)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_but_healthy_zones_are_left_alone() {
    let long: String =
        (0..40).map(|n| format!("@ TXT \"verification-{n}={}\"\n", "x".repeat(60))).collect();
    let many: String = (1..=20).map(|n| format!("@ A 11.0.0.{n}\n")).collect();
    let at_aws = "@ NS ns-1.awsdns-02.com.\n@ NS ns-2.awsdns-02.com.";
    let cases = vec![
        case("four servers", zone().records(FOUR)),
        case("servers of another zone", zone().records("@ NS ns.cdn.test.\n@ NS ns2.cdn.test.")),
        case(
            "one server more, over IPv6 only",
            zone().records("@ NS ns1\n@ NS ns2\n@ NS ns3\nns3 AAAA 2a0e:b107:33::1"),
        ),
        case("names between others", zone().records("a.b.api A 11.0.0.9\nx.dev A 11.0.0.9")),
        case("an alias through three zones", zone().records("api CNAME live.cdn.test.")),
        case("an apex that stands for a name elsewhere", zone().replace("@ A 11.0.0.51")
            .remove("www", "CNAME").records("www CNAME own.cdn.test.").replace("@ A 11.0.0.51\n@ AAAA 2a0e:b107:9::51")),
        case("many addresses in another order each time", zone().replace(&many).fault("*", Fault::Rotate)),
        case("one address at a time", zone().replace(&many).fault("*", Fault::OneByOne)),
        case("long texts", zone().records(&long)),
        case("short lives at a network of caches", zone().replace("@ 20 A 11.0.0.7\napp 30 A 11.0.0.8")),
        case(
            "answers by place, all from one DNS host",
            zone().records(at_aws).replace("app A 11.0.0.8").records_on("ns-2.awsdns-02.com", "app A 11.90.0.8"),
        ),
        case(
            "shares of one set of addresses",
            zone()
                .records_on("ns1.shop.test", "app A 11.0.0.8\napp A 11.1.0.8")
                .records_on(NS2, "app A 11.1.0.8\napp A 11.2.0.8"),
        ),
        case(
            "the next machine, for a moment",
            zone().replace("app 30 A 11.0.0.8").records_on(NS2, "app 30 A 11.0.9.9"),
        ),
        case("signed", zone().records("_imaps._tcp SRV 0 1 993 mx").signed(Signing::Valid)),
        case("a service that is not there", zone().records("_imap._tcp SRV 0 0 0 .")),
        case("a service elsewhere", zone().records("_matrix._tcp SRV 10 5 443 own.cdn.test.")),
        case("nobody may issue wildcards", zone().records("@ CAA 0 issuewild \";\""))
            .with(|_, policy| policy.issuers = vec!["ca.test".into()]),
        case("an account that may issue",
            zone().replace("@ CAA 0 issue \"ca.test; accounturi=https://ca.test/1; validationmethods=dns-01,http-01\""))
            .with(|_, policy| {
                policy.issuers = vec!["CA.test.".into()];
                policy.account_uri = Some("https://ca.test/1".into());
                policy.validation_method = Some("http-01".into());
            }),
        case("the certificate's issuer", zone().replace("@ CAA 0 issue \"letsencrypt.org\""))
            .with(|_, policy| policy.certificate_issuers = vec!["Let's Encrypt".into()]),
        case("lost packets", zone().fault(NS2, Fault::DropFirst(1))),
        case("a domain without mail", zone().replace("@ MX 0 .")),
        case("a domain that takes and sends no mail", zone().replace("@ MX 0 .").records("@ TXT \"v=spf1 -all\"")),
        case("every name exists, of another type", zone().records("* TXT \"x\"")),
        case("mail for every name", zone().records("* MX 10 mx")),
        case("a wildcard on purpose", zone().records("* CNAME @")),
        case("a zone copied a moment ago", zone().records_on(NS2, "@ SOA ns1 hostmaster 2026112102 7200 3600 1209600 300")),
        case("other lives at each server", zone().records_on(NS2, "app 60 A 11.0.0.8\n@ 200 A 11.0.0.7")),
        case("names that only stand between", zone().records("a.b.c.app A 11.0.0.9\nx.staging TXT \"x\"")),
        case("glue of one family at one server", zone().records("@ NS ns1\n@ NS ns2\nns1 A 11.1.0.1\nns2 A 11.2.0.1\nns2 AAAA 2a0e:b107:2::1")),
        case("a zone below at somebody else", zone().remove("app", "A").records("app NS ns.cdn.test.\napp NS ns2.cdn.test."))
            .beside(Zone::new("app.shop.test").records("@ NS ns.cdn.test.\n@ NS ns2.cdn.test.\n@ A 11.0.0.8")),
        case("mail hosts over IPv4 only", zone().remove("mx", "AAAA")),
        case("mail elsewhere", zone().replace("@ MX 10 own.cdn.test.")),
        case("addresses beside each other", zone().remove("www", "CNAME").records("www A 11.0.0.7\nwww AAAA 2a0e:b107:9::7")),
        case("slow servers", zone().fault("*", Fault::Delay(Duration::from_millis(200)))),
        case("both servers at one DNS host", zone().records(at_aws)),
        case("a resolver that is no proxy", zone().replace("@ A 1.1.1.1").remove("@", "AAAA")).with(|_, policy| policy.issuers = vec!["ca.test".into()]),
        case("letters of any case in CAA", zone().replace("@ CAA 0 ISSUE \"CA.test\""))
            .with(|_, policy| policy.issuers = vec!["ca.test".into()]),
        case("aliases to where nobody speaks of CAA", zone().records("blog CNAME own.cdn.test.")).with(|config, policy| {
            config.hosts = vec!["blog".into()];
            policy.issuers = vec!["ca.test".into()];
        }),
    ];
    for (name, run) in
        some(cases.into_iter().map(|case| async { (case.name, case.run().await) })).await
    {
        assert_eq!(run.error, None, "{name}");
        let loud: Vec<_> = run.findings.iter().filter(|f| f.severity >= Severity::Medium).collect();
        assert!(loud.is_empty(), "{name}: {:#?}", shown(&run));
        // Low ones are for what was put there on purpose, and for names without IPv6.
        let quiet = [
            "dns/name-servers-agree",
            "dns/internal-names-hidden",
            "dns/ipv6-addresses",
            "dns/no-wildcard",
            "dns/serials-agree",
        ];
        let other = run.findings.iter().find(|f| !quiet.iter().any(|rule| f.rule == **rule));
        assert!(other.is_none(), "{name}: {:#?}", shown(&run));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_are_named_in_every_shape() {
    let agree = "dns/name-servers-agree";
    let issuer = "dns/caa-allows-issuer";
    let claim = "dns/targets-not-claimable";
    let four = || zone().records(FOUR);
    let at_aws = "@ NS ns-1.awsdns-02.com.\n@ NS ns-2.awsdns-02.com.";
    let two_addresses = "ns2 A 11.2.0.1\nns2 A 11.2.0.2\nns2 AAAA 2a0e:b107:2::1";
    let cases: Vec<(Case, &str, Vec<&str>)> = vec![
        (
            case("one of four", four().fault("ns3.shop.test", Fault::Refused)),
            "dns/name-servers-authoritative",
            vec!["ns3.shop.test"],
        ),
        (
            case("one of four differs", four().records_on("ns4.shop.test", "@ A 11.0.0.70")),
            agree,
            vec!["shop.test A", "ns4.shop.test ("],
        ),
        (
            case(
                "one of four has another family",
                four().records_on("ns4.shop.test", "@ AAAA 2a0e:b107:9::70"),
            ),
            agree,
            vec!["shop.test AAAA", "ns4.shop.test"],
        ),
        (
            case("mail differs", zone().records_on(NS2, "@ MX 10 app")),
            agree,
            vec!["shop.test MX", NS2],
        ),
        (
            case(
                "name servers differ",
                zone().records_on(NS2, "@ NS ns1\n@ NS ns2\n@ NS ns9.cdn.test."),
            ),
            agree,
            vec!["shop.test NS", NS2],
        ),
        (
            case(
                "a well-known name differs",
                zone().records("api A 11.0.0.9").records_on(NS2, "api A 11.66.0.9"),
            ),
            agree,
            vec!["api.shop.test A", NS2],
        ),
        (
            case(
                "a well-known name is missing at one",
                zone().records("api A 11.0.0.9").missing_on("ns1.shop.test", "api", "ANY"),
            ),
            agree,
            vec!["api.shop.test A", "none"],
        ),
        (
            case(
                "one of two glue addresses",
                zone()
                    .records("@ NS ns1\n@ NS ns2")
                    .records(two_addresses)
                    .glue(NS2, "11.2.0.1".parse().unwrap())
                    .glue(NS2, "11.2.0.9".parse().unwrap())
                    .glue(NS2, "2a0e:b107:2::1".parse().unwrap()),
            ),
            "dns/glue-matches",
            vec!["11.2.0.9"],
        ),
        (
            case(
                "glue of the other family",
                zone()
                    .records("@ NS ns1\n@ NS ns2")
                    .records(two_addresses)
                    .glue(NS2, "11.2.0.1".parse().unwrap())
                    .glue(NS2, "11.2.0.2".parse().unwrap())
                    .glue(NS2, "2a0e:b107:2::9".parse().unwrap()),
            ),
            "dns/glue-matches",
            vec!["2a0e:b107:2::9"],
        ),
        (
            case(
                "servers over IPv6 only",
                zone().records(
                    "@ NS ns1\n@ NS ns2\nns1 AAAA 2a0e:b107:1::1\nns2 AAAA 2a0e:b107:2::1",
                ),
            ),
            "dns/name-servers-ipv4",
            vec!["no name server has an IPv4 address"],
        ),
        (
            case(
                "a server name of another zone that is gone",
                zone().records("@ NS ns1\n@ NS ns2\n@ NS ns.cdn.gone-domain.test."),
            ),
            claim,
            vec!["gone-domain.test"],
        ),
        (
            case(
                "another primary",
                zone().records_on(NS2, "@ SOA ns9 hostmaster 2026112101 7200 3600 1209600 300"),
            ),
            "dns/soa-agrees",
            vec!["primary server", NS2],
        ),
        (
            case("an SOA record is missing", zone().missing_on(NS2, "@", "SOA")),
            "dns/name-servers-authoritative",
            vec![NS2, "without an SOA"],
        ),
        (
            case("CAA is dropped", zone().name_fault("@", "CAA", Fault::Silent)),
            "dns/every-question-answered",
            vec!["CAA: no answer"],
        ),
        (
            case("MX is refused", zone().name_fault("@", "MX", Fault::Refused)),
            "dns/every-question-answered",
            vec!["MX: REFUSED"],
        ),
        (
            case("a circle through another zone", zone().replace("www CNAME back.cdn.test.")),
            "dns/alias-chains-end",
            vec!["www.shop.test -> back.cdn.test -> www.shop.test"],
        ),
        (
            case(
                "a chain that ends nowhere",
                zone().records("api CNAME a\na CNAME b\nb CNAME nowhere"),
            ),
            "dns/alias-targets-exist",
            vec!["nowhere.shop.test does not exist"],
        ),
        (
            case("mail at a domain that is free", zone().replace("@ MX 10 mail.free-domain.test.")),
            claim,
            vec!["free-domain.test"],
        ),
        (
            case("a service that is gone", zone().records("_matrix._tcp SRV 10 5 443 gone")),
            "dns/service-targets",
            vec!["_matrix._tcp.shop.test", "gone.shop.test does not exist"],
        ),
        (
            case(
                "a service at a domain that is free",
                zone().records("_sip._udp SRV 10 5 5060 sip.free-domain.test."),
            ),
            claim,
            vec!["sip.free-domain.test"],
        ),
        (
            case("a service at an alias", zone().records("_imaps._tcp SRV 10 5 993 www")),
            "dns/service-targets",
            vec!["is an alias"],
        ),
        (
            case("no mail, and mail", zone().records("@ MX 0 .")),
            "dns/mail-targets",
            vec!["others stand beside it"],
        ),
        (
            case("shared address space", zone().replace("app A 100.64.0.1")),
            "dns/addresses-public",
            vec!["app.shop.test A"],
        ),
        (
            case("a metadata address", zone().replace("app A 169.254.169.254")),
            "dns/addresses-public",
            vec!["link-local"],
        ),
        (
            case("documentation", zone().replace("@ AAAA 2001:db8::7")),
            "dns/addresses-public",
            vec!["2001:db8::7"],
        ),
        (
            case("no life at all", zone().replace("app 0 A 11.0.0.8")),
            "dns/ttls-not-too-low",
            vec!["0 s"],
        ),
        (
            case("wildcards by somebody else", zone().records("@ CAA 0 issuewild \"other.test\""))
                .with(|_, policy| policy.wildcard_issuers = vec!["ca.test".into()]),
            issuer,
            vec!["*.shop.test", "allow other.test"],
        ),
        (
            case(
                "another account",
                zone().replace("@ CAA 0 issue \"ca.test; accounturi=https://ca.test/1\""),
            )
            .with(|_, policy| {
                policy.issuers = vec!["ca.test".into()];
                policy.account_uri = Some("https://ca.test/2".into());
            }),
            issuer,
            vec!["accounturi=https://ca.test/1"],
        ),
        (
            case(
                "another method",
                zone().replace("@ CAA 0 issue \"ca.test; validationmethods=dns-01\""),
            )
            .with(|_, policy| {
                policy.issuers = vec!["ca.test".into()];
                policy.validation_method = Some("http-01".into());
            }),
            issuer,
            vec!["validationmethods=dns-01"],
        ),
        (
            case("the certificate's issuer is not allowed", zone())
                .with(|_, policy| policy.certificate_issuers = vec!["Let's Encrypt".into()]),
            issuer,
            vec!["Let's Encrypt", "allow ca.test"],
        ),
        (
            case(
                "the machine behind the proxy in SPF",
                zone()
                    .replace("@ A 104.16.1.1")
                    .replace("@ AAAA 2606:4700::6810:101")
                    .records("@ TXT \"v=spf1 ip4:11.44.0.9 -all\""),
            ),
            "dns/edge-not-bypassed",
            vec!["SPF", "11.44.0.9"],
        ),
        (
            case("a wildcard alias", zone().records("* CNAME own.cdn.test.")),
            "dns/no-wildcard",
            vec!["*.shop.test"],
        ),
        (
            case(
                "a zone below that its DNS host does not have",
                zone().records("dev NS ns-1.awsdns-02.com.\ndev NS ns-2.awsdns-02.com."),
            ),
            claim,
            vec!["dev.shop.test NS", "Amazon Route 53, none of whose servers has it"],
        ),
        (
            case(
                "a zone below at a server that is gone",
                zone().records("app NS gone.cdn.test.").remove("app", "A"),
            ),
            "dns/zones-below-served",
            vec!["app.shop.test", "gone.cdn.test, which has no address"],
        ),
        (
            case(
                "a zone below at a domain that is free",
                zone().records("staging NS ns.free-domain.test."),
            ),
            claim,
            vec!["ns.free-domain.test", "anybody can register"],
        ),
        (
            case(
                "a host of the launch in a zone below",
                zone().records("blog NS ns-1.awsdns-02.com.\nblog NS ns-2.awsdns-02.com."),
            )
            .with(|config, _| config.hosts = vec!["blog".into()]),
            "dns/zones-below-served",
            vec!["High", "ns-1.awsdns-02.com (11.7.0.1): REFUSED"],
        ),
        (
            case(
                "one server of a zone below",
                zone()
                    .remove("app", "A")
                    .records("app NS ns.cdn.test.\napp NS ns-1.awsdns-02.com."),
            )
            .beside(Zone::new("app.shop.test").records("@ NS ns.cdn.test.\n@ A 11.0.0.8")),
            "dns/zones-below-served",
            vec!["Low", "ns-1.awsdns-02.com (11.7.0.1): REFUSED"],
        ),
        (
            case("mail inside", zone().replace("mx A 10.0.0.25")),
            "dns/addresses-public",
            vec!["mx.shop.test A", "10.0.0.25 (private)"],
        ),
        (
            case("mail to this machine", zone().replace("@ MX 10 localhost.")),
            "dns/addresses-public",
            vec!["localhost A", "loopback"],
        ),
        (
            case("mail to an address", zone().replace("@ MX 10 11.0.7.25.")),
            "dns/mail-targets",
            vec!["11.0.7.25 is an address"],
        ),
        (
            case("a service inside", zone().records("_sip._tcp SRV 1 1 5060 inside.cdn.test.")),
            "dns/addresses-public",
            vec!["inside.cdn.test A", "10.0.0.9"],
        ),
        (
            case("inside by way of an alias", zone().replace("www CNAME inside.cdn.test.")),
            "dns/addresses-public",
            vec!["High", "www.shop.test A", "10.0.0.9 (private)"],
        ),
        (
            case("a well-known name inside, over IPv6", zone().records("app AAAA ::ffff:10.0.0.1")),
            "dns/addresses-public",
            vec!["app.shop.test AAAA"],
        ),
        (
            case(
                "www over IPv6 only",
                zone().remove("www", "CNAME").records("www AAAA 2a0e:b107:9::7"),
            ),
            "dns/www-resolves",
            vec!["IPv6 addresses only"],
        ),
        (
            case("www without an address", zone().remove("www", "CNAME").records("www TXT \"x\"")),
            "dns/www-resolves",
            vec!["www.shop.test has no address"],
        ),
        (
            case("an alias of itself", zone().replace("www CNAME www")),
            "dns/alias-chains-end",
            vec!["www.shop.test -> www.shop.test"],
        ),
        (
            case("a host three labels deep", zone().records("a.b CNAME gone.azurewebsites.net."))
                .with(|config, _| config.hosts = vec!["a.b.shop.test".into()]),
            claim,
            vec!["a.b.shop.test CNAME", "gone.azurewebsites.net"],
        ),
        (
            case(
                "free by way of another alias",
                zone().replace("www CNAME mid").records("mid CNAME gone.azurewebsites.net."),
            ),
            claim,
            vec!["www.shop.test -> mid.shop.test -> gone.azurewebsites.net"],
        ),
        (
            case(
                "all at a DNS host that does not have it",
                zone().records(at_aws).fault("*", Fault::Refused),
            ),
            claim,
            vec!["shop.test NS", "Amazon Route 53"],
        ),
        (
            case(
                "a server over IPv6 only that is lame",
                zone()
                    .records("@ NS ns1\n@ NS ns2\n@ NS ns3\nns3 AAAA 2a0e:b107:33::1")
                    .fault("ns3.shop.test", Fault::Refused),
            ),
            "dns/name-servers-authoritative",
            vec!["ns3.shop.test/2a0e:b107:33::1"],
        ),
        (
            case(
                "a server over IPv6 only that differs",
                zone()
                    .records("@ NS ns1\n@ NS ns2\n@ NS ns3\nns3 AAAA 2a0e:b107:33::1")
                    .records_on("ns3.shop.test", "app A 11.0.0.66"),
            ),
            agree,
            vec!["app.shop.test A", "ns3.shop.test (2a0e:b107:33::1)"],
        ),
        (
            case("CAA differs", zone().records_on(NS2, "@ CAA 0 issue \"other.test\""))
                .with(|_, policy| policy.issuers = vec!["ca.test".into()]),
            agree,
            vec!["shop.test CAA", NS2],
        ),
        (
            case("a host with CAA of its own", zone().records("app CAA 0 issue \"other.test\""))
                .with(|config, policy| {
                    config.hosts = vec!["app".into()];
                    policy.issuers = vec!["ca.test".into()];
                }),
            issuer,
            vec!["app.shop.test CAA", "allow other.test"],
        ),
        (
            case(
                "CAA of a host's target in another zone",
                zone().records("blog CNAME strict.cdn.test."),
            )
            .with(|config, policy| {
                config.hosts = vec!["blog".into()];
                policy.issuers = vec!["ca.test".into()];
            }),
            issuer,
            vec!["blog.shop.test CAA", "strict.cdn.test allow other.test"],
        ),
        (
            case("only nobody may issue", zone().replace("@ CAA 0 issue \";\""))
                .with(|_, policy| policy.issuers = vec!["ca.test".into()]),
            issuer,
            vec!["allow nobody"],
        ),
        (
            case("a wildcard over IPv6", zone().records("* AAAA 2a0e:b107:9::9")),
            "dns/no-wildcard",
            vec!["*.shop.test"],
        ),
        (
            case("one answers with another message", zone().fault(NS2, Fault::WrongId)),
            "dns/name-servers-answer",
            vec![NS2, "in time"],
        ),
    ];
    let mut problems = Vec::new();
    let runs = cases
        .into_iter()
        .map(|(case, rule, parts)| async move { (rule, parts, (case.name, case.run().await)) });
    for (rule, parts, (name, run)) in some(runs).await {
        let found = run.findings.iter().any(|finding| {
            let shown = format!("{:?} {} {}", finding.severity, finding.key, finding.detail);
            finding.rule == rule && parts.iter().all(|part| shown.contains(part))
        });
        if !found {
            problems.push(format!("{name}: no {rule} {parts:?} in {:#?}", shown(&run)));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[tokio::test]
async fn a_new_dns_host_is_looked_at_before_the_delegation_is_changed() {
    let new = Zone::new("shop.test").records("@ A 11.0.0.7\n@ NS ns.cdn.test.\n@ NS ns2.cdn.test.");
    let lab = neighbours()
        .into_iter()
        .fold(Lab::builder().zone(new.undelegated()), |lab, zone| lab.zone(zone));
    let lab = lab.start().await.unwrap();
    let given = ["ns.cdn.test", "ns2.cdn.test"].map(|name| (name.to_owned(), Vec::new()));
    let run = lr_core::run(&DnsCheck::new("shop.test").delegated_to(given), &lab.context()).await;
    let passes = |rule: &str| {
        run.outcomes.iter().any(|o| o.rule == rule && o.verdict == lr_core::Verdict::Pass)
    };
    for rule in ["dns/name-servers-authoritative", "dns/apex-resolves", "dns/delegation-matches"] {
        assert!(passes(rule), "{rule}: {:#?}", shown(&run));
    }
    // Half of it at the wrong place.
    let given = [("ns.cdn.test", "11.5.0.1"), ("ns2.shop.test", "11.99.0.1")];
    let given = given.map(|(name, ip)| (name.to_owned(), vec![ip.parse().unwrap()]));
    let run = lr_core::run(&DnsCheck::new("shop.test").delegated_to(given), &lab.context()).await;
    assert!(run.findings.iter().any(|f| f.rule == "dns/delegation-matches"), "{:#?}", shown(&run));
}
