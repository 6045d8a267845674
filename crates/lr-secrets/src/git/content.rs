//! What is in a body that is at hand, or in parts of it.

use std::ops::Range;

use crate::scan::Finds;
use crate::snapshot::Secret;

/// Bytes at the start of a body in which a NUL tells that it is no text.
const HEAD: usize = 8 << 10;

/// Whether positions in the body are positions in its text, so that versions can be compared.
pub(crate) fn is_plain(body: &[u8]) -> bool {
    let is_wide = body.starts_with(&[0xff, 0xfe]) || body.starts_with(&[0xfe, 0xff]);
    !is_wide && !crate::tree::file::is_archive(body)
}

/// Looks at windows of a [plain](is_plain) body.
pub(crate) fn look(
    body: &[u8],
    windows: impl IntoIterator<Item = Range<usize>>,
    mut finds: Finds<'_>,
) -> (Vec<Secret>, bool) {
    let is_binary = memchr::memchr(0, &body[..body.len().min(HEAD)]).is_some();
    for window in windows {
        finds.look(body, 0, window, is_binary);
    }
    finds.into_secrets()
}
