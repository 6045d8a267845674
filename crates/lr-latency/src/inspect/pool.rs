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
    /// Connections that ended and have not been replaced, by how they did.
    closed: u64,
    broken: u64,
}

/// How a connection has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lost {
    /// The server closed it between two requests.
    Closed,
    /// A request on it has failed, which is counted as such.
    Broken,
}

impl Pool {
    pub(crate) fn take(&self) -> Option<Link> {
        self.state().idle.pop()
    }

    pub(crate) fn put(&self, link: Link) {
        self.state().idle.push(link);
    }

    /// A connection has ended.
    pub(crate) fn lose(&self, how: Lost) {
        let mut state = self.state();
        match how {
            Lost::Closed => state.closed += 1,
            Lost::Broken => state.broken += 1,
        }
    }

    /// How the connection ended that one which is opened now replaces, if it does.
    pub(crate) fn replace(&self) -> Option<Lost> {
        let mut state = self.state();
        if state.closed > 0 {
            state.closed -= 1;
            return Some(Lost::Closed);
        }
        (state.broken > 0).then(|| {
            state.broken -= 1;
            Lost::Broken
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
