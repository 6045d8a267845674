//! Zonemaster's own scenarios, replayed from its recordings over real sockets, where they are present
//! in a folder above (`shared/data/dns/zonemaster`); see `mapping.json` for what is compared.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test tells what it counted")]

mod mapping;
mod recording;
mod replay;

use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use lr_core::{CheckRun, Context};
use lr_dns::{Answer, Asked, DnsCheck, DnsConfig, Endpoint, NameServer, Policy, Snapshot};

use crate::mapping::Mapping;
use crate::recording::{Scenario, Suite};
use crate::replay::{Replay, Tally, port_53};

fn mapping() -> Mapping {
    serde_json::from_str(include_str!("mapping.json")).unwrap()
}

fn suites() -> Vec<Suite> {
    let Some(folder) = recording::folder() else { return Vec::new() };
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|e| e == "json")).collect();
    files.sort();
    files.iter().map(|path| Suite::read(path)).collect()
}

async fn audit(scenario: &Scenario, cx: &Context) -> CheckRun {
    let mut config = DnsConfig::new(&scenario.zone);
    config.roots = scenario.roots.iter().map(port_53).collect();
    let given = scenario.delegation.iter();
    config.name_servers = given.map(|(name, ips)| (name.clone(), ips.clone())).collect();
    lr_core::run(&DnsCheck::with_config(config), cx).await
}

/// Scenarios at once: those that meet silence wait, and the others need not wait for them.
const AT_ONCE: usize = 16;

/// A scenario of a suite, and the servers that it meets.
struct Job {
    suite: String,
    scenario: Scenario,
    replay: Arc<Replay>,
}

impl Job {
    async fn run(&self) -> CheckRun {
        audit(&self.scenario, &self.replay.context(&self.scenario).await).await
    }
}

/// A verdict of Zonemaster's that a rule has something to say about, and whether it says the same.
struct Verdict {
    shown: String,
    same: bool,
}

fn verdicts(mapping: &Mapping, job: &Job, run: &CheckRun) -> Vec<Verdict> {
    let Job { suite, scenario, .. } = job;
    assert_eq!(run.error, None, "{suite} {}", scenario.name);
    let mandatory = scenario.mandatory.iter().map(|tag| (tag, true));
    let all = mandatory.chain(scenario.forbidden.iter().map(|tag| (tag, false)));
    let all = all
        .filter(|(tag, _)| !mapping.differences.contains_key(&format!("{} {tag}", scenario.name)));
    let mapped = all.filter_map(|(tag, wanted)| Some((tag, wanted, mapping.mapped.get(tag)?)));
    mapped
        .map(|(tag, wanted, meanings)| {
            let expected = if wanted { "mandatory" } else { "forbidden" };
            Verdict {
                shown: format!(
                    "{suite} {} ({}): {tag} is {expected}",
                    scenario.name, scenario.zone
                ),
                same: meanings.iter().any(|meaning| meaning.is_seen(run)) == wanted,
            }
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn verdicts_are_those_of_zonemaster() {
    let mapping = mapping();
    let mut jobs = Vec::new();
    for suite in suites() {
        let (name, scenarios) = (suite.name.clone(), suite.scenarios.clone());
        let replay = Arc::new(Replay::start(suite).await);
        for scenario in scenarios {
            let mut tags = scenario.mandatory.iter().chain(&scenario.forbidden);
            let concerns_us = tags.any(|tag| mapping.mapped.contains_key(tag));
            if let Some(why) = scenario.left_out {
                println!("left out: {name} {}: {why}", scenario.name);
            } else if concerns_us {
                jobs.push(Job { suite: name.clone(), scenario, replay: Arc::clone(&replay) });
            }
        }
    }
    let runs = jobs.iter().map(|job| async move { (job, job.run().await) });
    let runs: Vec<_> = stream::iter(runs).buffer_unordered(AT_ONCE).collect().await;
    let mut tally = Tally::new();
    let (mut wrong, mut todo) = (Vec::new(), Vec::new());
    for (job, mut run) in runs {
        // On a busy machine an answer can come too late: what differs is looked at by itself.
        if verdicts(&mapping, job, &run).iter().any(|verdict| !verdict.same) {
            run = job.run().await;
        }
        let count = tally.entry(job.suite.clone()).or_default();
        for verdict in verdicts(&mapping, job, &run) {
            count.1 += 1;
            if verdict.same {
                count.0 += 1;
                continue;
            }
            println!("{}\n{}", verdict.shown, shown(&run));
            if job.scenario.todo {
                todo.push(verdict.shown.clone());
            }
            wrong.push(verdict.shown);
        }
    }
    for (suite, (right, all)) in &tally {
        println!("{suite}: {right} of {all}");
    }
    let all: usize = tally.values().map(|(_, all)| all).sum();
    let right = all - wrong.len();
    println!("{right} of {all} verdicts; other:\n{}", wrong.join("\n"));
    assert!(right * 100 >= all * 95, "{right} of {all}");
    assert!(todo.is_empty(), "upstream's todo: {todo:?}");
}

/// What was found, for those who look into a difference.
fn shown(run: &CheckRun) -> String {
    let findings = run.findings.iter().map(|f| format!("    {} {}", f.key, f.detail));
    findings.collect::<Vec<_>>().join("\n")
}

/// Suites whose tags are all in the mapping. Others, which may lie beside them, are told about.
const KNOWN: [&str; 10] = [
    "Test-address01",
    "Test-address03",
    "Test-basic02",
    "Test-consistency06",
    "Test-delegation01",
    "Test-delegation02",
    "Test-dnssec01",
    "Test-dnssec05",
    "Test-nameserver15",
    "Test-zone09",
];

#[test]
fn every_tag_is_mapped_or_has_its_reason() {
    let mapping = mapping();
    for suite in suites() {
        for scenario in &suite.scenarios {
            for tag in scenario.mandatory.iter().chain(&scenario.forbidden) {
                let known = [mapping.mapped.contains_key(tag), mapping.unmapped.contains_key(tag)];
                assert_ne!(known, [true; 2], "{tag} is mapped, and is not");
                if known == [false; 2] {
                    println!("{} {}: {tag} is not in the mapping", suite.name, scenario.name);
                    assert!(!KNOWN.contains(&suite.name.as_str()), "{}: {tag}", suite.name);
                }
            }
        }
    }
    for (tag, meanings) in &mapping.mapped {
        for rule in meanings.iter().flat_map(|meaning| meaning.rules()) {
            assert!(lr_dns::RULES.iter().any(|known| known.id == rule), "{tag}: {rule}");
        }
    }
    assert!(
        mapping.unmapped.values().chain(mapping.differences.values()).all(|why| why.len() > 10)
    );
}

/// Every response, and each with bits turned over and cut off, is read or refused, and judged.
#[test]
fn every_response_has_an_outcome() {
    let (mut all, mut in_part, mut number) = (0usize, 0usize, 0x9e37_79b9_7f4a_7c15u64);
    for suite in suites() {
        for response in suite.responses() {
            let answer = Answer::read(response, "NS").expect("there is a header and a question");
            all += 1;
            in_part += usize::from(answer.unreadable > 0);
            let judged = all % 16 == 1;
            if judged {
                judge(answer);
            }
            for _ in 0..2 {
                // A pseudo-random walk: the same mutations every time.
                number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let at = usize::try_from(number >> 33).unwrap() % response.len();
                let mut changed = response.to_vec();
                changed[at] ^= 1 << (number >> 5 & 7);
                for bytes in [changed.as_slice(), &response[..at]] {
                    if let Some(answer) = Answer::read(bytes, "NS")
                        && judged
                    {
                        judge(answer);
                    }
                }
            }
        }
    }
    assert!(in_part <= all);
    println!("{all} responses, {in_part} read in part");
}

fn judge(answer: Answer) {
    let address = "11.0.0.1".parse().unwrap();
    let mut server = NameServer::new("ns.shop.test", Ok(vec![address]));
    server.endpoints =
        vec![Endpoint::new(address, vec![Asked::new("shop.test", "NS", Ok(answer))])];
    let mut seen = Snapshot::default();
    seen.domain = "shop.test".into();
    seen.zone = Some("shop.test".into());
    seen.servers = vec![server];
    let policy = Policy::default();
    let run = lr_core::record("dns", lr_dns::RULES, |out| lr_dns::judge(&seen, &policy, out));
    assert_eq!(run.error, None);
}
