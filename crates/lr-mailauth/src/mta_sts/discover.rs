use lr_net::Failure;
use serde::{Deserialize, Serialize};

use super::{Record, is_record, parse};
use crate::answers::{Answers, Ask, RecordType};
use crate::record::{At, Kind};

/// What DNS says about MTA-STS.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Discovery {
    /// What stands at `_mta-sts`.
    pub record: At<Record>,
    /// Whether the host that serves the policy has an address, as far as is known.
    pub has_host: bool,
}

/// What came of fetching the policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fetched", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Fetched {
    /// The server answered.
    Answer {
        /// Its status.
        status: u16,
        /// Its content type.
        content_type: Option<String>,
        /// Where it leads to, if anywhere.
        location: Option<String>,
        /// The body, as far as it was read.
        body: String,
        /// Whether it ended there.
        complete: bool,
    },
    /// It did not.
    Failed {
        /// Why.
        failure: Failure,
    },
}

impl Fetched {
    /// An answer of status 200 and type `text/plain`.
    #[must_use]
    pub fn policy(body: &str) -> Self {
        Self::Answer {
            status: 200,
            content_type: Some("text/plain".to_owned()),
            location: None,
            body: body.to_owned(),
            complete: true,
        }
    }
}

/// Looks at what DNS says about MTA-STS, as far as the answers tell.
#[must_use]
pub fn discover(answers: &Answers, domain: &str) -> Discovery {
    walk(&mut Ask::new(answers), domain)
}

pub(crate) fn walk(ask: &mut Ask<'_>, domain: &str) -> Discovery {
    let kind = Kind { is_record, parse, like: "stsv" };
    let record = At::<Record>::look(ask, &format!("_mta-sts.{domain}"), &kind);
    let host = format!("mta-sts.{domain}");
    let has = |ask: &mut Ask<'_>, rtype| {
        ask.get(&host, rtype).is_some_and(|answer| answer.addresses().next().is_some())
    };
    let (v4, v6) = (has(ask, RecordType::A), has(ask, RecordType::Aaaa));
    Discovery { record, has_host: v4 || v6 }
}
