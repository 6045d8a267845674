//! The tags of a DKIM-Signature field, and the canonical forms.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lr_mailauth::message::{Canonicalization, canonical_body, canonical_field, parse_signature};

fuzz_target!(|text: &[u8]| {
    let span = parse_signature(text).value.signature_span;
    assert!(span.start <= span.end && span.end <= text.len());
    for form in [Canonicalization::Simple, Canonicalization::Relaxed] {
        let once = canonical_body(text, form);
        assert_eq!(canonical_body(&once, form), once);
        let _ = canonical_field(text, form);
    }
});
