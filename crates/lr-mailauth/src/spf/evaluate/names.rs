//! The names that terms are about, and the explanation for a failure: both are made by macros.

use super::macros::{dotted, expand, family, truncated};
use super::receiver::{Receiver, is_valid};
use crate::answers::RecordType;

impl Receiver<'_> {
    /// The name that a term is about; `None` if not known yet.
    pub(super) fn target(&mut self, spec: Option<&str>, domain: &str) -> Option<String> {
        let Some(spec) = spec else { return Some(domain.to_owned()) };
        let mut is_open = false;
        let name = expand(spec, |letter| self.value(letter, domain, &mut is_open))?;
        (!is_open).then(|| truncated(name.strip_suffix('.').unwrap_or(&name)).to_owned())
    }

    /// Section 6.2: every obstacle means that there is no explanation.
    pub(super) fn explain(&mut self, spec: &str, domain: &str) -> Option<String> {
        let target = self.target(Some(spec), domain)?;
        if !is_valid(&target) {
            return None;
        }
        let mut texts = self.ask.get(&target, RecordType::Txt)?.texts();
        let text = texts.next()?.joined();
        if texts.next().is_some() || !text.is_ascii() {
            return None;
        }
        let mut is_open = false;
        let text = expand(&text, |letter| match letter {
            b'c' => Some(self.ip.to_string()),
            b'r' => Some(self.client.receiver.clone().unwrap_or_else(|| "unknown".to_owned())),
            b't' => Some(self.client.unix_time.to_string()),
            _ => self.value(letter, domain, &mut is_open),
        })?;
        (!is_open).then_some(text)
    }

    /// Section 7.2.
    fn value(&mut self, letter: u8, domain: &str, is_open: &mut bool) -> Option<String> {
        Some(match letter {
            b's' => format!("{}@{}", self.local, self.sender_domain),
            b'l' => self.local.clone(),
            b'o' => self.sender_domain.clone(),
            b'd' => domain.to_owned(),
            b'i' => dotted(self.ip),
            b'v' => family(self.ip).to_owned(),
            b'h' => self.client.helo.clone(),
            b'p' => match self.validated() {
                Some(names) => best(&names, domain),
                None => {
                    *is_open = true;
                    String::new()
                }
            },
            _ => return None,
        })
    }
}

/// `%{p}`: the domain itself, else a name below it, else any (section 7.3).
fn best(names: &[String], domain: &str) -> String {
    let own = names.iter().find(|name| name.eq_ignore_ascii_case(domain));
    let own = own.or_else(|| names.iter().find(|name| is_below(name, domain)));
    own.or_else(|| names.first()).map_or("unknown", String::as_str).to_owned()
}

/// Whether `name` is `domain` or ends in it.
pub(super) fn is_below(name: &str, domain: &str) -> bool {
    let Some(cut) = name.len().checked_sub(domain.len()) else { return false };
    let (head, tail) = name.as_bytes().split_at(cut);
    tail.eq_ignore_ascii_case(domain.as_bytes()) && (head.is_empty() || head.ends_with(b"."))
}
