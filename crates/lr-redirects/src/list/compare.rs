use std::collections::HashMap;
use std::io::{self, BufRead};

use serde::{Deserialize, Serialize};
use url::{Position, Url};

use super::{Landing, Verdict};

/// The landings of an earlier run, or of another target, to compare with.
#[derive(Clone, Debug, Default)]
pub struct Earlier {
    by_path: bool,
    landings: HashMap<String, (String, Verdict)>,
}

/// What has become different.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Change {
    /// The old URL.
    pub from: String,
    /// Where it landed then, and what that amounted to.
    pub before: (String, Verdict),
    /// Where it lands now.
    pub after: (String, Verdict),
}

impl Earlier {
    /// Reads the lines that a run wrote. With `by_path`, URLs are the same if path and query are,
    /// so that staging can be compared with production.
    ///
    /// # Errors
    /// If the lines cannot be read.
    pub fn read(lines: impl BufRead, by_path: bool) -> io::Result<Self> {
        let mut earlier = Self { by_path, landings: HashMap::new() };
        for line in lines.lines() {
            if let Ok(landing) = serde_json::from_str::<Landing>(&line?) {
                let last = earlier.key(landing.last());
                let from = earlier.key(&landing.from);
                earlier.landings.insert(from, (last, landing.verdict));
            }
        }
        Ok(earlier)
    }

    /// What is different from then; nothing if the URL is new, or could not be seen now or then.
    #[must_use]
    pub fn change(&self, landing: &Landing) -> Option<Change> {
        let before = self.landings.get(&self.key(&landing.from))?;
        let after = (self.key(landing.last()), landing.verdict);
        let unseen = [before.1, after.1].contains(&Verdict::Unseen);
        (!unseen && *before != after).then(|| Change {
            from: landing.from.clone(),
            before: before.clone(),
            after,
        })
    }

    fn key(&self, url: &str) -> String {
        match Url::parse(url) {
            Ok(parsed) if self.by_path => parsed[Position::BeforePath..].to_owned(),
            _ => url.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Ends;

    fn landing(from: &str, to: &str, verdict: Verdict) -> Landing {
        Landing {
            from: from.into(),
            expected: None,
            verdict,
            ends: Ends::Ok,
            way: vec![to.into()],
            statuses: vec![301, 200],
            error: None,
        }
    }

    #[test]
    fn runs_and_targets_are_compared() {
        let old = landing("https://shop.test/a", "https://shop.test/b", Verdict::Landed);
        let text = serde_json::to_string(&old).unwrap() + "\n{\"cut";
        let runs = Earlier::read(text.as_bytes(), false).unwrap();
        assert_eq!(runs.change(&old), None);
        let lost = landing("https://shop.test/a", "https://shop.test/c", Verdict::Lost);
        let change = runs.change(&lost).unwrap();
        assert_eq!(change.before, ("https://shop.test/b".into(), Verdict::Landed));
        assert_eq!(change.after, ("https://shop.test/c".into(), Verdict::Lost));
        let unseen = landing("https://shop.test/a", "https://shop.test/a", Verdict::Unseen);
        assert_eq!(runs.change(&unseen), None);

        let staging = landing("https://staging.test/a", "https://staging.test/b", Verdict::Landed);
        assert_eq!(runs.change(&staging), None);
        let targets = Earlier::read(text.as_bytes(), true).unwrap();
        assert_eq!(targets.change(&staging), None);
        let other = landing("https://staging.test/a", "https://staging.test/x", Verdict::Landed);
        assert!(targets.change(&other).is_some());
    }
}
