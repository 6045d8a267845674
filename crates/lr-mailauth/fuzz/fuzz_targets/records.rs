//! Every parser of records: no text breaks it, and every issue has its place in the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lr_mailauth::{bimi, dkim, dmarc, mta_sts, spf, tls_rpt};

fuzz_target!(|text: &[u8]| {
    for issues in [
        spf::parse(text).issues,
        dmarc::parse(text).issues,
        dkim::parse(text).issues,
        mta_sts::parse(text).issues,
        mta_sts::parse_policy(text).issues,
        tls_rpt::parse(text).issues,
        bimi::parse(text).issues,
    ] {
        for issue in issues {
            assert!(issue.span.start <= issue.span.end && issue.span.end <= text.len());
            assert!(!issue.to_string().is_empty());
        }
    }
});
