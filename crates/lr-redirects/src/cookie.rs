//! `Set-Cookie` as browsers read it (RFC 6265, section 5.2).

mod date;
mod jar;

use lr_core::{Text, Timestamp};
use serde::{Deserialize, Serialize};

pub(crate) use self::jar::Jar;

/// A cookie, without its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Cookie {
    /// Its name.
    pub name: Text,
    /// Whether it is only sent over HTTPS.
    pub secure: bool,
    /// Whether scripts cannot read it.
    pub http_only: bool,
    /// `SameSite`, as it was sent.
    pub same_site: Option<Text>,
    /// Whether it is there to be deleted: its time is over already.
    #[serde(default)]
    pub expired: bool,
}

impl Cookie {
    /// Reads a header `Set-Cookie`; its value is forgotten.
    pub(crate) fn read(header: &str, now: Timestamp) -> Option<Self> {
        let read = SetCookie::read(header)?;
        Some(Self {
            name: read.name.into(),
            secure: read.secure,
            http_only: read.http_only,
            same_site: read.same_site.map(Text::from),
            expired: read.is_over(now),
        })
    }
}

/// What a header `Set-Cookie` says.
struct SetCookie<'h> {
    name: &'h str,
    value: &'h str,
    domain: Option<&'h str>,
    path: Option<&'h str>,
    secure: bool,
    http_only: bool,
    same_site: Option<&'h str>,
    /// Seconds from now on; of more weight than `expires`.
    max_age: Option<i64>,
    /// Seconds since 1970.
    expires: Option<i64>,
}

impl<'h> SetCookie<'h> {
    fn read(header: &'h str) -> Option<Self> {
        let mut parts = header.split(';');
        let (name, value) = parts.next()?.split_once('=')?;
        let (name, value) = (trim(name), trim(value));
        if name.is_empty() {
            return None;
        }
        let mut read = Self {
            name,
            value,
            domain: None,
            path: None,
            secure: false,
            http_only: false,
            same_site: None,
            max_age: None,
            expires: None,
        };
        for part in parts {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            read.attribute(trim(key), trim(value));
        }
        Some(read)
    }

    /// The last of a kind counts.
    fn attribute(&mut self, key: &str, value: &'h str) {
        match key.to_ascii_lowercase().as_str() {
            "expires" => self.expires = date::seconds(value).or(self.expires),
            "max-age" => self.max_age = delta(value).or(self.max_age),
            "domain" if !value.is_empty() => self.domain = Some(value),
            "path" => self.path = Some(value).filter(|value| value.starts_with('/')),
            "secure" => self.secure = true,
            "httponly" => self.http_only = true,
            "samesite" => self.same_site = Some(value),
            _ => {}
        }
    }

    fn is_over(&self, now: Timestamp) -> bool {
        match self.max_age {
            Some(seconds) => seconds <= 0,
            None => self.expires.is_some_and(|end| end <= now.unix()),
        }
    }
}

/// Digits, perhaps after a minus (section 5.2.2); more than fit are as good as the most that fit.
fn delta(value: &str) -> Option<i64> {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let limit = if digits.len() < value.len() { i64::MIN } else { i64::MAX };
    number.then(|| value.parse().unwrap_or(limit))
}

fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn attributes_are_read_in_any_letters() {
        let cookie =
            Cookie::read("sid = x ; PATH=/; secure; HttpOnly;SameSite=Lax", now()).unwrap();
        assert_eq!(cookie.name.as_str(), "sid");
        assert!(cookie.secure && cookie.http_only && !cookie.expired);
        assert_eq!(cookie.same_site, Some("Lax".into()));
        assert_eq!(Cookie::read("no pair", now()), None);
    }

    #[test]
    fn what_is_over_is_told() {
        for (header, over) in [
            ("a=b; Max-Age=0", true),
            ("a=b; Max-Age=-1; Expires=Fri, 01 Jan 2100 00:00:00 GMT", true),
            ("a=b; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", false),
            ("a=b; Expires=Thu, 01-Jan-70 00:00:01 GMT", true),
            ("a=b; Expires=never", false),
            ("a=b; Max-Age=99999999999999999999", false),
        ] {
            assert_eq!(Cookie::read(header, now()).unwrap().expired, over, "{header}");
        }
    }

    proptest! {
        #[test]
        fn any_header_is_read(header in "([a=;,: \\-\"é1]|Expires=|Max-Age=|Domain=|Jan|2026|12:00){0,16}") {
            let _ = Cookie::read(&header, now());
        }
    }
}
