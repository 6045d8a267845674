use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// At most so many connections to one host and port at once, whoever asks.
#[derive(Debug)]
pub(crate) struct Budget {
    per_host: usize,
    hosts: Mutex<HashMap<(String, u16), Arc<Semaphore>>>,
}

impl Budget {
    pub(crate) fn new(per_host: usize) -> Self {
        Self { per_host: per_host.max(1), hosts: Mutex::default() }
    }

    /// Waits for a place at `host:port`; it is given back on drop.
    pub(crate) async fn place(&self, host: &str, port: u16) -> Option<OwnedSemaphorePermit> {
        let semaphore = {
            let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
            let places = || Arc::new(Semaphore::new(self.per_host));
            Arc::clone(hosts.entry((host.to_owned(), port)).or_insert_with(places))
        };
        semaphore.acquire_owned().await.ok()
    }
}
