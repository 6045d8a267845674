use std::fmt;

use super::{Mechanism, Qualifier, Record, TermKind};

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("v=spf1")?;
        self.terms.iter().try_for_each(|term| write!(f, " {}", term.kind))
    }
}

impl fmt::Display for TermKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directive(Qualifier::Pass, mechanism) => mechanism.fmt(f),
            Self::Directive(qualifier, mechanism) => write!(f, "{}{mechanism}", qualifier.sign()),
            Self::Redirect(target) => write!(f, "redirect={target}"),
            Self::Exp(target) => write!(f, "exp={target}"),
            Self::Unknown(name, value) => write!(f, "{name}={value}"),
        }
    }
}

impl Qualifier {
    /// The sign in the record.
    #[must_use]
    pub fn sign(self) -> char {
        match self {
            Self::Pass => '+',
            Self::Fail => '-',
            Self::SoftFail => '~',
            Self::Neutral => '?',
        }
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hosts = |f: &mut fmt::Formatter<'_>, name, domain: &Option<String>, v4, v6| {
            f.write_str(name)?;
            domain.iter().try_for_each(|domain| write!(f, ":{domain}"))?;
            if v4 != 32 {
                write!(f, "/{v4}")?;
            }
            if v6 != 128 { write!(f, "//{v6}") } else { Ok(()) }
        };
        match self {
            Self::All => f.write_str("all"),
            Self::Include(domain) => write!(f, "include:{domain}"),
            Self::A(domain, v4, v6) => hosts(f, "a", domain, *v4, *v6),
            Self::Mx(domain, v4, v6) => hosts(f, "mx", domain, *v4, *v6),
            Self::Ptr(None) => f.write_str("ptr"),
            Self::Ptr(Some(domain)) => write!(f, "ptr:{domain}"),
            Self::Ip(network) => network.fmt(f),
            Self::Exists(domain) => write!(f, "exists:{domain}"),
        }
    }
}
