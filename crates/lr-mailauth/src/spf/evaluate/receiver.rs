use std::net::IpAddr;

use super::names::is_below;
use super::reverse::{ReverseNames, reverse_names};
use super::{Client, Evaluation, Trace};
use crate::SpfResult;
use crate::answers::{Answer, Answers, Ask, Data, RecordType, TxtRecord};
use crate::spf::{IpNetwork, Mechanism, Qualifier, Record, TermKind, is_record, parse};

/// Terms that may cause DNS lookups (section 4.6.4).
const MAX_LOOKUPS: usize = 10;
/// Lookups that may find nothing.
const MAX_VOIDS: usize = 2;
/// Names of one `mx` or `ptr`.
pub(super) const MAX_NAMES: usize = 10;

/// A receiver at work on one message.
pub(super) struct Receiver<'a> {
    pub(super) client: &'a Client,
    pub(super) ip: IpAddr,
    pub(super) local: String,
    pub(super) sender_domain: String,
    pub(super) ask: Ask<'a>,
    trace: Vec<Trace>,
    lookups: usize,
    voids: usize,
    error: Option<String>,
}

/// Whether a mechanism matches.
enum Match {
    Yes,
    No,
    /// Answers are missing.
    Open,
    Error(SpfResult),
}

/// The result of one record, and where the explanation for a failure is.
#[derive(Debug)]
struct Verdict {
    /// `None` as long as answers are missing.
    result: Option<SpfResult>,
    /// `exp=` and the domain of its record.
    exp: Option<(String, String)>,
}

impl Verdict {
    fn of(result: SpfResult) -> Self {
        Self { result: Some(result), exp: None }
    }

    fn open() -> Self {
        Self { result: None, exp: None }
    }
}

impl<'a> Receiver<'a> {
    pub(super) fn new(client: &'a Client, answers: &'a Answers) -> Self {
        let (local, sender_domain) = client.identity();
        Self {
            client,
            // Mapped addresses are IPv4 (section 5).
            ip: client.ip.to_canonical(),
            local,
            sender_domain,
            ask: Ask::new(answers),
            trace: Vec::new(),
            lookups: 0,
            voids: 0,
            error: None,
        }
    }

    pub(super) fn evaluate(mut self) -> Evaluation {
        let domain = self.sender_domain.clone();
        let is_domain = is_valid(&domain) && domain.contains('.') && !domain.contains(['[', ':']);
        let verdict = match is_domain {
            true => self.check_host(&domain),
            false => Verdict::of(SpfResult::None),
        };
        // What was asked beside a settled result is not wanted any more.
        if verdict.result.is_some() {
            self.ask = Ask::new(self.ask.answers());
        }
        let explanation = match (verdict.result, &verdict.exp) {
            (Some(SpfResult::Fail), Some((spec, at))) => self.explain(spec, at),
            _ => None,
        };
        let open = self.ask.into_open();
        let result = verdict.result.unwrap_or(SpfResult::TempError);
        Evaluation {
            result,
            explanation,
            domain,
            trace: self.trace,
            lookups: self.lookups,
            voids: self.voids,
            error: self.error.filter(|_| {
                verdict.result.is_some()
                    && matches!(result, SpfResult::TempError | SpfResult::PermError)
            }),
            open,
        }
    }

    fn check_host(&mut self, domain: &str) -> Verdict {
        let record = match self.record(domain) {
            Ok(Some(record)) => record,
            Ok(None) => return Verdict::open(),
            Err(result) => return Verdict::of(result),
        };
        let mut is_open = false;
        for term in &record.terms {
            let TermKind::Directive(qualifier, mechanism) = &term.kind else { continue };
            let matched = self.matches(mechanism, domain);
            self.trace.push(Trace {
                domain: domain.to_owned(),
                term: term.kind.to_string(),
                matched: match matched {
                    Match::Yes => Some(true),
                    Match::No => Some(false),
                    Match::Open | Match::Error(_) => None,
                },
            });
            match matched {
                Match::No => {}
                // The terms after it are looked at as well, so that all is asked at once.
                Match::Open => is_open = true,
                _ if is_open => return Verdict::open(),
                Match::Error(result) => return Verdict::of(result),
                Match::Yes => {
                    let exp = record.exp().map(|exp| (exp.to_owned(), domain.to_owned()));
                    return Verdict { result: Some(result(*qualifier)), exp };
                }
            }
        }
        let verdict = match record.redirect() {
            None => Verdict::of(SpfResult::Neutral),
            Some((term, target)) => {
                let term = term.kind.to_string();
                self.trace.push(Trace { domain: domain.to_owned(), term, matched: None });
                self.redirect(target, domain)
            }
        };
        if is_open { Verdict::open() } else { verdict }
    }

    /// Section 6.1.
    fn redirect(&mut self, target: &str, domain: &str) -> Verdict {
        if let Err(result) = self.count_lookup() {
            return Verdict::of(result);
        }
        match self.target(Some(target), domain) {
            None => Verdict::open(),
            Some(target) if is_valid(&target) => {
                let verdict = self.check_host(&target);
                match verdict.result {
                    Some(SpfResult::None) => self.broken(format!("there is no record at {target}")),
                    _ => verdict,
                }
            }
            Some(target) => self.broken(format!("`{target}` is no domain name")),
        }
    }

    fn broken(&mut self, why: String) -> Verdict {
        self.error = Some(why);
        Verdict::of(SpfResult::PermError)
    }

    /// The record of a domain (sections 4.4 to 4.6); `None` if it is not known yet.
    fn record(&mut self, domain: &str) -> Result<Option<Record>, SpfResult> {
        let Some(answer) = self.ask.get(domain, RecordType::Txt) else { return Ok(None) };
        if let Some(failure) = answer.failure() {
            self.error = Some(format!("{domain} TXT: {}", failure.message));
            return Err(SpfResult::TempError);
        }
        let mut texts = answer.texts().map(TxtRecord::bytes).filter(|text| is_record(text));
        let text = texts.next().ok_or(SpfResult::None)?;
        if texts.next().is_some() {
            self.error = Some(format!("there are several records at {domain}"));
            return Err(SpfResult::PermError);
        }
        let parsed = parse(&text);
        match parsed.issues.first() {
            None => Ok(Some(parsed.value)),
            Some(issue) => {
                self.error = Some(format!("the record at {domain}: {issue}"));
                Err(SpfResult::PermError)
            }
        }
    }

    fn matches(&mut self, mechanism: &Mechanism, domain: &str) -> Match {
        match self.try_match(mechanism, domain) {
            Ok(Some(true)) => Match::Yes,
            Ok(Some(false)) => Match::No,
            Ok(None) => Match::Open,
            Err(result) => Match::Error(result),
        }
    }

    fn try_match(
        &mut self,
        mechanism: &Mechanism,
        domain: &str,
    ) -> Result<Option<bool>, SpfResult> {
        let spec = match mechanism {
            Mechanism::All => return Ok(Some(true)),
            Mechanism::Ip(network) => return Ok(Some(network.contains(self.ip))),
            Mechanism::Include(spec) | Mechanism::Exists(spec) => Some(spec.as_str()),
            Mechanism::A(spec, ..) | Mechanism::Mx(spec, ..) | Mechanism::Ptr(spec) => {
                spec.as_deref()
            }
        };
        self.count_lookup()?;
        let Some(target) = self.target(spec, domain) else { return Ok(None) };
        match mechanism {
            Mechanism::Include(_) => self.include(&target),
            // What is no name has no records (section 4.8).
            _ if !is_valid(&target) => Ok(Some(false)),
            Mechanism::Exists(_) => {
                let answer = self.records(&target, RecordType::A)?;
                Ok(answer.map(|answer| answer.addresses().next().is_some()))
            }
            Mechanism::A(_, v4, v6) => {
                let answer = self.records(&target, self.address_type())?;
                Ok(answer.map(|answer| self.is_among(answer, *v4, *v6)))
            }
            Mechanism::Mx(_, v4, v6) => self.mx(&target, *v4, *v6),
            _ => Ok(self.validated().map(|names| names.iter().any(|name| is_below(name, &target)))),
        }
    }

    /// Section 5.2.
    fn include(&mut self, target: &str) -> Result<Option<bool>, SpfResult> {
        if !is_valid(target) {
            self.error = Some(format!("`{target}` is no domain name"));
            return Err(SpfResult::PermError);
        }
        let Some(result) = self.check_host(target).result else { return Ok(None) };
        match result {
            SpfResult::Pass => Ok(Some(true)),
            SpfResult::Fail | SpfResult::SoftFail | SpfResult::Neutral => Ok(Some(false)),
            SpfResult::None => {
                self.error = Some(format!("there is no record at {target}"));
                Err(SpfResult::PermError)
            }
            SpfResult::TempError | SpfResult::PermError => Err(result),
        }
    }

    /// Section 5.4.
    fn mx(&mut self, target: &str, v4: u8, v6: u8) -> Result<Option<bool>, SpfResult> {
        let Some(answer) = self.records(target, RecordType::Mx)? else { return Ok(None) };
        let hosts: Vec<&str> = answer
            .data()
            .filter_map(|data| match data {
                Data::Mx { exchange, .. } if exchange != "." => Some(exchange.as_str()),
                _ => None,
            })
            .collect();
        // The order of records means nothing, so it must not decide whether the limit is met.
        if hosts.len() > MAX_NAMES {
            self.error = Some(format!("{target} has {} mail hosts, more than ten", hosts.len()));
            return Err(SpfResult::PermError);
        }
        let mut is_open = false;
        for host in hosts.into_iter().filter(|host| is_valid(host)) {
            match self.ask.get(host, self.address_type()) {
                None => is_open = true,
                _ if is_open => {}
                Some(Answer::Failed { failure }) => {
                    self.error = Some(format!("{host}: {}", failure.message));
                    return Err(SpfResult::TempError);
                }
                Some(answer) if self.is_among(answer, v4, v6) => return Ok(Some(true)),
                Some(_) => {}
            }
        }
        Ok((!is_open).then_some(false))
    }

    /// The names of the client that lead back to it (section 5.5); `None` if not known yet.
    pub(super) fn validated(&mut self) -> Option<Vec<String>> {
        match reverse_names(&mut self.ask, self.ip) {
            ReverseNames::Open => None,
            ReverseNames::Known { names, .. } => Some(names),
            // Without names nothing matches, whatever the reason.
            ReverseNames::Failed { .. } => Some(Vec::new()),
        }
    }

    fn count_lookup(&mut self) -> Result<(), SpfResult> {
        if self.lookups == MAX_LOOKUPS {
            self.error = Some("more than ten DNS lookups are needed".to_owned());
            return Err(SpfResult::PermError);
        }
        self.lookups += 1;
        Ok(())
    }

    /// The records that a term is about; finding none is a void lookup.
    fn records(&mut self, name: &str, rtype: RecordType) -> Result<Option<&'a Answer>, SpfResult> {
        let Some(answer) = self.ask.get(name, rtype) else { return Ok(None) };
        if let Some(failure) = answer.failure() {
            self.error = Some(format!("{name}: {}", failure.message));
            return Err(SpfResult::TempError);
        }
        if answer.is_void() {
            if self.voids == MAX_VOIDS {
                self.error = Some("more than two lookups find nothing".to_owned());
                return Err(SpfResult::PermError);
            }
            self.voids += 1;
        }
        Ok(Some(answer))
    }

    fn address_type(&self) -> RecordType {
        if self.ip.is_ipv4() { RecordType::A } else { RecordType::Aaaa }
    }

    fn is_among(&self, answer: &Answer, v4: u8, v6: u8) -> bool {
        answer.addresses().any(|address| {
            let prefix = if address.is_ipv4() { v4 } else { v6 };
            IpNetwork::new(address, prefix).contains(self.ip)
        })
    }
}

/// Whether something can be asked for: labels of 1 to 63 bytes, 253 altogether.
pub(super) fn is_valid(name: &str) -> bool {
    let label = |label: &str| (1..=63).contains(&label.len());
    name.len() <= 253 && name.split('.').all(label)
}

fn result(qualifier: Qualifier) -> SpfResult {
    match qualifier {
        Qualifier::Pass => SpfResult::Pass,
        Qualifier::Fail => SpfResult::Fail,
        Qualifier::SoftFail => SpfResult::SoftFail,
        Qualifier::Neutral => SpfResult::Neutral,
    }
}
