//! What is in a body, whatever it is: text in one encoding or the other, a program, an archive.

use std::io::Read;
use std::ops::Range;

use crate::Policy;
use crate::scan::Finds;
use crate::snapshot::{Reason, Secret};
use crate::tree::file::Reader;

/// Bytes at the start of a body in which a NUL tells that it is no text.
const HEAD: usize = 8 << 10;

/// What was found in one body.
pub(crate) struct Seen {
    /// Secrets, each list with its path inside an archive, or none.
    pub(crate) secrets: Vec<(String, Vec<Secret>)>,
    /// Why not all of it was looked at.
    pub(crate) left: Vec<Reason>,
    pub(crate) bytes: u64,
}

/// Whether positions in the body are positions in its text, so that versions can be compared.
pub(crate) fn is_plain(body: &[u8]) -> bool {
    let is_wide = body.starts_with(&[0xff, 0xfe]) || body.starts_with(&[0xfe, 0xff]);
    !is_wide && !crate::tree::file::is_archive(body)
}

/// Looks at windows of a [plain](is_plain) body.
pub(crate) fn look(
    body: &[u8],
    windows: impl IntoIterator<Item = Range<usize>>,
    policy: &Policy,
) -> (Vec<Secret>, bool) {
    let is_binary = memchr::memchr(0, &body[..body.len().min(HEAD)]).is_some();
    let mut finds = Finds::new(policy);
    for window in windows {
        finds.look(body, 0, window, is_binary);
    }
    finds.into_secrets()
}

/// Looks at all of a body, of any size and kind.
pub(crate) fn read(
    body: &mut dyn Read,
    reader: &mut Reader,
    policy: &Policy,
    stop: &dyn Fn() -> bool,
) -> std::io::Result<Seen> {
    #[cfg(feature = "archives")]
    {
        let unpacked = crate::archive::read(body, reader, policy, stop)?;
        Ok(Seen { secrets: unpacked.secrets, left: unpacked.left, bytes: unpacked.bytes })
    }
    #[cfg(not(feature = "archives"))]
    {
        let contents = reader.scan(body, Finds::new(policy), false, policy, stop)?;
        let mut seen = Seen { bytes: contents.bytes, left: contents.left, secrets: Vec::new() };
        if !contents.secrets.is_empty() {
            seen.secrets.push((String::new(), contents.secrets));
        }
        Ok(seen)
    }
}
