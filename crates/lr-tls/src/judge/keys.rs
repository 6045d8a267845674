//! Keys whose private part is public.

use x509_parser::prelude::{FromDer, SubjectPublicKeyInfo};
use x509_parser::public_key::PublicKey;

use super::Bench;
use super::dns::sha256;
use crate::Der;
use crate::certificate::Certificate;
use crate::rules::KNOWN_KEY;

/// SHA-256 of the SubjectPublicKeyInfo of keys that came with software to everybody: taken from the
/// certificates, which <https://badssl.com> keeps for tests.
const KNOWN: &[(&str, &str)] = &[
    ("Superfish", "4bb8f35ba1e126f8dde1b0c420625ed86dce61a7bddadbdea9aba578ff13145e"),
    ("eDellRoot", "cdee9f3305572a677e1a6c82dc1e02a35b11cae6a684338c9f37fe1ac8daec23"),
    (
        "BadSSL MITM Software Test",
        "9d40513f43991af39fe413aff7608fc56463827137166547de0a1828d524ae98",
    ),
    ("webpack-dev-server", "2bd1e667ec9ebbe02b9a7da264210c99b3eac1cc9141a0e30e3f623eaccec4e1"),
];

pub(super) fn judge(
    certificates: &[Option<Certificate>],
    path: &[usize],
    bench: &mut Bench<'_, '_>,
) {
    let along = path.iter().filter_map(|place| certificates.get(*place)?.as_ref());
    let flaws: Vec<_> = along
        .filter_map(|one| Some(format!("{}: {}", one.title(), flaw(&one.key_info)?)))
        .collect();
    match flaws.is_empty() {
        true => bench.pass(&KNOWN_KEY),
        false => {
            bench.fail(&KNOWN_KEY, flaws.join("; "));
        }
    }
}

fn flaw(key_info: &[u8]) -> Option<String> {
    let hash = Der::from(sha256(key_info)).to_string();
    if let Some((name, _)) = KNOWN.iter().find(|(_, known)| *known == hash) {
        return Some(format!("the key of {name}, which came with software to everybody"));
    }
    let (_, info) = SubjectPublicKeyInfo::from_der(key_info).ok()?;
    match info.parsed().ok()? {
        PublicKey::RSA(rsa) if rsa.modulus.len() <= 1025 => weak_generator(rsa.modulus),
        _ => None,
    }
}

/// Whether a modulus was made by the generator of Infineon's chips (ROCA, CVE-2017-15361): its
/// primes, and so their product, are powers of 65537 modulo every small prime.
fn weak_generator(modulus: &[u8]) -> Option<String> {
    const PRIMES: [u32; 17] =
        [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157];
    let all = PRIMES.iter().all(|prime| {
        let rest = modulus.iter().fold(0, |rest, byte| (rest << 8 | u32::from(*byte)) % prime);
        let mut power = 1;
        (0..*prime).any(|_| {
            let found = power == rest;
            power = power * (65_537 % prime) % prime;
            found
        })
    });
    let what =
        "made by a chip whose generator is broken (ROCA, CVE-2017-15361): it can be computed";
    all.then(|| what.to_owned())
}

#[cfg(test)]
mod tests {
    use super::weak_generator;

    #[test]
    fn powers_of_the_generator_are_recognised() {
        assert!(weak_generator(&[1, 0, 1]).is_some());
        let mut power = vec![1, 0, 1];
        power = square(&power);
        assert!(weak_generator(&power).is_some());
        assert!(weak_generator(&[0xc5, 0x34, 0xa3, 0x5b]).is_none());
        assert!(weak_generator(&[]).is_none());
    }

    fn square(number: &[u8]) -> Vec<u8> {
        let value = number.iter().fold(0u128, |sum, byte| sum << 8 | u128::from(*byte));
        (value * value).to_be_bytes().to_vec()
    }
}
