//! Which selectors are worth a question.

use crate::senders::Provider;

/// Names that servers, panels and providers use by default.
const COMMON: &[&str] = &[
    "default",
    "dkim",
    "mail",
    "google",
    "selector1",
    "selector2",
    "s1",
    "s2",
    "k1",
    "k2",
    "key1",
    "smtp",
    "mx",
    "dkim1",
];

/// Asked at most for one domain.
pub(super) const MAX_SELECTORS: usize = 40;

/// The selectors to ask for: those given, then those of the providers that `hosts` reveal, then
/// common ones. Each once.
pub(super) fn candidates<'a>(
    given: &'a [String],
    hosts: impl Iterator<Item = String>,
) -> Vec<(&'a str, bool)> {
    let mut names: Vec<(&str, bool)> = Vec::new();
    let mut add = |name: &'a str, is_given: bool| {
        let known = names.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
        if !known && names.len() < MAX_SELECTORS {
            names.push((name, is_given));
        }
    };
    given.iter().for_each(|name| add(name, true));
    // Before the providers' own: these do not depend on an answer, and so are asked first.
    COMMON.iter().for_each(|name| add(name, false));
    for host in hosts {
        let revealed = Provider::of_spf(&host).or_else(|| Provider::of_mx(&host));
        let selectors = revealed.map_or(&[][..], |provider| provider.selectors);
        selectors.iter().for_each(|name| add(name, false));
    }
    names
}
