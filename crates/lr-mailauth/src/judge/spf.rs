use lr_core::{ErrorKind, Location, Recorder, Severity};
use lr_net::AddressClass;

use super::{View, fault, faults, issues, not_applicable, not_asked, unseen};
use crate::SpfResult;
use crate::answers::RecordType;
use crate::mx::State;
use crate::rules::*;
use crate::spf::{
    IpNetwork, Mechanism, Node, Outcome, Qualifier, Record, Step, TermKind, is_record,
};
use crate::syntax::IssueKind;

pub(super) fn judge(view: &View<'_>, out: &mut Recorder<'_>) {
    let subject = Location::record(view.domain, "TXT");
    let root = &view.spf.root;
    parked(view, out, &subject);
    senders(view, out, &subject);
    match &root.outcome {
        Outcome::Failed { failure } => return unseen(out, "spf-", &subject, failure),
        Outcome::Missing => {
            not_applicable(out, "spf-", &subject, "there is no SPF record");
            let finding =
                out.fail(&SPF_PRESENT, subject.clone(), "no TXT record begins with `v=spf1`");
            if is_covered(view) {
                finding.severity(Severity::Low);
            }
        }
        Outcome::Several { count } => {
            not_applicable(out, "spf-", &subject, "with several records none of them counts");
            out.pass(&SPF_PRESENT, subject.clone());
            out.fail(
                &SPF_SINGLE,
                subject.clone(),
                format!("{count} TXT records begin with `v=spf1`"),
            );
        }
        Outcome::Record { text, issues } if !issues.is_empty() => {
            not_applicable(out, "spf-", &subject, "receivers cannot read the record");
            out.pass(&SPF_PRESENT, subject.clone());
            out.pass(&SPF_SINGLE, subject.clone());
            readable(out, &subject, text, issues);
        }
        Outcome::Record { text, .. } => {
            out.pass(&SPF_PRESENT, subject.clone());
            out.pass(&SPF_SINGLE, subject.clone());
            readable(out, &subject, text, &[]);
            if let Some(record) = &view.record {
                terms(view, record, text, &subject, out);
            }
            tree(view, &subject, out);
            costs(view, &subject, out);
        }
        // The root is never a loop or a macro, and is always among the first questions.
        _ => return unseen(out, "spf-", &subject, &not_asked()),
    }
    other_texts(view, &subject, out);
}

/// Servers that are known to send.
fn senders(view: &View<'_>, out: &mut Recorder<'_>, subject: &Location) {
    let given = &view.snapshot.config.sends_from;
    if given.is_empty() {
        out.not_applicable(&SPF_SENDERS, subject.clone(), "no sending address is given");
    }
    for address in given {
        let result = view.snapshot.sent.iter().find(|sent| sent.from == *address);
        match result.and_then(|sent| sent.result) {
            Some(SpfResult::Pass) => out.pass(&SPF_SENDERS, subject.clone()),
            None | Some(SpfResult::TempError) => {
                let reason = format!("SPF could not be evaluated for {address}");
                out.inconclusive(&SPF_SENDERS, subject.clone(), ErrorKind::NotDecided, reason);
            }
            Some(result) => {
                let result = format!("{result:?}").to_lowercase();
                let detail = format!("for mail from {address} the result is {result}");
                out.fail(&SPF_SENDERS, subject.clone(), detail).instance(address.to_string());
            }
        }
    }
}

/// Whether it is a mere host below a domain whose DMARC policy, enforced, covers it: nobody can
/// send in its name, and it does not look as if it sent itself.
fn is_covered(view: &View<'_>) -> bool {
    let policy = view.snapshot.dmarc();
    let is_enforced = policy.policy.is_some_and(|policy| policy > crate::dmarc::Policy::None);
    is_enforced
        && policy.found_at.is_some_and(|at| at != view.domain)
        && matches!(view.snapshot.mail_hosts().state, State::None | State::Implicit)
}

fn parked(view: &View<'_>, out: &mut Recorder<'_>, subject: &Location) {
    match (&view.record, view.snapshot.config.parked) {
        (_, false) => out.not_applicable(&PARKED_SPF, subject.clone(), "the domain is not parked"),
        (None, true) => out.not_applicable(&PARKED_SPF, subject.clone(), "there is no SPF record"),
        (Some(record), true) => {
            let detail = (!record.forbids_everyone()).then(|| format!("the record is `{record}`"));
            fault(out, &PARKED_SPF, subject, detail);
        }
    }
}

fn readable(out: &mut Recorder<'_>, subject: &Location, text: &str, found: &[crate::Issue]) {
    let is_name = |issue: &&crate::Issue| issue.kind == IssueKind::AddressAsName;
    issues(out, &SPF_SYNTAX, subject, text, found.iter().filter(|issue| !is_name(issue)));
    issues(out, &SPF_HOST_NAMES, subject, text, found.iter().filter(is_name));
}

/// What the record itself says.
fn terms(view: &View<'_>, record: &Record, text: &str, subject: &Location, out: &mut Recorder<'_>) {
    let all = record.all();
    let redirect = record.redirect().map(|(_, target)| target);
    let used = redirect.filter(|_| all.is_some());
    let used = used.map(|target| format!("`redirect={target}` stands beside `all`"));
    fault(out, &SPF_REDIRECT_USED, subject, used);

    let after = record.terms.iter().skip(all.map_or(usize::MAX, |(at, _)| at + 1));
    let after = after.filter(|term| matches!(term.kind, TermKind::Directive(..)));
    let after: Vec<String> = after.map(|term| format!("`{}`", term.kind)).collect();
    let detail = (!after.is_empty()).then(|| format!("after `all`: {}", after.join(", ")));
    fault(out, &SPF_AFTER_ALL, subject, detail);

    let mut seen = Vec::new();
    let mut twice = Vec::new();
    for term in record.terms.iter().filter(|term| matches!(term.kind, TermKind::Directive(..))) {
        let text = term.kind.to_string().to_ascii_lowercase();
        let list = if seen.contains(&text) { &mut twice } else { &mut seen };
        list.push(text);
    }
    faults(
        out,
        &SPF_DUPLICATE,
        subject,
        twice.into_iter().map(|term| {
            let detail = format!("`{term}` is there more than once");
            (term, detail)
        }),
    );

    let ptr = record
        .terms
        .iter()
        .find(|term| matches!(term.kind, TermKind::Directive(_, Mechanism::Ptr(_))));
    fault(out, &SPF_PTR, subject, ptr.map(|term| format!("the record has `{}`", term.kind)));
    let length = view.domain.len() + text.len();
    let long = (length > 450).then(|| format!("name and record take {length} of 450 bytes"));
    fault(out, &SPF_RECORD_LENGTH, subject, long);
    ranges(view, record, subject, out);
}

fn ranges(view: &View<'_>, record: &Record, subject: &Location, out: &mut Recorder<'_>) {
    let networks = record.terms.iter().filter_map(|term| match &term.kind {
        TermKind::Directive(Qualifier::Pass, Mechanism::Ip(network)) => Some(*network),
        _ => None,
    });
    let networks: Vec<IpNetwork> = networks.collect();
    let bits = networks.iter().filter(|network| network.has_host_bits());
    faults(
        out,
        &SPF_HOST_BITS,
        subject,
        bits.map(|network| {
            let detail = format!("`{network}` begins at {}", network.first());
            (network.to_string(), detail)
        }),
    );

    let (broad_v4, broad_v6) = (view.policy.broad_ipv4_prefix, view.policy.broad_ipv6_prefix);
    let mut private = Vec::new();
    let mut broad = Vec::new();
    for network in &networks {
        let class = AddressClass::of(network.first());
        let limit = if network.address.is_ipv4() { broad_v4 } else { broad_v6 };
        // A range of half the Internet begins at a reserved address and is not about that.
        let is_special = network.prefix > 1 && !is_reachable(class);
        if is_special {
            private.push((network.to_string(), format!("`{network}` is a {class} range")));
        } else if network.prefix <= limit {
            broad.push((network.to_string(), network.prefix <= 1));
        }
    }
    faults(out, &SPF_PUBLIC_ADDRESSES, subject, private);
    let hosts = record.terms.iter().filter_map(|term| match &term.kind {
        TermKind::Directive(
            Qualifier::Pass,
            Mechanism::A(_, v4, v6) | Mechanism::Mx(_, v4, v6),
        ) if *v4 <= broad_v4 || *v6 <= broad_v6 => {
            Some((term.kind.to_string(), *v4 <= 1 || *v6 <= 1))
        }
        _ => None,
    });
    broad.extend(hosts);
    if broad.is_empty() {
        out.pass(&SPF_BROAD_RANGE, subject.clone());
    }
    for (term, is_half) in broad {
        let finding =
            out.fail(&SPF_BROAD_RANGE, subject.clone(), format!("`{term}` is in the record"));
        finding.instance(term);
        if is_half {
            finding.severity(Severity::High);
        }
    }
}

/// Documentation addresses stand for public ones in examples and test zones.
pub(super) fn is_reachable(class: AddressClass) -> bool {
    class.is_public() || class == AddressClass::Documentation
}

/// What is included, and where it ends.
fn tree(view: &View<'_>, subject: &Location, out: &mut Recorder<'_>) {
    let mut steps = Vec::new();
    collect(&view.spf.root, &mut steps);
    let (mut missing, mut broken, mut astray, mut loops) = (vec![], vec![], vec![], vec![]);
    for (at, step) in &steps {
        let Some(child) = &step.child else { continue };
        let is_redirect = step.qualifier.is_none();
        let place = |what: String| {
            (child.domain.clone(), format!("`{}` at {}: {what}", step.term, at.domain))
        };
        let list = if is_redirect { &mut astray } else { &mut missing };
        match &child.outcome {
            Outcome::Missing => list.push(place("there is no SPF record".into())),
            Outcome::Several { count } => {
                list.push(place(format!("there are {count} SPF records")))
            }
            Outcome::Record { issues, .. } => {
                broken.extend(issues.first().map(|issue| place(issue.to_string())));
            }
            Outcome::Loop => loops.push(place("this is already on the way there".into())),
            Outcome::Failed { failure } => {
                let rule = if is_redirect { &SPF_REDIRECT_TARGET } else { &SPF_INCLUDE_TARGET };
                let reason = format!(
                    "`{}` at {} (receivers answer temperror): {}",
                    step.term, at.domain, failure.message
                );
                for rule in [rule, &SPF_INCLUDE_VALID] {
                    out.inconclusive(rule, subject.clone(), failure.kind, reason.as_str());
                }
            }
            _ => {}
        }
    }
    faults(out, &SPF_INCLUDE_TARGET, subject, missing);
    faults(out, &SPF_INCLUDE_VALID, subject, broken);
    faults(out, &SPF_REDIRECT_TARGET, subject, astray);
    faults(out, &SPF_LOOP, subject, loops);

    let many = steps.iter().filter(|(_, step)| step.exchanges.is_some_and(|count| count > 10));
    let many = many
        .filter(|(_, step)| step.term.trim_start_matches(['+', '-', '~', '?']).starts_with("mx"));
    faults(
        out,
        &SPF_MX_LIMIT,
        subject,
        many.map(|(at, step)| {
            let count = step.exchanges.unwrap_or(0);
            (
                format!("{} {}", at.domain, step.term),
                format!("`{}` at {}: {count} mail hosts", step.term, at.domain),
            )
        }),
    );

    // A dead name inside of somebody else's record is theirs to remove.
    let own = steps.iter().filter(|(at, _)| at.domain == view.domain);
    let dead =
        own.filter(|(_, step)| step.child.is_none() && step.void_ipv4.min(step.void_ipv6) > 0);
    faults(
        out,
        &SPF_HOSTS_EXIST,
        subject,
        dead.map(|(_, step)| (step.term.clone(), format!("`{}` finds nothing", step.term))),
    );

    ends(view, subject, out);
    let open = admits_all(&view.spf.root);
    fault(out, &SPF_PLUS_ALL, subject, open.map(|at| format!("the record at {at} has `+all`")));
}

/// How the record that decides in the end, the own one or where redirects lead, treats others.
fn ends(view: &View<'_>, subject: &Location, out: &mut Recorder<'_>) {
    let mut node = &view.spf.root;
    while let Some(redirect) = node.steps.iter().find(|step| step.qualifier.is_none()) {
        let Some(child) = &redirect.child else { break };
        node = child;
    }
    if !matches!(&node.outcome, Outcome::Record { issues, .. } if issues.is_empty()) {
        for rule in [&SPF_ENDS, &SPF_NEUTRAL_ALL, &SPF_SOFTFAIL] {
            out.not_applicable(rule, subject.clone(), "redirect does not lead to a valid record");
        }
        return;
    }
    let all = node.steps.iter().find(|step| is_all(step)).and_then(|step| step.qualifier);
    let at = &node.domain;
    let none = all.is_none().then(|| format!("the record at {at} has neither `all` nor redirect"));
    fault(out, &SPF_ENDS, subject, none);
    let neutral =
        (all == Some(Qualifier::Neutral)).then(|| format!("the record at {at} has `?all`"));
    fault(out, &SPF_NEUTRAL_ALL, subject, neutral);
    let soft = (all == Some(Qualifier::SoftFail)).then(|| format!("the record at {at} has `~all`"));
    fault(out, &SPF_SOFTFAIL, subject, soft);
}

fn is_all(step: &Step) -> bool {
    step.term.trim_start_matches(['-', '~', '?']) == "all"
}

/// The domain whose `+all` lets everybody pass.
fn admits_all(node: &Node) -> Option<&str> {
    node.steps.iter().find_map(|step| match (&step.child, step.qualifier) {
        (None, Some(Qualifier::Pass)) if is_all(step) => Some(node.domain.as_str()),
        (Some(child), Some(Qualifier::Pass) | None) => admits_all(child),
        _ => None,
    })
}

fn collect<'a>(node: &'a Node, steps: &mut Vec<(&'a Node, &'a Step)>) {
    for step in &node.steps {
        steps.push((node, step));
        if let Some(child) = &step.child {
            collect(child, steps);
        }
    }
}

/// What the tree costs a receiver.
fn costs(view: &View<'_>, subject: &Location, out: &mut Recorder<'_>) {
    let audit = &view.spf;
    let mut steps = Vec::new();
    collect(&audit.root, &mut steps);
    let near = view.policy.lookups_near_limit..=10;
    if steps.iter().any(|(_, step)| step.child.as_ref().is_some_and(|c| c.outcome == Outcome::Loop))
    {
        for rule in [&SPF_LOOKUPS, &SPF_HEADROOM, &SPF_VOID_LOOKUPS, &SPF_VOID_LOOKUPS_IPV6] {
            out.not_applicable(rule, subject.clone(), "the record includes itself without end");
        }
        return;
    }
    let at_least = if audit.complete { "" } else { "at least " };
    let breakdown = audit.root.steps.iter().filter(|step| step.lookups > 0);
    let breakdown: Vec<String> =
        breakdown.map(|step| format!("{} ({})", step.term, step.lookups)).collect();
    let count = |count: usize, what: &str| format!("{at_least}{count} {what}");
    let failed = steps.iter().find_map(|(at, step)| {
        let below = step.child.as_ref().and_then(|child| match &child.outcome {
            Outcome::Failed { failure } => Some(failure),
            _ => None,
        });
        step.failure.as_ref().or(below).map(|failure| (*at, *step, failure))
    });
    for (rule, seen, limit, what) in [
        (&SPF_LOOKUPS, audit.lookups, 10, "DNS lookups"),
        (&SPF_VOID_LOOKUPS, audit.void_ipv4, 2, "void lookups"),
        (&SPF_VOID_LOOKUPS_IPV6, audit.void_ipv6, 2, "void lookups for senders with IPv6"),
    ] {
        // What is too many over IPv4 already is said once.
        let is_said = std::ptr::eq(rule, &SPF_VOID_LOOKUPS_IPV6) && audit.void_ipv4 > 2;
        if seen > limit && !is_said {
            let detail = format!("{}: {}", count(seen, what), breakdown.join(", "));
            out.fail(rule, subject.clone(), detail).evidence("lookups", seen);
        } else if audit.complete || is_said {
            out.pass(rule, subject.clone());
        } else {
            let (kind, reason) = match failed {
                Some((at, step, failure)) => (
                    failure.kind,
                    format!(
                        "{}; `{}` at {} (receivers answer temperror): {}",
                        count(seen, what),
                        step.term,
                        at.domain,
                        failure.message
                    ),
                ),
                None => (not_asked().kind, count(seen, what)),
            };
            out.inconclusive(rule, subject.clone(), kind, reason);
        }
    }
    match (near.contains(&audit.lookups), audit.complete) {
        (true, _) => drop(out.fail(
            &SPF_HEADROOM,
            subject.clone(),
            count(audit.lookups, "of 10 DNS lookups"),
        )),
        (false, true) => out.pass(&SPF_HEADROOM, subject.clone()),
        (false, false) => {
            out.inconclusive(
                &SPF_HEADROOM,
                subject.clone(),
                not_asked().kind,
                count(audit.lookups, "DNS lookups"),
            );
        }
    }
}

/// Texts beside the record.
fn other_texts(view: &View<'_>, subject: &Location, out: &mut Recorder<'_>) {
    let answer = view.snapshot.answers.get(view.domain, RecordType::Txt);
    let texts: Vec<Vec<u8>> =
        answer.into_iter().flat_map(|answer| answer.texts()).map(crate::Text::bytes).collect();
    let begins = |text: &[u8], what: &[u8]| {
        let start = &text[..text.len().min(what.len() + 8)];
        start.windows(what.len()).any(|part| part.eq_ignore_ascii_case(what))
    };
    let like = texts.iter().filter(|text| !is_record(text) && begins(text, b"v=spf"));
    let like = like.map(|text| format!("`{}`", crate::syntax::show(text)));
    fault(out, &SPF_VERSION, subject, like.reduce(|all, one| format!("{all}, {one}")));
    let old = texts.iter().find(|text| text.len() > 5 && text[..6].eq_ignore_ascii_case(b"spf2.0"));
    fault(out, &SPF_SENDER_ID, subject, old.map(|text| format!("`{}`", crate::syntax::show(text))));
}
