//! Whole checks over real sockets.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use lr_core::{CheckRun, Limits, Severity, Verdict};
use lr_lab::{Certificate, Fault, Lab, Launch, Port, Reply, Request, Site, TlsFault, demo};
use lr_redirects::{Ends, RedirectsCheck, Snapshot, Summary};

const HSTS: (&str, &str) = ("strict-transport-security", "max-age=63072000");

fn healthy() -> Launch {
    Launch::healthy("shop.test")
}

fn check() -> RedirectsCheck {
    RedirectsCheck::new("shop.test")
}

async fn run_in(lab: &Lab, check: &RedirectsCheck) -> CheckRun {
    let run = lr_core::run(check, &lab.context()).await;
    assert_eq!(run.error, None);
    run
}

async fn run(launch: Launch, check: &RedirectsCheck) -> CheckRun {
    let lab = Lab::builder().launch(launch).start().await.unwrap();
    run_in(&lab, check).await
}

fn summary(run: &CheckRun) -> Summary {
    serde_json::from_str(run.data.as_deref().unwrap()).unwrap()
}

fn serious(run: &CheckRun) -> Vec<&str> {
    let serious = run.findings.iter().filter(|finding| finding.severity >= Severity::Medium);
    serious.map(|finding| finding.key.strip_prefix("redirects/").unwrap()).collect()
}

/// `https://HOST` and what was asked for.
fn to(host: &'static str, status: u16) -> impl Fn(&Request) -> Reply + Send + Sync + 'static {
    move |request| Reply::redirect(status, format!("https://{host}{}", request.path_and_query))
}

#[tokio::test]
async fn a_healthy_launch_passes() {
    let lab = Lab::builder().launch(healthy()).start().await.unwrap();
    let check = check()
        .host("app.shop.test")
        .host("api.shop.test")
        .canonical("https://shop.test")
        .page("/pricing")
        .old_url("http://www.shop.test/about", "/about");
    let run = run_in(&lab, &check).await;
    assert_eq!(run.findings, []);
    let open: Vec<_> =
        run.outcomes.iter().filter(|o| matches!(o.verdict, Verdict::Inconclusive { .. })).collect();
    assert!(open.is_empty(), "{open:#?}");

    let summary = summary(&run);
    assert_eq!(summary.canonical.as_deref(), Some("shop.test"));
    let row = summary.matrix.iter().find(|row| row.start == "http://www.shop.test/").unwrap();
    assert_eq!((row.ends, row.final_url.as_str()), (Ends::Ok, "https://shop.test/"));
    assert_eq!(row.hops.len(), 2);
    assert_eq!(row.hops[0].location.as_ref().unwrap().as_str(), "https://shop.test/");
    let address = row.hops[0].remote.unwrap().ip();
    assert!(lab.addresses("www.shop.test").contains(&address), "{address}");
    assert!(summary.hsts.iter().all(|row| row.max_age.is_some()), "{:#?}", summary.hsts);
}

#[tokio::test]
async fn each_url_is_asked_for_once() {
    let lab = Lab::builder().launch(healthy()).start().await.unwrap();
    let check = check().host("app.shop.test").page("/pricing");
    let run = run_in(&lab, &check).await;
    let asked: Vec<_> = lab.requests().iter().map(lr_lab::SeenRequest::url).collect();
    let unique: BTreeSet<_> = asked.iter().cloned().collect();
    assert_eq!(asked.len(), unique.len());
    let snapshot: Snapshot = serde_json::from_str(run.snapshot.as_deref().unwrap()).unwrap();
    assert_eq!(unique, snapshot.exchanges.keys().cloned().collect());
    assert!(lab.requests().iter().all(|request| request.method == "GET"));
    let (connections, app) = (lab.connections(), lab.addresses("app.shop.test"));
    for port in [80, 443] {
        let here = connections.iter().filter(|c| app.contains(&c.address) && c.port == port);
        assert!((1..=6).contains(&here.count()), "port {port}");
    }
    for host in ["shop.test", "www.shop.test"] {
        let handshakes = lab.handshakes();
        let here = handshakes.iter().filter(|handshake| handshake.sni.as_deref() == Some(host));
        assert!((1..=6).contains(&here.count()), "{host}");
    }
}

#[tokio::test]
async fn each_fault_is_found() {
    let www = |edit: fn(Site) -> Site| healthy().edit_site("www.shop.test", edit);
    let apex = |edit: fn(Site) -> Site| healthy().edit_site("shop.test", edit);
    let cases: Vec<(&str, Launch, &[&str])> = vec![
        (
            "the domain is served over http",
            apex(|site| site.http(Reply::text("hello"))),
            &["https-upgrade @ shop.test"],
        ),
        (
            "www is served over http",
            www(|site| site.http(Reply::text("hello"))),
            &["https-upgrade @ www.shop.test"],
        ),
        (
            "only the home page is led to https",
            apex(|site| {
                site.http(|request: &Request| match request.path() {
                    "/" => Reply::redirect(301, "https://shop.test/"),
                    _ => Reply::text("deep"),
                })
            }),
            &["https-upgrade-deep @ shop.test", "query-kept @ shop.test:80 #dropped"],
        ),
        (
            "a plain-text detour",
            apex(|site| {
                site.http(|request: &Request| {
                    Reply::redirect(301, format!("http://www.shop.test{}", request.path_and_query))
                })
            }),
            &["direct-upgrade @ shop.test #plain-text"],
        ),
        ("temporary", apex(|site| site.http(to("shop.test", 302))), &["permanent @ shop.test:80"]),
        (
            "the path is dropped",
            apex(|site| site.http(Reply::redirect(301, "https://shop.test/"))),
            &["path-kept @ shop.test:80 #dropped", "query-kept @ shop.test:80 #dropped"],
        ),
        (
            "the query is dropped",
            www(|site| {
                site.fallback(|request: &Request| {
                    Reply::redirect(301, format!("https://shop.test{}", request.path()))
                })
            }),
            &["query-kept @ www.shop.test:443 #dropped"],
        ),
        (
            "the query is there twice",
            apex(|site| {
                site.http(|request: &Request| {
                    let query = request.path_and_query.split_once('?').map_or("", |(_, q)| q);
                    Reply::redirect(
                        301,
                        format!("https://shop.test{}?{query}", request.path_and_query),
                    )
                })
            }),
            &["query-kept @ shop.test:80 #duplicated"],
        ),
        (
            "the path is decoded",
            apex(|site| {
                site.http(|request: &Request| {
                    let decoded =
                        request.path_and_query.replacen("%20", " ", 2).replace("%2F", "/");
                    Reply::redirect(301, format!("https://shop.test{decoded}"))
                })
            }),
            &["path-kept @ shop.test:80 #re-encoded"],
        ),
        (
            "the domain and www lead to each other",
            apex(|site| {
                let there = to("www.shop.test", 301);
                let with_cookie =
                    move |request: &Request| there(request).header("set-cookie", "a=b");
                site.get("/", with_cookie).fallback(to("www.shop.test", 301))
            }),
            &["no-loop @ shop.test", "no-loop @ www.shop.test"],
        ),
        (
            "http leads to a staging host",
            apex(|site| site.http(to("staging.shop.test", 301))),
            &["no-internal-target @ shop.test:80 #staging.shop.test"],
        ),
        (
            "the home page leads to localhost",
            apex(|site| site.get("/", Reply::redirect(302, "http://localhost:3000/"))),
            &["no-downgrade @ shop.test:443", "no-internal-target @ shop.test:443 #localhost:3000"],
        ),
        (
            "an internal port shows",
            apex(|site| site.http(to("shop.test:8080", 301))),
            &["no-internal-target @ shop.test:80 #shop.test:8080"],
        ),
        (
            "two hosts serve the site",
            www(|site| site.get("/", Reply::text("hello"))),
            &["one-canonical-host @ shop.test"],
        ),
        (
            "a long chain",
            apex(|site| {
                site.get("/", Reply::redirect(301, "/1"))
                    .get("/1", Reply::redirect(301, "/2"))
                    .get("/2", Reply::text("at last"))
            }),
            &["short-chain @ shop.test", "short-chain @ www.shop.test"],
        ),
        (
            "a redirect to nowhere",
            apex(|site| site.get("/", Reply::status(301))),
            &[
                "ends-in-success @ shop.test",
                "ends-in-success @ www.shop.test",
                "location-valid @ shop.test:443 #missing",
            ],
        ),
        (
            "the home page is an error",
            apex(|site| site.get("/", Reply::status(500))),
            &["ends-in-success @ shop.test", "ends-in-success @ www.shop.test"],
        ),
        (
            "www leads to a dead port",
            www(|site| site.fallback(Reply::redirect(301, "https://dead.shop.test/")))
                .record("dead A 11.99.0.1"),
            &[
                "ends-in-success @ www.shop.test",
                "path-kept @ www.shop.test:443 #dropped",
                "query-kept @ www.shop.test:443 #dropped",
            ],
        ),
        ("no HSTS", apex(|site| site.without_https_header(HSTS.0)), &["hsts-present @ shop.test"]),
        (
            "HSTS over http only",
            apex(|site| {
                site.without_https_header(HSTS.0)
                    .http(|request: &Request| to("shop.test", 301)(request).header(HSTS.0, HSTS.1))
            }),
            &["hsts-present @ shop.test"],
        ),
        (
            "a comma in HSTS",
            apex(|site| site.https_header(HSTS.0, "max-age=63072000, includeSubDomains")),
            &["hsts-valid @ shop.test"],
        ),
        (
            "short HSTS",
            apex(|site| site.https_header(HSTS.0, "max-age=300")),
            &["hsts-max-age @ shop.test"],
        ),
    ];
    for (name, launch, keys) in cases {
        let run = run(launch, &check()).await;
        let mut found = serious(&run);
        found.sort_unstable();
        assert_eq!(found, keys, "{name}");
        for finding in run.findings {
            let alone = finding.key.contains("hsts") || finding.key.contains("one-canonical");
            let chain = if alone { "url" } else { "chain" };
            for fact in ["url", chain, "expected", "actual"] {
                let there = finding.evidence.get(fact).is_some();
                assert!(there, "{name}: {} lacks {fact}", finding.key);
            }
        }
    }
}

#[tokio::test]
async fn a_downgrade_behind_a_proxy_and_old_urls_are_judged() {
    let launch = healthy().edit_site("shop.test", |site| {
        site.get("/login", Reply::redirect(302, "http://shop.test/signin"))
            .get("/old", Reply::redirect(301, "/pricing"))
            .get("/gone", Reply::redirect(301, "/nothing"))
            .get("/home", Reply::redirect(301, "/"))
    });
    let check = check()
        .page("/login")
        .old_url("/old", "/pricing")
        .old_url("/gone", "/pricing")
        .old_url("/home", "/pricing")
        .old_url("/missing", "/pricing");
    let run = run(launch, &check).await;
    let mut found = serious(&run);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "ends-in-success @ shop.test",
            "ends-in-success @ www.shop.test",
            "no-downgrade @ shop.test:443",
            "old-urls @ https://shop.test/gone",
            "old-urls @ https://shop.test/home",
            "old-urls @ https://shop.test/missing",
            "short-chain @ shop.test",
            "short-chain @ www.shop.test",
        ]
    );
}

#[tokio::test]
async fn what_is_right_is_no_fault() {
    let cases: Vec<(&str, Launch)> = vec![
        (
            "port 80 is closed",
            healthy()
                .edit_site("shop.test", |site| site.http_port(Port::Closed))
                .edit_site("www.shop.test", |site| site.http_port(Port::Closed)),
        ),
        ("www is canonical", {
            let there =
                |site: Site| site.http(to("www.shop.test", 308)).get("/", to("www.shop.test", 308));
            healthy()
                .edit_site("shop.test", move |site| there(site).fallback(to("www.shop.test", 308)))
                .edit_site("www.shop.test", |site| {
                    site.fallback(Reply::status(404)).get("/", Reply::text("hello"))
                })
        }),
        (
            "a language is chosen",
            healthy().edit_site("shop.test", |site| {
                site.get("/", Reply::redirect(302, "/en/")).get("/en/", Reply::text("hello"))
            }),
        ),
        ("there is no www", healthy().remove_record("www", "ANY")),
        (
            "http is led by two steps",
            healthy().edit_site("www.shop.test", |site| site.http(to("www.shop.test", 301))),
        ),
        (
            "a cookie is asked for at first",
            healthy().edit_site("shop.test", |site| {
                site.fallback(|request: &Request| match request.header("cookie") {
                    Some("seen=1") => Reply::text("hello"),
                    _ => Reply::redirect(302, &request.path_and_query)
                        .header("set-cookie", "seen=1; Path=/; Secure"),
                })
                .get("/", |request: &Request| match request.header("cookie") {
                    Some("seen=1") => Reply::text("hello"),
                    _ => Reply::redirect(302, "/").header("set-cookie", "seen=1; Path=/; Secure"),
                })
            }),
        ),
        (
            "a challenge",
            healthy().edit_site("shop.test", |site| {
                site.get("/", Reply::status(403).header("cf-mitigated", "challenge"))
            }),
        ),
    ];
    for (name, launch) in cases {
        let run = run(launch, &check()).await;
        assert_eq!(serious(&run), [""; 0], "{name}");
    }
}

/// What the network does wrong is told, and held against nobody.
#[tokio::test]
async fn obstacles_are_no_faults() {
    let apex = |edit: fn(Site) -> Site| healthy().edit_site("shop.test", edit);
    for (name, launch, reason) in [
        ("expired", apex(|site| site.certificate(Certificate::expired())), "certificate"),
        ("reset", apex(|site| site.tls_fault(TlsFault::Reset)), "reset"),
        (
            "a port that resets, at an address that another host shares",
            healthy().edit_site("www.shop.test", |site| site.http_port(Port::Reset)),
            "reset",
        ),
        ("a server that hangs up", apex(|site| site.get("/", Reply::hang_up()).http1_only()), ""),
        ("garbage", apex(|site| site.get("/", Reply::garbage()).http1_only()), ""),
        (
            "DNS",
            healthy().name_fault("shop.test", "A", Fault::ServFail).name_fault(
                "shop.test",
                "AAAA",
                Fault::ServFail,
            ),
            "",
        ),
    ] {
        let run = run(launch, &check()).await;
        assert_eq!(serious(&run), [""; 0], "{name}");
        let told = run.outcomes.iter().any(|outcome| {
            outcome.rule == "redirects/ends-in-success"
                && matches!(&outcome.verdict, Verdict::Inconclusive { reason: why, .. }
                    if why.as_str().to_lowercase().contains(reason))
        });
        assert!(told, "{name}: {:#?}", run.outcomes);
    }
}

/// Whatever the server does, the check ends within its time and judges the rest.
#[tokio::test]
async fn hostile_servers_do_not_hold_it_up() {
    const EXCHANGE: Duration = Duration::from_millis(400);
    let www = |edit: fn(Site) -> Site| healthy().edit_site("www.shop.test", edit);
    for (name, launch) in [
        ("a silent server", www(|site| site.fallback(Reply::silence()))),
        ("a silent port", www(|site| site.tls_fault(TlsFault::Silence))),
        ("a slow server", www(|site| site.fallback(Reply::text("x").after(EXCHANGE * 10)))),
        ("a body without end", www(|site| site.fallback(Reply::endless_body()))),
        ("a body of a gigabyte", www(|site| site.fallback(Reply::long_body(1 << 30)))),
        ("a bomb", www(|site| site.fallback(Reply::gzip_bomb(1 << 30)))),
        (
            "a body drop by drop",
            www(|site| site.fallback(Reply::drip("x".repeat(1000), EXCHANGE / 4))),
        ),
        ("a header of 10 MB", www(|site| site.fallback(Reply::huge_header(10 << 20)).http1_only())),
        ("headers without end", www(|site| site.fallback(Reply::endless_headers()).http1_only())),
        (
            "redirects without end",
            www(|site| {
                site.fallback(|request: &Request| {
                    Reply::redirect(301, format!("/x{}", request.count))
                })
            }),
        ),
    ] {
        let lab = Lab::builder().launch(launch).start().await.unwrap();
        let mut limits = Limits::default();
        limits.exchange = EXCHANGE;
        let cx = lab.context().with_limits(limits).with_time_left(EXCHANGE * 5);
        let started = Instant::now();
        let run = lr_core::run(&check(), &cx).await;
        assert!(started.elapsed() < EXCHANGE * 6, "{name}: {:?}", started.elapsed());
        assert_eq!(run.error, None, "{name}");
        let passed = run.outcomes.iter().any(|outcome| {
            outcome.rule == "redirects/https-upgrade"
                && outcome.subject.to_string() == "shop.test"
                && outcome.verdict == Verdict::Pass
        });
        assert!(passed, "{name}: the rest is not judged");
        if name == "redirects without end" {
            assert!(serious(&run).contains(&"no-loop @ www.shop.test #endless"), "{run:#?}");
            assert!(lab.requests().len() < 120, "{}", lab.requests().len());
        }
    }
}

/// A redirect to an address of the own network is told, and nobody is contacted there.
#[tokio::test]
async fn private_addresses_are_not_contacted() {
    for target in ["http://127.0.0.1:9/", "http://0x7f000001/", "http://[::1]/", "http://10.0.0.1/"]
    {
        let launch =
            healthy().edit_site("shop.test", |site| site.get("/", Reply::redirect(302, target)));
        let run = run(launch, &check()).await;
        assert!(serious(&run).iter().any(|key| key.starts_with("no-internal-target")), "{target}");
        let summary = summary(&run);
        let row = summary.matrix.iter().find(|row| row.start == "https://shop.test/").unwrap();
        assert_eq!(row.ends, Ends::Forbidden, "{target}");
    }
    // A name that leads to such an address is found by the address policy.
    let lab = healthy().record("inner A 10.0.0.1").edit_site("shop.test", |site| {
        site.get("/", Reply::redirect(302, "https://inner.shop.test/"))
    });
    let lab = Lab::builder().launch(lab).start().await.unwrap();
    let mut network = lab.network();
    network.only_routed = false;
    let run = lr_core::run(&check(), &lab.context().with_network(network)).await;
    assert_eq!(serious(&run), ["no-internal-target @ shop.test:443 #inner.shop.test"]);
}

/// The launch that `--demo` shows, and its healthy twin.
#[tokio::test]
async fn the_demo_is_judged_as_it_is_meant() {
    let demo = |check: RedirectsCheck| {
        let hosts = demo::HOSTS.iter().fold(check, |check, host| check.host(*host));
        let check = hosts.canonical(demo::CANONICAL);
        demo::OLD_URLS.iter().fold(check, |check, (from, to)| check.old_url(*from, *to))
    };
    let healthy = run(demo::healthy(), &demo(RedirectsCheck::new(demo::DOMAIN))).await;
    assert_eq!(serious(&healthy), [""; 0]);
    let faulty = run(demo::launch(), &demo(RedirectsCheck::new(demo::DOMAIN))).await;
    let mut found = serious(&faulty);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "hsts-max-age @ shop.test",
            "path-kept @ shop.test:80 #dropped",
            "permanent @ www.shop.test:443",
            "query-kept @ shop.test:80 #dropped",
            "short-chain @ shop.test",
        ]
    );
}
