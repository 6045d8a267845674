use std::fmt;

use serde::{Deserialize, Serialize};

/// Text from outside, made safe to show: at most 1 KiB, control characters replaced.
///
/// A server that sends terminal escapes, bidirectional overrides or a megabyte of padding must not
/// be able to forge or flood a report.
///
/// ```
/// use lr_core::Text;
/// assert_eq!(Text::new("ok\u{1b}[2Jgone").as_str(), "ok\u{fffd}[2Jgone");
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(from = "String", into = "String")]
pub struct Text(String);

const LIMIT: usize = 1024;

impl Text {
    /// Cleans and bounds `raw`.
    #[must_use]
    pub fn new(raw: &str) -> Self {
        let mut clean = String::with_capacity(raw.len().min(LIMIT));
        for char in raw.chars() {
            let char = if is_unsafe(char) { char::REPLACEMENT_CHARACTER } else { char };
            if clean.len() + char.len_utf8() > LIMIT {
                let cut = (0..=LIMIT - '…'.len_utf8()).rev().find(|&at| clean.is_char_boundary(at));
                clean.truncate(cut.unwrap_or(0));
                clean.push('…');
                break;
            }
            clean.push(char);
        }
        Self(clean)
    }

    /// The cleaned text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// C0, C1 and DEL drive terminals; the bidirectional controls reorder what a person reads.
fn is_unsafe(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl From<&str> for Text {
    fn from(raw: &str) -> Self {
        Self::new(raw)
    }
}

impl From<String> for Text {
    fn from(raw: String) -> Self {
        Self::new(&raw)
    }
}

impl From<Redacted> for Text {
    fn from(secret: Redacted) -> Self {
        Self(secret.0)
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// The only way to show a secret: a few leading characters, then its length.
///
/// Shows at most `lead` characters and never more than a quarter, so that a prefix such as `ghp_`
/// tells what kind of secret it is while the rest cannot be used. The secret itself is dropped.
///
/// ```
/// use lr_core::Redacted;
/// assert_eq!(Redacted::new("correct horse battery", 4).to_string(), "corr… (21 characters)");
/// assert_eq!(Redacted::new("pw", 4).to_string(), "… (2 characters)");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Redacted(String);

impl Redacted {
    /// Redacts `secret`, keeping at most `lead` characters and at most a quarter of it.
    #[must_use]
    pub fn new(secret: &str, lead: usize) -> Self {
        let count = secret.chars().count();
        let shown: String = secret.chars().take(lead.min(count / 4).min(16)).collect();
        Self(format!("{}… ({count} characters)", Text::new(&shown)))
    }
}

impl fmt::Display for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
