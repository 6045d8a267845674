use std::net::IpAddr;

use lr_net::Failure;
use serde::{Deserialize, Serialize};

use super::macros::reverse;
use super::receiver::{MAX_NAMES, is_valid};
use crate::answers::{Answer, Ask, Data, RecordType};

/// The names of an address (RFC 7208, section 5.5).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ReverseNames {
    /// DNS has answered.
    Known {
        /// The names that lead back to the address.
        names: Vec<String>,
        /// All that it claims, the first ten.
        claimed: Vec<String>,
    },
    /// DNS did not answer the question for its names.
    Failed {
        /// Why.
        failure: Failure,
    },
    /// Not asked yet.
    Open,
}

pub(crate) fn reverse_names(ask: &mut Ask<'_>, ip: IpAddr) -> ReverseNames {
    let answer = match ask.get(&reverse(ip), RecordType::Ptr) {
        None => return ReverseNames::Open,
        Some(Answer::Failed { failure }) => {
            return ReverseNames::Failed { failure: failure.clone() };
        }
        Some(answer) => answer,
    };
    let claimed = answer.data().filter_map(|data| match data {
        Data::Name(name) if is_valid(name) => Some(name.clone()),
        _ => None,
    });
    let claimed: Vec<String> = claimed.take(MAX_NAMES).collect();
    let (mut names, mut is_open) = (Vec::new(), false);
    let rtype = if ip.is_ipv4() { RecordType::A } else { RecordType::Aaaa };
    for name in &claimed {
        match ask.get(name, rtype) {
            None => is_open = true,
            // A name that cannot be looked up is skipped.
            Some(answer) if answer.addresses().any(|other| other.to_canonical() == ip) => {
                names.push(name.clone());
            }
            Some(_) => {}
        }
    }
    if is_open { ReverseNames::Open } else { ReverseNames::Known { names, claimed } }
}
