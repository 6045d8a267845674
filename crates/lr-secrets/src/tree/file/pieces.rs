//! However a file is cut into pieces, the same is found.

#[path = "../../../tests/samples/lib.rs"]
mod samples;

use proptest::prelude::*;

use super::Reader;
use crate::engine::{AFTER, BEFORE};
use crate::scan::Finds;
use crate::{Policy, scan_bytes};
use samples::{Draw, TEMPLATES, sample};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// However a text is cut, each token in it is found, once.
    #[test]
    fn no_format_falls_between_two_pieces(piece in 1..600usize, seed: u64, first in 0..8usize) {
        let mut text = String::new();
        for index in (first..TEMPLATES.len()).step_by(8) {
            text += &sample(index, seed, Draw::Right).text;
            text += "\n;\n";
        }
        // Only what is further from the end than a keyword reaches is cut.
        text += &" \n".repeat(AFTER / 2);
        let policy = Policy::new();
        let mut reader = Reader { raw: vec![0; BEFORE + AFTER + 2 * piece], decoded: Vec::new() };
        let cut = reader.scan(&mut text.as_bytes(), Finds::new(&policy), &policy, &|| false);
        let whole = scan_bytes(text.as_bytes(), &policy);
        prop_assert!(whole.len() >= TEMPLATES.len() / 8);
        prop_assert_eq!(cut.unwrap().secrets, whole);
    }
}
