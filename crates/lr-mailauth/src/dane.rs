//! DANE for SMTP (RFC 7672): TLSA records that say which certificate a mail host must have.

use lr_net::Failure;
use serde::{Deserialize, Serialize};

use crate::answers::{Answer, Answers, Ask, Data, RecordType};
use crate::mx::{self, MailHosts};

/// The TLSA records of one mail host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Host {
    /// The host, as the MX record names it.
    pub host: String,
    /// Its records for port 25.
    pub records: Vec<Tlsa>,
    /// Whether the resolver has validated them with DNSSEC.
    pub authentic: bool,
    /// Why they could not be asked for.
    pub failure: Option<Failure>,
}

/// One TLSA record (RFC 6698, section 2.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tlsa {
    /// 0 and 1 need a public CA and are not for SMTP; 2 names a CA, 3 the host's own certificate.
    pub usage: u8,
    /// 0: the certificate; 1: its key alone.
    pub selector: u8,
    /// 0: itself; 1: SHA-256; 2: SHA-512.
    pub matching: u8,
    /// The data in hexadecimal digits.
    pub data: String,
}

impl Tlsa {
    /// Why senders cannot use the record, if so (RFC 7672, section 3.1).
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        let bytes = self.data.len() / 2;
        match (self.usage, self.selector, self.matching) {
            (0 | 1, ..) => Some(format!("usage {} is not for SMTP; 2 and 3 are", self.usage)),
            (4.., ..) => Some(format!("there is no usage {}", self.usage)),
            (_, 2.., _) => Some(format!("there is no selector {}", self.selector)),
            (_, _, 3..) => Some(format!("there is no matching type {}", self.matching)),
            (_, _, 1) if bytes != 32 => {
                Some(format!("SHA-256 has 32 bytes, and there are {bytes}"))
            }
            (_, _, 2) if bytes != 64 => {
                Some(format!("SHA-512 has 64 bytes, and there are {bytes}"))
            }
            (_, _, 0) if bytes == 0 => Some("there is no data".to_owned()),
            _ => None,
        }
    }
}

impl std::fmt::Display for Tlsa {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {} {}", self.usage, self.selector, self.matching, self.data)
    }
}

/// Looks at the TLSA records of the mail hosts of a domain, as far as the answers tell.
#[must_use]
pub fn discover(answers: &Answers, domain: &str) -> Vec<Host> {
    let ask = &mut Ask::new(answers);
    let hosts = mx::walk(ask, domain);
    walk(ask, &hosts)
}

pub(crate) fn walk(ask: &mut Ask<'_>, hosts: &MailHosts) -> Vec<Host> {
    let named = |host: &&mx::Host| {
        hosts.state == mx::State::Records
            && host.exchange != "."
            && host.literal().is_none()
            && !host.is_local()
    };
    let mut seen: Vec<Host> = Vec::new();
    for host in hosts.hosts.iter().filter(named).take(MAX_HOSTS) {
        if seen.iter().any(|known| known.host == host.exchange) {
            continue;
        }
        let Some(answer) = ask.get(&format!("_25._tcp.{}", host.exchange), RecordType::Tlsa) else {
            continue;
        };
        let records = answer.data().filter_map(|data| match data {
            Data::Tlsa { usage, selector, matching, data } => Some(Tlsa {
                usage: *usage,
                selector: *selector,
                matching: *matching,
                data: data.clone(),
            }),
            _ => None,
        });
        seen.push(Host {
            host: host.exchange.clone(),
            records: records.collect(),
            authentic: matches!(answer, Answer::Records { authentic: true, .. }),
            failure: answer.failure().cloned(),
        });
    }
    seen
}

/// More hosts than this are not asked about.
const MAX_HOSTS: usize = 8;
