//! The document and its text: reproducible, bounded, readable by programs and people.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use lr_core::{CheckRun, ErrorKind, Location, Rule, Severity, Timestamp};
use lr_report::{DeploymentMap, HostRow, Policy, Report, TextStyle};
use proptest::prelude::*;
use proptest::sample::subsequence;

const fn rule(id: &'static str, severity: Severity) -> Rule {
    Rule::new(id, severity)
        .says("every name server answers", "a name server does not answer")
        .because("some visitors cannot find the site, and nobody knows which")
        .fix("take the server out of the delegation, or repair it")
        .see(&[("RFC 1034, section 4.1", "https://www.rfc-editor.org/rfc/rfc1034#section-4.1")])
}
static HIGH: Rule = rule("dns/servers-answer", Severity::High);
static LOW: Rule = rule("dns/caa-present", Severity::Low);
static RULES: &[&Rule] = &[&HIGH, &LOW];

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn run(details: &[String], data: Option<&str>) -> CheckRun {
    lr_core::record("dns", RULES, |out| {
        for (number, detail) in details.iter().enumerate() {
            let place = Location::server(detail.as_str(), format!("192.0.2.{number}"));
            out.fail(if number % 2 == 0 { &HIGH } else { &LOW }, place, detail.as_str())
                .evidence("answer", detail.as_str());
        }
        out.inconclusive(&LOW, Location::host("a.test"), ErrorKind::Timeout, "no answer");
        out.pass(&HIGH, Location::host("b.test"));
        if let Some(data) = data {
            out.data(data);
        }
    })
}

fn details() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(any::<String>(), 0..6)
}

proptest! {
    #[test]
    fn json_is_one_line_and_round_trips(details in details(), pretty in any::<bool>()) {
        let data = if pretty { "{\n \"rows\": [1.5, 0.1]\n}" } else { r#"{"b":1,"a":[2.50]}"# };
        let map = DeploymentMap::default();
        let runs = vec![run(&details, Some(data))];
        let report = Report::new("shop.test", now(), runs, &Policy::default()).with_map(map);
        let json = report.to_json();
        prop_assert!(!json.contains('\n'));
        prop_assert_eq!(Report::from_json(&json).unwrap().to_json(), json);
    }

    #[test]
    fn text_fits_and_carries_nothing_foreign(details in details(), width in 40..140usize) {
        let report = Report::new("shop.test", now(), vec![run(&details, None)], &Policy::default());
        let text = report.to_text(TextStyle::new(width, false));
        for line in text.lines() {
            prop_assert!(unicode_width::UnicodeWidthStr::width(line) <= width, "{line}");
            prop_assert!(!line.chars().any(char::is_control));
        }
    }

    #[test]
    fn order_of_discovery_does_not_matter(
        (forward, picked) in details().prop_flat_map(|all| {
            let len = all.len();
            (Just(all.clone()), subsequence(all, len))
        }),
    ) {
        let mut backward = picked;
        backward.reverse();
        let keys = |details: &[String]| -> Vec<String> {
            let run = lr_core::record("dns", RULES, |out| {
                for detail in details {
                    out.fail(&HIGH, Location::host(detail.as_str()), "down");
                }
            });
            let report = Report::new("shop.test", now(), vec![run], &Policy::default());
            report.risks.into_iter().map(|risk| risk.finding.key).collect()
        };
        prop_assert_eq!(keys(&forward), keys(&backward));
    }
}

#[test]
fn worst_first() {
    let mut run = run(&["x".into(), "y".into()], None);
    run.findings.reverse();
    let report = Report::new("shop.test", now(), vec![run], &Policy::default());
    let rules: Vec<_> = report.risks.iter().map(|risk| risk.finding.rule.as_str()).collect();
    assert_eq!(rules, ["dns/servers-answer", "dns/caa-present"]);
}

#[test]
fn a_summary_that_is_no_json_is_left_out() {
    let report = Report::new("x", now(), vec![run(&[], Some("{oops"))], &Policy::default());
    assert_eq!(report.checks[0].data.as_ref().unwrap().get(), "null");
    assert!(Report::from_json(&report.to_json()).is_ok());
}

#[test]
fn other_versions_are_refused_by_name() {
    let json = Report::new("x", now(), vec![], &Policy::default()).to_json();
    let error = Report::from_json(&json.replace("report/1", "report/2")).unwrap_err();
    assert_eq!(error, "`launch-ready/report/2` is not launch-ready/report/1");
}

#[test]
fn text_for_people() {
    let mut host = HostRow::new("shop.test");
    host.addresses = vec!["192.0.2.1".into()];
    let mut map = DeploymentMap::default();
    map.hosts = vec![host];
    let other = lr_core::record("other", &[], |_| {});
    let runs = vec![run(&["ns2.shop.test is silent".into()], None), other];
    let report = Report::new("shop.test", now(), runs, &Policy::default())
        .with_map(map)
        .incomplete("interrupted");
    let text = report.to_text(TextStyle::default());
    for expected in [
        "NO-GO: 1 to fix, 1 not decided, 0 passed",
        "INCOMPLETE: interrupted",
        " 1. HIGH a name server does not answer",
        "    Fix:  take the server out of the delegation",
        "  LOW no answer (timed out)\n    dns/caa-present at a.test",
        "DEPLOYMENT MAP",
        "  shop.test → 192.0.2.1",
    ] {
        assert!(text.contains(expected), "{expected:?} is not in\n{text}");
    }
    assert!(!text.contains('\u{1b}'));
    assert!(report.to_text(TextStyle::new(80, true)).contains('\u{1b}'));
}

#[test]
fn one_check_alone_shows_what_it_saw() {
    let data =
        r#"{"servers":[{"name":"ns1","address":"192.0.2.1"},{"name":"ns2"}],"zone":"a.test"}"#;
    let runs = vec![run(&[], Some(data))];
    let report = Report::new("a.test", now(), runs, &Policy::default());
    let text = report.to_text(TextStyle::default());
    for expected in ["SEEN BY DNS", "  name  address\n  ns1   192.0.2.1\n  ns2\n", "  zone: a.test"]
    {
        assert!(text.contains(expected), "{expected:?} is not in\n{text}");
    }
}

#[test]
fn a_finding_in_a_file_shows_where() {
    let at = |line, column| Location::file("src/a.py", Some(line), Some(column));
    let mut old = Location::file("old.py", Some(7), None);
    if let Location::File { commit, .. } = &mut old {
        *commit = Some("0123456789abcdef0123".into());
    }
    let run = lr_core::record("dns", RULES, |out| {
        let finding = out.fail(&HIGH, at(2, 6), "it is in a file");
        finding.related.extend((3..9).map(|line| at(line, 1)));
        out.fail(&LOW, old, "it is in a commit");
    });
    let text = Report::new("a.test", now(), vec![run], &Policy::default())
        .to_text(TextStyle::new(120, false));
    for expected in [
        "    src/a.py:2:6 dns/servers-answer\n",
        "    Also: src/a.py:3:1; src/a.py:4:1; src/a.py:5:1; src/a.py:6:1; src/a.py:7:1; 1 more\n",
        "    old.py:7 in 0123456789ab dns/caa-present\n",
    ] {
        assert!(text.contains(expected), "{expected:?} is not in\n{text}");
    }
}
