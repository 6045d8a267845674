use std::collections::HashMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Ends, Row, Summary};

/// A way in that is not what it was: in an earlier look, or at another target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RowChange {
    /// The URL that the way begins with.
    pub start: String,
    /// Where it ended then.
    pub before: Ending,
    /// Where it ends now.
    pub after: Ending,
}

/// Where a way ends, and how it gets there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Ending {
    /// How it ends.
    pub ends: Ends,
    /// The last URL.
    pub url: String,
    /// The status of each answer on the way.
    pub statuses: Vec<u16>,
}

impl Summary {
    /// The ways in that both have, and that have become different; none that could not be seen then
    /// or now.
    #[must_use]
    pub fn changes_since(&self, earlier: &Self) -> Vec<RowChange> {
        let seen = |row: &&Row| !matches!(row.ends, Ends::Unreachable | Ends::Refused);
        let before: HashMap<&str, &Row> =
            earlier.matrix.iter().filter(seen).map(|row| (row.start.as_str(), row)).collect();
        let changes = self.matrix.iter().filter(seen).filter_map(|row| {
            let (before, after) = (Ending::of(before.get(row.start.as_str())?), Ending::of(row));
            let is_other = before != after;
            is_other.then(|| RowChange { start: row.start.clone(), before, after })
        });
        changes.collect()
    }
}

impl Ending {
    fn of(row: &Row) -> Self {
        let statuses = row.hops.iter().filter_map(|hop| hop.status).collect();
        Self { ends: row.ends, url: row.final_url.clone(), statuses }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let statuses: Vec<_> = self.statuses.iter().map(u16::to_string).collect();
        write!(f, "{} ({})", self.url, statuses.join(" → "))?;
        match self.ends {
            Ends::Loop => write!(f, ", a loop"),
            Ends::TooMany => write!(f, ", without end"),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Answer, Purpose, Snapshot};

    fn summary(to: &str, end: u16) -> Summary {
        let (a, b) = ("http://shop.test/", "https://shop.test/");
        let snapshot = Snapshot::new("shop.test").start(a, Purpose::Home).start(b, Purpose::Home);
        let snapshot = snapshot.saw(a, Answer::redirect(a, 301, to)).saw(to, Answer::status(200));
        Summary::of(&snapshot.saw(b, Answer::status(end)))
    }

    #[test]
    fn what_is_different_is_told() {
        let before = summary("https://shop.test/en/", 200);
        assert_eq!(before.changes_since(&before), []);
        let changes = summary("https://shop.test/de/", 500).changes_since(&before);
        let told: Vec<_> = changes.iter().map(|c| format!("{} | {}", c.before, c.after)).collect();
        assert_eq!(
            told,
            [
                "https://shop.test/en/ (301 → 200) | https://shop.test/de/ (301 → 200)",
                "https://shop.test/ (200) | https://shop.test/ (500)"
            ]
        );
        // What was not looked at then has not changed.
        let mut new = summary("https://shop.test/de/", 200);
        new.matrix[0].start = "http://new.shop.test/".into();
        assert_eq!(new.changes_since(&before), []);
    }
}
