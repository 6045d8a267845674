mod dkim;

use lr_core::{ErrorKind, Location, Recorder, Rule};

use super::rules::*;
use super::{Assumption, DkimResult, DmarcResult, Leads, Link, Peculiarity, Seen};
use crate::SpfResult;

/// What is asked of a message, where the standards leave room.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MessagePolicy {
    /// Whether the message is sent to many, so that it must be easy to unsubscribe; `None` to tell
    /// by its header fields.
    pub is_bulk: Option<bool>,
    /// RSA keys below this are reported as weak; RFC 8301 recommends 2048.
    pub good_rsa_bits: usize,
}

impl MessagePolicy {
    /// Sets [`Self::is_bulk`].
    #[must_use]
    pub fn bulk(self, is_bulk: bool) -> Self {
        Self { is_bulk: Some(is_bulk), ..self }
    }
}

impl Default for MessagePolicy {
    fn default() -> Self {
        Self { is_bulk: None, good_rsa_bits: 2048 }
    }
}

/// Decides every rule about a message.
pub fn judge(seen: &Seen, policy: &MessagePolicy, out: &mut Recorder<'_>) {
    let view = View { seen, policy, subject: seen.location() };
    file(&view, out);
    dkim::judge(&view, out);
    spf(&view, out);
    dmarc(&view, out);
    unsubscribe(&view, out);
    links(&view, out);
}

struct View<'a> {
    seen: &'a Seen,
    policy: &'a MessagePolicy,
    subject: Location,
}

impl View<'_> {
    fn fault(&self, out: &mut Recorder<'_>, rule: &'static Rule, detail: Option<String>) {
        match detail {
            None => out.pass(rule, self.subject.clone()),
            Some(detail) => {
                out.fail(rule, self.subject.clone(), detail);
            }
        }
    }

    fn not_applicable(&self, out: &mut Recorder<'_>, rule: &'static Rule, reason: &str) {
        out.not_applicable(rule, self.subject.clone(), reason);
    }
}

impl Seen {
    /// The message as the subject of outcomes.
    #[must_use]
    pub fn location(&self) -> Location {
        Location::file(self.name.as_str(), None, None)
    }
}

fn file(view: &View<'_>, out: &mut Recorder<'_>) {
    let seen = view.seen;
    let size = seen.notes.iter().find_map(|note| match note {
        Peculiarity::Cut { .. } => {
            Some("it has more than 64 MiB; only these were read".to_owned())
        }
        Peculiarity::HeaderCut { lines } => {
            Some(format!("the header has {lines} lines; only its beginning was read"))
        }
        _ => None,
    });
    view.fault(out, &MESSAGE_SIZE, size);
    let from = &seen.from;
    let listed = from.addresses.join(", ");
    let wrong = match (from.fields, &from.domain) {
        (0, _) => Some("there is no From field".to_owned()),
        (1, Some(_)) => None,
        (1, None) if from.addresses.is_empty() => Some("there is no address in it".to_owned()),
        (1, None) => Some(format!("it names no single domain: {listed}")),
        (many, _) => Some(format!("there are {many} From fields: {listed}")),
    };
    view.fault(out, &MESSAGE_FROM, wrong);
    let others = |names: &[String]| {
        names.iter().filter(|name| *name != "From").cloned().collect::<Vec<_>>().join(", ")
    };
    let odd: Vec<String> =
        [("missing", others(&seen.missing)), ("repeated", others(&seen.repeated))]
            .into_iter()
            .filter(|(_, names)| !names.is_empty())
            .map(|(what, names)| format!("{what}: {names}"))
            .collect();
    view.fault(out, &MESSAGE_HEADER_FIELDS, (!odd.is_empty()).then(|| odd.join("; ")));
    view.fault(out, &MESSAGE_ENVELOPE, assumed(seen));
}

fn assumed(seen: &Seen) -> Option<String> {
    let envelope = &seen.envelope;
    let sender = envelope.mail_from.as_deref().map_or("", |sender| sender);
    let mut parts: Vec<String> = Vec::new();
    for assumption in &envelope.assumed {
        parts.push(match assumption {
            Assumption::ReturnPath => format!("MAIL FROM `<{sender}>` is assumed from Return-Path"),
            Assumption::EnvelopeFrom => {
                format!("MAIL FROM `<{sender}>` is assumed from the topmost Received")
            }
            Assumption::Received => {
                let ip = envelope.client_ip.map(|ip| ip.to_string()).unwrap_or_default();
                let helo = envelope.helo.as_deref().unwrap_or("no name");
                format!("the connecting host {ip} ({helo}) is assumed from the topmost Received")
            }
        });
    }
    if envelope.mail_from.is_none() {
        parts.push("MAIL FROM is not known: there is no Return-Path".to_owned());
    }
    if envelope.client_ip.is_none() {
        parts.push("the connecting host is not known: no Received names one".to_owned());
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn spf(view: &View<'_>, out: &mut Recorder<'_>) {
    let Some(spf) = &view.seen.spf else {
        let reason = "the envelope does not say from where, and in whose name, it came";
        return view.not_applicable(out, &MESSAGE_SPF, reason);
    };
    let ip = view.seen.envelope.client_ip.map(|ip| ip.to_string()).unwrap_or_default();
    let why = spf.error.as_ref().or(spf.term.as_ref());
    let why = why.map(|why| format!(" ({why})")).unwrap_or_default();
    match spf.result {
        SpfResult::Pass => out.pass(&MESSAGE_SPF, view.subject.clone()),
        SpfResult::TempError => {
            let reason = format!("SPF of {} for {ip}: temperror{why}", spf.domain);
            out.inconclusive(&MESSAGE_SPF, view.subject.clone(), ErrorKind::Unreachable, reason);
        }
        result => {
            let detail = format!("SPF of {} for {ip}: {result}{why}", spf.domain);
            let finding = out.fail(&MESSAGE_SPF, view.subject.clone(), detail);
            if !view.seen.envelope.assumed.is_empty() {
                finding.confidence = lr_core::Confidence::Medium;
            }
        }
    }
}

fn dmarc(view: &View<'_>, out: &mut Recorder<'_>) {
    let Some(dmarc) = &view.seen.dmarc else {
        for rule in [&MESSAGE_ALIGNED, &MESSAGE_DMARC] {
            view.not_applicable(out, rule, "the From field names no single domain");
        }
        return;
    };
    let subject = || view.subject.clone();
    let is_open = dmarc.result == DmarcResult::Unknown;
    let reason = || dmarc.unknown.clone().unwrap_or_else(|| "DNS did not answer".to_owned());
    let why = || {
        let mut parts: Vec<String> = Vec::new();
        for (name, alignment) in dmarc
            .dkim
            .iter()
            .map(|alignment| ("DKIM", alignment))
            .chain(dmarc.spf.iter().map(|alignment| ("SPF", alignment)))
        {
            let mode = if alignment.is_strict { " (strict)" } else { "" };
            let part = match (alignment.passes, alignment.is_aligned) {
                (true, true) => continue,
                (true, false) => format!(
                    "{name} passes for {}, which is not aligned with {}{mode}",
                    alignment.domain, dmarc.domain
                ),
                (false, true) => {
                    format!("{name} of {} is aligned but does not pass", alignment.domain)
                }
                (false, false) => {
                    format!("{name} of {} does not pass and is not aligned", alignment.domain)
                }
            };
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        if dmarc.dkim.is_empty() {
            parts.insert(0, "there is no signature".to_owned());
        }
        if dmarc.spf.is_none() {
            parts.push("SPF is not known".to_owned());
        }
        parts.join("; ")
    };
    let could_pass = dmarc.spf.is_none()
        || view.seen.signatures.iter().any(|signature| {
            matches!(signature.result, DkimResult::TempError | DkimResult::Unchecked)
        })
        || view.seen.spf.as_ref().is_some_and(|spf| spf.result == SpfResult::TempError);
    match (dmarc.is_authenticated(), is_open || could_pass) {
        (true, _) => out.pass(&MESSAGE_ALIGNED, subject()),
        (false, true) => {
            out.inconclusive(&MESSAGE_ALIGNED, subject(), ErrorKind::NotDecided, why());
        }
        (false, false) => {
            out.fail(&MESSAGE_ALIGNED, subject(), why());
        }
    }
    match dmarc.result {
        DmarcResult::Pass => out.pass(&MESSAGE_DMARC, subject()),
        DmarcResult::None => {
            let reason = format!("no DMARC policy applies to {}", dmarc.domain);
            out.not_applicable(&MESSAGE_DMARC, subject(), reason);
        }
        DmarcResult::Unknown => {
            out.inconclusive(&MESSAGE_DMARC, subject(), ErrorKind::NotDecided, reason());
        }
        DmarcResult::Fail => {
            let policy = dmarc.policy.map(|policy| policy.to_string()).unwrap_or_default();
            let at = dmarc.found_at.as_deref().unwrap_or(&dmarc.domain);
            let detail = format!("{}; the policy of {at} is {policy}", why());
            out.fail(&MESSAGE_DMARC, subject(), detail);
        }
    }
}

fn unsubscribe(view: &View<'_>, out: &mut Recorder<'_>) {
    let bulk = &view.seen.bulk;
    if !view.policy.is_bulk.unwrap_or(!bulk.marks.is_empty()) {
        for rule in [&MESSAGE_UNSUBSCRIBE, &MESSAGE_ONE_CLICK, &MESSAGE_UNSUBSCRIBE_SIGNED] {
            view.not_applicable(out, rule, "nothing says that the message is sent to many");
        }
        return;
    }
    let missing = match (bulk.unsubscribe_fields, bulk.schemes.is_empty()) {
        (0, _) => Some("there is no List-Unsubscribe field".to_owned()),
        (1, false) => None,
        (1, true) => Some("there is no URI in List-Unsubscribe".to_owned()),
        (many, _) => Some(format!("there are {many} List-Unsubscribe fields")),
    };
    let is_there = missing.is_none();
    view.fault(out, &MESSAGE_UNSUBSCRIBE, missing);
    let obstacle = match &bulk.post {
        None => Some("there is no List-Unsubscribe-Post field".to_owned()),
        Some(_) if bulk.is_one_click() => None,
        Some(_) if !bulk.schemes.iter().any(|scheme| scheme == "https") => {
            Some("there is no https URI in List-Unsubscribe".to_owned())
        }
        Some(post) => Some(format!("List-Unsubscribe-Post is `{post}`")),
    };
    view.fault(out, &MESSAGE_ONE_CLICK, obstacle);
    match (is_there && bulk.post.is_some(), bulk.is_signed) {
        (false, _) => {
            view.not_applicable(out, &MESSAGE_UNSUBSCRIBE_SIGNED, "there are no such fields")
        }
        (true, true) => out.pass(&MESSAGE_UNSUBSCRIBE_SIGNED, view.subject.clone()),
        (true, false) if view.seen.dkim().is_some_and(|best| best == DkimResult::TempError) => {
            let reason = "DNS did not answer for the key of a signature";
            let cause = ErrorKind::Unreachable;
            out.inconclusive(&MESSAGE_UNSUBSCRIBE_SIGNED, view.subject.clone(), cause, reason);
        }
        (true, false) => {
            let detail = "no signature that passes covers both fields".to_owned();
            view.fault(out, &MESSAGE_UNSUBSCRIBE_SIGNED, Some(detail));
        }
    }
}

fn links(view: &View<'_>, out: &mut Recorder<'_>) {
    let links = &view.seen.links;
    if links.hosts == 0 {
        for rule in [&MESSAGE_LINK_PUBLIC, &MESSAGE_LINK_STAGING] {
            view.not_applicable(out, rule, "there are no links");
        }
        return;
    }
    for rule in [&MESSAGE_LINK_PUBLIC, &MESSAGE_LINK_STAGING] {
        out.pass(rule, view.subject.clone());
    }
    if !links.unseen.is_empty() {
        let reason = format!("DNS did not answer for {}", links.unseen.join(", "));
        let cause = ErrorKind::Unreachable;
        out.inconclusive(&MESSAGE_LINK_PUBLIC, view.subject.clone(), cause, reason);
    } else if links.is_cut {
        let reason = format!("only some of {} hosts were looked at", links.hosts);
        let cause = ErrorKind::NotDecided;
        out.inconclusive(&MESSAGE_LINK_PUBLIC, view.subject.clone(), cause, reason);
    }
    for Link { origin, leads } in &links.suspicious {
        let (rule, detail) = match leads {
            Leads::Home => {
                (&MESSAGE_LINK_PUBLIC, format!("{origin} is the recipient's own machine"))
            }
            Leads::Address { ip, class } => {
                (&MESSAGE_LINK_PUBLIC, format!("{origin} leads to {ip}, a {class} address"))
            }
            Leads::Reserved { suffix } => (
                &MESSAGE_LINK_PUBLIC,
                format!("{origin}: `{suffix}` is no name on the public Internet"),
            ),
            Leads::Staging { word } => {
                (&MESSAGE_LINK_STAGING, format!("{origin}: `{word}` names a host for testing"))
            }
        };
        out.fail(rule, view.subject.clone(), detail).instance(origin.as_str());
    }
}
