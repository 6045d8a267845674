//! Where connections go and where they must not: routes, address policy, and the race of addresses.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use lr_core::{Context, Limits, Network, Route};
use lr_lab::{Lab, Port, Site, Zone, within};
use lr_net::{Error, Net};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

async fn lab(zone: Zone) -> Lab {
    Lab::builder().zone(zone).start().await.expect("the lab starts")
}

/// The network of the lab, free to connect to what is not routed as far as the policy allows.
fn unrouted(lab: &Lab) -> Context {
    let mut network = lab.network();
    network.only_routed = false;
    lab.context().with_network(network)
}

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// A port that neither accepts nor refuses: its queue is full.
struct Dead {
    address: SocketAddr,
    _listener: TcpListener,
    _queue: Vec<TcpStream>,
}

impl Dead {
    async fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(1).unwrap();
        let address = listener.local_addr().unwrap();
        let mut queue = Vec::new();
        loop {
            let socket = TcpSocket::new_v4().unwrap();
            match tokio::time::timeout(Duration::from_millis(100), socket.connect(address)).await {
                Ok(stream) => queue.push(stream.unwrap()),
                Err(_) => return Self { address, _listener: listener, _queue: queue },
            }
        }
    }
}

#[tokio::test]
async fn a_route_for_a_name_needs_no_name_server() {
    let (_listener, to) = listener().await;
    let mut network = Network::default();
    network.routes = vec![Route::new("shop.test", 443, to)];
    network.only_routed = true;
    let net = Net::of(&Context::new().with_network(network)).unwrap();
    for name in ["shop.test", "SHOP.test."] {
        let connection = net.connect(name, 443).await.unwrap();
        assert_eq!(connection.stream.peer_addr().unwrap(), to);
    }
    let elsewhere = net.connect("shop.test", 80).await;
    assert!(elsewhere.is_err(), "a route is for one port: {elsewhere:?}");
}

#[tokio::test]
async fn a_route_for_an_address_covers_the_names_that_have_it() {
    let (_listener, to) = listener().await;
    let lab = lab(Zone::new("shop.test").records("@ A 11.9.9.9")).await;
    let mut network = lab.network();
    network.routes.insert(0, Route::new("11.9.9.9", 443, to));
    let net = Net::of(&lab.context().with_network(network)).unwrap();
    for host in ["shop.test", "11.9.9.9"] {
        let connection = net.connect(host, 443).await.unwrap();
        assert_eq!(connection.address, "11.9.9.9:443".parse().unwrap(), "{host}");
        assert_eq!(connection.stream.peer_addr().unwrap(), to, "{host}");
    }
}

#[tokio::test]
async fn special_addresses_are_refused_after_resolution() {
    let zone = [
        ("loopback", "A 127.0.0.1"),
        ("loopback6", "AAAA ::1"),
        ("mapped", "AAAA ::ffff:127.0.0.1"),
        ("nat64", "AAAA 64:ff9b::a00:1"),
        ("private", "A 10.0.0.1"),
        ("carrier", "A 100.64.0.1"),
        ("metadata", "A 169.254.169.254"),
        ("unique-local", "AAAA fd00:ec2::254"),
        ("link-local", "AAAA fe80::1"),
        ("nothing", "A 0.0.0.0"),
        ("multicast", "A 224.0.0.1"),
        ("documentation", "A 192.0.2.1"),
    ];
    let records: Vec<_> = zone.iter().map(|(name, record)| format!("{name} {record}")).collect();
    let lab = lab(Zone::new("shop.test").records(&records.join("\n"))).await;
    let net = Net::of(&unrouted(&lab)).unwrap();
    for (name, record) in zone {
        let host = format!("{name}.shop.test");
        match net.connect(&host, 443).await {
            Err(Error::Forbidden { host: about, .. }) => assert_eq!(about, host),
            other => panic!("{host} {record}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn special_literals_are_refused_however_they_are_written() {
    let lab = lab(Zone::new("shop.test")).await;
    let net = Net::of(&unrouted(&lab)).unwrap();
    for host in ["127.0.0.1", "[::1]", "::1", "::ffff:10.0.0.1", "[64:ff9b::7f00:1]", "0.0.0.0"] {
        let refused = net.connect(host, 80).await;
        assert!(matches!(refused, Err(Error::Forbidden { .. })), "{host}: {refused:?}");
    }
    // Spellings that only old C functions read are names like any other, and do not exist.
    for host in ["0x7f000001", "2130706433", "127.1", "0177.0.0.1"] {
        let refused = net.connect(host, 80).await;
        assert!(refused.is_err(), "{host}: {refused:?}");
    }
}

#[tokio::test]
async fn of_mixed_addresses_only_the_public_ones_are_targets() {
    let zone = Zone::new("shop.test").records("@ A 10.0.0.1\n@ A 11.9.9.9\n@ AAAA ::1");
    let lab = lab(zone).await;
    let net = Net::of(&unrouted(&lab)).unwrap();
    let targets = net.targets("shop.test", 443).await.unwrap();
    let addresses: Vec<_> = targets.iter().map(|target| target.address.to_string()).collect();
    assert_eq!(addresses, ["11.9.9.9:443"]);
}

#[tokio::test]
async fn the_policy_can_be_lifted() {
    let (_listener, to) = listener().await;
    let mut network = Network::default();
    network.allow_private = true;
    let net = Net::of(&Context::new().with_network(network)).unwrap();
    let connection = net.connect("127.0.0.1", to.port()).await.unwrap();
    assert_eq!(connection.address, to);
}

#[tokio::test]
async fn only_routed_is_stronger_than_allow_private() {
    let (_listener, to) = listener().await;
    let mut network = Network::default();
    network.allow_private = true;
    network.only_routed = true;
    let net = Net::of(&Context::new().with_network(network)).unwrap();
    for host in ["127.0.0.1", "11.9.9.9"] {
        let refused = net.connect(host, to.port()).await;
        assert!(matches!(refused, Err(Error::NotRouted(_))), "{host}: {refused:?}");
    }
}

#[tokio::test]
async fn a_closed_port_is_told_from_no_way() {
    let lab = Lab::builder().site(Site::new("shop.test").https_port(Port::Closed));
    let lab = lab.start().await.unwrap();
    let net = Net::of(&lab.context()).unwrap();
    let refused = net.connect("shop.test", 443).await.unwrap_err();
    assert!(matches!(refused, Error::Refused { .. }), "{refused:?}");
    assert!(refused.to_string().contains("shop.test"), "{refused}");
}

#[tokio::test]
async fn a_name_without_addresses_is_no_target() {
    let lab = lab(Zone::new("shop.test").records("text TXT \"no address here\"")).await;
    let net = Net::of(&lab.context()).unwrap();
    let missing = net.targets("gone.shop.test", 443).await;
    assert!(matches!(missing, Err(Error::NoSuchName(_))), "{missing:?}");
    let empty = net.targets("text.shop.test", 443).await;
    assert!(matches!(empty, Err(Error::NoAddress(_))), "{empty:?}");
}

/// A name with these addresses, each routed to where its connections really go.
async fn raced(routes: &[(&str, SocketAddr)], limits: Limits) -> (Lab, Net) {
    let record = |ip: &str| format!("@ {} {ip}", if ip.contains(':') { "AAAA" } else { "A" });
    let records: Vec<_> = routes.iter().map(|(ip, _)| record(ip)).collect();
    let lab = lab(Zone::new("shop.test").records(&records.join("\n"))).await;
    let mut network = lab.network();
    network.routes.splice(0..0, routes.iter().map(|(ip, to)| Route::new(ip, 443, *to)));
    let net = Net::of(&lab.context().with_network(network).with_limits(limits)).unwrap();
    (lab, net)
}

#[tokio::test]
async fn a_dead_first_address_costs_one_head_start() {
    let (dead, (_listener, alive)) = (Dead::new().await, listener().await);
    let routes = [("2a0e:b107:9::1", dead.address), ("11.9.9.9", alive)];
    let (_lab, net) = raced(&routes, Limits::default()).await;
    net.addresses("shop.test").await.unwrap();
    let started = Instant::now();
    let connection = net.connect("shop.test", 443).await.unwrap();
    assert_eq!(connection.address.ip().to_string(), "11.9.9.9");
    let took = started.elapsed();
    assert!(took >= Duration::from_millis(200), "IPv6 comes first: {took:?}");
    assert!(took < Duration::from_millis(1000), "{took:?}");
}

#[tokio::test]
async fn a_refused_first_address_costs_nothing() {
    let (listening, alive) = listener().await;
    let (closed, refused) = listener().await;
    drop(closed);
    let routes = [("2a0e:b107:9::1", refused), ("11.9.9.9", alive)];
    // The head start of the first address is 250 ms.
    within(Duration::from_millis(100), async || {
        let (_lab, net) = raced(&routes, Limits::default()).await;
        net.addresses("shop.test").await.unwrap();
        let started = Instant::now();
        net.connect("shop.test", 443).await.unwrap();
        started.elapsed()
    })
    .await;
    drop(listening);
}

#[tokio::test]
async fn many_dead_addresses_take_no_longer_than_one_exchange() {
    let dead = Dead::new().await;
    let names: Vec<_> = (1..=12).map(|n| format!("11.9.9.{n}")).collect();
    let routes: Vec<_> = names.iter().map(|ip| (ip.as_str(), dead.address)).collect();
    let (_lab, net) = raced(&routes, Limits::within(Duration::from_secs(2))).await;
    net.addresses("shop.test").await.unwrap();
    let started = Instant::now();
    let timeout = net.connect("shop.test", 443).await;
    assert!(matches!(timeout, Err(Error::Timeout(_))), "{timeout:?}");
    assert!(started.elapsed() < Duration::from_millis(1500), "{:?}", started.elapsed());
}

#[tokio::test]
async fn nothing_is_dialled_once_the_time_is_up() {
    let (listener, to) = listener().await;
    let mut network = Network::default();
    network.routes = vec![Route::new("shop.test", 443, to)];
    let cx = Context::new().with_network(network).with_time_left(Duration::ZERO);
    let late = Net::of(&cx).unwrap().connect("shop.test", 443).await;
    assert!(matches!(late, Err(Error::Timeout(_))), "{late:?}");
    drop(listener);
}
