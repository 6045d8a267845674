//! The canonical URL in a `Link` header.

/// `<URL>; rel="canonical"`, one of several (RFC 8288, section 3).
pub(super) fn in_link_header(value: &str) -> Option<String> {
    value.split('<').skip(1).find_map(|link| {
        let (url, parameters) = link.split_once('>')?;
        let mut parameters = parameters.split([';', ',']).filter_map(|part| part.split_once('='));
        let is_canonical = parameters.any(|(name, value)| {
            name.trim().eq_ignore_ascii_case("rel")
                && names_canonical(value.trim().trim_matches('"'))
        });
        is_canonical.then(|| url.to_owned())
    })
}

fn names_canonical(rel: &str) -> bool {
    rel.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("canonical"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn canonical_links_are_found() {
        let header = "</i>; rel=icon, <https://a.test/x,y>; rel=\"canonical\"";
        assert_eq!(in_link_header(header).as_deref(), Some("https://a.test/x,y"));
        assert_eq!(in_link_header("</i>; rel=icon"), None);
    }

    proptest! {
        #[test]
        fn any_header_is_read(value in "(<|>|;|,|rel=|canonical|[\"a é-]){0,30}") {
            let _ = in_link_header(&value);
        }
    }
}
