#![no_main]
//! Headers `Strict-Transport-Security`, as browsers and as the preload list read them.

use libfuzzer_sys::fuzz_target;
use lr_redirects::Hsts;
use lr_redirects::preload::{Header, Terms};

fuzz_target!(|value: &str| {
    let hsts = Hsts::parse(value);
    let header = Header::parse(value);
    let issues = header.preloadable(Terms::OneYear);
    // What the list accepts, browsers read alike.
    if let (true, Ok(hsts)) = (issues.is_eligible() && issues.warnings.is_empty(), hsts) {
        assert_eq!(Some(hsts.max_age), header.max_age);
        assert!(hsts.include_subdomains && hsts.preload);
    }
    let _ = header.removable();
});
