//! How many addresses may send.

use serde::{Deserialize, Serialize};

use super::{Audit, IpNetwork, Mechanism, Node, Qualifier, TermKind};

/// The ranges that `ip4` and `ip6` let send, over the whole tree.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Allowed {
    /// The ranges as terms, in the order of the tree, each once.
    pub ranges: Vec<String>,
    /// How many IPv4 addresses lie in them; where ranges overlap, each address once.
    pub ipv4_addresses: u64,
    /// How many IPv6 networks of 64 bits lie in them, the usual size of one link.
    pub ipv6_networks: u64,
}

impl Audit {
    /// The ranges that may send: those of the record itself, and of every record that it includes or
    /// passes on to. What `a`, `mx` and `exists` let send is not among them.
    #[must_use]
    pub fn allowed(&self) -> Allowed {
        let mut networks = Vec::new();
        collect(&self.root, &mut networks);
        let mut ranges: Vec<String> = Vec::new();
        for network in &networks {
            let text = network.to_string();
            if !ranges.contains(&text) {
                ranges.push(text);
            }
        }
        let bounds = |is_ipv4: bool| {
            let family =
                networks.iter().filter(move |network| network.address.is_ipv4() == is_ipv4);
            family.map(|network| network.bounds()).collect::<Vec<_>>()
        };
        let ipv6 = bounds(false).into_iter().map(|(first, last)| (first >> 64, last >> 64));
        Allowed {
            ranges,
            ipv4_addresses: count(bounds(true)),
            ipv6_networks: count(ipv6.collect()),
        }
    }
}

fn collect(node: &Node, networks: &mut Vec<IpNetwork>) {
    let Some(record) = node.record() else { return };
    let end = record.all().map_or(record.terms.len(), |(at, _)| at);
    networks.extend(record.terms[..end].iter().filter_map(|term| match &term.kind {
        TermKind::Directive(Qualifier::Pass, Mechanism::Ip(network)) => Some(*network),
        _ => None,
    }));
    for step in &node.steps {
        if let (Some(Qualifier::Pass) | None, Some(child)) = (step.qualifier, &step.child) {
            collect(child, networks);
        }
    }
}

/// How many numbers lie in ranges that may overlap.
fn count(mut ranges: Vec<(u128, u128)>) -> u64 {
    ranges.sort_unstable();
    let (mut total, mut next) = (0u128, 0u128);
    for (first, last) in ranges {
        let first = first.max(next);
        if first <= last {
            total = total.saturating_add(last - first).saturating_add(1);
            next = last.saturating_add(1);
        }
    }
    u64::try_from(total).unwrap_or(u64::MAX)
}
