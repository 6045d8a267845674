use super::Hint;
use crate::message::canon::{Canonical, Hash, lines};
use crate::message::decode;
use crate::message::read::{LineEnds, Message};
use crate::message::{Canonicalization, SignatureTags};
use crate::syntax::show;

/// Larger bodies are not searched.
const MAX_BYTES: usize = 16 << 20;
/// A footer has at most so many lines.
const FOOTER: usize = 2000;
/// So many lines from the beginning may be a banner, in bodies of at most so many bytes.
const BANNER: (usize, usize) = (24, 1 << 20);

/// Looks for what makes the body hash right.
pub(in crate::message) fn diagnose(message: &Message<'_>, tags: &SignatureTags) -> Option<Hint> {
    if message.body.len() > MAX_BYTES || tags.body_hash.is_empty() {
        return None;
    }
    let trial = Trial { tags, form: tags.body_form };
    let as_is = || lines(message.body, message.line_ends);
    let has_bare_lf =
        || message.line_ends == LineEnds::Crlf && as_is().any(|line| line.contains(&b'\n'));
    if let Some(footer) = trial.footer(as_is()) {
        return Some(footer);
    }
    if has_bare_lf() {
        let mended = || lines(message.body, LineEnds::Lf);
        if trial.is_right(mended()) {
            return Some(Hint::WithCrlf);
        }
        if let Some(footer) = trial.footer(mended()) {
            return Some(footer);
        }
    }
    let other = Trial { form: other(tags.body_form), ..trial };
    if other.is_right(as_is()) {
        return Some(Hint::WithOtherBodyForm);
    }
    if let Some(banner) = trial.banner(message) {
        return Some(banner);
    }
    if message.is_from_mailbox() {
        let unquoted = as_is().map(|line| {
            let quotes = line.iter().take_while(|byte| **byte == b'>').count();
            if quotes > 0 && line[quotes..].starts_with(b"From ") { &line[1..] } else { line }
        });
        if trial.is_right(unquoted) {
            return Some(Hint::WithoutMailboxQuotes);
        }
    }
    let undotted = as_is().map(|line| if line.starts_with(b"..") { &line[1..] } else { line });
    if trial.is_right(undotted) {
        return Some(Hint::WithoutDoubledDots);
    }
    let encoding = message.first("content-transfer-encoding").unwrap_or_default();
    let decoded = match encoding.to_ascii_lowercase().as_str() {
        "quoted-printable" => decode::quoted_printable(message.body),
        "base64" => decode::base64(message.body),
        _ => return None,
    };
    trial.is_right(lines(&decoded, LineEnds::Lf)).then_some(Hint::BeforeTransferEncoding)
}

fn other(form: Canonicalization) -> Canonicalization {
    match form {
        Canonicalization::Simple => Canonicalization::Relaxed,
        Canonicalization::Relaxed => Canonicalization::Simple,
    }
}

#[derive(Clone, Copy)]
struct Trial<'t> {
    tags: &'t SignatureTags,
    form: Canonicalization,
}

impl Trial<'_> {
    fn is_right<'b>(&self, lines: impl Iterator<Item = &'b [u8]>) -> bool {
        let mut canonical = Canonical::new(self.form, Hash::new(self.tags.length));
        for line in lines {
            canonical.line(line);
        }
        self.matches(&canonical.finish())
    }

    fn matches(&self, hash: &Hash) -> bool {
        hash.digest().as_ref() == self.tags.body_hash
    }

    /// The body may have ended after any line: the hash so far is kept at each of them.
    fn footer<'b>(&self, body: impl Iterator<Item = &'b [u8]> + Clone) -> Option<Hint> {
        // With `l`, what was added at the end is not looked at anyway.
        if self.tags.length.is_some() {
            return None;
        }
        let mut canonical = Canonical::new(self.form, Hash::new(None));
        let nothing = Canonical::new(self.form, Hash::new(None)).finish();
        let mut is_found = self.matches(&nothing);
        let (mut count, mut begins) = (0, None);
        let first = body.clone().count().saturating_sub(FOOTER);
        for (at, line) in body.enumerate() {
            if is_found {
                count += 1;
                if begins.is_none() && !line.trim_ascii().is_empty() {
                    begins = Some(show(line.trim_ascii()));
                }
            } else if canonical.line(line) && at >= first {
                is_found = self.matches(canonical.so_far());
            }
        }
        Some(Hint::WithoutFooter { lines: count, begins: begins? })
    }

    fn banner(&self, message: &Message<'_>) -> Option<Hint> {
        if message.body.len() > BANNER.1 {
            return None;
        }
        let body = || lines(message.body, message.line_ends);
        let count = (1..=BANNER.0).find(|count| self.is_right(body().skip(*count)))?;
        let begins = body().take(count).find(|line| !line.trim_ascii().is_empty())?;
        Some(Hint::WithoutBanner { lines: count, begins: show(begins.trim_ascii()) })
    }
}
