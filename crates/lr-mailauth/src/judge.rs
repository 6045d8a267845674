//! Opinions: pure functions of what was seen.

mod bimi;
mod bulk;
mod dane;
mod dkim;
mod dmarc;
mod mta_sts;
mod mx;
mod senders;
mod spf;
mod tls_rpt;

use lr_core::{ErrorKind, Finding, Location, Recorder, Rule};
use lr_net::Failure;

use crate::syntax::Issue;
use crate::{Policy, RULES, Snapshot};

/// Decides every rule of the catalogue.
pub fn judge(snapshot: &Snapshot, policy: &Policy, out: &mut Recorder<'_>) {
    if snapshot.is_missing() {
        for rule in RULES {
            let subject = Location::domain(snapshot.config.domain.as_str());
            out.not_applicable(rule, subject, "the domain does not exist");
        }
        return;
    }
    let view = View::of(snapshot, policy);
    spf::judge(&view, out);
    dmarc::judge(&view, out);
    dkim::judge(&view, out);
    mx::judge(&view, out);
    mta_sts::judge(&view, out);
    tls_rpt::judge(&view, out);
    dane::judge(&view, out);
    bimi::judge(&view, out);
    senders::judge(&view, out);
    bulk::judge(&view, out);
}

/// What the families of rules look at.
struct View<'a> {
    snapshot: &'a Snapshot,
    policy: &'a Policy,
    domain: &'a str,
    spf: crate::spf::Audit,
    /// The domain's own SPF record, read.
    record: Option<crate::spf::Record>,
}

impl<'a> View<'a> {
    fn of(snapshot: &'a Snapshot, policy: &'a Policy) -> Self {
        let spf = snapshot.spf();
        let record = spf.root.record();
        Self { snapshot, policy, domain: &snapshot.config.domain, spf, record }
    }

    /// Whether the domain says that it sends nothing.
    fn is_silent(&self) -> bool {
        self.snapshot.config.parked || self.allows_nobody()
    }

    /// Whether SPF lets nobody send, the record itself or the one that it passes on to.
    fn allows_nobody(&self) -> bool {
        let mut node = &self.spf.root;
        loop {
            let Some(record) = node.record() else { return false };
            match (record.passes_on(), node.redirect()) {
                (true, Some(child)) => node = child,
                _ => return record.forbids_everyone(),
            }
        }
    }
}

/// The rules of one family have nothing to say at `subject`, unless something stronger is recorded
/// there as well.
fn not_applicable(out: &mut Recorder<'_>, prefix: &str, subject: &Location, reason: &str) {
    for rule in family(prefix) {
        out.not_applicable(rule, subject.clone(), reason);
    }
}

/// The rules of one family could not be looked at.
fn unseen(out: &mut Recorder<'_>, prefix: &str, subject: &Location, failure: &Failure) {
    for rule in family(prefix) {
        out.inconclusive(rule, subject.clone(), failure.kind, failure.message.clone());
    }
}

/// For what was not asked because there was too much of it.
fn not_asked() -> Failure {
    let error = lr_net::Error::Config("there were too many names to look at".into());
    let mut failure = Failure::from(error);
    failure.kind = ErrorKind::NotDecided;
    failure
}

fn family(prefix: &str) -> impl Iterator<Item = &'static Rule> {
    RULES.iter().copied().filter(move |rule| rule.id["mailauth/".len()..].starts_with(prefix))
}

/// Passes without faults; fails once for each, told apart by what it is about.
fn faults(
    out: &mut Recorder<'_>,
    rule: &'static Rule,
    subject: &Location,
    faults: impl IntoIterator<Item = (String, String)>,
) {
    let mut clean = true;
    for (instance, detail) in faults {
        clean = false;
        let finding = out.fail(rule, subject.clone(), detail);
        if !instance.is_empty() {
            finding.instance(instance);
        }
    }
    if clean {
        out.pass(rule, subject.clone());
    }
}

/// Fails with `detail` if there is one.
fn fault(out: &mut Recorder<'_>, rule: &'static Rule, subject: &Location, detail: Option<String>) {
    faults(out, rule, subject, detail.map(|detail| (String::new(), detail)));
}

/// Issues of one text as faults of one rule: one finding that names them all, with their places.
fn issues<'i>(
    out: &mut Recorder<'_>,
    rule: &'static Rule,
    subject: &Location,
    text: &str,
    issues: impl Iterator<Item = &'i Issue>,
) {
    finding_of(out, rule, subject, text, issues);
}

/// The same, with the finding.
fn finding_of<'o, 'i>(
    out: &'o mut Recorder<'_>,
    rule: &'static Rule,
    subject: &Location,
    text: &str,
    issues: impl Iterator<Item = &'i Issue>,
) -> Option<&'o mut Finding> {
    let issues: Vec<String> = issues.map(ToString::to_string).collect();
    if issues.is_empty() {
        out.pass(rule, subject.clone());
        return None;
    }
    Some(out.fail(rule, subject.clone(), issues.join("; ")).evidence("record", text))
}
