//! Where a file of Rust sources holds its tests: the items that are compiled for tests only.

use std::ops::Range;

/// How far behind its attribute the body of an item begins.
const HEAD: usize = 1 << 10;

/// The places of items for tests in `bytes`, which begin `depth` braces deep inside of one, and how
/// deep inside of one they end.
pub(crate) fn tests(bytes: &[u8], mut depth: usize) -> (Vec<Range<usize>>, usize) {
    let (mut places, mut start, mut at) = (Vec::new(), 0, 0);
    loop {
        if depth == 0 {
            let Some(next) = item(bytes, at) else { return (places, 0) };
            (start, at) = (next.start, next.end);
            if bytes.get(at) == Some(&b'{') {
                (depth, at) = (1, at + 1);
            }
        }
        if depth > 0 {
            (at, depth) = close(bytes, at, depth);
        }
        places.push(start..at);
        if depth > 0 {
            return (places, depth);
        }
    }
}

/// The next item for tests, from its attribute to its body or its end.
fn item(bytes: &[u8], from: usize) -> Option<Range<usize>> {
    let rest = bytes.get(from..)?;
    let is_for_tests = |at: &usize| {
        let line = &rest[*at..rest.len().min(at + 80)];
        let line = &line[..memchr::memchr(b']', line).unwrap_or(line.len())];
        let holds = |part: &[u8]| memchr::memmem::find(line, part).is_some();
        holds(b"test") && !holds(b"not(test")
    };
    let marked = memchr::memmem::find_iter(rest, b"#[cfg(").find(is_for_tests);
    let named = memchr::memmem::find(rest, b"\nmod tests {");
    let start = from + marked.into_iter().chain(named).min()?;
    let head = &bytes[start..bytes.len().min(start + HEAD)];
    let end = memchr::memchr2(b'{', b';', head).unwrap_or(head.len());
    Some(start..start + end)
}

/// Where the braces close that are `depth` deep open at `at`; or the end, and how many are open there.
fn close(bytes: &[u8], mut at: usize, mut depth: usize) -> (usize, usize) {
    while let Some(byte) = bytes.get(at) {
        at += match byte {
            b'{' => {
                depth += 1;
                1
            }
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return (at + 1, 0);
                }
                1
            }
            b'"' => text(bytes, at),
            b'\'' if bytes.get(at + 2) == Some(&b'\'') => 3,
            b'\'' if bytes.get(at + 1) == Some(&b'\\') => 3,
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at)
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                memchr::memmem::find(&bytes[at..], b"*/").map_or(bytes.len() - at, |end| end + 2)
            }
            _ => 1,
        };
    }
    (bytes.len(), depth)
}

/// The length of the string that opens at `at`, raw or not.
fn text(bytes: &[u8], at: usize) -> usize {
    let before = &bytes[at.saturating_sub(8)..at];
    let signs = before.iter().rev().take_while(|byte| **byte == b'#').count();
    let is_raw = before[..before.len() - signs].ends_with(b"r");
    let rest = &bytes[at + 1..];
    if is_raw {
        let mut end = vec![b'"'];
        end.resize(signs + 1, b'#');
        return 1 + memchr::memmem::find(rest, &end).map_or(rest.len(), |close| close + end.len());
    }
    let mut length = 0;
    while let Some(byte) = rest.get(length) {
        match byte {
            b'"' => return length + 2,
            b'\\' => length += 2,
            _ => length += 1,
        }
    }
    rest.len() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with the places of tests cut out.
    fn rest(text: &str) -> String {
        let (places, _) = tests(text.as_bytes(), 0);
        let mut rest = text.to_owned();
        for place in places.into_iter().rev() {
            rest.replace_range(place, "~");
        }
        rest
    }

    #[test]
    fn tests_reach_as_far_as_their_braces() {
        for (text, left) in [
            ("a #[cfg(test)] mod t { fn x() {} } b", "a ~ b"),
            ("a #[cfg(all(test, unix))]\nmod t { \"}\" } b", "a ~ b"),
            ("a #[cfg(test)] mod t { r#\"}\"#; '}'; '\\''; // }\n /* } */ &'a x } b", "a ~ b"),
            ("a #[cfg(test)] mod t; b", "a ~; b"),
            ("a\nmod tests { x } b", "a~ b"),
            ("#[cfg(test)] fn x() {} a #[cfg(test)] fn y() {} b", "~ a ~ b"),
            ("a #[cfg(not(test))] mod t { x } b", "a #[cfg(not(test))] mod t { x } b"),
            ("a #[cfg(unix)] fn test() {}", "a #[cfg(unix)] fn test() {}"),
            ("a #[cfg(test)] mod t { x", "a ~"),
        ] {
            assert_eq!(rest(text), left, "{text}");
        }
    }

    #[test]
    fn they_go_on_in_the_next_piece() {
        let only = |(places, depth): (Vec<Range<usize>>, usize)| {
            (places.len(), places[0].start, places[0].end, depth)
        };
        assert_eq!(only(tests(b"a #[cfg(test)] mod t { fn x() {", 0)), (1, 2, 31, 2));
        assert_eq!(only(tests(b"} } b", 2)), (1, 0, 3, 0));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(
            pieces in proptest::collection::vec("#\\[cfg\\(test\\)\\]|[{}\"'/*\\\\r#;]|mod tests \\{|\n", 0..60),
            depth in 0usize..4,
        ) {
            let text = pieces.concat();
            for end in 0..=text.len() {
                let (places, _) = tests(&text.as_bytes()[..end], depth);
                proptest::prop_assert!(places.iter().all(|place| place.end <= end));
                proptest::prop_assert!(places.is_sorted_by(|a, b| a.end <= b.start));
            }
        }
    }
}
