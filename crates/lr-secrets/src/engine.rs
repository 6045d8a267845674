//! From bytes to places of secrets: keywords, then the formats that own them, then proof.

mod assigned;
mod base64;
mod browser;
mod chance;
mod checksum;
pub(crate) mod decode;
mod edge;
mod generic;
mod grams;
mod jwt;
mod kubernetes;
pub(crate) mod line;
mod pair;
mod pem;
mod rarity;
pub(crate) mod rust;
mod signed;
mod unless;
mod url;
mod value;
pub(crate) mod worth;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use regex::bytes::{Regex, RegexBuilder};

use crate::Format;
use crate::format::{Pem, Shape, Structure};
use crate::formats::formats;
use grams::{Grams, Literal};

pub(crate) use chance::is_stand_in;
pub(crate) use generic::Name;

/// Bytes before a keyword that may matter.
pub(crate) const BEFORE: usize = 512;
/// Bytes after a keyword that may matter.
pub(crate) const AFTER: usize = 16 << 10;

/// The longest token that a pattern may match.
const TOKEN: usize = 2 << 10;

/// One secret in the bytes, by position. It never holds the secret.
pub(crate) struct Match {
    pub(crate) format: &'static Format,
    /// Its place in the list: the earlier one wins where two formats say the same.
    pub(crate) number: usize,
    /// What is secret about it.
    pub(crate) at: Range<usize>,
    /// Whether it proves itself, if its format can.
    pub(crate) proven: Option<bool>,
    /// Seconds since 1970.
    pub(crate) expires: Option<i64>,
    pub(crate) local: bool,
    /// It has the form, but counts or spells: from a test or from documentation.
    pub(crate) example: bool,
}

impl Match {
    /// A match of which no more is known.
    pub(crate) fn plain(format: &'static Format, number: usize, at: Range<usize>) -> Self {
        Self { format, number, at, proven: None, expires: None, local: false, example: false }
    }
}

/// What is known of a text before it is read.
#[derive(Clone, Copy, Default)]
pub(crate) struct Hints {
    /// It is no text: only what identifies itself is worth looking for.
    pub(crate) is_binary: bool,
    /// It is source code, where a value without quotes is an expression.
    pub(crate) is_code: bool,
    /// It is a file of settings, where a value without quotes is a string.
    pub(crate) is_settings: bool,
}

/// The formats, made ready to be looked for. There is one, made on first use.
pub(crate) struct Engine {
    formats: Vec<&'static Format>,
    /// Compiled when first needed: most scans never meet most formats.
    patterns: Vec<OnceLock<Option<Regex>>>,
    grams: Grams,
    keywords: Vec<Keyword>,
}

struct Keyword {
    length: usize,
    /// Whether it is nothing but what URLs with a password hold.
    is_of_urls: bool,
    /// Numbers of the formats that own it.
    formats: Vec<usize>,
}

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::new);

/// The one engine.
pub(crate) fn engine() -> &'static Engine {
    &ENGINE
}

impl Engine {
    fn new() -> Self {
        let formats: Vec<_> = formats().collect();
        let mut numbers = HashMap::new();
        let (mut literals, mut keywords) = (Vec::new(), Vec::<Keyword>::new());
        for (number, format) in formats.iter().enumerate() {
            let exact = !matches!(format.shape, Shape::Assigned { .. } | Shape::Named(_));
            let opening = matches!(format.shape, Shape::Token { .. });
            let closing = matches!(format.shape, Shape::Infix { .. });
            for word in format.keywords {
                let at = *numbers.entry((word, exact, opening, closing)).or_insert_with(|| {
                    literals.push(Literal { bytes: word.as_bytes(), exact, opening, closing });
                    let (length, is_of_urls) = (word.len(), true);
                    keywords.push(Keyword { length, is_of_urls, formats: Vec::new() });
                    keywords.len() - 1
                });
                keywords[at].formats.push(number);
                keywords[at].is_of_urls &= matches!(format.shape, Shape::Url { .. });
            }
        }
        let patterns = formats.iter().map(|_| OnceLock::new()).collect();
        Self { formats, patterns, grams: Grams::new(literals), keywords }
    }

    /// Calls `found` for each secret whose keyword begins within `within`. Whether a keyword leads
    /// to a secret depends on [`BEFORE`] bytes before it and [`AFTER`] bytes after it, no others, so
    /// that a file can be read in pieces. Ones that overlap are all reported.
    pub(crate) fn find(
        &self,
        bytes: &[u8],
        within: Range<usize>,
        hints: Hints,
        mut found: impl FnMut(Match),
    ) {
        self.grams.find(bytes, within.start, within.end, |keyword, at| {
            let keyword = &self.keywords[keyword];
            if keyword.is_of_urls && !url::may_name_user(bytes, at) {
                return;
            }
            let from = at.saturating_sub(BEFORE);
            let window = &bytes[from..bytes.len().min(at + AFTER)];
            for &number in &keyword.formats {
                if hints.is_binary && !self.formats[number].identifies_itself() {
                    continue;
                }
                let place = at - from..at - from + keyword.length;
                let mut report = |mut hit: Match| {
                    hit.at = hit.at.start + from..hit.at.end + from;
                    found(hit);
                };
                if self.formats[number].shape.is_kubernetes() {
                    let format = self.formats[number];
                    for at in kubernetes::values(window, place.start) {
                        report(Match::plain(format, number, at));
                    }
                } else if let Some(hit) = self.look(number, window, place, hints) {
                    report(hit);
                }
            }
        });
    }

    fn look(
        &self,
        number: usize,
        window: &[u8],
        keyword: Range<usize>,
        hints: Hints,
    ) -> Option<Match> {
        let format = self.formats[number];
        if let Some((distance, byte)) = format.landmark
            && window.get(keyword.start + distance) != Some(&byte)
        {
            return None;
        }
        let plain = |at| Match::plain(format, number, at);
        match format.shape {
            Shape::Token { .. } => self.token(number, window, keyword.start, keyword.end),
            Shape::Infix { least, most, class, .. } => {
                let before = window[..keyword.start].iter().rev().take(most);
                let lead = before.take_while(|byte| class(byte)).count();
                let start = keyword.start.checked_sub(lead).filter(|_| lead >= least)?;
                self.token(number, window, start, start)
            }
            Shape::Assigned { with, .. } => {
                let name = assigned::name(window, &keyword);
                let called = &window[name.clone()];
                if !assigned::holds(called, with) {
                    return None;
                }
                let hit = assigned::values(window, name.end).find_map(|start| {
                    let window = &window[..assigned::end(window, start)];
                    self.token(number, window, start, start)
                })?;
                (format.is_for_everyone() || !browser::is_public_name(called)).then_some(hit)
            }
            Shape::Url { schemes } => {
                let password = url::password(window, keyword.start, schemes)?;
                Some(Match { local: password.local, ..plain(password.at) })
            }
            Shape::Pem(wanted) => {
                let (at, kind) = pem::key(window, keyword.start)?;
                (kind == wanted).then(|| Match { proven: Some(true), ..plain(at) })
            }
            Shape::Named(kind) => generic::secret(window, &keyword, kind, hints).map(plain),
            Shape::Captured { worth, .. } => {
                if assigned::is_type(window, &assigned::name(window, &keyword)) {
                    return None;
                }
                let reach = &window[..window.len().min(keyword.start + 2 * TOKEN)];
                #[cfg(test)]
                tests::READ.with(|read| read.set(read.get() + reach.len()));
                let groups = self.pattern(number)?.captures(&reach[keyword.start..])?;
                let group = groups.iter().skip(1).flatten().next()?;
                let at = keyword.start + group.start()..keyword.start + group.end();
                worth(group.as_bytes()).then(|| plain(at))
            }
            Shape::Kubernetes => None,
            Shape::Jwt(wanted) => {
                let token = jwt::token(window, keyword.start)?;
                (token.kind == wanted).then(|| Match {
                    proven: Some(token.is_whole),
                    expires: token.expires,
                    local: token.local,
                    example: token.example,
                    ..plain(token.at)
                })
            }
        }
    }

    /// The token that begins at `start` and whose prefix ends at `prefix`, if its pattern is there,
    /// nothing continues it, and it is random enough.
    fn token(&self, number: usize, window: &[u8], start: usize, prefix: usize) -> Option<Match> {
        let format = self.formats[number];
        if !edge::may_begin(window, start) {
            return None;
        }
        let reach = &window[start..window.len().min(start + TOKEN)];
        #[cfg(test)]
        tests::READ.with(|read| read.set(read.get() + reach.len()));
        let length = self.pattern(number)?.find(reach)?.end();
        let (at, body) = (start..start + length, &window[prefix..start + length]);
        if !edge::may_end(window, at.end)
            || !chance::is_rich(body, format.entropy)
            || chance::is_placeholder(body)
            || worth::is_printed(body)
            || edge::is_inside_blob(window, &at)
            || edge::is_file_name(window, at.end)
            || format.is_told_by_name() && edge::goes_on(window, body, at.end)
            || worth::is_spelled(body)
            // A name alone proves little: what it is given must not be words either.
            || format.is_told_by_name() && !body.iter().any(u8::is_ascii_digit)
        {
            return None;
        }
        if format.check == Structure::Json
            && checksum::payload(&window[at.clone()]).is_some_and(|json| chance::is_mask(&json))
        {
            return None;
        }
        let proven = checksum::holds(format.check, &window[at.clone()], prefix - start);
        let example = chance::is_example(body);
        let is_signed = format.check == Structure::Query;
        let expires = is_signed.then(|| signed::expires(window, &at)).flatten();
        Some(Match { format, number, at, proven, expires, local: false, example })
    }

    fn pattern(&self, number: usize) -> Option<&Regex> {
        let pattern = self.formats[number].shape.pattern()?;
        let compile = || RegexBuilder::new(&format!("^(?:{pattern})")).unicode(false).build().ok();
        self.patterns[number].get_or_init(compile).as_ref()
    }
}

impl Shape {
    fn is_kubernetes(&self) -> bool {
        matches!(self, Self::Kubernetes)
    }

    pub(crate) fn pattern(&self) -> Option<&'static str> {
        match self {
            Self::Token { pattern }
            | Self::Infix { pattern, .. }
            | Self::Assigned { pattern, .. }
            | Self::Captured { pattern, .. } => Some(pattern),
            Self::Url { .. } | Self::Pem(_) | Self::Jwt(_) | Self::Named(_) | Self::Kubernetes => {
                None
            }
        }
    }
}

/// What identifies a secret: the token itself, or a key without its wrapping.
pub(crate) fn essence<'a>(format: &Format, secret: &'a [u8]) -> std::borrow::Cow<'a, [u8]> {
    match format.shape {
        Shape::Pem(Pem::Plain | Pem::Encrypted | Pem::ServiceAccount) => pem::digits(secret).into(),
        _ => secret.into(),
    }
}

/// How many leading characters of a secret are no secret.
pub(crate) fn public_prefix(format: &Format, secret: &[u8]) -> usize {
    match format.shape {
        Shape::Token { .. } => format
            .keywords
            .iter()
            .filter(|word| secret.starts_with(word.as_bytes()))
            .map(|word| word.len())
            .max()
            .unwrap_or(0),
        Shape::Jwt(_) => 3,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use proptest::prelude::*;

    use super::*;

    thread_local! {
        /// Bytes that patterns were given to read on this thread.
        pub(super) static READ: Cell<usize> = const { Cell::new(0) };
    }

    /// Bytes that patterns read of `text`, at most.
    fn read(text: &[u8]) -> usize {
        READ.with(|read| read.set(0));
        engine().find(text, 0..text.len(), Hints::default(), |_| {});
        READ.with(Cell::get)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(32) })]

        /// Whatever is repeated: twice the text is at most twice the work, beside what its ends cost.
        #[test]
        fn work_grows_no_faster_than_the_text(
            picks in proptest::collection::vec((any::<prop::sample::Index>(), "[ =:\"'.a-zA-Z0-9_-]{0,6}"), 1..4),
        ) {
            let words: Vec<_> = engine().formats.iter().flat_map(|it| it.keywords).collect();
            let unit: String = picks.iter().map(|(at, glue)| format!("{}{glue}", at.get(&words))).collect();
            let times = |bytes: usize| unit.repeat(bytes.div_ceil(unit.len()));
            let (small, large) = (times(32 << 10), times(64 << 10));
            let (little, much) = (read(small.as_bytes()), read(large.as_bytes()));
            prop_assert!(much <= 2 * little + 8 * TOKEN * TOKEN, "{unit}: {little}, {much}");
        }
    }

    #[test]
    fn every_pattern_compiles_and_every_keyword_can_be_looked_for() {
        let engine = engine();
        for (number, format) in engine.formats.iter().enumerate() {
            if format.shape.pattern().is_some() {
                assert!(engine.pattern(number).is_some(), "{}", format.id);
            }
            assert!(!format.keywords.is_empty(), "{}", format.id);
            assert!(format.keywords.iter().all(|word| word.len() >= 3), "{}", format.id);
        }
    }
}
