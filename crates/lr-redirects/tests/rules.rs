//! For each rule a snapshot where it holds and one where it does not, and the cases between.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;

use lr_core::{CheckRun, ErrorKind, Severity, Verdict};
use lr_net::{Error, Failure};
use lr_redirects::{Answer, Exchange, Policy, Purpose, RULES, Snapshot, judge};

const HSTS: &str = "max-age=63072000; includeSubDomains";
const PRELOAD: &str = "max-age=63072000; includeSubDomains; preload";
const QUERY: &str = "/probe/caf%C3%A9%20au%20lait?q=1&utm_source=x&plus=%2B&empty=";
const PATHS: [(&str, Purpose); 4] = [
    ("/", Purpose::Home),
    ("/probe/deep", Purpose::Deep),
    (QUERY, Purpose::Query),
    ("/probe/a%2Fb", Purpose::EscapedSlash),
];

/// A launch as it should be: everything leads to `https://shop.test`.
fn healthy() -> Snapshot {
    let mut snapshot = Snapshot::new("shop.test");
    snapshot.canonical = Some("https://shop.test/".into());
    for (path, purpose) in PATHS {
        for host in ["shop.test", "www.shop.test"] {
            let (http, https) = (format!("http://{host}{path}"), format!("https://{host}{path}"));
            snapshot = snapshot
                .start(&http, purpose.clone())
                .start(&https, purpose.clone())
                .saw(&http, Answer::redirect(&http, 301, &https));
        }
        let (www, end) =
            (format!("https://www.shop.test{path}"), format!("https://shop.test{path}"));
        let status = if path == "/" { 200 } else { 404 };
        snapshot = snapshot
            .saw(&www, Answer::redirect(&www, 308, &end).with_hsts(HSTS))
            .saw(&end, Answer::status(status).with_hsts(HSTS));
    }
    let old = "https://shop.test/old";
    snapshot
        .start(old, Purpose::Old { to: "https://shop.test/new".into() })
        .saw(old, Answer::redirect(old, 301, "/new").with_hsts(HSTS))
        .saw("https://shop.test/new", Answer::status(200).with_hsts(HSTS))
}

const ABOUT: &str = "<title>About us</title><link rel=canonical href='https://shop.test/about'>
    <meta property=og:url content='https://shop.test/about'>We sell things that are good.";

/// The healthy launch, looked at in every way.
fn thorough() -> Snapshot {
    let html = |url: &str, html: &str| Answer::status(200).with_hsts(PRELOAD).with_page(url, html);
    let about = "https://shop.test/about";
    let mut snapshot = healthy();
    for exchange in snapshot.exchanges.values_mut() {
        if let Exchange::Answer(answer) = exchange
            && !answer.hsts.is_empty()
        {
            answer.hsts = vec![PRELOAD.into()];
        }
    }
    snapshot.apis.push("api.shop.test".into());
    let of = || about.to_owned();
    let (slash, upper) = ("https://shop.test/about/", "https://shop.test/About");
    let api = "http://api.shop.test/probe/deep";
    let open = "https://shop.test/login?next=x";
    snapshot
        .start(about, Purpose::Linked)
        .saw(about, html(about, ABOUT))
        .start(slash, Purpose::Slash { of: of() })
        .saw(slash, Answer::redirect(slash, 301, about).with_hsts(PRELOAD))
        .start(upper, Purpose::Case { of: of() })
        .saw(upper, html(upper, ABOUT))
        .start("https://shop.test/sitemap.xml", Purpose::Document)
        .saw(
            "https://shop.test/sitemap.xml",
            Answer::status(200)
                .with_hsts(PRELOAD)
                .with_sitemap("<urlset><url><loc>https://shop.test/about</loc></url></urlset>"),
        )
        .start(api, Purpose::Deep)
        .saw(api, Answer::redirect(api, 308, "https://api.shop.test/probe/deep"))
        .saw("https://api.shop.test/probe/deep", Answer::status(404).with_hsts(PRELOAD))
        .start(open, Purpose::OpenRedirect)
        .saw(open, html(open, "<title>Sign in</title><form></form>"))
        .start("http://shop.test/probe/%0D%0A", Purpose::Injection)
        .saw("http://shop.test/probe/%0D%0A", Answer::status(400))
        .saw_apart("https://shop.test/", Answer::status(200), Answer::status(200))
}

/// The same with another page somewhere.
fn paged(url: &str, html: &str) -> Snapshot {
    let html = match url.ends_with("/About") {
        true => html.replace("<link rel=canonical", "<link rel=icon"),
        false => html.to_owned(),
    };
    thorough().saw(url, Answer::status(200).with_hsts(PRELOAD).with_page(url, &html))
}

/// The healthy launch, where these URLs redirect so instead.
fn led(hops: &[(&str, u16, &str)]) -> Snapshot {
    hops.iter().fold(healthy(), |snapshot, (from, status, to)| {
        snapshot.saw(from, Answer::redirect(from, *status, to))
    })
}

fn answered(url: &str, answer: Answer) -> Snapshot {
    healthy().saw(url, answer)
}

/// Every answer of the host over HTTPS with these headers.
fn with_hsts(headers: &[&str]) -> Snapshot {
    let mut snapshot = healthy();
    for (url, exchange) in &mut snapshot.exchanges {
        if let Exchange::Answer(answer) = exchange
            && url.starts_with("https:")
        {
            answer.hsts = headers.iter().map(|header| (*header).to_owned()).collect();
        }
    }
    snapshot
}

fn failed(url: &str, error: Error) -> Snapshot {
    healthy().saw(url, Failure::from(error))
}

fn judged(snapshot: &Snapshot) -> CheckRun {
    lr_core::record("redirects", RULES, |out| judge(snapshot, &Policy::default(), out))
}

/// The findings as `rule @ place #instance`, of severity medium or above.
fn serious(snapshot: &Snapshot) -> Vec<String> {
    let run = judged(snapshot);
    let serious = run.findings.iter().filter(|finding| finding.severity >= Severity::Medium);
    serious.map(|finding| finding.key.strip_prefix("redirects/").unwrap().to_owned()).collect()
}

#[test]
fn every_rule_passes_and_fails() {
    let mut table: Vec<(&str, Snapshot)> = vec![
        ("https-upgrade", answered("http://shop.test/", Answer::status(200))),
        ("https-upgrade-deep", answered("http://www.shop.test/probe/deep", Answer::status(200))),
        ("direct-upgrade", led(&[("http://shop.test/", 301, "http://www.shop.test/")])),
        ("no-downgrade", led(&[("https://shop.test/old", 301, "http://shop.test/new")])),
        ("no-loop", led(&[("https://shop.test/", 301, "https://www.shop.test/")])),
        ("location-valid", led(&[("https://shop.test/old", 301, "https://")])),
        ("no-internal-target", led(&[("https://shop.test/old", 301, "http://localhost:3000/")])),
        ("permanent", led(&[("http://shop.test/", 302, "https://shop.test/")])),
        ("path-kept", led(&[("http://shop.test/probe/deep", 301, "https://shop.test/")])),
        ("expected-canonical", led(&[("https://shop.test/", 301, "https://www.shop.test/")])),
        ("ends-in-success", answered("https://shop.test/", Answer::status(500))),
        ("old-urls", answered("https://shop.test/old", Answer::status(404))),
        ("hsts-present", with_hsts(&[])),
        ("hsts-valid", with_hsts(&["max-age=63072000, includeSubDomains"])),
        ("hsts-single", with_hsts(&[HSTS, "max-age=0"])),
        ("hsts-max-age", with_hsts(&["max-age=300"])),
    ];
    let www = answered("https://www.shop.test/", Answer::status(200).with_hsts(HSTS));
    table.push(("one-canonical-host", www.clone()));
    if let Some(entry) = table.iter_mut().find(|(rule, _)| *rule == "expected-canonical") {
        entry.1 = www;
    }
    let no_query = format!("https://shop.test{}", QUERY.split('?').next().unwrap());
    table.push(("query-kept", led(&[(&format!("http://shop.test{QUERY}"), 301, &no_query)])));
    let long = led(&[
        ("https://shop.test/new", 301, "/newer"),
        ("https://shop.test/newer", 301, "/newest"),
    ])
    .saw("https://shop.test/newest", Answer::status(200));
    table.push(("short-chain", long));

    let www = "https://www.shop.test/";
    let about = "https://shop.test/about";
    let sitemap = |xml: &str| {
        let url = "https://shop.test/sitemap.xml";
        thorough().saw(url, Answer::status(200).with_hsts(HSTS).with_sitemap(xml))
    };
    let alone = |header: &str| with_hsts(&[header]);
    table.extend([
        (
            "no-client-redirect",
            paged(about, "<meta http-equiv=refresh content='0; url=https://shop.test/us'>"),
        ),
        ("no-soft-404", paged("https://shop.test/probe/deep", "<title>Oops</title>Nothing here")),
        ("one-url-per-page", paged("https://shop.test/About", ABOUT)),
        (
            "page-urls-agree",
            paged(about, &ABOUT.replace("https://shop.test", "https://other.test")),
        ),
        (
            "sitemap-agrees",
            sitemap("<urlset><url><loc>https://staging.shop.test/</loc></url></urlset>"),
        ),
        ("method-kept", {
            let api = "http://api.shop.test/probe/deep";
            thorough().saw(api, Answer::redirect(api, 301, "https://api.shop.test/probe/deep"))
        }),
        ("no-cookie-over-http", {
            let url = "http://shop.test/";
            let answer = Answer::redirect(url, 301, "https://shop.test/").with_cookie("sid=1");
            thorough().saw(url, answer)
        }),
        ("no-open-redirect", {
            let url = "https://shop.test/login?next=x";
            thorough()
                .saw(url, Answer::redirect(url, 302, "https://launch-ready-probe.invalid/next"))
        }),
        ("no-header-injection", {
            let mut answer =
                Answer::redirect("http://shop.test/probe/%0D%0A", 301, "https://shop.test/probe/");
            answer.injected = true;
            thorough().saw("http://shop.test/probe/%0D%0A", answer)
        }),
        ("families-agree", thorough().saw_apart(www, Answer::status(200), Answer::status(404))),
        ("hsts-everywhere", {
            let mut snapshot = alone("max-age=63072000");
            let url = "https://shop.test/probe/deep";
            snapshot = snapshot.saw(url, Answer::status(404));
            snapshot
        }),
        ("hsts-https-only", {
            let url = "http://shop.test/";
            thorough().saw(url, Answer::redirect(url, 301, "https://shop.test/").with_hsts(HSTS))
        }),
        ("hsts-subdomains", {
            let mut snapshot = healthy();
            snapshot.without_https.push("intranet.shop.test".into());
            snapshot
        }),
        ("hsts-include-subdomains", alone("max-age=63072000")),
        ("hsts-preload", alone("max-age=300; preload")),
    ]);

    assert_eq!(judged(&healthy()).findings, []);
    let passed = judged(&thorough());
    assert_eq!(passed.findings, []);
    for (rule, fails) in &table {
        let id = format!("redirects/{rule}");
        let passes = passed.outcomes.iter().any(|o| o.rule == *id && o.verdict == Verdict::Pass);
        assert!(passes, "{rule} does not pass");
        let run = judged(fails);
        let finding = run.findings.iter().find(|finding| finding.rule == *id);
        let finding =
            finding.unwrap_or_else(|| panic!("{rule} does not fail: {:#?}", run.findings));
        for fact in ["url", "expected", "actual"] {
            assert!(finding.evidence.get(fact).is_some(), "{rule} does not say what is {fact}");
        }
    }
    let tested: BTreeSet<_> = table.iter().map(|(rule, _)| format!("redirects/{rule}")).collect();
    let known: BTreeSet<_> = RULES.iter().map(|rule| rule.id.to_owned()).collect();
    assert_eq!(tested, known);
}

#[test]
fn faults_are_told_apart() {
    let query = format!("http://shop.test{QUERY}");
    let sent = |to: &str| serious(&led(&[(&query, 301, to)]));
    assert_eq!(
        sent("https://shop.test/probe/caf%C3%A9%20au%20lait?q=1&utm_source=x"),
        ["query-kept @ shop.test:80 #partly-dropped"]
    );
    assert_eq!(
        sent(&format!("https://shop.test{QUERY}?{}", QUERY.split_once('?').unwrap().1)),
        ["query-kept @ shop.test:80 #duplicated"]
    );
    // What nginx makes of `$uri`: decoded, and not a valid URL as it stands.
    assert_eq!(
        sent("https://shop.test/probe/café au lait?q=1&utm_source=x&plus=%2B&empty="),
        ["path-kept @ shop.test:80 #re-encoded"]
    );
    let slash = led(&[("http://shop.test/probe/a%2Fb", 301, "https://shop.test/probe/a/b")]);
    assert_eq!(serious(&slash), ["path-kept @ shop.test:80 #re-encoded"]);

    let staging = led(&[("http://shop.test/", 301, "https://staging.shop.test/")]);
    assert_eq!(serious(&staging), ["no-internal-target @ shop.test:80 #staging.shop.test"]);
    let port = led(&[("http://shop.test/", 301, "https://shop.test:8443/")]);
    assert_eq!(serious(&port), ["no-internal-target @ shop.test:80 #shop.test:8443"]);
    let hidden = failed("https://shop.test/new", Error::Refused { peer: "shop.test".into() });
    assert_eq!(serious(&hidden), ["old-urls @ https://shop.test/old"]);
    let astray = led(&[("https://shop.test/old", 301, "/")]);
    assert_eq!(serious(&astray), ["old-urls @ https://shop.test/old"]);
    let foreign = led(&[("http://shop.test/", 301, "https://cdn.other.test/")]).saw(
        "https://cdn.other.test/",
        Answer::redirect("https://cdn.other.test/", 301, "https://shop.test/"),
    );
    assert_eq!(serious(&foreign), ["direct-upgrade @ shop.test #foreign"]);
}

#[test]
fn what_is_right_is_no_fault() {
    let closed = |host: &str, mut snapshot: Snapshot| {
        for (path, _) in PATHS {
            let refused = Failure::from(Error::Refused { peer: host.into() });
            snapshot = snapshot.saw(&format!("http://{host}{path}"), refused);
        }
        snapshot
    };
    let no_www = |error: fn(String) -> Error| {
        PATHS.iter().fold(healthy(), |snapshot, (path, _)| {
            ["http", "https"].iter().fold(snapshot, |snapshot, scheme| {
                let failure = Failure::from(error("www.shop.test".into()));
                snapshot.saw(&format!("{scheme}://www.shop.test{path}"), failure)
            })
        })
    };
    let language = led(&[("https://shop.test/", 302, "/en/")]);
    let language = language.saw("https://shop.test/en/", Answer::status(200).with_hsts(HSTS));
    let mut app = healthy();
    app.hosts.push("app.shop.test".into());
    for (path, purpose) in PATHS {
        let (http, https) =
            (format!("http://app.shop.test{path}"), format!("https://app.shop.test{path}"));
        app = app
            .start(&http, purpose.clone())
            .start(&https, purpose)
            .saw(&http, Answer::redirect(&http, 301, "https://app.shop.test/login"))
            .saw(&https, Answer::redirect(&https, 302, "/login"));
    }
    let app = app.saw("https://app.shop.test/login", Answer::status(401));
    let mut api = healthy();
    api.hosts.push("api.shop.test".into());
    for (path, purpose) in PATHS {
        for scheme in ["http", "https"] {
            let url = format!("{scheme}://api.shop.test{path}");
            api = api.start(&url, purpose.clone()).saw(&url, Answer::status(404));
        }
    }
    let refused_slash = healthy()
        .saw("http://shop.test/probe/a%2Fb", Answer::status(404))
        .saw("http://www.shop.test/probe/a%2Fb", Answer::status(400));
    for (name, snapshot) in [
        ("port 80 is closed", closed("shop.test", closed("www.shop.test", healthy()))),
        ("there is no www", no_www(Error::NoSuchName)),
        ("www has no address", no_www(Error::NoAddress)),
        ("a language is chosen", language),
        ("a login is asked for", app),
        ("an API says nothing at its root", api),
        ("an escaped slash is refused", refused_slash),
        (
            "the order of parameters changes",
            led(&[(
                &format!("http://shop.test{QUERY}"),
                301,
                "https://shop.test/probe/caf%C3%A9%20au%20lait?utm_source=x&q=1&empty=&plus=%2B",
            )]),
        ),
        (
            "a name that only looks like staging",
            led(&[("https://shop.test/old", 301, "https://dev.to/")])
                .saw("https://dev.to/", Answer::status(403)),
        ),
    ] {
        assert_eq!(serious(&snapshot), [""; 0], "{name}");
    }
    let run = judged(&closed("shop.test", closed("www.shop.test", healthy())));
    let upgrade = run.outcomes.iter().filter(|o| o.rule == "redirects/https-upgrade");
    assert!(
        upgrade.clone().all(|o| o.verdict == Verdict::Pass),
        "{:#?}",
        upgrade.collect::<Vec<_>>()
    );
}

#[test]
fn what_could_not_be_seen_is_inconclusive() {
    let tls = || Error::Tls { peer: "shop.test".into(), reason: "certificate expired".into() };
    let mut challenge = Answer::status(403);
    challenge.mitigation = Some("cf-mitigated: challenge".into());
    for (name, snapshot, rule, cause) in [
        (
            "timeout",
            failed("https://shop.test/", Error::Timeout("shop.test".into())),
            "ends-in-success",
            ErrorKind::Timeout,
        ),
        ("tls", failed("https://shop.test/", tls()), "no-loop", ErrorKind::Protocol),
        (
            "timeout of port 80",
            failed("http://shop.test/", Error::Timeout("shop.test".into())),
            "https-upgrade",
            ErrorKind::Timeout,
        ),
        (
            "challenge",
            answered("https://shop.test/", challenge.clone()),
            "ends-in-success",
            ErrorKind::RateLimited,
        ),
        (
            "challenge over http",
            answered("http://shop.test/", challenge),
            "https-upgrade",
            ErrorKind::RateLimited,
        ),
        (
            "too many requests",
            answered("https://shop.test/new", Answer::status(429)),
            "old-urls",
            ErrorKind::RateLimited,
        ),
        (
            "the domain is missing",
            failed("https://shop.test/", Error::NoSuchName("shop.test".into())),
            "no-loop",
            ErrorKind::Unreachable,
        ),
    ] {
        let run = judged(&snapshot);
        let serious: Vec<_> = run.findings.iter().map(|finding| &finding.key).collect();
        let wrong = serious.iter().any(|key| key.contains(rule));
        assert!(!wrong, "{name}: {serious:?}");
        let found = run.outcomes.iter().any(|outcome| {
            outcome.rule == *format!("redirects/{rule}")
                && matches!(outcome.verdict, Verdict::Inconclusive { cause: c, .. } if c == cause)
        });
        assert!(found, "{name}: {:#?}", run.outcomes);
    }
}

#[test]
fn canonical_links_make_two_hosts_less_of_a_fault() {
    let page = |link: &str| {
        let mut page = Answer::status(200).with_hsts(HSTS);
        page.canonical = Some(link.into());
        page
    };
    let both = |www: &str, apex: &str| {
        let mut both = healthy()
            .saw("https://www.shop.test/", page(www))
            .saw("https://shop.test/", page(apex));
        both.canonical = None;
        both
    };
    let same = "https://shop.test/";
    assert_eq!(serious(&both(same, same)), [""; 0]);
    let finding = judged(&both(same, same)).findings.remove(0);
    assert_eq!(
        (finding.rule.as_str(), finding.severity),
        ("redirects/one-canonical-host", Severity::Low)
    );
    let differ = both("https://www.shop.test/", same);
    assert_eq!(serious(&differ), ["one-canonical-host @ shop.test"]);
}

#[test]
fn a_host_that_visitors_type_must_answer_over_https() {
    let refused = || Error::Refused { peer: "it".into() };
    let www = failed("https://www.shop.test/", refused());
    assert_eq!(serious(&www), ["ends-in-success @ www.shop.test"]);
    // A mail host need not.
    let mut mail = healthy();
    mail.hosts.push("mail.shop.test".into());
    for url in ["http://mail.shop.test/", "https://mail.shop.test/"] {
        mail = mail.start(url, Purpose::Home).saw(url, Failure::from(refused()));
    }
    assert_eq!(serious(&mail), [""; 0]);
}

#[test]
fn max_age_is_graded() {
    for (header, severity) in [
        ("max-age=0", Some(Severity::Medium)),
        ("max-age=15551999", Some(Severity::Medium)),
        ("max-age=15552000", Some(Severity::Info)),
        ("max-age=31536000", None),
    ] {
        let run = judged(&with_hsts(&[header]));
        let finding = run.findings.iter().find(|f| f.rule == "redirects/hsts-max-age");
        assert_eq!(finding.map(|finding| finding.severity), severity, "{header}");
    }
}
