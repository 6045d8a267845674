//! Mail exchanges: where mail to the domain goes.

use std::net::IpAddr;

use lr_net::Failure;
use serde::{Deserialize, Serialize};

use crate::answers::{Answer, Answers, Ask, Data, RecordType};

/// Where mail to a domain goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MailHosts {
    /// What the MX records say.
    pub state: State,
    /// The hosts, as the records name them, by preference.
    pub hosts: Vec<Host>,
    /// How many records there are; hosts beyond [`MAX_HOSTS`] are not looked at.
    pub count: usize,
}

/// What the MX records of a domain say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum State {
    /// There are records.
    Records,
    /// There are none, so mail goes to the domain's own address (RFC 5321, section 5.1).
    Implicit,
    /// There are none, and no address either: no mail arrives.
    None,
    /// A null MX (RFC 7505): no mail is wanted.
    Null,
    /// DNS did not answer.
    Failed {
        /// Why.
        failure: Failure,
    },
    /// Not asked yet.
    Open,
}

/// One MX record and its host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Host {
    /// Lower is tried first.
    pub preference: u16,
    /// The host name; `.` for a null MX.
    pub exchange: String,
    /// Its addresses, IPv4 first.
    pub addresses: Vec<IpAddr>,
    /// The name that an alias leads to.
    pub alias: Option<String>,
    /// Whether the name exists, as far as is known.
    pub exists: bool,
    /// Why its addresses could not be asked for.
    pub failure: Option<Failure>,
    /// Whether both families have been asked for.
    pub asked: bool,
}

impl Host {
    /// The address that stands where a name should.
    #[must_use]
    pub fn literal(&self) -> Option<IpAddr> {
        self.exchange.trim_matches(['[', ']']).parse().ok()
    }

    /// Whether the name means the sender's own machine.
    #[must_use]
    pub fn is_local(&self) -> bool {
        let name = self.exchange.as_str();
        let last = name.rsplit('.').next().unwrap_or(name);
        matches!(last, "localhost" | "local" | "localdomain" | "internal" | "lan")
    }
}

/// More mail hosts than this are counted, but not looked at.
pub const MAX_HOSTS: usize = 16;

/// Looks at the mail exchanges of a domain, as far as the answers tell.
#[must_use]
pub fn mail_hosts(answers: &Answers, domain: &str) -> MailHosts {
    walk(&mut Ask::new(answers), domain)
}

pub(crate) fn walk(ask: &mut Ask<'_>, domain: &str) -> MailHosts {
    let nothing = |state| MailHosts { state, hosts: Vec::new(), count: 0 };
    let answer = match ask.get(domain, RecordType::Mx) {
        None => return nothing(State::Open),
        Some(Answer::Failed { failure }) => {
            return nothing(State::Failed { failure: failure.clone() });
        }
        Some(answer) => answer,
    };
    let mut records: Vec<(u16, &str)> = answer
        .data()
        .filter_map(|data| match data {
            Data::Mx { preference, exchange } => Some((*preference, exchange.as_str())),
            _ => None,
        })
        .collect();
    records.sort_unstable();
    if records.is_empty() {
        if matches!(answer, Answer::NxDomain { .. }) {
            return nothing(State::None);
        }
        let own = host(ask, 0, domain);
        return match (&own.failure, own.addresses.is_empty()) {
            _ if !own.asked => nothing(State::Open),
            (_, false) => MailHosts { state: State::Implicit, hosts: vec![own], count: 0 },
            (Some(failure), true) => nothing(State::Failed { failure: failure.clone() }),
            (None, true) => nothing(State::None),
        };
    }
    let count = records.len();
    let null = records.iter().all(|(_, exchange)| *exchange == ".");
    records.truncate(MAX_HOSTS);
    let mut hosts: Vec<Host> = Vec::with_capacity(records.len());
    for (preference, exchange) in records {
        let known = hosts.iter().find(|host| host.exchange == exchange).cloned();
        let known = known.map(|known| Host { preference, ..known });
        hosts.push(known.unwrap_or_else(|| host(ask, preference, exchange)));
    }
    MailHosts { state: if null { State::Null } else { State::Records }, hosts, count }
}

fn host(ask: &mut Ask<'_>, preference: u16, exchange: &str) -> Host {
    let mut host = Host {
        preference,
        exchange: exchange.to_owned(),
        addresses: Vec::new(),
        alias: None,
        exists: true,
        failure: None,
        asked: true,
    };
    // Nothing can be asked about the root, an address or this machine that would help.
    if exchange == "." || host.literal().is_some() || host.is_local() {
        return host;
    }
    for rtype in [RecordType::A, RecordType::Aaaa] {
        match ask.get(exchange, rtype) {
            None => host.asked = false,
            Some(Answer::Failed { failure }) => host.failure = Some(failure.clone()),
            Some(Answer::NxDomain { alias }) => {
                host.exists = false;
                host.alias = alias.clone().or(host.alias);
            }
            Some(Answer::NotAName) => host.exists = false,
            Some(answer) => {
                host.addresses.extend(answer.addresses());
                if let Answer::Records { aliases, .. } = answer {
                    host.alias = aliases.last().cloned().or(host.alias);
                }
            }
        }
    }
    host
}
