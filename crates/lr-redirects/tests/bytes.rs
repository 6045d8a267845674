//! Arbitrary bytes where a server or a file could send them: read, bounded, and never a panic. The
//! same properties are searched with feedback by the targets in `fuzz`.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use lr_redirects::list::{Entry, Source};
use lr_redirects::preload::{Header, Terms};
use lr_redirects::{Answer, Hsts};
use proptest::prelude::*;

const SOURCES: [Source; 6] = [
    Source::Netlify,
    Source::Vercel,
    Source::NginxMap,
    Source::Csv,
    Source::Sitemap,
    Source::Lines,
];

/// Bytes, or pieces of what is meant in any order.
fn bytes(pieces: &'static str) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![prop::collection::vec(any::<u8>(), 0..300), pieces.prop_map(String::into_bytes),]
}

proptest! {
    #[test]
    fn hsts(value in bytes("(max-age|includeSubDomains|preload|=|;|,|\"|[0-9]| |\t){0,12}")) {
        // As header values are kept: each byte a character.
        let value: String = value.into_iter().map(char::from).collect();
        let (hsts, header) = (Hsts::parse(&value), Header::parse(&value));
        let issues = header.preloadable(Terms::OneYear);
        if issues.is_eligible() && issues.warnings.is_empty() {
            let hsts = hsts.unwrap();
            prop_assert_eq!(Some(hsts.max_age), header.max_age);
            prop_assert!(hsts.include_subdomains && hsts.preload);
        }
    }

    #[test]
    fn locations(value in bytes("(https?:|//|/|\\\\|shop\\.test|@|:|[0-9]|%|#|\\?|\\.\\.|\\[|\\]|é|\u{3002}){0,12}")) {
        let value = String::from_utf8_lossy(&value);
        let redirect = Answer::redirect("https://shop.test/a/b?c", 302, &value).redirect.unwrap();
        prop_assert_eq!(redirect.to.is_none(), redirect.problem.is_some());
        let to = redirect.to.unwrap_or_default();
        prop_assert!(to.is_empty() || to.starts_with("http://") || to.starts_with("https://"));
        prop_assert!(!to.contains('#'));
        let host = to.split('/').nth(2).unwrap_or_default();
        prop_assert!(!host.contains('@'), "{}", to);
    }

    #[test]
    fn pages(html in bytes("(<script>|</script>|<base href=|<link rel=canonical href=|<meta http-equiv=refresh content=|<title>|<template>|location=|'|>|//x\\.test| |0;url=){0,16}")) {
        let html = String::from_utf8_lossy(&html);
        let page = Answer::status(200).with_page("https://shop.test/a", &html).page.unwrap();
        prop_assert!(page.links.iter().all(|link| link.starts_with("https://shop.test")));
        let _ = Answer::status(200).with_sitemap(&html).with_cookie(&html);
    }

    #[test]
    fn lists(text in bytes("(/a|/b|\n|,|;|\"|<loc>|</loc>|<sitemapindex>|\\{|\\}|\\[|\\]|:|source|destination|redirects| |\\*){0,30}")) {
        let lines = text.iter().filter(|byte| **byte == b'\n').count() + 1;
        for source in SOURCES {
            for entry in source.read(text.as_slice()).flatten() {
                match entry {
                    Entry::Skipped { line, .. } => prop_assert!((1..=lines).contains(&line)),
                    Entry::Url(url) => prop_assert!(url.from.starts_with(['/', 'h'])),
                    _ => {}
                }
            }
        }
    }
}
