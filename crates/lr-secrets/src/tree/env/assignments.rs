//! The syntax of environment files, as dotenv and its heirs read it: `NAME=value`, with `export`
//! before it or not, three kinds of quotes inside of which a value may go over several lines, and
//! `#`.

/// The longest quoted value.
const QUOTED: usize = 64 << 10;

/// A name and what it is given.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Assignment<'a> {
    pub(super) name: &'a str,
    pub(super) value: &'a str,
    /// Counted from 1.
    pub(super) line: u64,
}

/// The assignments of a file in order. Lines that are none are passed over.
pub(super) fn assignments(text: &str) -> impl Iterator<Item = Assignment<'_>> {
    let (mut at, mut next) = (0, 1);
    std::iter::from_fn(move || {
        while at < text.len() {
            let end = text[at..].find('\n').map_or(text.len(), |length| at + length);
            let (here, line) = (&text[at..end], next);
            (at, next) = (end + 1, next + 1);
            let Some((name, value)) = assignment(here) else { continue };
            let from = end - value.len() + 1;
            let quote = value.chars().next().filter(|char| matches!(char, '"' | '\'' | '`'));
            let Some(length) = quote.and_then(|quote| closing(&text[from..], quote)) else {
                return Some(Assignment { name, value: plain(value), line });
            };
            let (value, after) = (&text[from..from + length], from + length + 1);
            next += value.bytes().filter(|byte| *byte == b'\n').count() as u64;
            at = text[after..].find('\n').map_or(text.len(), |length| after + length + 1);
            return Some(Assignment { name, value, line });
        }
        None
    })
}

/// The name, and the rest of the line from where the value begins.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start();
    let (name, value) = line.strip_prefix("export ").unwrap_or(line).split_once('=')?;
    let name = name.trim();
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_name = name.len() <= 100
        && name.bytes().all(fits)
        && name.bytes().next().is_some_and(|first| !first.is_ascii_digit());
    is_name.then(|| (name, value.trim_start()))
}

/// How far it is to the quote that closes.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut is_escaped = false;
    for (at, char) in text.char_indices().take_while(|(at, _)| *at < QUOTED) {
        if char == quote && !is_escaped {
            return Some(at);
        }
        is_escaped = char == '\\' && !is_escaped && quote == '"';
    }
    None
}

/// A value without quotes, up to a comment.
fn plain(value: &str) -> &str {
    if value.starts_with('#') {
        return "";
    }
    let end = [" #", "\t#"].iter().filter_map(|comment| value.find(comment)).min();
    value[..end.unwrap_or(value.len())].trim_end()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> Vec<(&str, &str, u64)> {
        assignments(text).map(|it| (it.name, it.value, it.line)).collect()
    }

    #[test]
    fn names_values_and_lines() {
        let text = "# A=1\nA=1\r\n  export B = two words # comment\nC='x # y' # z\nD=\"a\\\"b\nc\"\n\
            E=\nF=#\nG=\"open\nH=`t`\nno line\n1X=2\nI-J=3\nlast=x#y";
        assert_eq!(
            of(text),
            [
                ("A", "1", 2),
                ("B", "two words", 3),
                ("C", "x # y", 4),
                ("D", "a\\\"b\nc", 5),
                ("E", "", 7),
                ("F", "", 8),
                ("G", "\"open", 9),
                ("H", "t", 10),
                ("last", "x#y", 14),
            ]
        );
    }

    proptest! {
        #[test]
        fn nothing_panics_and_lines_ascend(text in "([A-C=\"'`# \\\\\r\nä]|export ){0,60}") {
            let lines: Vec<_> = assignments(&text).map(|it| it.line).collect();
            prop_assert!(lines.is_sorted());
            let most = text.matches('\n').count() as u64 + 1;
            prop_assert!(lines.iter().all(|line| (1..=most).contains(line)));
        }
    }
}
