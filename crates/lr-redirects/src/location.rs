use serde::{Deserialize, Serialize};
use url::Url;

/// Where an answer leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Redirect {
    /// `Location` as it was sent, byte for character; credentials taken out.
    pub location: Option<String>,
    /// Where it leads (WHATWG URL standard), without fragment and credentials.
    pub to: Option<String>,
    /// Why it leads nowhere.
    pub problem: Option<LocationProblem>,
    /// Whether it was sent with credentials, which are given away to everybody then.
    #[serde(default)]
    pub has_credentials: bool,
}

/// Why a `Location` leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LocationProblem {
    /// There is none.
    Missing,
    /// There are several, and they differ.
    Conflicting,
    /// It is longer than 8 KiB.
    TooLong,
    /// It is no URL.
    Invalid,
    /// It is a URL, but not one of http or https.
    Scheme,
}

const LOCATION_LIMIT: usize = 8 << 10;

impl Redirect {
    /// Reads the values of `Location` that came from `base`.
    #[must_use]
    pub(crate) fn read(base: &Url, values: &[&[u8]]) -> Self {
        let nowhere = |location: Option<String>, problem| Self {
            location,
            to: None,
            problem: Some(problem),
            has_credentials: false,
        };
        let Some(&value) = values.first() else { return nowhere(None, LocationProblem::Missing) };
        let bounded = &value[..value.len().min(LOCATION_LIMIT)];
        let mut location = isomorphic(bounded);
        if value.len() > LOCATION_LIMIT {
            location.truncate(location.floor_char_boundary(256));
            return nowhere(Some(location), LocationProblem::TooLong);
        }
        // Browsers read the bytes as UTF-8 where they are.
        let text = String::from_utf8_lossy(value);
        let Ok(mut to) = base.join(&text) else {
            return nowhere(Some(location), LocationProblem::Invalid);
        };
        let has_credentials = strip(&mut to);
        if has_credentials {
            location = to.as_str().into();
        }
        if values.iter().any(|other| *other != value) {
            return nowhere(Some(location), LocationProblem::Conflicting);
        }
        match to.scheme() {
            "http" | "https" => Self {
                location: Some(location),
                to: Some(to.into()),
                problem: None,
                has_credentials,
            },
            _ => nowhere(Some(location), LocationProblem::Scheme),
        }
    }
}

/// Removes what is not sent to a server; whether there were credentials.
pub(crate) fn strip(url: &mut Url) -> bool {
    url.set_fragment(None);
    let secret = !url.username().is_empty() || url.password().is_some();
    // These fail only for URLs that cannot have credentials in the first place.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    secret
}

/// Each byte as the character of that number: reversible, whatever the bytes are.
pub(crate) fn isomorphic(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(location: &[u8]) -> Redirect {
        Redirect::read(&Url::parse("https://shop.test/a/b?c").unwrap(), &[location])
    }

    #[test]
    fn locations_resolve_as_in_browsers() {
        for (location, to) in [
            ("/x", "https://shop.test/x"),
            ("x", "https://shop.test/a/x"),
            ("//other.test/x", "https://other.test/x"),
            ("http:///shop.test/x#part", "http://shop.test/x"),
            ("?d", "https://shop.test/a/b?d"),
            ("http://0x7f000001/", "http://127.0.0.1/"),
            ("https://b\u{fc}cher.test/", "https://xn--bcher-kva.test/"),
            ("", "https://shop.test/a/b?c"),
        ] {
            assert_eq!(read(location.as_bytes()).to.as_deref(), Some(to), "{location}");
        }
    }

    #[test]
    fn locations_that_lead_nowhere_say_why() {
        assert_eq!(read(b"https://").problem, Some(LocationProblem::Invalid));
        assert_eq!(read(b"javascript:alert(1)").problem, Some(LocationProblem::Scheme));
        assert_eq!(read(&[b'/'; 9000]).problem, Some(LocationProblem::TooLong));
        let base = Url::parse("https://shop.test/").unwrap();
        assert_eq!(Redirect::read(&base, &[]).problem, Some(LocationProblem::Missing));
        let two = Redirect::read(&base, &[b"/a", b"/b"]);
        assert_eq!(two.problem, Some(LocationProblem::Conflicting));
        assert_eq!(Redirect::read(&base, &[b"/a", b"/a"]).problem, None);
    }

    #[test]
    fn credentials_are_not_kept() {
        let seen = read(b"https://user:hunter2@shop.test/x");
        assert_eq!(seen.location.as_deref(), Some("https://shop.test/x"));
        assert_eq!(seen.to.as_deref(), Some("https://shop.test/x"));
    }
}
