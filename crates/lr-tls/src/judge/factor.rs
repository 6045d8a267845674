//! RSA moduli that anybody can factor at once. Numbers are little-endian in limbs of 32 bits.

use std::cmp::Ordering;

/// Rounds of Fermat's method: primes that were not drawn apart are found in the first few.
const ROUNDS: u32 = 100;

/// A factor below 2000, if there is one.
pub(super) fn small_factor(modulus: &[u8]) -> Option<u32> {
    let rest =
        |divisor| modulus.iter().fold(0, |rest, byte| (rest << 8 | u32::from(*byte)) % divisor);
    let is_one = modulus.iter().rev().skip(1).all(|byte| *byte == 0);
    (2..2000).find(|divisor| rest(*divisor) == 0).filter(|_| !is_one)
}

/// Whether the two primes are so close that Fermat's method finds them (CVE-2022-26320).
pub(super) fn has_close_primes(modulus: &[u8]) -> bool {
    let n = limbs(modulus);
    let (mut a, rest) = root(&n);
    if is_zero(&rest) {
        return !is_zero(&n);
    }
    // n = a^2 + rest, so (a + 1)^2 - n = 2a + 1 - rest, and each further square is 2a + 1 more.
    let mut difference = twice_and_one(&a);
    subtract(&mut difference, &rest);
    for _ in 0..ROUNDS {
        add(&mut a, &[1]);
        if is_square(&difference) {
            return true;
        }
        add(&mut difference, &twice_and_one(&a));
    }
    false
}

/// Whether two odd numbers have a factor in common: Stein's binary method.
pub(super) fn have_common_factor(one: &[u8], other: &[u8]) -> bool {
    let (mut a, mut b) = (limbs(one), limbs(other));
    if [&a, &b].iter().any(|number| number.first().is_none_or(|limb| limb & 1 == 0)) {
        return false;
    }
    loop {
        match compare(&a, &b) {
            Ordering::Less => std::mem::swap(&mut a, &mut b),
            Ordering::Equal => break,
            Ordering::Greater => {}
        }
        // Both are odd, so their difference is even, and no factor of it is lost by halving.
        subtract(&mut a, &b);
        while a.first().is_some_and(|limb| limb & 1 == 0) {
            let zeros = a.iter().take_while(|limb| **limb == 0).count();
            a.drain(..zeros);
            shift(&mut a);
        }
        while a.last() == Some(&0) {
            a.pop();
        }
    }
    // What is left is the greatest common divisor.
    b.iter().skip(1).any(|limb| *limb != 0) || b.first() != Some(&1)
}

/// Halves as often as a number is even; its lowest limb is not zero.
fn shift(number: &mut [u32]) {
    let Some(by) = number.first().map(|limb| limb.trailing_zeros()).filter(|by| *by > 0) else {
        return;
    };
    let mut carry = 0;
    for limb in number.iter_mut().rev() {
        let next = *limb << (32 - by);
        *limb = *limb >> by | carry;
        carry = next;
    }
}

fn limbs(number: &[u8]) -> Vec<u32> {
    let limb = |chunk: &[u8]| chunk.iter().fold(0, |limb, byte| limb << 8 | u32::from(*byte));
    number.rchunks(4).map(limb).collect()
}

fn is_square(number: &[u32]) -> bool {
    // What squares can leave; of other numbers one in a hundred passes.
    let fits = [16, 9, 5, 7, 11, 13].into_iter().all(|modulus: u64| {
        let limbs = number.iter().rev();
        let rest = limbs.fold(0, |rest, limb| (rest << 32 | u64::from(*limb)) % modulus);
        (0..modulus).any(|one| one * one % modulus == rest)
    });
    fits && is_zero(&root(number).1)
}

/// The integer square root, and what is left: digit by digit.
fn root(number: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let mut rest = number.to_vec();
    let mut root = vec![0; number.len()];
    for place in (0..number.len() * 16).rev() {
        // The next digit is set if (root + digit)^2 still fits: root holds twice itself, shifted.
        let bit = place * 2;
        let mut candidate = root.clone();
        candidate[bit / 32] |= 1 << (bit % 32);
        halve(&mut root);
        if compare(&rest, &candidate) != Ordering::Less {
            subtract(&mut rest, &candidate);
            root[bit / 32] |= 1 << (bit % 32);
        }
    }
    (root, rest)
}

fn compare(a: &[u32], b: &[u32]) -> Ordering {
    let limb = |number: &[u32], at: usize| number.get(at).copied().unwrap_or(0);
    let places = (0..a.len().max(b.len())).rev();
    places
        .map(|at| limb(a, at).cmp(&limb(b, at)))
        .find(|one| one.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// `a` must not be less.
fn subtract(a: &mut [u32], b: &[u32]) {
    let mut borrow = false;
    for (at, limb) in a.iter_mut().enumerate() {
        let (less, one) = limb.overflowing_sub(b.get(at).copied().unwrap_or(0));
        let (less, two) = less.overflowing_sub(u32::from(borrow));
        *limb = less;
        borrow = one || two;
    }
}

fn add(a: &mut Vec<u32>, b: &[u32]) {
    a.resize(a.len().max(b.len()), 0);
    let mut carry = false;
    for (at, limb) in a.iter_mut().enumerate() {
        let (more, one) = limb.overflowing_add(b.get(at).copied().unwrap_or(0));
        let (more, two) = more.overflowing_add(u32::from(carry));
        *limb = more;
        carry = one || two;
    }
    if carry {
        a.push(1);
    }
}

fn twice_and_one(a: &[u32]) -> Vec<u32> {
    let mut twice = a.to_vec();
    add(&mut twice, a);
    add(&mut twice, &[1]);
    twice
}

fn halve(number: &mut [u32]) {
    let mut carry = 0;
    for limb in number.iter_mut().rev() {
        let next = *limb << 31;
        *limb = *limb >> 1 | carry;
        carry = next;
    }
}

fn is_zero(number: &[u32]) -> bool {
    number.iter().all(|limb| *limb == 0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes(number: u128) -> Vec<u8> {
        number.to_be_bytes().to_vec()
    }

    proptest! {
        #[test]
        fn roots_are_those_of_integers(number: u128) {
            let limbs: Vec<_> = (0..4).map(|at| (number >> (32 * at)) as u32).collect();
            let (root, rest) = root(&limbs);
            let value = |limbs: &[u32]| limbs.iter().rev().fold(0, |n, one| n << 32 | u128::from(*one));
            prop_assert_eq!(value(&root), number.isqrt());
            prop_assert_eq!(value(&rest), number - number.isqrt().pow(2));
        }

        #[test]
        fn common_factors_are_found(a in 1u64.., b in 1u64..) {
            let (a, b) = (a | 1, b | 1);
            let (mut x, mut y) = (a, b);
            while y != 0 {
                (x, y) = (y, x % y);
            }
            let found = have_common_factor(&a.to_be_bytes(), &b.to_be_bytes());
            prop_assert_eq!(found, x != 1, "{} {}", a, b);
        }

        #[test]
        fn shared_primes_are_found(p in any::<u64>(), q in any::<u64>(), shared in 3u64..) {
            let times = |one: u64| bytes(u128::from(one | 1) * u128::from(shared | 1));
            prop_assert!(have_common_factor(&times(p), &times(q)));
        }

        #[test]
        fn products_of_neighbours_are_found(p in 1u64 << 40..1 << 60, apart in 0u64..1 << 20) {
            let (p, q) = (u128::from(p | 1), u128::from((p | 1) + 2 * apart));
            prop_assert!(has_close_primes(&bytes(p * q)));
        }
    }

    #[test]
    fn primes_that_are_apart_are_not_close() {
        // Two Mersenne primes.
        assert!(!has_close_primes(&bytes(((1 << 61) - 1) * ((1 << 31) - 1))));
        assert!(!has_close_primes(&[]));
        assert_eq!(small_factor(&bytes(((1 << 61) - 1) * 1999)), Some(1999));
        assert_eq!(small_factor(&bytes(((1 << 61) - 1) * ((1 << 31) - 1))), None);
        assert_eq!(small_factor(&[]), None);
    }
}
