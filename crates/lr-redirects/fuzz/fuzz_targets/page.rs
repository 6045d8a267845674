#![no_main]
//! The head of a page, its scripts, a sitemap and a cookie.

use libfuzzer_sys::fuzz_target;
use lr_redirects::Answer;

fuzz_target!(|text: &str| {
    let answer = Answer::status(200).with_page("https://shop.test/a", text);
    let page = answer.page.expect("the URL is one");
    assert!(page.canonical.iter().all(|url| url.contains(':')));
    let script = format!("<script>{text}</script>");
    let _ = Answer::status(200).with_page("http://shop.test/", &script);
    let _ = Answer::status(200).with_sitemap(text).with_cookie(text);
});
