//! Keys and signatures along the path.

use super::Bench;
use crate::Policy;
use crate::certificate::{Certificate, Key, Signature};
use crate::rules::{KEY_STRENGTH, SIGNATURE_STRENGTH};

pub(super) fn judge(
    certificates: &[Option<Certificate>],
    path: &[usize],
    policy: &Policy,
    bench: &mut Bench<'_, '_>,
) {
    let along =
        || path.iter().filter_map(|place| certificates.get(*place).and_then(Option::as_ref));
    let weak: Vec<_> = along()
        .filter(|certificate| is_weak(&certificate.key, policy))
        .map(|certificate| format!("{} has {}", certificate.title(), certificate.key))
        .collect();
    // Nobody relies on a root's own signature.
    let broken: Vec<_> = along()
        .filter(|certificate| !(certificate.is_ca && certificate.is_self_issued()))
        .filter(|certificate| matches!(certificate.signature, Signature::Broken(_)))
        .map(|certificate| format!("{}: {}", certificate.title(), certificate.signature))
        .collect();
    for (rule, list) in [(&KEY_STRENGTH, weak), (&SIGNATURE_STRENGTH, broken)] {
        match list.is_empty() {
            true => bench.pass(rule),
            false => {
                bench.fail(rule, list.join("; "));
            }
        }
    }
}

fn is_weak(key: &Key, policy: &Policy) -> bool {
    match key {
        Key::Rsa(bits) => *bits < policy.rsa_bits,
        Key::OtherCurve(_) | Key::Dsa => true,
        Key::Ec(_) | Key::Modern(_) | Key::Unknown(_) => false,
    }
}
