//! Addresses in header fields (RFC 5322, section 3.4), as leniently as receivers read them.

/// The addresses of a From field, without names and comments; at most 64.
pub(super) fn addresses(value: &str) -> Vec<String> {
    let plain = without_comments(value);
    let found = split_list(&plain).into_iter().filter_map(|item| address(&item)).take(64);
    found.collect()
}

/// The domain of an address, lower case.
pub(super) fn domain(address: &str) -> Option<String> {
    let (_, host) = address.rsplit_once('@')?;
    let host = crate::uri::ascii(host);
    let is_name = host.len() <= 253
        && host.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.chars().all(|char| char.is_alphanumeric() || matches!(char, '-' | '_'))
        });
    is_name.then_some(host)
}

/// What stands between `<` and `>`, or the text itself.
pub(super) fn address(text: &str) -> Option<String> {
    let text = text.trim();
    let inner = match text.rfind('<') {
        Some(at) => text[at + 1..].split('>').next().unwrap_or_default(),
        None => text,
    };
    let inner = inner.trim();
    (!inner.is_empty()).then(|| inner.to_owned())
}

/// Comments nest, and may stand anywhere but in quotes.
fn without_comments(value: &str) -> String {
    let (mut out, mut depth, mut quoted, mut escaped) = (String::new(), 0usize, false, false);
    for char in value.chars() {
        let was_escaped = std::mem::take(&mut escaped);
        match char {
            '\\' if !was_escaped => escaped = true,
            '"' if depth == 0 && !was_escaped => quoted = !quoted,
            '(' if !quoted && !was_escaped => {
                depth += 1;
                continue;
            }
            ')' if !quoted && !was_escaped && depth > 0 => {
                depth -= 1;
                continue;
            }
            _ => {}
        }
        if depth == 0 {
            out.push(char);
        }
    }
    out
}

/// Splits at commas and semicolons outside quotes and angle brackets; drops the names of groups.
fn split_list(value: &str) -> Vec<String> {
    let (mut items, mut item) = (Vec::new(), String::new());
    let (mut quoted, mut angle, mut escaped) = (false, false, false);
    for char in value.chars() {
        let was_escaped = std::mem::take(&mut escaped);
        match char {
            '\\' if !was_escaped => escaped = true,
            '"' if !was_escaped => quoted = !quoted,
            '<' if !quoted => angle = true,
            '>' if !quoted => angle = false,
            ':' if !quoted && !angle && !item.contains(['@', '<', '"']) => {
                item.clear();
                continue;
            }
            ',' | ';' if !quoted && !angle => {
                items.push(std::mem::take(&mut item));
                continue;
            }
            _ => {}
        }
        item.push(char);
    }
    items.push(item);
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_in_all_their_forms() {
        for (value, found) in [
            ("Alice <alice@shop.test>", &["alice@shop.test"][..]),
            ("alice@shop.test (Alice, of <x@y.test>)", &["alice@shop.test"]),
            ("\"Alice <ceo@evil.test>, Bob\" <alice@shop.test>", &["alice@shop.test"]),
            ("a@shop.test, B <b@other.test>", &["a@shop.test", "b@other.test"]),
            ("Friends: a@shop.test, b@shop.test;", &["a@shop.test", "b@shop.test"]),
            ("undisclosed:;", &[]),
            ("", &[]),
        ] {
            assert_eq!(addresses(value), found, "{value}");
        }
        assert_eq!(domain("alice@Shop.Test.").as_deref(), Some("shop.test"));
        assert_eq!(domain("alice@[192.0.2.1]"), None);
        assert_eq!(domain("alice"), None);
    }
}
