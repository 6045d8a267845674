use serde::{Deserialize, Serialize};

/// URLs that a site names to search engines, in `sitemap.xml` or, for other sitemaps, `robots.txt`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Sitemap {
    /// Whether the URLs are those of further sitemaps.
    pub is_index: bool,
    /// The URLs in order, as they are written; at most some hundred are kept.
    pub urls: Vec<String>,
    /// How many there are.
    pub count: usize,
}

/// URLs that are kept in a snapshot.
const KEPT: usize = 500;

impl Sitemap {
    /// Reads a sitemap (sitemaps.org, protocol 0.9) or an index of sitemaps.
    pub(crate) fn read(xml: &str) -> Option<Self> {
        let is_index = xml.contains("<sitemapindex");
        if !is_index && !xml.contains("<urlset") {
            return None;
        }
        Some(Self::of(is_index, locations(xml)))
    }

    /// Reads the lines `Sitemap:` of a `robots.txt` (RFC 9309, section 2.2.4).
    pub(crate) fn of_robots(text: &str) -> Option<Self> {
        let urls = text.lines().filter_map(|line| {
            let (name, url) = line.split_once(':')?;
            name.trim().eq_ignore_ascii_case("sitemap").then(|| url.trim().to_owned())
        });
        Some(Self::of(true, urls)).filter(|sitemap| sitemap.count > 0)
    }

    fn of(is_index: bool, all: impl Iterator<Item = String>) -> Self {
        let mut sitemap = Self { is_index, ..Self::default() };
        for url in all {
            sitemap.count += 1;
            if sitemap.urls.len() < KEPT {
                sitemap.urls.push(url);
            }
        }
        sitemap
    }
}

/// What stands in the `<loc>` elements of a sitemap.
pub(crate) fn locations(xml: &str) -> impl Iterator<Item = String> {
    let mut rest = xml;
    std::iter::from_fn(move || {
        rest = &rest[rest.find("<loc>")? + "<loc>".len()..];
        let (text, after) = rest.split_once("</loc>")?;
        rest = after;
        let text = text.trim();
        let verbatim = text.strip_prefix("<![CDATA[").and_then(|text| text.strip_suffix("]]>"));
        Some(verbatim.map_or_else(|| unescape(text), |text| text.trim().to_owned()))
    })
}

/// The five entities of XML; others do not occur in URLs.
fn unescape(text: &str) -> String {
    match text.contains('&') {
        true => text
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&apos;", "'")
            .replace("&amp;", "&"),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sitemaps_and_their_indexes_are_read() {
        let sitemap = Sitemap::read(
            "<?xml version=\"1.0\"?><urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">
             <url><loc> https://shop.test/a?x=1&amp;y=2 </loc></url>
             <url><loc><![CDATA[https://shop.test/b?x=1&y=2]]></loc></url><url><loc>cut",
        )
        .unwrap();
        assert_eq!(sitemap.urls, ["https://shop.test/a?x=1&y=2", "https://shop.test/b?x=1&y=2"]);
        assert!(!sitemap.is_index);
        let index =
            "<sitemapindex><sitemap><loc>https://shop.test/1.xml</loc></sitemap></sitemapindex>";
        assert!(Sitemap::read(index).unwrap().is_index);
        assert_eq!(Sitemap::read("<html><loc>https://shop.test/</loc></html>"), None);
        let robots = "User-agent: *\nsitemap : https://shop.test/s.xml\n";
        assert_eq!(Sitemap::of_robots(robots).unwrap().urls, ["https://shop.test/s.xml"]);
        assert_eq!(Sitemap::of_robots("User-agent: *"), None);
    }
}
