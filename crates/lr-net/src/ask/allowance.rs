use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::ask::Server;
use crate::{Error, Net};

/// How many questions may still be sent.
#[derive(Clone, Debug)]
pub(crate) struct Allowance {
    left: Arc<AtomicUsize>,
    limit: usize,
}

impl Net {
    /// The same network, on which no more than `limit` DNS questions may be sent: repeated packets
    /// and questions to the resolver count, answers that are remembered do not.
    #[must_use]
    pub fn with_questions(&self, limit: usize) -> Self {
        let allowance = Allowance { left: Arc::new(AtomicUsize::new(limit)), limit };
        Self { allowance: Some(allowance), ..self.clone() }
    }

    /// How many DNS questions were sent under the limit of [`Self::with_questions`].
    #[must_use]
    pub fn questions_sent(&self) -> usize {
        let spent = |of: &Allowance| of.limit - of.left.load(Ordering::Relaxed);
        self.allowance.as_ref().map_or(0, spent)
    }

    /// Takes the right to send one packet to `server`.
    pub(crate) fn spend(&self, server: &Server) -> Result<(), Error> {
        self.spend_on(1, || server.to_string())
    }

    /// Gives back what was taken and not used.
    pub(crate) fn give_back(&self, count: usize) {
        if let Some(allowance) = &self.allowance {
            allowance.left.fetch_add(count, Ordering::Relaxed);
        }
    }

    /// Takes the right to send `count` packets.
    pub(crate) fn spend_on(
        &self,
        count: usize,
        whom: impl FnOnce() -> String,
    ) -> Result<(), Error> {
        let Some(allowance) = &self.allowance else { return Ok(()) };
        let less = |left: usize| left.checked_sub(count);
        match allowance.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less) {
            Ok(_) => Ok(()),
            Err(_) => Err(Error::Spent { peer: whom(), limit: allowance.limit }),
        }
    }
}
