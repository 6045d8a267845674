//! What addresses may send, over the whole tree.

use lr_core::{Location, Recorder, Severity};
use lr_net::AddressClass;

use super::super::{View, fault, faults};
use super::tree::nodes;
use crate::rules::*;
use crate::senders::is_below;
use crate::spf::{IpNetwork, Mechanism, Qualifier, TermKind};

/// A term that lets senders pass, and whose record it stands in.
struct Passing {
    text: String,
    mechanism: Mechanism,
    /// The domain of the record, if that is not the domain's own.
    include: Option<String>,
    /// Whether the record is the domain's own or one below it: others are for others to mend.
    is_own: bool,
}

pub(super) fn judge(view: &View<'_>, subject: &Location, out: &mut Recorder<'_>) {
    let mut passing: Vec<Passing> = Vec::new();
    let mut ptr = None;
    for node in nodes(&view.spf.root) {
        let Some(record) = node.record() else { continue };
        let end = record.all().map_or(record.terms.len(), |(at, _)| at);
        for term in &record.terms[..end] {
            let TermKind::Directive(qualifier, mechanism) = &term.kind else { continue };
            if matches!(mechanism, Mechanism::Ptr(_)) {
                ptr = ptr
                    .or_else(|| Some(format!("the record at {} has `{}`", node.domain, term.kind)));
            }
            if *qualifier == Qualifier::Pass {
                passing.push(Passing {
                    text: term.kind.to_string(),
                    mechanism: mechanism.clone(),
                    include: (node.domain != view.domain).then(|| node.domain.clone()),
                    is_own: is_below(&node.domain, view.domain),
                });
            }
        }
    }
    fault(out, &SPF_PTR, subject, ptr);
    host_bits(&passing, subject, out);
    private(&passing, subject, out);
    broad(view, &passing, subject, out);
}

/// The ranges in the domain's own records.
fn own(passing: &[Passing]) -> impl Iterator<Item = (&Passing, IpNetwork)> {
    passing.iter().filter(|term| term.is_own).filter_map(|term| match term.mechanism {
        Mechanism::Ip(network) => Some((term, network)),
        _ => None,
    })
}

fn host_bits(passing: &[Passing], subject: &Location, out: &mut Recorder<'_>) {
    let odd = own(passing).filter(|(_, network)| network.has_host_bits());
    let odd = odd.map(|(term, network)| {
        (network.to_string(), format!("{} begins at {}", term.place(), network.first()))
    });
    faults(out, &SPF_HOST_BITS, subject, odd);
}

fn private(passing: &[Passing], subject: &Location, out: &mut Recorder<'_>) {
    let special = own(passing).filter(|(_, network)| is_special(*network));
    let special = special.map(|(term, network)| {
        let class = AddressClass::of(network.first());
        (network.to_string(), format!("{} is a {class} range", term.place()))
    });
    faults(out, &SPF_PUBLIC_ADDRESSES, subject, special);
}

/// Whether a range lies where nobody outside is. A vast one only begins at a reserved address.
fn is_special(network: IpNetwork) -> bool {
    let narrowest = if network.address.is_ipv4() { 4 } else { 7 };
    network.prefix >= narrowest && !is_reachable(AddressClass::of(network.first()))
}

fn broad(view: &View<'_>, passing: &[Passing], subject: &Location, out: &mut Recorder<'_>) {
    let (v4, v6) = (view.policy.broad_ipv4_prefix, view.policy.broad_ipv6_prefix);
    let vast = |term: &&Passing| match term.mechanism {
        Mechanism::Ip(network) if is_special(network) => false,
        Mechanism::Ip(network) => network.prefix <= if network.address.is_ipv4() { v4 } else { v6 },
        Mechanism::A(_, four, six) | Mechanism::Mx(_, four, six) => four <= v4 || six <= v6,
        _ => false,
    };
    let mut vast = passing.iter().filter(vast).peekable();
    if vast.peek().is_none() {
        out.pass(&SPF_BROAD_RANGE, subject.clone());
    }
    for term in vast {
        let is_half = match term.mechanism {
            Mechanism::Ip(network) => network.prefix <= 1,
            Mechanism::A(_, four, six) | Mechanism::Mx(_, four, six) => four <= 1 || six <= 1,
            _ => false,
        };
        let detail = format!("{} is in the record", term.place());
        let finding = out.fail(&SPF_BROAD_RANGE, subject.clone(), detail);
        finding.instance(term.text.as_str());
        if is_half {
            finding.severity(Severity::High);
        } else if !term.is_own {
            finding.severity(Severity::Low);
        }
    }
}

impl Passing {
    fn place(&self) -> String {
        match &self.include {
            None => format!("`{}`", self.text),
            Some(domain) => format!("`{}` at {domain}", self.text),
        }
    }
}

/// Documentation addresses stand for public ones in examples and test zones.
pub(in crate::judge) fn is_reachable(class: AddressClass) -> bool {
    class.is_public() || class == AddressClass::Documentation
}
