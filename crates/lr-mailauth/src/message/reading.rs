use lr_core::Timestamp;

use super::address::{addresses, domain};
use super::align::{self, SpfSeen};
use super::envelope::Envelope;
use super::links::Hosts;
use super::read::Message;
use super::verify::{Signed, Verifier, signatures};
use super::{Bulk, Fault, Seen, Sender, Signature, Spf, key};
use crate::answers::{Answers, Ask, RecordType};
use crate::dmarc;
use crate::spf::{self, Client, Evaluation};

/// A message and everything about it that needs no answer from DNS.
pub(super) struct Reading<'m> {
    message: &'m Message<'m>,
    from: Sender,
    envelope: Envelope,
    client: Option<Client>,
    signatures: Vec<Signed<'m>>,
    hosts: Hosts,
}

impl<'m> Reading<'m> {
    pub(super) fn of(message: &'m Message<'m>, envelope: &Envelope) -> Self {
        let envelope = envelope.completed(message);
        let client = client(&envelope);
        Self {
            from: from(message),
            client,
            envelope,
            signatures: signatures(message),
            hosts: Hosts::of(message),
            message,
        }
    }

    /// Asks for everything that [`Self::see`] will look at, as far as it is known yet.
    pub(super) fn ask(&self, ask: &mut Ask<'_>) {
        for signed in &self.signatures {
            if let Some(name) = key_name(signed) {
                ask.get(&name, RecordType::Txt);
                dmarc::organization(ask, &signed.tags.domain);
            }
        }
        if let Some(evaluation) = self.evaluate(ask.answers()) {
            let domain = evaluation.domain.to_lowercase();
            ask.want(evaluation.open);
            if domain.contains('.') {
                dmarc::organization(ask, &domain);
            }
        }
        let organization = self.from.domain.as_ref().map(|from| {
            dmarc::walk(ask, from);
            dmarc::organization(ask, from).domain
        });
        self.hosts.judge(ask, self.sender(), organization.as_deref().unwrap_or_default());
    }

    fn evaluate(&self, answers: &Answers) -> Option<Evaluation> {
        self.client.as_ref().map(|client| spf::evaluate(client, answers))
    }

    fn sender(&self) -> &str {
        self.from.domain.as_deref().unwrap_or_default()
    }

    /// Brings everything together.
    pub(super) fn see(self, answers: &Answers, now: Timestamp) -> Seen {
        let ask = &mut Ask::new(answers);
        let mut verifier = Verifier::new(self.message, now);
        let verify = |signed: &Signed<'_>| {
            let name = key_name(signed);
            let answer = name.as_ref().and_then(|name| answers.get(name, RecordType::Txt));
            verifier.verify(signed, answer)
        };
        let found: Vec<Signature> = self.signatures.iter().map(verify).collect();
        let spf = self.evaluate(answers).map(|evaluation| {
            let matched = evaluation.trace.iter().rev().find(|term| term.matched == Some(true));
            Spf {
                result: evaluation.result,
                domain: evaluation.domain.to_lowercase(),
                term: matched.map(|term| format!("{} at {}", term.term, term.domain)),
                error: evaluation.error,
            }
        });
        let all = self.message.all("dkim-signature").count();
        let verdict = self.from.domain.as_ref().map(|from| {
            let seen = spf.as_ref().map(|spf| SpfSeen { domain: &spf.domain, result: spf.result });
            align::judge(ask, from, &found, all > found.len(), seen.as_ref())
        });
        let organization = verdict.as_ref().map_or("", |dmarc| dmarc.organization.as_str());
        let links = self.hosts.judge(ask, self.sender(), organization);
        let message = self.message;
        Seen {
            name: "message".to_owned(),
            at: now,
            bytes: message.bytes,
            notes: message.notes.clone(),
            missing: ["From", "Date", "Message-ID"]
                .into_iter()
                .filter(|name| message.all(name).next().is_none())
                .map(str::to_owned)
                .collect(),
            repeated: ONCE
                .iter()
                .copied()
                .filter(|name| message.all(name).nth(1).is_some())
                .map(str::to_owned)
                .collect(),
            bulk: Bulk::of(message, &found),
            more_signatures: all - found.len(),
            signatures: found,
            spf,
            dmarc: verdict,
            links,
            envelope: self.envelope,
            from: self.from,
        }
    }
}

/// Fields that may be there once (RFC 5322, section 3.6).
const ONCE: &[&str] = &[
    "Date",
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Bcc",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Subject",
];

/// Where to ask for the key of a signature, if its tags can be trusted that far.
fn key_name(signed: &Signed<'_>) -> Option<String> {
    let is_named = |fault: &Fault| match fault {
        Fault::TopLevelDomain { .. } => false,
        Fault::BadValue { tag, .. } | Fault::MissingTag { tag } => tag != "d" && tag != "s",
        _ => true,
    };
    signed.tags.faults.iter().all(is_named).then(|| key::name_of(&signed.tags))
}

fn from(message: &Message<'_>) -> Sender {
    let fields: Vec<String> = message.all("from").take(8).map(|field| field.text()).collect();
    let mut addresses: Vec<String> = fields.iter().flat_map(|field| addresses(field)).collect();
    addresses.truncate(64);
    let mut domains: Vec<Option<String>> = addresses.iter().map(|text| domain(text)).collect();
    domains.dedup();
    let domain = match domains.as_slice() {
        [Some(domain)] if domain.contains('.') => Some(domain.clone()),
        _ => None,
    };
    Sender { fields: message.all("from").count(), addresses, domain }
}

/// Who is to be looked at by SPF. A bounce has only the name given with HELO.
fn client(envelope: &Envelope) -> Option<Client> {
    let ip = envelope.client_ip?;
    let helo = envelope.helo.clone().unwrap_or_default();
    let sender = envelope.mail_from.as_ref()?;
    let name = sender.rsplit_once('@').map_or(helo.as_str(), |(_, host)| host);
    (!name.is_empty()).then(|| Client::new(ip, sender, &helo))
}
