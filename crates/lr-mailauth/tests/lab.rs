//! Over real sockets, against the lab.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "these are tests")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use lr_core::{Check, CheckRun, Severity, Verdict};
use lr_lab::{Fault, Lab, Launch, Reply, Site, Transport, Zone};
use lr_mailauth::mta_sts::Fetched;
use lr_mailauth::{KeyStatus, MailAuthCheck, Snapshot, Summary};

async fn healthy() -> Lab {
    Lab::builder().launch(Launch::healthy("shop.test")).start().await.unwrap()
}

async fn lab(zones: impl IntoIterator<Item = Zone>) -> Lab {
    let builder = Lab::builder().launch(Launch::healthy("other.test"));
    zones.into_iter().fold(builder, |builder, zone| builder.zone(zone)).start().await.unwrap()
}

async fn check(lab: &Lab, domain: &str) -> CheckRun {
    lr_core::run(&MailAuthCheck::new(domain), &lab.context()).await
}

fn verdict<'r>(run: &'r CheckRun, rule: &str) -> Vec<&'r Verdict> {
    let outcomes = run.outcomes.iter().filter(|outcome| outcome.rule == *rule);
    outcomes.map(|outcome| &outcome.verdict).collect()
}

fn failed(run: &CheckRun) -> BTreeSet<&str> {
    run.findings.iter().map(|finding| finding.rule.as_str()).collect()
}

fn summary(run: &CheckRun) -> Summary {
    serde_json::from_str(run.data.as_ref().unwrap()).unwrap()
}

/// No question reached the resolver twice, but for those whose answer needs TCP.
fn assert_asked_once(lab: &Lab) -> usize {
    let mut seen = BTreeSet::new();
    for query in lab.queries().into_iter().filter(|query| query.transport == Transport::Udp) {
        let question = (query.name, query.record_type);
        assert!(seen.insert(question.clone()), "{question:?} was asked twice");
    }
    seen.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_launch_has_nothing_to_fear() {
    let lab = healthy().await;
    let run = check(&lab, "shop.test").await;
    assert!(run.error.is_none(), "{:?}", run.error);
    let grave: Vec<_> =
        run.findings.iter().filter(|finding| finding.severity >= Severity::Medium).collect();
    assert!(grave.is_empty(), "{grave:#?}");
    let summary = summary(&run);
    assert_eq!(summary.domain, "shop.test");
    assert_eq!(summary.mx[0].exchange, "mx1.shop.test");
    assert_eq!(summary.mx[0].addresses.len(), 2);
    assert_eq!(summary.spf.as_ref().unwrap().record, "v=spf1 mx -all");
    assert_eq!(summary.spf.unwrap().lookups, 1);
    assert_eq!(summary.dmarc.unwrap().policy, lr_mailauth::dmarc::Policy::Reject);
    let [key] = &summary.dkim[..] else { panic!("{:?}", summary.dkim) };
    assert_eq!((key.selector.as_str(), key.bits), ("default", Some(2048)));
    assert_eq!(key.status, KeyStatus::Usable);
    let asked = assert_asked_once(&lab);
    println!("{asked} questions");
    assert!(asked <= 30, "{asked} questions");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_snapshot_is_judged_alike_without_a_question() {
    let lab = healthy().await;
    let run = check(&lab, "shop.test").await;
    lab.clear_log();
    let snapshot: Snapshot = serde_json::from_str(run.snapshot.as_ref().unwrap()).unwrap();
    let again = lr_core::run(&MailAuthCheck::replay(snapshot), &lab.context()).await;
    assert_eq!(again.outcomes, run.outcomes);
    assert_eq!(again.findings, run.findings);
    assert_eq!(again.data, run.data);
    assert!(lab.queries().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_all_kinds_are_found_over_the_wire() {
    let mut nested = String::new();
    for at in 0..12 {
        let next = at + 1;
        writeln!(nested, "c{at} TXT \"v=spf1 include:c{next}.bad.test -all\"").unwrap();
    }
    let bad = Zone::new("bad.test").records(&format!(
        "@ MX 10 alias
         @ MX 20 gone
         alias CNAME real
         real A 10.0.0.25
         @ TXT \"v=spf1 include:c0.bad.test +all\"
         _dmarc TXT \"v=DMARC1; p=none\"
         default._domainkey CNAME default.nowhere.test.
         s1._domainkey TXT {}
         {nested}",
        lr_lab::dkim_record(1024),
    ));
    let lab = lab([bad]).await;
    let run = check(&lab, "bad.test").await;
    let failed = failed(&run);
    for rule in [
        "mailauth/spf-lookups",
        "mailauth/spf-plus-all",
        "mailauth/dmarc-policy",
        "mailauth/dmarc-reports",
        "mailauth/dkim-alias",
        "mailauth/dkim-key-strength",
        "mailauth/mx-target-alias",
        "mailauth/mx-target-public",
        "mailauth/mx-target-resolves",
    ] {
        assert!(failed.contains(rule), "{rule} in {failed:?}");
    }
    assert_asked_once(&lab);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_with_nothing_can_be_forged() {
    let lab = lab([Zone::new("bare.test").records("@ A 11.0.0.80")]).await;
    let run = check(&lab, "bare.test").await;
    let failed = failed(&run);
    for rule in ["mailauth/spf-present", "mailauth/dmarc-present", "mailauth/mx-explicit"] {
        assert!(failed.contains(rule), "{rule} in {failed:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_that_does_not_exist_is_not_judged() {
    let lab = healthy().await;
    let run = check(&lab, "nobody.test").await;
    assert!(run.error.is_none() && run.findings.is_empty());
    let is_na = |verdict: &Verdict| matches!(verdict, Verdict::NotApplicable { .. });
    assert!(run.outcomes.iter().all(|outcome| is_na(&outcome.verdict)));
}

#[tokio::test(flavor = "multi_thread")]
async fn transient_failures_are_no_faults() {
    let zone = Zone::new("shaky.test")
        .records(
            "@ MX 10 mx
             mx A 11.0.0.25
             @ TXT \"v=spf1 mx include:_spf.shaky.test -all\"",
        )
        .name_fault("_spf", "TXT", Fault::ServFail)
        .name_fault("_dmarc", "TXT", Fault::ServFail)
        .name_fault("_domainkey", "TXT", Fault::ServFail);
    let lab = lab([zone]).await;
    let run = check(&lab, "shaky.test").await;
    assert!(failed(&run).is_empty(), "{:#?}", run.findings);
    for rule in [
        "mailauth/spf-lookups",
        "mailauth/spf-include-target",
        "mailauth/dmarc-present",
        "mailauth/dkim-present",
    ] {
        assert!(matches!(verdict(&run, rule)[..], [Verdict::Inconclusive { .. }]), "{rule}");
    }
    assert_eq!(summary(&run).spf.unwrap().lookups, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_resolver_ends_in_time() {
    let lab = Lab::builder()
        .launch(Launch::healthy("shop.test"))
        .recursor_fault(Fault::Silent)
        .start()
        .await
        .unwrap();
    let cx = lab.context().with_limits(lr_core::Limits::within(Duration::from_secs(2)));
    let started = std::time::Instant::now();
    let run =
        lr_core::run(&MailAuthCheck::new("shop.test"), &cx.with_time_left(Duration::from_secs(2)))
            .await;
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    assert!(run.error.is_none() && run.findings.is_empty());
    assert!(matches!(verdict(&run, "mailauth/spf-present")[..], [Verdict::Inconclusive { .. }]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_policy_of_a_parent_is_found_within_eight_questions() {
    let zone = Zone::new("deep.test").records(
        "@ TXT \"v=spf1 -all\"
         _dmarc TXT \"v=DMARC1; p=reject; sp=quarantine\"
         a.b.c.d.e.f.g.h.i.j MX 0 .",
    );
    let lab = lab([zone]).await;
    let run = check(&lab, "a.b.c.d.e.f.g.h.i.j.deep.test").await;
    let dmarc = summary(&run).dmarc.unwrap();
    assert_eq!(dmarc.found_at, "deep.test");
    assert_eq!(dmarc.policy, lr_mailauth::dmarc::Policy::Quarantine);
    let walk: BTreeSet<_> = lab.queries().into_iter().map(|query| query.name).collect();
    let walk: Vec<_> = walk.iter().filter(|name| name.starts_with("_dmarc.")).collect();
    assert_eq!(walk.len(), 8, "{walk:?}");
}

/// A domain whose policy is served by this reply.
async fn with_policy(reply: Reply) -> Lab {
    let zone = Zone::new("sts.test").records(
        "@ MX 10 mx
         mx A 11.0.0.25
         @ TXT \"v=spf1 mx -all\"
         _mta-sts TXT \"v=STSv1; id=1\"
         mta-sts A 11.0.0.80",
    );
    let site = Site::new("mta-sts.sts.test").at([11, 0, 0, 80].into());
    let site = site.get("/.well-known/mta-sts.txt", reply);
    Lab::builder().zone(zone).site(site).start().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_is_fetched_as_senders_do() {
    let text = "version: STSv1\nmode: enforce\nmx: mx.sts.test\nmax_age: 604800\n";
    let lab = with_policy(Reply::text(text)).await;
    let run = check(&lab, "sts.test").await;
    assert_eq!(verdict(&run, "mailauth/sts-mx"), [&Verdict::Pass]);
    assert_asked_once(&lab);

    let lab = with_policy(Reply::redirect(302, "https://sts.test/policy")).await;
    let run = check(&lab, "sts.test").await;
    assert_eq!(verdict(&run, "mailauth/sts-no-redirect"), [&Verdict::Fail]);
    assert_eq!(lab.requests().len(), 1, "no redirect is followed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_without_end_is_left_at_its_limit() {
    for reply in [Reply::long_body(1 << 30), Reply::endless_body(), Reply::gzip_bomb(1 << 30)] {
        let lab = with_policy(reply.header("content-type", "text/plain")).await;
        let run = check(&lab, "sts.test").await;
        assert_eq!(run.error, None);
        assert_eq!(verdict(&run, "mailauth/sts-policy"), [&Verdict::Fail], "{:#?}", run.findings);
        let snapshot: Snapshot = serde_json::from_str(run.snapshot.as_ref().unwrap()).unwrap();
        let Some(Fetched::Answer { body, complete: false, .. }) = snapshot.policy else {
            panic!("{:?}", snapshot.policy)
        };
        assert!(body.len() <= 3 * 64 * 1024, "{}", body.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_is_no_fault_of_the_policy() {
    let lab = with_policy(Reply::reset()).await;
    let run = check(&lab, "sts.test").await;
    let seen = verdict(&run, "mailauth/sts-policy-reachable");
    assert!(matches!(seen[..], [Verdict::Inconclusive { .. }]), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_lookups_need_few_questions() {
    let includes: String = (0..8).map(|at| format!("include:i{at}.senders.test ")).collect();
    let senders: String =
        (0..8).map(|at| format!("i{at} TXT \"v=spf1 ip4:11.1.{at}.0/24 ~all\"\n")).collect();
    let lab = lab([
        Zone::new("ten.test").records(&format!(
            "@ A 11.0.0.80
             @ MX 10 mx
             mx A 11.0.0.25
             @ TXT \"v=spf1 a mx {includes}-all\"
             _dmarc TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@ten.test\""
        )),
        Zone::new("senders.test").records(&senders),
    ])
    .await;
    let run = check(&lab, "ten.test").await;
    assert_eq!(summary(&run).spf.unwrap().lookups, 10);
    let asked = assert_asked_once(&lab);
    println!("{asked} questions");
    assert!(asked <= 45, "{asked} questions");
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_zones_are_bounded() {
    let mut zone = Zone::new("hostile.test");
    for at in 0..200 {
        zone = zone.records(&format!("@ MX {at} m{at}\nm{at} A 11.0.0.25"));
    }
    // One record of 60 kB, full of terms that cost a lookup each.
    let terms: String = (0..3_000).map(|at| format!("a:h{at}.hostile.test ")).collect();
    let record = format!("v=spf1 {terms}-all");
    zone = zone.txt("@", record.as_bytes()[..60_000].chunks(255));
    zone =
        zone.records("loop0 TXT \"v=spf1 include:loop1.hostile.test include:loop0.hostile.test\"");
    zone =
        zone.records("loop1 TXT \"v=spf1 include:loop0.hostile.test include:loop1.hostile.test\"");
    let lab = lab([zone]).await;
    let run = check(&lab, "hostile.test").await;
    assert!(run.error.is_none(), "{:?}", run.error);
    assert!(failed(&run).contains("mailauth/spf-lookups"), "{:#?}", run.findings);
    assert!(assert_asked_once(&lab) <= 240);
    let run = check(&lab, "loop0.hostile.test").await;
    assert!(failed(&run).contains("mailauth/spf-loop"), "{:#?}", run.findings);
}

#[tokio::test(flavor = "multi_thread")]
async fn given_senders_are_evaluated_as_receivers_do() {
    let lab = healthy().await;
    let own = lab.address("mx1.shop.test").unwrap();
    let stranger = "11.99.99.99".parse().unwrap();
    let ask = |from| MailAuthCheck::new("shop.test").sends_from(from);
    let run = lr_core::run(&ask(own), &lab.context()).await;
    assert_eq!(verdict(&run, "mailauth/spf-senders"), [&Verdict::Pass]);
    assert_asked_once(&lab);
    let run = lr_core::run(&ask(stranger), &lab.context()).await;
    assert_eq!(verdict(&run, "mailauth/spf-senders"), [&Verdict::Fail]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_is_refused_with_a_sentence() {
    let cx = healthy().await.context();
    for (check, message) in [
        (MailAuthCheck::new("not a domain"), "`not a domain` is not a domain name"),
        (MailAuthCheck::new("shop.test").selector("a b"), "`a b` is not a DKIM selector"),
    ] {
        let run = lr_core::run(&check, &cx).await;
        assert_eq!(run.error.unwrap().as_str(), message);
        assert_eq!(run.outcomes.len(), check.rules().len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_has_its_faults_and_its_twin_has_none() {
    let lab = Lab::builder().launch(lr_lab::demo::healthy()).start().await.unwrap();
    let check = MailAuthCheck::new(lr_lab::demo::DOMAIN);
    let check = lr_lab::demo::DKIM_SELECTORS.iter().fold(check, |check, name| check.selector(name));
    let run = lr_core::run(&check, &lab.context()).await;
    let grave: Vec<_> = run.findings.iter().filter(|f| f.severity >= Severity::Medium).collect();
    assert!(grave.is_empty(), "{grave:#?}");

    let lab = Lab::builder().launch(lr_lab::demo::launch()).start().await.unwrap();
    let run = lr_core::run(&check, &lab.context()).await;
    let failed = failed(&run);
    for rule in ["mailauth/spf-lookups", "mailauth/dmarc-policy", "mailauth/dkim-key-strength"] {
        assert!(failed.contains(rule), "{rule} in {failed:?}");
    }
}
