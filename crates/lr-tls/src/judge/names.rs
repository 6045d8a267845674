//! Whether a certificate is for a host (RFC 9525): by its subject alternative names alone, never by
//! its common name.

use std::net::IpAddr;

use crate::certificate::Certificate;

/// Whether one of the certificate's names covers `host`, a name or an address literal.
pub(super) fn covers(certificate: &Certificate, host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(ip) => certificate.names.ips.contains(&ip),
        Err(_) => certificate.names.dns.iter().any(|pattern| matches(pattern, host)),
    }
}

/// RFC 9525, section 6.3: labels are compared without regard to case, and `*` stands for exactly
/// one label, alone and leftmost.
fn matches(pattern: &str, host: &str) -> bool {
    // A trailing dot is not part of a name in a certificate (RFC 5280, section 4.2.1.6).
    let host = host.strip_suffix('.').unwrap_or(host);
    if host.is_empty() || !pattern.is_ascii() {
        return false;
    }
    match pattern.strip_prefix("*.") {
        Some(parent) => host.split_once('.').is_some_and(|(label, rest)| {
            !label.is_empty() && parent.contains('.') && is_plain(parent) && same(parent, rest)
        }),
        None => is_plain(pattern) && same(pattern, host),
    }
}

/// Why no name covers `host`: a sentence for people.
pub(super) fn why_not(certificate: &Certificate, host: &str) -> String {
    let names = &certificate.names;
    if names.is_empty() {
        return match &certificate.common_name {
            Some(name) => format!(
                "it has only the common name {name}; clients look at subject alternative names"
            ),
            None => "it has no subject alternative names".to_owned(),
        };
    }
    let parents =
        || names.dns.iter().filter_map(|pattern| Some((pattern, pattern.strip_prefix("*.")?)));
    if let Some((pattern, _)) = parents().find(|(_, parent)| same(parent, host)) {
        return format!("{pattern} does not cover {host} itself");
    }
    let deeper = |parent: &str| {
        host.to_ascii_lowercase().ends_with(&format!(".{parent}").to_ascii_lowercase())
    };
    if let Some((pattern, _)) = parents().find(|(_, parent)| deeper(parent)) {
        return format!("{pattern} covers one label only, and {host} is deeper");
    }
    let shown = names.shown(5);
    let rest = (names.dns.len() + names.ips.len()).saturating_sub(shown.len());
    let list = shown.iter().map(lr_core::Text::as_str).collect::<Vec<_>>().join(", ");
    match rest {
        0 => format!("it is for {list}"),
        _ => format!("it is for {list} and {rest} more"),
    }
}

fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

/// No wildcard, no empty label.
fn is_plain(name: &str) -> bool {
    !name.contains('*') && name.split('.').all(|label| !label.is_empty())
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn wildcards_stand_for_one_whole_leftmost_label() {
        for (pattern, host, expected) in [
            ("shop.test", "shop.test", true),
            ("SHOP.test", "shop.TEST", true),
            ("shop.test", "shop.test.", true),
            ("shop.test.", "shop.test", false),
            ("shop.test", "www.shop.test", false),
            ("*.shop.test", "www.shop.test", true),
            ("*.shop.test", "shop.test", false),
            ("*.shop.test", "a.b.shop.test", false),
            ("*.shop.test", ".shop.test", false),
            ("w*.shop.test", "www.shop.test", false),
            ("*w.shop.test", "www.shop.test", false),
            ("www.*.test", "www.shop.test", false),
            ("*.*.test", "www.shop.test", false),
            ("*", "localhost", false),
            ("*.test", "shop.test", false),
            ("_dmarc.shop.test", "_dmarc.shop.test", true),
            ("bücher.test", "bücher.test", false),
            ("", "", false),
        ] {
            assert_eq!(matches(pattern, host), expected, "{pattern} for {host}");
        }
    }
}
