//! What one check learned and another needs. Checks never use each other: when all have looked, the
//! facts go into their snapshots as plain data, and they judge again.

use lr_core::{CheckRun, Recorder, Rule, Timestamp};
use lr_dns::CaaRecord;
use lr_tls::{CaaFact, HstsFact, Roots};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Hands around what was learned. A check that did not run, or ended early, neither gives nor takes.
pub(crate) fn hand_around(runs: &mut [CheckRun], now: Timestamp) {
    let dns: Option<lr_dns::Snapshot> = snapshot(runs, "dns");
    let redirects: Option<lr_redirects::Snapshot> = snapshot(runs, "redirects");
    let Some(mut tls) = snapshot::<lr_tls::Snapshot>(runs, "tls") else { return };

    let hsts = summary::<lr_redirects::Summary>(runs, "redirects").map(|told| told.hsts);
    let bad_https = summary(runs, "tls").map(without_https).unwrap_or_default();
    for seen in &mut tls.hosts {
        let records = dns.as_ref().and_then(|dns| dns.caa(&seen.host));
        seen.facts.caa = records.map(|records| records.iter().map(caa).collect());
        seen.facts.hsts = hsts.as_ref().and_then(|rows| in_force(rows, &seen.host));
    }
    again(runs, "tls", lr_tls::RULES, &tls, |out| {
        lr_tls::judge(&tls, &Roots::mozilla(), &lr_tls::Policy::default(), now, out);
    });

    if let Some(mut redirects) = redirects {
        redirects.without_https.extend(bad_https);
        redirects.without_https.sort();
        redirects.without_https.dedup();
        again(runs, "redirects", lr_redirects::RULES, &redirects, |out| {
            lr_redirects::judge(&redirects, &lr_redirects::Policy::default(), out);
        });
    }
}

fn caa(record: &CaaRecord) -> CaaFact {
    let mut fact = CaaFact::new(&record.tag, &record.value);
    fact.critical = record.critical;
    fact
}

/// The policy that a browser applies to `host`: its own, or one above that includes it (RFC 6797,
/// section 8.2).
fn in_force(rows: &[lr_redirects::HstsRow], host: &str) -> Option<HstsFact> {
    let above = |row: &&lr_redirects::HstsRow| {
        row.include_subdomains && host.strip_suffix(&row.host).is_some_and(|sub| sub.ends_with('.'))
    };
    let own = rows.iter().find(|row| row.host == host);
    let counts = own.into_iter().chain(rows.iter().filter(above));
    let mut counts = counts.filter_map(|row| Some((row, row.max_age.filter(|age| *age > 0)?)));
    counts.next().map(|(row, max_age)| HstsFact::new(&row.host, max_age))
}

/// Hosts that answer with certificates that browsers refuse. A closed port is no such host: nobody
/// can be cut off from what is not there.
fn without_https(tls: lr_tls::Summary) -> Vec<String> {
    let refused = |host: &lr_tls::HostSummary| host.port == 443 && host.valid == Some(false);
    tls.hosts.into_iter().filter(refused).map(|host| host.host).collect()
}

/// What a check saw, if it ran to its end.
fn snapshot<T: DeserializeOwned>(runs: &[CheckRun], check: &str) -> Option<T> {
    serde_json::from_str(finished(runs, check)?.snapshot.as_deref()?).ok()
}

/// The same, summed up.
fn summary<T: DeserializeOwned>(runs: &[CheckRun], check: &str) -> Option<T> {
    serde_json::from_str(finished(runs, check)?.data.as_deref()?).ok()
}

fn finished<'a>(runs: &'a [CheckRun], check: &str) -> Option<&'a CheckRun> {
    runs.iter().find(|run| run.check == check && run.error.is_none())
}

/// Judges what a check saw once more.
fn again(
    runs: &mut [CheckRun],
    check: &str,
    rules: &[&'static Rule],
    seen: &impl Serialize,
    judge: impl FnOnce(&mut Recorder<'_>),
) {
    let Some(run) = runs.iter_mut().find(|run| run.check == check) else { return };
    let Ok(snapshot) = serde_json::to_string(seen) else { return };
    let subject = run.subject.clone();
    let judged = lr_core::record(check, rules, |out| {
        out.about(subject);
        judge(out);
    });
    run.snapshot = Some(snapshot);
    run.outcomes = judged.outcomes;
    run.findings = judged.findings;
}
