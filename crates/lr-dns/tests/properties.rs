//! Whatever a snapshot holds, it is judged without a panic and every rule is decided.

use std::net::IpAddr;

use lr_dns::{
    Answer, Asked, Endpoint, Expect, NameServer, Policy, Probed, Record, Role, Snapshot, Summary,
};
use lr_net::{Error, Failure};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// Few names, so that records meet; and some that no honest server would send.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => prop::sample::select(vec![
            "shop.test", "www.shop.test", "app.shop.test", "test", "ns1.shop.test", "cdn.test", "",
        ]).prop_map(str::to_owned),
        1 => ".{0,20}",
    ]
}

fn rtype() -> impl Strategy<Value = String> {
    let known = vec!["A", "AAAA", "CNAME", "NS", "SOA", "CAA", "TXT", "?"];
    prop::sample::select(known).prop_map(str::to_owned)
}

fn data() -> impl Strategy<Value = String> {
    prop_oneof![
        name(),
        any::<IpAddr>().prop_map(|ip| ip.to_string()),
        Just("ns1.shop.test h.shop.test 7 1 1 1 1".to_owned()),
        ".{0,20}",
    ]
}

fn record() -> impl Strategy<Value = Record> {
    (name(), rtype(), any::<u32>(), data())
        .prop_map(|(name, rtype, ttl, data)| Record::new(&name, &rtype, ttl, &data))
}

fn answer() -> impl Strategy<Value = Answer> {
    let rcode = prop::sample::select(vec!["NOERROR", "NXDOMAIN", "REFUSED", "SERVFAIL", "RCODE99"]);
    let records = || vec(record(), 0..5);
    (rcode, any::<bool>(), records(), records(), records(), any::<u64>()).prop_map(
        |(rcode, authoritative, answers, authorities, additionals, elapsed_ms)| {
            let mut answer = Answer::default();
            answer.rcode = rcode.into();
            answer.authoritative = authoritative;
            answer.answers = answers;
            answer.authorities = authorities;
            answer.additionals = additionals;
            answer.elapsed_ms = elapsed_ms;
            answer
        },
    )
}

fn failure() -> impl Strategy<Value = Failure> {
    prop_oneof![
        Just(Error::Timeout("x".into())),
        Just(Error::NoSuchName("x".into())),
        Just(Error::NoAddress("x".into())),
        Just(Error::NotRouted("x".into())),
        Just(Error::NoRoute { peer: "x".into(), reason: "y".into() }),
        Just(Error::Unreachable { peer: "x".into(), reason: "y".into() }),
        Just(Error::Protocol { peer: "x".into(), reason: "y".into() }),
    ]
    .prop_map(Failure::from)
}

fn outcome<T: std::fmt::Debug>(
    good: impl Strategy<Value = T>,
) -> impl Strategy<Value = Result<T, Failure>> {
    prop_oneof![3 => good.prop_map(Ok), 1 => failure().prop_map(Err)]
}

fn asked() -> impl Strategy<Value = Asked> {
    (name(), rtype(), outcome(answer()))
        .prop_map(|(name, rtype, outcome)| Asked::new(name, rtype, outcome))
}

fn server() -> impl Strategy<Value = NameServer> {
    let endpoint =
        (any::<IpAddr>(), vec(asked(), 0..8), vec(asked(), 0..3)).prop_map(|(ip, asked, again)| {
            let mut endpoint = Endpoint::new(ip, asked);
            endpoint.again = again;
            endpoint
        });
    let addresses = || vec(any::<IpAddr>(), 0..3);
    (name(), outcome(addresses()), addresses(), vec(endpoint, 0..3)).prop_map(
        |(name, resolved, glue, endpoints)| {
            let mut server = NameServer::new(name, resolved);
            server.glue = glue;
            server.endpoints = endpoints;
            server
        },
    )
}

fn snapshot() -> impl Strategy<Value = Snapshot> {
    let roles = vec![Role::Domain, Role::Www, Role::Given, Role::WellKnown];
    let probed =
        (name(), prop::sample::select(roles)).prop_map(|(name, role)| Probed::new(name, role));
    let servers = || vec(server(), 0..3);
    (
        name(),
        vec(probed, 0..5),
        option::of(name()),
        option::of(name()),
        vec(asked(), 0..12),
        servers(),
        servers(),
    )
        .prop_map(|(domain, names, zone, parent, resolver, parent_servers, servers)| {
            let mut snapshot = Snapshot::default();
            snapshot.domain = domain;
            snapshot.names = names;
            snapshot.zone = zone;
            snapshot.parent = parent;
            snapshot.resolver = resolver;
            snapshot.parent_servers = parent_servers;
            snapshot.servers = servers;
            snapshot
        })
}

fn policy() -> impl Strategy<Value = Policy> {
    let expect = (name(), rtype(), vec(data(), 0..3), any::<bool>()).prop_map(
        |(name, rtype, values, set)| {
            if set {
                Expect::set(&name, &rtype, values)
            } else {
                Expect::contains(&name, &rtype, values)
            }
        },
    );
    (0..4usize, 0..4usize, any::<bool>(), vec(expect, 0..3)).prop_map(
        |(servers, aliases, www, expect)| {
            let mut policy = Policy::default();
            policy.name_servers = servers;
            policy.aliases = aliases;
            policy.www = www;
            policy.expect = expect;
            policy
        },
    )
}

proptest! {
    #[test]
    fn any_snapshot_is_judged(snapshot in snapshot(), policy in policy()) {
        let run = lr_core::record("dns", lr_dns::RULES, |out| lr_dns::judge(&snapshot, &policy, out));
        for rule in lr_dns::RULES {
            prop_assert!(run.outcomes.iter().any(|outcome| outcome.rule == rule.id));
        }
        let _ = Summary::of(&snapshot);
    }

    #[test]
    fn snapshots_survive_json(snapshot in snapshot()) {
        let json = serde_json::to_string(&snapshot).unwrap();
        let read: Snapshot = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(serde_json::to_string(&read).unwrap(), json);
        prop_assert_eq!(read, snapshot);
    }

    #[test]
    fn any_text_is_a_domain_or_a_clear_error(text in ".{0,80}") {
        let mut config = lr_dns::DnsConfig::new(text.clone());
        config.hosts = vec![text.clone()];
        config.questions = vec![(text, "no type".into())];
        let cx = lr_core::Context::new();
        // Neither a runtime nor a network is there: what is wrong is found before either is needed.
        let mut inspection = Box::pin(lr_dns::inspect(&config, &cx));
        let waker = std::task::Waker::noop();
        let polled = inspection.as_mut().poll(&mut std::task::Context::from_waker(waker));
        prop_assert!(matches!(polled, std::task::Poll::Ready(Err(_))));
    }
}
