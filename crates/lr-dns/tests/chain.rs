//! The chain of trust, looked at over real sockets.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

use std::collections::BTreeSet;

use lr_core::{CheckRun, Verdict};
use lr_dns::dnssec::Status;
use lr_dns::{DnsCheck, DnsConfig, Snapshot, Summary};
use lr_lab::{Lab, Signing, Zone};

/// `www` and eight names in a signed zone, below zones that are signed too.
async fn lab(shop: Signing, above: Option<Signing>) -> Lab {
    let names = ["app", "api", "admin", "mail", "staging", "dev", "test", "beta"];
    let names: String = names.iter().map(|name| format!("{name} A 11.0.0.9\n")).collect();
    let shop = Zone::new("shop.test")
        .signed(shop)
        .records("@ A 11.0.0.7\n@ AAAA 2a0e:b107:9::7\nwww CNAME @\n@ CAA 0 issue \"ca.test\"");
    let root = "@ 86400 NS a.root-servers.net.\na.root-servers.net. A 11.250.0.1";
    let lab = Lab::builder().zone(shop.records(&names));
    let lab = match above {
        None => lab,
        Some(above) => lab
            .zone(Zone::new("test").records("@ 86400 NS a.nic\n@ 86400 NS b.nic").signed(above))
            .zone(Zone::new(".").records(root).signed(Signing::Valid)),
    };
    lab.start().await.unwrap()
}

fn config(lab: &Lab) -> DnsConfig {
    let mut config = DnsConfig::new("shop.test");
    config.roots = lab.roots().into_iter().map(|ip| (ip, 53).into()).collect();
    config
}

/// What is seen from the lab's root, whose key is trusted.
async fn seen(lab: &Lab) -> Snapshot {
    let mut seen = lr_dns::inspect(&config(lab), &lab.context()).await.unwrap();
    let root = seen.chain.iter().find(|held| held.name == "." && held.rtype == "DNSKEY").unwrap();
    let byte = |at| u8::from_str_radix(&root.message[at..at + 2], 16).unwrap();
    let bytes: Vec<u8> = (0..root.message.len()).step_by(2).map(byte).collect();
    let message = hickory_proto::op::Message::from_vec(&bytes).unwrap();
    let mut keys = message.answers.iter().filter(|r| r.record_type().to_string() == "DNSKEY");
    seen.anchors = vec![format!(". DNSKEY {}", keys.next().unwrap().data)];
    seen
}

fn judged(seen: &Snapshot) -> CheckRun {
    let policy = lr_dns::Policy::default();
    lr_core::record("dns", lr_dns::RULES, |out| lr_dns::judge(seen, &policy, out))
}

fn verdicts(run: &CheckRun) -> Vec<&Verdict> {
    let of = run.outcomes.iter().filter(|outcome| outcome.rule == "dns/dnssec-chain");
    of.map(|outcome| &outcome.verdict).collect()
}

#[tokio::test]
async fn a_chain_from_the_root_is_followed_with_few_questions() {
    let mut counts = BTreeSet::new();
    for _ in 0..2 {
        let lab = lab(Signing::Valid, Some(Signing::Valid)).await;
        let seen = seen(&lab).await;
        assert_eq!(seen.questions, lab.queries().len());
        counts.insert(seen.questions);
        let queries = lab.queries();
        let asked: BTreeSet<_> =
            queries.iter().map(|q| (q.address, q.name.as_str(), q.record_type.as_str())).collect();
        assert_eq!(asked.len(), queries.len(), "nothing is asked twice: {queries:#?}");
        let run = judged(&seen);
        assert_eq!(verdicts(&run), [&Verdict::Pass]);
        assert!(run.findings.iter().all(|finding| !finding.rule.as_str().contains("dnssec")));
        let chain = Summary::of(&seen).dnssec.unwrap();
        assert_eq!(chain.status, Status::Secure);
        let zones: Vec<_> = chain.chain.iter().map(|link| link.zone.as_str()).collect();
        assert_eq!(zones, [".", "test", "shop.test"]);
        assert!(chain.chain.iter().all(|link| link.signed_by.is_some()), "{chain:?}");
    }
    // Four of them are for keys: of the two zones above, and of the zone at each of its servers.
    assert!(counts.len() == 1 && counts.iter().all(|count| *count <= 50), "{counts:?}");
}

#[tokio::test]
async fn the_link_that_breaks_is_named() {
    for (shop, above, says) in [
        (Signing::Valid, Signing::Expired, Some("breaks at test: the signature of test DNSKEY")),
        (Signing::Valid, Signing::WrongDigest, Some("breaks at test: the digest in the DS record")),
        (Signing::Valid, Signing::OrphanDs, Some("breaks at test: the parent has a DS record")),
        (
            Signing::Valid,
            Signing::KeysOnly,
            Some("breaks at shop.test: shop.test DS is not signed"),
        ),
        (
            Signing::Valid,
            Signing::Forged,
            Some("breaks at shop.test: the signature of shop.test DS"),
        ),
        // The zone's own faults are told once, by server.
        (Signing::Expired, Signing::Valid, None),
        (Signing::WrongDigest, Signing::Valid, None),
        (Signing::OrphanDs, Signing::Valid, None),
    ] {
        let run = judged(&seen(&lab(shop, Some(above)).await).await);
        let broken: Vec<_> = run.findings.iter().filter(|f| f.rule == "dns/dnssec-chain").collect();
        match says {
            Some(says) => {
                assert_eq!(broken.len(), 1, "{above:?}: {:?}", run.findings);
                assert!(broken[0].detail.as_str().contains(says), "{}", broken[0].detail);
                assert_eq!(broken[0].key, "dns/dnssec-chain @ shop.test");
            }
            None => {
                assert!(broken.is_empty(), "{shop:?}: {broken:?}");
                assert!(run.findings.iter().any(|f| f.rule == "dns/dnssec-valid"), "{shop:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_root_of_ones_own_is_no_fault() {
    // Neither one that is not signed, nor one with other keys than those that are trusted; with and
    // without a walk from the root.
    for above in [None, Some(Signing::Valid)] {
        let lab = lab(Signing::Valid, above).await;
        for config in [config(&lab), DnsConfig::new("shop.test")] {
            let run = lr_core::run(&DnsCheck::with_config(config), &lab.context()).await;
            let of_dnssec = |rule: &str| rule.contains("dnssec");
            assert!(!run.findings.iter().any(|f| of_dnssec(f.rule.as_str())), "{:?}", run.findings);
            let verdicts = verdicts(&run);
            let open = |verdict: &&Verdict| matches!(verdict, Verdict::NotApplicable { .. });
            assert!(verdicts.iter().all(open), "{above:?}: {verdicts:?}");
        }
    }
}

#[tokio::test]
async fn what_is_no_trust_anchor_is_refused() {
    let lab = lab(Signing::NoDs, None).await;
    let mut config = config(&lab);
    config.anchors = vec![". DS 1 2".to_owned()];
    let error = lr_dns::inspect(&config, &lab.context()).await.unwrap_err();
    assert_eq!(error.kind(), lr_core::ErrorKind::Config, "{error}");
    assert!(lab.queries().is_empty());
}
