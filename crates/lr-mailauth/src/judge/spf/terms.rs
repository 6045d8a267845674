//! What the record itself says.

use lr_core::{Location, Recorder, Severity};
use lr_net::AddressClass;

use super::super::{View, fault, faults};
use crate::rules::*;
use crate::spf::{IpNetwork, Mechanism, Qualifier, Record, TermKind};

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
pub(in crate::judge) fn is_reachable(class: AddressClass) -> bool {
    class.is_public() || class == AddressClass::Documentation
}
