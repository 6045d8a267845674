use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// At most so many connections to one host and port at once, whoever asks.
#[derive(Debug)]
pub(crate) struct Budget {
    per_host: usize,
    hosts: Mutex<HashMap<(String, u16), Host>>,
}

#[derive(Debug)]
struct Host {
    places: Arc<Semaphore>,
    /// Whether there is a connection that many exchanges can share.
    shared: bool,
}

impl Budget {
    pub(crate) fn new(per_host: usize) -> Self {
        Self { per_host: per_host.max(1), hosts: Mutex::default() }
    }

    /// Waits for a place at `host:port`; it is given back on drop. Those who `share` need none once
    /// a connection is known that takes more than one exchange at a time.
    pub(crate) async fn place(
        &self,
        host: &str,
        port: u16,
        share: bool,
    ) -> Option<OwnedSemaphorePermit> {
        let places = self.at(host, port, |known| match share && known.shared {
            true => None,
            false => Some(Arc::clone(&known.places)),
        });
        places?.acquire_owned().await.ok()
    }

    /// An exchange went over a connection that can be shared.
    pub(crate) fn share(&self, host: &str, port: u16) {
        self.at(host, port, |known| known.shared = true);
    }

    fn at<T>(&self, host: &str, port: u16, act: impl FnOnce(&mut Host) -> T) -> T {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Host { places: Arc::new(Semaphore::new(self.per_host)), shared: false };
        act(hosts.entry((host.to_owned(), port)).or_insert_with(new))
    }
}
