use serde::{Deserialize, Serialize};

/// At most so many bytes of a message are read; no mail host takes larger ones.
pub(super) const MAX_BYTES: usize = 64 << 20;
/// At most so many bytes of header are read.
const MAX_HEADER: usize = 4 << 20;
/// At most so many header fields are read.
const MAX_FIELDS: usize = 4096;

/// What is unusual about a message as a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Peculiarity {
    /// It begins with a byte order mark, which was skipped.
    ByteOrderMark,
    /// It begins with the `From ` line of a mailbox file, which was skipped.
    MailboxLine,
    /// It begins with empty lines, which were skipped.
    LeadingLines {
        /// How many.
        count: usize,
    },
    /// It was saved with LF as line end; it was read as if these were CRLF.
    LfLineEnds,
    /// A line of the header is no field; it was skipped.
    NotAField {
        /// Its number, counted from 1.
        line: usize,
    },
    /// No empty line ends the header.
    NoBody,
    /// The header is so long that only its beginning was read.
    HeaderCut {
        /// How many lines it has.
        lines: usize,
    },
    /// The message is so large that only its beginning was read.
    Cut {
        /// How many bytes were handed over.
        bytes: usize,
    },
}

/// How lines end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineEnds {
    /// As on the wire: only CRLF is a line end.
    Crlf,
    /// As in a file: LF is, with or without a CR before it.
    Lf,
}

/// A message, split but not copied.
#[derive(Clone, Debug)]
pub(super) struct Message<'a> {
    pub(super) fields: Vec<Field<'a>>,
    pub(super) body: &'a [u8],
    pub(super) line_ends: LineEnds,
    pub(super) notes: Vec<Peculiarity>,
    pub(super) bytes: usize,
}

/// One header field, folded as it is, without its last line end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field<'a> {
    pub(super) raw: &'a [u8],
    colon: usize,
}

impl<'a> Field<'a> {
    /// A field, if there is a colon after a name.
    pub(super) fn new(raw: &'a [u8]) -> Option<Self> {
        let colon = raw.iter().take(1024).position(|byte| *byte == b':')?;
        let name = raw[..colon].trim_ascii_end();
        let is_name = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
        is_name.then_some(Self { raw, colon })
    }

    pub(super) fn name(&self) -> &'a [u8] {
        self.raw[..self.colon].trim_ascii_end()
    }

    /// What stands after the colon, folded as it is.
    pub(super) fn value(&self) -> &'a [u8] {
        &self.raw[self.colon + 1..]
    }

    pub(super) fn is(&self, name: &str) -> bool {
        self.name().eq_ignore_ascii_case(name.as_bytes())
    }

    /// The value in one line, for reading; at most 16 kB of it.
    pub(super) fn text(&self) -> String {
        let value = self.value();
        let value = value.get(..16 << 10).unwrap_or(value);
        let text = String::from_utf8_lossy(value);
        let text: String = text.chars().filter(|char| !matches!(char, '\r' | '\n')).collect();
        text.trim().to_owned()
    }
}

impl<'a> Message<'a> {
    /// Splits a message. There is nothing that it does not read.
    pub(super) fn read(whole: &'a [u8]) -> Self {
        let mut notes = Vec::new();
        let mut raw = whole;
        if let Some(cut) = whole.get(..MAX_BYTES).filter(|cut| cut.len() < whole.len()) {
            notes.push(Peculiarity::Cut { bytes: whole.len() });
            raw = cut;
        }
        if let Some(rest) = raw.strip_prefix(b"\xef\xbb\xbf") {
            notes.push(Peculiarity::ByteOrderMark);
            raw = rest;
        }
        if raw.starts_with(b"From ") || raw.starts_with(b">From ") {
            notes.push(Peculiarity::MailboxLine);
            raw = split_line(raw).1;
        }
        let (blank, count) = leading_lines(raw);
        if count > 0 {
            notes.push(Peculiarity::LeadingLines { count });
            raw = &raw[blank..];
        }
        let message = Self::split(raw, notes);
        Self { bytes: whole.len(), ..message }
    }

    /// Splits a part of a message, which has nothing before its header.
    pub(super) fn part(raw: &'a [u8]) -> Self {
        Self::split(raw, Vec::new())
    }

    fn split(raw: &'a [u8], mut notes: Vec<Peculiarity>) -> Self {
        let line_ends = line_ends(raw);
        if line_ends == LineEnds::Lf {
            notes.push(Peculiarity::LfLineEnds);
        }
        let (fields, body) = header(raw, &mut notes);
        Self { fields, body, line_ends, notes, bytes: raw.len() }
    }

    /// All fields of a name, in the order of the message.
    pub(super) fn all(&self, name: &'a str) -> impl DoubleEndedIterator<Item = &Field<'a>> {
        self.fields.iter().filter(move |field| field.is(name))
    }

    /// The first field of a name, in one line.
    pub(super) fn first(&self, name: &'a str) -> Option<String> {
        self.all(name).next().map(Field::text)
    }

    /// Whether something was left out, so that no signature can be judged.
    pub(super) fn is_cut(&self) -> bool {
        let cut =
            |note: &_| matches!(note, Peculiarity::Cut { .. } | Peculiarity::HeaderCut { .. });
        self.notes.iter().any(cut)
    }

    pub(super) fn is_from_mailbox(&self) -> bool {
        self.notes.contains(&Peculiarity::MailboxLine)
    }
}

/// Bytes and number of the empty lines before the header. A part of a message without a header
/// begins with one as well, so there must be a field behind them.
fn leading_lines(text: &[u8]) -> (usize, usize) {
    let (mut rest, mut count) = (text, 0);
    while let Some(after) = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")) {
        (rest, count) = (after, count + 1);
    }
    let name = rest.split(|byte| *byte == b':').next().unwrap_or_default();
    let known = [&b"received"[..], b"return-path", b"delivered-to", b"from", b"dkim-signature"];
    match count > 0 && known.iter().any(|known| name.eq_ignore_ascii_case(known)) {
        true => (text.len() - rest.len(), count),
        false => (0, 0),
    }
}

/// A line without its end, and what follows.
pub(super) fn split_line(text: &[u8]) -> (&[u8], &[u8]) {
    match text.iter().position(|byte| *byte == b'\n') {
        None => (text, &[]),
        Some(at) => {
            let line = &text[..at];
            (line.strip_suffix(b"\r").unwrap_or(line), &text[at + 1..])
        }
    }
}

fn line_ends(text: &[u8]) -> LineEnds {
    match text.iter().position(|byte| *byte == b'\n') {
        Some(at) if at == 0 || text[at - 1] != b'\r' => LineEnds::Lf,
        _ => LineEnds::Crlf,
    }
}

/// The fields, and the body after the first empty line.
fn header<'a>(text: &'a [u8], notes: &mut Vec<Peculiarity>) -> (Vec<Field<'a>>, &'a [u8]) {
    let mut fields = Vec::new();
    // Bytes of the field that is being read.
    let (mut start, mut end) = (0, 0);
    let (mut at, mut lines, mut is_cut) = (0, 0, false);
    let mut odd = 0;
    let mut close = |from: usize, to: usize, line: usize, notes: &mut Vec<Peculiarity>| {
        if from == to {
            return true;
        }
        match Field::new(&text[from..to]) {
            Some(field) => fields.push(field),
            None if odd < 8 => {
                odd += 1;
                notes.push(Peculiarity::NotAField { line });
            }
            None => {}
        }
        fields.len() < MAX_FIELDS && to < MAX_HEADER
    };
    let mut first_line = 1;
    while at < text.len() {
        let (line, rest) = split_line(&text[at..]);
        let next = text.len() - rest.len();
        if line.is_empty() {
            if !is_cut {
                close(start, end, first_line, notes);
            } else {
                notes.push(Peculiarity::HeaderCut { lines });
            }
            return (fields, rest);
        }
        lines += 1;
        let continues = matches!(line[0], b' ' | b'\t') && end > start;
        if !continues {
            if !is_cut && !close(start, end, first_line, notes) {
                is_cut = true;
            }
            (start, first_line) = (at, lines);
        }
        end = at + line.len();
        at = next;
    }
    match is_cut {
        true => notes.push(Peculiarity::HeaderCut { lines }),
        false => {
            close(start, end, first_line, notes);
        }
    }
    notes.push(Peculiarity::NoBody);
    (fields, &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(message: &Message<'_>) -> Vec<String> {
        let name = |field: &Field<'_>| String::from_utf8_lossy(field.name()).into_owned();
        message.fields.iter().map(name).collect()
    }

    #[test]
    fn files_of_all_kinds_are_read() {
        let plain = "A: 1\r\nB: 2\r\n folded\r\n\r\nbody\r\n";
        let marked = format!("\u{feff}{plain}");
        let mailbox = format!("From me@shop.test Sat Nov 21 12:00:00 2026\r\n{plain}");
        for text in [plain, &marked, &mailbox, &plain.replace('\r', "")] {
            let message = Message::read(text.as_bytes());
            assert_eq!(names(&message), ["A", "B"], "{text:?}");
            assert_eq!(message.body.trim_ascii(), b"body");
            assert!(message.first("b").is_some_and(|b| b == "2 folded"));
        }
    }

    #[test]
    fn a_line_that_is_no_field_is_said() {
        let message = Message::read(b"A: 1\r\nnonsense\r\nB: 2\r\n");
        assert_eq!(names(&message), ["A", "B"]);
        assert_eq!(message.notes, [Peculiarity::NotAField { line: 2 }, Peculiarity::NoBody]);
    }

    #[test]
    fn a_million_header_lines_are_counted_not_kept() {
        let text = "X: y\n".repeat(1_000_000) + "\nbody";
        let message = Message::read(text.as_bytes());
        assert!(message.is_cut() && message.fields.len() <= MAX_FIELDS);
        assert!(message.notes.contains(&Peculiarity::HeaderCut { lines: 1_000_000 }));
        assert_eq!(message.body, b"body");
    }
}
