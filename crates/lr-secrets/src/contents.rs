//! What is in a body of any size and kind: text in one encoding or the other, a program, an archive.

use std::io::{self, Read};

use crate::Policy;
use crate::scan::Finds;
use crate::snapshot::{Reason, Secret};
use crate::tree::file::Reader;

/// Secrets, each list with its path inside an archive, or none.
pub(crate) type Places = Vec<(String, Vec<Secret>)>;

/// What was found in one body.
#[derive(Default)]
pub(crate) struct Contents {
    pub(crate) secrets: Places,
    /// Why not all of it was looked at.
    pub(crate) left: Vec<Reason>,
    /// Bytes that were looked at, unpacked.
    pub(crate) bytes: u64,
}

/// Looks at all of a body; `finds` tells by a path inside of it, which is empty for the body itself,
/// what to expect there.
pub(crate) fn read<'a>(
    body: &mut dyn Read,
    finds: &dyn Fn(&str) -> Finds<'a>,
    reader: &mut Reader,
    policy: &'a Policy,
    stop: &dyn Fn() -> bool,
) -> io::Result<Contents> {
    #[cfg(feature = "archives")]
    {
        crate::archive::read(body, finds, reader, policy, stop)
    }
    #[cfg(not(feature = "archives"))]
    {
        let whole = reader.scan(body, finds(""), policy, stop)?;
        let mut contents = Contents { bytes: whole.bytes, left: whole.left, secrets: Vec::new() };
        if !whole.secrets.is_empty() {
            contents.secrets.push((String::new(), whole.secrets));
        }
        Ok(contents)
    }
}

/// A path, and one inside what lies there.
pub(crate) fn join(path: &str, inner: &str) -> String {
    if inner.is_empty() { path.to_owned() } else { format!("{path}!/{inner}") }
}
