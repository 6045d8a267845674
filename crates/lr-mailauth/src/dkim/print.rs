use std::fmt;

use super::{KeyType, Record};

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rsa => "rsa",
            Self::Ed25519 => "ed25519",
            Self::Other(name) => name,
        })
    }
}

impl Record {
    /// The record as text, around key material in base64 (which it does not keep itself).
    #[must_use]
    pub fn print(&self, key: &str) -> String {
        let mut text = String::new();
        if self.has_version {
            text.push_str("v=DKIM1; ");
        }
        text.push_str(&format!("k={}; ", self.key_type));
        for (name, list) in [("h", &self.hashes), ("s", &self.services)] {
            if let Some(list) = list {
                text.push_str(&format!("{name}={}; ", list.join(":")));
            }
        }
        match (self.testing, self.strict) {
            (true, true) => text.push_str("t=y:s; "),
            (true, false) => text.push_str("t=y; "),
            (false, true) => text.push_str("t=s; "),
            (false, false) => {}
        }
        text + "p=" + key
    }
}
