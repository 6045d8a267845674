//! A received message, end to end: its signatures, SPF of the host that handed it in, alignment and
//! DMARC, how to unsubscribe, where its links lead, and for each failure why.
//!
//! ```
//! use lr_core::Timestamp;
//! use lr_mailauth::message::{DkimResult, Envelope, verify_with};
//! use lr_mailauth::{Answer, Data, Question, TxtRecord};
//!
//! let raw = b"From: Alice <alice@shop.test>\r\nSubject: hello\r\n\r\nSee http://localhost:3000/\r\n";
//! let envelope = Envelope::new("192.0.2.25".parse()?, "alice@shop.test", "mail.shop.test");
//! let dns = |question: &Question| match question.name.as_str() {
//!     "shop.test" => Answer::records([Data::Txt(TxtRecord::new(["v=spf1 ip4:192.0.2.25 -all"]))]),
//!     "_dmarc.shop.test" => Answer::records([Data::Txt(TxtRecord::new(["v=DMARC1; p=reject"]))]),
//!     _ => Answer::NxDomain { alias: None },
//! };
//! let now: Timestamp = "2026-11-21T12:00:00Z".parse()?;
//! let seen = verify_with(raw, &envelope, now, dns);
//! assert_eq!(seen.dkim(), None);
//! assert!(seen.dmarc.is_some_and(|dmarc| dmarc.is_authenticated()));
//! assert_eq!(seen.links.suspicious[0].origin, "http://localhost:3000");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod address;
mod align;
mod bulk;
mod canon;
mod check;
mod decode;
mod diagnose;
mod envelope;
mod fault;
mod judge;
mod key;
mod links;
mod mime;
mod read;
mod reading;
mod rules;
mod seen;
mod signature;
mod verify;

pub use align::{Alignment, Dmarc, DmarcResult};
pub use bulk::Bulk;
pub use canon::{Canonicalization, canonical_body, canonical_field};
pub use check::{MessageCheck, MessageSummary};
pub use diagnose::Hint;
pub use envelope::{Assumption, Envelope};
pub use fault::{DkimResult, Fault};
pub use judge::{MessagePolicy, judge};
pub use links::{Leads, Link, Links};
pub use read::Peculiarity;
pub use rules::*;
pub use seen::{Remark, Seen, Sender, Signature, Spf};
pub use signature::{Algorithm, SignatureTags, parse_signature};

use lr_core::{Context, Timestamp};
use lr_net::Net;

use crate::answers::{Answer, Answers, Ask, Question};
use crate::{Error, inspect};
use read::Message;
use reading::Reading;

/// A hostile message gets no more attention than this.
const MAX_QUESTIONS: usize = 240;

/// Looks at a received message. What the envelope does not say is taken from the message, and noted
/// as assumed. DNS is asked in waves; what it does not answer is kept as such.
///
/// # Errors
/// If the network cannot be set up, or the caller asked to stop; never because of the message.
pub async fn verify(raw: &[u8], envelope: &Envelope, cx: &Context) -> Result<Seen, Error> {
    let net = Net::of(cx)?;
    let message = Message::read(raw);
    let reading = Reading::of(&message, envelope);
    let mut answers = Answers::default();
    loop {
        cx.checkpoint().map_err(|_| Error::Cancelled)?;
        let (wave, is_last) = wave(&reading, &answers);
        inspect::ask_all(&net, cx, wave.into_iter().collect(), &mut answers).await;
        if is_last {
            return Ok(reading.see(&answers, cx.now()));
        }
    }
}

/// Looks at a received message with answers from a source that needs no network.
#[must_use]
pub fn verify_with(
    raw: &[u8],
    envelope: &Envelope,
    now: Timestamp,
    mut answer: impl FnMut(&Question) -> Answer,
) -> Seen {
    let message = Message::read(raw);
    let reading = Reading::of(&message, envelope);
    let mut answers = Answers::default();
    loop {
        let (wave, is_last) = wave(&reading, &answers);
        for question in wave {
            let answer = answer(&question);
            answers.insert(question, answer);
        }
        if is_last {
            return reading.see(&answers, now);
        }
    }
}

/// The questions that can be asked now, and whether nothing comes after them.
fn wave(reading: &Reading<'_>, answers: &Answers) -> (Vec<Question>, bool) {
    let mut ask = Ask::new(answers);
    reading.ask(&mut ask);
    let open = ask.into_open();
    let room = MAX_QUESTIONS.saturating_sub(answers.len());
    let is_last = open.is_empty() || open.len() >= room;
    (open.into_iter().take(room).collect(), is_last)
}

/// The signing domains and selectors of a message, each once: where its keys are.
///
/// ```
/// let raw = b"DKIM-Signature: v=1; d=shop.test; s=s1; b=AA==\r\n\r\n";
/// let expected = [("shop.test".to_owned(), "s1".to_owned())];
/// assert_eq!(lr_mailauth::message::selectors(raw), expected);
/// ```
#[must_use]
pub fn selectors(raw: &[u8]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for signed in verify::signatures(&Message::read(raw)) {
        let pair = (signed.tags.domain, signed.tags.selector);
        if !pair.0.is_empty() && !pair.1.is_empty() && !found.contains(&pair) {
            found.push(pair);
        }
    }
    found
}
