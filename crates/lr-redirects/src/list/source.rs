use std::io::{self, BufRead, Read};

use serde::Deserialize;

/// An old URL, and where it must land if that is known. Both may be paths.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OldUrl {
    /// The URL that was given away.
    pub from: String,
    /// The URL where it must land.
    pub to: Option<String>,
}

impl OldUrl {
    /// An old URL and where it must land.
    #[must_use]
    pub fn new(from: impl Into<String>, to: Option<String>) -> Self {
        Self { from: from.into(), to }
    }
}

/// What a source contains.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Entry {
    /// An old URL.
    Url(OldUrl),
    /// Something that stands for many URLs or for none, so that it cannot be asked for.
    Skipped {
        /// Its line, or its number in the file; from 1.
        line: usize,
        /// Why.
        why: &'static str,
    },
}

/// Why a source cannot be read on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// The file is not what it should be.
    #[error("line {line}: {what}")]
    Format {
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        what: String,
    },
}

/// How old URLs are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// `_redirects` of Netlify and Cloudflare Pages: `/old /new 301`.
    Netlify,
    /// `redirects` in a `vercel.json`.
    Vercel,
    /// The inside of an nginx `map`: `/old /new;`.
    NginxMap,
    /// Comma, semicolon or tab between old and new URL (RFC 4180).
    Csv,
    /// A sitemap (sitemaps.org, protocol 0.9): every URL must answer.
    Sitemap,
    /// A URL, or an old and a new one, on each line.
    Lines,
}

/// Bytes of one line.
const LINE_LIMIT: u64 = 64 << 10;
/// Bytes of a file that must be read as a whole.
const FILE_LIMIT: u64 = 16 << 20;

impl Source {
    /// The way in which a file of this name is written.
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
        match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
            _ if name == "_redirects" => Self::Netlify,
            "json" => Self::Vercel,
            "csv" | "tsv" => Self::Csv,
            "xml" => Self::Sitemap,
            "map" | "conf" => Self::NginxMap,
            _ => Self::Lines,
        }
    }

    /// Reads entries as they come; all but `vercel.json` line by line.
    pub fn read<'r>(
        self,
        reader: impl BufRead + 'r,
    ) -> Box<dyn Iterator<Item = Result<Entry, SourceError>> + 'r> {
        match self {
            Self::Vercel => match vercel(reader) {
                Ok(entries) => Box::new(entries.into_iter().map(Ok)),
                Err(error) => Box::new(std::iter::once(Err(error))),
            },
            Self::Sitemap => Box::new(
                chunks(reader, b'>').scan(None, |open, tag| Some(location(open, tag))).flatten(),
            ),
            Self::Netlify => by_line(reader, netlify),
            Self::NginxMap => by_line(reader, nginx),
            Self::Csv => by_line(reader, csv),
            Self::Lines => by_line(reader, plain),
        }
    }
}

type Line = fn(&str) -> Option<Result<OldUrl, &'static str>>;

fn by_line<'r>(
    reader: impl BufRead + 'r,
    read: Line,
) -> Box<dyn Iterator<Item = Result<Entry, SourceError>> + 'r> {
    Box::new(chunks(reader, b'\n').enumerate().filter_map(move |(number, line)| {
        let line = match line {
            Ok(line) => line,
            Err(error) => return Some(Err(error)),
        };
        let line = line.trim().trim_start_matches('\u{feff}');
        Some(Ok(match read(line)? {
            Ok(url) => Entry::Url(url),
            Err(why) => Entry::Skipped { line: number + 1, why },
        }))
    }))
}

/// Text up to each `end`, of bounded length.
fn chunks<'r>(
    mut reader: impl BufRead + 'r,
    end: u8,
) -> impl Iterator<Item = Result<String, SourceError>> + 'r {
    let mut number = 0;
    let mut broken = false;
    std::iter::from_fn(move || {
        if broken {
            return None;
        }
        number += 1;
        let mut bytes = Vec::new();
        match reader.by_ref().take(LINE_LIMIT).read_until(end, &mut bytes) {
            Ok(0) => None,
            Ok(_) if bytes.len() as u64 >= LINE_LIMIT => {
                broken = true;
                let what = format!("longer than {LINE_LIMIT} bytes");
                Some(Err(SourceError::Format { line: number, what }))
            }
            Ok(_) => Some(Ok(String::from_utf8_lossy(&bytes).into_owned())),
            Err(error) => {
                broken = true;
                Some(Err(error.into()))
            }
        }
    })
}

fn url(from: &str, to: Option<&str>) -> Result<OldUrl, &'static str> {
    let is_url = |text: &str| {
        text.starts_with('/') || text.starts_with("http://") || text.starts_with("https://")
    };
    if !is_url(from) || to.is_some_and(|to| !is_url(to)) {
        return Err("neither a URL nor a path that begins with `/`");
    }
    Ok(OldUrl::new(from, to.map(str::to_owned)))
}

fn netlify(line: &str) -> Option<Result<OldUrl, &'static str>> {
    let line = line.split(" #").next().unwrap_or_default();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let mut parts = line.split_whitespace();
    let from = parts.next()?;
    // Parameters that must be there stand between the two URLs.
    let to = parts.find(|part| part.starts_with('/') || part.contains("://"));
    let status = parts.next().map_or("301", |status| status.trim_end_matches('!'));
    let placeholder = |text: &str| text.split('/').any(|segment| segment.starts_with(':'));
    Some(match to {
        _ if from.contains('*') || placeholder(from) => Err("a pattern"),
        None => Err("without a target"),
        Some(_) if !status.starts_with('3') => Err("no redirect"),
        Some(to) => url(from, Some(to)),
    })
}

fn nginx(line: &str) -> Option<Result<OldUrl, &'static str>> {
    let line = line.split(" #").next().unwrap_or_default().trim();
    let directive = line.strip_suffix(';').map(str::trim);
    if line.is_empty() || line.starts_with('#') || line.ends_with(['{', '}']) {
        return None;
    }
    let Some(directive) = directive else { return Some(Err("without `;`")) };
    let (from, to) = quoted(directive);
    let to = quoted(to).0;
    Some(match from {
        "default" | "include" | "hostnames" | "volatile" => return None,
        _ if from.starts_with('~') => Err("a pattern"),
        _ if to.contains('$') => Err("a target with a variable"),
        _ => url(from, Some(to)),
    })
}

/// The first word, perhaps in quotes, and the rest.
fn quoted(text: &str) -> (&str, &str) {
    let cut = match text.chars().next() {
        Some(quote @ ('"' | '\'')) => text[1..].split_once(quote),
        _ => text.split_once(char::is_whitespace),
    };
    cut.map_or((text, ""), |(word, rest)| (word, rest.trim_start()))
}

fn csv(line: &str) -> Option<Result<OldUrl, &'static str>> {
    if line.is_empty() {
        return None;
    }
    let unquoted = line.split('"').step_by(2).collect::<String>();
    let separator = ['\t', ';', ','].into_iter().find(|c| unquoted.contains(*c)).unwrap_or(',');
    let mut cells = cells(line, separator).into_iter();
    let (from, to) = (cells.next()?, cells.next().filter(|to| !to.is_empty()));
    Some(url(&from, to.as_deref()))
}

fn cells(line: &str, separator: char) -> Vec<String> {
    let (mut cells, mut in_quotes) = (vec![String::new()], false);
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let last = cells.len() - 1;
        match c {
            '"' if in_quotes && chars.peek() == Some(&'"') => {
                cells[last].push('"');
                chars.next();
            }
            '"' => in_quotes = !in_quotes,
            c if c == separator && !in_quotes => cells.push(String::new()),
            c => cells[last].push(c),
        }
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

fn plain(line: &str) -> Option<Result<OldUrl, &'static str>> {
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let mut words = line.split_whitespace();
    Some(url(words.next()?, words.next()))
}

/// What stands between `<loc>` and `</loc>`; `open` is whether such an element has begun.
fn location(
    open: &mut Option<String>,
    tag: Result<String, SourceError>,
) -> Option<Result<Entry, SourceError>> {
    let tag = match tag {
        Ok(tag) => tag,
        Err(error) => return Some(Err(error)),
    };
    if tag.trim_end().ends_with("<loc>") {
        *open = Some("<loc>".into());
        return None;
    }
    let text = open.as_mut()?;
    text.push_str(&tag);
    if !tag.ends_with("</loc>") {
        if text.len() as u64 > LINE_LIMIT {
            *open = None;
        }
        return None;
    }
    let text = open.take()?;
    let found = crate::sitemap::locations(&text).next()?;
    Some(Ok(match url(&found, None) {
        Ok(url) => Entry::Url(url),
        Err(why) => Entry::Skipped { line: 0, why },
    }))
}

#[derive(Deserialize)]
struct Vercel {
    #[serde(default)]
    redirects: Vec<Redirect>,
}

#[derive(Deserialize)]
struct Redirect {
    source: String,
    destination: String,
    #[serde(default)]
    has: serde_json::Value,
    #[serde(default)]
    missing: serde_json::Value,
}

fn vercel(reader: impl BufRead) -> Result<Vec<Entry>, SourceError> {
    let file: Vercel = serde_json::from_reader(reader.take(FILE_LIMIT)).map_err(|error| {
        SourceError::Format { line: error.line(), what: format!("not a vercel.json: {error}") }
    })?;
    let entries = file.redirects.into_iter().enumerate().map(|(number, redirect)| {
        let conditional = !redirect.has.is_null() || !redirect.missing.is_null();
        let pattern = redirect.source.contains([':', '(', '*']);
        let read = match () {
            () if pattern => Err("a pattern"),
            () if conditional => Err("only under conditions"),
            () => url(&redirect.source, Some(&redirect.destination)),
        };
        read.map_or_else(|why| Entry::Skipped { line: number + 1, why }, Entry::Url)
    });
    Ok(entries.collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(source: Source, text: &str) -> Vec<(String, Option<String>)> {
        let entries = source.read(text.as_bytes()).map(Result::unwrap);
        let urls = entries.filter_map(|entry| match entry {
            Entry::Url(url) => Some((url.from, url.to)),
            Entry::Skipped { .. } => None,
        });
        urls.collect()
    }

    fn pair(from: &str, to: &str) -> (String, Option<String>) {
        (from.into(), Some(to.into()))
    }

    #[test]
    fn each_kind_of_source_is_read() {
        let netlify = "# old\n/a /b\n/c https://x.test/ 302!\n/d id=:id /e 301\n/s/* /t/:splat\n/u/:id /v\n/w /x 200\n";
        let expected = [pair("/a", "/b"), pair("/c", "https://x.test/"), pair("/d", "/e")];
        assert_eq!(read(Source::Netlify, netlify), expected);

        let nginx = "map $request_uri $new {\n default \"\";\n /a /b; # note\n \"/c d\" '/e';\n ~^/f /g;\n /h $uri;\n}\n";
        assert_eq!(read(Source::NginxMap, nginx), [pair("/a", "/b"), pair("/c d", "/e")]);

        let csv = "\u{feff}old,new\r\n/a,/b\r\n\"/c,d\",\"/e\"\"f\"\r\n/g;/h\n/i\t/j\n/k\n";
        let expected = [
            pair("/a", "/b"),
            pair("/c,d", "/e\"f"),
            pair("/g", "/h"),
            pair("/i", "/j"),
            ("/k".into(), None),
        ];
        assert_eq!(read(Source::Csv, csv), expected);

        let vercel = r#"{"cleanUrls": true, "redirects": [
            {"source": "/a", "destination": "/b", "permanent": true},
            {"source": "/c/:id", "destination": "/d"},
            {"source": "/e", "destination": "/f", "has": [{"type": "host", "value": "x"}]}]}"#;
        assert_eq!(read(Source::Vercel, vercel), [pair("/a", "/b")]);

        let sitemap = "<?xml version='1.0'?><urlset><url><loc>https://x.test/a?b&amp;c</loc></url>
            <url><loc><![CDATA[https://x.test/d>e]]></loc></url></urlset>";
        let expected = [("https://x.test/a?b&c".into(), None), ("https://x.test/d>e".into(), None)];
        assert_eq!(read(Source::Sitemap, sitemap), expected);

        assert_eq!(
            read(Source::Lines, "# x\n\n/a /b\n/c\nd\n"),
            [pair("/a", "/b"), ("/c".into(), None)]
        );
    }

    #[test]
    fn names_tell_the_kind() {
        for (name, source) in [
            ("public/_redirects", Source::Netlify),
            ("vercel.json", Source::Vercel),
            ("moved.CSV", Source::Csv),
            ("sitemap.xml", Source::Sitemap),
            ("redirects.map", Source::NginxMap),
            ("urls.txt", Source::Lines),
        ] {
            assert_eq!(Source::of_name(name), source, "{name}");
        }
    }

    #[test]
    fn lines_without_end_are_refused() {
        let endless = io::repeat(b'/').take(1 << 30);
        let mut entries = Source::Lines.read(io::BufReader::new(endless));
        assert!(matches!(entries.next(), Some(Err(SourceError::Format { line: 1, .. }))));
        assert!(entries.next().is_none());
        assert!(Source::Vercel.read(b"[".as_slice()).next().unwrap().is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "([/a-c:*;,\"' \n<>{}$~#]|<loc>|</loc>|http://){0,40}") {
            for source in [Source::Netlify, Source::Vercel, Source::NginxMap, Source::Csv, Source::Sitemap, Source::Lines] {
                let _ = source.read(text.as_bytes()).count();
            }
        }
    }
}
