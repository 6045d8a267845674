//! The grammar of CAA properties: RFC 8659 section 4, RFC 8657 (parameters), RFC 9495 (`issuemail`),
//! and the CA/Browser Forum's contact properties.

/// A CAA record that follows the grammar.
///
/// ```
/// use lr_dns::CaaRecord;
///
/// let record = CaaRecord::parse(0, "issue", "ca.example.net; validationmethods=dns-01").unwrap();
/// assert_eq!(record.issuer(), Some("ca.example.net"));
/// assert!(CaaRecord::parse(0, "iodef", "ftp://report.example.com").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CaaRecord {
    /// Issuers that do not know the property must not issue.
    pub critical: bool,
    /// The property tag in lower case.
    pub tag: String,
    /// The value as it stands.
    pub value: String,
    /// Parameters of an issuer: name in lower case, and value.
    pub parameters: Vec<(String, String)>,
    issuer: Option<String>,
}

/// ACME validation methods that are registered with IANA.
const METHODS: &[&str] = &[
    "http-01",
    "dns-01",
    "dns-account-01",
    "dns-persist-01",
    "tls-alpn-01",
    "tls-sni-01",
    "tls-sni-02",
    "email-reply-00",
    "tkauth-01",
    "onion-csr-01",
    "bp-nodeid-00",
];

impl CaaRecord {
    /// Reads a record by its parts.
    ///
    /// # Errors
    /// A sentence that says what does not follow the grammar.
    pub fn parse(flags: u8, tag: &str, value: &str) -> Result<Self, String> {
        // Section 4.1: the other bits are reserved, and zero.
        if flags & 0x7f != 0 {
            return Err(format!(
                "the flags {flags} have bits that mean nothing (only 0 and 128 do)"
            ));
        }
        if tag.is_empty() || !tag.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(format!("the tag `{tag}` has other characters than letters and digits"));
        }
        let mut record = Self {
            critical: flags & 0x80 != 0,
            tag: tag.to_ascii_lowercase(),
            value: value.to_owned(),
            parameters: Vec::new(),
            issuer: None,
        };
        match record.tag.as_str() {
            "issue" | "issuewild" | "issuemail" | "issuevmc" => record.read_issuer(value)?,
            "iodef" => report(value)?,
            "contactemail" => mailbox(value)?,
            "contactphone" => phone(value)?,
            tag if record.critical => {
                return Err(format!(
                    "the tag `{tag}` is unknown and marked critical, so nobody may issue"
                ));
            }
            _ => {}
        }
        Ok(record)
    }

    /// Reads a record in presentation form, `0 issue "ca.example.net"`.
    ///
    /// # Errors
    /// A sentence that says what does not follow the grammar.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut parts = text.trim().splitn(3, char::is_whitespace);
        let (flags, tag) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let value = parts.next().unwrap_or_default().trim();
        let inner = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        let flags = flags.parse().map_err(|_| format!("`{flags}` is no number from 0 to 255"))?;
        Self::parse(flags, tag, inner.unwrap_or(value))
    }

    /// The issuer that may issue; `None` if nobody may, and for properties of other kinds.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    fn read_issuer(&mut self, value: &str) -> Result<(), String> {
        let mut parts = value.split(';');
        let issuer = trim(parts.next().unwrap_or_default());
        if !issuer.is_empty() {
            if !issuer.split('.').all(is_label) {
                return Err(format!("`{issuer}` is not the domain name of an issuer"));
            }
            self.issuer = Some(issuer.to_ascii_lowercase());
        }
        let rest: Vec<&str> = parts.map(trim).collect();
        for (number, parameter) in rest.iter().enumerate() {
            // Only behind the first semicolon there may be nothing.
            if parameter.is_empty() && rest.len() == 1 {
                break;
            }
            // A semicolon announces a parameter.
            if parameter.is_empty() && number == rest.len() - 1 {
                return Err("it ends with a semicolon and no parameter behind it".into());
            }
            let (name, value) = parameter
                .split_once('=')
                .map(|(name, value)| (trim(name), trim(value)))
                .ok_or_else(|| format!("the parameter `{parameter}` has no `=`"))?;
            if !is_label(name) {
                return Err(format!("`{name}` is not the name of a parameter"));
            }
            // %x21-3A / %x3C-7E: visible, and no semicolon.
            if !value.bytes().all(|byte| matches!(byte, 0x21..=0x3a | 0x3c..=0x7e)) {
                return Err(format!("the value of `{name}` has characters that may not be there"));
            }
            let name = name.to_ascii_lowercase();
            check_parameter(&name, value)?;
            if self.parameters.iter().any(|(known, _)| *known == name) {
                return Err(format!("the parameter `{name}` stands twice"));
            }
            self.parameters.push((name, value.to_owned()));
        }
        Ok(())
    }
}

/// RFC 8657: `accounturi` (section 3) and `validationmethods` (section 4).
fn check_parameter(name: &str, value: &str) -> Result<(), String> {
    match name {
        "accounturi" => match value.split_once(':') {
            Some((scheme, rest)) if is_scheme(scheme) && !rest.is_empty() => Ok(()),
            _ => Err(format!("`{value}` is not the URI of an account")),
        },
        "validationmethods" => {
            let known = |method: &str| {
                METHODS.contains(&method)
                    || method.strip_prefix("ca-").is_some_and(|rest| !rest.is_empty())
            };
            match value.split(',').find(|method| !is_label(method) || !known(method)) {
                Some(method) => Err(format!("`{method}` is not a validation method")),
                None => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// Section 4.4: a `mailto:` or `http(s):` URL.
fn report(value: &str) -> Result<(), String> {
    let bad = || Err(format!("`{value}` is not an address for reports (mailto:, http: or https:)"));
    let Some((scheme, rest)) = value.split_once(':') else { return bad() };
    match scheme.to_ascii_lowercase().as_str() {
        "mailto" => mailbox(rest.split('?').next().unwrap_or_default()).or_else(|_| bad()),
        "http" | "https" => {
            let host = rest.strip_prefix("//").unwrap_or_default();
            let host = host.split(['/', '?', '#']).next().unwrap_or_default();
            let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
            let name = host.split(':').next().unwrap_or_default();
            let literal = host.starts_with('[') && host.contains(']');
            match value.is_ascii() && (literal || name.split('.').all(is_label)) {
                true => Ok(()),
                false => bad(),
            }
        }
        _ => bad(),
    }
}

/// A mail address: something before the last `@`, a domain name behind it.
fn mailbox(value: &str) -> Result<(), String> {
    let fine = value.rsplit_once('@').is_some_and(|(local, domain)| {
        let quoted = local.len() > 1 && local.starts_with('"') && local.ends_with('"');
        let visible =
            |c: char| !c.is_control() && !c.is_whitespace() && !"<>()[],;:\\\"@".contains(c);
        let dotted = local.split('.').all(|part| !part.is_empty() && part.chars().all(visible));
        (quoted || dotted) && domain.split('.').all(is_label)
    });
    if fine { Ok(()) } else { Err(format!("`{value}` is not a mail address")) }
}

/// A global number (RFC 3966, section 5.1.4), with the separators people write.
fn phone(value: &str) -> Result<(), String> {
    let rest = value.strip_prefix("tel:").unwrap_or(value).strip_prefix('+').unwrap_or_default();
    let fine = |byte: u8| byte.is_ascii_digit() || matches!(byte, b' ' | b'-' | b'.' | b'(' | b')');
    match rest.bytes().all(fine) && rest.bytes().any(|byte| byte.is_ascii_digit()) {
        true => Ok(()),
        false => Err(format!("`{value}` is not a telephone number with a country code")),
    }
}

/// Letters and digits, with hyphens between them: labels, tags and methods alike.
fn is_label(text: &str) -> bool {
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    !text.is_empty() && text.bytes().all(fine) && !text.starts_with('-') && !text.ends_with('-')
}

fn is_scheme(text: &str) -> bool {
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.bytes().all(fine)
}

/// White space of the grammar is blanks and tabs.
fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_with_their_parts() {
        let text = "128 Issue \"CA.example; accounturi=https://ca.example/a/1 ;policy=ev\"";
        let record = CaaRecord::read(text).unwrap();
        assert!(record.critical);
        assert_eq!((record.tag.as_str(), record.issuer()), ("issue", Some("ca.example")));
        assert_eq!(record.parameters.len(), 2);
        assert_eq!(record.parameters[1], ("policy".into(), "ev".into()));
        for nobody in ["", ";", " ; "] {
            assert_eq!(CaaRecord::parse(0, "issue", nobody).unwrap().issuer(), None, "{nobody}");
        }
        assert!(CaaRecord::parse(0, "future", "any thing").is_ok());
    }

    #[test]
    fn what_does_not_follow_the_grammar_is_said() {
        for (flags, tag, value) in [
            (1, "issue", ";"),
            (128, "future", "x"),
            (0, "is-sue", ";"),
            (0, "", ";"),
            (0, "issue", "ca..example"),
            (0, "issue", "https://ca.example"),
            (0, "issue", "-ca.example"),
            (0, "issue", "ca.example a=b"),
            (0, "issue", "ca.example; a"),
            (0, "issue", "ca.example; a=b;; c=d"),
            (0, "issue", "ca.example; a=b c"),
            (0, "issue", "ca.example; a=1; A=2"),
            (0, "issue", "ca.example; accounturi=1234"),
            (0, "issue", "ca.example; validationmethods="),
            (0, "issuewild", "*.ca.example"),
            (0, "iodef", "mailto:"),
            (0, "iodef", "report@example.com"),
            (0, "iodef", "http:///path"),
            (0, "contactphone", "31851"),
        ] {
            let error = CaaRecord::parse(flags, tag, value).unwrap_err();
            assert!(!error.is_empty(), "{flags} {tag} {value}");
        }
        assert!(CaaRecord::read("x issue \";\"").is_err());
        assert!(CaaRecord::read("").is_err());
    }

    proptest::proptest! {
        #[test]
        fn nothing_makes_it_panic(flags: u8, tag in "[a-z]{0,12}", value in ".{0,40}") {
            let _ = CaaRecord::parse(flags, &tag, &value);
            let _ = CaaRecord::read(&format!("{flags} {tag} {value}"));
        }
    }
}
