#![no_main]
//! `Location`: whatever it is, it leads to an http(s) URL or nowhere.

use libfuzzer_sys::fuzz_target;
use lr_redirects::Answer;

fuzz_target!(|location: &str| {
    for base in ["https://shop.test/a/b?c", "http://shop.test/"] {
        let redirect = Answer::redirect(base, 302, location).redirect.expect("the base is a URL");
        assert_eq!(redirect.to.is_none(), redirect.problem.is_some());
        let to = redirect.to.unwrap_or_default();
        assert!(to.is_empty() || to.starts_with("http://") || to.starts_with("https://"));
        assert!(!to.contains('#'));
    }
});
