//! packages: nsd ldnsutils
//!
//! The same findings from servers that are not ours: NSD on loopback, with zones signed by ldns.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

use std::fs;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use lr_core::{CheckRun, Clock, Context, Limits, Network, Route, Timestamp};
use lr_dns::{DnsCheck, DnsConfig};

const NOW: i64 = 1_795_262_400;

const ROOT: &str = "11.1.53.4";
const PARENT: &str = "11.1.1.1";
const NS1: &str = "11.1.0.1";
const NS2: &str = "11.2.0.1";

/// A server that ends with the test.
struct Nsd {
    child: Child,
    at: SocketAddr,
}

impl Drop for Nsd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder that goes away with the test.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn scratch(name: &str) -> Scratch {
    let dir = std::env::temp_dir().join(format!("lr-dns-{name}-{}", std::process::id()));
    fs::create_dir_all(&dir).unwrap();
    Scratch(dir)
}

/// An address on loopback that is free for UDP and TCP.
fn free() -> SocketAddr {
    loop {
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        let at = udp.local_addr().unwrap();
        if TcpListener::bind(at).is_ok() {
            return at;
        }
    }
}

/// A port that was free may be somebody's own by the time a server wants it: then it takes another.
fn nsd(dir: &Path, name: &str, zone: Option<(&str, &str)>) -> Nsd {
    let dir = dir.join(name);
    fs::create_dir_all(&dir).unwrap();
    let started = (0..5).find_map(|_| start(&dir, zone));
    started.unwrap_or_else(|| {
        panic!("nsd does not answer: {}", fs::read_to_string(dir.join("log")).unwrap_or_default())
    })
}

fn start(dir: &Path, zone: Option<(&str, &str)>) -> Option<Nsd> {
    let at = free();
    let path = dir.display();
    let mut config = format!(
        "server:\n  ip-address: 127.0.0.1@{}\n  username: \"\"\n  zonesdir: \"{path}\"\n  \
         database: \"\"\n  pidfile: \"{path}/pid\"\n  logfile: \"{path}/log\"\n  \
         xfrdfile: \"{path}/xfrd\"\n  zonelistfile: \"{path}/zones\"\n  server-count: 1\n\
         remote-control:\n  control-enable: no\n",
        at.port()
    );
    if let Some((origin, text)) = zone {
        fs::write(dir.join("zone"), text).unwrap();
        config.push_str(&format!("zone:\n  name: \"{origin}\"\n  zonefile: \"zone\"\n"));
    }
    fs::write(dir.join("conf"), config).unwrap();
    let program =
        ["/usr/sbin/nsd", "/usr/local/sbin/nsd"].iter().find(|path| Path::new(path).exists());
    let child = Command::new(program.unwrap_or(&"nsd"))
        .arg("-d")
        .arg("-c")
        .arg(dir.join("conf"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("nsd is installed");
    let mut server = Nsd { child, at };
    // A question for the root's NS records, answered by anything at all.
    let question = [0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1];
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    for _ in 0..100 {
        let _ = socket.send_to(&question, at);
        if socket.recv(&mut [0; 512]).is_ok() {
            return Some(server);
        }
        if server.child.try_wait().unwrap().is_some() {
            return None;
        }
    }
    None
}

fn shop(www: &str) -> String {
    format!(
        "$ORIGIN shop.test.\n$TTL 300\n\
         @ 3600 SOA ns1 hostmaster 2026112101 7200 3600 1209600 300\n\
         @ NS ns1\n@ NS ns2\nns1 A {NS1}\nns2 A {NS2}\n@ A 11.0.0.7\n@ AAAA 2a0e:b107:9::7\n\
         www A {www}\nwww AAAA 2a0e:b107:9::7\n@ CAA 0 issue \"ca.test\"\n"
    )
}

fn root() -> String {
    format!(
        ". 3600 SOA a.root. h.root. 1 1800 900 604800 86400\n. NS a.root.\na.root. 60 A {ROOT}\n\
         test. 60 NS a.nic.test.\na.nic.test. 60 A {PARENT}\n"
    )
    .replace(". NS a.root.", ". 60 NS a.root.")
}

fn parent(digest: &str) -> String {
    format!(
        "$ORIGIN test.\n$TTL 60\n@ SOA a.nic h.nic 1 1800 900 604800 86400\n@ NS a.nic\n\
         a.nic A {PARENT}\nshop NS ns1.shop\nshop NS ns2.shop\nns1.shop A {NS1}\nns2.shop A {NS2}\n\
         {digest}\n"
    )
}

/// Starts root, parent and both servers of the zone, and looks at it from the root.
async fn audit(name: &str, ns1: &str, ns2: Option<&str>, digest: &str) -> CheckRun {
    // NSD gives DS records out of signed zones only.
    let parent = match digest {
        "" => parent(""),
        digest => {
            let name = format!("{name}-parent");
            sign(&name, "test", &parent(digest), "20261101000000", "20261215000000", &[]).0
        }
    };
    look(name, [&root(), &parent, ns1], ns2, &[]).await
}

/// The same with these zones: root, parent, and the first server's.
async fn look(
    name: &str,
    [root, parent, ns1]: [&str; 3],
    ns2: Option<&str>,
    anchors: &[String],
) -> CheckRun {
    let dir = scratch(name);
    let servers = [
        (ROOT, nsd(&dir.0, "root", Some((".", root)))),
        (PARENT, nsd(&dir.0, "parent", Some(("test", parent)))),
        (NS1, nsd(&dir.0, "ns1", Some(("shop.test", ns1)))),
        (NS2, nsd(&dir.0, "ns2", ns2.map(|text| ("shop.test", text)))),
    ];
    let mut network = Network::default();
    network.only_routed = true;
    network.routes = servers.iter().map(|(ip, nsd)| Route::new(ip, 53, nsd.at)).collect();
    let mut limits = Limits::default();
    limits.exchange = Duration::from_secs(2);
    let cx = Context::new().with_network(network).with_limits(limits);
    let cx = cx.with_clock(Clock::fixed(Timestamp::from_unix(NOW)));
    let mut config = DnsConfig::new("shop.test");
    config.roots = vec![SocketAddr::new(ROOT.parse().unwrap(), 53)];
    config.anchors = anchors.to_vec();
    lr_core::run(&DnsCheck::with_config(config), &cx).await
}

/// The zone signed by ldns, and the DS record of its key.
fn signed(name: &str, from: &str, to: &str) -> (String, String) {
    sign(name, "shop.test", &shop("11.0.0.7"), from, to, &[])
}

/// A zone signed by ldns, and the DS record of its key. `-n`: with NSEC3.
fn sign(
    name: &str,
    origin: &str,
    text: &str,
    from: &str,
    to: &str,
    more: &[&str],
) -> (String, String) {
    let dir = scratch(name);
    fs::write(dir.0.join("zone"), text).unwrap();
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).current_dir(&dir.0).output();
        let output = output.expect("ldnsutils is installed");
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let key = run("ldns-keygen", &["-k", "-a", "ECDSAP256SHA256", origin]);
    let arguments = [&["-i", from, "-e", to], more, &["zone", &key]].concat();
    run("ldns-signzone", &arguments);
    let digest = fs::read_to_string(dir.0.join(format!("{key}.ds"))).unwrap();
    (fs::read_to_string(dir.0.join("zone.signed")).unwrap(), digest)
}

fn shown(run: &CheckRun) -> Vec<String> {
    run.findings.iter().map(|f| format!("{} {}", f.key, f.detail)).collect()
}

#[tokio::test]
#[ignore = "needs nsd from Debian's packages"]
async fn a_healthy_zone_has_no_finding() {
    let zone = shop("11.0.0.7");
    let run = audit("healthy", &zone, Some(&zone), "").await;
    assert!(shown(&run).is_empty(), "{:?}", shown(&run));
}

#[tokio::test]
#[ignore = "needs nsd from Debian's packages"]
async fn different_answers_and_a_lame_server_are_named() {
    let run = audit("differ", &shop("11.0.0.7"), Some(&shop("11.0.0.9")), "").await;
    assert_eq!(run.findings.len(), 1, "{:?}", shown(&run));
    assert!(shown(&run)[0].starts_with("dns/name-servers-agree @ www.shop.test A"));
    let run = audit("lame", &shop("11.0.0.7"), None, "").await;
    assert_eq!(run.findings.len(), 1, "{:?}", shown(&run));
    assert!(shown(&run)[0].starts_with("dns/name-servers-authoritative @ ns2.shop.test/11.2.0.1"));
}

#[tokio::test]
#[ignore = "needs nsd and ldnsutils from Debian's packages"]
async fn zones_signed_by_others_are_verified() {
    let (zone, digest) = signed("good", "20261101000000", "20261215000000");
    let run = audit("signed", &zone, Some(&zone), &digest).await;
    assert!(shown(&run).is_empty(), "{:?}", shown(&run));
    let passed = |run: &CheckRun| {
        let of = run.outcomes.iter().filter(|outcome| outcome.rule == "dns/dnssec-valid");
        of.filter(|outcome| outcome.verdict == lr_core::Verdict::Pass).count()
    };
    assert_eq!(passed(&run), 2);

    let (zone, digest) = signed("old", "20261001000000", "20261120000000");
    let run = audit("expired", &zone, Some(&zone), &digest).await;
    assert_eq!(run.findings.len(), 2, "{:?}", shown(&run));
    assert!(shown(&run).iter().all(|finding| finding.contains("has ended at 2026-11-20")));

    let (_, other) = signed("other", "20261101000000", "20261215000000");
    let (zone, _) = signed("wrong", "20261101000000", "20261215000000");
    let run = audit("wrongds", &zone, Some(&zone), &other).await;
    assert!(shown(&run).iter().all(|f| f.contains("dns/dnssec-valid")), "{:?}", shown(&run));
    assert_eq!(run.findings.len(), 2, "{:?}", shown(&run));
}

#[tokio::test]
#[ignore = "needs nsd and ldnsutils from Debian's packages"]
async fn chains_of_trust_are_followed_from_the_root() {
    let (from, to) = ("20261101000000", "20261215000000");
    let (zone, digest) = signed("chain", from, to);
    let told = |run: &CheckRun| {
        let of = run.outcomes.iter().filter(|outcome| outcome.rule == "dns/dnssec-chain");
        of.map(|outcome| format!("{:?}", outcome.verdict)).collect::<Vec<_>>().join(" ")
    };
    for (name, more) in
        [("nsec", &[][..]), ("nsec3", &["-n", "-t", "0"]), ("optout", &["-n", "-p"])]
    {
        // Signed all the way.
        let (parent_zone, above) =
            sign(&format!("{name}-p"), "test", &parent(&digest), from, to, more);
        let (top, anchor) =
            sign(&format!("{name}-r"), ".", &format!("{}{above}\n", root()), from, to, more);
        let anchors = [anchor];
        let zones = [top.as_str(), &parent_zone, &zone];
        let run = look(&format!("{name}-good"), zones, Some(&zone), &anchors).await;
        assert!(shown(&run).is_empty(), "{name}: {:?}", shown(&run));
        assert_eq!(told(&run), "Pass", "{name}");
        let summary: lr_dns::Summary = serde_json::from_str(run.data.as_deref().unwrap()).unwrap();
        let chain = summary.dnssec.unwrap().chain;
        let zones: Vec<_> = chain.iter().map(|link| link.zone.as_str()).collect();
        assert_eq!(zones, [".", "test", "shop.test"]);

        // Not signed, and the parent proves it.
        let (unsigned, above) = sign(&format!("{name}-u"), "test", &parent(""), from, to, more);
        let (top, anchor) =
            sign(&format!("{name}-s"), ".", &format!("{}{above}\n", root()), from, to, more);
        let plain = shop("11.0.0.7");
        let zones = [top.as_str(), &unsigned, &plain];
        let run = look(&format!("{name}-bare"), zones, Some(&plain), &[anchor]).await;
        assert!(shown(&run).is_empty(), "{name}: {:?}", shown(&run));
        assert!(
            told(&run).contains("test proves that shop.test has no DS record"),
            "{}",
            told(&run)
        );
    }
    // The parent's signatures have ended; its key is another than the root says.
    let (late, above) =
        sign("late", "test", &parent(&digest), "20261001000000", "20261120000000", &[]);
    let (_, other) = sign("another", "test", &parent(&digest), from, to, &[]);
    for (name, above, says) in [
        ("late", &above, "breaks at test: the signature of test DNSKEY has ended"),
        ("wrong", &other, "breaks at test: the DS records are of keys"),
    ] {
        let (top, anchor) =
            sign(&format!("{name}-r"), ".", &format!("{}{above}\n", root()), from, to, &[]);
        let run = look(&format!("{name}-run"), [&top, &late, &zone], Some(&zone), &[anchor]).await;
        assert_eq!(run.findings.len(), 1, "{name}: {:?}", shown(&run));
        assert!(shown(&run)[0].contains(says), "{name}: {:?}", shown(&run));
    }
}
