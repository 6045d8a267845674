//! SPF (RFC 7208): a parser that keeps what it understands, and the audit of a whole tree.

mod allowed;
mod audit;
mod domain_spec;
mod evaluate;
mod network;
mod parse;
mod print;

pub use allowed::Allowed;
pub(crate) use audit::walk;
pub use audit::{Audit, Node, Outcome, Step, audit};
pub(crate) use evaluate::reverse_names;
pub use evaluate::{Client, Evaluation, ReverseNames, Trace, check_host, evaluate};
pub use network::IpNetwork;
pub use parse::{is_record, parse};

use crate::Span;

/// An SPF record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// What was understood, in order.
    pub terms: Vec<Term>,
}

/// A term and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Term {
    /// Where it stands.
    pub span: Span,
    /// What it says.
    pub kind: TermKind,
}

/// What a term says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TermKind {
    /// A mechanism and what a match means.
    Directive(Qualifier, Mechanism),
    /// `redirect=`: another record decides when nothing has matched.
    Redirect(String),
    /// `exp=`: where the explanation is.
    Exp(String),
    /// A modifier that this specification does not know and that is ignored, name and value.
    Unknown(String, String),
}

/// What a match of a mechanism means.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Qualifier {
    /// `+`: may send.
    #[default]
    Pass,
    /// `-`: may not send.
    Fail,
    /// `~`: probably may not send.
    SoftFail,
    /// `?`: nothing is said.
    Neutral,
}

/// A mechanism. Domain specifications are kept as text; `None` is the current domain.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mechanism {
    /// `all`
    All,
    /// `include`
    Include(String),
    /// `a`, with prefix lengths for IPv4 and IPv6
    A(Option<String>, u8, u8),
    /// `mx`, with prefix lengths for IPv4 and IPv6
    Mx(Option<String>, u8, u8),
    /// `ptr`
    Ptr(Option<String>),
    /// `ip4` and `ip6`
    Ip(IpNetwork),
    /// `exists`
    Exists(String),
}

impl Record {
    /// What the first `all` says, and its position among the terms.
    #[must_use]
    pub fn all(&self) -> Option<(usize, Qualifier)> {
        self.terms.iter().enumerate().find_map(|(at, term)| match term.kind {
            TermKind::Directive(qualifier, Mechanism::All) => Some((at, qualifier)),
            _ => None,
        })
    }

    /// The target of `redirect=`, whether or not an `all` makes it void.
    #[must_use]
    pub fn redirect(&self) -> Option<(&Term, &str)> {
        self.terms.iter().find_map(|term| match &term.kind {
            TermKind::Redirect(target) => Some((term, target.as_str())),
            _ => None,
        })
    }

    /// The target of `exp=`.
    #[must_use]
    pub fn exp(&self) -> Option<&str> {
        self.terms.iter().find_map(|term| match &term.kind {
            TermKind::Exp(target) => Some(target.as_str()),
            _ => None,
        })
    }

    /// Whether nobody at all may send: no term can pass, and the end is `-all`.
    #[must_use]
    pub fn forbids_everyone(&self) -> bool {
        matches!(self.all(), Some((_, Qualifier::Fail))) && !self.lets_pass()
    }

    /// Whether it says nothing itself, so that the record behind `redirect=` decides alone.
    pub(crate) fn passes_on(&self) -> bool {
        self.all().is_none() && self.redirect().is_some() && !self.lets_pass()
    }

    fn lets_pass(&self) -> bool {
        let passes = |term: &Term| {
            matches!(
                term.kind,
                TermKind::Directive(Qualifier::Pass | Qualifier::Neutral | Qualifier::SoftFail, _)
            )
        };
        self.terms.iter().any(passes)
    }
}
