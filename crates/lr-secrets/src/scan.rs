//! From matches to secrets: one claim per byte, each secret once, lines and columns.

use std::collections::{BTreeMap, HashMap};

use lr_core::{Redacted, Timestamp};

use crate::engine::{self, Hints, Match, engine};
use crate::snapshot::{Place, Reason, Secret};
use crate::tree::file::Reader;
use crate::{Format, Policy, contents};

/// Places of one secret that are kept.
const PLACES: usize = 100;
/// How often what was decoded is decoded again.
const DEPTH: u8 = 3;
/// Matches of one text that are kept for each distinct secret that may be.
const MATCHES_PER_SECRET: usize = 64;

/// Finds the secrets in `bytes`, in order of first occurrence.
///
/// Bytes need not be UTF-8, any input takes time linear in its length, and nothing of what is found
/// is copied out: the result holds positions, digests and redacted previews.
///
/// ```
/// let key = ["sk_live", "_", "9yXr2Kd0Wm4Zt7Qa1Bv6Np3J"].concat();
/// let text = format!("STRIPE_KEY={key}\n");
/// let secrets = lr_secrets::scan_bytes(text.as_bytes(), &lr_secrets::Policy::new());
/// assert_eq!(secrets[0].format, "stripe-secret-key");
/// assert_eq!((secrets[0].places[0].line, secrets[0].places[0].column), (1, 12));
/// ```
#[must_use]
pub fn scan_bytes(bytes: &[u8], policy: &Policy) -> Vec<Secret> {
    let mut finds = Finds::new(policy);
    finds.look(bytes, 0, 0..bytes.len(), false);
    finds.into_secrets().0
}

/// The same for the contents of a file, whose name says what to expect of them.
#[must_use]
pub fn scan_file_bytes(path: &str, bytes: &[u8], policy: &Policy) -> Vec<Secret> {
    let mut finds = Finds::named(path, policy);
    finds.look(bytes, 0, 0..bytes.len(), false);
    finds.into_secrets().0
}

/// Finds the secrets in what `reader` gives, such as standard input or a build log, piece by piece.
///
/// The same as [`scan_bytes`] of all of it, in memory that does not grow with it; UTF-16 with a byte
/// order mark is text. Ends at [`Policy::file_bytes`], and tells why not all was looked at. With the
/// feature `archives`, what is packed is unpacked.
///
/// # Errors
/// What the reader says when it fails.
pub fn scan_reader(
    reader: &mut dyn std::io::Read,
    policy: &Policy,
) -> std::io::Result<(Vec<Secret>, Vec<Reason>)> {
    let mut memory = Reader::new();
    let finds = |inner: &str| Finds::named(inner, policy);
    let contents = contents::read(reader, &finds, &mut memory, policy, &|| false)?;
    let secrets = contents.secrets.into_iter().flat_map(|(_, secrets)| secrets);
    Ok((secrets.collect(), contents.left))
}

/// What was found in one text so far.
pub(crate) struct Finds<'a> {
    policy: &'a Policy,
    all: Vec<Find>,
    matches: Vec<Match>,
    cursor: Cursor,
    overflow: bool,
    /// What its name says of it.
    hints: Hints,
    rust: Option<Rust>,
    /// The format of what fills the file, as far as its name says.
    sole: Option<&'static str>,
}

/// What is known of a file of Rust sources, which hold tests of their own.
#[derive(Clone, Copy, Default)]
struct Rust {
    /// How many braces deep what was passed ended inside of tests.
    depth: usize,
}

struct Find {
    format: &'static Format,
    /// The id of the rule of one's own that found it, if one did.
    own: Option<String>,
    number: usize,
    digest: [u8; 6],
    redacted: String,
    proven: Option<bool>,
    expires: Option<i64>,
    local: bool,
    example: bool,
    ignored: Option<String>,
    inlined: bool,
    fixture: bool,
    /// How it is wrapped, from the outside in.
    encoding: Vec<&'static str>,
    place: Place,
}

impl<'a> Finds<'a> {
    /// For the contents of a file of this path.
    pub(crate) fn named(path: &str, policy: &'a Policy) -> Self {
        let rust = path.ends_with(".rs").then(Rust::default);
        let (is_code, is_settings) = (is_code(path), is_settings(path));
        let hints = Hints { is_code, is_settings, ..Hints::default() };
        Self { hints, rust, sole: sole(path), ..Self::new(policy) }
    }

    /// For what is called `inner` inside of `path`, or for `path` itself.
    pub(crate) fn inside(path: &str, inner: &str, policy: &'a Policy) -> Self {
        let name = if inner.is_empty() { path } else { inner };
        // `app.js.gz` holds what is called `app.js`.
        let unpacked = [".gz", ".zst"].iter().find_map(|ending| name.strip_suffix(ending));
        Self::named(unpacked.unwrap_or(name), policy)
    }

    /// For contents that may have any name.
    #[cfg(feature = "git")]
    pub(crate) fn nameless(policy: &'a Policy) -> Self {
        Self { sole: Some(SOLE), ..Self::new(policy) }
    }

    pub(crate) fn new(policy: &'a Policy) -> Self {
        let (all, matches) = (Vec::new(), Vec::new());
        let cursor = Cursor::START;
        Self {
            policy,
            all,
            matches,
            cursor,
            overflow: false,
            hints: Hints::default(),
            rust: None,
            sole: None,
        }
    }

    /// Looks at the keywords within `within` of `bytes`, which begin `before` bytes into the text.
    /// All that was in the text before `bytes` has been [passed](Self::pass).
    pub(crate) fn look(
        &mut self,
        bytes: &[u8],
        before: u64,
        within: std::ops::Range<usize>,
        is_binary: bool,
    ) {
        let hints = Hints { is_binary, ..self.hints };
        self.look_at(bytes, before, within.clone(), hints);
        if !is_binary {
            self.look_inside(bytes, before, within, 1);
        }
    }

    fn look_at(&mut self, bytes: &[u8], before: u64, within: std::ops::Range<usize>, hints: Hints) {
        let room = self.limit().saturating_sub(self.all.len());
        engine().find(bytes, within.clone(), hints, |hit| match self.matches.len() < room {
            true => self.matches.push(hit),
            false => self.overflow = true,
        });
        if before == 0 && within.start == 0 {
            self.matches.extend(self.sole.and_then(|id| whole(id, bytes)));
        }
        let own = self.look_with_own_rules(bytes, &within, hints);
        self.matches.sort_by_key(|hit| hit.at.start);
        let (mut cursor, mut at) = (self.cursor, 0);
        let is_fixture = self.fixtures(!self.matches.is_empty(), bytes);
        for hit in self.matches.drain(..) {
            cursor.pass(&bytes[at..hit.at.start]);
            at = hit.at.start;
            let secret = &bytes[hit.at.clone()];
            let lead = engine::public_prefix(hit.format, secret);
            let own = own.get(&hit.number).cloned();
            let id = own.as_deref().unwrap_or(hit.format.id);
            let ignored = engine::line::ignored(bytes, &hit.at);
            let ignored = ignored.or_else(|| self.policy.allowed(bytes, &hit.at, id));
            self.all.push(Find {
                format: hit.format,
                own,
                number: hit.number,
                digest: self.policy.digest(&engine::essence(hit.format, secret)),
                redacted: Redacted::new(&String::from_utf8_lossy(secret), lead).to_string(),
                proven: hit.proven,
                expires: hit.expires,
                local: hit.local,
                example: hit.example,
                ignored,
                inlined: engine::line::is_inlined(bytes, &hit.at),
                fixture: is_fixture(bytes, at),
                encoding: Vec::new(),
                place: Place {
                    offset: before + at as u64,
                    length: secret.len() as u64,
                    line: cursor.line,
                    column: cursor.column,
                },
            });
        }
    }

    /// Adds what rules of one's own find, with ids by the numbers of their matches.
    #[cfg_attr(not(feature = "gitleaks"), allow(clippy::unused_self, unused_variables))]
    fn look_with_own_rules(
        &mut self,
        bytes: &[u8],
        within: &std::ops::Range<usize>,
        hints: Hints,
    ) -> HashMap<usize, String> {
        #[allow(unused_mut, reason = "it is filled with a feature")]
        let mut ids = HashMap::new();
        #[cfg(feature = "gitleaks")]
        if !hints.is_binary {
            let policy = self.policy;
            let rules = &policy.own_rules;
            let room = self.limit().saturating_sub(self.all.len());
            rules.find(bytes, within, |hit| {
                // Behind all formats.
                let number = usize::MAX - hit.rule as usize;
                ids.entry(number).or_insert_with(|| rules.format_of(hit.rule));
                match self.matches.len() < room {
                    true => self.matches.push(Match::plain(&crate::format::OWN, number, hit.at)),
                    false => self.overflow = true,
                }
            });
        }
        ids
    }

    /// The same for what the bytes decode to, with places mapped back to what is encoded.
    fn look_inside(
        &mut self,
        bytes: &[u8],
        before: u64,
        within: std::ops::Range<usize>,
        depth: u8,
    ) {
        let policy = self.policy;
        let (mut cursor, mut passed) = (self.cursor, 0);
        let mut inner = Vec::new();
        engine::decode::runs(bytes, within, |decoded| {
            let mut finds = Self::new(policy);
            finds.look_at(&decoded.text, 0, 0..decoded.text.len(), Hints::default());
            if depth < DEPTH {
                finds.look_inside(&decoded.text, 0, 0..decoded.text.len(), depth + 1);
            }
            settle(&mut finds.all);
            inner.extend(
                finds.all.into_iter().map(|find| (find, decoded.at.clone(), decoded.encoding)),
            );
        });
        inner.sort_by_key(|(_, at, _)| at.start);
        let is_fixture = self.fixtures(!inner.is_empty(), bytes);
        let room = self.limit().saturating_sub(self.all.len());
        for (mut find, at, encoding) in inner.into_iter().take(room) {
            if at.start >= passed {
                cursor.pass(&bytes[passed..at.start]);
                passed = at.start;
            }
            let here = engine::line::ignored(bytes, &at);
            find.ignored = here.or_else(|| find.ignored.take());
            find.inlined = engine::line::is_inlined(bytes, &at);
            find.fixture = is_fixture(bytes, at.start);
            find.encoding.insert(0, encoding);
            find.place = Place {
                offset: before + at.start as u64,
                length: at.len() as u64,
                line: cursor.line,
                column: cursor.column,
            };
            self.all.push(find);
        }
    }

    /// Tells of places in `bytes` whether they are for tests or documentation, if there `are_any`.
    fn fixtures(&self, are_any: bool, bytes: &[u8]) -> impl Fn(&[u8], usize) -> bool + use<> {
        let rust = self.rust.filter(|_| are_any);
        let tests = rust.map(|rust| engine::rust::tests(bytes, rust.depth).0).unwrap_or_default();
        let is_code = self.hints.is_code;
        move |bytes, at| {
            tests.iter().any(|test| test.contains(&at))
                || is_code && engine::line::is_documentation(bytes, at)
        }
    }

    fn limit(&self) -> usize {
        self.policy.secrets_per_file.saturating_mul(MATCHES_PER_SECRET)
    }

    /// Where the bytes begin that are shown next.
    pub(crate) fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// Moves on past bytes that will not be shown again.
    pub(crate) fn pass(&mut self, bytes: &[u8]) {
        if let Some(rust) = &mut self.rust {
            (_, rust.depth) = engine::rust::tests(bytes, rust.depth);
        }
        self.cursor.pass(bytes);
    }

    /// Each distinct secret once, and whether there were more than are kept.
    pub(crate) fn into_secrets(mut self) -> (Vec<Secret>, bool) {
        settle(&mut self.all);
        let mut known = HashMap::new();
        let mut secrets: Vec<Secret> = Vec::new();
        for find in self.all {
            let next = secrets.len();
            let at = *known
                .entry((
                    find.id().to_owned(),
                    find.digest,
                    find.ignored.is_some(),
                    find.inlined,
                    find.fixture,
                ))
                .or_insert(next);
            if at >= self.policy.secrets_per_file {
                self.overflow = true;
            } else if at == next {
                secrets.push(find.into_secret());
            } else if secrets[at].places.len() < PLACES {
                secrets[at].places.push(find.place);
            } else {
                secrets[at].more += 1;
            }
        }
        (secrets, self.overflow)
    }
}

impl Find {
    /// Of its format, or of the rule of one's own that found it.
    fn id(&self) -> &str {
        self.own.as_deref().unwrap_or(self.format.id)
    }

    fn into_secret(self) -> Secret {
        Secret {
            format: self.id().into(),
            digest: hex(self.digest),
            redacted: self.redacted,
            proven: self.proven,
            expires: self.expires.map(Timestamp::from_unix),
            local: self.local,
            example: self.example,
            encoding: self.encoding.join(", "),
            ignored: self.ignored,
            inlined: self.inlined,
            fixture: self.fixture,
            #[cfg(feature = "liveness")]
            liveness: None,
            places: vec![self.place],
            more: 0,
        }
    }
}

/// The one format of what fills a file and nothing else: Rails keeps its keys so.
const SOLE: &str = "rails-master-key";

/// The format of what fills a file of this name.
fn sole(path: &str) -> Option<&'static str> {
    let is_key = path.ends_with("config/master.key")
        || path.ends_with(".key") && path.contains("config/credentials/");
    is_key.then_some(SOLE)
}

/// All of the file as a secret of the format `id`, if it is 32 hexadecimal digits.
fn whole(id: &str, bytes: &[u8]) -> Option<Match> {
    let at = bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let text = bytes.trim_ascii();
    let is_key = text.len() == 32 && text.iter().all(u8::is_ascii_hexdigit);
    let number = crate::formats().position(|format| format.id == id)?;
    let format = crate::format(id).filter(|_| is_key && !engine::is_stand_in(text))?;
    Some(Match::plain(format, number, at..at + text.len()))
}

/// A digest as it is written.
pub(crate) fn hex(digest: [u8; 6]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether the name says that the file holds source code.
pub(crate) fn is_code(path: &str) -> bool {
    const ENDINGS: [&str; 40] = [
        "rs", "go", "py", "js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "vue", "svelte",
        "java", "kt", "scala", "groovy", "c", "h", "cc", "cpp", "hpp", "cs", "fs", "vb", "rb",
        "php", "swift", "m", "mm", "dart", "ex", "exs", "erl", "hs", "lua", "pl", "pm", "sol",
        "zig",
    ];
    ends_in(path, &ENDINGS)
}

/// Whether the name says that the file holds settings and nothing else.
fn is_settings(path: &str) -> bool {
    const ENDINGS: [&str; 9] =
        ["properties", "env", "ini", "cfg", "conf", "config", "cnf", "yml", "yaml"];
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with(".env") || ends_in(name, &ENDINGS)
}

fn ends_in(path: &str, endings: &[&str]) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending))
}

/// Leaves one claim on each byte, that of the more telling format, and puts them in order.
fn settle(finds: &mut Vec<Find>) {
    finds.sort_by_key(|find| {
        let length = std::cmp::Reverse(find.place.length);
        (!find.encoding.is_empty(), find.format.rank(), length, find.place.offset, find.number)
    });
    let mut taken = BTreeMap::new();
    finds.retain(|find| {
        let (start, end) = (find.place.offset, find.place.offset + find.place.length);
        let before = taken.range(..end).next_back();
        let free = before.is_none_or(|(_, taken_to)| *taken_to <= start);
        // One run may hold several secrets, which were settled inside of it.
        if free && find.encoding.is_empty() {
            taken.insert(start, end);
        }
        free
    });
    finds.sort_by_key(|find| find.place.offset);
}

/// Line and column of a position, both counted from 1.
#[derive(Clone, Copy)]
pub(crate) struct Cursor {
    pub(crate) line: u64,
    column: u64,
}

impl Cursor {
    const START: Self = Self { line: 1, column: 1 };

    pub(crate) fn pass(&mut self, bytes: &[u8]) {
        let last = memchr::memrchr(b'\n', bytes);
        if let Some(last) = last {
            self.line += memchr::memchr_iter(b'\n', &bytes[..=last]).count() as u64;
            self.column = 1;
        }
        let tail = &bytes[last.map_or(0, |last| last + 1)..];
        // Bytes that continue a character of UTF-8 are no characters of their own. Counted in bytes,
        // many of them are at once.
        let count = |part: &[u8]| part.iter().map(|byte| u8::from(byte & 0xc0 != 0x80)).sum::<u8>();
        self.column += tail.chunks(255).map(|part| u64::from(count(part))).sum::<u64>();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_says_what_its_bytes_say() {
        let key = ["sk_live", "_", "9yXr2Kd0Wm4Zt7Qa1Bv6Np3J"].concat();
        let text = format!("{}\nkey={key}\n", "x ".repeat(300_000));
        let policy = Policy::new();
        let (secrets, left) = scan_reader(&mut text.as_bytes(), &policy).unwrap();
        assert_eq!(secrets, scan_bytes(text.as_bytes(), &policy));
        assert_eq!((secrets.len(), left.len()), (1, 0));
        let short = policy.with_file_bytes(1000);
        let (secrets, left) = scan_reader(&mut text.as_bytes(), &short).unwrap();
        assert_eq!((secrets.len(), left), (0, vec![Reason::TooLarge { read: 1000 }]));
    }

    #[test]
    fn lines_and_columns_count_characters() {
        let mut cursor = Cursor::START;
        cursor.pass("a\r\nä".as_bytes());
        assert_eq!((cursor.line, cursor.column), (2, 2));
        cursor.pass("é\n".as_bytes());
        assert_eq!((cursor.line, cursor.column), (3, 1));
    }
}
