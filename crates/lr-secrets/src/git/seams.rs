//! Which bytes of a new version have to be looked at.

use std::ops::Range;

use crate::engine::AFTER;

/// Bytes to either side of a change that are looked at in any case: names, quotes, schemes.
const NEAR: usize = 384;
/// So many bytes without a break, and it may be a line of a key.
const LINE: usize = 40;
/// The longest token that is followed to its beginning.
const TOKEN: usize = 4 << 10;

/// Ranges, in order and apart, in which a keyword must stand whose secret the changes `fresh` can
/// have made. Whatever lies outside of them was looked at in the version before.
pub(crate) fn windows(body: &[u8], fresh: &[Range<usize>], into: &mut Vec<Range<usize>>) {
    into.clear();
    for change in fresh {
        let start = first(body, change);
        let end = body.len().min(change.end + NEAR);
        match into.last_mut() {
            Some(last) if last.end >= start => last.end = last.end.max(end),
            _ => into.push(start..end),
        }
    }
    // A key that begins far before its change may have reached over windows before it.
    into.sort_unstable_by_key(|window| window.start);
    into.dedup_by(|next, last| {
        let overlap = next.start <= last.end;
        if overlap {
            last.end = last.end.max(next.end);
        }
        overlap
    });
}

fn first(body: &[u8], change: &Range<usize>) -> usize {
    let before = &body[change.start.saturating_sub(TOKEN)..change.start];
    let lead = before.iter().rev().take_while(|byte| is_token(byte)).count();
    let tail = body[change.start..].iter().take(LINE).take_while(|byte| is_token(byte)).count();
    let mut start = change.start - lead;
    if lead + tail >= LINE {
        // A key of many lines: from where its armour begins.
        let from = change.start.saturating_sub(AFTER);
        if let Some(at) = memchr::memmem::find_iter(&body[from..change.start], "-----BEGIN").last()
        {
            start = start.min(from + at);
        }
    }
    start.saturating_sub(NEAR)
}

fn is_token(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'_' | b'-' | b'.' | b'/' | b'+' | b'=' | b'~' | b'%')
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init, reason = "lists of ranges are what is tested")]
mod tests {
    use super::*;

    fn of(body: &[u8], fresh: &[Range<usize>]) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        windows(body, fresh, &mut found);
        found
    }

    #[test]
    fn a_window_reaches_to_either_side_and_to_the_beginning_of_a_token() {
        let mut body = vec![b' '; 10_000];
        assert_eq!(of(&body, &[5000..5010]), [5000 - NEAR..5010 + NEAR]);
        assert_eq!(of(&body, &[5000..5010, 5100..5100, 9000..9000]).len(), 2);
        assert_eq!(of(&body, &[10_000..10_000]), [10_000 - NEAR..10_000]);
        body[3000..5000].fill(b'x');
        assert_eq!(of(&body, &[5000..5010])[0].start, 3000 - NEAR);
    }

    #[test]
    fn a_change_inside_a_key_leads_to_its_armour() {
        let begin = ["-----BEGIN", " PRIVATE KEY-----\n"].concat();
        let mut body = vec![b' '; 1000];
        body.extend(begin.bytes());
        for _ in 0..100 {
            body.extend([b'A'; 64]);
            body.push(b'\n');
        }
        let middle = 1000 + begin.len() + 65 * 50;
        assert!(of(&body, &[middle..middle])[0].start <= 1000);
        assert!(of(&body, &[middle + 5..middle + 6])[0].start <= 1000);
    }
}
