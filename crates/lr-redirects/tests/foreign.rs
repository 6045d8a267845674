//! packages: nginx-light curl
//!
//! A server and a client that are not ours: nginx with the faults that people build into it, and
//! the chains that curl sees.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/graph.rs"]
mod graph;
#[path = "support/nginx.rs"]
mod nginx;

use std::process::Command;

use lr_core::Severity;
use lr_lab::SeenRequest;
use lr_redirects::{Ends, RedirectsConfig, inspect};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::graph::graphs;
use crate::nginx::Nginx;

/// The chain that `curl -L` walks, by the record of the lab, is the one that we report.
#[tokio::test]
#[ignore = "needs curl from Debian's packages"]
async fn curl_walks_the_same_chains() {
    let mut runner = TestRunner::deterministic();
    let (mut finished, mut loops) = (0, 0);
    for _ in 0..40 {
        let graph = graphs().new_tree(&mut runner).unwrap().current();
        let lab = graph.serve().await;
        let mut config = RedirectsConfig::new("graph.test");
        config.discover = false;
        config.old_urls = graph.urls().map(|url| (url.clone(), url)).collect();
        let snapshot = inspect(&config, &lab.context()).await.unwrap();
        for start in graph.urls() {
            lab.clear_log();
            let mut curl = Command::new("curl");
            curl.args(["-skL", "--max-redirs", "10", "-o", "/dev/null", "-w", "%{url_effective}"]);
            for (host, port) in [
                ("graph.test", 80),
                ("graph.test", 443),
                ("www.graph.test", 80),
                ("www.graph.test", 443),
            ] {
                let to = lab.real(host, port).unwrap();
                curl.args(["--connect-to", &format!("{host}:{port}:{to}")]);
            }
            let output = curl.arg(&start).output().unwrap();
            let walked: Vec<String> = lab.requests().iter().map(SeenRequest::url).collect();
            let chain = snapshot.chain(&start);
            if output.status.success() {
                finished += 1;
                assert_eq!(chain.ends, Ends::Ok, "{start} of {graph:?}");
                assert_eq!(chain.urls, walked, "{start} of {graph:?}");
                assert_eq!(chain.last(), String::from_utf8_lossy(&output.stdout));
            } else {
                loops += 1;
                assert!(matches!(chain.ends, Ends::Loop | Ends::TooMany), "{start} of {graph:?}");
                assert!(
                    walked.starts_with(
                        &chain.urls.iter().map(|u| (*u).to_owned()).collect::<Vec<_>>()
                    )
                );
            }
        }
    }
    assert!(finished > 30 && loops > 30, "{finished} chains that end and {loops} that do not");
}

const GOOD: &str = "
    location = / { default_type text/html; return 200 '<title>Shop</title><link rel=canonical href=https://$host/><a href=/about>About</a>'; }
    location = /about { default_type text/html; return 200 '<title>About</title><link rel=canonical href=https://$host/about>What we do'; }
    location = /about/ { return 301 /about; }
    location / { return 404; }";
const STS: &str =
    "add_header Strict-Transport-Security 'max-age=63072000; includeSubDomains' always;";

/// What nginx makes of its usual configurations, right and wrong.
#[tokio::test]
#[ignore = "needs nginx from Debian's packages"]
async fn nginx_is_judged_as_it_is_configured() {
    let upgrade = "return 301 https://$host$request_uri;";
    let to_apex = "return 301 https://APEX$request_uri;";
    // Name, port 80 of the apex, port 443 of the apex, port 443 of www, what must be found.
    let cases: Vec<(&str, String, String, String, &str)> = vec![
        ("good", upgrade.into(), format!("{STS}{GOOD}"), format!("{STS}{to_apex}"), ""),
        (
            "temporary",
            "return 302 https://$host$request_uri;".into(),
            format!("{STS}{GOOD}"),
            format!("{STS}{to_apex}"),
            "permanent",
        ),
        (
            "nopath",
            "return 301 https://$host/;".into(),
            format!("{STS}{GOOD}"),
            format!("{STS}{to_apex}"),
            "path-kept",
        ),
        (
            "noquery",
            "return 301 https://$host$uri;".into(),
            format!("{STS}{GOOD}"),
            format!("{STS}{to_apex}"),
            "query-kept",
        ),
        (
            "decoded",
            "return 301 https://$host$uri$is_args$args;".into(),
            format!("{STS}{GOOD}"),
            format!("{STS}{to_apex}"),
            "no-header-injection",
        ),
        (
            "twice",
            "rewrite ^ https://$host$request_uri permanent;".into(),
            format!("{STS}{GOOD}"),
            format!("{STS}{to_apex}"),
            "query-kept",
        ),
        (
            "always",
            upgrade.into(),
            format!("{}{GOOD}", STS.replace(" always", "")),
            format!("{STS}{to_apex}"),
            "hsts-everywhere",
        ),
        ("plain", GOOD.into(), format!("{STS}{GOOD}"), format!("{STS}{to_apex}"), "https-upgrade"),
        (
            "looped",
            upgrade.into(),
            format!("{STS}return 301 https://www.$host$request_uri;"),
            format!("{STS}{to_apex}"),
            "no-loop",
        ),
        (
            "both",
            upgrade.into(),
            format!("{STS}{}", GOOD.replace("rel=canonical", "rel=icon")),
            format!("{STS}{}", GOOD.replace("rel=canonical", "rel=icon")),
            "one-canonical-host",
        ),
        (
            "down",
            upgrade.into(),
            format!(
                "{STS}location = /about {{ return 302 http://$host/login; }}{GOOD2}",
                GOOD2 = GOOD.replace("location = /about {", "location = /about2 {")
            ),
            format!("{STS}{to_apex}"),
            "no-downgrade",
        ),
        (
            "cased",
            upgrade.into(),
            format!(
                "{STS}{}",
                GOOD.replace("location = /about {", "location ~* ^/about$ {")
                    .replace("rel=canonical", "rel=icon")
            ),
            format!("{STS}{to_apex}"),
            "one-url-per-page",
        ),
        (
            "spa",
            upgrade.into(),
            format!(
                "{STS}{}",
                GOOD.replace(
                    "return 404;",
                    "default_type text/html; return 200 '<title>Oops</title>gone';"
                )
            ),
            format!("{STS}{to_apex}"),
            "no-soft-404",
        ),
        (
            "list",
            upgrade.into(),
            format!("{}{GOOD}", STS.replace("includeSubDomains", "preload")),
            format!("{STS}{to_apex}"),
            "hsts-preload",
        ),
    ];
    let mut nginx = Nginx::new();
    for (name, plain, apex, www, _) in &cases {
        let domain = format!("{name}.test");
        let place = |text: &str| text.replace("APEX", &domain);
        nginx.server(&domain, &place(plain), &place(apex));
        nginx.server(&format!("www.{domain}"), upgrade, &place(www));
    }
    let nginx = nginx.start();
    for (name, .., rule) in &cases {
        let mut config = RedirectsConfig::new(format!("{name}.test"));
        config.intrusive = true;
        let check = lr_redirects::RedirectsCheck::with_config(config);
        let run = lr_core::run(&check, &nginx.context()).await;
        assert_eq!(run.error, None, "{name}");
        let wanted = |least| {
            let findings = run.findings.iter().filter(move |finding| finding.severity >= least);
            findings.map(|finding| finding.key.as_str()).collect::<Vec<_>>()
        };
        match *rule {
            "" => assert_eq!(wanted(Severity::Medium), [""; 0], "{name}"),
            rule => {
                let id = format!("redirects/{rule} ");
                let keys = wanted(Severity::Info);
                assert!(keys.iter().any(|key| key.starts_with(&id)), "{name}: {keys:#?}");
            }
        }
    }
}
