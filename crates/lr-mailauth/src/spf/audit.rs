use serde::{Deserialize, Serialize};

use super::{Mechanism, Qualifier, Record, TermKind, is_record, parse};
use crate::answers::{Answer, Answers, Ask, RecordType};
use crate::syntax::{Issue, Parsed};

/// The worst case of an SPF tree: a sender who matches nothing makes a receiver ask all of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Audit {
    /// The domain's own record, with everything below it.
    pub root: Node,
    /// Terms that cost a DNS lookup, over the whole tree (RFC 7208, section 4.6.4).
    pub lookups: usize,
    /// Void lookups of a sender with an IPv4 address.
    pub void_ipv4: usize,
    /// Void lookups of a sender with an IPv6 address.
    pub void_ipv6: usize,
    /// Whether all of the tree was seen; if not, the counts are "at least".
    pub complete: bool,
}

/// The record at one domain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Node {
    /// The domain.
    pub domain: String,
    /// What was found there.
    pub outcome: Outcome,
    /// The terms of its record up to the first `all`, then a `redirect=` that counts.
    pub steps: Vec<Step>,
}

impl Node {
    /// The record, read again from its text.
    pub(crate) fn record(&self) -> Option<Record> {
        match &self.outcome {
            Outcome::Record { text, .. } => Some(parse(text.as_bytes()).value),
            _ => None,
        }
    }

    /// Where `redirect=` leads.
    pub(crate) fn redirect(&self) -> Option<&Self> {
        let step = self.steps.iter().find(|step| step.qualifier.is_none())?;
        step.child.as_deref()
    }
}

/// What was found at a domain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Outcome {
    /// Exactly one record.
    Record {
        /// Its text.
        text: String,
        /// What is wrong with it; anything at all makes receivers answer `permerror`.
        issues: Vec<Issue>,
    },
    /// No record.
    Missing,
    /// Several records.
    Several {
        /// How many.
        count: usize,
    },
    /// DNS did not answer.
    Failed {
        /// Why.
        failure: lr_net::Failure,
    },
    /// Already on the way from the root to here.
    Loop,
    /// The name has a macro: it depends on the message.
    Macro,
    /// Not looked at: too deep, or after too many lookups.
    Beyond,
    /// Not asked yet.
    Open,
}

/// One term, and what it costs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Step {
    /// The term in its canonical form.
    pub term: String,
    /// What a match means; `None` for `redirect=`.
    pub qualifier: Option<Qualifier>,
    /// DNS lookups of this term and everything below it.
    pub lookups: usize,
    /// Void lookups for an IPv4 sender, here and below.
    pub void_ipv4: usize,
    /// Void lookups for an IPv6 sender, here and below.
    pub void_ipv6: usize,
    /// Why the term could not be looked up, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<lr_net::Failure>,
    /// How many mail hosts an `mx` names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchanges: Option<usize>,
    /// The record that an `include` or `redirect` leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub child: Option<Box<Node>>,
}

/// Counts what the SPF record of `domain` makes receivers ask, as far as the answers tell.
#[must_use]
pub fn audit(answers: &Answers, domain: &str) -> Audit {
    walk(&mut Ask::new(answers), domain)
}

pub(crate) fn walk(ask: &mut Ask<'_>, domain: &str) -> Audit {
    let mut walker = Walker { ask, path: Vec::new(), lookups: 0, voids: [0; 2], complete: true };
    let root = walker.node(domain);
    let Walker { lookups, voids: [void_ipv4, void_ipv6], complete, .. } = walker;
    Audit { root, lookups, void_ipv4, void_ipv6, complete }
}

/// Beyond the tenth lookup receivers stop; so many are counted to say by how much it is too many.
const MAX_LOOKUPS: usize = 60;
const MAX_DEPTH: usize = 20;

struct Walker<'a, 'b> {
    ask: &'b mut Ask<'a>,
    path: Vec<String>,
    lookups: usize,
    voids: [usize; 2],
    complete: bool,
}

impl Walker<'_, '_> {
    fn node(&mut self, domain: &str) -> Node {
        let (outcome, record) = self.record(domain);
        let mut node = Node { domain: domain.to_owned(), outcome, steps: Vec::new() };
        if matches!(node.outcome, Outcome::Failed { .. } | Outcome::Beyond | Outcome::Open) {
            self.complete = false;
        }
        let Some(record) = record else { return node };
        self.path.push(domain.trim_end_matches('.').to_ascii_lowercase());
        let all = record.all().map(|(at, _)| at);
        for term in record.terms.iter().take(all.map_or(usize::MAX, |at| at + 1)) {
            if let TermKind::Directive(qualifier, mechanism) = &term.kind {
                // Addresses cost nothing and are judged from the record itself.
                if !matches!(mechanism, Mechanism::Ip(_)) && !self.is_over() {
                    let step =
                        self.step(term.kind.to_string(), Some(*qualifier), mechanism, domain);
                    node.steps.push(step);
                }
            }
        }
        if let (None, Some((term, target))) = (all, record.redirect())
            && !self.is_over()
        {
            // A redirect is followed like an include: it costs one lookup, and its record counts.
            let target = Mechanism::Include(target.to_owned());
            node.steps.push(self.step(term.kind.to_string(), None, &target, domain));
        }
        self.path.pop();
        node
    }

    fn is_over(&mut self) -> bool {
        let over = self.lookups >= MAX_LOOKUPS;
        self.complete &= !over;
        over
    }

    fn record(&mut self, domain: &str) -> (Outcome, Option<Record>) {
        if domain.contains('%') {
            return (Outcome::Macro, None);
        }
        let key = domain.trim_end_matches('.').to_ascii_lowercase();
        if self.path.contains(&key) {
            return (Outcome::Loop, None);
        }
        if self.path.len() >= MAX_DEPTH {
            return (Outcome::Beyond, None);
        }
        let Some(answer) = self.ask.get(domain, RecordType::Txt) else {
            return (Outcome::Open, None);
        };
        if let Some(failure) = answer.failure() {
            return (Outcome::Failed { failure: failure.clone() }, None);
        }
        let mut texts = answer.texts().map(crate::TxtRecord::bytes).filter(|text| is_record(text));
        match (texts.next(), texts.count()) {
            (None, _) => (Outcome::Missing, None),
            (Some(text), 0) => {
                let Parsed { value, issues } = parse(&text);
                let text = String::from_utf8_lossy(&text).into_owned();
                (Outcome::Record { text, issues }, Some(value))
            }
            (Some(_), more) => (Outcome::Several { count: more + 1 }, None),
        }
    }

    fn step(
        &mut self,
        term: String,
        qualifier: Option<Qualifier>,
        mechanism: &Mechanism,
        domain: &str,
    ) -> Step {
        let (lookups, voids) = (self.lookups, self.voids);
        let (mut child, mut failure, mut exchanges) = (None, None, None);
        self.lookups += usize::from(!matches!(mechanism, Mechanism::All | Mechanism::Ip(_)));
        match mechanism {
            Mechanism::All | Mechanism::Ip(_) | Mechanism::Ptr(_) => {}
            Mechanism::Include(target) => {
                let node = self.node(target);
                let void = !node.domain.contains('%')
                    && self.ask.get(target, RecordType::Txt).is_some_and(Answer::is_void);
                self.voids = self.voids.map(|voids| voids + usize::from(void));
                child = Some(Box::new(node));
            }
            Mechanism::A(host, ..) => {
                let host = host.as_deref().unwrap_or(domain);
                for (family, rtype) in [RecordType::A, RecordType::Aaaa].into_iter().enumerate() {
                    failure = self.look(host, rtype, &[family]).1.or(failure);
                }
            }
            Mechanism::Exists(host) => failure = self.look(host, RecordType::A, &[0, 1]).1,
            Mechanism::Mx(host, ..) => {
                let host = host.as_deref().unwrap_or(domain);
                (exchanges, failure) = self.look(host, RecordType::Mx, &[0, 1]);
            }
        }
        Step {
            term,
            qualifier,
            lookups: self.lookups - lookups,
            void_ipv4: self.voids[0] - voids[0],
            void_ipv6: self.voids[1] - voids[1],
            failure,
            exchanges,
            child,
        }
    }

    /// How many records a name has; nothing counts as void for these families.
    fn look(
        &mut self,
        name: &str,
        rtype: RecordType,
        families: &[usize],
    ) -> (Option<usize>, Option<lr_net::Failure>) {
        // What depends on the message cannot be asked; it is a lookup all the same.
        if name.contains('%') {
            return (None, None);
        }
        match self.ask.get(name, rtype) {
            None => {
                self.complete = false;
                (None, None)
            }
            Some(Answer::Failed { failure }) => {
                self.complete = false;
                (None, Some(failure.clone()))
            }
            Some(answer) => {
                if answer.is_void() {
                    families.iter().for_each(|family| self.voids[*family] += 1);
                }
                (Some(answer.data().count()), None)
            }
        }
    }
}
