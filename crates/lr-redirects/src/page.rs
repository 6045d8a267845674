use lr_core::Text;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::client::{ClientMeans, ClientRedirect, assigned_location, refresh};
use crate::html::{Piece, Tag, pieces};
use crate::location::strip;

/// What a page says of itself and of others, as far as that concerns where URLs lead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Page {
    /// Its title.
    pub title: Option<Text>,
    /// URLs that it calls canonical (RFC 6596), resolved; more than one is a contradiction.
    pub canonical: Vec<String>,
    /// Its URL for social networks (`og:url`), resolved.
    pub og_url: Option<String>,
    /// Its versions in other languages (`hreflang`).
    pub alternates: Vec<Alternate>,
    /// A redirect that the page makes itself.
    pub client_redirect: Option<ClientRedirect>,
    /// Pages of the same origin that it links to, in order.
    pub links: Vec<String>,
    /// Words that a reader sees.
    pub words: usize,
    /// A digest of these words that differs little between pages that differ little.
    pub shape: u64,
}

/// A page's version in another language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Alternate {
    /// Language and perhaps region (BCP 47), or `x-default`.
    pub language: Text,
    /// The URL, resolved.
    pub url: String,
}

/// How many of each are kept.
const LINKS: usize = 64;
const CANONICALS: usize = 4;
const ALTERNATES: usize = 64;
/// Words up to which a page may be nothing but a redirect.
const FEW_WORDS: usize = 30;
/// Bytes of scripts that are looked at.
const SCRIPT_LIMIT: usize = 32 << 10;

impl Page {
    /// Reads an HTML page that came from `url`.
    #[must_use]
    pub(crate) fn read(url: &Url, html: &[u8]) -> Self {
        let mut reading = Reading::new(url);
        for piece in pieces(html) {
            match piece {
                Piece::Open(tag) => reading.open(&tag),
                Piece::Close(name) => reading.close(&name),
                Piece::Text(text) => reading.text(&text),
            }
        }
        reading.page()
    }

    /// Whether its title says that what was asked for is not there.
    #[must_use]
    pub(crate) fn says_not_found(&self) -> bool {
        let Some(title) = &self.title else { return false };
        let title = title.as_str().to_lowercase();
        LOST.iter().any(|words| title.contains(words))
    }

    /// Whether a reader would take both for the same page.
    #[must_use]
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let differing = (self.shape ^ other.shape).count_ones();
        self.title == other.title && differing <= 6
    }
}

/// What pages are called that stand for what is not there.
const LOST: [&str; 6] =
    ["404", "not found", "nicht gefunden", "introuvable", "no encontrada", "does not exist"];

struct Reading {
    url: Url,
    base: Url,
    page: Page,
    in_body: bool,
    /// Elements whose text readers do not see, innermost last.
    hidden: Vec<String>,
    script: String,
    is_code: bool,
    has_external_script: bool,
    title: Option<String>,
    votes: [i32; 64],
    previous: u64,
}

impl Reading {
    fn new(url: &Url) -> Self {
        Self {
            url: url.clone(),
            base: url.clone(),
            page: Page::default(),
            in_body: false,
            hidden: Vec::new(),
            script: String::new(),
            is_code: false,
            has_external_script: false,
            title: None,
            votes: [0; 64],
            previous: 0,
        }
    }

    fn open(&mut self, tag: &Tag) {
        let inert = self.hidden.iter().any(|name| name == "template" || name == "noscript");
        match tag.name.as_str() {
            "script" if tag.get("src").is_some() => self.has_external_script = true,
            "script" => self.is_code = is_code(tag.get("type").unwrap_or_default()),
            "base" => {
                let href = tag.get("href").and_then(|href| self.url.join(href).ok());
                self.base = href.unwrap_or_else(|| self.base.clone());
            }
            "body" => {
                self.in_body = true;
                self.code(tag.get("onload").unwrap_or_default());
            }
            "link" if !inert && !self.in_body => self.link(tag),
            "meta" if !inert => self.meta(tag),
            "a" if !inert => self.anchor(tag),
            _ => {}
        }
        if matches!(tag.name.as_str(), "script" | "style" | "template" | "noscript" | "title")
            && self.hidden.len() < 32
        {
            self.hidden.push(tag.name.clone());
        }
    }

    fn close(&mut self, name: &str) {
        if let Some(at) = self.hidden.iter().rposition(|open| open == name) {
            self.hidden.truncate(at);
        }
    }

    fn text(&mut self, text: &str) {
        match self.hidden.last().map(String::as_str) {
            Some("script") if self.is_code => self.code(text),
            Some("title") if self.hidden.len() == 1 => {
                self.title
                    .get_or_insert_with(|| text.split_whitespace().collect::<Vec<_>>().join(" "));
            }
            Some(_) => {}
            None => text.split_whitespace().for_each(|word| self.word(word)),
        }
    }

    fn code(&mut self, text: &str) {
        if self.script.len() + text.len() <= SCRIPT_LIMIT {
            self.script += text;
            self.script.push('\n');
        }
    }

    /// Counts a word and, with the one before, lets it vote on each bit of the shape.
    fn word(&mut self, word: &str) {
        self.page.words += 1;
        let hash = fnv(word.to_lowercase().as_bytes());
        let pair = (hash ^ self.previous.rotate_left(1)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.previous = hash;
        for (bit, vote) in self.votes.iter_mut().enumerate() {
            *vote += if pair >> bit & 1 == 1 { 1 } else { -1 };
        }
    }

    fn link(&mut self, tag: &Tag) {
        let Some(url) = tag.get("href").and_then(|href| self.resolve(href)) else { return };
        if tag.has_word("rel", "canonical") && self.page.canonical.len() < CANONICALS {
            self.page.canonical.push(url);
        } else if tag.has_word("rel", "alternate")
            && let Some(language) = tag.get("hreflang")
            && self.page.alternates.len() < ALTERNATES
        {
            self.page.alternates.push(Alternate { language: language.trim().into(), url });
        }
    }

    fn meta(&mut self, tag: &Tag) {
        let content = tag.get("content").unwrap_or_default();
        if tag.get("property").is_some_and(|name| name.eq_ignore_ascii_case("og:url")) {
            self.page.og_url = self.page.og_url.take().or_else(|| self.resolve(content));
        }
        if tag.get("http-equiv").is_some_and(|name| name.trim().eq_ignore_ascii_case("refresh")) {
            self.refresh(ClientMeans::MetaRefresh, content);
        }
    }

    fn refresh(&mut self, by: ClientMeans, content: &str) {
        let Some((delay, to)) = refresh(content) else { return };
        let to = self.resolve(&to);
        // A page that loads itself again leads nowhere.
        if to.as_deref() != Some(self.url.as_str()) {
            self.page.client_redirect.get_or_insert(ClientRedirect { by, to, delay });
        }
    }

    fn anchor(&mut self, tag: &Tag) {
        let Some(href) = tag.get("href") else { return };
        let Some(Ok(mut url)) = (!href.starts_with('#')).then(|| self.base.join(href)) else {
            return;
        };
        strip(&mut url);
        let known = self.page.links.iter().any(|link| link == url.as_str());
        if url.origin() == self.url.origin() && !known && self.page.links.len() < LINKS {
            self.page.links.push(url.into());
        }
    }

    fn resolve(&self, href: &str) -> Option<String> {
        let mut url = self.base.join(href.trim()).ok()?;
        strip(&mut url);
        Some(url.into())
    }

    fn page(mut self) -> Page {
        self.page.title = self.title.take().filter(|title| !title.is_empty()).map(Text::from);
        let bits = self.votes.iter().enumerate();
        self.page.shape = bits.map(|(bit, vote)| u64::from(*vote > 0) << bit).sum();
        if self.page.client_redirect.is_none()
            && let Some(target) = assigned_location(&self.script)
        {
            // An application may lead elsewhere on some event; a page without anything to read and
            // without a program does so at once. From plain HTTP to HTTPS there is no other reason.
            let bare = self.page.words <= FEW_WORDS && !self.has_external_script;
            let upgrade = self.url.scheme() == "http" && target.starts_with("https:");
            if bare || upgrade {
                let to =
                    self.resolve(&target).filter(|_| !target.is_empty() && !target.ends_with("//"));
                let to = to.filter(|_| target != "https:");
                let by = ClientMeans::Script;
                self.page.client_redirect = Some(ClientRedirect { by, to, delay: 0 });
            }
        }
        self.page
    }
}

/// Whether a script of this type is run (WHATWG HTML, section 4.12.1), and not only kept as data.
fn is_code(kind: &str) -> bool {
    let kind = kind.trim().to_ascii_lowercase();
    matches!(kind.as_str(), "" | "module")
        || kind.ends_with("javascript")
        || kind.ends_with("ecmascript")
}

fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(html: &str) -> Page {
        Page::read(&Url::parse("http://shop.test/a/").unwrap(), html.as_bytes())
    }

    #[test]
    fn what_a_page_says_of_itself_is_read() {
        let page = read(
            "<!doctype html><title>Our\n shop</title><base href='https://shop.test/b/'>
             <link REL='Canonical' href='c?x&amp;y#z'><link rel=alternate hreflang=de href=/de/>
             <!-- <link rel=canonical href=/no> --><template><link rel=canonical href=/no></template>
             <meta property=og:url content=/og><body><link rel=canonical href=/late>
             <a href=/one>1</a><a href='#top'>top</a><a href=http://shop.test/two>2</a>
             <script>var a = '<a href=http://shop.test/no>';</script>",
        );
        assert_eq!(page.title, Some("Our shop".into()));
        assert_eq!(page.canonical, ["https://shop.test/b/c?x&y"]);
        assert_eq!(page.og_url.as_deref(), Some("https://shop.test/og"));
        assert_eq!(page.alternates[0].url, "https://shop.test/de/");
        assert_eq!(page.links, ["http://shop.test/two"]);
        assert_eq!((page.words, page.client_redirect), (3, None));
    }

    #[test]
    fn redirects_that_pages_make_are_seen() {
        let to = |html: &str| read(html).client_redirect.map(|r| (r.by, r.to));
        let meta = |to: &str| Some((ClientMeans::MetaRefresh, Some(to.to_owned())));
        let refresh = "<meta http-equiv=Refresh content='0; url=https://shop.test/'>";
        assert_eq!(to(refresh), meta("https://shop.test/"));
        assert_eq!(to("<noscript><meta http-equiv=refresh content='0;url=/x'></noscript>"), None);
        assert_eq!(to("<meta http-equiv=refresh content='60;url=/a/'>"), None);
        let script = "<script>location.replace('https://shop.test/x')</script>";
        let expected = Some((ClientMeans::Script, Some("https://shop.test/x".into())));
        assert_eq!(to(script), expected);
        // An application is not a redirect, however little there is to read.
        assert_eq!(to("<script src=/app.js></script><script>location = '/login'</script>"), None);
        let upgrade = format!("<script>location.protocol='https:'</script>{}", "word ".repeat(99));
        assert_eq!(to(&upgrade), Some((ClientMeans::Script, None)));
    }

    #[test]
    fn pages_that_differ_little_are_alike() {
        let text =
            "the quick brown fox jumps over the lazy dog and runs into the deep wood ".repeat(9);
        let page = |title: &str, text: &str| read(&format!("<title>{title}</title>{text}"));
        let one = page("fox", &text);
        assert!(one.is_like(&page("fox", &format!("{text} today"))));
        assert!(!one.is_like(&page("dog", &text)));
        assert!(!one.is_like(&page("fox", "nothing was found here, try to search for it")));
    }
}
