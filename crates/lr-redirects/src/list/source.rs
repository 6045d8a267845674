mod chunks;
mod lines;
mod sitemap;
mod vercel;

use std::io::{self, BufRead};

use self::lines::{Line, csv, netlify, nginx, plain};

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
        /// Its line, from 1.
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
            Self::Vercel => match vercel::read(reader) {
                Ok(entries) => Box::new(entries.into_iter().map(Ok)),
                Err(error) => Box::new(std::iter::once(Err(error))),
            },
            Self::Sitemap => Box::new(sitemap::read(reader)),
            Self::Netlify => by_line(reader, netlify),
            Self::NginxMap => by_line(reader, nginx),
            Self::Csv => by_line(reader, csv),
            Self::Lines => by_line(reader, plain),
        }
    }
}

fn by_line<'r>(
    reader: impl BufRead + 'r,
    read: Line,
) -> Box<dyn Iterator<Item = Result<Entry, SourceError>> + 'r> {
    Box::new(chunks::of(reader, b'\n').filter_map(move |chunk| {
        let (line, text) = match chunk {
            Ok(chunk) => chunk,
            Err(error) => return Some(Err(error)),
        };
        let text = text.trim().trim_start_matches('\u{feff}');
        Some(Ok(Entry::of(line, read(text)?)))
    }))
}

impl Entry {
    fn of(line: usize, read: Result<OldUrl, &'static str>) -> Self {
        read.map_or_else(|why| Self::Skipped { line, why }, Self::Url)
    }
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

#[cfg(test)]
mod tests {
    use std::io::Read as _;

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
            <url><loc><![CDATA[https://x.test/d>e]]></loc><image:loc>/i</image:loc></url></urlset>";
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

    /// What cannot be asked for is told with its place and why.
    #[test]
    fn what_is_skipped_is_told_with_its_line() {
        let skipped = |source: Source, text: &str| -> Vec<(usize, &'static str)> {
            let entries = source.read(text.as_bytes()).map(Result::unwrap);
            entries
                .filter_map(|entry| match entry {
                    Entry::Skipped { line, why } => Some((line, why)),
                    Entry::Url(_) => None,
                })
                .collect()
        };
        let no_url = "neither a URL nor a path that begins with `/`";
        for (source, text, expected) in [
            (
                Source::Netlify,
                "# old\n\n/a /b\n/s/* /t\n/u\n/v /w 404\n/x y\n",
                vec![
                    (4, "a pattern"),
                    (5, "without a target"),
                    (6, "no redirect"),
                    (7, "without a target"),
                ],
            ),
            (
                Source::NginxMap,
                "map $uri $new {\n~^/a /b;\n/c $d;\n/e /f\nh /i;\n}",
                vec![
                    (2, "a pattern"),
                    (3, "a target with a variable"),
                    (4, "without `;`"),
                    (5, no_url),
                ],
            ),
            (Source::Csv, "old,new\n/a,/b\n/c,d\n", vec![(1, no_url), (3, no_url)]),
            (Source::Lines, "/a\n\nb /c\n", vec![(3, no_url)]),
            (
                Source::Sitemap,
                "<urlset>\n<url>\n<loc>/a</loc></url>\n<url><loc>ftp://x/\n</loc></url></urlset>",
                vec![(4, no_url)],
            ),
            (
                Source::Sitemap,
                "<sitemapindex>\n<sitemap><loc>https://x.test/1.xml</loc></sitemap></sitemapindex>",
                vec![(2, "the URL of another sitemap")],
            ),
            (
                Source::Vercel,
                "{\"redirects\": [\n{\"source\": \"/a\", \"destination\": \"/b\"},\n{\"source\": \"/c/(.*)\",\n \"destination\": \"/d\"},\n{\"source\": \"/a\", \"destination\": \"e\"}]}",
                vec![(3, "a pattern"), (5, no_url)],
            ),
        ] {
            assert_eq!(skipped(source, text), expected, "{source:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        let long = format!("/a /b\n/{}\n", "x".repeat(70_000));
        let sitemap = format!("<urlset>\n\n<url><loc>/{}", "x".repeat(70_000));
        for (source, text, expected) in [
            (Source::Lines, long.as_str(), "line 2: longer than 65536 bytes"),
            (Source::Csv, long.as_str(), "line 2: longer than 65536 bytes"),
            (Source::Sitemap, sitemap.as_str(), "line 3: longer than 65536 bytes"),
            (Source::Vercel, "{\"redirects\": [\n{\"source\": 1}]}", "line 2: not a vercel.json"),
            (Source::Vercel, "{\n\"redirects\"\n", "line 3: not a vercel.json"),
        ] {
            let mut entries = source.read(text.as_bytes());
            let error = entries.find_map(Result::err).map(|error| error.to_string());
            let error = error.unwrap_or_else(|| panic!("{source:?} is read"));
            assert!(error.starts_with(expected), "{error}");
            assert!(entries.next().is_none());
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
