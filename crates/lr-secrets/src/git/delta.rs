//! Deltas of packs: how one object is made of another (gitformat-pack(5), "Deltified
//! representation"), and what about it is new.

use std::ops::Range;

/// A run of bytes that two bodies share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Copy {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) length: usize,
}

/// What a delta does.
#[derive(Debug, Default)]
pub(crate) struct Edits {
    /// What stays, in order of the new body.
    pub(crate) copies: Vec<Copy>,
    /// What is inserted, in the new body; empty where two parts meet that did not before.
    pub(crate) fresh: Vec<Range<usize>>,
}

/// The size of the base and of the result, and the instructions.
pub(crate) fn sizes(delta: &[u8]) -> Option<(usize, usize, &[u8])> {
    let (base, rest) = varint(delta)?;
    let (result, rest) = varint(rest)?;
    Some((base, result, rest))
}

/// Makes a body of `base` and writes down how. `None` if the delta does not fit, or makes more than
/// `limit` bytes.
pub(crate) fn apply(
    base: &[u8],
    delta: &[u8],
    limit: usize,
    body: &mut Vec<u8>,
    edits: &mut Edits,
) -> Option<()> {
    let (base_size, size, mut rest) = sizes(delta)?;
    if base_size != base.len() || size > limit {
        return None;
    }
    body.clear();
    body.reserve_exact(size);
    edits.copies.clear();
    edits.fresh.clear();
    // Where in the base the body goes on if nothing changes.
    let mut expected = 0;
    while let Some((&op, after)) = rest.split_first() {
        rest = after;
        let to = body.len();
        if op & 0x80 != 0 {
            let from = bytes(&mut rest, op, 4)?;
            let length = match bytes(&mut rest, op >> 4, 3)? {
                0 => 0x1_0000,
                length => length,
            };
            body.extend_from_slice(base.get(from..from.checked_add(length)?)?);
            match edits.copies.last_mut() {
                Some(last) if last.from + last.length == from && last.to + last.length == to => {
                    last.length += length;
                }
                _ => {
                    if from != expected && edits.fresh.last().is_none_or(|last| last.end < to) {
                        edits.fresh.push(to..to);
                    }
                    edits.copies.push(Copy { from, to, length });
                }
            }
            expected = from + length;
        } else {
            let length = usize::from(op);
            // Zero is reserved.
            let (new, after) = rest.split_at_checked(length).filter(|_| length > 0)?;
            body.extend_from_slice(new);
            rest = after;
            match edits.fresh.last_mut() {
                Some(last) if last.end == to => last.end += length,
                _ => edits.fresh.push(to..to + length),
            }
        }
        if body.len() > size {
            return None;
        }
    }
    if expected != base.len() && edits.fresh.last().is_none_or(|last| last.end < size) {
        edits.fresh.push(size..size);
    }
    (body.len() == size).then_some(())
}

/// Where `place` of the base lies in the new body, if it and its two neighbours stayed together.
pub(crate) fn follow(copies: &[Copy], place: &Range<usize>, base: usize) -> Option<Range<usize>> {
    let wide = place.start.saturating_sub(1)..base.min(place.end + 1);
    let holds = |copy: &&Copy| copy.from <= wide.start && wide.end <= copy.from + copy.length;
    let copy = copies.iter().find(holds)?;
    let start = place.start - copy.from + copy.to;
    Some(start..start + place.len())
}

/// Little-endian bytes whose presence the low bits of `flags` tell.
fn bytes(rest: &mut &[u8], flags: u8, most: u32) -> Option<usize> {
    let mut value = 0;
    for at in (0..most).filter(|at| flags & (1 << at) != 0) {
        let (&byte, after) = rest.split_first()?;
        value |= usize::from(byte) << (8 * at);
        *rest = after;
    }
    Some(value)
}

fn varint(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0u64;
    for (at, &byte) in bytes.iter().enumerate().take(9) {
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((usize::try_from(value).ok()?, &bytes[at + 1..]));
        }
    }
    None
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init, reason = "lists of ranges are what is tested")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn run(base: &[u8], delta: &[u8]) -> Option<(Vec<u8>, Edits)> {
        let (mut body, mut edits) = (Vec::new(), Edits::default());
        apply(base, delta, 1 << 20, &mut body, &mut edits)?;
        Some((body, edits))
    }

    #[test]
    fn what_is_inserted_and_what_is_cut_out_is_told() {
        // Copies 0..4, inserts `xy`, copies 6..10.
        let delta = [10, 10, 0x90, 4, 2, b'x', b'y', 0x91, 6, 4];
        let (body, edits) = run(b"abcdefghij", &delta).unwrap();
        assert_eq!(body, b"abcdxyghij");
        assert_eq!(edits.fresh, [4..6]);
        assert_eq!(follow(&edits.copies, &(7..9), 10), Some(7..9));
        assert_eq!(follow(&edits.copies, &(6..9), 10), None, "its neighbour changed");

        // Copies 0..4 and 6..10: nothing is inserted, but two parts meet.
        let delta = [10, 8, 0x90, 4, 0x91, 6, 4];
        let (body, edits) = run(b"abcdefghij", &delta).unwrap();
        assert_eq!((&body[..], &edits.fresh[..]), (&b"abcdghij"[..], &[4..4][..]));

        // The end is cut off.
        let (_, edits) = run(b"abcdefghij", &[10, 4, 0x90, 4]).unwrap();
        assert_eq!(edits.fresh, [4..4]);
        // Nothing changes.
        let (_, edits) = run(b"abcdefghij", &[10, 10, 0x90, 4, 0x91, 4, 6]).unwrap();
        assert!(edits.fresh.is_empty());
    }

    #[test]
    fn deltas_that_lie_are_refused() {
        for delta in [
            &[10, 4, 0x90, 5][..],
            &[9, 4, 0x90, 4],
            &[10, 4, 0x91, 8, 4],
            &[10, 4, 0],
            &[10, 4, 3, 1],
            &[10],
            &[0xff; 12],
        ] {
            assert!(run(b"abcdefghij", delta).is_none(), "{delta:?}");
        }
    }

    proptest! {
        #[test]
        fn no_delta_panics(base in proptest::collection::vec(any::<u8>(), 0..64), ops: Vec<u8>) {
            let delta = [&[base.len() as u8, 40][..], &ops].concat();
            if let Some((body, edits)) = run(&base, &delta) {
                for copy in &edits.copies {
                    prop_assert_eq!(
                        &body[copy.to..copy.to + copy.length],
                        &base[copy.from..copy.from + copy.length]
                    );
                }
                // All that is not fresh was copied.
                let copied: usize = edits.copies.iter().map(|copy| copy.length).sum();
                let fresh: usize = edits.fresh.iter().map(Range::len).sum();
                prop_assert_eq!(copied + fresh, body.len());
            }
        }
    }
}
