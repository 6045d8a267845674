//! What a receiver makes of one message: `check_host()` of RFC 7208, section 4.

mod macros;
mod names;
mod receiver;
mod reverse;

use std::collections::BTreeSet;
use std::net::IpAddr;

use lr_core::Context;
use lr_net::Net;
use serde::{Deserialize, Serialize};

use crate::SpfResult;
use crate::answers::{Answers, Question};
use receiver::Receiver;
pub use reverse::ReverseNames;
pub(crate) use reverse::reverse_names;

/// A client that hands in mail, as a receiver sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Client {
    /// Its address.
    pub ip: IpAddr,
    /// `MAIL FROM`; empty for bounces, for which `postmaster@` and the HELO name is taken
    /// (section 2.4).
    pub mail_from: String,
    /// The name given with HELO or EHLO.
    pub helo: String,
    /// The receiver's own name, for `%{r}` in explanations.
    pub receiver: Option<String>,
    /// Seconds since 1970, for `%{t}` in explanations.
    pub unix_time: u64,
}

impl Client {
    /// A client at `ip` that sends as `mail_from` and says HELO with `helo`.
    #[must_use]
    pub fn new(ip: IpAddr, mail_from: &str, helo: &str) -> Self {
        Self {
            ip,
            mail_from: mail_from.to_owned(),
            helo: helo.to_owned(),
            receiver: None,
            unix_time: 0,
        }
    }

    /// Local part and domain of the identity that is checked (sections 2.4 and 4.3).
    fn identity(&self) -> (String, String) {
        let (local, domain) = match self.mail_from.rsplit_once('@') {
            Some((local, domain)) => (local, domain),
            None if self.mail_from.is_empty() => ("", self.helo.as_str()),
            None => ("", self.mail_from.as_str()),
        };
        let local = if local.is_empty() { "postmaster" } else { local };
        (local.to_owned(), domain_of(domain))
    }
}

/// The domain as it stands in DNS; its case is kept for macros.
fn domain_of(domain: &str) -> String {
    match domain.is_ascii() {
        true => domain.trim_end_matches('.').to_owned(),
        false => crate::uri::ascii(domain),
    }
}

/// What a receiver makes of a message, and how it got there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Evaluation {
    /// The result; `temperror` as long as answers are missing.
    pub result: SpfResult,
    /// What the domain's owner has to say to a rejected sender (section 6.2); the text is theirs.
    pub explanation: Option<String>,
    /// The domain that was asked about.
    pub domain: String,
    /// Every term that was looked at, in order.
    pub trace: Vec<Trace>,
    /// Terms that cost a DNS lookup until the result was known (section 4.6.4).
    pub lookups: usize,
    /// How many of them found nothing.
    pub voids: usize,
    /// Why the result is an error, if it is.
    pub error: Option<String>,
    /// Questions whose answers are missing and can be asked at once.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub open: BTreeSet<Question>,
}

/// One term on the way to the result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Trace {
    /// The domain whose record it stands in.
    pub domain: String,
    /// The term in its canonical form.
    pub term: String,
    /// Whether it matched; `None` if it ended in an error, or is not known yet.
    pub matched: Option<bool>,
}

/// What a receiver makes of mail from `client`, as far as the answers tell.
///
/// While [`Evaluation::open`] is not empty, these questions are to be asked and the evaluation
/// repeated. All that may be needed is in it at once, so that a tree costs its depth in round trips.
///
/// ```
/// use lr_mailauth::spf::{Client, evaluate};
/// use lr_mailauth::{Answer, Answers, Data, Question, RecordType, SpfResult, TxtRecord};
///
/// let client = Client::new("192.0.2.25".parse()?, "info@shop.test", "mail.shop.test");
/// let mut answers = Answers::default();
/// let open = evaluate(&client, &answers).open;
/// assert_eq!(open.first(), Some(&Question::new("shop.test", RecordType::Txt)));
///
/// let record = TxtRecord::new(["v=spf1 ip4:192.0.2.0/24 -all"]);
/// answers.insert(Question::new("shop.test", RecordType::Txt), Answer::records([Data::Txt(record)]));
/// assert_eq!(evaluate(&client, &answers).result, SpfResult::Pass);
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[must_use]
pub fn evaluate(client: &Client, answers: &Answers) -> Evaluation {
    Receiver::new(client, answers).evaluate()
}

/// Asks DNS until the result is known. The answers stay in `answers`, and what is in it already is
/// not asked again.
pub async fn check_host(
    client: &Client,
    answers: &mut Answers,
    net: &Net,
    cx: &Context,
) -> Evaluation {
    loop {
        let evaluation = evaluate(client, answers);
        if evaluation.open.is_empty() {
            return evaluation;
        }
        crate::inspect::ask_all(net, cx, evaluation.open, answers).await;
    }
}
