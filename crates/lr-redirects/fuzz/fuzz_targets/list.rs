#![no_main]
//! Lists of old URLs in each of their formats.

use libfuzzer_sys::fuzz_target;
use lr_redirects::list::{Entry, Source};

fuzz_target!(|bytes: &[u8]| {
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
    for source in [
        Source::Netlify,
        Source::Vercel,
        Source::NginxMap,
        Source::Csv,
        Source::Sitemap,
        Source::Lines,
    ] {
        for entry in source.read(bytes).flatten() {
            if let Entry::Skipped { line, .. } = entry {
                assert!((1..=lines).contains(&line));
            }
        }
    }
});
