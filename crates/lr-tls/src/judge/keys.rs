//! Keys whose private part is public, or can be computed. Those of Debian's broken generator
//! (CVE-2008-0166) only a long list tells, which is not here.

use x509_parser::prelude::{FromDer, SubjectPublicKeyInfo};
use x509_parser::public_key::PublicKey;

use super::{Bench, factor};
use crate::certificate::Certificate;
use crate::der::sha256;
use crate::rules::KNOWN_KEY;
use crate::{Der, Snapshot};

/// SHA-256 of the SubjectPublicKeyInfo of keys that came with software to everybody, from the
/// certificates that <https://badssl.com> keeps for tests, or that stand in documents.
const KNOWN: &[(&str, &str)] = &[
    ("Superfish", "4bb8f35ba1e126f8dde1b0c420625ed86dce61a7bddadbdea9aba578ff13145e"),
    ("eDellRoot", "cdee9f3305572a677e1a6c82dc1e02a35b11cae6a684338c9f37fe1ac8daec23"),
    (
        "BadSSL MITM Software Test",
        "9d40513f43991af39fe413aff7608fc56463827137166547de0a1828d524ae98",
    ),
    // RFC 9500, sections 2.1 and 2.3, and RFC 9421, appendix B.1.3: keys for tests.
    ("RFC 9500 (RSA 1024)", "9a9e5b0f404f4e2d4386e38b04ac91e535946dc2a7f8d84a31404b476e5c35e1"),
    ("RFC 9500 (RSA 2048)", "8fb6bad671cfe698393c453357da61b56d757ab8c0f3fb9c87f2849e63131878"),
    ("RFC 9500 (RSA 4096)", "96465ea5dc9bb2da7b351d808a7196e5761f2412a5040131c68d719aaba28fb9"),
    ("RFC 9500 (P-256)", "b2b04340cfaee616ec9c2c62d261b208e54bb197498df52e8cadede23ac0ba5e"),
    ("RFC 9500 (P-384)", "c4c10105a0be0ed4dd3354428dc38a9bfee64da141ce16e75c94eda272f9dd3a"),
    ("RFC 9421 (P-256)", "55f96361b78cbb84f1fc604b0718e82bd91abb46d8fc25ae871b35fbbf8b7974"),
    ("webpack-dev-server", "2bd1e667ec9ebbe02b9a7da264210c99b3eac1cc9141a0e30e3f623eaccec4e1"),
];

/// `moduli` are those of all certificates that were seen.
pub(super) fn judge(
    certificates: &[Option<Certificate>],
    path: &[usize],
    moduli: &[Vec<u8>],
    bench: &mut Bench<'_, '_>,
) {
    let along = path.iter().filter_map(|place| certificates.get(*place)?.as_ref());
    let flaws: Vec<_> = along
        .filter_map(|one| Some(format!("{}: {}", one.title(), flaw(&one.key_info, moduli)?)))
        .collect();
    match flaws.is_empty() {
        true => bench.pass(&KNOWN_KEY),
        false => {
            bench.fail(&KNOWN_KEY, flaws.join("; "));
        }
    }
}

/// The RSA moduli of all certificates of a snapshot, each once, without zeros in front.
pub(super) fn moduli(snapshot: &Snapshot) -> Vec<Vec<u8>> {
    let addresses = snapshot.hosts.iter().flat_map(|host| host.addresses.iter().flatten());
    let chains = addresses.flat_map(|one| std::iter::once(&one.chain).chain(&one.other_chains));
    let mut found = Vec::new();
    for der in chains.flat_map(|chain| chain.iter().take(MOST_OF_CHAIN)) {
        let modulus = Certificate::read(der).ok().and_then(|one| modulus(&one.key_info));
        if let Some(modulus) = modulus.filter(|one| !found.contains(one))
            && found.len() < MOST_MODULI
        {
            found.push(modulus);
        }
    }
    found
}

fn modulus(key_info: &[u8]) -> Option<Vec<u8>> {
    let (_, info) = SubjectPublicKeyInfo::from_der(key_info).ok()?;
    let PublicKey::RSA(rsa) = info.parsed().ok()? else { return None };
    let digits = rsa.modulus.iter().copied().skip_while(|byte| *byte == 0);
    (rsa.modulus.len() <= MOST_BYTES).then(|| digits.collect())
}

fn flaw(key_info: &[u8], moduli: &[Vec<u8>]) -> Option<String> {
    let hash = Der::from(sha256(key_info)).to_string();
    if let Some((name, _)) = KNOWN.iter().find(|(_, known)| *known == hash) {
        return Some(format!("the key of {name}, which everybody has"));
    }
    let (_, info) = SubjectPublicKeyInfo::from_der(key_info).ok()?;
    match info.parsed().ok()? {
        PublicKey::RSA(rsa) if rsa.modulus.len() <= MOST_BYTES => {
            // Shorter ones are too weak already.
            let long = rsa.modulus.len() >= 256;
            weak_generator(rsa.modulus)
                .or_else(|| trivial(rsa.exponent))
                .or_else(|| long.then(|| factored(rsa.modulus)).flatten())
                .or_else(|| shared(rsa.modulus, moduli))
        }
        _ => None,
    }
}

/// Bytes of a modulus that is looked into: 8192 bits and a zero for the sign.
const MOST_BYTES: usize = 1025;

/// Certificates of a chain, and moduli in all, that are compared with each other.
const MOST_OF_CHAIN: usize = 4;
const MOST_MODULI: usize = 64;

/// With an exponent of one, everything is signed already.
fn trivial(exponent: &[u8]) -> Option<String> {
    let mut digits = exponent.iter().skip_while(|byte| **byte == 0);
    let is_one = (digits.next(), digits.next()) == (Some(&1), None);
    is_one.then(|| "its exponent is one: anybody can sign".to_owned())
}

/// Whether a modulus has a prime in common with another: both are then known (Heninger et al.,
/// Mining Your Ps and Qs).
fn shared(modulus: &[u8], moduli: &[Vec<u8>]) -> Option<String> {
    let start = modulus.iter().position(|byte| *byte != 0)?;
    let own = &modulus[start..];
    let mut others = moduli.iter().filter(|other| other.as_slice() != own);
    let what = "it has a prime in common with another key that was seen: both can be computed";
    others.any(|other| factor::have_common_factor(own, other)).then(|| what.to_owned())
}

/// Why a modulus can be factored in no time.
fn factored(modulus: &[u8]) -> Option<String> {
    if let Some(factor) = factor::small_factor(modulus) {
        return Some(format!("its modulus is a multiple of {factor}: it can be computed"));
    }
    factor::has_close_primes(modulus).then(|| {
        "its primes are next to each other (CVE-2022-26320): it can be computed".to_owned()
    })
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
