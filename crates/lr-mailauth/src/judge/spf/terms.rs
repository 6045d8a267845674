//! What the record itself says.

use lr_core::{Location, Recorder};

use super::super::{View, fault, faults};
use crate::rules::*;
use crate::spf::{IpNetwork, Mechanism, Record, TermKind};

pub(super) fn judge(
    view: &View<'_>,
    record: &Record,
    text: &str,
    subject: &Location,
    out: &mut Recorder<'_>,
) {
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

    faults(out, &SPF_DUPLICATE, subject, repeated(record));
    let modifiers = record.terms.iter().filter_map(|term| match &term.kind {
        TermKind::Unknown(name, value) if is_mechanism(name) => {
            let meant = format!("`{name}={value}` is a modifier that nobody knows");
            Some((name.to_ascii_lowercase(), format!("{meant}; `{name}:{value}` may be meant")))
        }
        _ => None,
    });
    faults(out, &SPF_MODIFIER_NAMES, subject, modifiers);
    let length = view.domain.len() + text.len();
    let long = (length > 450).then(|| format!("name and record take {length} of 450 bytes"));
    fault(out, &SPF_RECORD_LENGTH, subject, long);
}

/// Terms that say what an earlier one has said already, so that they can never match.
fn repeated(record: &Record) -> Vec<(String, String)> {
    let mut seen: Vec<String> = Vec::new();
    let mut networks: Vec<IpNetwork> = Vec::new();
    let mut repeated = Vec::new();
    for term in &record.terms {
        let TermKind::Directive(_, mechanism) = &term.kind else { continue };
        let text = term.kind.to_string().to_ascii_lowercase();
        let text = text.trim_end_matches('.').to_owned();
        if seen.contains(&text) {
            repeated.push((text.clone(), format!("`{text}` is there more than once")));
            continue;
        }
        if let Mechanism::Ip(network) = mechanism {
            let around = networks.iter().find(|earlier| earlier.covers(*network));
            if let Some(earlier) = around {
                let detail = format!("`{network}` lies in `{earlier}`, which stands before it");
                repeated.push((text.clone(), detail));
            }
            networks.push(*network);
        }
        seen.push(text);
    }
    repeated
}

fn is_mechanism(name: &str) -> bool {
    let known = ["all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"];
    known.iter().any(|mechanism| name.eq_ignore_ascii_case(mechanism))
}
