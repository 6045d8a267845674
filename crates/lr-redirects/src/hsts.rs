use serde::{Deserialize, Serialize};

/// What a `Strict-Transport-Security` header tells a browser (RFC 6797, section 6.1).
///
/// ```
/// use lr_redirects::Hsts;
///
/// let hsts = Hsts::parse("max-age=31536000; includeSubDomains")?;
/// assert_eq!((hsts.max_age, hsts.include_subdomains), (31_536_000, true));
/// // One wrong separator, and browsers ignore the whole header.
/// assert!(Hsts::parse("max-age=31536000, includeSubDomains").is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Hsts {
    /// Seconds to remember the host; held to [`u64::MAX`].
    pub max_age: u64,
    /// Whether it covers the names below the host.
    pub include_subdomains: bool,
    /// Whether it asks for inclusion in the browsers' preload list (not of the RFC).
    pub preload: bool,
}

impl Hsts {
    /// Reads one header value by the grammar of RFC 6797, section 6.1.
    ///
    /// # Errors
    /// Why a browser ignores the header, as a clause: a directive is malformed, appears twice, or
    /// `max-age` is missing.
    pub fn parse(value: &str) -> Result<Self, String> {
        let mut rest = value;
        let mut seen: Vec<String> = Vec::new();
        let (mut max_age, mut include_subdomains, mut preload) = (None, false, false);
        loop {
            rest = skip_space(rest);
            if let Some((directive, after)) = directive(rest)? {
                rest = after;
                let name = directive.name.to_ascii_lowercase();
                if seen.contains(&name) {
                    return Err(format!("`{name}` appears twice"));
                }
                match (name.as_str(), directive.value) {
                    ("max-age", Some(value)) => max_age = Some(seconds(&value)?),
                    ("max-age", None) => return Err("`max-age` has no value".into()),
                    ("includesubdomains", None) => include_subdomains = true,
                    ("includesubdomains", Some(_)) => {
                        return Err("`includeSubDomains` takes no value".into());
                    }
                    ("preload", _) => preload = true,
                    // Unknown directives are for the future (section 6.1, item 5).
                    _ => {}
                }
                seen.push(name);
            }
            rest = skip_space(rest);
            match rest.strip_prefix(';') {
                Some(after) => rest = after,
                None if rest.is_empty() => break,
                None => return Err(format!("`;` is expected before `{}`", excerpt(rest))),
            }
        }
        let max_age = max_age.ok_or("`max-age` is missing")?;
        Ok(Self { max_age, include_subdomains, preload })
    }
}

struct Directive<'a> {
    name: &'a str,
    value: Option<String>,
}

/// `directive-name [ "=" directive-value ]`, or nothing before the next `;`.
fn directive(text: &str) -> Result<Option<(Directive<'_>, &str)>, String> {
    if text.is_empty() || text.starts_with(';') {
        return Ok(None);
    }
    let (name, rest) = token(text);
    if name.is_empty() {
        return Err(format!("`{}` is no directive", excerpt(text)));
    }
    let Some(rest) = skip_space(rest).strip_prefix('=') else {
        return Ok(Some((Directive { name, value: None }, rest)));
    };
    let rest = skip_space(rest);
    let (value, rest) = match rest.strip_prefix('"') {
        Some(quoted) => quoted_string(quoted)?,
        None => match token(rest) {
            ("", _) => return Err(format!("`{name}` has no value after `=`")),
            (value, rest) => (value.to_owned(), rest),
        },
    };
    Ok(Some((Directive { name, value: Some(value) }, rest)))
}

/// The characters of a token (RFC 9110, section 5.6.2) at the start of `text`, and the rest.
fn token(text: &str) -> (&str, &str) {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    text.split_at(text.find(|c| !is_token(c)).unwrap_or(text.len()))
}

/// A quoted string after its opening quote (RFC 9110, section 5.6.4), and the rest.
fn quoted_string(text: &str) -> Result<(String, &str), String> {
    let mut value = String::new();
    let mut escaped = false;
    for (at, char) in text.char_indices() {
        match char {
            _ if escaped => {
                value.push(char);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => return Ok((value, &text[at + 1..])),
            _ => value.push(char),
        }
    }
    Err("a quote is not closed".into())
}

/// `delta-seconds`: digits only; more than fit are as good as the most that fit.
fn seconds(value: &str) -> Result<u64, String> {
    if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("`max-age={}` is no number of seconds", excerpt(value)));
    }
    Ok(value.parse().unwrap_or(u64::MAX))
}

fn skip_space(text: &str) -> &str {
    text.trim_start_matches([' ', '\t'])
}

fn excerpt(text: &str) -> String {
    text.chars().take(24).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn quoted_values_and_extensions_are_read() {
        let hsts = Hsts::parse(r#"x="a;\"b"; preload ; max-age="10""#).unwrap();
        assert_eq!(hsts, Hsts { max_age: 10, include_subdomains: false, preload: true });
        assert!(Hsts::parse(r#"max-age=1; x="""#).is_ok());
        assert!(Hsts::parse(r#"max-age=1; x="a" b"#).is_err());
        assert!(Hsts::parse(r#"max-age="""#).is_err());
        assert!(Hsts::parse("max-age=1; x=; y=\"\"").is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[ \t;=\",a-z0-9\\\\é-]{0,40}") {
            let _ = Hsts::parse(&text);
        }

        #[test]
        fn a_header_is_read_as_written(age in any::<u64>(), sub: bool, gap in "[ \t]{0,3}") {
            let tail = if sub { format!("{gap};{gap}includeSubDomains") } else { String::new() };
            let hsts = Hsts::parse(&format!("{gap}max-age{gap}={gap}{age}{tail}{gap}")).unwrap();
            prop_assert_eq!((hsts.max_age, hsts.include_subdomains), (age, sub));
        }
    }
}
