//! What one check learns reaches the judgement of another, now and when snapshots are judged again.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::future::pending;

use launch_ready::core::{Finding, Severity};
use launch_ready::report::{Report, Snapshots};
use launch_ready::{Audit, Site};
use lr_lab::{Certificate, Lab, Launch, Reply};

const HSTS: &str = "max-age=31536000; includeSubDomains";

/// A launch that demands HTTPS of all names below, and its `admin` with this certificate.
fn launch(admin: Certificate) -> Launch {
    let admin = lr_lab::Site::new("admin.shop.test").certificate(admin);
    Launch::healthy("shop.test")
        .edit_site("shop.test", |site| site.https_header("strict-transport-security", HSTS))
        .record("admin A 11.10.0.90")
        .site(admin.get("/", Reply::text("hi")))
}

async fn audited(lab: &Lab) -> (Report, Snapshots) {
    let audit = Site::new("shop.test").unwrap().audit().context(lab.context());
    let audited = audit.run_until(pending()).await;
    (audited.report, audited.snapshots)
}

fn found<'a>(report: &'a Report, rule: &str, host: &str) -> Option<&'a Finding> {
    let mut findings = report.risks.iter().map(|risk| &risk.finding);
    findings.find(|one| one.rule == rule && one.key.contains(host))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_certificate_is_worse_where_hsts_forbids_exceptions() {
    let lab = Lab::builder().launch(launch(Certificate::expired())).start().await.unwrap();
    let (report, snapshots) = audited(&lab).await;
    let expired = found(&report, "tls/not-expired", "admin.shop.test").unwrap();
    let evidence = serde_json::to_string(&expired.evidence).unwrap();
    assert!(evidence.contains("shop.test has told browsers"), "{evidence}");
    assert_eq!(expired.severity, Severity::Critical);
    assert!(found(&report, "redirects/hsts-subdomains", "admin.shop.test").is_some());

    // The facts are in the snapshots.
    let kept = Snapshots::from_json(&snapshots.to_json()).unwrap();
    let again = Audit::replay(&kept, None).unwrap().context(lab.context()).run().await;
    assert_eq!(
        found(&again, "tls/not-expired", "admin.shop.test"),
        Some(expired),
        "a kept snapshot is judged as before"
    );
    assert!(found(&again, "redirects/hsts-subdomains", "admin.shop.test").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_certificate_below_hsts_is_no_fault() {
    let lab = Lab::builder().launch(launch(Certificate::valid())).start().await.unwrap();
    let (report, _) = audited(&lab).await;
    assert_eq!(found(&report, "tls/not-expired", "admin.shop.test"), None);
    assert_eq!(found(&report, "redirects/hsts-subdomains", "admin.shop.test"), None);
}
