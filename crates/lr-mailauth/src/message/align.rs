use serde::{Deserialize, Serialize};

use super::{DkimResult, Signature};
use crate::SpfResult;
use crate::answers::Ask;
use crate::dmarc::{self, At, Policy, organization};

/// What DMARC makes of a message (RFC 9989, section 5.3).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Dmarc {
    /// The domain of the From field.
    pub domain: String,
    /// Its organizational domain.
    pub organization: String,
    /// The result.
    pub result: DmarcResult,
    /// Where the policy was found.
    pub found_at: Option<String>,
    /// What receivers are asked to do with failing mail.
    pub policy: Option<Policy>,
    /// Each domain that a signature is in the name of, passing or not.
    pub dkim: Vec<Alignment>,
    /// The domain that SPF looked at.
    pub spf: Option<Alignment>,
    /// Why it is not known whether something that passes is aligned, or which policy applies.
    pub unknown: Option<String>,
}

/// A result of DMARC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DmarcResult {
    /// There is no policy.
    None,
    /// A signature or SPF passes, and is aligned.
    Pass,
    /// None does.
    Fail,
    /// DNS did not answer, or the envelope is not known, and it would have made a difference.
    Unknown,
}

/// Whether a domain stands for the same organization as the From field (RFC 9989, section 4.4).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Alignment {
    /// The domain.
    pub domain: String,
    /// Its organizational domain.
    pub organization: String,
    /// Whether DKIM or SPF passes for it.
    pub passes: bool,
    /// Whether it is not known if it does.
    #[serde(default)]
    pub is_open: bool,
    /// Whether the two are equal, where the policy is strict.
    pub is_strict: bool,
    /// Whether they are aligned.
    pub is_aligned: bool,
}

/// What is known of SPF.
pub(super) struct SpfSeen<'a> {
    pub(super) domain: &'a str,
    pub(super) result: SpfResult,
}

/// Brings together what was found about a message; `is_cut` if some signatures were not looked at.
pub(super) fn judge(
    ask: &mut Ask<'_>,
    from: &str,
    signatures: &[Signature],
    is_cut: bool,
    spf: Option<&SpfSeen<'_>>,
) -> Dmarc {
    let found = dmarc::walk(ask, from);
    let own = organization(ask, from);
    let strict =
        found.record.as_ref().map_or((false, false), |own| (own.strict_dkim, own.strict_spf));
    let mut is_certain = own.is_certain;
    let mut align = |domain: &str, is_strict: bool| {
        let other = organization(ask, domain);
        is_certain &= other.is_certain || domain == from;
        let is_aligned = domain == from || !is_strict && other.domain == own.domain;
        Alignment {
            domain: domain.to_owned(),
            organization: other.domain,
            passes: false,
            is_open: false,
            is_strict,
            is_aligned,
        }
    };
    let signed = signatures.iter().filter(|signature| !signature.domain.is_empty());
    let dkim = signed.map(|signature| Alignment {
        passes: signature.result == DkimResult::Pass,
        is_open: matches!(signature.result, DkimResult::TempError | DkimResult::Unchecked),
        ..align(&signature.domain, strict.0)
    });
    let dkim = dkim.collect();
    let spf = spf.map(|spf| Alignment {
        passes: spf.result == SpfResult::Pass,
        is_open: spf.result == SpfResult::TempError,
        ..align(spf.domain, strict.1)
    });
    let mut verdict = Dmarc {
        domain: from.to_owned(),
        organization: own.domain,
        result: DmarcResult::None,
        found_at: found.found_at,
        policy: found.policy,
        dkim,
        spf,
        unknown: None,
    };
    if !verdict.is_authenticated() {
        verdict.unknown = verdict.obstacle(is_cut, is_certain);
    }
    verdict.result = match verdict.policy {
        None if !found.complete => {
            let failure = found.trace.iter().find_map(|step| match &step.at {
                At::Failed { failure } => Some(failure.message.to_string()),
                _ => None,
            });
            verdict.unknown = verdict.unknown.or(failure);
            DmarcResult::Unknown
        }
        None => DmarcResult::None,
        Some(_) if verdict.is_authenticated() => DmarcResult::Pass,
        Some(_) if verdict.unknown.is_some() => DmarcResult::Unknown,
        Some(_) => DmarcResult::Fail,
    };
    verdict
}

impl Dmarc {
    /// Whether something that passes is aligned with the From field.
    #[must_use]
    pub fn is_authenticated(&self) -> bool {
        self.alignments().any(|one| one.passes && one.is_aligned)
    }

    fn alignments(&self) -> impl Iterator<Item = &Alignment> {
        self.dkim.iter().chain(&self.spf)
    }

    /// What might still let the message pass.
    fn obstacle(&self, is_cut: bool, is_certain: bool) -> Option<String> {
        let open = |one: &&Alignment| one.is_open && one.is_aligned;
        if let Some(one) = self.dkim.iter().find(open) {
            return Some(format!("the signature of {} could not be looked at", one.domain));
        }
        if let Some(one) = self.spf.iter().find(open) {
            return Some(format!("DNS did not answer for the SPF of {}", one.domain));
        }
        let obstacle = match (is_cut, &self.spf, is_certain) {
            (true, ..) => "not all signatures were looked at",
            (_, None, _) => {
                "no signature passes and is aligned, and SPF cannot be looked at without the \
                 envelope"
            }
            (.., false) => "DNS did not answer for the organizational domain",
            _ => return None,
        };
        Some(obstacle.to_owned())
    }
}
