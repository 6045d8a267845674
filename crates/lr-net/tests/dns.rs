//! Asking the resolver and single servers, over real sockets against the lab.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hickory_proto::op::ResponseCode;
use hickory_proto::rr::RecordType;
use lr_core::{Context, Limits};
use lr_lab::{Fault, Lab, Launch, Transport, Zone, in_one_of_three_looks};
use lr_net::{Answer, Error, Net, Question, Server};

async fn lab(launch: Launch) -> Lab {
    Lab::builder().launch(launch).start().await.unwrap()
}

fn patient(lab: &Lab, check: Duration) -> Net {
    Net::of(&lab.context().with_limits(Limits::within(check))).unwrap()
}

/// The first name server of the launch, at its IPv4 address.
fn ns1(lab: &Lab) -> Server {
    let ip = lab.addresses("ns1.shop.test").into_iter().find(|ip| ip.is_ipv4()).unwrap();
    Server::new("ns1.shop.test", ip)
}

#[tokio::test]
async fn found_missing_and_empty_are_told_apart() {
    let zone = Zone::new("other.test").records("gone CNAME nowhere.other.test.");
    let lab = Lab::builder().launch(Launch::healthy("shop.test")).zone(zone).start().await.unwrap();
    let net = Net::of(&lab.context()).unwrap();
    let found = net.lookup("shop.test", RecordType::A).await.unwrap();
    assert_eq!(found.data(RecordType::A).count(), 1);
    assert_eq!(*net.lookup("shop.test", RecordType::SRV).await.unwrap(), Answer::NoData);
    let missing = |name: &str| Answer::NxDomain { missing: name.into() };
    let answer = net.lookup("nobody.shop.test", RecordType::A).await.unwrap();
    assert_eq!(*answer, missing("nobody.shop.test."));
    // The end of the chain is missing, not the name that was asked for.
    let answer = net.lookup("gone.other.test", RecordType::A).await.unwrap();
    assert_eq!(*answer, missing("nowhere.other.test."));
    assert!(matches!(net.lookup("a..b", RecordType::A).await, Err(Error::BadName(_))));
}

#[tokio::test]
async fn nothing_is_asked_twice_however_many_ask() {
    let lab = lab(Launch::healthy("shop.test")).await;
    let cx = lab.context();
    let asking = (0..20).map(|number| {
        let cx = cx.clone();
        tokio::spawn(async move {
            let net = Net::of(&cx).unwrap();
            let name = if number % 2 == 0 { "shop.test" } else { "SHOP.test." };
            net.lookup(name, RecordType::A).await.unwrap();
            net.addresses("shop.test").await.unwrap();
            net.lookup("nobody.shop.test", RecordType::A).await.unwrap();
        })
    });
    for asked in asking.collect::<Vec<_>>() {
        asked.await.unwrap();
    }
    let mut asked: Vec<_> =
        lab.queries().into_iter().map(|query| (query.name, query.record_type)).collect();
    asked.sort();
    let expect = |name: &str, rtype: &str| (name.to_owned(), rtype.to_owned());
    let expected =
        [expect("nobody.shop.test", "A"), expect("shop.test", "A"), expect("shop.test", "AAAA")];
    assert_eq!(asked, expected);
}

#[tokio::test]
async fn a_resolver_that_fails_is_no_verdict_on_the_name() {
    let launch = Launch::healthy("shop.test")
        .name_fault("broken.shop.test", "A", Fault::ServFail)
        .name_fault("mute.shop.test", "A", Fault::Silent);
    let lab = lab(launch.record("broken A 11.1.1.1\nmute A 11.1.1.1")).await;
    let net = patient(&lab, Duration::from_secs(2));
    let answer = net.lookup("broken.shop.test", RecordType::A).await;
    assert!(matches!(answer, Err(Error::Resolver { .. })), "{answer:?}");
    let started = Instant::now();
    let answer = net.lookup("mute.shop.test", RecordType::A).await;
    assert!(matches!(answer, Err(Error::Timeout(_) | Error::Resolver { .. })), "{answer:?}");
    assert!(started.elapsed() < Duration::from_millis(900), "{:?}", started.elapsed());
}

#[tokio::test]
async fn one_server_one_question_the_whole_message() {
    let lab = lab(Launch::healthy("shop.test")).await;
    let net = Net::of(&lab.context()).unwrap();
    let question = Question::new("shop.test", RecordType::SOA).unwrap();
    let reply = net.ask(&ns1(&lab), &question).await.unwrap();
    assert!(reply.message.metadata.authoritative && !reply.tcp);
    assert_eq!(reply.message.answers.len(), 1);
    let seen = &lab.queries()[0];
    assert!(!seen.recursion_desired && seen.server == "ns1.shop.test");

    let missing = Question::new("nobody.shop.test", RecordType::A).unwrap();
    let reply = net.ask(&ns1(&lab), &missing).await.unwrap();
    assert_eq!(reply.message.metadata.response_code, ResponseCode::NXDomain);

    let recursor = Server::at(lab.recursor());
    let question = Question::new("www.shop.test", RecordType::A).unwrap().recursive();
    let cx = lab.context().with_network({
        let mut network = lab.network();
        (network.allow_private, network.only_routed) = (true, false);
        network
    });
    let reply = Net::of(&cx).unwrap().ask(&recursor, &question).await.unwrap();
    assert!(reply.message.metadata.recursion_available);
}

#[tokio::test]
async fn truncation_leads_to_tcp() {
    let lab = lab(Launch::healthy("shop.test").nameserver_fault("ns1.shop.test", Fault::Truncate));
    let lab = lab.await;
    let net = Net::of(&lab.context()).unwrap();
    let question = Question::new("shop.test", RecordType::NS).unwrap();
    let reply = net.ask(&ns1(&lab), &question).await.unwrap();
    assert!(reply.tcp && reply.message.answers.len() >= 2);
    let transports: Vec<_> = lab.queries().into_iter().map(|query| query.transport).collect();
    assert_eq!(transports, [Transport::Udp, Transport::Tcp]);
}

#[tokio::test]
async fn what_servers_do_wrong_is_told_apart() {
    type Wanted = fn(&Result<ResponseCode, Error>) -> bool;
    let cases: [(Fault, Wanted); 7] = [
        (Fault::Silent, |r| matches!(r, Err(Error::Timeout(_)))),
        (Fault::TruncateNoTcp, |r| matches!(r, Err(Error::NoTcp { .. }))),
        (Fault::WrongId, |r| matches!(r, Err(Error::Timeout(_)))),
        (Fault::Garbage, |r| matches!(r, Err(Error::Protocol { .. } | Error::Timeout(_)))),
        (Fault::Refused, |r| matches!(r, Ok(ResponseCode::Refused))),
        (Fault::ServFail, |r| matches!(r, Ok(ResponseCode::ServFail))),
        (Fault::DropFirst(1), |r| matches!(r, Ok(ResponseCode::NoError))),
    ];
    for (fault, wanted) in cases {
        let lab =
            lab(Launch::healthy("shop.test").nameserver_fault("ns1.shop.test", fault.clone()));
        let lab = lab.await;
        let net = patient(&lab, Duration::from_secs(1));
        let question = Question::new("shop.test", RecordType::SOA).unwrap();
        let reply = net.ask(&ns1(&lab), &question).await;
        let seen = reply.map(|reply| reply.message.metadata.response_code);
        assert!(wanted(&seen), "{fault:?}: {seen:?}");
    }
}

#[tokio::test]
async fn a_server_that_drops_edns_is_heard_without_it() {
    in_one_of_three_looks(|| async {
        let fault = Fault::DropEdns;
        let lab = lab(Launch::healthy("shop.test").nameserver_fault("ns1.shop.test", fault)).await;
        let net = patient(&lab, Duration::from_secs(1));
        let ask = |name: &str| {
            let (net, server) = (net.clone(), ns1(&lab));
            let question = Question::new(name, RecordType::A).unwrap();
            async move { net.ask(&server, &question).await.unwrap() }
        };
        let started = Instant::now();
        let all = futures_util::future::join_all((0..10).map(|_| ask("www.shop.test"))).await;
        // A quarter of a second, for all of them.
        assert!(started.elapsed() < Duration::from_millis(800), "{:?}", started.elapsed());
        assert!(all.iter().all(|reply| reply.edns_dropped));
        let before = lab.queries().len();
        assert!(ask("shop.test").await.edns_dropped);
        assert_eq!(lab.queries().len(), before + 1, "it is known by now");
        // So it is over TCP, on the second connection.
        let question = Question::new("shop.test", RecordType::A).unwrap().over_tcp();
        let reply = net.ask(&ns1(&lab), &question).await.unwrap();
        assert!(reply.tcp && reply.edns_dropped);
    })
    .await;
}

#[tokio::test]
async fn a_server_that_changes_the_letters_of_a_question_is_noticed() {
    let fault = Fault::LowerCase;
    let lab = lab(Launch::healthy("shop.test").nameserver_fault("ns1.shop.test", fault)).await;
    let net = Net::of(&lab.context()).unwrap();
    let question = Question::new("a-long-name-to-spell.shop.test", RecordType::A).unwrap();
    assert!(net.ask(&ns1(&lab), &question).await.unwrap().case_lost);
    let ns2 = Server::new("ns2.shop.test", lab.address("ns2.shop.test").unwrap());
    assert!(!net.ask(&ns2, &question).await.unwrap().case_lost);
}

#[tokio::test]
async fn questions_are_counted_and_limited() {
    let lab = lab(Launch::healthy("shop.test")).await;
    let net = Net::of(&lab.context()).unwrap().with_questions(5);
    net.lookup("www.shop.test", RecordType::A).await.unwrap();
    net.lookup("www.shop.test", RecordType::A).await.unwrap();
    let question = Question::new("www.shop.test", RecordType::A).unwrap();
    for _ in 0..4 {
        net.ask(&ns1(&lab), &question).await.unwrap();
    }
    assert_eq!(net.questions_sent(), 5);
    let refused = net.ask(&ns1(&lab), &question).await;
    assert!(matches!(refused, Err(Error::Spent { limit: 5, .. })), "{refused:?}");
}

#[tokio::test]
async fn a_closed_port_is_heard_of_at_once() {
    // Held, and deaf to everybody but a peer that does not exist.
    let held = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    held.connect("127.0.0.1:9").unwrap();
    let closed = held.local_addr().unwrap();
    let mut network = lr_core::Network::default();
    network.allow_private = true;
    network.nameservers = vec![closed];
    let net = Net::of(&Context::new().with_network(network)).unwrap();
    let started = Instant::now();
    let question = Question::new("shop.test", RecordType::A).unwrap();
    let reply = net.ask(&Server::at(closed), &question).await;
    assert!(matches!(reply, Err(Error::Refused { .. })), "{reply:?}");
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn servers_at_special_addresses_are_not_asked() {
    let net = Net::of(&Context::new().with_network({
        let mut network = lr_core::Network::default();
        network.nameservers = vec!["127.0.0.1:9".parse().unwrap()];
        network
    }))
    .unwrap();
    let question = Question::new("shop.test", RecordType::A).unwrap();
    for address in ["127.0.0.1:53", "10.0.0.1:53", "[::ffff:192.168.0.1]:53", "169.254.169.254:53"]
    {
        let server = Server::at(address.parse::<SocketAddr>().unwrap());
        let reply = net.ask(&server, &question).await;
        assert!(matches!(reply, Err(Error::Forbidden { .. })), "{address}: {reply:?}");
    }
}

#[tokio::test]
async fn thousands_of_questions_go_through_one_socket() {
    let lab = lab(Launch::healthy("shop.test").record("long TXT \"x\"")).await;
    let net = Net::of(&lab.context()).unwrap();
    let questions = (0..5000).map(|number| {
        let name =
            if number % 2 == 0 { "www.shop.test".into() } else { format!("n{number}.shop.test") };
        Question::new(&name, RecordType::A).unwrap()
    });
    let (mut found, mut missing) = (0, 0);
    net.sweep(&ns1(&lab), questions, |question, reply| {
        let reply = reply.unwrap();
        match reply.message.metadata.response_code {
            ResponseCode::NXDomain => missing += 1,
            _ => found += 1,
        }
        assert!(reply.message.queries[0].name == question.name);
    })
    .await
    .unwrap();
    assert_eq!((found, missing), (2500, 2500));
}

#[tokio::test]
async fn a_sweep_ends_whatever_the_server_does() {
    in_one_of_three_looks(|| async {
        for fault in [Fault::Silent, Fault::DropFirst(7), Fault::Truncate, Fault::Garbage] {
            let lab =
                lab(Launch::healthy("shop.test").nameserver_fault("ns1.shop.test", fault.clone()));
            let lab = lab.await;
            let net = patient(&lab, Duration::from_millis(500));
            let questions = (0..20).map(|_| Question::new("www.shop.test", RecordType::A).unwrap());
            let (mut good, mut bad) = (0, 0);
            net.sweep(&ns1(&lab), questions, |_, reply| match reply {
                Ok(_) => good += 1,
                Err(_) => bad += 1,
            })
            .await
            .unwrap();
            assert_eq!(good + bad, 20, "{fault:?}");
            assert_eq!(
                good == 20,
                matches!(fault, Fault::DropFirst(_) | Fault::Truncate),
                "{fault:?}"
            );
        }
    })
    .await;
}
