use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

/// How servers have behaved so far, by real address.
#[derive(Debug, Default)]
pub(crate) struct Manners(Mutex<HashMap<SocketAddr, Arc<Manner>>>);

/// How one server has behaved so far.
#[derive(Debug)]
pub(super) struct Manner {
    known: watch::Sender<Known>,
    scouted: AtomicBool,
}

/// What is known of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// It was not heard of.
    Nothing,
    /// It answers questions as they are asked.
    Answers,
    /// It answers questions without EDNS only.
    PlainOnly,
}

impl Manners {
    pub(super) fn of(&self, address: SocketAddr) -> Arc<Manner> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || {
            let known = watch::Sender::new(Known::Nothing);
            Arc::new(Manner { known, scouted: AtomicBool::new(false) })
        };
        Arc::clone(known.entry(address).or_insert_with(new))
    }
}

impl Manner {
    /// Whether the caller is the first that asks this server.
    pub(super) fn becomes_scout(&self) -> bool {
        !self.scouted.swap(true, Ordering::Relaxed)
    }

    pub(super) fn watch(&self) -> watch::Receiver<Known> {
        self.known.subscribe()
    }

    pub(super) fn known(&self) -> Known {
        *self.known.borrow()
    }

    /// It answered, `plain` if only without EDNS. An answer with EDNS counts for good.
    pub(super) fn heard(&self, plain: bool) {
        self.known.send_if_modified(|known| {
            let now = if plain { Known::PlainOnly } else { Known::Answers };
            let news = *known != now && *known != Known::Answers;
            if news {
                *known = now;
            }
            news
        });
    }
}
