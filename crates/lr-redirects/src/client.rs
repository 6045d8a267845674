//! Redirects that a page makes and not its server: `<meta http-equiv=refresh>`, the header
//! `Refresh`, and scripts that do nothing else.

use serde::{Deserialize, Serialize};

use crate::script::runs_at_load;

/// A redirect that only browsers follow, after they have read the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ClientRedirect {
    /// How it is made.
    pub by: ClientMeans,
    /// Where it leads, as far as that can be told without running the page.
    pub to: Option<String>,
    /// Seconds until it happens.
    pub delay: u64,
}

/// How a page leads elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ClientMeans {
    /// `<meta http-equiv="refresh">` (WHATWG HTML, section 4.2.5.3).
    MetaRefresh,
    /// The header `Refresh`, which browsers treat alike.
    RefreshHeader,
    /// A script that assigns to `location`.
    Script,
}

/// Delay and target of `5; url=/there`, by the shared declarative refresh steps of WHATWG HTML.
/// Without a target the page only loads itself again.
pub(crate) fn refresh(content: &str) -> Option<(u64, String)> {
    let content = content.trim_start();
    let digits = content.find(|c: char| !c.is_ascii_digit()).unwrap_or(content.len());
    let (delay, rest) = content.split_at(digits);
    if delay.is_empty() && !rest.starts_with('.') {
        return None;
    }
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let after = rest.trim_start();
    if after.len() == rest.len() && !after.starts_with([';', ',']) {
        return None;
    }
    let after = after.strip_prefix([';', ',']).unwrap_or(after).trim_start();
    let named = after
        .get(..3)
        .filter(|word| word.eq_ignore_ascii_case("url"))
        .and_then(|_| after[3..].trim_start().strip_prefix('='))
        .map(str::trim_start);
    let url = named.unwrap_or(after);
    let url = match url.chars().next() {
        Some(quote @ ('"' | '\'')) => url[1..].split(quote).next().unwrap_or_default(),
        _ => url,
    };
    (!url.is_empty()).then(|| (delay.parse().unwrap_or(u64::MAX), url.trim_end().to_owned()))
}

/// The string that a script assigns to `location` as it is loaded, empty if it is put together at
/// run time.
pub(crate) fn assigned_location(script: &str) -> Option<String> {
    let runs = runs_at_load(script);
    script.match_indices("location").filter(|(at, _)| runs[*at]).find_map(|(at, word)| {
        let before = script[..at].chars().next_back();
        // `geolocation`, `my_location` and `"location"` are other things.
        if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '"' | '\'' | '-'))
        {
            return None;
        }
        let rest = &script[at + word.len()..];
        let called = [".replace", ".assign"]
            .iter()
            .find_map(|call| rest.strip_prefix(call)?.trim_start().strip_prefix('('));
        let set = || {
            let rest = [".href", ".protocol"]
                .iter()
                .find_map(|part| rest.strip_prefix(part))
                .unwrap_or(rest);
            let value = rest.trim_start().strip_prefix('=')?;
            (!value.starts_with('=')).then_some(value)
        };
        called.or_else(set).map(first_string)
    })
}

/// The first string literal of an expression that begins here.
fn first_string(expression: &str) -> String {
    let end = expression.find([';', '\n']).unwrap_or(expression.len());
    let expression = &expression[..end];
    let Some(open) = expression.find(['"', '\'', '`']) else { return String::new() };
    let quote = expression[open..].chars().next().unwrap_or('"');
    expression[open + 1..].split(quote).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn refreshes_are_read_as_browsers_do() {
        for (content, expected) in [
            ("0; url=/there", Some((0, "/there"))),
            ("5;URL='https://a.test/'", Some((5, "https://a.test/"))),
            ("0, https://a.test/", Some((0, "https://a.test/"))),
            ("0 url = \"/x\" ", Some((0, "/x"))),
            (".5;url=/x", Some((u64::MAX, "/x"))),
            ("30", None),
            ("30;", None),
            ("x; url=/there", None),
        ] {
            let expected = expected.map(|(delay, url)| (delay, url.to_owned()));
            assert_eq!(refresh(content), expected, "{content}");
        }
    }

    #[test]
    fn scripts_that_lead_elsewhere_are_told_from_those_that_do_not() {
        for (script, expected) in [
            ("location.href = 'https://a.test/';", Some("https://a.test/")),
            ("window.location='/x'", Some("/x")),
            ("if (location.protocol !== 'https:') location.protocol = 'https:'", Some("https:")),
            ("location.replace(\"https://\" + location.host)", Some("https://")),
            ("top.location.assign(`/y`)", Some("/y")),
            ("location = url", Some("")),
            ("navigator.geolocation = 'x'", None),
            ("if (location.href == 'x') {}", None),
            ("fetch(location.pathname)", None),
            ("var x = {'location': 'y'}", None),
            ("function out() { location = '/out' }", None),
            ("function out() { location = '/out' } out()", Some("/out")),
            ("onload = () => location.replace('/x')", Some("/x")),
        ] {
            assert_eq!(assigned_location(script).as_deref(), expected, "{script}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "([0-9;,= .é'\"]|url|location|\\.href|\\.replace\\(){0,12}") {
            let _ = (refresh(&text), assigned_location(&text));
        }
    }
}
