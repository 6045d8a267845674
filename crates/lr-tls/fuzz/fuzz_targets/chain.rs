//! Any bytes as a chain, cut at two places: judged, never a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lr_core::Timestamp;
use lr_tls::{AddressSeen, HostSeen, Policy, RULES, Roots, Snapshot, Summary, judge};

fuzz_target!(|input: (u16, u16, i32, &[u8])| {
    let (first, second, now, bytes) = input;
    let (leaf, rest) = bytes.split_at(usize::from(first).min(bytes.len()));
    let (issuer, root) = rest.split_at(usize::from(second).min(rest.len()));
    let chain = [leaf, issuer, root].map(<[u8]>::to_vec).to_vec();
    let seen = AddressSeen::serving(([198, 51, 100, 7], 443).into(), chain);
    let host = HostSeen::new("shop.test", 443, Ok(vec![seen]));
    let snapshot = Snapshot::new(vec![host]).with_extra_roots([root.to_vec()]);
    let now = Timestamp::from_unix(i64::from(now));
    lr_core::record("tls", RULES, |out| {
        judge(&snapshot, &Roots::none(), &Policy::default(), now, out);
    });
    let _ = Summary::of(&snapshot, &Roots::none(), now);
});
