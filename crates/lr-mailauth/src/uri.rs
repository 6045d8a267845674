//! Addresses that reports go to.

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
    Some(domain.trim_end_matches('.').to_ascii_lowercase())
}

/// The domain of a mailbox; what follows `?` belongs to the URI.
fn mailbox(text: &str) -> Option<&str> {
    let address = text.split(['?', '!']).next().unwrap_or(text);
    let (local, domain) = address.rsplit_once('@')?;
    (!local.is_empty() && domain.contains('.') && !domain.starts_with('.')).then_some(domain)
}
