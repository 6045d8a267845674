use std::sync::Arc;
use std::time::Duration;

use lr_core::Context;
use tokio::time::timeout;

use crate::ask::{Allowance, Manners};
use crate::budget::Budget;
use crate::dns::Dns;
use crate::http::Clients;
use crate::{Error, tls};

/// The network as one check sees it: shared resolver, cache, connections and budgets of the audit,
/// under the limits and the remaining time of this check.
#[derive(Clone, Debug)]
pub struct Net {
    pub(crate) cx: Context,
    pub(crate) shared: Arc<Shared>,
    pub(crate) allowance: Option<Allowance>,
}

/// One per audit, however many checks run.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) dns: Arc<Dns>,
    pub(crate) roots: Arc<rustls::RootCertStore>,
    pub(crate) clients: Clients,
    pub(crate) budget: Budget,
    pub(crate) manners: Manners,
}

impl Net {
    /// The network of `cx`, set up on first use. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// [`Error::Config`] if the system's resolver configuration or an extra root cannot be read.
    pub fn of(cx: &Context) -> Result<Self, Error> {
        let shared = cx.shared(|| Shared::new(cx).map(Arc::new));
        match &*shared {
            Ok(shared) => Ok(Self { cx: cx.clone(), shared: Arc::clone(shared), allowance: None }),
            Err(error) => Err(error.clone()),
        }
    }

    /// The environment that this network belongs to.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.cx
    }

    /// Mozilla's trust roots and the extra ones of the settings.
    #[must_use]
    pub fn roots(&self) -> &Arc<rustls::RootCertStore> {
        &self.shared.roots
    }

    /// Bounds one exchange by its limit and by what is left of the check's time.
    pub(crate) async fn timed<T>(
        &self,
        what: impl FnOnce() -> String,
        exchange: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let time = self.cx.exchange_time();
        // Even with no time left, a timeout lets what is done at once come to its end.
        if time.is_zero() {
            return Err(Error::Timeout(what()));
        }
        match timeout(time, exchange).await {
            Ok(result) => result,
            Err(_) => Err(Error::Timeout(what())),
        }
    }

    /// Whether the time an exchange has now was cut short by the check's deadline.
    pub(crate) fn is_hurried(&self) -> bool {
        self.cx.exchange_time() + Duration::from_millis(1) < self.cx.limits().exchange
    }
}

impl Shared {
    fn new(cx: &Context) -> Result<Self, Error> {
        let dns = Arc::new(Dns::new(cx)?);
        let roots = Arc::new(tls::roots(&cx.network().extra_roots)?);
        let clients = Clients::new(cx, Arc::clone(&dns), &roots)?;
        Ok(Self {
            dns,
            roots,
            clients,
            budget: Budget::new(cx.limits().per_host),
            manners: Manners::default(),
        })
    }
}
