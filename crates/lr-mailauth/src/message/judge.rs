mod content;
mod dkim;
mod file;
mod sender;

use lr_core::{Location, Recorder, Rule};

use super::Seen;

/// What is asked of a message, where the standards leave room.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MessagePolicy {
    /// Whether the message is sent to many, so that it must be easy to unsubscribe; `None` to tell
    /// by its header fields.
    pub is_bulk: Option<bool>,
    /// RSA keys below this are reported as weak; RFC 8301 recommends 2048.
    pub good_rsa_bits: usize,
}

impl MessagePolicy {
    /// Sets [`Self::is_bulk`].
    #[must_use]
    pub fn bulk(self, is_bulk: bool) -> Self {
        Self { is_bulk: Some(is_bulk), ..self }
    }
}

impl Default for MessagePolicy {
    fn default() -> Self {
        Self { is_bulk: None, good_rsa_bits: 2048 }
    }
}

/// Decides every rule about a message.
pub fn judge(seen: &Seen, policy: &MessagePolicy, out: &mut Recorder<'_>) {
    let view = View { seen, policy, subject: seen.location() };
    file::judge(&view, out);
    dkim::judge(&view, out);
    sender::judge(&view, out);
    content::judge(&view, out);
}

struct View<'a> {
    seen: &'a Seen,
    policy: &'a MessagePolicy,
    subject: Location,
}

impl View<'_> {
    fn fault(&self, out: &mut Recorder<'_>, rule: &'static Rule, detail: Option<String>) {
        match detail {
            None => out.pass(rule, self.subject.clone()),
            Some(detail) => {
                out.fail(rule, self.subject.clone(), detail);
            }
        }
    }

    fn not_applicable(&self, out: &mut Recorder<'_>, rule: &'static Rule, reason: &str) {
        out.not_applicable(rule, self.subject.clone(), reason);
    }
}

impl Seen {
    /// The message as the subject of outcomes.
    #[must_use]
    pub fn location(&self) -> Location {
        Location::file(self.name.as_str(), None, None)
    }
}
