//! The lab's name servers, asked with plain sockets.
#![allow(clippy::unwrap_used, reason = "a test may")]

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use hickory_proto::op::{Edns, Message, Query, ResponseCode};
use hickory_proto::rr::{Name, RData, RecordType};
use lr_lab::{Fault, Lab, Launch, Transport, Zone, within};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

/// Long enough for a busy machine: nothing waits for it but what fails.
const PATIENCE: Duration = Duration::from_secs(5);

fn question(name: &str, kind: &str) -> Message {
    let mut message = Message::query();
    let mut name = Name::from_ascii(name).unwrap();
    name.set_fqdn(true);
    message.add_query(Query::query(name, kind.parse::<RecordType>().unwrap()));
    message
}

async fn raw(to: SocketAddr, question: &Message) -> Option<Vec<u8>> {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.connect(to).await.unwrap();
    socket.send(&question.to_vec().unwrap()).await.unwrap();
    let mut buffer = vec![0; 65_535];
    let length = timeout(PATIENCE, socket.recv(&mut buffer)).await.ok()?.ok()?;
    Some(buffer[..length].to_vec())
}

async fn ask(to: SocketAddr, name: &str, kind: &str) -> Option<Message> {
    Message::from_vec(&raw(to, &question(name, kind)).await?).ok()
}

#[allow(clippy::disallowed_methods, reason = "the lab is tested without lr-net, on purpose")]
async fn ask_tcp(to: SocketAddr, name: &str, kind: &str) -> Option<Message> {
    let mut stream = TcpStream::connect(to).await.ok()?;
    let bytes = question(name, kind).to_vec().unwrap();
    stream.write_u16(bytes.len() as u16).await.unwrap();
    stream.write_all(&bytes).await.unwrap();
    let length = timeout(PATIENCE, stream.read_u16()).await.ok()?.ok()?;
    let mut buffer = vec![0; length.into()];
    stream.read_exact(&mut buffer).await.ok()?;
    Message::from_vec(&buffer).ok()
}

/// Whether no answer comes, as far as one can wait for it.
async fn silent<T>(answer: impl Future<Output = T>) -> bool {
    timeout(Duration::from_millis(150), answer).await.is_err()
}

fn data(message: &Message) -> Vec<String> {
    message.answers.iter().map(|record| record.data.to_string()).collect()
}

fn server(lab: &Lab, name: &str) -> SocketAddr {
    lab.real(name, 53).unwrap()
}

async fn lab(zone: Zone) -> Lab {
    Lab::builder().zone(zone).start().await.unwrap()
}

#[tokio::test]
async fn a_name_server_answers_with_authority_and_keeps_the_spelling() {
    let lab = lab(Zone::new("shop.test").records("www 60 A 11.0.0.1\nwww 60 A 11.0.0.2")).await;
    let answer = ask(server(&lab, "ns1.shop.test"), "wWw.ShOp.test", "A").await.unwrap();
    assert!(answer.metadata.authoritative && !answer.metadata.recursion_available);
    assert_eq!(answer.metadata.response_code, ResponseCode::NoError);
    assert_eq!(data(&answer), ["11.0.0.1", "11.0.0.2"]);
    assert_eq!(answer.queries[0].name.to_ascii(), "wWw.ShOp.test.");
    assert_eq!(answer.answers[0].name.to_ascii(), "wWw.ShOp.test.");
    assert_eq!(answer.answers[0].ttl, 60);
    assert!(answer.edns.is_none());
}

#[tokio::test]
async fn negative_answers_carry_the_soa() {
    let lab = lab(Zone::new("shop.test").records("a.deep.name A 11.0.0.1")).await;
    let ns = server(&lab, "ns1.shop.test");
    for (name, kind, code) in [
        ("gone.shop.test", "A", ResponseCode::NXDomain),
        ("a.deep.name.shop.test", "AAAA", ResponseCode::NoError),
        // Names that only have names below them exist.
        ("name.shop.test", "A", ResponseCode::NoError),
        ("deep.name.shop.test", "A", ResponseCode::NoError),
    ] {
        let answer = ask(ns, name, kind).await.unwrap();
        assert_eq!(answer.metadata.response_code, code, "{name} {kind}");
        assert!(answer.answers.is_empty());
        assert_eq!(answer.authorities[0].record_type(), RecordType::SOA, "{name} {kind}");
    }
    let refused = ask(ns, "www.other.test", "A").await.unwrap();
    assert_eq!(refused.metadata.response_code, ResponseCode::Refused);
    let transfer = ask_tcp(ns, "shop.test", "AXFR").await.unwrap();
    assert_eq!(transfer.metadata.response_code, ResponseCode::Refused);
}

#[tokio::test]
async fn wildcards_follow_rfc_4592() {
    let records = "*.example A 11.0.0.9\nhost.example A 11.0.0.1\n_a.sub.example TXT x";
    let lab = lab(Zone::new("w.test").records(records)).await;
    let ns = server(&lab, "ns1.w.test");
    let code = |answer: &Message| answer.metadata.response_code;
    let synthesised = ask(ns, "any.thing.example.w.test", "A").await.unwrap();
    assert_eq!(data(&synthesised), ["11.0.0.9"]);
    assert_eq!(synthesised.answers[0].name.to_ascii(), "any.thing.example.w.test.");
    // A name that exists, and an empty non-terminal, are not covered.
    assert!(ask(ns, "host.example.w.test", "TXT").await.unwrap().answers.is_empty());
    let empty = ask(ns, "sub.example.w.test", "A").await.unwrap();
    assert!(empty.answers.is_empty() && code(&empty) == ResponseCode::NoError);
    // Nor is what lies below an existing name.
    let below = ask(ns, "x.sub.example.w.test", "A").await.unwrap();
    assert_eq!(code(&below), ResponseCode::NXDomain);
}

#[tokio::test]
async fn a_delegation_can_be_walked_from_the_root() {
    let lab = Lab::builder()
        .launch(Launch::healthy("shop.test"))
        .zone(Zone::new("eu.shop.test").records("www A 11.0.0.3"))
        .start()
        .await
        .unwrap();
    let mut at = lab.roots()[0];
    let mut zones = Vec::new();
    let answer = loop {
        let to = lab.network().route(&at.to_string(), 53).unwrap();
        let answer = ask(to, "www.eu.shop.test", "A").await.unwrap();
        if answer.metadata.authoritative {
            break answer;
        }
        assert!(answer.answers.is_empty());
        assert!(answer.authorities.iter().all(|r| r.record_type() == RecordType::NS));
        assert!(answer.authorities.len() >= 2);
        zones.push(answer.authorities[0].name.to_ascii());
        at = answer.additionals.iter().find_map(|r| r.data.ip_addr()).unwrap();
    };
    assert_eq!(zones, ["test.", "shop.test.", "eu.shop.test."]);
    assert_eq!(data(&answer), ["11.0.0.3"]);
}

#[tokio::test]
async fn the_recursor_follows_aliases_over_zones_and_keeps_the_chain() {
    let lab = Lab::builder()
        .zone(Zone::new("shop.test").records("www CNAME edge.cdn.example.\nloop CNAME pool\npool CNAME loop\ndangling CNAME no.cdn.example."))
        .zone(Zone::new("cdn.example").records("edge CNAME e1\ne1 A 11.0.0.7"))
        .start()
        .await
        .unwrap();
    let answer = ask(lab.recursor(), "www.shop.test", "A").await.unwrap();
    assert!(answer.metadata.recursion_available && !answer.metadata.authoritative);
    assert_eq!(data(&answer), ["edge.cdn.example.", "e1.cdn.example.", "11.0.0.7"]);
    let dangling = ask(lab.recursor(), "dangling.shop.test", "A").await.unwrap();
    assert_eq!(dangling.metadata.response_code, ResponseCode::NXDomain);
    assert_eq!(data(&dangling), ["no.cdn.example."]);
    assert_eq!(dangling.authorities[0].name.to_ascii(), "cdn.example.");
    let looping = ask(lab.recursor(), "loop.shop.test", "A").await.unwrap();
    assert_eq!(looping.metadata.response_code, ResponseCode::ServFail);
    let foreign = ask(lab.recursor(), "www.nowhere.invalid", "A").await.unwrap();
    assert_eq!(foreign.metadata.response_code, ResponseCode::NXDomain);
    assert_eq!(lab.address("www.shop.test"), Some("11.0.0.7".parse().unwrap()));
}

#[tokio::test]
async fn the_recursor_fails_only_when_all_servers_do() {
    let zone = |name: &str| Zone::new(name).records("www A 11.0.0.1");
    let lab = Lab::builder()
        .zone(zone("half.test").fault("ns1.half.test", Fault::Silent))
        .zone(zone("dead.test").fault("*", Fault::Refused))
        .zone(zone("gone.test").undelegated())
        .zone(zone("lame.test").delegated_to(["ns9.lame.test"]))
        .start()
        .await
        .unwrap();
    for (name, code) in [
        ("www.half.test", ResponseCode::NoError),
        ("www.dead.test", ResponseCode::ServFail),
        ("www.gone.test", ResponseCode::NXDomain),
        ("www.lame.test", ResponseCode::ServFail),
    ] {
        let answer = ask(lab.recursor(), name, "A").await.unwrap();
        assert_eq!(answer.metadata.response_code, code, "{name}");
    }
}

#[tokio::test]
async fn single_names_can_fail_for_the_recursor_and_the_servers() {
    let zone = Zone::new("mail.test")
        .records("slow TXT a\nfail TXT a\nlate TXT a")
        .name_fault("slow", "TXT", Fault::Silent)
        .name_fault("fail", "ANY", Fault::ServFail)
        .name_fault("late", "TXT", Fault::Delay(Duration::from_millis(40)));
    let lab = lab(zone).await;
    for to in [lab.recursor(), server(&lab, "ns1.mail.test")] {
        assert!(silent(ask(to, "slow.mail.test", "TXT")).await);
        assert!(ask(to, "slow.mail.test", "A").await.is_some());
        let failed = ask(to, "fail.mail.test", "TXT").await.unwrap();
        assert_eq!(failed.metadata.response_code, ResponseCode::ServFail);
        let start = Instant::now();
        assert_eq!(data(&ask(to, "late.mail.test", "TXT").await.unwrap()), ["a"]);
        assert!(start.elapsed() >= Duration::from_millis(40));
    }
}

#[tokio::test]
async fn servers_can_differ_and_parents_can_be_wrong() {
    let zone = Zone::new("shop.test")
        .records("@ NS ns1\n@ NS ns2\nns1 A 11.0.0.1\nns2 A 11.0.1.1\nwww A 11.0.0.80")
        .records_on("ns2.shop.test", "www A 11.0.0.66")
        .missing_on("ns2.shop.test", "ns1", "A")
        .glue("ns1.shop.test", "11.9.9.9".parse().unwrap());
    let lab = lab(zone).await;
    let www = |name: &'static str| ask(server(&lab, name), "www.shop.test", "A");
    assert_eq!(data(&www("ns1.shop.test").await.unwrap()), ["11.0.0.80"]);
    assert_eq!(data(&www("ns2.shop.test").await.unwrap()), ["11.0.0.66"]);
    let ns2 = server(&lab, "ns2.shop.test");
    assert!(ask(ns2, "ns1.shop.test", "A").await.unwrap().answers.is_empty());
    let parent = ask(server(&lab, "a.nic.test"), "shop.test", "NS").await.unwrap();
    let glue: Vec<_> = parent.additionals.iter().filter_map(|r| r.data.ip_addr()).collect();
    assert!(glue.contains(&"11.9.9.9".parse::<IpAddr>().unwrap()), "{glue:?}");
    assert!(!glue.contains(&"11.0.0.1".parse::<IpAddr>().unwrap()), "{glue:?}");
}

#[tokio::test]
async fn each_fault_does_what_it_says() {
    let faults = [
        ("silent", Fault::Silent),
        ("refused", Fault::Refused),
        ("servfail", Fault::ServFail),
        ("garbage", Fault::Garbage),
        ("truncate", Fault::Truncate),
        ("no-tcp", Fault::TruncateNoTcp),
        ("udp-only", Fault::NoTcp),
        ("no-aa", Fault::NotAuthoritative),
        ("upward", Fault::UpwardReferral),
        ("wrong-id", Fault::WrongId),
        ("lower", Fault::LowerCase),
        ("drop", Fault::DropFirst(1)),
        ("no-edns", Fault::DropEdns),
        ("old", Fault::FormErrOnEdns),
        ("lie", Fault::Lie("www A 11.6.6.6".to_owned())),
    ];
    let mut builder = Lab::builder();
    for (name, fault) in faults {
        let zone = Zone::new(&format!("{name}.test")).records("www A 11.0.0.1");
        builder = builder.zone(zone.fault("*", fault));
    }
    let lab = builder.start().await.unwrap();
    let to = |name: &str| server(&lab, &format!("ns1.{name}.test"));
    let www = |name: &str| ask(to(name), format!("WWW.{name}.test").leak(), "A");
    let tcp = |name: &str| ask_tcp(to(name), format!("www.{name}.test").leak(), "A");

    assert!(silent(www("silent")).await && silent(tcp("silent")).await);
    assert_eq!(www("refused").await.unwrap().metadata.response_code, ResponseCode::Refused);
    assert_eq!(www("servfail").await.unwrap().metadata.response_code, ResponseCode::ServFail);
    let bytes = raw(to("garbage"), &question("www.garbage.test", "A")).await.unwrap();
    assert!(Message::from_vec(&bytes).is_err());
    for name in ["truncate", "no-tcp"] {
        let answer = www(name).await.unwrap();
        assert!(answer.metadata.truncation && answer.answers.is_empty());
    }
    assert_eq!(data(&tcp("truncate").await.unwrap()), ["11.0.0.1"]);
    assert!(silent(tcp("no-tcp")).await);
    assert!(www("udp-only").await.is_some() && silent(tcp("udp-only")).await);
    let lame = www("no-aa").await.unwrap();
    assert!(!lame.metadata.authoritative && data(&lame) == ["11.0.0.1"]);
    let upward = www("upward").await.unwrap();
    assert!(!upward.metadata.authoritative && upward.authorities[0].name.is_root());
    let asked = question("www.wrong-id.test", "A");
    let bytes = raw(to("wrong-id"), &asked).await.unwrap();
    assert_ne!(Message::from_vec(&bytes).unwrap().metadata.id, asked.metadata.id);
    assert_eq!(www("lower").await.unwrap().queries[0].name.to_ascii(), "www.lower.test.");
    assert!(silent(www("drop")).await && www("drop").await.is_some());
    assert_eq!(data(&www("lie").await.unwrap()), ["11.6.6.6"]);

    let mut modern = question("www.no-edns.test", "A");
    modern.set_edns(Edns::new());
    assert!(silent(raw(to("no-edns"), &modern)).await);
    assert!(www("no-edns").await.is_some());
    let mut modern = question("www.old.test", "A");
    modern.set_edns(Edns::new());
    let old = Message::from_vec(&raw(to("old"), &modern).await.unwrap()).unwrap();
    assert!(old.metadata.response_code == ResponseCode::FormErr && old.edns.is_none());
    assert!(www("old").await.is_some());
}

#[tokio::test]
async fn large_answers_are_truncated_to_what_the_client_takes() {
    let records: String = (0..40).map(|n| format!("big TXT \"{n:0>40}\"\n")).collect();
    let lab = lab(Zone::new("big.test").records(&records)).await;
    let ns = server(&lab, "ns1.big.test");
    let small = ask(ns, "big.big.test", "TXT").await.unwrap();
    assert!(small.metadata.truncation && small.answers.is_empty());
    assert_eq!(ask_tcp(ns, "big.big.test", "TXT").await.unwrap().answers.len(), 40);

    let mut modern = question("ns1.big.test", "A");
    let mut edns = Edns::new();
    edns.set_max_payload(4096).set_dnssec_ok(true);
    modern.set_edns(edns);
    let answer = Message::from_vec(&raw(ns, &modern).await.unwrap()).unwrap();
    let echoed = answer.edns.unwrap();
    assert!(echoed.flags().dnssec_ok && echoed.max_payload() == 1232);
}

#[tokio::test]
async fn txt_records_hold_any_bytes_and_long_strings_are_split() {
    let long = format!("long TXT \"{}\"", "x".repeat(300));
    let zone = Zone::new("t.test").txt("raw", [b"\xff\x00;".as_slice(), b"two"]).records(&long);
    let lab = lab(zone).await;
    let strings = async |name: &str| {
        let answer = ask(lab.recursor(), name, "TXT").await.unwrap();
        let RData::TXT(txt) = &answer.answers[0].data else { panic!("{answer:?}") };
        txt.txt_data.iter().map(|string| string.to_vec()).collect::<Vec<_>>()
    };
    assert_eq!(strings("raw.t.test").await, [b"\xff\x00;".to_vec(), b"two".to_vec()]);
    assert_eq!(strings("long.t.test").await.iter().map(Vec::len).collect::<Vec<_>>(), [255, 45]);
}

#[tokio::test]
async fn the_log_has_every_question() {
    let lab = lab(Zone::new("shop.test").records("www A 11.0.0.1")).await;
    ask(lab.recursor(), "wWw.shop.test", "AAAA").await.unwrap();
    ask_tcp(server(&lab, "ns2.shop.test"), "shop.test", "SOA").await.unwrap();
    let seen = lab.queries();
    let brief: Vec<_> =
        seen.iter().map(|q| (q.server.as_str(), q.name.as_str(), q.record_type.as_str())).collect();
    assert_eq!(
        brief,
        [("recursor", "www.shop.test", "AAAA"), ("ns2.shop.test", "shop.test", "SOA")]
    );
    assert_eq!(seen[0].spelling, "wWw.shop.test.");
    assert_eq!((seen[0].transport, seen[1].transport), (Transport::Udp, Transport::Tcp));
    lab.clear_log();
    assert!(lab.log().is_empty());
}

#[tokio::test]
async fn answers_are_a_round_trip_late() {
    let rtt = Duration::from_millis(60);
    let zone = Zone::new("far.test").records("www A 11.0.0.1");
    let lab = Lab::builder().zone(zone).rtt(rtt).start().await.unwrap();
    // Late by a round trip for a datagram, by another one for the connection, and never earlier.
    let late = |trips: u32, started: Instant| {
        let took = started.elapsed();
        assert!(took >= trips * rtt, "{took:?}");
        took
    };
    within(2 * rtt, async || {
        let started = Instant::now();
        ask(lab.recursor(), "www.far.test", "A").await.unwrap();
        late(1, started)
    })
    .await;
    within(3 * rtt, async || {
        let started = Instant::now();
        ask_tcp(lab.recursor(), "www.far.test", "A").await.unwrap();
        late(2, started)
    })
    .await;
}

#[tokio::test]
async fn name_servers_can_be_aliases_slow_or_gone() {
    let zone = Zone::new("odd.test")
        .records("@ NS alias\n@ NS slow\n@ NS gone.nowhere.test.\nalias CNAME real\nreal A 11.0.0.1\nslow A 11.0.1.1\n@ MX 0 .")
        .fault("slow.odd.test", Fault::Delay(Duration::from_millis(50)));
    let lab = lab(zone).await;
    for (name, least) in [("real.odd.test", 0), ("slow.odd.test", 50)] {
        let start = Instant::now();
        let answer = ask(server(&lab, name), "odd.test", "MX").await.unwrap();
        assert_eq!(data(&answer), ["0 ."]);
        assert!(start.elapsed() >= Duration::from_millis(least), "{name}");
    }
    assert!(lab.addresses("gone.nowhere.test").is_empty());
    assert_eq!(ask(lab.recursor(), "odd.test", "NS").await.unwrap().answers.len(), 3);
}

#[tokio::test]
async fn where_no_name_server_is_questions_are_refused_at_once() {
    let lab = lab(Zone::new("a.test").records("@ A 11.0.0.1")).await;
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.connect(server(&lab, "a.test")).await.unwrap();
    socket.send(b"anyone?").await.unwrap();
    let answer = timeout(PATIENCE, socket.recv(&mut [0; 512])).await.unwrap();
    assert_eq!(answer.unwrap_err().kind(), std::io::ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn the_recursor_itself_can_fail() {
    let lab = |fault| {
        let zone = Zone::new("a.test").records("www A 11.0.0.1");
        async { Lab::builder().zone(zone).recursor_fault(fault).start().await.unwrap() }
    };
    let mute = lab(Fault::Silent).await;
    assert!(silent(ask(mute.recursor(), "www.a.test", "A")).await);
    let failing = lab(Fault::ServFail).await;
    let answer = ask(failing.recursor(), "www.a.test", "A").await.unwrap();
    assert_eq!(answer.metadata.response_code, ResponseCode::ServFail);
    let truncating = lab(Fault::Truncate).await;
    assert!(ask(truncating.recursor(), "www.a.test", "A").await.unwrap().metadata.truncation);
    assert_eq!(data(&ask_tcp(truncating.recursor(), "www.a.test", "A").await.unwrap()).len(), 1);
}

#[tokio::test]
async fn zone_text_knows_the_origin_and_type_spf() {
    let records = "www CNAME @\n@ MX 10 @\n@ TXT \"@ stays @\"\n@ SPF \"v=spf1 -all\"";
    let lab = lab(Zone::new("t.test").records(records)).await;
    for (name, kind, expected) in [
        ("www.t.test", "CNAME", "t.test."),
        ("t.test", "MX", "10 t.test."),
        ("t.test", "TXT", "@ stays @"),
    ] {
        assert_eq!(data(&ask(lab.recursor(), name, kind).await.unwrap()), [expected]);
    }
    let mut spf = question("t.test", "TXT");
    spf.queries[0].query_type = RecordType::from(99);
    let answer = Message::from_vec(&raw(lab.recursor(), &spf).await.unwrap()).unwrap();
    let RData::Unknown { rdata, .. } = &answer.answers[0].data else { panic!("{answer:?}") };
    assert_eq!(rdata.anything, b"\x0bv=spf1 -all");
}

#[tokio::test]
async fn records_that_cannot_be_read_are_an_error_that_names_the_zone() {
    let error = Lab::builder().zone(Zone::new("a.test").records("www NONSENSE 1")).start().await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("a.test") && error.contains("NONSENSE"), "{error}");
}
