//! Whole checks over real sockets, against a small internet on loopback.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use lr_core::{CheckRun, Context, ErrorKind, Finding, Limits, Severity, Verdict};
use lr_dns::{DnsCheck, Expect, Snapshot, Summary};
use lr_lab::{Fault, Lab, Zone, within};

/// A zone without a fault, to be broken one thing at a time.
fn zone() -> Zone {
    Zone::new("shop.test").records(
        "@   A     11.0.0.7
         @   AAAA  2a0e:b107:9::7
         @   CAA   0 issue \"ca.test\"
         www CNAME @
         app A     11.0.0.8",
    )
}

async fn lab(zone: Zone) -> Lab {
    Lab::builder().zone(zone).start().await.unwrap()
}

/// The lab's context with so little patience that silence costs no time.
fn hasty(lab: &Lab) -> Context {
    let mut limits = Limits::default();
    limits.exchange = Duration::from_millis(700);
    lab.context().with_limits(limits)
}

async fn audit(zone: Zone) -> CheckRun {
    let lab = lab(zone).await;
    lr_core::run(&DnsCheck::new("shop.test"), &hasty(&lab)).await
}

fn found<'a>(run: &'a CheckRun, rule: &str) -> Vec<&'a Finding> {
    run.findings.iter().filter(|finding| finding.rule == rule).collect()
}

/// The only finding, for this rule, at a place that shows all of `parts` in its key or detail.
fn only<'a>(run: &'a CheckRun, rule: &str, parts: &[&str]) -> &'a Finding {
    let keys: Vec<_> = run.findings.iter().map(|finding| (&finding.key, &finding.detail)).collect();
    assert_eq!(run.findings.len(), 1, "{keys:?}");
    let finding = &run.findings[0];
    assert_eq!(finding.rule.as_str(), rule, "{keys:?}");
    for part in parts {
        let shown = format!("{} {}", finding.key, finding.detail);
        assert!(shown.contains(part), "{part} in {shown}");
    }
    finding
}

fn verdicts<'a>(run: &'a CheckRun, rule: &str) -> Vec<&'a Verdict> {
    let outcomes = run.outcomes.iter().filter(|outcome| outcome.rule == rule);
    outcomes.map(|outcome| &outcome.verdict).collect()
}

fn cause(verdict: &Verdict) -> Option<ErrorKind> {
    match verdict {
        Verdict::Inconclusive { cause, .. } => Some(*cause),
        _ => None,
    }
}

#[tokio::test]
async fn a_healthy_launch_has_no_finding_and_nothing_is_asked_twice() {
    let lab = lab(zone()).await;
    let run = lr_core::run(&DnsCheck::new("shop.test"), &lab.context()).await;
    assert!(run.error.is_none(), "{:?}", run.error);
    assert!(run.findings.is_empty(), "{:?}", run.findings);
    let undecided: Vec<_> = run.outcomes.iter().filter(|o| cause(&o.verdict).is_some()).collect();
    assert!(undecided.is_empty(), "{undecided:?}");

    let queries = lab.queries();
    let asked: BTreeSet<_> =
        queries.iter().map(|q| (q.address, q.name.as_str(), q.record_type.as_str())).collect();
    assert_eq!(asked.len(), queries.len(), "every question once: {queries:#?}");
    assert!(queries.len() <= 65, "{}", queries.len());
    for query in queries {
        assert_eq!(query.recursion_desired, query.server == "recursor", "{query:?}");
    }

    let summary: Summary = serde_json::from_str(run.data.as_deref().unwrap()).unwrap();
    assert_eq!(summary.zone.as_deref(), Some("shop.test"));
    let names: Vec<_> = summary.names.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["shop.test", "www.shop.test", "app.shop.test"]);
    assert_eq!(summary.names[1].chain, ["www.shop.test", "shop.test"]);
    assert_eq!(summary.names[1].addresses.len(), 2);
    assert_eq!(summary.caa, ["0 issue \"ca.test\""]);
    assert!(summary.nameservers.iter().all(|s| s.status == "authoritative"), "{summary:?}");
}

#[tokio::test]
async fn a_snapshot_is_judged_again_without_the_network() {
    let lab = lab(zone().fault("ns2.shop.test", Fault::Refused)).await;
    let first = lr_core::run(&DnsCheck::new("shop.test"), &lab.context()).await;
    let snapshot: Snapshot = serde_json::from_str(first.snapshot.as_deref().unwrap()).unwrap();
    lab.clear_log();
    let again = lr_core::run(&DnsCheck::replay(snapshot), &lab.context()).await;
    assert!(lab.log().is_empty());
    assert_eq!(
        (first.findings, first.outcomes, first.data, first.snapshot),
        (again.findings, again.outcomes, again.data, again.snapshot)
    );
}

#[tokio::test]
async fn a_bad_server_is_named_with_each_of_its_addresses() {
    for (fault, rules, says) in [
        (Fault::Silent, ["dns/name-servers-answer", "dns/name-servers-answer-ipv6"], "in time"),
        (Fault::Garbage, ["dns/name-servers-answer", "dns/name-servers-answer-ipv6"], "no DNS"),
        (Fault::ServFail, ["dns/name-servers-answer", "dns/name-servers-answer-ipv6"], "SERVFAIL"),
        (Fault::Refused, ["dns/name-servers-authoritative"; 2], "REFUSED"),
        (Fault::NotAuthoritative, ["dns/name-servers-authoritative"; 2], "no AA bit"),
        (Fault::UpwardReferral, ["dns/name-servers-authoritative"; 2], "referral up to the root"),
    ] {
        let lab = lab(zone().fault("ns2.shop.test", fault.clone())).await;
        let run = lr_core::run(&DnsCheck::new("shop.test"), &hasty(&lab)).await;
        let mut subjects: Vec<_> = run.findings.iter().map(|f| f.subject.to_string()).collect();
        let mut wanted: Vec<_> =
            lab.addresses("ns2.shop.test").iter().map(|ip| format!("ns2.shop.test/{ip}")).collect();
        subjects.sort();
        wanted.sort();
        assert_eq!(subjects, wanted, "{fault:?}: {:?}", run.findings);
        for finding in &run.findings {
            let rule = rules[usize::from(finding.detail.as_str().contains("2a0e:"))];
            assert_eq!(finding.rule.as_str(), rule, "{fault:?}");
            assert!(finding.detail.as_str().contains(says), "{}", finding.detail);
        }
    }
}

#[tokio::test]
async fn a_silent_server_costs_half_an_exchange() {
    let mut check = DnsCheck::new("shop.test");
    for number in 0..20 {
        check = check.host(format!("host{number}"));
    }
    // Three waves on loopback and half an exchange of 700 ms.
    within(Duration::from_millis(1500), async || {
        let lab = lab(zone().fault("ns2.shop.test", Fault::Silent)).await;
        let started = Instant::now();
        let run = lr_core::run(&check, &hasty(&lab)).await;
        let took = started.elapsed();
        assert_eq!(found(&run, "dns/name-servers-answer").len(), 1, "{:?}", run.findings);
        let to_dead = lab.queries().iter().filter(|query| query.server == "ns2.shop.test").count();
        // At each address 32 are under way, of which one is repeated; the others are spared.
        assert!(to_dead <= 2 * 16 * 2, "{to_dead}");
        took
    })
    .await;
}

#[tokio::test]
async fn servers_that_work_in_their_own_way_are_left_alone() {
    for fault in [Fault::FormErrOnEdns, Fault::Truncate, Fault::DropFirst(1)] {
        let run = audit(zone().fault("ns2.shop.test", fault.clone())).await;
        assert!(run.findings.is_empty(), "{fault:?}: {:?}", run.findings);
    }
}

#[tokio::test]
async fn different_answers_are_shown_with_who_gives_them() {
    let run = audit(zone().records_on("ns2.shop.test", "app A 11.0.0.99")).await;
    let finding = only(
        &run,
        "dns/name-servers-agree",
        &["app.shop.test A", "11.0.0.8", "11.0.0.99", "ns1.shop.test (", "ns2.shop.test ("],
    );
    assert_eq!(finding.severity, Severity::High);
    let elsewhere = zone().missing_on("ns2.shop.test", "www", "CNAME");
    let run = audit(elsewhere.records_on("ns2.shop.test", "www A 11.0.0.66")).await;
    assert!(run.findings.iter().all(|f| f.rule == "dns/name-servers-agree"), "{:?}", run.findings);
    let finding = &run.findings[0];
    assert!(finding.subject.to_string().starts_with("www.shop.test"), "{finding:?}");
    let run = audit(zone().missing_on("ns2.shop.test", "app", "ANY")).await;
    only(&run, "dns/name-servers-agree", &["app.shop.test A", "say that there is none"]);
}

#[tokio::test]
async fn an_old_serial_is_of_little_weight() {
    let soa = "@ SOA ns1 hostmaster 2026112001 7200 3600 1209600 300";
    let run = audit(zone().records_on("ns2.shop.test", soa)).await;
    let finding = only(&run, "dns/serials-agree", &["2026112001 at ns2.shop.test", "2026112101"]);
    assert_eq!(finding.severity, Severity::Low);
}

#[tokio::test]
async fn parent_and_zone_are_compared() {
    let other = "@ NS ns1\n@ NS ns2\n@ NS ns3";
    let run = audit(zone().records(other).delegated_to(["ns1.shop.test", "ns2.shop.test"])).await;
    only(&run, "dns/delegation-matches", &["shop.test NS", "only the zone names ns3.shop.test"]);
}

#[tokio::test]
async fn one_server_is_too_few() {
    let run = audit(zone().records("@ NS ns1")).await;
    only(&run, "dns/enough-name-servers", &["shop.test NS", "ns1.shop.test"]);
    let both = "@ NS ns1\n@ NS ns2\nns1 A 11.9.0.1\nns2 A 11.9.0.1";
    let lab = lab(zone().records(both)).await;
    let run = lr_core::run(&DnsCheck::new("shop.test"), &lab.context()).await;
    only(&run, "dns/enough-name-servers", &["one address", "11.9.0.1"]);
    let queries = lab.queries();
    let asked: BTreeSet<_> =
        queries.iter().map(|q| (q.address, q.name.as_str(), q.record_type.as_str())).collect();
    assert_eq!(asked.len(), queries.len(), "two names of one server: asked once");
}

#[tokio::test]
async fn a_name_server_that_does_not_exist_is_named() {
    let other = Zone::new("cdn.test").records("@ A 11.0.0.50");
    let lab = Lab::builder().zone(zone().records("@ NS ns1\n@ NS ns2\n@ NS ns.cdn.test."));
    let lab = lab.zone(other).start().await.unwrap();
    let run = lr_core::run(&DnsCheck::new("shop.test"), &lab.context()).await;
    only(&run, "dns/name-servers-resolve", &["ns.cdn.test", "does not exist"]);
    let run = audit(zone().records("@ NS ns1\n@ NS ns2\n@ NS 11.1.1.1.")).await;
    only(&run, "dns/name-servers-resolve", &["a host named `11.1.1.1` does not exist"]);
}

#[tokio::test]
async fn missing_addresses_are_found() {
    let run = audit(zone().remove("www", "CNAME")).await;
    only(&run, "dns/www-resolves", &["www.shop.test does not exist"]);
    let run = audit(
        zone()
            .remove("@", "A")
            .replace("www A 11.0.0.7\nwww AAAA 2a0e:b107:9::7")
            .remove("www", "CNAME"),
    )
    .await;
    let finding = only(&run, "dns/apex-resolves", &["shop.test"]);
    assert_eq!(finding.severity, Severity::High, "there is IPv6 at least");
    let bare = zone().remove("@", "A").remove("@", "AAAA").remove("www", "CNAME");
    let run = audit(bare.records("www A 11.0.0.7\nwww AAAA 2a0e:b107:9::7")).await;
    assert_eq!(only(&run, "dns/apex-resolves", &["no address"]).severity, Severity::Critical);
    let run = audit(zone().remove("@", "AAAA")).await;
    assert!(run.findings.iter().all(|f| f.severity == Severity::Low), "{:?}", run.findings);
    assert_eq!(found(&run, "dns/ipv6-addresses").len(), 2);
}

#[tokio::test]
async fn given_hosts_are_looked_at_wherever_they_are() {
    let other = Zone::new("cdn.test").records("@ A 11.0.0.50\nlive A 11.0.0.51");
    let lab = Lab::builder().zone(zone()).zone(other).start().await.unwrap();
    let check = DnsCheck::new("shop.test").host("app").host("live.cdn.test").host("status");
    let run = lr_core::run(&check, &lab.context()).await;
    only(&run, "dns/hosts-resolve", &["status.shop.test does not exist"]);
    let hosts = verdicts(&run, "dns/hosts-resolve");
    assert_eq!(hosts.iter().filter(|verdict| ***verdict == Verdict::Pass).count(), 2);
}

#[tokio::test]
async fn private_addresses_are_found() {
    let run = audit(zone().replace("app A 10.1.2.3")).await;
    let finding = only(&run, "dns/addresses-public", &["app.shop.test A", "10.1.2.3 (private)"]);
    assert_eq!(finding.severity, Severity::Medium);
    let run = audit(zone().replace("@ A 127.0.0.1")).await;
    assert_eq!(found(&run, "dns/addresses-public").len(), 2, "apex and www: {:?}", run.findings);
}

#[tokio::test]
async fn expectations_are_compared() {
    let lab = lab(zone()).await;
    let check = DnsCheck::new("shop.test")
        .expect(Expect::set("@", "A", ["11.0.0.7"]))
        .expect(Expect::contains("www", "CNAME", ["Shop.test."]))
        .expect(Expect::set("www.shop.test", "A", ["11.0.0.7"]))
        .expect(Expect::set("app", "A", ["11.0.0.9"]))
        .expect(Expect::set("gone", "TXT", Vec::<String>::new()));
    let run = lr_core::run(&check, &lab.context()).await;
    only(&run, "dns/expected-records", &["app.shop.test A", "11.0.0.8", "11.0.0.9"]);
    let passed = verdicts(&run, "dns/expected-records");
    assert_eq!(passed.iter().filter(|verdict| ***verdict == Verdict::Pass).count(), 4);
}

#[tokio::test]
async fn expectations_can_be_about_other_names_and_providers() {
    let other =
        Zone::new("vercel-dns.com").records("cname A 11.0.0.50\ncname AAAA 2a0e:b107:9::50");
    let zone = zone().records("api CNAME cname.vercel-dns.com.");
    let lab = Lab::builder().zone(zone).zone(other).start().await.unwrap();
    let run = |expect: Vec<Expect>, resolvers: Vec<std::net::SocketAddr>| {
        let mut config = lr_dns::DnsConfig::new("shop.test");
        config.resolvers = resolvers;
        let check = expect.into_iter().fold(DnsCheck::with_config(config), DnsCheck::expect);
        let mut network = lab.network();
        (network.allow_private, network.only_routed) = (true, false);
        let cx = lab.context().with_network(network);
        async move { lr_core::run(&check, &cx).await }
    };
    let good = vec![
        Expect::same_as("www", "A", "@"),
        Expect::provider("api", "A", "vercel"),
        Expect::absent("old", "A"),
    ];
    let good = run(good, vec![lab.recursor()]).await;
    assert!(good.findings.is_empty(), "{:?}", good.findings);
    assert_eq!(verdicts(&good, "dns/change-has-spread"), [&Verdict::Pass; 2]);
    let bad = vec![
        Expect::same_as("app", "A", "@"),
        Expect::provider("app", "A", "Netlify"),
        Expect::absent("app", "A"),
    ];
    let bad = run(bad, vec![lab.recursor()]).await;
    assert_eq!(found(&bad, "dns/expected-records").len(), 3, "{:?}", bad.findings);
    let old = found(&bad, "dns/change-has-spread");
    assert_eq!(old.len(), 2, "{:?}", bad.findings);
    assert!(old[0].detail.as_str().contains("until 2026-11-21T12:05"), "{}", old[0].detail);
}

#[tokio::test]
async fn dangling_aliases_are_shown_with_their_chain() {
    let other = Zone::new("cdn.test").records("@ A 11.0.0.50\nedge CNAME old\nlive A 11.0.0.51");
    let dangling = zone().records("admin CNAME edge.cdn.test.\napi CNAME live.cdn.test.");
    let lab = Lab::builder().zone(dangling).zone(other).start().await.unwrap();
    let run = lr_core::run(&DnsCheck::new("shop.test"), &lab.context()).await;
    only(
        &run,
        "dns/alias-targets-exist",
        &[
            "admin.shop.test CNAME",
            "admin.shop.test -> edge.cdn.test -> old.cdn.test, and old.cdn.test does not exist",
        ],
    );
    let summary: Summary = serde_json::from_str(run.data.as_deref().unwrap()).unwrap();
    let api = summary.names.iter().find(|row| row.name == "api.shop.test").unwrap();
    assert_eq!(api.chain, ["api.shop.test", "live.cdn.test"]);

    let run = audit(zone().replace("www CNAME gone.nowhere.test.")).await;
    assert_eq!(found(&run, "dns/alias-targets-exist").len(), 1, "{:?}", run.findings);
    assert_eq!(found(&run, "dns/www-resolves").len(), 1, "{:?}", run.findings);
    assert_eq!(found(&run, "dns/targets-not-claimable").len(), 1, "{:?}", run.findings);
    assert_eq!(run.findings.len(), 3, "{:?}", run.findings);
}

#[tokio::test]
async fn circles_are_found() {
    let run = audit(zone().records("api CNAME a\na CNAME b\nb CNAME a")).await;
    only(
        &run,
        "dns/alias-chains-end",
        &["api.shop.test -> a.shop.test -> b.shop.test -> a.shop.test"],
    );
}

#[tokio::test]
async fn an_alias_at_the_apex_is_found() {
    let other = Zone::new("cdn.test").records("@ A 11.0.0.50\n@ AAAA 2a0e:b107:9::50");
    let apex = zone().remove("@", "A").remove("@", "AAAA").records("@ CNAME cdn.test.");
    let lab = Lab::builder().zone(apex).zone(other).start().await.unwrap();
    let run = lr_core::run(&DnsCheck::new("shop.test"), &lab.context()).await;
    only(&run, "dns/apex-not-alias", &["shop.test CNAME", "alias of cdn.test"]);
}

#[tokio::test]
async fn caa_is_looked_for_up_the_tree() {
    let run = audit(zone().remove("@", "CAA")).await;
    assert_eq!(only(&run, "dns/caa-present", &["shop.test CAA"]).severity, Severity::Low);
    let lab =
        lab(zone()
            .records("www.app A 11.0.0.9\napp AAAA 2a0e:b107:9::8\nwww.app AAAA 2a0e:b107:9::9"))
        .await;
    let run = lr_core::run(&DnsCheck::new("app.shop.test"), &lab.context()).await;
    assert!(run.findings.is_empty(), "{:?}", run.findings);
}

#[tokio::test]
async fn a_name_inside_a_zone_is_not_undelegated() {
    let lab = lab(zone().records("app AAAA 2a0e:b107:9::8")).await;
    let run = lr_core::run(&DnsCheck::new("app.shop.test"), &lab.context()).await;
    assert!(run.findings.is_empty(), "{:?}", run.findings);
    let summary: Summary = serde_json::from_str(run.data.as_deref().unwrap()).unwrap();
    assert_eq!(summary.zone.as_deref(), Some("shop.test"));
    assert!(matches!(verdicts(&run, "dns/www-resolves")[..], [Verdict::NotApplicable { .. }]));
}

#[tokio::test]
async fn a_domain_that_does_not_exist_is_one_finding() {
    let run = audit(zone().undelegated()).await;
    only(&run, "dns/delegated", &["shop.test", "nic.test", "does not exist"]);
    assert!(
        verdicts(&run, "dns/apex-resolves")
            .iter()
            .all(|v| matches!(v, Verdict::NotApplicable { .. }))
    );
    let lab = lab(zone()).await;
    let run = lr_core::run(&DnsCheck::new("nothing.shop.test"), &lab.context()).await;
    only(&run, "dns/delegated", &["nothing.shop.test", "does not exist"]);
}

#[tokio::test]
async fn when_every_server_is_dead_the_delegation_still_stands() {
    let run = audit(zone().fault("*", Fault::Silent)).await;
    assert_eq!(verdicts(&run, "dns/delegated"), [&Verdict::Pass]);
    let silent = found(&run, "dns/name-servers-answer");
    assert_eq!(silent.len(), 2, "{:?}", run.findings);
    assert!(silent.iter().all(|finding| finding.severity == Severity::Critical));
    let apex = verdicts(&run, "dns/apex-resolves");
    assert!(apex.iter().all(|verdict| cause(verdict).is_some()), "{apex:?}");
}

#[tokio::test]
async fn without_a_way_to_the_servers_the_resolver_still_tells_what_visitors_meet() {
    let lab = lab(zone().records("admin CNAME gone.nowhere.test.")).await;
    let mut network = lab.network();
    network.routes.clear();
    let run = lr_core::run(&DnsCheck::new("shop.test"), &lab.context().with_network(network)).await;
    let found: Vec<_> = run.findings.iter().map(|finding| finding.key.as_str()).collect();
    let rules = ["dns/alias-targets-exist", "dns/targets-not-claimable"];
    assert_eq!(found, rules.map(|rule| format!("{rule} @ admin.shop.test CNAME")));
    for rule in ["dns/apex-resolves", "dns/www-resolves", "dns/delegated", "dns/caa-present"] {
        assert!(
            verdicts(&run, rule).contains(&&Verdict::Pass),
            "{rule}: {:?}",
            verdicts(&run, rule)
        );
    }
    for rule in ["dns/name-servers-answer", "dns/name-servers-answer-ipv6"] {
        let verdicts = verdicts(&run, rule);
        assert_eq!(verdicts.len(), 2);
        let forbidden = |verdict: &&Verdict| cause(verdict) == Some(ErrorKind::Forbidden);
        assert!(verdicts.iter().all(forbidden), "{verdicts:?}");
    }
    for rule in ["dns/name-servers-agree", "dns/delegation-matches"] {
        let verdicts = verdicts(&run, rule);
        assert!(verdicts.iter().all(|verdict| cause(verdict).is_some()), "{rule}: {verdicts:?}");
    }
}

#[tokio::test]
async fn a_failing_lookup_is_no_missing_record() {
    let run = audit(zone().name_fault("www", "A", Fault::ServFail)).await;
    assert!(run.findings.is_empty(), "{:?}", run.findings);
}

#[tokio::test]
async fn what_is_no_domain_is_a_configuration_error() {
    let lab = lab(zone()).await;
    for domain in ["", "https://shop.test/", "10.0.0.1", "a b.test", "test"] {
        let config = lr_dns::DnsConfig::new(domain);
        let error = lr_dns::inspect(&config, &lab.context()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{error}");
        let run = lr_core::run(&DnsCheck::new(domain), &lab.context()).await;
        assert!(run.outcomes.iter().all(|o| cause(&o.verdict) == Some(ErrorKind::Config)));
    }
    assert!(lab.log().is_empty());
}

#[tokio::test]
async fn without_a_resolver_nothing_is_decided_and_nothing_is_blamed() {
    let lab = lab(zone()).await;
    let mut network = lab.network();
    // Deaf to everybody but a peer that does not exist: who asks there is refused.
    let deaf = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    deaf.connect("127.0.0.1:9").unwrap();
    network.nameservers = vec![deaf.local_addr().unwrap()];
    let cx = hasty(&lab).with_network(network);
    let run = lr_core::run(&DnsCheck::new("shop.test"), &cx).await;
    assert!(run.findings.is_empty(), "{:?}", run.findings);
    for rule in ["dns/delegated", "dns/apex-resolves", "dns/name-servers-answer"] {
        assert!(verdicts(&run, rule).iter().all(|v| cause(v).is_some()), "{rule}");
    }
}

#[tokio::test]
async fn time_that_is_up_is_not_a_server_that_is_silent() {
    let lab = lab(zone().fault("ns2.shop.test", Fault::Silent)).await;
    let cx = lab.context().with_time_left(Duration::from_millis(500));
    let run = lr_core::run(&DnsCheck::new("shop.test"), &cx).await;
    assert!(run.findings.is_empty(), "{:?}", run.findings);
    assert!(verdicts(&run, "dns/name-servers-answer").contains(&&Verdict::Pass));
}

#[tokio::test]
async fn stale_glue_is_followed_as_resolvers_do() {
    let dead = "11.77.0.1".parse().unwrap();
    let run = audit(zone().glue("ns2.shop.test", dead)).await;
    let silent = found(&run, "dns/name-servers-answer");
    assert_eq!(silent.len(), 1, "{:?}", run.findings);
    assert!(silent[0].key.contains("ns2.shop.test/11.77.0.1"), "{}", silent[0].key);
    assert!(silent[0].detail.as_str().contains("nothing listens"), "{}", silent[0].detail);
    assert_eq!(found(&run, "dns/glue-matches").len(), 1, "{:?}", run.findings);
    assert_eq!(run.findings.len(), 2, "{:?}", run.findings);
}

#[tokio::test]
async fn a_demo_launch_is_fine() {
    let launch = lr_lab::Launch::healthy("shop.test");
    let lab = Lab::builder().launch(launch).start().await.unwrap();
    let run = lr_core::run(&DnsCheck::new("shop.test"), &lab.context()).await;
    assert!(run.findings.is_empty(), "{:?}", run.findings);
    assert_eq!(lab.queries().len(), 46, "the same number every time");
}

/// A zone with `www` and eight names more, each with both families.
fn ten_names() -> Zone {
    let names = ["app", "api", "mail", "blog", "docs", "cdn", "status", "beta"];
    let records =
        names.iter().map(|name| format!("{name} A 11.0.0.9\n{name} AAAA 2a0e:b107:9::9\n"));
    zone().replace(&records.collect::<String>())
}

fn ten() -> DnsCheck {
    let names = ["app", "api", "mail", "blog", "docs", "cdn", "status", "beta"];
    names.iter().fold(DnsCheck::new("shop.test"), |check, name| check.host(*name))
}

#[tokio::test]
async fn eight_names_take_fifty_questions_and_always_as_many() {
    let mut counts = BTreeSet::new();
    for _ in 0..3 {
        let mut config = lr_dns::DnsConfig::new("shop.test");
        config.hosts = ["app", "api", "mail", "beta"].map(str::to_owned).to_vec();
        let eight = "app A 11.0.0.9\napi A 11.0.0.9\nmail A 11.0.0.9\nbeta A 11.0.0.9\n\
                     staging A 11.0.0.9\ndev A 11.0.0.9\ntest A 11.0.0.9\nadmin A 11.0.0.9";
        let lab = lab(zone().replace(eight)).await;
        let seen = lr_dns::inspect(&config, &lab.context()).await.unwrap();
        assert_eq!(seen.names.len(), 10);
        assert_eq!(seen.questions, lab.queries().len());
        counts.insert(seen.questions);
    }
    assert!(counts.len() == 1 && counts.iter().all(|count| *count <= 50), "{counts:?}");
}

#[tokio::test]
async fn delegations_are_walked_from_the_roots() {
    for zone in [ten_names(), zone()] {
        let lab = lab(zone).await;
        let mut config = lr_dns::DnsConfig::new("shop.test");
        config.roots = lab.roots().into_iter().map(|ip| (ip, 53).into()).collect();
        let run = lr_core::run(&DnsCheck::with_config(config), &lab.context()).await;
        assert!(run.findings.is_empty(), "{:?}", run.findings);
        let summary: Summary = serde_json::from_str(run.data.as_deref().unwrap()).unwrap();
        assert_eq!(summary.zone.as_deref(), Some("shop.test"));
        let asked: BTreeSet<_> = lab.queries().into_iter().map(|query| query.server).collect();
        assert!(asked.contains("a.root-servers.net") && asked.contains("a.nic.test"), "{asked:?}");
    }
    // A name in a zone, and a domain that is not there.
    let lab = lab(zone().records("app AAAA 2a0e:b107:9::8")).await;
    let roots: Vec<_> = lab.roots().into_iter().map(|ip| (ip, 53).into()).collect();
    for (domain, zone, fine) in
        [("app.shop.test", Some("shop.test"), true), ("gone.test", None, false)]
    {
        let mut config = lr_dns::DnsConfig::new(domain);
        config.roots.clone_from(&roots);
        let run = lr_core::run(&DnsCheck::with_config(config), &lab.context()).await;
        assert_eq!(run.findings.is_empty(), fine, "{domain}: {:?}", run.findings);
        assert!(run.findings.iter().all(|f| f.rule == "dns/delegated"), "{:?}", run.findings);
        let summary: Summary = serde_json::from_str(run.data.as_deref().unwrap()).unwrap();
        assert_eq!(summary.zone.as_deref(), zone);
    }
}

#[tokio::test]
async fn roots_out_of_reach_leave_the_resolver() {
    let lab = lab(zone()).await;
    let mut config = lr_dns::DnsConfig::new("shop.test");
    config.roots = vec!["11.99.99.99:53".parse().unwrap()];
    let run = lr_core::run(&DnsCheck::with_config(config), &hasty(&lab)).await;
    assert!(run.findings.is_empty(), "{:?}", run.findings);
    assert!(verdicts(&run, "dns/delegated").contains(&&Verdict::Pass));
}

#[tokio::test]
async fn whatever_servers_do_no_more_than_two_hundred_questions_are_sent() {
    let many: String = (1..=16).map(|n| format!("@ NS ns{n}\n")).collect();
    for fault in [Fault::Silent, Fault::UpwardReferral, Fault::DropEdns, Fault::Truncate] {
        let zone = ten_names().records(&many).fault("*", fault.clone());
        let lab = lab(zone).await;
        let run = lr_core::run(&ten(), &hasty(&lab)).await;
        assert!(run.error.is_none());
        let all = lab.queries();
        let resolver = all.iter().filter(|query| query.server == "recursor").count();
        let shown = format!("{fault:?}: {} in all, {resolver} to the resolver", all.len());
        assert!(all.len() <= 200, "{shown}");
    }
}

#[tokio::test]
async fn a_silent_or_deaf_server_costs_half_an_exchange() {
    for fault in [Fault::Silent, Fault::DropEdns, Fault::NoTcp] {
        let mut limits = Limits::default();
        limits.exchange = Duration::from_secs(2);
        // Half an exchange and a few round trips.
        within(Duration::from_millis(2500), async || {
            let lab = lab(ten_names().fault("ns2.shop.test", fault.clone())).await;
            let started = Instant::now();
            let run = lr_core::run(&ten(), &lab.context().with_limits(limits)).await;
            assert!(!run.findings.is_empty());
            started.elapsed()
        })
        .await;
    }
}
