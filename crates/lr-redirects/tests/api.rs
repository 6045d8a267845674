//! The public interface, and properties of its pure parts.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::{BTreeMap, HashSet};

use lr_core::{ErrorKind, Verdict};
use lr_net::{Error, Failure};
use lr_redirects::{
    Answer, Ends, Exchange, Policy, Purpose, RULES, RedirectsCheck, Snapshot, Summary, judge,
};
use proptest::prelude::*;

fn judged(snapshot: &Snapshot) -> lr_core::CheckRun {
    lr_core::record("redirects", RULES, |out| judge(snapshot, &Policy::default(), out))
}

#[tokio::test]
async fn a_kept_snapshot_is_judged_without_a_network() {
    let seen = Snapshot::new("shop.test")
        .start("https://shop.test/", Purpose::Home)
        .saw("https://shop.test/", Answer::status(500));
    let cx = lr_core::Context::new();
    let run = lr_core::run(&RedirectsCheck::replay(seen.clone()), &cx).await;
    assert_eq!(run.findings, judged(&seen).findings);
    assert!(run.findings.iter().any(|f| f.key == "redirects/ends-in-success @ shop.test"));
    let kept: Snapshot = serde_json::from_str(run.snapshot.as_deref().unwrap()).unwrap();
    assert_eq!(kept, seen);
    let summary: Summary = serde_json::from_str(run.data.as_deref().unwrap()).unwrap();
    assert_eq!(summary, Summary::of(&seen));
    assert_eq!(summary.canonical.as_deref(), Some("shop.test"));
}

#[tokio::test]
async fn a_name_that_is_no_host_is_a_configuration_error() {
    let run = lr_core::run(&RedirectsCheck::new("no host"), &lr_core::Context::new()).await;
    assert!(run.error.unwrap().as_str().contains("`no host` is not a host name"));
    assert!(
        run.outcomes
            .iter()
            .all(|o| matches!(o.verdict, Verdict::Inconclusive { cause: ErrorKind::Config, .. }))
    );
}

#[test]
fn the_readme_lists_every_rule() {
    let table: String = RULES
        .iter()
        .map(|rule| {
            let severity = serde_json::to_string(&rule.severity).unwrap();
            format!("| `{}` | {} | {} |\n", rule.id, severity.trim_matches('"'), rule.title)
        })
        .collect();
    assert!(include_str!("../README.md").contains(&table), "the table should be:\n{table}");
}

#[test]
fn a_chain_ends_where_the_limit_is() {
    let mut snapshot = Snapshot::new("shop.test");
    for number in 0..20 {
        let (from, to) = (url(number), url(number + 1));
        snapshot = snapshot.saw(&from, Answer::redirect(&from, 301, &to));
    }
    let start = url(0);
    let chain = snapshot.chain(&start);
    assert_eq!((chain.ends, chain.redirects()), (Ends::TooMany, snapshot.max_redirects));
}

fn url(number: usize) -> String {
    format!("https://shop.test/{number}")
}

/// Where each of the nodes leads, if anywhere.
fn graph() -> impl Strategy<Value = Vec<Option<usize>>> {
    (1usize..14)
        .prop_flat_map(|nodes| prop::collection::vec(prop::option::weighted(0.9, 0..nodes), nodes))
}

const HOSTS: &[&str] =
    &["shop.test", "www.shop.test", "other.test", "staging.shop.test", "127.0.0.1"];

fn exchange() -> impl Strategy<Value = Exchange> {
    let location = prop_oneof![
        (
            prop::sample::select(vec!["http", "https"]),
            prop::sample::select(HOSTS),
            "[a-c/?%2F ]{0,9}"
        )
            .prop_map(|(scheme, host, rest)| format!("{scheme}://{host}/{rest}")),
        "\\PC{0,20}",
    ];
    prop_oneof![
        (prop::sample::select(vec![301u16, 302, 307, 308]), location).prop_map(|(status, to)| {
            Answer::redirect("http://shop.test/a", status, &to).into()
        }),
        (100u16..600, "\\PC{0,30}")
            .prop_map(|(status, hsts)| Answer::status(status).with_hsts(&hsts).into()),
        (100u16..600, "(<title>|<link rel=canonical href=|<meta property=og:url content=|http://|\
            staging\\.shop\\.test|/a|>|<link rel=alternate hreflang=de href=|<urlset>|<loc>|</loc>){0,12}")
            .prop_map(|(status, text)| {
                let answer = Answer::status(status).with_page("https://shop.test/a", &text);
                answer.with_sitemap(&text).with_cookie(&text).into()
            }),
        prop::sample::select(vec![
            Error::Timeout("it".into()),
            Error::Refused { peer: "it".into() },
            Error::NoSuchName("it".into()),
            Error::Tls { peer: "it".into(), reason: "expired".into() },
        ])
        .prop_map(|error| Failure::from(error).into()),
    ]
}

prop_compose! {
    fn snapshots()(
        seen in prop::collection::btree_map(
            (prop::sample::select(vec!["http", "https"]),
             prop::sample::select(vec!["shop.test", "www.shop.test", "app.test"]),
             prop::sample::select(vec!["", "a", "a?q=1&b", "a%2Fb"])),
            (exchange(), 0usize..14),
            0..14,
        ),
        canonical in prop::option::of(Just("https://www.shop.test/".to_owned())),
    ) -> Snapshot {
        let mut snapshot = Snapshot::new("shop.test");
        snapshot.canonical = canonical;
        for ((scheme, host, path), (exchange, purpose)) in seen {
            let url = format!("{scheme}://{host}/{path}");
            let purpose = match purpose {
                0 => Some(Purpose::Page),
                1 => Some(Purpose::Deep),
                2 => Some(Purpose::Query),
                3 => Some(Purpose::EscapedSlash),
                4 => Some(Purpose::Old { to: "https://shop.test/a".into() }),
                5 => Some(Purpose::Home),
                7 => Some(Purpose::Linked),
                8 => Some(Purpose::Listed),
                9 => Some(Purpose::Document),
                10 => Some(Purpose::Case { of: "https://shop.test/a".into() }),
                11 => Some(Purpose::Slash { of: "https://shop.test/a".into() }),
                12 => Some(Purpose::Injection),
                13 => Some(Purpose::OpenRedirect),
                _ => None,
            };
            if let Some(purpose) = purpose {
                snapshot = snapshot.start(&url, purpose);
            }
            snapshot = snapshot.saw(&url, exchange);
        }
        snapshot
    }
}

proptest! {
    #[test]
    fn a_walk_ends_and_finds_a_loop_exactly_where_there_is_one(graph in graph()) {
        let mut snapshot = Snapshot::new("shop.test");
        snapshot.max_redirects = graph.len();
        for (from, to) in graph.iter().enumerate() {
            let from = url(from);
            let answer = match to {
                Some(to) => Answer::redirect(&from, 301, &url(*to)),
                None => Answer::status(200),
            };
            snapshot = snapshot.saw(&from, answer);
        }
        for start in 0..graph.len() {
            // The model: steps in a graph of numbers.
            let mut way = vec![start];
            let mut back = None;
            while let Some(to) = graph[way[way.len() - 1]] {
                if let Some(at) = way.iter().position(|node| *node == to) {
                    back = Some(at);
                    break;
                }
                way.push(to);
            }
            let start = url(start);
            let chain = snapshot.chain(&start);
            prop_assert_eq!(&chain.urls, &way.iter().map(|node| url(*node)).collect::<Vec<_>>());
            prop_assert_eq!(chain.back_to, back);
            prop_assert_eq!(chain.ends, if back.is_some() { Ends::Loop } else { Ends::Ok });
        }
    }

    #[test]
    fn any_snapshot_is_judged_and_survives_json(snapshot in snapshots()) {
        let run = judged(&snapshot);
        let decided: HashSet<_> = run.outcomes.iter().map(|o| o.rule.as_str().to_owned()).collect();
        prop_assert_eq!(decided.len(), RULES.len());
        let mut keys = BTreeMap::new();
        for finding in &run.findings {
            prop_assert!(keys.insert(finding.key.clone(), ()).is_none(), "{} twice", finding.key);
        }
        let json = serde_json::to_string(&snapshot).unwrap();
        let again: Snapshot = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&again, &snapshot);
        prop_assert_eq!(serde_json::to_string(&again).unwrap(), json);
        let summary = Summary::of(&snapshot);
        let json = serde_json::to_string(&summary).unwrap();
        prop_assert_eq!(serde_json::from_str::<Summary>(&json).unwrap(), summary);
    }
}
