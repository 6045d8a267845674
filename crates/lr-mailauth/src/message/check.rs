use std::sync::Arc;

use lr_core::{Check, CheckError, Context, ErrorKind, Location, Recorder, Rule, async_trait};
use serde::{Deserialize, Serialize};

use super::{DkimResult, DmarcResult, Envelope, MESSAGE_RULES, MessagePolicy, Seen, judge, verify};
use crate::SpfResult;

/// The check of one received message.
#[derive(Clone, Debug)]
pub struct MessageCheck {
    name: String,
    target: Target,
    policy: MessagePolicy,
}

#[derive(Clone, Debug)]
enum Target {
    Live(Arc<[u8]>, Envelope),
    Kept(Box<Seen>),
}

impl MessageCheck {
    /// Checks a message as it was received; `name` says which, such as the name of its file.
    #[must_use]
    pub fn new(name: &str, raw: impl Into<Arc<[u8]>>) -> Self {
        let target = Target::Live(raw.into(), Envelope::default());
        Self { name: name.to_owned(), target, policy: MessagePolicy::default() }
    }

    /// Judges a kept snapshot again, touching no network.
    #[must_use]
    pub fn replay(seen: Seen) -> Self {
        let name = seen.name.clone();
        Self { name, target: Target::Kept(Box::new(seen)), policy: MessagePolicy::default() }
    }

    /// Says who handed the message in. A kept snapshot has its own.
    #[must_use]
    pub fn envelope(mut self, envelope: Envelope) -> Self {
        if let Target::Live(_, own) = &mut self.target {
            *own = envelope;
        }
        self
    }

    /// Another policy than the default one.
    #[must_use]
    pub fn with_policy(self, policy: MessagePolicy) -> Self {
        Self { policy, ..self }
    }
}

#[async_trait]
impl Check for MessageCheck {
    fn name(&self) -> &str {
        "message"
    }

    fn rules(&self) -> &[&'static Rule] {
        MESSAGE_RULES
    }

    async fn run(&self, cx: &Context, out: &mut Recorder<'_>) -> Result<(), CheckError> {
        out.about(Location::file(self.name.as_str(), None, None));
        let looked;
        let seen = match &self.target {
            Target::Kept(seen) => &**seen,
            Target::Live(raw, envelope) => {
                let mut seen = verify(raw, envelope, cx).await?;
                seen.name.clone_from(&self.name);
                looked = seen;
                &looked
            }
        };
        out.snapshot(json(seen)?);
        out.data(json(&MessageSummary::from(seen))?);
        judge(seen, &self.policy, out);
        Ok(())
    }
}

/// The results for a message, for people and scripts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MessageSummary {
    /// The domain of the From field.
    pub from: Option<String>,
    /// Signing domain, selector and result of each signature, topmost first.
    pub dkim: Vec<(String, String, DkimResult)>,
    /// The result of SPF.
    pub spf: Option<SpfResult>,
    /// The result of DMARC.
    pub dmarc: Option<DmarcResult>,
    /// Who handed it in, and what of it is assumed.
    pub envelope: Envelope,
}

impl From<&Seen> for MessageSummary {
    fn from(seen: &Seen) -> Self {
        let dkim = seen.signatures.iter().map(|signature| {
            (signature.domain.clone(), signature.selector.clone(), signature.result)
        });
        Self {
            from: seen.from.domain.clone(),
            dkim: dkim.collect(),
            spf: seen.spf.as_ref().map(|spf| spf.result),
            dmarc: seen.dmarc.as_ref().map(|dmarc| dmarc.result),
            envelope: seen.envelope.clone(),
        }
    }
}

fn json(value: &impl Serialize) -> Result<String, CheckError> {
    serde_json::to_string(value).map_err(|error| {
        CheckError::new(ErrorKind::Internal, "what was seen cannot be written as JSON")
            .with_source(error)
    })
}
