//! Whatever a server sends is read in part or refused, and what was read is judged.
#![no_main]

use lr_dns::{Answer, Asked, Endpoint, NameServer, Policy, Snapshot};

libfuzzer_sys::fuzz_target!(|message: &[u8]| {
    let types = ["NS", "SOA", "A", "MX", "CAA", "TXT", "SRV"];
    let asked =
        types.map(|rtype| Some(Asked::new("a.test", rtype, Ok(Answer::read(message, rtype)?))));
    let address = "11.0.0.1".parse().expect("an address");
    let mut server = NameServer::new("ns.a.test", Ok(vec![address]));
    server.endpoints = vec![Endpoint::new(address, asked.into_iter().flatten().collect())];
    let mut snapshot = Snapshot::default();
    snapshot.domain = "a.test".into();
    snapshot.zone = Some("a.test".into());
    snapshot.servers = vec![server];
    let policy = Policy::default();
    lr_core::record("dns", lr_dns::RULES, |out| lr_dns::judge(&snapshot, &policy, out));
});
