use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};

use super::read::{Field, LineEnds};

/// How a message is brought into the form that is signed (RFC 6376, section 3.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Canonicalization {
    /// As it is.
    #[default]
    Simple,
    /// White space may change on the way.
    Relaxed,
}

/// The canonical form of a header field, with its CRLF; `None` if it is no field.
///
/// ```
/// use lr_mailauth::message::{Canonicalization, canonical_field};
///
/// let canonical = canonical_field(b"Subject : two\r\n\t words ", Canonicalization::Relaxed);
/// assert_eq!(canonical.as_deref(), Some(&b"subject:two words\r\n"[..]));
/// ```
#[must_use]
pub fn canonical_field(field: &[u8], form: Canonicalization) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(field.len() + 2);
    push_field(&Field::new(field)?, form, &mut out);
    Some(out)
}

/// The canonical form of a body whose lines end in CRLF.
///
/// ```
/// use lr_mailauth::message::{Canonicalization, canonical_body};
///
/// let canonical = canonical_body(b"two \t words \r\n\r\n\r\n", Canonicalization::Relaxed);
/// assert_eq!(canonical, b"two words\r\n");
/// ```
#[must_use]
pub fn canonical_body(body: &[u8], form: Canonicalization) -> Vec<u8> {
    let mut canonical = Canonical::new(form, Vec::with_capacity(body.len() + 2));
    for line in lines(body, LineEnds::Crlf) {
        canonical.line(line);
    }
    canonical.finish()
}

/// Appends the canonical form of a field, with its CRLF.
pub(super) fn push_field(field: &Field<'_>, form: Canonicalization, out: &mut Vec<u8>) {
    match form {
        Canonicalization::Simple => {
            for (at, &byte) in field.raw.iter().enumerate() {
                // A file with LF line ends stands for a message with CRLF.
                if byte == b'\n' && field.raw[..at].last() != Some(&b'\r') {
                    out.push(b'\r');
                }
                out.push(byte);
            }
        }
        Canonicalization::Relaxed => {
            out.extend(field.name().iter().map(u8::to_ascii_lowercase));
            out.push(b':');
            squeeze(field.value(), out);
        }
    }
    out.extend(b"\r\n");
}

/// Unfolds, makes one space of many, and drops them at both ends.
fn squeeze(value: &[u8], out: &mut Vec<u8>) {
    let (mut space, start) = (false, out.len());
    for (at, &byte) in value.iter().enumerate() {
        match byte {
            b' ' | b'\t' => space = true,
            b'\n' => {}
            b'\r' if value.get(at + 1) == Some(&b'\n') => {}
            byte => {
                if space && out.len() > start {
                    out.push(b' ');
                }
                space = false;
                out.push(byte);
            }
        }
    }
}

/// Where canonical bytes go.
pub(super) trait Sink {
    fn put(&mut self, bytes: &[u8]);
}

impl Sink for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// SHA-256 of at most `limit` bytes (the `l` tag), counting all.
#[derive(Clone)]
pub(super) struct Hash {
    context: digest::Context,
    limit: u64,
    pub(super) total: u64,
}

impl Hash {
    pub(super) fn new(limit: Option<u64>) -> Self {
        let context = digest::Context::new(&digest::SHA256);
        Self { context, limit: limit.unwrap_or(u64::MAX), total: 0 }
    }

    pub(super) fn digest(&self) -> digest::Digest {
        self.context.clone().finish()
    }
}

impl Sink for Hash {
    fn put(&mut self, bytes: &[u8]) {
        let room = self.limit.saturating_sub(self.total);
        let take = usize::try_from(room).unwrap_or(usize::MAX).min(bytes.len());
        self.context.update(&bytes[..take]);
        self.total += bytes.len() as u64;
    }
}

/// A body on its way into canonical form, line by line.
pub(super) struct Canonical<S> {
    form: Canonicalization,
    sink: S,
    /// Empty lines that count only if another line follows.
    empty: u64,
    is_blank: bool,
    line: Vec<u8>,
}

impl<S: Sink> Canonical<S> {
    pub(super) fn new(form: Canonicalization, sink: S) -> Self {
        Self { form, sink, empty: 0, is_blank: true, line: Vec::new() }
    }

    /// Takes a line without its end; says whether the body could end after it.
    pub(super) fn line(&mut self, line: &[u8]) -> bool {
        let mut squeezed = std::mem::take(&mut self.line);
        let line = match self.form {
            Canonicalization::Simple => line,
            Canonicalization::Relaxed if is_tight(line) => line,
            Canonicalization::Relaxed => {
                squeezed.clear();
                squeeze_line(line, &mut squeezed);
                &squeezed
            }
        };
        let counts = !line.is_empty();
        match counts {
            false => self.empty += 1,
            true => {
                for _ in 0..std::mem::take(&mut self.empty) {
                    self.sink.put(b"\r\n");
                }
                self.sink.put(line);
                self.sink.put(b"\r\n");
                self.is_blank = false;
            }
        }
        self.line = squeezed;
        counts
    }

    /// What the sink has seen so far.
    pub(super) fn so_far(&self) -> &S {
        &self.sink
    }

    pub(super) fn finish(mut self) -> S {
        // Without any line, the simple form is one CRLF and the relaxed form is nothing.
        if self.is_blank && self.form == Canonicalization::Simple {
            self.sink.put(b"\r\n");
        }
        self.sink
    }
}

/// Whether the relaxed form of a line is the line itself.
fn is_tight(line: &[u8]) -> bool {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
    !line.contains(&b'\t')
        && !line.windows(2).any(|two| two == b"  ")
        && !line.last().is_some_and(is_space)
}

fn squeeze_line(line: &[u8], out: &mut Vec<u8>) {
    let mut space = false;
    for &byte in line {
        if matches!(byte, b' ' | b'\t') {
            space = true;
            continue;
        }
        if std::mem::take(&mut space) {
            out.push(b' ');
        }
        out.push(byte);
    }
}

/// The lines of a body, without their ends.
pub(super) fn lines(body: &[u8], ends: LineEnds) -> impl Iterator<Item = &[u8]> + Clone {
    let mut rest = Some(body).filter(|body| !body.is_empty());
    std::iter::from_fn(move || {
        let text = rest?;
        let (line, after) = cut(text, ends);
        rest = Some(after).filter(|after| !after.is_empty());
        Some(line)
    })
}

fn cut(text: &[u8], ends: LineEnds) -> (&[u8], &[u8]) {
    let mut from = 0;
    while let Some(found) = text[from..].iter().position(|byte| *byte == b'\n') {
        let at = from + found;
        let has_cr = at > 0 && text[at - 1] == b'\r';
        match (ends, has_cr) {
            (_, true) => return (&text[..at - 1], &text[at + 1..]),
            (LineEnds::Lf, false) => return (&text[..at], &text[at + 1..]),
            (LineEnds::Crlf, false) => from = at + 1,
        }
    }
    (text, &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_rfc_come_out_right() {
        // RFC 6376, section 3.4.5.
        let body = b" C \r\nD \t E\r\n\r\n\r\n";
        assert_eq!(canonical_body(body, Canonicalization::Relaxed), b" C\r\nD E\r\n");
        assert_eq!(canonical_body(body, Canonicalization::Simple), b" C \r\nD \t E\r\n");
        let field = |text: &[u8], form| canonical_field(text, form).unwrap();
        assert_eq!(field(b"A: X", Canonicalization::Relaxed), b"a:X\r\n");
        assert_eq!(field(b"B : Y\t\r\n\tZ  ", Canonicalization::Relaxed), b"b:Y Z\r\n");
        assert_eq!(field(b"B : Y\t\r\n\tZ  ", Canonicalization::Simple), b"B : Y\t\r\n\tZ  \r\n");
    }

    #[test]
    fn an_empty_body_is_one_line_or_nothing() {
        for body in [&b""[..], b"\r\n", b"\r\n\r\n"] {
            assert_eq!(canonical_body(body, Canonicalization::Simple), b"\r\n");
            assert_eq!(canonical_body(body, Canonicalization::Relaxed), b"");
        }
        assert_eq!(canonical_body(b" \r\n\t", Canonicalization::Relaxed), b"");
    }
}
