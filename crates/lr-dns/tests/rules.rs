//! One table: for each rule a snapshot where it holds and one where it does not.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

use lr_core::{CheckRun, Verdict};
use lr_dns::{Answer, Asked, Endpoint, Expect, NameServer, Policy, Probed, Record, Role, Snapshot};
use lr_net::{Error, Failure};

const NS1: &str = "ns1.shop.test";
const NS2: &str = "ns2.shop.test";

/// A healthy zone as it is seen, to be broken one thing at a time.
fn healthy() -> Snapshot {
    let mut seen = Snapshot::default();
    seen.domain = "shop.test".into();
    seen.names = vec![
        Probed::new("shop.test", Role::Domain),
        Probed::new("www.shop.test", Role::Www),
        Probed::new("app.shop.test", Role::Given),
    ];
    seen.zone = Some("shop.test".into());
    seen.parent = Some("test".into());
    seen.resolver = data().collect();
    seen.resolver.push(asked("test", "CAA", &[]));
    let mut parent = NameServer::new("a.nic.test", Ok(vec!["11.0.1.1".parse().unwrap()]));
    let mut referral = Answer::default();
    referral.rcode = "NOERROR".into();
    referral.authorities =
        vec![Record::new("shop.test", "NS", 3600, NS1), Record::new("shop.test", "NS", 3600, NS2)];
    let referral = Asked::new("shop.test", "NS", Ok(referral));
    parent.endpoints = vec![Endpoint::new("11.0.1.1".parse().unwrap(), vec![referral])];
    seen.parent_servers = vec![parent];
    seen.servers = [(NS1, "11.1.0.1", "2a0e:b107:1::1"), (NS2, "11.2.0.1", "2a0e:b107:2::1")]
        .into_iter()
        .map(|(name, v4, v6)| {
            let addresses = vec![v4.parse().unwrap(), v6.parse().unwrap()];
            let mut server = NameServer::new(name, Ok(addresses.clone()));
            let endpoints = addresses.into_iter().map(|ip| Endpoint::new(ip, by_server()));
            server.endpoints = endpoints.collect();
            server
        })
        .collect();
    seen
}

fn data() -> impl Iterator<Item = Asked> {
    [
        asked("shop.test", "SOA", &["ns1.shop.test h.shop.test 7 7200 3600 1209600 300"]),
        asked("shop.test", "NS", &[NS1, NS2]),
        asked("shop.test", "CAA", &["0 issue \"ca.test\""]),
        asked("shop.test", "A", &["11.0.0.7"]),
        asked("shop.test", "AAAA", &["2a0e:b107:9::7"]),
        asked("www.shop.test", "CAA", &[]),
        asked("www.shop.test", "A", &["11.0.0.7"]),
        asked("www.shop.test", "AAAA", &["2a0e:b107:9::7"]),
        alias("app.shop.test", "edge.cdn.test", "11.0.0.9"),
    ]
    .into_iter()
}

fn by_server() -> Vec<Asked> {
    let mut data: Vec<_> = data().collect();
    for asked in &mut data {
        if let Ok(answer) = &mut asked.outcome {
            answer.authoritative = true;
            answer.answers.retain(|record| record.name.ends_with("shop.test"));
        }
    }
    data
}

fn asked(name: &str, rtype: &str, data: &[&str]) -> Asked {
    let mut answer = Answer::default();
    answer.rcode = "NOERROR".into();
    answer.answers = data.iter().map(|data| Record::new(name, rtype, 300, data)).collect();
    Asked::new(name, rtype, Ok(answer))
}

fn alias(name: &str, target: &str, address: &str) -> Asked {
    let mut asked = asked(name, "CNAME", &[target]);
    asked.rtype = "A".into();
    if let Ok(answer) = &mut asked.outcome {
        answer.answers.push(Record::new(target, "A", 300, address));
    }
    asked
}

fn nxdomain(name: &str, rtype: &str) -> Asked {
    let mut answer = Answer::default();
    answer.rcode = "NXDOMAIN".into();
    Asked::new(name, rtype, Ok(answer))
}

/// Changes what is said about a name, by everybody.
fn everywhere(seen: &mut Snapshot, name: &str, change: impl Fn(&mut Asked)) {
    let servers = seen.servers.iter_mut().flat_map(|server| &mut server.endpoints);
    let asked = servers.flat_map(|endpoint| &mut endpoint.asked).chain(&mut seen.resolver);
    asked.filter(|asked| asked.name == name).for_each(change);
}

/// Changes what the second server says.
fn at_ns2(seen: &mut Snapshot, address: usize, change: impl Fn(&mut Asked)) {
    seen.servers[1].endpoints[address].asked.iter_mut().for_each(change);
}

fn set(asked: &mut Asked, rcode: &str, data: &[&str]) {
    let (name, rtype) = (asked.name.clone(), asked.rtype.clone());
    if let Ok(answer) = &mut asked.outcome {
        answer.rcode = rcode.into();
        answer.answers = data.iter().map(|data| Record::new(&name, &rtype, 300, data)).collect();
    }
}

fn timeout(asked: &mut Asked) {
    asked.outcome = Err(Failure::from(Error::Timeout("ns2".into())));
}

fn run(seen: &Snapshot, policy: &Policy) -> CheckRun {
    lr_core::record("dns", lr_dns::RULES, |out| lr_dns::judge(seen, policy, out))
}

type Break = fn(&mut Snapshot);

/// Each rule with what breaks it and a word that the finding must hold.
const TABLE: &[(&str, Break, &str)] = &[
    (
        "dns/delegated",
        |seen| {
            seen.zone = None;
            seen.servers.clear();
            seen.parent_servers.clear();
            seen.resolver = vec![nxdomain("shop.test", "NS"), nxdomain("shop.test", "A")];
        },
        "shop.test does not exist",
    ),
    (
        "dns/name-servers-resolve",
        |seen| seen.servers[1].resolved = Err(Failure::from(Error::NoSuchName(NS2.into()))),
        NS2,
    ),
    ("dns/name-servers-answer", |seen| at_ns2(seen, 0, timeout), "11.2.0.1"),
    ("dns/name-servers-answer-ipv6", |seen| at_ns2(seen, 1, timeout), "2a0e:b107:2::1"),
    (
        "dns/name-servers-authoritative",
        |seen| at_ns2(seen, 0, |asked| set(asked, "REFUSED", &[])),
        "REFUSED",
    ),
    (
        "dns/name-servers-agree",
        |seen| {
            at_ns2(seen, 0, |asked| {
                if asked.name == "www.shop.test" && asked.rtype == "A" {
                    set(asked, "NOERROR", &["11.0.0.66"]);
                }
            });
        },
        "ns2.shop.test (11.2.0.1) say 11.0.0.66",
    ),
    (
        "dns/serials-agree",
        |seen| {
            at_ns2(seen, 0, |asked| {
                if asked.rtype == "SOA" {
                    set(asked, "NOERROR", &["ns1.shop.test h.shop.test 6 7200 3600 1209600 300"]);
                }
            });
        },
        "6 at ns2.shop.test (11.2.0.1)",
    ),
    (
        "dns/delegation-matches",
        |seen| {
            let answer = seen.parent_servers[0].endpoints[0].asked[0].outcome.as_mut().unwrap();
            answer.authorities[1].data = "ns9.old.test".into();
        },
        "only the delegation names ns9.old.test",
    ),
    ("dns/enough-name-servers", |seen| drop(seen.servers.remove(1)), NS1),
    (
        "dns/apex-resolves",
        |seen| {
            everywhere(seen, "shop.test", |a| {
                if a.rtype == "A" {
                    set(a, "NOERROR", &[])
                }
            })
        },
        "IPv6 addresses only",
    ),
    (
        "dns/www-resolves",
        |seen| everywhere(seen, "www.shop.test", |asked| set(asked, "NXDOMAIN", &[])),
        "www.shop.test does not exist",
    ),
    (
        "dns/hosts-resolve",
        |seen| {
            everywhere(seen, "app.shop.test", |asked| set(asked, "NXDOMAIN", &[]));
        },
        "app.shop.test does not exist",
    ),
    (
        "dns/ipv6-addresses",
        |seen| {
            everywhere(seen, "shop.test", |a| {
                if a.rtype == "AAAA" {
                    set(a, "NOERROR", &[])
                }
            })
        },
        "shop.test has no AAAA",
    ),
    (
        "dns/addresses-public",
        |seen| {
            everywhere(seen, "shop.test", |asked| {
                if asked.rtype == "A" {
                    set(asked, "NOERROR", &["192.168.1.1"]);
                }
            });
        },
        "192.168.1.1 (private)",
    ),
    (
        "dns/expected-records",
        |seen| {
            everywhere(seen, "shop.test", |asked| {
                if asked.rtype == "A" {
                    set(asked, "NOERROR", &["11.0.0.5"]);
                }
            });
        },
        "11.0.0.5",
    ),
    (
        "dns/alias-targets-exist",
        |seen| {
            seen.resolver.retain(|asked| asked.name != "app.shop.test");
            seen.resolver.push(nxdomain("app.shop.test", "A"));
            seen.resolver.push(nxdomain("edge.cdn.test", "CNAME"));
        },
        "app.shop.test -> edge.cdn.test",
    ),
    (
        "dns/alias-chains-end",
        |seen| {
            seen.resolver.retain(|asked| asked.name != "app.shop.test");
            seen.resolver.push(asked("edge.cdn.test", "CNAME", &["app.shop.test"]));
        },
        "app.shop.test -> edge.cdn.test -> app.shop.test",
    ),
    (
        "dns/apex-not-alias",
        |seen| {
            let alias = alias("shop.test", "edge.cdn.test", "11.0.0.7");
            everywhere(seen, "shop.test", |asked| {
                if asked.rtype == "A" {
                    let answer = asked.outcome.as_mut().unwrap();
                    answer.answers = alias.outcome.clone().unwrap().answers;
                }
            });
        },
        "edge.cdn.test",
    ),
    (
        "dns/caa-present",
        |seen| {
            everywhere(seen, "shop.test", |a| {
                if a.rtype == "CAA" {
                    set(a, "NOERROR", &[])
                }
            })
        },
        "shop.test",
    ),
];

fn policy() -> Policy {
    let mut policy = Policy::default();
    policy.expect = vec![Expect::set("@", "A", ["11.0.0.7"])];
    policy
}

#[test]
fn every_rule_passes_on_a_healthy_zone() {
    let run = run(&healthy(), &policy());
    assert!(run.findings.is_empty(), "{:?}", run.findings);
    for rule in lr_dns::RULES {
        let passes = |o: &&lr_core::Outcome| o.rule == rule.id && o.verdict == Verdict::Pass;
        assert!(run.outcomes.iter().any(|outcome| passes(&outcome)), "{} does not pass", rule.id);
    }
}

#[test]
fn every_rule_fails_where_it_should() {
    for rule in lr_dns::RULES {
        let row = TABLE.iter().find(|(id, ..)| *id == rule.id);
        let (id, broken, word) = row.unwrap_or_else(|| panic!("{} is not in the table", rule.id));
        let mut seen = healthy();
        broken(&mut seen);
        let run = run(&seen, &policy());
        let finding = run.findings.iter().find(|finding| finding.rule == *id);
        let finding = finding.unwrap_or_else(|| panic!("{id}: {:?}", run.findings));
        let shown = format!("{} {}", finding.key, finding.detail);
        assert!(shown.contains(word), "{id}: {word} in {shown}");
    }
    assert_eq!(TABLE.len(), lr_dns::RULES.len());
}

#[test]
fn every_rule_has_its_texts() {
    for rule in lr_dns::RULES {
        for text in [rule.title, rule.failure, rule.impact, rule.fix] {
            assert!(!text.is_empty(), "{}", rule.id);
        }
        assert!(!rule.references.is_empty(), "{}", rule.id);
        assert!(rule.id.starts_with("dns/"));
        let readme = include_str!("../README.md");
        let severity = format!("{:?}", rule.severity).to_lowercase();
        let row = format!("| `{}` | {severity} | {} |", rule.id, rule.title);
        assert!(readme.contains(&row), "{row}");
    }
}

#[test]
fn what_could_not_be_asked_is_not_a_fault() {
    let mut seen = healthy();
    let failed = |name: &str, rtype: &str| {
        Asked::new(name, rtype, Err(Failure::from(Error::Timeout(format!("{name} {rtype}")))))
    };
    for asked in &mut seen.resolver {
        *asked = failed(&asked.name, &asked.rtype);
    }
    for server in seen.servers.iter_mut().chain(&mut seen.parent_servers) {
        for asked in server.endpoints.iter_mut().flat_map(|endpoint| &mut endpoint.asked) {
            *asked = failed(&asked.name, &asked.rtype);
        }
    }
    let run = run(&seen, &policy());
    assert!(run.findings.is_empty(), "{:?}", run.findings);
}

#[test]
fn a_host_without_ipv6_finds_no_fault_with_ipv6() {
    let mut seen = healthy();
    for server in &mut seen.servers {
        for asked in &mut server.endpoints[1].asked {
            let (peer, reason) = (NS2.into(), "network is unreachable".into());
            asked.outcome = Err(Failure::from(Error::NoRoute { peer, reason }));
        }
    }
    let run = run(&seen, &policy());
    assert!(run.findings.is_empty(), "{:?}", run.findings);
    let undecided =
        run.outcomes.iter().filter(|o| matches!(o.verdict, Verdict::Inconclusive { .. }));
    let undecided: Vec<_> = undecided.map(|outcome| outcome.rule.as_str()).collect();
    assert_eq!(undecided, ["dns/name-servers-answer-ipv6"; 2]);
}

#[test]
fn servers_that_balance_load_do_not_disagree() {
    let mut seen = healthy();
    let is_app = |asked: &Asked| asked.name == "www.shop.test" && asked.rtype == "A";
    at_ns2(&mut seen, 0, |asked| {
        if is_app(asked) {
            set(asked, "NOERROR", &["11.0.0.66"]);
        }
    });
    let mut again = by_server();
    again.retain(is_app);
    seen.servers[1].endpoints[0].again = again;
    assert!(run(&seen, &policy()).findings.is_empty());
}

#[test]
fn a_long_chain_is_too_long() {
    let mut seen = healthy();
    seen.resolver.retain(|asked| asked.name != "app.shop.test");
    let mut name = "edge.cdn.test".to_owned();
    for number in 0..8 {
        let next = format!("hop{number}.cdn.test");
        seen.resolver.push(asked(&name, "CNAME", &[&next]));
        name = next;
    }
    seen.resolver.push(asked(&name, "A", &["11.0.0.9"]));
    let run = run(&seen, &policy());
    assert_eq!(run.findings.len(), 1, "{:?}", run.findings);
    assert!(run.findings[0].detail.as_str().starts_with("9 aliases in a row"));
}

#[test]
fn what_only_the_own_resolver_says_is_not_what_visitors_meet() {
    let mut seen = healthy();
    for asked in seen.resolver.iter_mut().filter(|a| a.name == "www.shop.test" && a.rtype == "A") {
        set(asked, "NOERROR", &["10.0.0.1"]);
    }
    let run = run(&seen, &policy());
    assert!(run.findings.is_empty(), "{:?}", run.findings);
}

#[test]
fn a_domain_that_lives_in_caches_only_is_found() {
    let mut seen = healthy();
    let parent = &mut seen.parent_servers[0].endpoints[0].asked[0];
    *parent = nxdomain("shop.test", "NS");
    parent.outcome.as_mut().unwrap().authoritative = true;
    let run = run(&seen, &policy());
    assert_eq!(run.findings.len(), 1, "{:?}", run.findings);
    assert_eq!(run.findings[0].key, "dns/delegated @ shop.test");
    assert!(run.findings[0].detail.as_str().starts_with("a.nic.test (11.0.1.1)"));
}
