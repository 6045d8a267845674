//! The inventory for people.

use std::fmt;

use lr_core::Text;

use crate::inventory::{Inventory, Item, PlaceIn, VariableInUse};

/// Places of one secret that are written.
const PLACES: usize = 10;

impl fmt::Display for Inventory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut secrets: Vec<_> = self.secrets.iter().collect();
        // What hurts most first.
        secrets.sort_by_key(|item| {
            let state = (item.ignored.is_some(), std::cmp::Reverse(item.severity));
            (state, &item.provider, &item.format, &item.digest)
        });
        writeln!(f, "SECRETS ({})", secrets.len())?;
        for item in secrets {
            write!(f, "{item}")?;
        }
        writeln!(f, "\nENVIRONMENT VARIABLES ({})", self.variables.len())?;
        for variable in &self.variables {
            writeln!(f, "{variable}")?;
        }
        if !self.skipped.is_empty() {
            writeln!(f, "\nNOT LOOKED AT, OR NOT WHOLE ({})", self.skipped.len())?;
            for skipped in &self.skipped {
                writeln!(f, "  {}: {}", Text::new(&skipped.path), skipped.reason)?;
            }
        }
        writeln!(f, "\n{} files, {} bytes", self.files, self.bytes)
    }
}

/// Several lines.
impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { severity, provider, name, redacted, digest, .. } = self;
        let severity = format!("{severity:?}").to_uppercase();
        writeln!(f, "\n{severity} {provider}: {name}, {redacted} #{digest}")?;
        let state = if self.present { "still there" } else { "in history only" };
        write!(f, "  {state}")?;
        if let (Some(since), Some(days)) = (self.since, self.age_days) {
            let day = if days == 1 { "day" } else { "days" };
            write!(f, ", since {since} ({days} {day})")?;
        }
        if let Some(expires) = self.expires {
            write!(f, ", expires {expires}")?;
        }
        if let Some(why) = &self.ignored {
            write!(f, ", ignored: {}", Text::new(why))?;
        }
        writeln!(f)?;
        for place in self.places.iter().take(PLACES) {
            writeln!(f, "  {place}")?;
        }
        let more = self.places.len().saturating_sub(PLACES) as u64 + self.more;
        if more > 0 {
            writeln!(f, "  and {more} more places")?;
        }
        writeln!(f, "  whoever holds it can {}", self.capability)?;
        writeln!(f, "  to replace it: {}", self.rotate)
    }
}

impl fmt::Display for PlaceIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", Text::new(&self.path), self.line, self.column)?;
        if let Some(commit) = &self.commit {
            write!(f, " of {}", commit.get(..12).unwrap_or(commit))?;
        }
        match self.at {
            Some(at) => write!(f, " ({at})"),
            None => Ok(()),
        }
    }
}

/// One line.
impl fmt::Display for VariableInUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  {}", self.name)?;
        if self.secret {
            f.write_str(" (secret)")?;
        }
        let list = |names: &[String]| Text::new(&names.join(", "));
        if !self.files.is_empty() {
            let environments: Vec<_> = self.environments.iter().map(|it| it.name()).collect();
            write!(f, ", set for {} in {}", environments.join(", "), list(&self.files))?;
        }
        if !self.readers.is_empty() {
            write!(f, ", read by {}", list(&self.readers))?;
        }
        if !self.documented {
            f.write_str(", documented nowhere")?;
        }
        Ok(())
    }
}
