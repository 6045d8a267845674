//! The URL that a page itself calls canonical (RFC 6596): in a `Link` header or in its HTML.

pub(super) fn canonical_link(exchange: &lr_net::Exchange) -> Option<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let in_header = exchange.header("link").find_map(|value| in_link_header(&text(value)));
    let is_html = exchange
        .header("content-type")
        .next()
        .is_some_and(|kind| text(kind).to_ascii_lowercase().contains("html"));
    let in_page = || is_html.then(|| in_html(&text(&exchange.body))).flatten();
    let href = in_header.or_else(in_page)?;
    let mut url = exchange.url.join(&href).ok()?;
    crate::location::strip(&mut url);
    Some(url.into())
}

/// `<URL>; rel="canonical"`, one of several (RFC 8288, section 3).
fn in_link_header(value: &str) -> Option<String> {
    value.split('<').skip(1).find_map(|link| {
        let (url, parameters) = link.split_once('>')?;
        let mut parameters = parameters.split([';', ',']).filter_map(|part| part.split_once('='));
        let is_canonical = parameters.any(|(name, value)| {
            name.trim().eq_ignore_ascii_case("rel")
                && names_canonical(value.trim().trim_matches('"'))
        });
        is_canonical.then(|| url.to_owned())
    })
}

/// The first `<link rel=canonical href=…>` outside of comments. A tokenizer would know scripts and
/// templates too; a page that hides such a tag there deceives nobody but itself.
fn in_html(html: &str) -> Option<String> {
    let mut rest = html;
    loop {
        rest = &rest[rest.find('<')?..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = &comment[comment.find("-->")?..];
            continue;
        }
        let is_link = rest.get(1..5).is_some_and(|name| name.eq_ignore_ascii_case("link"));
        rest = &rest[1..];
        if !is_link {
            continue;
        }
        let attributes = attributes(&rest[4..]);
        let value = |name: &str| {
            let found = attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.replace("&amp;", "&"))
        };
        if value("rel").is_some_and(|rel| names_canonical(&rel)) {
            return value("href");
        }
    }
}

fn names_canonical(rel: &str) -> bool {
    rel.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("canonical"))
}

/// Longest tag that is read: a page of nothing but open tags must not cost its square.
const TAG_LIMIT: usize = 4 << 10;

/// Names and values up to the end of a tag.
fn attributes(tag: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = &tag[..tag.floor_char_boundary(TAG_LIMIT)];
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/' || c == '=');
        let is_end = |c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/');
        let (name, after) = rest.split_at(rest.find(is_end).unwrap_or(rest.len()));
        if name.is_empty() {
            return found;
        }
        let Some(value) = after.trim_start().strip_prefix('=').map(str::trim_start) else {
            found.push((name, ""));
            rest = after;
            continue;
        };
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, after) = match quote {
            Some(quote) => match value[1..].split_once(quote) {
                Some(cut) => cut,
                None => (&value[1..], ""),
            },
            None => {
                let is_end = |c: char| c.is_ascii_whitespace() || c == '>';
                value.split_at(value.find(is_end).unwrap_or(value.len()))
            }
        };
        found.push((name, value));
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn canonical_links_are_found() {
        for (html, href) in [
            ("<link rel=canonical href=https://a.test/>", Some("https://a.test/")),
            ("<LINK HREF='/x?a&amp;b' rel='alternate Canonical' />", Some("/x?a&b")),
            ("<link rel=\"icon\" href=\"/i\"><link rel=\"canonical\"\n href = \"/c\">", Some("/c")),
            ("<!-- <link rel=canonical href=/no> -->", None),
            ("<link rel=canonical>", None),
            ("<link", None),
            ("<link rel=canonical href=\"/open", Some("/open")),
        ] {
            assert_eq!(in_html(html).as_deref(), href, "{html}");
        }
        let header = "</i>; rel=icon, <https://a.test/x,y>; rel=\"canonical\"";
        assert_eq!(in_link_header(header).as_deref(), Some("https://a.test/x,y"));
    }

    proptest! {
        #[test]
        fn any_page_is_read(html in "(<link |rel=|canonical|href=|[\"'<>/= é-]|<!--|-->){0,30}") {
            let _ = (in_html(&html), in_link_header(&html));
        }
    }
}
