//! A record without an issue is the same when it is printed and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lr_mailauth::{bimi, dmarc, mta_sts, spf, tls_rpt};

fuzz_target!(|text: &[u8]| {
    macro_rules! same {
        ($parse:path) => {
            let first = $parse(text);
            if first.issues.is_empty() {
                let printed = first.value.to_string();
                assert_eq!($parse(printed.as_bytes()).value, first.value, "{printed}");
            }
        };
    }
    same!(dmarc::parse);
    same!(mta_sts::parse);
    same!(mta_sts::parse_policy);
    same!(tls_rpt::parse);
    same!(bimi::parse);
    // The places of terms may change.
    let first = spf::parse(text);
    if first.issues.is_empty() {
        let printed = first.value.to_string();
        let kinds = |record: spf::Record| -> Vec<_> {
            record.terms.into_iter().map(|term| term.kind).collect()
        };
        assert_eq!(kinds(spf::parse(printed.as_bytes()).value), kinds(first.value), "{printed}");
    }
});
