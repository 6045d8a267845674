use lr_net::Failure;
use serde::{Deserialize, Serialize};

use super::{Discovery, is_record, organization};
use crate::answers::{Answer, Answers, Ask, Data, RecordType, TxtRecord};
use crate::senders::is_below;
use crate::uri::mail_domain;

/// A domain that DMARC reports are sent to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Destination {
    /// The domain behind the `@`.
    pub domain: String,
    /// Whether it belongs to somebody else, who has to agree (RFC 9990, section 4).
    pub is_external: bool,
    /// Whether it has agreed; `None` if that could not be seen.
    pub authorized: Option<bool>,
    /// Whether mail can be delivered there; `None` if that could not be seen.
    pub deliverable: Option<bool>,
    /// Why something could not be seen.
    pub failure: Option<Failure>,
}

impl Destination {
    /// The name at which somebody else agrees to get reports about `domain`.
    #[must_use]
    pub fn agreement(&self, domain: &str) -> String {
        format!("{domain}._report._dmarc.{}", self.domain)
    }
}

/// Looks at where reports about a domain go, as far as the answers tell.
#[must_use]
pub fn destinations(answers: &Answers, found: &Discovery) -> Vec<Destination> {
    reports(&mut Ask::new(answers), found)
}

/// More domains than this are not looked at.
const MAX_DESTINATIONS: usize = 6;

pub(crate) fn reports(ask: &mut Ask<'_>, found: &Discovery) -> Vec<Destination> {
    let (Some(record), Some(at)) = (&found.record, &found.found_at) else { return Vec::new() };
    let mut domains: Vec<String> = Vec::new();
    for domain in record.rua.iter().chain(&record.ruf).filter_map(|uri| mail_domain(uri)) {
        if !domains.contains(&domain) && domains.len() < MAX_DESTINATIONS {
            domains.push(domain);
        }
    }
    domains.into_iter().map(|domain| destination(ask, at, domain)).collect()
}

fn destination(ask: &mut Ask<'_>, at: &str, domain: String) -> Destination {
    let mut to = Destination {
        is_external: !is_same_organization(ask, at, &domain),
        domain,
        authorized: None,
        deliverable: None,
        failure: None,
    };
    if to.is_external {
        match ask.get(&to.agreement(at), RecordType::Txt) {
            Some(Answer::Failed { failure }) => to.failure = Some(failure.clone()),
            Some(answer) => {
                let agrees = answer.texts().map(TxtRecord::bytes).any(|text| is_record(&text));
                to.authorized = Some(agrees);
            }
            None => {}
        }
    }
    let mut look = |rtype| match ask.get(&to.domain, rtype)? {
        Answer::Failed { failure } => {
            to.failure = Some(failure.clone());
            None
        }
        answer if answer.is_void() => Some(Target::Nothing),
        answer => {
            let is_null =
                |data: &Data| matches!(data, Data::Mx { exchange, .. } if exchange == ".");
            Some(if answer.data().all(is_null) { Target::Refuses } else { Target::Takes })
        }
    };
    // A null MX is an answer, and forbids the fallback to an address (RFC 7505, section 3).
    to.deliverable = match look(RecordType::Mx) {
        None => None,
        Some(Target::Takes) => Some(true),
        Some(Target::Refuses) => Some(false),
        Some(Target::Nothing) => match (look(RecordType::A), look(RecordType::Aaaa)) {
            (Some(Target::Takes), _) | (_, Some(Target::Takes)) => Some(true),
            (Some(_), Some(_)) => Some(false),
            _ => None,
        },
    };
    to
}

enum Target {
    Takes,
    Refuses,
    Nothing,
}

/// Whether both have the same organizational domain (RFC 9990, section 4).
fn is_same_organization(ask: &mut Ask<'_>, one: &str, other: &str) -> bool {
    // One that lies below the other has, unless a record between them says `psd`.
    if is_below(one, other) || is_below(other, one) {
        return true;
    }
    // With nothing but a top-level domain in common they have not, which needs no question.
    let labels = one.rsplit('.').zip(other.rsplit('.'));
    let shared = labels.take_while(|(ours, theirs)| ours.eq_ignore_ascii_case(theirs)).count();
    let both = (shared > 1).then(|| (organization(ask, one), organization(ask, other)));
    both.is_some_and(|(ours, theirs)| ours.domain == theirs.domain)
}
