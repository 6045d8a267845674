//! The openspf suite for RFC 7208, all 203 tests, in memory and over the wire.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "these are tests")]

mod common;
mod openspf;
#[path = "openspf/oracle.rs"]
mod oracle;

use lr_mailauth::spf::{Audit, Evaluation, Node, Outcome, check_host, evaluate};
use lr_mailauth::{Answers, MailConfig, Snapshot};
use lr_net::Net;

use openspf::{Case, client, impatient, lab, lookup, suite};

/// What is wrong with an evaluation, by the suite.
fn fault(case: &Case, seen: &Evaluation) -> Option<String> {
    let result = serde_json::to_value(seen.result).unwrap();
    let is_right = case.result.iter().any(|expected| *expected == result);
    // `DEFAULT` is the receiver's own text: the domain has none to give.
    let expected = case.explanation.as_deref().filter(|text| *text != "DEFAULT");
    let explains = case.explanation.is_none() || seen.explanation.as_deref() == expected;
    (!is_right || !explains).then(|| {
        format!(
            "{}: {result} instead of {:?}; {:?}; {seen:?}",
            case.id, case.result, case.explanation
        )
    })
}

#[test]
fn all_tests_in_memory() {
    let (mut count, mut faults) = (0, Vec::new());
    for scenario in &suite().scenarios {
        for case in &scenario.tests {
            let mut answers = Answers::default();
            let seen = loop {
                let seen = evaluate(&client(case), &answers);
                if seen.open.is_empty() {
                    break seen;
                }
                for question in seen.open {
                    let answer = lookup(&scenario.zonedata, &question);
                    answers.insert(question, answer);
                }
            };
            count += 1;
            faults.extend(fault(case, &seen));
        }
    }
    println!("{} of {count}", count - faults.len());
    assert!(faults.is_empty() && count == 203, "{count}: {faults:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_tests_over_the_wire() {
    let (mut count, mut faults) = (0, Vec::new());
    for scenario in &suite().scenarios {
        let lab = lab(&scenario.zonedata).await;
        let cx = impatient(&lab);
        let net = Net::of(&cx).unwrap();
        for case in &scenario.tests {
            let seen = check_host(&client(case), &mut Answers::default(), &net, &cx).await;
            count += 1;
            faults.extend(fault(case, &seen));
        }
        let questions: Vec<_> = lab.queries().iter().map(|seen| format!("{seen:?}")).collect();
        assert!(questions.len() < 500, "{questions:#?}");
    }
    println!("{} of {count}", count - faults.len());
    assert!(faults.is_empty() && count == 203, "{count}: {faults:#?}");
}

/// Whether some receiver, for some sender, ends in permerror.
fn is_troubled(audit: &Audit) -> bool {
    audit.lookups > 10 || audit.void_ipv4 > 2 || audit.void_ipv6 > 2 || is_broken(&audit.root, true)
}

fn is_broken(node: &Node, is_root: bool) -> bool {
    let here = match &node.outcome {
        Outcome::Record { issues, .. } => !issues.is_empty(),
        Outcome::Missing => !is_root,
        Outcome::Several { .. } | Outcome::Loop => true,
        _ => false,
    };
    here || node.steps.iter().any(|step| {
        step.exchanges.is_some_and(|count| count > 10)
            || step.child.as_ref().is_some_and(|child| is_broken(child, false))
    })
}

#[test]
fn permanent_errors_of_the_suite_are_seen() {
    let (mut agreed, mut differ) = (0, Vec::new());
    for scenario in &suite().scenarios {
        for case in &scenario.tests {
            let Some((_, domain)) = case.mailfrom.rsplit_once('@') else { continue };
            let snapshot = Snapshot::gather(MailConfig::new(domain), |question| {
                lookup(&scenario.zonedata, question)
            });
            let audit = snapshot.spf();
            let expected = case.result.iter().map(String::as_str).collect::<Vec<_>>();
            let fine = match expected[..] {
                ["permerror"] => is_troubled(&audit),
                ["none"] | ["temperror"] => true,
                _ => match &audit.root.outcome {
                    Outcome::Record { issues, .. } => issues.is_empty(),
                    _ => expected.contains(&"permerror"),
                },
            };
            match fine {
                true => agreed += 1,
                false => differ
                    .push(format!("{} {domain} {expected:?} {:?}", case.id, audit.root.outcome)),
            }
        }
    }
    println!("{agreed} agree; {differ:#?}");
    assert!(agreed >= 200 && differ.is_empty(), "{agreed} agree; {differ:#?}");
}
