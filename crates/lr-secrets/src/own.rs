//! Rules of one's own, beside the formats that this crate knows.

mod allow;
mod gitleaks;
mod shannon;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use aho_corasick::AhoCorasick;
use regex::bytes::Regex;

use crate::engine::{AFTER, BEFORE};
use crate::snapshot::{Origin, OwnRule, Snapshot};
use allow::Allow;
pub use gitleaks::{OwnRulesError, Unsupported};

/// What stands before the id of an own rule where that of a format would stand.
pub(crate) const PREFIX: &str = "own/";

/// Rules of one's own and what is allowed, as read from the configuration of another scanner.
///
/// Cheap to clone. What is found by them is a finding of the rule `secrets/no-match-of-own-rules`; what
/// their global lists allow stays in the inventory and is no finding, whoever found it.
///
/// ```
/// use lr_secrets::{OwnRules, Policy, scan_bytes};
///
/// let rules = OwnRules::from_gitleaks(r#"
///     [[rules]]
///     id = "shop-voucher"
///     description = "a voucher that anyone can redeem"
///     regex = '''voucher-([0-9a-f]{12})'''
///     keywords = ["voucher"]
/// "#).unwrap();
/// let policy = Policy::new().with_own_rules(rules);
/// let secrets = scan_bytes(b"use voucher-31a0c2f7d9e4 now", &policy);
/// assert_eq!((&*secrets[0].format, secrets[0].places[0].length), ("own/shop-voucher", 12));
/// ```
#[derive(Clone, Default)]
pub struct OwnRules {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    rules: Vec<Rule>,
    /// What is allowed whatever rule finds it.
    allow: Vec<Allow>,
    keywords: Option<AhoCorasick>,
    /// The rule that each keyword belongs to.
    owners: Vec<usize>,
    unsupported: Vec<Unsupported>,
}

/// One rule.
pub(crate) struct Rule {
    id: String,
    description: String,
    regex: Regex,
    /// The group that is the secret; otherwise the first that matches something, or all.
    group: Option<usize>,
    /// Bits per character that the secret has more than.
    entropy: f64,
    /// Files that it looks at, if not all.
    path: Option<regex::Regex>,
    /// In lower case; without any it is always tried.
    keywords: Vec<String>,
    allow: Vec<Allow>,
}

/// A secret that a rule found.
pub(crate) struct Hit {
    pub(crate) rule: u32,
    pub(crate) at: Range<usize>,
}

impl OwnRules {
    /// Reads a configuration of gitleaks (`.gitleaks.toml`): its rules and allowlists. Formats that
    /// gitleaks brings along are not needed, and `useDefault` changes nothing.
    ///
    /// What is not supported is left out, and listed with its line by [`OwnRules::unsupported`].
    ///
    /// # Errors
    /// When it is no TOML.
    pub fn from_gitleaks(toml: &str) -> Result<Self, OwnRulesError> {
        gitleaks::read(toml)
    }

    /// What of the configuration is not supported and was left out.
    #[must_use]
    pub fn unsupported(&self) -> &[Unsupported] {
        &self.inner.unsupported
    }

    fn new(rules: Vec<Rule>, allow: Vec<Allow>, unsupported: Vec<Unsupported>) -> Self {
        let words = || {
            let words = |(number, rule): (usize, &Rule)| {
                rule.keywords.clone().into_iter().map(move |word| (word, number))
            };
            rules.iter().enumerate().flat_map(words)
        };
        let keywords =
            AhoCorasick::builder().ascii_case_insensitive(true).build(words().map(|it| it.0)).ok();
        let owners = words().map(|it| it.1).collect();
        Self { inner: Arc::new(Inner { keywords, owners, rules, allow, unsupported }) }
    }

    /// For a snapshot, so that it can be judged without the rules.
    pub(crate) fn described(&self) -> Vec<OwnRule> {
        let describe = |rule: &Rule| OwnRule {
            id: format!("{PREFIX}{}", rule.id),
            description: rule.description.clone(),
        };
        self.inner.rules.iter().map(describe).collect()
    }

    /// What a secret of this rule has as format.
    pub(crate) fn format_of(&self, rule: u32) -> String {
        let rule = self.inner.rules.get(rule as usize);
        format!("{PREFIX}{}", rule.map_or("", |rule| &rule.id))
    }

    /// Calls `found` for each secret whose match begins within `within`. Of a rule with keywords, one
    /// has to stand near by.
    pub(crate) fn find(&self, bytes: &[u8], within: &Range<usize>, mut found: impl FnMut(Hit)) {
        if self.inner.rules.is_empty() || within.is_empty() {
            return;
        }
        let end = bytes.len().min(within.end + AFTER);
        let reach = &bytes[..end];
        for (number, rule) in self.wanted(&reach[within.start.saturating_sub(BEFORE)..]) {
            let mut at = within.start;
            while at < within.end {
                let Some(groups) = rule.regex.captures_at(reach, at) else { break };
                let whole = groups.get(0).map_or(at..at, |whole| whole.range());
                if whole.start >= within.end {
                    break;
                }
                at = whole.end.max(whole.start + 1);
                let secret = rule.secret(&groups).unwrap_or_else(|| whole.clone());
                if rule.finds(reach, &whole, &secret) {
                    found(Hit { rule: number, at: secret });
                }
            }
        }
    }

    /// Rules without keywords, and those of which one stands there.
    fn wanted(&self, bytes: &[u8]) -> impl Iterator<Item = (u32, &Rule)> {
        let Inner { rules, keywords, owners, .. } = &*self.inner;
        let mut is_wanted: Vec<bool> = rules.iter().map(|rule| rule.keywords.is_empty()).collect();
        for hit in keywords.iter().flat_map(|words| words.find_overlapping_iter(bytes)) {
            is_wanted[owners[hit.pattern().as_usize()]] = true;
        }
        let numbered = rules.iter().zip(is_wanted).enumerate();
        numbered.filter(|(_, (_, wanted))| *wanted).map(|(number, (rule, _))| (number as u32, rule))
    }

    /// Why a secret is allowed whatever found it, if it is. Of an own rule, `id` is its own.
    pub(crate) fn allowed(&self, bytes: &[u8], at: &Range<usize>, id: &str) -> Option<String> {
        let id = id.strip_prefix(PREFIX).unwrap_or(id);
        let allows = |allow: &&Allow| allow.is_for(id) && allow.contents(bytes, at, at);
        self.inner.allow.iter().find(allows).map(|allow| allow.reason.clone())
    }

    /// What depends on where a secret lies, which only a finished snapshot tells.
    pub(crate) fn settle(&self, snapshot: &mut Snapshot) {
        let Inner { rules, allow, .. } = &*self.inner;
        if rules.is_empty() && allow.is_empty() {
            return;
        }
        for file in &mut snapshot.found {
            let commit = match &file.origin {
                Origin::Commit { id, .. } => Some(&**id),
                _ => None,
            };
            let path = &*file.path;
            file.secrets.retain(|secret| {
                let Some(id) = secret.format.strip_prefix(PREFIX) else { return true };
                let rule = rules.iter().find(|rule| rule.id == id);
                rule.is_none_or(|rule| rule.looks_at(path, commit))
            });
            for secret in file.secrets.iter_mut().filter(|secret| secret.ignored.is_none()) {
                let id = secret.format.strip_prefix(PREFIX).unwrap_or(&secret.format);
                let allows = |allow: &&Allow| allow.is_for(id) && allow.place(path, commit);
                secret.ignored = allow.iter().find(allows).map(|allow| allow.reason.clone());
            }
        }
        snapshot.found.retain(|file| !file.secrets.is_empty());
    }
}

impl Rule {
    fn secret(&self, groups: &regex::bytes::Captures<'_>) -> Option<Range<usize>> {
        match self.group {
            Some(group) => groups.get(group).map(|group| group.range()),
            None => {
                let mut all = groups.iter().skip(1).flatten();
                all.find(|group| !group.is_empty()).map(|group| group.range())
            }
        }
    }

    fn finds(&self, bytes: &[u8], whole: &Range<usize>, secret: &Range<usize>) -> bool {
        !secret.is_empty()
            && (self.entropy == 0.0 || shannon::bits(&bytes[secret.clone()]) > self.entropy)
            && !self.allow.iter().any(|allow| allow.contents(bytes, whole, secret))
    }

    fn looks_at(&self, path: &str, commit: Option<&str>) -> bool {
        self.path.as_ref().is_none_or(|own| own.is_match(path))
            && !self.allow.iter().any(|allow| allow.place(path, commit))
    }
}

/// Two are equal when they are the same, not when they say the same.
impl PartialEq for OwnRules {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }
}

impl Eq for OwnRules {}

impl fmt::Debug for OwnRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<_> = self.inner.rules.iter().map(|rule| &rule.id).collect();
        f.debug_struct("OwnRules").field("rules", &ids).finish_non_exhaustive()
    }
}
