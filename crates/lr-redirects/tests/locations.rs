//! `Location` leads where browsers go: the WHATWG URL standard's own test data.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use lr_redirects::{Answer, LocationProblem};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    input: String,
    base: String,
    href: Option<String>,
}

#[test]
fn locations_resolve_as_the_standard_says() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("data/locations.json")).unwrap();
    assert!(cases.len() >= 150);
    for Case { input, base, href } in cases {
        let redirect = Answer::redirect(&base, 301, &input).redirect.unwrap();
        let Some(href) = href else {
            assert_eq!(redirect.problem, Some(LocationProblem::Invalid), "{input:?} at {base}");
            continue;
        };
        if !href.starts_with("http:") && !href.starts_with("https:") {
            assert_eq!(redirect.problem, Some(LocationProblem::Scheme), "{input:?} at {base}");
            continue;
        }
        // Fragments stay with the browser, and credentials are not kept.
        let sent = href.split('#').next().unwrap();
        let (scheme, rest) = sent.split_once("//").unwrap();
        let authority = rest.find('/').unwrap_or(rest.len());
        let host = rest[..authority].rfind('@').map_or(0, |at| at + 1);
        let expected = format!("{scheme}//{}", &rest[host..]);
        assert_eq!(redirect.to.as_deref(), Some(expected.as_str()), "{input:?} at {base}");
    }
}
