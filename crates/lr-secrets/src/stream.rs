use std::fmt;
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};

use lr_core::{Context, ErrorKind};

use crate::scan::Finds;
use crate::snapshot::{Found, Origin, Reason, Skipped, Snapshot};
use crate::stop::Stop;
use crate::tree::file::Reader;
use crate::{Policy, contents};

/// A progress event is sent after so many pieces of 256 KiB.
const STRIDE: u64 = 64;

/// Scans what a stream gives, such as standard input or a build log, as if it were a file called
/// `name`.
///
/// Memory does not grow with it. Ends at [`Policy::file_bytes`], and early when the context is
/// cancelled or its time runs out. What the stream says when it fails is in [`Snapshot::skipped`].
pub fn scan_stream(name: &str, stream: &mut dyn Read, policy: &Policy, cx: &Context) -> Snapshot {
    scan_until(name, stream, policy, cx, &|| false)
}

/// The same, until `is_abandoned`.
pub(crate) fn scan_until(
    name: &str,
    stream: &mut dyn Read,
    policy: &Policy,
    cx: &Context,
    is_abandoned: &(dyn Fn() -> bool + Sync),
) -> Snapshot {
    let stop = Stop::new(cx, is_abandoned, "reading", STRIDE);
    // Asked after each piece.
    let is_over = || {
        stop.count();
        stop.now()
    };
    let mut seen =
        Snapshot { root: name.into(), exposure: policy.exposure, files: 1, ..Snapshot::default() };
    let finds = |inner: &str| Finds::inside(name, inner, policy);
    match contents::read(stream, &finds, &mut Reader::new(), policy, &is_over) {
        Ok(contents) => {
            seen.bytes = contents.bytes;
            seen.found = (contents.secrets.into_iter())
                .map(|(inner, secrets)| {
                    let path = contents::join(name, &inner);
                    Found { path, origin: Origin::Tree, secrets }
                })
                .collect();
            let skip = |reason| Skipped { path: name.into(), reason };
            seen.skipped = contents.left.into_iter().map(skip).collect();
        }
        Err(error) => {
            let reason = Reason::Unreadable { message: error.kind().to_string() };
            seen.skipped.push(Skipped { path: name.into(), reason });
        }
    }
    seen.stopped = stop.reason();
    policy.settle(&mut seen);
    seen
}

/// A stream that a check reads when it runs.
#[derive(Clone)]
pub(crate) struct Stream {
    pub(crate) name: String,
    source: Arc<Mutex<Option<Box<dyn Read + Send>>>>,
}

impl Stream {
    pub(crate) fn new(name: String, source: Box<dyn Read + Send>) -> Self {
        Self { name, source: Arc::new(Mutex::new(Some(source))) }
    }

    /// Reads it; there is nothing to be read a second time.
    pub(crate) fn scan(
        &self,
        policy: &Policy,
        cx: &Context,
        is_abandoned: &(dyn Fn() -> bool + Sync),
    ) -> Snapshot {
        let source = self.source.lock().unwrap_or_else(PoisonError::into_inner).take();
        match source {
            Some(mut source) => scan_until(&self.name, &mut source, policy, cx, is_abandoned),
            None => {
                let mut seen = Snapshot { root: self.name.clone(), ..Snapshot::default() };
                seen.stopped = Some(ErrorKind::Config);
                seen
            }
        }
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("name", &self.name).finish_non_exhaustive()
    }
}
