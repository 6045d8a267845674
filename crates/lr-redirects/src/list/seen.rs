use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufRead};

use super::{Landing, Verdict};

/// Which URLs were walked already: eight bytes for each, whatever its length.
#[derive(Clone, Debug, Default)]
pub struct Seen(HashSet<u64>);

impl Seen {
    /// Remembers what an earlier run has decided, from the lines that it wrote. What it could not
    /// see is left to be tried again, and so is a line that was cut off.
    ///
    /// # Errors
    /// If the lines cannot be read.
    pub fn resume(&mut self, lines: impl BufRead) -> io::Result<usize> {
        let before = self.0.len();
        for line in lines.lines() {
            if let Ok(landing) = serde_json::from_str::<Landing>(&line?)
                && landing.verdict != Verdict::Unseen
            {
                self.add(&landing.from, landing.expected.as_deref());
            }
        }
        Ok(self.0.len() - before)
    }

    /// Whether this is new; it no longer is afterwards.
    pub(super) fn add(&mut self, from: &str, expected: Option<&str>) -> bool {
        // The same in every run of one binary, so that a set could be kept.
        let mut hasher = DefaultHasher::new();
        (from, expected).hash(&mut hasher);
        self.0.insert(hasher.finish())
    }
}
