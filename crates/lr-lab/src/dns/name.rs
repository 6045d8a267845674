//! Names: text as the lab writes it, and what the wire format makes of it.

use hickory_proto::rr::Name;

/// A host name as the lab writes it: lower case, no trailing dot (`"."` for the root).
pub(crate) fn host(name: &str) -> String {
    match name.trim_end_matches('.') {
        "" => ".".to_owned(),
        name => name.to_ascii_lowercase(),
    }
}

/// Whether `name` is `zone` or a name below it; both in the form of [`host`].
pub(crate) fn is_at_or_below(name: &str, zone: &str) -> bool {
    zone == "."
        || name.strip_suffix(zone).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// An absolute name from text in the form of [`host`].
pub(crate) fn fqdn(name: &str) -> Option<Name> {
    let parsed = Name::from_ascii(name).or_else(|_| Name::from_utf8(name));
    // What is no host name can be a name all the same.
    let is_raw = name.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    let mut name = match parsed {
        Err(_) if is_raw => Name::from_labels(name.split('.').map(str::as_bytes)),
        parsed => parsed,
    }
    .ok()?;
    name.set_fqdn(true);
    Some(name)
}

/// A name in the form of [`host`].
pub(crate) fn text(name: &Name) -> String {
    host(&name.to_ascii())
}
