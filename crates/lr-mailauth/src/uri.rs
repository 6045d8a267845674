//! Addresses that reports go to, and the domains in addresses.

/// A URI with one of these schemes, or how it should read, if that can be said.
pub(crate) fn report(text: &[u8], schemes: &[&str]) -> Result<String, Option<String>> {
    let Ok(text) = std::str::from_utf8(text) else { return Err(None) };
    let has_space = text.bytes().any(|byte| byte.is_ascii_whitespace() || byte.is_ascii_control());
    match text.split_once(':') {
        Some((scheme, rest)) if schemes.iter().any(|known| scheme.eq_ignore_ascii_case(known)) => {
            let is_good = match scheme.to_ascii_lowercase().as_str() {
                "mailto" => mailbox(rest).is_some(),
                _ => rest
                    .strip_prefix("//")
                    .is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/')),
            };
            if is_good && !has_space { Ok(text.to_owned()) } else { Err(None) }
        }
        Some(("http", rest)) if schemes.contains(&"https") => Err(Some(format!("https:{rest}"))),
        None if mailbox(text).is_some() && !has_space => Err(Some(format!("mailto:{text}"))),
        _ => Err(None),
    }
}

/// The domain of a `mailto:` URI, in lower case.
pub(crate) fn mail_domain(uri: &str) -> Option<String> {
    let (scheme, rest) = uri.split_once(':')?;
    let domain = mailbox(rest).filter(|_| scheme.eq_ignore_ascii_case("mailto"))?;
    Some(ascii(domain))
}

/// The domain of a mailbox; what follows `?` belongs to the URI.
fn mailbox(text: &str) -> Option<&str> {
    let address = text.split(['?', '!']).next().unwrap_or(text);
    let (local, domain) = address.rsplit_once('@')?;
    (!local.is_empty() && domain.contains('.') && !domain.starts_with('.')).then_some(domain)
}

/// A domain as it stands in DNS: lower case, without a trailing dot, and with the letters of other
/// scripts encoded (RFC 5890), since the same domain is written in both ways.
pub(crate) fn ascii(domain: &str) -> String {
    let domain = domain.trim().trim_end_matches('.');
    if domain.is_ascii() {
        return domain.to_ascii_lowercase();
    }
    let url = lr_net::Url::parse(&format!("https://{domain}/")).ok();
    let host = url.as_ref().and_then(|url| url.host_str()).filter(|host| host.is_ascii());
    host.map_or_else(|| domain.to_lowercase(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_the_same_in_both_spellings() {
        assert_eq!(ascii("B\u{fc}cher.Example."), "xn--bcher-kva.example");
        assert_eq!(ascii("xn--bcher-kva.example"), "xn--bcher-kva.example");
        assert_eq!(ascii("_dmarc.B\u{fc}cher.example"), "_dmarc.xn--bcher-kva.example");
        assert_eq!(
            mail_domain("mailto:a@b\u{fc}cher.example?x"),
            Some("xn--bcher-kva.example".into())
        );
    }
}
