//! Protections against bots, which answer in the site's place.

use lr_core::Text;
use lr_net::Exchange;

use crate::Page;
use crate::location::isomorphic;

/// Headers by which they show themselves, with what must be in them, and the statuses that they
/// come with; gathered from what their vendors document and from what sites send.
const HEADERS: [(&str, &str, &[u16]); 9] = [
    ("cf-mitigated", "", REFUSED),
    // A challenge is 202, a riddle 405.
    ("x-amzn-waf-action", "", &[202, 403, 405, 429]),
    ("x-datadome", "", REFUSED),
    ("x-vercel-mitigated", "", REFUSED),
    ("x-vercel-challenge-token", "", REFUSED),
    ("x-sucuri-block", "", REFUSED),
    ("server", "ddos-guard", REFUSED),
    ("server", "akamaighost", &[403]),
    ("retry-after", "", &[429, 503]),
];
const REFUSED: &[u16] = &[403, 429, 503];

/// How the titles of their pages begin, in small letters.
const TITLES: [&str; 9] = [
    "just a moment",
    "attention required! | cloudflare",
    "access denied | ",
    "please wait... | cloudflare",
    "ddos-guard",
    "checking your browser",
    "pardon our interruption",
    "human verification",
    "vercel security checkpoint",
];

/// By what a protection shows that it answered, and not the site.
pub(crate) fn mitigation(exchange: &Exchange, page: Option<&Page>) -> Option<Text> {
    let by_header = HEADERS.iter().find_map(|(name, part, statuses)| {
        let value = isomorphic(exchange.header(name).next()?);
        let found =
            statuses.contains(&exchange.status) && value.to_ascii_lowercase().contains(part);
        found.then(|| Text::new(&format!("{name}: {value}")))
    });
    by_header.or_else(|| {
        let title = page.filter(|_| REFUSED.contains(&exchange.status))?.title.as_ref()?;
        let small = title.as_str().to_lowercase();
        let known = TITLES.iter().any(|known| small.starts_with(known));
        known.then(|| Text::new(&format!("title: {title}")))
    })
}
