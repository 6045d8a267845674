use url::Host;

use crate::Error;

/// The host name that `text` spells, in lower case and with internationalised labels as A-labels;
/// the host of a URL if it is one.
///
/// # Errors
/// [`Error::HostName`] for addresses, and for what is no host name by RFC 1123, section 2.1.
///
/// ```
/// assert_eq!(launch_ready::host_name("https://Bücher.example/buy")?, "xn--bcher-kva.example");
/// assert!(launch_ready::host_name("not a host").is_err());
/// # Ok::<(), launch_ready::Error>(())
/// ```
pub fn host_name(text: &str) -> Result<String, Error> {
    let bad = |reason: &str| Error::HostName { name: text.into(), reason: reason.into() };
    let bare = match text.split_once("://") {
        Some((_, rest)) => rest.split(['/', '?', '#']).next().unwrap_or_default(),
        None => text.trim_end_matches('/'),
    };
    if bare.is_empty() {
        return Err(bad("it is empty"));
    }
    if bare.contains('@') {
        return Err(bad("it contains `@`"));
    }
    let name = match Host::parse(bare.trim_end_matches('.')) {
        Ok(Host::Domain(name)) => name,
        Ok(_) => return Err(bad("it is an address")),
        Err(_) if bare.contains(':') => return Err(bad("it contains `:`")),
        Err(error) => return Err(bad(&error.to_string())),
    };
    if name.len() > 253 {
        return Err(bad("it is longer than 253 characters"));
    }
    for label in name.split('.') {
        let ldh = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let edges = label.starts_with('-') || label.ends_with('-');
        match label.len() {
            0 => return Err(bad("it has an empty label")),
            64.. => return Err(bad("a label is longer than 63 characters")),
            _ if !ldh || edges => {
                return Err(bad("labels are letters, digits and inner hyphens"));
            }
            _ => {}
        }
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::host_name;

    #[test]
    fn names_and_what_is_none() {
        for (text, name) in [
            ("Example.COM.", Some("example.com")),
            ("https://example.com:8443/path?q", None),
            ("https://example.com/path?q", Some("example.com")),
            ("example.com/", Some("example.com")),
            ("a-b.example", Some("a-b.example")),
            ("", None),
            ("..", None),
            ("exa mple.com", None),
            ("-a.example", None),
            ("a_b.example", None),
            ("1.2.3.4", None),
            ("[::1]", None),
            ("user@example.com", None),
            ("example.com/path", None),
        ] {
            assert_eq!(host_name(text).ok().as_deref(), name, "{text}");
        }
        assert!(host_name(&format!("{}.example", "a".repeat(64))).is_err());
        assert!(host_name(&"a.".repeat(128)).is_err());
    }
}
