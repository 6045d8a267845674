/// Shannon's entropy of the bytes, in bits per byte, as rules of other scanners state it.
pub(super) fn bits(bytes: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    for byte in bytes {
        counts[usize::from(*byte)] += 1;
    }
    let length = bytes.len() as f64;
    let share = |count: &u32| f64::from(*count) / length;
    counts.iter().filter(|count| **count > 0).map(share).map(|share| -share * share.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_per_byte() {
        assert_eq!(bits(b""), 0.0);
        assert_eq!(bits(b"aaaa"), 0.0);
        assert_eq!(bits(b"abab"), 1.0);
        assert_eq!(bits(b"0123456789abcdef"), 4.0);
    }
}
