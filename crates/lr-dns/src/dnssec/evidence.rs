use hickory_proto::rr::RecordType;

use super::message::{Message, NOERROR, NXDOMAIN, types};
use super::name::Name;

/// What servers have answered, as far as it is known: all that a [`Validator`](super::Validator)
/// draws on.
///
/// Who has answered does not matter: what is signed proves itself.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    held: Vec<Held>,
}

#[derive(Clone, Debug)]
struct Held {
    /// The question; none for a referral, which is no answer to it.
    question: Option<(Name, u16)>,
    message: Option<Message>,
}

impl Held {
    fn is_about(&self, name: &Name, rtype: u16) -> bool {
        self.question.as_ref().is_some_and(|(own, kind)| *kind == rtype && own == name)
    }
}

/// Most messages that are held; each may be looked at for each question.
const MAX_HELD: usize = 1024;

impl Evidence {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps a response to a question: the whole message as it came. Several to one question are held
    /// beside each other. Whether it could be read.
    ///
    /// The parent's referral to a zone is an answer to the question for that zone's DS records.
    pub fn add(&mut self, name: &str, rtype: &str, response: &[u8]) -> bool {
        let message = Message::read(response);
        let readable = message.is_some();
        readable && self.hold(name, rtype, message)
    }

    /// Keeps that a question was asked and that nobody has answered.
    pub fn add_silence(&mut self, name: &str, rtype: &str) -> bool {
        self.hold(name, rtype, None)
    }

    /// Keeps a referral that came on the way to an answer: it may say what a DS question would.
    /// Whether it could be read.
    pub fn add_referral(&mut self, response: &[u8]) -> bool {
        let message = Message::read(response);
        message.is_some() && self.push(Held { question: None, message })
    }

    fn hold(&mut self, name: &str, rtype: &str, message: Option<Message>) -> bool {
        let question = Name::from_text(name).zip(type_number(rtype));
        question.is_some() && self.push(Held { question, message })
    }

    fn push(&mut self, held: Held) -> bool {
        let fits = self.held.len() < MAX_HELD;
        if fits {
            self.held.push(held);
        }
        fits
    }

    /// Whether this was asked at all.
    pub(crate) fn was_asked(&self, name: &Name, rtype: u16) -> bool {
        self.held.iter().any(|held| held.is_about(name, rtype))
    }

    /// What was answered to a question, with a code that says something about it.
    pub(crate) fn answers<'a>(
        &'a self,
        name: &Name,
        rtype: u16,
    ) -> impl Iterator<Item = &'a Message> {
        let own = self.held.iter().filter(move |held| held.is_about(name, rtype));
        own.filter_map(|held| held.message.as_ref())
            .filter(|message| matches!(message.rcode, NOERROR | NXDOMAIN))
    }

    /// What was said about the delegation of a name: answers to that question, and referrals.
    pub(crate) fn delegations<'a>(&'a self, name: &Name) -> impl Iterator<Item = &'a Message> {
        let others = self.held.iter().filter(|held| !held.is_about(name, types::DS));
        let others = others.filter_map(|held| held.message.as_ref()).filter(|message| {
            let has = |rtype| message.authority(name, rtype).is_some();
            message.rcode == NOERROR
                && message.answers.is_empty()
                && (has(types::DS) || has(types::NS))
        });
        self.answers(name, types::DS).chain(others)
    }
}

/// The number of a type by its mnemonic, such as `AAAA` or `TYPE65534`.
pub(crate) fn type_number(text: &str) -> Option<u16> {
    let text = text.trim().to_ascii_uppercase();
    match text.strip_prefix("TYPE").and_then(|number| number.parse().ok()) {
        Some(number) => Some(number),
        None => text.parse::<RecordType>().ok().map(u16::from),
    }
}
