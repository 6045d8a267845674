//! Passwords in URLs (RFC 3986, section 3.2.1).

use std::ops::Range;

use crate::engine::assigned::is_one_of;
use crate::engine::{chance, worth};

/// How far the authority of a URL is read.
const AUTHORITY: usize = 320;
/// The longest scheme that is looked for.
const SCHEME: usize = 32;

/// Schemes of addresses that people make up all the time.
const WEB: &[&str] = &["http", "https", "ws", "wss", "ftp", "ftps", "sftp", "ssh", "git"];

/// Schemes of servers that want a password. Those of databases and brokers have formats of their own.
const SERVERS: &[&str] = &[
    "smtp", "smtps", "imap", "imaps", "pop3", "pop3s", "ldap", "ldaps", "ldap+tls", "socks5",
    "svn", "svn+ssh", "rsync", "rtsp", "rtmp", "smb", "cifs", "vnc", "rdp", "telnet", "xmpp",
    "sip", "sips", "irc", "ircs", "nntp", "davs", "webdavs",
];

/// A password and what it opens.
pub(crate) struct Password {
    pub(crate) at: Range<usize>,
    /// The host is this machine or one inside a private network of containers.
    pub(crate) local: bool,
}

/// What people write in place of a password, in URLs.
const STAND_INS: &[&str] = &[
    "bar",
    "baz",
    "foo",
    "key",
    "mypass",
    "randompassword",
    // The user `scott` of every Oracle.
    "tiger",
    "p4ssw0rd",
    "passwort",
    "pwd",
    "pass123",
    "hunter2",
    "credentials",
];

/// Whether the URL whose `://` begins at `at` may name a user: most do not, and are told by this alone.
pub(crate) fn may_name_user(bytes: &[u8], at: usize) -> bool {
    memchr::memchr(b'@', &bytes[at..bytes.len().min(at + 3 + AUTHORITY)]).is_some()
}

/// The password of the URL whose `://` begins at `at`, if its scheme is among `schemes`; of any scheme
/// if there are none.
pub(crate) fn password(bytes: &[u8], at: usize, schemes: &[&str]) -> Option<Password> {
    let start = at + 3;
    let rest = &bytes[start..bytes.len().min(start + AUTHORITY)];
    let before = &bytes[at.saturating_sub(SCHEME)..at];
    let is_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let length = before.iter().rev().take_while(|byte| is_scheme(byte)).count();
    let scheme = &before[before.len() - length..];
    // `postgresql+asyncpg`: what follows the plus names a driver.
    let plain = scheme.split(|byte| *byte == b'+').next().unwrap_or(scheme);
    let is_known = is_one_of(scheme, schemes) || is_one_of(plain, schemes);
    if scheme.is_empty() || !is_known && !schemes.is_empty() {
        return None;
    }
    let ends = |byte: &u8| {
        byte.is_ascii_whitespace()
            || !byte.is_ascii_graphic() && byte.is_ascii()
            || matches!(byte, b'/' | b'?' | b'#' | b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\' | b'|')
    };
    let end = rest.iter().position(ends);
    let authority = &rest[..end.or_else(|| (rest.len() < AUTHORITY).then_some(rest.len()))?];
    let is_made_up_often = is_one_of(plain, WEB) || !is_known && !is_one_of(plain, SERVERS);
    find(authority, start, plain, is_made_up_often)
}

/// Splits `user:password@host`, which begins at `start`.
fn find(authority: &[u8], start: usize, scheme: &[u8], is_made_up_often: bool) -> Option<Password> {
    let end = memchr::memrchr(b'@', authority)?;
    let colon = memchr::memchr(b':', &authority[..end])?;
    let (user, password) = (&authority[..colon], &authority[colon + 1..end]);
    let host = host(&authority[end + 1..])?;
    // Who names a server of its own and takes the user for a password means it.
    let is_weak = password == user && (is_made_up_often || !is_on_the_internet(host));
    if is_weak || !is_password(password, is_made_up_often) || is_documentation(host) {
        return None;
    }
    let at = start + colon + 1..start + end;
    // There the host is the name of an account.
    let names_account = scheme.eq_ignore_ascii_case(b"cloudinary");
    Some(Password { at, local: !names_account && is_local(host) })
}

/// The host without port, if it looks like one.
fn host(after: &[u8]) -> Option<&[u8]> {
    let end = after.iter().position(|byte| matches!(byte, b',' | b';' | b')' | b'}' | b'&'));
    let after = &after[..end.unwrap_or(after.len())];
    if after.first() == Some(&b'[') {
        return after.split(|byte| *byte == b']').next();
    }
    let host = after.split(|byte| *byte == b':').next()?;
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    (!host.is_empty() && host.iter().all(fits)).then_some(host)
}

fn is_password(password: &[u8], is_made_up_often: bool) -> bool {
    let is_template = |byte: &u8| matches!(byte, b'{' | b'}' | b'[' | b']' | b'(' | b')' | b'*');
    let is_variable = password.first() == Some(&b'$') || password.starts_with(b"%s");
    let stands_in =
        worth::is_word(password) || worth::is_template(password) || is_one_of(password, STAND_INS);
    if password.len() < 5 || is_variable || stands_in || password.iter().any(is_template) {
        return false;
    }
    if chance::is_stand_in(password) || chance::entropy(password) < 1.8 {
        return false;
    }
    // Words in small letters are no evidence there.
    let is_mixed = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
    !is_made_up_often
        || password.len() >= 8 && password.iter().any(is_mixed)
        || worth::is_unspeakable(password)
}

/// Whether the host is one of a domain that can be registered: not `db`, `10.0.0.5` or `db.local`.
fn is_on_the_internet(host: &[u8]) -> bool {
    let last = host.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    !is_local(host) && last.len() >= 2 && last.iter().all(u8::is_ascii_alphabetic)
}

fn is_documentation(host: &[u8]) -> bool {
    [&b"example.com"[..], b"example.org", b"example.net", b"example"].iter().any(|name| {
        let host = host.to_ascii_lowercase();
        host == *name || host.ends_with(&[b".", *name].concat())
    })
}

/// Loopback, names without a dot, and the suffixes that RFC 6761, RFC 6762 and ICANN keep private.
fn is_local(host: &[u8]) -> bool {
    let host = host.to_ascii_lowercase();
    !host.contains(&b'.')
        || host.starts_with(b"127.")
        || [&b".localhost"[..], b".local", b".test", b".internal", b".invalid"]
            .iter()
            .any(|suffix| host.ends_with(suffix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(url: &'a str, schemes: &[&str]) -> Option<(&'a str, bool)> {
        let at = url.find("://").unwrap();
        let text = format!("{url} ");
        password(text.as_bytes(), at, schemes).map(|it| (&url[it.at], it.local))
    }

    #[test]
    fn a_password_is_cut_out_of_its_url() {
        let pw = ["Vq7", "zW2p"].concat();
        for (url, local) in [
            (format!("postgres://app:{pw}@db.shop.io:5432/app"), false),
            (format!("postgresql+asyncpg://app:{pw}@localhost/app"), true),
            (format!("jdbc:postgresql://app:{pw}@10.0.0.7/app"), false),
            (format!("postgres://:{pw}@cache"), true),
            (format!("postgres://app:{pw}@[2001:db8::7]:5432/x"), true),
        ] {
            let schemes = ["postgres", "postgresql"];
            assert_eq!(found(&url, &schemes), Some((&*pw, local)), "{url}");
            assert_eq!(found(&url, &["mysql"]), None);
        }
    }

    #[test]
    fn a_user_may_be_the_password_of_a_server_on_the_internet() {
        let is_found = |scheme: &str, user: &str, host: &str| {
            found(&format!("{scheme}://{user}:{user}@{host}/"), &[scheme]).is_some()
        };
        assert!(is_found("postgres", "toor1", "db.shop.io"));
        assert!(!is_found("postgres", "user", "db.shop.io"));
        assert!(!is_found("postgres", "toor1", "10.0.0.7"));
        assert!(!is_found("https", "toor1", "shop.io"));
    }

    #[test]
    fn any_scheme_may_have_a_password() {
        let pw = ["Vq7", "zW2p"].concat();
        let long = [&pw, "kX"].concat();
        assert!(found(&format!("shopdb+tls://app:{long}@db.shop.io/"), &[]).is_some());
        assert_eq!(found(&format!("://app:{long}@db.shop.io/"), &[]), None);
        // Less is believed of what is not known.
        let words = |scheme: &str| format!("{scheme}://app:sesam-open@db.shop.io/");
        assert!(found(&words("ldap"), &[]).is_some());
        assert_eq!(found(&words("shopdb"), &[]), None);
    }

    #[test]
    fn templates_and_documentation_are_no_passwords() {
        let pw = ["Vq7", "zW2p"].concat();
        for url in [
            "postgres://app:${PW}@db.shop.io/".to_owned(),
            "postgres://app:password@db.shop.io/".into(),
            "postgres://app:<pw>@db.shop.io/".into(),
            "postgres://app:********@db.shop.io/".into(),
            "postgres://db.shop.io:5432/a@b".into(),
            "postgres://db.shop.io/".into(),
            format!("postgres://app:{pw}@db.example.com/"),
            "postgres://toor1:toor1@db/".into(),
        ] {
            assert_eq!(found(&url, &["postgres"]), None, "{url}");
        }
        assert_eq!(found("https://me:sesam-open@shop.io/", &["https"]), None);
    }
}
