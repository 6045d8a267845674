//! The redirect matrix of two hosts at a distance, and lists of old URLs at none:
//! `cargo bench --bench redirects`.
//!
//! Times are compared within one run: with the longest chain of the matrix, walked alone; with
//! `curl --parallel -L` over the same starts, both told where the hosts are; lists with a second, and
//! with lychee if it is there.

use std::process::Command;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group};
use launch_ready::core::{Context, Network, Route};
use launch_ready::net::{Net, Request, Url};
use launch_ready::redirects::list::{ListConfig, OldUrl, Seen, walk};
use launch_ready::redirects::{RedirectsCheck, Snapshot};
use launch_ready_benches::{ROUND_TRIP, RoundTrips, far_away, in_round_trips};
use lr_lab::{Certificate, Lab, Launch, Reply, Request as Asked, Site, Zone, demo};
use tokio::runtime::Runtime;

fn inspection(criterion: &mut Criterion<RoundTrips>) {
    let runtime = Runtime::new().expect("a runtime starts");
    let lab = far_away(&runtime, demo::healthy());
    let check = RedirectsCheck::new(demo::DOMAIN);
    criterion.bench_function("redirects/inspection", |bencher| {
        bencher.iter(|| {
            // A context of its own each time: nothing is remembered from the last run.
            let run = runtime.block_on(launch_ready::core::run(&check, &lab.context()));
            assert_eq!(run.error, None);
        });
    });
}

/// The best of a few runs: what else the machine does only adds.
fn best(mut run: impl FnMut() -> Duration) -> Duration {
    (0..5).map(|_| run()).min().unwrap_or_default()
}

/// The hosts of the matrix.
fn hosts() -> [String; 2] {
    [demo::DOMAIN.to_owned(), format!("www.{}", demo::DOMAIN)]
}

/// The lab's network, with its hosts led to where they are, as curl is told by `--connect-to`: nobody
/// asks for names then.
fn told(lab: &Lab) -> Context {
    let mut network = lab.network();
    for host in hosts() {
        for port in [80, 443] {
            network.routes.extend(lab.real(&host, port).map(|to| Route::new(&host, port, to)));
        }
    }
    lab.context().with_network(network)
}

/// The whole matrix, its longest chain alone, and curl.
fn matrix() {
    let runtime = Runtime::new().expect("a runtime starts");
    // Two steps from `http://www`, as many sites have it.
    let step = |request: &Asked| {
        Reply::redirect(301, format!("https://{}{}", request.host, request.path_and_query))
    };
    // Short is not the word: valid by the clock of curl too, for years.
    let lasting = || Certificate::short_lived(3650);
    let launch = demo::healthy()
        .edit_site(&hosts()[0], |site| site.certificate(lasting()))
        .edit_site(&hosts()[1], |site| site.certificate(lasting()).http(step));
    let lab = far_away(&runtime, launch);
    // Six pages on two hosts and two schemes, beside the matrix of its own paths.
    let check = ["a", "b", "c", "d", "e", "f"].iter().fold(
        RedirectsCheck::new(demo::DOMAIN).configured(|config| config.discover = false),
        |check, page| check.page(format!("/pages/{page}")),
    );
    let mut snapshot = None;
    let mut look = |context: &dyn Fn() -> Context| {
        best(|| {
            lab.clear_log();
            let started = Instant::now();
            let run = runtime.block_on(launch_ready::core::run(&check, &context()));
            let elapsed = started.elapsed();
            snapshot = run.snapshot;
            elapsed
        })
    };
    let whole = look(&|| lab.context());
    let beside = look(&|| told(&lab));
    let (requests, connections) = (lab.requests().len(), lab.connections().len());
    let snapshot: Snapshot =
        serde_json::from_str(&snapshot.unwrap_or_default()).expect("a snapshot is JSON");
    let chains = snapshot.starts.iter().map(|start| snapshot.chain(&start.url).urls);
    let longest: Vec<String> =
        chains.max_by_key(Vec::len).unwrap_or_default().into_iter().map(str::to_owned).collect();
    let alone = best(|| {
        let cx = lab.context();
        let started = Instant::now();
        runtime.block_on(async {
            let net = Net::of(&cx).expect("the network is set up");
            for url in &longest {
                let request = Request::get(Url::parse(url).expect("a URL"));
                net.fetch(&request).await.expect("an answer");
            }
        });
        started.elapsed()
    });
    let starts: Vec<&str> = snapshot.starts.iter().map(|start| start.url.as_str()).collect();
    println!("redirects/matrix: {} ways in {whole:.0?}", starts.len());
    println!(
        "  longest chain ({} URLs) {alone:.0?}: ratio {:.2} (at most 1.2)",
        longest.len(),
        ratio(whole, alone)
    );
    println!(
        "  without names {beside:.0?} ({:.1} round trips; TCP, TLS and one answer take 3, spellings \
         of pages one more): {requests} requests over {connections} connections",
        ratio(beside, ROUND_TRIP)
    );
    for (how, trust) in [("", Trust::SystemAnd(lab.ca_pem())), (" -k", Trust::Anyone)] {
        match curl(&lab, &starts, &trust) {
            Ok(curl) => println!(
                "  curl --parallel -L{how} {:.0?}: {} requests over {} connections: ratio {:.2}{}",
                curl.time,
                curl.requests,
                curl.connections,
                ratio(beside, curl.time),
                if how.is_empty() { " (at most 0.33)" } else { "" }
            ),
            Err(why) => println!("  curl --parallel -L{how}: {why}"),
        }
    }
}

/// Whom curl believes. The check beside it believes the roots of Mozilla and the lab's own; so does
/// curl with the system's, as anyone runs it. The second shows what its verification costs.
enum Trust {
    SystemAnd(String),
    Anyone,
}

/// Debian's, Fedora's and Alpine's.
const BUNDLES: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

struct Curl {
    time: Duration,
    requests: usize,
    connections: usize,
}

/// The same ways, each followed to its end, with as many at once as curl likes (50).
fn curl(lab: &Lab, starts: &[&str], trust: &Trust) -> Result<Curl, String> {
    let bundle = std::env::temp_dir().join(format!("launch-ready-ca-{}.pem", std::process::id()));
    let mut curl = Command::new("curl");
    curl.args(["-sL", "--parallel"]);
    match trust {
        Trust::SystemAnd(own) => {
            let system = BUNDLES.iter().find_map(|path| std::fs::read_to_string(path).ok());
            let system = system.ok_or("the system has no bundle of roots")?;
            std::fs::write(&bundle, system + own).map_err(|error| error.to_string())?;
            curl.arg("--cacert").arg(&bundle);
        }
        Trust::Anyone => {
            curl.arg("-k");
        }
    }
    for host in hosts() {
        for port in [80, 443] {
            let to = lab.real(&host, port).ok_or("a host of the lab is not there")?;
            curl.args(["--connect-to", &format!("{host}:{port}:{to}")]);
        }
    }
    for start in starts {
        curl.args(["-o", "/dev/null", start]);
    }
    lab.clear_log();
    let first = curl.output().map_err(|error| format!("it did not start: {error}"))?;
    let (requests, connections) = (lab.requests().len(), lab.connections().len());
    let time = best(|| {
        let started = Instant::now();
        let _ = curl.output();
        started.elapsed()
    });
    let _ = std::fs::remove_file(&bundle);
    match first.status.code() {
        Some(0) => Ok(Curl { time, requests, connections }),
        // By the system's clock: the lab's own stands still.
        Some(60) => Err("the certificates of the lab are not valid today".to_owned()),
        code => Err(format!("it failed: {code:?}")),
    }
}

/// A list that lychee accepts (it leaves out names that are for tests), if lychee is there.
fn lychee() {
    const URLS: usize = 2_000;
    if Command::new("lychee").arg("--version").output().is_err() {
        return println!("redirects/lychee: lychee is not there (cargo install lychee --locked)");
    }
    let runtime = Runtime::new().expect("a runtime starts");
    let site =
        Site::new("localhost").at([11, 0, 0, 9].into()).http(|request: &Asked| {
            match request.path().strip_prefix("/old/") {
                Some(number) => Reply::redirect(301, format!("/new/{number}")),
                None => Reply::text("here"),
            }
        });
    let zone = Zone::new("localhost").records("@ A 11.0.0.9");
    let lab = Lab::builder().site(site).zone(zone);
    let lab = runtime.block_on(lab.start()).expect("the lab starts");
    let Some(to) = lab.real("localhost", 80) else { return println!("redirects/lychee: no site") };
    let base = format!("http://localhost:{}/", to.port());
    let urls: Vec<_> = (0..URLS).map(|number| format!("{base}old/{number}")).collect();
    let file = std::env::temp_dir().join(format!("launch-ready-lychee-{}.txt", std::process::id()));
    std::fs::write(&file, urls.join("\n")).expect("a file can be written");
    let peer = best(|| {
        let started = Instant::now();
        // It waits 50 ms between requests to one host unless told otherwise.
        let flags = ["--no-progress", "--quiet", "--host-request-interval", "0ms"];
        let run = Command::new("lychee").args(flags).arg(&file).output();
        assert!(run.is_ok_and(|run| run.status.success()), "lychee finds every URL");
        started.elapsed()
    });
    let _ = std::fs::remove_file(&file);
    let mut network = Network::default();
    network.routes.push(Route::new("localhost", to.port(), to));
    let own = best(|| {
        let cx = Context::new().with_network(network.clone());
        let urls = urls.iter().map(|url| OldUrl::new(url.as_str(), None));
        let (config, started) = (ListConfig::new(base.as_str()), Instant::now());
        let tally = runtime.block_on(walk(urls, &config, &mut Seen::default(), &cx, |_| {}));
        assert_eq!(tally.expect("the list is walked").landed, URLS);
        started.elapsed()
    });
    println!(
        "redirects/lychee: {URLS} URLs in {own:.0?}, lychee {peer:.0?}: ratio {:.2}",
        ratio(own, peer)
    );
}

/// Old URLs, each with a redirect of its own, to a thousand pages.
fn list() {
    const URLS: usize = 40_000;
    let runtime = Runtime::new().expect("a runtime starts");
    let launch = Launch::healthy("shop.test").edit_site("shop.test", |site| {
        site.fallback(|request: &Asked| match request.path().strip_prefix("/old/") {
            Some(number) => {
                let number: usize = number.parse().unwrap_or_default();
                Reply::redirect(301, format!("/new/{}", number % 1000))
            }
            None => Reply::text("here"),
        })
    });
    let mut rates = Vec::new();
    for base in ["http://old.shop.test/", "https://shop.test/"] {
        let launch = launch.clone().record("old CNAME @").site(Site::new("old.shop.test").http(
            |request: &Asked| {
                let number: usize = request
                    .path()
                    .rsplit('/')
                    .next()
                    .and_then(|n| n.parse().ok())
                    .unwrap_or_default();
                Reply::redirect(301, format!("https://shop.test/new/{}", number % 1000))
            },
        ));
        let lab = runtime.block_on(Lab::builder().launch(launch).start()).expect("the lab starts");
        let urls = (0..URLS).map(|number| OldUrl::new(format!("/old/{number}"), None));
        let (config, cx) = (ListConfig::new(base), lab.context());
        let started = Instant::now();
        let mut seen = Seen::default();
        let tally = runtime.block_on(walk(urls, &config, &mut seen, &cx, |_| {}));
        let elapsed = started.elapsed();
        assert_eq!(tally.expect("the list is walked").landed, URLS);
        rates.push((base, URLS as f64 / elapsed.as_secs_f64(), lab.connections().len()));
    }
    for (base, rate, connections) in rates {
        println!(
            "redirects/list: {rate:.0} URLs/s from {base} (at least 5000), {connections} connections"
        );
    }
}

criterion_group! { name = benches; config = in_round_trips(); targets = inspection }

fn main() {
    matrix();
    list();
    lychee();
    benches();
    Criterion::default().configure_from_args().final_summary();
}
