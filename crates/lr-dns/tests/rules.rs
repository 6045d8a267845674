//! One table: for each rule a snapshot where it holds and one where it does not.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

use lr_core::{CheckRun, Verdict};
use lr_dns::{
    Answer, Asked, DnsConfig, Endpoint, Expect, NameServer, Policy, Probed, PublicResolver, Record,
    Role, Snapshot, Transport, ZoneBelow,
};
use lr_lab::{Lab, Signing, Zone};
use lr_net::{Error, Failure};

const NOBODY: &str = "nobody.shop.test";
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
    let mut below = NameServer::new("ns.dev.shop.test", Ok(vec!["11.5.0.1".parse().unwrap()]));
    let mut soa =
        asked("dev.shop.test", "SOA", &["ns.dev.shop.test h.shop.test 7 7200 3600 1209600 300"]);
    soa.outcome.as_mut().unwrap().authoritative = true;
    below.endpoints = vec![Endpoint::new("11.5.0.1".parse().unwrap(), vec![soa])];
    seen.zones_below = vec![ZoneBelow::new("dev.shop.test", vec![below])];
    seen.wildcard_probe = Some(NOBODY.into());
    let told = vec![asked("shop.test", "A", &["11.0.0.7"])];
    seen.resolvers = vec![PublicResolver::new("11.9.9.9:53".parse().unwrap(), told)];
    seen.servers = [(NS1, "11.1.0.1", "2a0e:b107:1::1"), (NS2, "11.2.0.1", "2a0e:b107:2::1")]
        .into_iter()
        .map(|(name, v4, v6)| {
            let addresses = vec![v4.parse().unwrap(), v6.parse().unwrap()];
            let mut server = NameServer::new(name, Ok(addresses.clone()));
            server.glue = addresses.clone();
            let endpoints = addresses.into_iter().map(|ip| {
                let mut endpoint = Endpoint::new(ip, by_server());
                endpoint.tcp = by_server().into_iter().find(|asked| asked.rtype == "SOA");
                endpoint.transfer = Some(nxdomain("shop.test", "AXFR"));
                endpoint
            });
            server.endpoints = endpoints.collect();
            server
        })
        .collect();
    sign(&mut seen, Signing::Valid);
    seen
}

/// Puts the signed answers, and the parent's digest, of a zone in the lab into a snapshot.
fn sign(seen: &mut Snapshot, signing: Signing) {
    sign_below(seen, signing, Signing::Valid);
}

fn sign_below(seen: &mut Snapshot, signing: Signing, above: Signing) {
    let signed = signed(signing, above);
    seen.chain.clone_from(&signed.chain);
    seen.anchors.clone_from(&signed.anchors);
    seen.taken_at_s = signed.taken_at_s;
    let parent = &mut seen.parent_servers[0].endpoints[0].asked[0];
    let digests = signed.parent_servers.iter().flat_map(|server| &server.endpoints);
    let digests = digests.flat_map(|endpoint| &endpoint.asked);
    let digests = digests.filter_map(|asked| asked.outcome.as_ref().ok());
    let digests = digests.flat_map(|answer| &answer.authorities).filter(|r| r.rtype == "DS");
    let known = &mut parent.outcome.as_mut().unwrap().authorities;
    known.retain(|record| record.rtype != "DS");
    known.extend(digests.cloned());
    known.dedup();
    let (_, from) = signed.endpoints().find(|(_, endpoint)| endpoint.address.is_ipv4()).unwrap();
    let keys = from.asked.iter().find(|asked| asked.rtype == "DNSKEY").unwrap();
    seen.signed = signed.signed.clone();
    seen.signed.retain(|signed| signed.address == from.address);
    let to = &mut seen.servers[0].endpoints[0];
    seen.signed.iter_mut().for_each(|signed| signed.address = to.address);
    to.asked.retain(|asked| asked.rtype != "DNSKEY");
    to.asked.push(keys.clone());
}

/// A zone in the lab as it is seen from its root, which is trusted; `test` is signed as `above`.
fn signed(signing: Signing, above: Signing) -> Snapshot {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let zone = Zone::new("shop.test").records("@ A 11.0.0.7").signed(signing);
        let tld = Zone::new("test").records("@ 86400 NS a.nic\n@ 86400 NS b.nic").signed(above);
        let root = Zone::new(".")
            .signed(Signing::Valid)
            .records("@ 86400 NS a.root-servers.net.\na.root-servers.net. A 11.250.0.1");
        let lab = Lab::builder().zone(zone).zone(tld).zone(root).start().await.unwrap();
        let mut config = DnsConfig::new("shop.test");
        config.roots = lab.roots().into_iter().map(|ip| (ip, 53).into()).collect();
        let mut seen = lr_dns::inspect(&config, &lab.context()).await.unwrap();
        let root = seen.chain.iter().find(|held| held.name == "." && held.rtype == "DNSKEY");
        seen.anchors = vec![key(&root.unwrap().message)];
        seen
    })
}

/// The first key in a message, as a trust anchor.
fn key(message: &str) -> String {
    let byte = |at| u8::from_str_radix(&message[at..at + 2], 16).unwrap();
    let bytes: Vec<u8> = (0..message.len()).step_by(2).map(byte).collect();
    let message = hickory_proto::op::Message::from_vec(&bytes).unwrap();
    let keys = message.answers.iter().filter(|r| r.record_type().to_string() == "DNSKEY");
    keys.map(|record| format!(". DNSKEY {}", record.data)).next().unwrap()
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
        asked("shop.test", "MX", &["10 mx.shop.test"]),
        asked("mx.shop.test", "A", &["11.0.7.25"]),
        asked("_imaps._tcp.shop.test", "SRV", &["0 1 993 mx.shop.test"]),
        nxdomain(NOBODY, "A"),
    ]
    .into_iter()
}

fn by_server() -> Vec<Asked> {
    let mut data: Vec<_> = data().collect();
    for asked in &mut data {
        if let Ok(answer) = &mut asked.outcome {
            answer.authoritative = true;
            answer.transport = Transport::Udp;
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
    (
        "dns/name-servers-ipv4",
        |seen| {
            let only = vec!["2a0e:b107:2::1".parse().unwrap()];
            seen.servers[1].glue = only.clone();
            seen.servers[1].resolved = Ok(only);
        },
        "by the delegation and by the zone: only ns1.shop.test has an IPv4 address",
    ),
    (
        "dns/every-question-answered",
        |seen| {
            at_ns2(seen, 0, |asked| {
                if asked.rtype == "CAA" {
                    timeout(asked);
                }
            });
        },
        "ns2.shop.test at 11.2.0.1, asked for shop.test CAA: no answer in time",
    ),
    (
        "dns/soa-agrees",
        |seen| {
            at_ns2(seen, 0, |asked| {
                if asked.rtype == "SOA" {
                    set(asked, "NOERROR", &["ns9.shop.test h.shop.test 7 7200 3600 1209600 60"]);
                }
            });
        },
        "different primary server and minimum",
    ),
    (
        "dns/service-targets",
        |seen| {
            everywhere(seen, "_imaps._tcp.shop.test", |asked| {
                set(asked, "NOERROR", &["0 1 993 gone.shop.test"]);
            });
            seen.resolver.push(nxdomain("gone.shop.test", "A"));
        },
        "_imaps._tcp.shop.test: gone.shop.test does not exist",
    ),
    (
        "dns/zones-below-served",
        |seen| {
            let below = &mut seen.zones_below[0].servers[0].endpoints[0];
            set(&mut below.asked[0], "REFUSED", &[]);
        },
        "dev.shop.test is delegated, and not served by ns.dev.shop.test (11.5.0.1): REFUSED",
    ),
    (
        "dns/enough-name-servers",
        |seen| {
            drop(seen.servers.remove(1));
        },
        NS1,
    ),
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
    (
        "dns/change-has-spread",
        |seen| set(&mut seen.resolvers[0].asked[0], "NOERROR", &["11.0.0.66"]),
        "11.9.9.9:53 says that shop.test A is 11.0.0.66; it may do so for 300 s, until 2026-11-21T12:05",
    ),
    (
        "dns/name-servers-answer-tcp",
        |seen| timeout(seen.servers[1].endpoints[0].tcp.as_mut().unwrap()),
        "ns2.shop.test at 11.2.0.1 answers over UDP, and not over TCP",
    ),
    (
        "dns/name-servers-edns",
        |seen| at_ns2(seen, 0, |asked| answer(asked).edns_dropped = true),
        "ns2.shop.test/11.2.0.1",
    ),
    (
        "dns/name-servers-keep-case",
        |seen| at_ns2(seen, 0, |asked| answer(asked).case_lost = true),
        "ns2.shop.test/11.2.0.1",
    ),
    (
        "dns/names-not-denied",
        |seen| {
            at_ns2(seen, 0, |asked| {
                if asked.name == "www.shop.test" && asked.rtype == "AAAA" {
                    set(asked, "NXDOMAIN", &[]);
                }
            });
        },
        "www.shop.test AAAA",
    ),
    (
        "dns/glue-matches",
        |seen| seen.servers[1].glue = vec!["11.77.0.1".parse().unwrap()],
        "ns2.shop.test is at 11.77.0.1",
    ),
    (
        "dns/name-servers-not-aliases",
        |seen| seen.resolver.push(alias(NS2, "host.cdn.test", "11.2.0.1")),
        "ns2.shop.test is an alias of host.cdn.test",
    ),
    (
        "dns/name-server-networks",
        |seen| {
            for (number, server) in seen.servers.iter_mut().enumerate() {
                server.resolved = Ok(vec![format!("11.1.0.{number}").parse().unwrap()]);
                server.glue.clear();
            }
        },
        "11.1.0.0/24",
    ),
    (
        "dns/recursion-closed",
        |seen| {
            let mut asked = asked("a.root-servers.net", "A", &["11.0.0.1"]);
            answer(&mut asked).recursion_available = true;
            seen.servers[1].endpoints[0].recursion = Some(asked);
        },
        "ns2.shop.test at 11.2.0.1",
    ),
    (
        "dns/transfer-closed",
        |seen| {
            let soa = asked("shop.test", "AXFR", &["ns1.shop.test h.shop.test 7 1 1 1 1"]);
            seen.servers[1].endpoints[0].transfer = Some(soa);
        },
        "ns2.shop.test at 11.2.0.1",
    ),
    (
        "dns/alias-stands-alone",
        |seen| {
            let beside = asked("app.shop.test", "TXT", &["x"]);
            let endpoint = &mut seen.servers[1].endpoints[0];
            endpoint.asked.push(beside);
            answer(endpoint.asked.last_mut().unwrap()).authoritative = true;
        },
        "has TXT beside it",
    ),
    (
        "dns/mail-targets",
        |seen| everywhere(seen, "mx.shop.test", |asked| set(asked, "NXDOMAIN", &[])),
        "mx.shop.test does not exist",
    ),
    (
        "dns/targets-not-claimable",
        |seen| {
            seen.resolver.retain(|asked| asked.name != "app.shop.test");
            seen.resolver.push(nxdomain("app.shop.test", "A"));
            seen.resolver.push(nxdomain("edge.cdn.test", "CNAME"));
            seen.resolver.push(nxdomain("cdn.test", "NS"));
        },
        "the domain cdn.test does not exist",
    ),
    (
        "dns/www-beside-apex",
        |seen| {
            everywhere(seen, "www.shop.test", |asked| match asked.rtype.as_str() {
                "A" => set(asked, "NOERROR", &["11.66.0.7"]),
                "AAAA" => set(asked, "NOERROR", &["2a0e:b107:66::7"]),
                _ => {}
            });
        },
        "11.66.0.7",
    ),
    (
        "dns/no-wildcard",
        |seen| everywhere(seen, NOBODY, |asked| set(asked, "NOERROR", &["11.0.0.9"])),
        "*.shop.test",
    ),
    (
        "dns/internal-names-hidden",
        |seen| {
            seen.names.push(Probed::new("staging.shop.test", Role::WellKnown));
            seen.resolver.push(asked("staging.shop.test", "A", &["11.0.0.9"]));
        },
        "staging.shop.test leads to 11.0.0.9",
    ),
    (
        "dns/ttls-not-too-low",
        |seen| everywhere(seen, "www.shop.test", |asked| lives(asked, 5)),
        "www.shop.test A has a TTL of 5 s",
    ),
    (
        "dns/ttls-not-too-high",
        |seen| everywhere(seen, "www.shop.test", |asked| lives(asked, 2_419_200)),
        "28 days",
    ),
    (
        "dns/negative-ttl",
        |seen| {
            everywhere(seen, "shop.test", |asked| {
                if asked.rtype == "SOA" {
                    set(asked, "NOERROR", &["ns1.shop.test h.shop.test 7 7200 3600 1 2419200"]);
                    lives(asked, 2_419_200);
                }
            });
        },
        "28 days",
    ),
    (
        "dns/caa-valid",
        |seen| {
            everywhere(seen, "shop.test", |asked| {
                if asked.rtype == "CAA" {
                    set(asked, "NOERROR", &["0 issue \"ca.test\"", "0 iodef \"ftp://x.test\""]);
                }
            });
        },
        "ftp://x.test",
    ),
    (
        "dns/caa-allows-issuer",
        |seen| {
            everywhere(seen, "shop.test", |asked| {
                if asked.rtype == "CAA" {
                    set(asked, "NOERROR", &["0 issue \"other.test\""]);
                }
            });
        },
        "ca.test may not issue for shop.test: the CAA records of shop.test allow other.test",
    ),
    (
        "dns/edge-not-bypassed",
        |seen| {
            everywhere(seen, "www.shop.test", |asked| {
                if asked.rtype == "A" {
                    set(asked, "NOERROR", &["104.16.0.1", "11.0.0.7"]);
                }
            });
        },
        "www.shop.test leads to Cloudflare's proxy and to 11.0.0.7",
    ),
    ("dns/dnssec-valid", |seen| sign(seen, Signing::Expired), "has ended at 2026-11-20"),
    (
        "dns/dnssec-chain",
        |seen| sign_below(seen, Signing::Valid, Signing::Expired),
        "breaks at test: the signature of test DNSKEY has ended at 2026-11-20",
    ),
    ("dns/dnssec-signatures-last", |seen| sign(seen, Signing::EndsSoon), "ends at 2026-11-23"),
    (
        "dns/dnssec-algorithms",
        |seen| {
            let parent = &mut seen.parent_servers[0].endpoints[0].asked[0];
            let records = &mut parent.outcome.as_mut().unwrap().authorities;
            let digest = records.iter_mut().find(|record| record.rtype == "DS").unwrap();
            digest.data = "1 13 1 00".into();
        },
        "SHA-1",
    ),
];

fn answer(asked: &mut Asked) -> &mut Answer {
    asked.outcome.as_mut().unwrap()
}

fn lives(asked: &mut Asked, ttl: u32) {
    if let Ok(answer) = &mut asked.outcome {
        answer.answers.iter_mut().for_each(|record| record.ttl = ttl);
    }
}

fn policy() -> Policy {
    let mut policy = Policy::default();
    policy.expect = vec![Expect::set("@", "A", ["11.0.0.7"])];
    policy.issuers = vec!["ca.test".into()];
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

#[test]
fn two_aliases_of_one_name_are_one_too_many() {
    let mut seen = healthy();
    everywhere(&mut seen, "app.shop.test", |asked| {
        let both = ["edge.cdn.test", "old.cdn.test"];
        let both = both.map(|target| Record::new("app.shop.test", "CNAME", 300, target));
        asked.outcome.as_mut().unwrap().answers = both.to_vec();
    });
    let run = run(&seen, &policy());
    let found = run.findings.iter().find(|f| f.rule == "dns/alias-stands-alone").unwrap();
    assert!(found.detail.as_str().contains("edge.cdn.test and old.cdn.test at once"), "{found:?}");
    assert_eq!(found.key, "dns/alias-stands-alone @ app.shop.test CNAME");
}
