//! The lab's sites, mail hosts and certificates, met with plain sockets, rustls and hyper.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod client;
mod hostile;
mod launch;
mod mail;
mod tls;

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use client::{connect, exchange, get, get_h2, hangs, send_h2, tls};
use lr_lab::{Lab, Port, Reply, Request, Site, Zone, within};

async fn lab(site: Site) -> Lab {
    Lab::builder().site(site).start().await.unwrap()
}

#[tokio::test]
async fn pages_are_found_by_path_prefix_and_function() {
    let site = Site::new("a.test")
        .get("/", Reply::html("home").header("X-Extra", "1"))
        .prefix("/docs/", Reply::text("docs"))
        .prefix("/docs/api/", |request: &Request| {
            Reply::text(format!("{} {} {}", request.method, request.path_and_query, request.count))
        })
        .get("/docs/api/exact", Reply::redirect(301, b"/caf\xe9"));
    let lab = lab(site).await;
    for (path, status, text) in [
        ("", "HTTP/1.1 200 OK\r\n", "x-extra: 1\r\n"),
        ("?q=1", "HTTP/1.1 200 OK\r\n", "\r\n\r\nhome"),
        ("docs/x", "HTTP/1.1 200 OK\r\n", "\r\n\r\ndocs"),
        ("docs/api/y?z=%2B", "HTTP/1.1 200 OK\r\n", "GET /docs/api/y?z=%2B 3"),
        ("docs/api/exact", "HTTP/1.1 301 Moved Permanently\r\n", "location: /caf\u{fffd}\r\n"),
        ("nothing", "HTTP/1.1 404 Not Found\r\n", "not found"),
    ] {
        let answer = get(&lab, &format!("http://a.test/{path}")).await.unwrap();
        assert!(answer.starts_with(status) && answer.contains(text), "{path}: {answer}");
    }
}

#[tokio::test]
async fn both_protocols_are_served_over_tls_by_alpn() {
    let site = Site::new("a.test")
        .get("/", Reply::text("hi"))
        .https_header("strict-transport-security", "max-age=1")
        .http(Reply::redirect(308, "https://a.test/"));
    let lab = lab(site).await;
    let first = get(&lab, "https://a.test/").await.unwrap();
    assert!(first.contains("strict-transport-security: max-age=1\r\n") && first.ends_with("hi"));
    let (head, body) = get_h2(&lab, "a.test", "/?x=1").await.unwrap();
    assert_eq!((head.status.as_u16(), &body[..]), (200, b"hi".as_slice()));
    assert_eq!(head.headers["strict-transport-security"], "max-age=1");
    let plain = get(&lab, "http://a.test/").await.unwrap();
    assert!(plain.starts_with("HTTP/1.1 308") && !plain.contains("strict"), "{plain}");

    let seen: Vec<_> = lab.requests().iter().map(|r| (r.url(), r.protocol)).collect();
    assert_eq!(
        seen,
        [
            ("https://a.test/".to_owned(), "HTTP/1.1"),
            ("https://a.test/?x=1".to_owned(), "HTTP/2"),
            ("http://a.test/".to_owned(), "HTTP/1.1"),
        ]
    );
    let hellos = lab.handshakes();
    assert_eq!((hellos.len(), hellos[1].sni.as_deref()), (2, Some("a.test")));
    assert_eq!(hellos[1].alpn, ["h2"]);
    assert_eq!(lab.connections().iter().map(|c| c.port).collect::<Vec<_>>(), [443, 443, 80]);
}

#[tokio::test]
async fn head_and_bodiless_answers_end_where_they_should() {
    let site = Site::new("a.test")
        .get("/", Reply::text("hello"))
        .get("/none", Reply::status(204).body("never sent"));
    let lab = lab(site).await;
    let ask = b"HEAD / HTTP/1.1\r\nHost: a.test\r\n\r\nGET /none HTTP/1.1\r\nHost: a.test\r\n\
        Connection: close\r\n\r\n";
    let both = exchange(connect(&lab, "a.test", 80).await.unwrap(), ask).await.unwrap();
    assert_eq!(both.matches("HTTP/1.1 ").count(), 2, "{both}");
    assert!(both.contains("content-length: 5\r\n") && !both.contains("hello"), "{both}");
    assert!(both.contains("HTTP/1.1 204 ") && !both.contains("never"), "{both}");
    assert!(both.contains("date: Sat, 21 Nov 2026 12:00:00 GMT\r\n"), "{both}");
    for (method, path, status) in [("HEAD", "/", 200), ("GET", "/none", 204)] {
        let (head, body) = send_h2(&lab, "a.test", method, path).await.unwrap();
        assert_eq!((head.status.as_u16(), body.len()), (status, 0), "{method} {path}");
        assert_eq!(head.headers["date"], "Sat, 21 Nov 2026 12:00:00 GMT");
    }
}

#[tokio::test]
async fn sites_at_one_address_are_told_apart() {
    let zone = Zone::new("x.test").records("@ A 11.0.0.1\n* CNAME @\nb A 11.0.0.1");
    let lab = Lab::builder()
        .zone(zone)
        .site(Site::new("*.x.test").get("/", Reply::text("any")).at("11.0.0.1".parse().unwrap()))
        .site(Site::new("b.x.test").get("/", Reply::text("b")))
        .start()
        .await
        .unwrap();
    for (host, text) in [("b.x.test", "b"), ("c.x.test", "any")] {
        assert!(get(&lab, &format!("http://{host}/")).await.unwrap().ends_with(text), "{host}");
    }
    assert!(get(&lab, "https://b.x.test/").await.unwrap().ends_with("b"));
    // Where nothing listens, connections are refused: 25 has no mail host.
    let refused = connect(&lab, "b.x.test", 25).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn special_addresses_are_never_routed_by_themselves() {
    let records = "@ A 10.0.0.1\n@ A 127.0.0.1\n@ AAAA fd00::1\n@ AAAA 2001:db8::1\n@ A 11.0.0.1";
    let lab = Lab::builder()
        .zone(Zone::new("p.test").records(records))
        .site(Site::new("p.test").get("/", Reply::text("hi")))
        .start()
        .await
        .unwrap();
    let network = lab.network();
    for (ip, routed) in [
        ("10.0.0.1", false),
        ("127.0.0.1", false),
        ("fd00::1", false),
        ("2001:db8::1", false),
        ("11.0.0.1", true),
    ] {
        assert_eq!(network.route(ip, 443).is_some(), routed, "{ip}");
    }
}

#[tokio::test]
async fn ports_can_be_closed_silent_or_reset() {
    let lab = Lab::builder()
        .site(Site::new("closed.test").http_port(Port::Closed))
        .site(Site::new("silent.test").http_port(Port::Silent).https_port(Port::Silent))
        .site(Site::new("reset.test").http_port(Port::Reset))
        .start()
        .await
        .unwrap();
    let refused = connect(&lab, "closed.test", 80).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    assert!(get(&lab, "https://closed.test/").await.is_ok());
    assert!(hangs(get(&lab, "http://silent.test/")).await);
    assert!(hangs(tls(&lab, "silent.test", &[])).await);
    let reset = get(&lab, "http://reset.test/").await.unwrap_err();
    assert_eq!(reset.kind(), ErrorKind::ConnectionReset);
    assert_eq!(lab.connections().len(), 4);
}

#[tokio::test]
async fn a_get_over_tls_costs_three_round_trips() {
    let rtt = Duration::from_millis(60);
    let site = Site::new("far.test").get("/", Reply::text("hi"));
    let lab = Lab::builder().site(site).rtt(rtt).start().await.unwrap();
    for (url, trips) in [("http://far.test/", 2), ("https://far.test/", 3)] {
        within(rtt * (trips + 1), async || {
            let start = Instant::now();
            assert!(get(&lab, url).await.unwrap().ends_with("hi"));
            let took = start.elapsed();
            assert!(took >= rtt * trips, "{url}: {took:?}");
            took
        })
        .await;
    }
}

#[tokio::test]
async fn a_lab_starts_and_stops_at_once() {
    let start = Instant::now();
    let lab = lab(Site::new("a.test")).await;
    let started = start.elapsed();
    let to = lab.real("a.test", 80).unwrap();
    drop(lab);
    assert!(started < Duration::from_secs(1), "{started:?}");
    // Nobody listens there any more.
    assert!(std::net::TcpListener::bind(to).is_ok());
}

#[tokio::test]
async fn the_way_into_the_lab_fits_on_a_command_line() {
    let lab = lab(Site::new("a.test")).await;
    let arguments = lab.arguments(std::path::Path::new("/tmp/ca.pem"));
    let of = |name: &str| {
        let mut values = arguments.windows(2).filter(|pair| pair[0] == name).map(|pair| &pair[1]);
        (values.next().cloned().unwrap(), values.count() + 1)
    };
    assert_eq!(of("--nameserver"), (lab.recursor().to_string(), 1));
    assert_eq!(of("--now").0, "2026-11-21T12:00:00Z");
    assert_eq!(of("--ca").0, "/tmp/ca.pem");
    let (route, count) = of("--route");
    assert!(lr_core::Route::parse(&route).is_ok(), "{route}");
    assert_eq!(count, lab.network().routes.len());
}
