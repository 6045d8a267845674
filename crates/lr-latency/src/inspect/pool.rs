use std::sync::{Mutex, MutexGuard, PoisonError};

use super::dial::Link;

/// The connections to one endpoint that wait for a request. The one used last is used first, so
/// there are only as many as are needed at once.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    idle: Vec<Link>,
    /// Connections that ended and have not been replaced.
    lost: u64,
}

impl Pool {
    pub(crate) fn take(&self) -> Option<Link> {
        self.state().idle.pop()
    }

    pub(crate) fn put(&self, link: Link) {
        self.state().idle.push(link);
    }

    /// A connection has ended.
    pub(crate) fn lose(&self) {
        self.state().lost += 1;
    }

    /// Whether a connection that is opened now replaces one that has ended.
    pub(crate) fn replace(&self) -> bool {
        let mut state = self.state();
        let replaces = state.lost > 0;
        state.lost -= u64::from(replaces);
        replaces
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
