//! A file in pieces of bounded length, each with the line where it begins.

use std::io::{BufRead, Read};

use super::SourceError;

/// Bytes of one piece.
pub(super) const LIMIT: u64 = 64 << 10;

/// Text up to each `end`, which belongs to it, with its line from 1.
pub(super) fn of<'r>(
    mut reader: impl BufRead + 'r,
    end: u8,
) -> impl Iterator<Item = Result<(usize, String), SourceError>> + 'r {
    let mut line = 1;
    let mut broken = false;
    std::iter::from_fn(move || {
        if broken {
            return None;
        }
        let mut bytes = Vec::new();
        let begins = line;
        match reader.by_ref().take(LIMIT).read_until(end, &mut bytes) {
            Ok(0) => None,
            Ok(_) if bytes.len() as u64 >= LIMIT => {
                broken = true;
                Some(Err(SourceError::Format { line, what: format!("longer than {LIMIT} bytes") }))
            }
            Ok(_) => {
                line += bytes.iter().filter(|byte| **byte == b'\n').count();
                Some(Ok((begins, String::from_utf8_lossy(&bytes).into_owned())))
            }
            Err(error) => {
                broken = true;
                Some(Err(error.into()))
            }
        }
    })
}
