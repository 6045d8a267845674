//! The HTTP client against the lab.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::net::IpAddr;
use std::time::{Duration, Instant};

use lr_core::{Context, ErrorKind, Limits, Network, Route};
use lr_lab::{Certificate, Lab, LabBuilder, Port, Reply, Request as Asked, Site, TlsFault, Zone};
use lr_net::{AddressClass, BodyEnd, Error, Exchange, Net, Request, USER_AGENT};

async fn lab(site: Site) -> Lab {
    start(Lab::builder().site(site)).await
}

async fn start(builder: LabBuilder) -> Lab {
    builder.start().await.unwrap()
}

async fn get(cx: &Context, url: &str) -> Result<Exchange, Error> {
    Net::of(cx).unwrap().fetch(&Request::get(url.parse().unwrap())).await
}

fn class(result: &Result<Exchange, Error>) -> Option<AddressClass> {
    match result {
        Err(Error::Forbidden { class, .. }) => Some(*class),
        _ => None,
    }
}

/// The lab's network without its promise to go nowhere else.
fn open(lab: &Lab) -> Context {
    let mut network = lab.network();
    network.only_routed = false;
    lab.context().with_network(network)
}

#[tokio::test]
async fn addresses_spelt_out_in_a_url_are_judged() {
    let cx = Context::new().with_network({
        let mut network = Network::default();
        // Nobody is asked for an address literal.
        network.nameservers = vec!["127.0.0.1:9".parse().unwrap()];
        network
    });
    for (host, expected) in [
        ("127.0.0.1", AddressClass::Loopback),
        ("127.1", AddressClass::Loopback),
        ("0x7f000001", AddressClass::Loopback),
        ("2130706433", AddressClass::Loopback),
        ("0177.0.0.1", AddressClass::Loopback),
        ("[::1]", AddressClass::Loopback),
        ("[::ffff:127.0.0.1]", AddressClass::Loopback),
        ("[64:ff9b::7f00:1]", AddressClass::Loopback),
        ("169.254.169.254", AddressClass::LinkLocal),
        ("10.0.0.1", AddressClass::Private),
        ("[fd00::1]", AddressClass::Private),
        ("0.0.0.0", AddressClass::Reserved),
        ("224.0.0.1", AddressClass::Multicast),
        ("192.0.2.1", AddressClass::Documentation),
    ] {
        for url in
            [format!("http://{host}/"), format!("https://{host}/"), format!("http://{host}:8080/")]
        {
            assert_eq!(class(&get(&cx, &url).await), Some(expected), "{url}");
        }
    }
}

#[tokio::test]
async fn addresses_that_come_out_of_dns_are_judged() {
    let lab = start(Lab::builder().zone(Zone::new("rebind.test").records(
        "@ A 127.0.0.1
         six AAAA ::1
         mapped AAAA ::ffff:10.0.0.1
         alias CNAME @
         both A 10.0.0.1
         both A 11.99.0.1",
    )))
    .await;
    let cx = open(&lab);
    for (host, expected) in [
        ("rebind.test", AddressClass::Loopback),
        ("six.rebind.test", AddressClass::Loopback),
        ("mapped.rebind.test", AddressClass::Private),
        ("alias.rebind.test", AddressClass::Loopback),
    ] {
        assert_eq!(class(&get(&cx, &format!("http://{host}/")).await), Some(expected), "{host}");
    }
    // Of several addresses only those that are admitted are contacted.
    let refused = get(&cx, "http://both.rebind.test/").await;
    assert!(matches!(refused, Err(Error::Refused { .. })), "{refused:?}");
    assert_eq!(lab.connections().len(), 0);
}

#[tokio::test]
async fn only_what_is_routed_is_contacted_where_that_is_promised() {
    let lab = start(Lab::builder().zone(Zone::new("rebind.test").records("@ A 10.0.0.1"))).await;
    for url in ["http://rebind.test/", "http://127.0.0.1/", "http://93.184.215.14/"] {
        let refused = get(&lab.context(), url).await;
        assert!(matches!(refused, Err(Error::NotRouted(_))), "{url}: {refused:?}");
    }
}

#[tokio::test]
async fn private_addresses_are_contacted_when_that_is_allowed() {
    let lab = lab(Site::new("shop.test").get("/", Reply::text("hello"))).await;
    let real = lab.real("shop.test", 80).unwrap();
    let mut network = Network::default();
    network.nameservers = vec![lab.recursor()];
    network.allow_private = true;
    let cx = lab.context().with_network(network);
    let exchange = get(&cx, &format!("http://{real}/")).await.unwrap();
    assert_eq!((exchange.status, exchange.body.as_slice()), (200, &b"hello"[..]));
    assert_eq!(exchange.remote, Some(real));
}

#[tokio::test]
async fn routes_go_by_host_and_port() {
    let echo = |request: &Asked| {
        let host = request.header("host").map_or("no host", |host| host).to_owned();
        Reply::text(format!("{} {} {host}", request.scheme, request.path_and_query))
    };
    let lab = lab(Site::new("shop.test").fallback(echo)).await;
    let mut network = lab.network();
    let plain = lab.real("shop.test", 80).unwrap();
    let secure = lab.real("shop.test", 443).unwrap();
    network.routes.push(Route::new("shop.test", 8080, plain));
    network.routes.push(Route::new("shop.test", 8443, secure));
    network.routes.push(Route::new("11.99.0.7", 80, plain));
    network.routes.push(Route::new("11.99.0.7", 8080, plain));
    network.routes.push(Route::new("2a0e:b107::7", 80, plain));
    let cx = lab.context().with_network(network);
    for (url, seen) in [
        ("http://shop.test/a?b=%2F", "http /a?b=%2F shop.test"),
        ("http://shop.test:80/", "http / shop.test"),
        ("http://shop.test:8080/x", "http /x shop.test:8080"),
        ("https://shop.test:8443/x", "https /x shop.test:8443"),
        ("http://11.99.0.7/", "http / 11.99.0.7"),
        ("http://11.99.0.7:8080/", "http / 11.99.0.7:8080"),
        ("http://[2a0e:b107::7]/", "http / [2a0e:b107::7]"),
    ] {
        let exchange = get(&cx, url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
        assert_eq!(String::from_utf8_lossy(&exchange.body), seen, "{url}");
    }
    let secure = get(&cx, "https://shop.test/").await.unwrap();
    assert_eq!((secure.http, secure.status), (2, 200));
    // No route for this port, and nobody else is asked.
    let other = get(&cx, "https://shop.test:9443/").await;
    assert!(matches!(other, Err(Error::NotRouted(_))), "{other:?}");
}

#[tokio::test]
async fn the_peer_and_the_phases_are_told() {
    const RTT: Duration = Duration::from_millis(40);
    let lab =
        start(Lab::builder().rtt(RTT).site(Site::new("shop.test").get("/", Reply::text("hello"))))
            .await;
    let cx = lab.context();
    let first = get(&cx, "https://shop.test/").await.unwrap();
    let nominal: Vec<IpAddr> = lab.addresses("shop.test");
    let remote = first.remote.unwrap();
    assert!(nominal.contains(&remote.ip()) && remote.port() == 443, "{remote} of {nominal:?}");
    let connect = first.timing.connect.unwrap();
    assert!(first.timing.dns >= RTT, "{:?}", first.timing);
    assert!(connect >= RTT * 2 && connect < first.timing.first_byte, "{:?}", first.timing);
    assert!(first.timing.first_byte >= RTT * 3, "{:?}", first.timing);
    assert!(first.timing.total >= first.timing.dns + first.timing.first_byte, "{:?}", first.timing);

    let second = get(&cx, "https://shop.test/").await.unwrap();
    assert_eq!(second.timing.connect, None);
    assert_eq!(second.remote, first.remote);
    assert!(second.timing.first_byte < RTT * 2, "{:?}", second.timing);
    assert_eq!(lab.handshakes().len(), 1);
}

#[tokio::test]
async fn a_request_carries_what_it_should_and_nothing_else() {
    let names = |request: &Asked| {
        let fields = request.headers.iter();
        let fields: Vec<_> = fields
            .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value)))
            .collect();
        Reply::text(fields.join("\n"))
    };
    let lab = lab(Site::new("shop.test").fallback(names)).await;
    let exchange = get(&lab.context(), "http://user:secret@shop.test/").await.unwrap();
    let mut sent: Vec<_> =
        String::from_utf8(exchange.body).unwrap().lines().map(str::to_owned).collect();
    sent.sort();
    assert_eq!(
        sent,
        [
            "accept-encoding: gzip,br".to_owned(),
            "accept: */*".into(),
            "host: shop.test".into(),
            format!("user-agent: {USER_AGENT}"),
        ]
    );
}

#[tokio::test]
async fn bodies_are_cut_after_decompression() {
    let site = Site::new("shop.test")
        .get("/bomb", Reply::gzip_bomb(1 << 30))
        .get("/long", Reply::long_body(1 << 30))
        .get("/endless", Reply::endless_body())
        .get("/short", Reply::text("hello"))
        .get("/cut", Reply::cut_short("hello"));
    let lab = lab(site).await;
    let cx = lab.context();
    let net = Net::of(&cx).unwrap();
    for scheme in ["http", "https"] {
        for path in ["bomb", "long", "endless"] {
            let mut request = Request::get(format!("{scheme}://shop.test/{path}").parse().unwrap());
            request.body_limit = 10_000;
            let exchange = net.fetch(&request).await.unwrap();
            assert_eq!(
                (exchange.body.len(), exchange.end),
                (10_000, BodyEnd::Limit),
                "{scheme} {path}"
            );
            // The context's limit holds whatever the request says.
            request.body_limit = usize::MAX;
            let exchange = net.fetch(&request).await.unwrap();
            assert_eq!(exchange.body.len(), cx.limits().body_bytes, "{scheme} {path}");
        }
        let mut request = Request::get(format!("{scheme}://shop.test/short").parse().unwrap());
        request.body_limit = 5;
        let exchange = net.fetch(&request).await.unwrap();
        assert_eq!((exchange.body.as_slice(), exchange.end), (&b"hello"[..], BodyEnd::Complete));
    }
    let exchange = get(&cx, "http://shop.test/cut").await.unwrap();
    assert_eq!(exchange.body, b"hello");
    assert!(matches!(exchange.end, BodyEnd::Broken(_)), "{:?}", exchange.end);
}

#[tokio::test]
async fn what_does_not_come_in_time_times_out() {
    const EXCHANGE: Duration = Duration::from_millis(300);
    let site = Site::new("shop.test")
        .get("/silence", Reply::silence())
        .get("/drip", Reply::drip("x".repeat(500), Duration::from_millis(50)));
    let builder = Lab::builder()
        .site(site)
        .site(Site::new("mute.test").http_port(Port::Silent).https_port(Port::Silent))
        .site(Site::new("tls.test").tls_fault(TlsFault::Silence));
    let lab = start(builder).await;
    let mut limits = Limits::default();
    limits.exchange = EXCHANGE;
    let cx = lab.context().with_limits(limits);
    for url in [
        "http://shop.test/silence",
        "https://shop.test/silence",
        "http://mute.test/",
        "https://mute.test/",
        "https://tls.test/",
    ] {
        let started = Instant::now();
        let result = get(&cx, url).await;
        assert!(matches!(result, Err(Error::Timeout(_))), "{url}: {result:?}");
        assert!(started.elapsed() < EXCHANGE * 3, "{url}: {:?}", started.elapsed());
    }
    let drip = get(&cx, "https://shop.test/drip").await.unwrap();
    assert_eq!(drip.end, BodyEnd::Timeout);
    assert!(!drip.body.is_empty() && drip.body.len() < 500);

    // With no time left nothing is asked.
    let asked = lab.requests().len();
    let late = get(&cx.with_time_left(Duration::ZERO), "http://shop.test/").await;
    assert_eq!(late.unwrap_err().kind(), ErrorKind::Timeout);
    assert_eq!(lab.requests().len(), asked);
}

#[tokio::test]
async fn waiting_for_a_place_is_bounded_too() {
    let lab = lab(Site::new("shop.test").fallback(Reply::silence()).http1_only()).await;
    let mut limits = Limits::default();
    limits.exchange = Duration::from_millis(200);
    limits.per_host = 1;
    let cx = lab.context().with_limits(limits).with_time_left(Duration::from_millis(500));
    let started = Instant::now();
    let all = (0..20).map(|n| {
        let cx = cx.clone();
        tokio::spawn(async move { get(&cx, &format!("https://shop.test/{n}")).await })
    });
    for one in all.collect::<Vec<_>>() {
        assert_eq!(one.await.unwrap().unwrap_err().kind(), ErrorKind::Timeout);
    }
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
}

#[tokio::test]
async fn what_is_no_http_is_told_apart() {
    let site = Site::new("shop.test")
        .get("/garbage", Reply::garbage())
        .get("/reset", Reply::reset())
        .get("/hangup", Reply::hang_up())
        .get("/huge", Reply::huge_header(10 << 20))
        .get("/headers", Reply::endless_headers())
        .http1_only();
    let builder = Lab::builder()
        .site(site)
        .site(Site::new("closed.test").http_port(Port::Closed).https_port(Port::Closed))
        .site(Site::new("reset.test").http_port(Port::Reset).https_port(Port::Reset))
        .site(Site::new("old.test").certificate(Certificate::expired()))
        .site(Site::new("other.test").certificate(Certificate::wrong_host()))
        .site(Site::new("plain.test").tls_fault(TlsFault::PlainHttp))
        .site(Site::new("alert.test").tls_fault(TlsFault::Alert));
    let lab = start(builder).await;
    let cx = lab.context();
    let kind = |error: &Error| match error {
        Error::Protocol { .. } => "protocol",
        Error::Unreachable { .. } => "unreachable",
        Error::Refused { .. } => "refused",
        Error::Tls { .. } => "tls",
        Error::NoSuchName(_) => "no such name",
        Error::BadName(_) => "bad name",
        _ => "other",
    };
    for (url, expected) in [
        ("http://shop.test/garbage", "protocol"),
        ("https://shop.test/garbage", "protocol"),
        ("http://shop.test/huge", "protocol"),
        ("https://shop.test/headers", "protocol"),
        ("http://shop.test/reset", "unreachable"),
        ("https://shop.test/reset", "unreachable"),
        ("http://shop.test/hangup", "unreachable"),
        ("https://shop.test/hangup", "unreachable"),
        ("http://closed.test/", "refused"),
        ("https://closed.test/", "refused"),
        ("http://reset.test/", "unreachable"),
        ("https://reset.test/", "unreachable"),
        ("https://old.test/", "tls"),
        ("https://other.test/", "tls"),
        ("https://plain.test/", "tls"),
        ("https://alert.test/", "tls"),
        ("http://missing.test/", "no such name"),
        ("ftp://shop.test/", "bad name"),
    ] {
        let error = get(&cx, url).await.unwrap_err();
        assert_eq!(kind(&error), expected, "{url}: {error:?}");
        assert!(!error.to_string().contains("error sending request"), "{url}: {error}");
    }
}

#[tokio::test]
async fn nothing_is_retried_or_followed() {
    let site = Site::new("shop.test")
        .get("/reset", Reply::reset())
        .get("/moved", Reply::redirect(301, "/there").header("set-cookie", "a=b"))
        .get("/there", Reply::text("hello"))
        .get("/busy", Reply::status(503).header("retry-after", "0"));
    let lab = lab(site).await;
    let cx = lab.context();
    for (url, status) in [
        ("https://shop.test/reset", None),
        ("https://shop.test/moved", Some(301)),
        ("https://shop.test/busy", Some(503)),
    ] {
        lab.clear_log();
        assert_eq!(get(&cx, url).await.ok().map(|exchange| exchange.status), status, "{url}");
        assert_eq!(lab.requests().len(), 1, "{url}");
    }
}

#[tokio::test]
async fn headers_keep_their_order_and_bytes() {
    let site = Site::new("shop.test")
        .get("/", Reply::redirect(301, b"/caf\xe9").header("x-two", "1").header("x-two", "2"));
    let lab = lab(site).await;
    for scheme in ["http", "https"] {
        let exchange = get(&lab.context(), &format!("{scheme}://shop.test/")).await.unwrap();
        assert_eq!(exchange.header("location").collect::<Vec<_>>(), [b"/caf\xe9"]);
        assert_eq!(exchange.header("x-two").collect::<Vec<_>>(), [b"1", b"2"]);
    }
}

#[tokio::test]
async fn connections_to_one_host_are_few() {
    for site in [Site::new("shop.test").http1_only(), Site::new("shop.test")] {
        // At one address: a second one is tried where the first is slow.
        let site = site
            .at("11.1.0.1".parse().unwrap())
            .fallback(Reply::text("x").after(Duration::from_millis(20)));
        let zone = Zone::new("shop.test").records("@ A 11.1.0.1");
        let lab = start(Lab::builder().site(site).zone(zone)).await;
        let cx = lab.context();
        let all = (0..30).map(|n| {
            let cx = cx.clone();
            tokio::spawn(async move { get(&cx, &format!("https://shop.test/{n}")).await })
        });
        for one in all.collect::<Vec<_>>() {
            assert_eq!(one.await.unwrap().unwrap().status, 200);
        }
        assert!(lab.connections().len() <= 6, "{}", lab.connections().len());
        assert_eq!(lab.requests().len(), 30);
    }
}
