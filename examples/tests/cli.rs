//! The binaries as scripts use them: exit codes, one line of complaint, JSON, replay, interrupts.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use launch_ready::report::{Decision, Report};
use lr_lab::{Fault, Lab, Launch};

/// `cargo test` builds the examples beside the tests.
fn example(name: &str) -> Command {
    let mut path = std::env::current_exe().expect("a test runs from a file");
    path.pop();
    path.pop();
    path.push("examples");
    path.push(name);
    assert!(path.exists(), "{} is missing: run `cargo build --examples`", path.display());
    let mut command = Command::new(path);
    command.env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

fn run(name: &str, arguments: &[&str]) -> Output {
    example(name).args(arguments).output().expect("the example runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("output is UTF-8")
}

fn reports(output: &Output) -> Vec<Report> {
    let lines = text(&output.stdout);
    lines.lines().map(|line| Report::from_json(line).expect("a report per line")).collect()
}

fn scratch(name: &str) -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&dir).expect("the target folder can be written");
    dir
}

async fn lab(launch: Launch) -> Lab {
    Lab::builder().launch(launch).start().await.expect("the lab starts")
}

/// The flags that lead a binary into the lab.
fn flags(lab: &Lab, dir: &std::path::Path) -> Vec<String> {
    let ca = dir.join("ca.pem");
    std::fs::write(&ca, lab.ca_pem()).expect("the target folder can be written");
    let network = lab.network();
    let mut flags = vec!["--ca".into(), ca.display().to_string()];
    flags.extend(["--now".into(), lab.now().to_string()]);
    for server in &network.nameservers {
        flags.extend(["--nameserver".into(), server.to_string()]);
    }
    for route in &network.routes {
        flags.extend(["--route".into(), route.to_string()]);
    }
    flags
}

#[test]
fn misuse_is_one_clear_line_and_exit_code_2() {
    let dir = scratch("misuse");
    let config = dir.join("launch-ready.toml");
    std::fs::write(&config, "domain = \"shop.test\"\n\ncanonicol = \"https://shop.test/\"\n")
        .expect("the target folder can be written");
    let config = config.display().to_string();
    let missing = dir.join("missing.pem").display().to_string();
    let empty = dir.join("empty.pem");
    std::fs::write(&empty, "no certificate\n").expect("the target folder can be written");
    let empty = empty.display().to_string();
    let local = ["--nameserver", "127.0.0.1:9"];
    let cases: [(&str, Vec<&str>, &str); 12] = [
        ("audit", vec!["--nope"], "--nope"),
        ("audit", vec![], "no target"),
        ("audit", vec!["not a host"], "not a host name"),
        ("dns", vec!["1.2.3.4"], "it is an address"),
        (
            "audit",
            vec!["--config", &config],
            "line 3: unknown key `canonicol`; did you mean `canonical`?",
        ),
        ("audit", vec!["--config", "/nowhere.toml"], "/nowhere.toml"),
        ("tls", vec!["--ca", &missing, "shop.test"], "missing.pem cannot be read"),
        ("tls", vec!["--ca", &empty, "shop.test"], "holds no certificate"),
        ("dns", vec!["--route", "shop.test=1.2.3.4", "shop.test"], "HOST:PORT"),
        ("dns", vec!["--now", "yesterday", "shop.test"], "RFC 3339"),
        ("latency", vec!["ftp://shop.test/"], "only http and https"),
        ("secrets", vec!["/nowhere"], "/nowhere"),
    ];
    for (name, mut arguments, expected) in cases {
        arguments.extend(local);
        let output = run(name, &arguments);
        let complaint = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{name} {arguments:?}: {complaint}");
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
        assert!(complaint.contains(expected), "{complaint}");
        assert!(output.stdout.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_launch_is_a_go_and_replays_to_the_same_bytes() {
    let lab = lab(Launch::healthy("shop.test")).await;
    let dir = scratch("healthy");
    let kept = dir.join("kept.json").display().to_string();
    let mut arguments = flags(&lab, &dir);
    arguments.extend(["--format", "json", "--save", &kept, "shop.test"].map(String::from));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = run("audit", &arguments);
    let report = reports(&output).remove(0);
    let worrying: Vec<_> = report
        .risks
        .iter()
        .filter(|risk| risk.finding.severity >= launch_ready::core::Severity::Medium)
        .map(|risk| (&risk.finding.key, &risk.finding.detail))
        .collect();
    assert!(worrying.is_empty(), "{worrying:#?}");
    assert!(matches!(report.decision, Decision::Go | Decision::GoWithRisks));
    assert_eq!(output.status.code(), Some(0));

    lab.clear_log();
    let replayed = run("audit", &["--replay", &kept, "--format", "json", "--ca", arguments[1]]);
    assert_eq!(text(&replayed.stdout), text(&output.stdout));
    assert!(lab.log().is_empty(), "a replay touches no network");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_targets_give_a_line_each() {
    let lab = lab(Launch::healthy("shop.test")).await;
    let dir = scratch("several");
    let mut arguments = flags(&lab, &dir);
    arguments.extend(["--format", "json", "shop.test", "nowhere.test"].map(String::from));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = run("dns", &arguments);
    let mut reports = reports(&output);
    reports.sort_by(|a, b| a.target.cmp(&b.target));
    let decisions: Vec<_> = reports.iter().map(|r| (r.target.as_str(), r.decision)).collect();
    assert_eq!(decisions[0], ("nowhere.test", Decision::NoGo));
    assert_eq!(decisions[1].0, "shop.test");
    assert_eq!(output.status.code(), Some(1), "the worst decision counts");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_answer_leaves_the_rest_intact_and_undecided() {
    let mut launch = Launch::healthy("shop.test");
    for name in ["shop.test", "www.shop.test"] {
        launch = launch.edit_site(name, |site| site.tls_fault(lr_lab::TlsFault::Silence));
    }
    let lab = lab(launch.nameserver_fault("ns2.shop.test", Fault::Silent)).await;
    let dir = scratch("silent");
    let mut arguments = flags(&lab, &dir);
    arguments.extend(["--format", "json", "--timeout", "4", "shop.test"].map(String::from));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let started = Instant::now();
    let output = run("audit", &arguments);
    // Two phases of four seconds each, and some for a busy machine.
    assert!(started.elapsed() < Duration::from_secs(11), "{:?}", started.elapsed());
    let report = reports(&output).remove(0);
    assert_eq!(report.checks.len(), 5);
    let failed: Vec<&str> = report.risks.iter().map(|risk| risk.finding.rule.as_str()).collect();
    assert!(failed.iter().any(|rule| rule.starts_with("dns/")), "{failed:?}");
    assert!(!failed.iter().any(|rule| rule.starts_with("latency/")), "{failed:?}");
    let mail = report.checks.iter().find(|check| check.check == "mailauth").expect("it ran");
    assert!(mail.error.is_none());
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_prints_what_was_found_so_far() {
    let mut launch = Launch::healthy("shop.test");
    launch = launch.edit_site("shop.test", |site| site.tls_fault(lr_lab::TlsFault::Silence));
    let lab = lab(launch).await;
    let dir = scratch("interrupt");
    let mut arguments = flags(&lab, &dir);
    arguments.extend(["--format", "json", "--timeout", "60", "shop.test"].map(String::from));
    let child =
        example("audit").args(&arguments).stdout(Stdio::piped()).spawn().expect("the example runs");
    // Once it has asked for something, it can be interrupted.
    let patience = Instant::now();
    while lab.connections().is_empty() && patience.elapsed() < Duration::from_secs(30) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let signalled = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(signalled.expect("kill runs").success());
    let output = child.wait_with_output().expect("it ends");
    let report = reports(&output).remove(0);
    assert!(report.incomplete.is_some());
    assert_eq!(report.checks.len(), 5, "every check is accounted for");
}

#[test]
fn the_demo_finds_its_faults_and_shows_the_map() {
    let output = run("audit", &["--demo"]);
    let text = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    for expected in ["NO-GO", "api.shop.test", "DEPLOYMENT MAP", "CHECKED AND PASSED", "DECISION"] {
        assert!(text.contains(expected), "{expected} is missing:\n{text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 80), "80 columns stay readable");
    assert!(!text.contains('\u{1b}'), "no colours into a pipe");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_received_message_is_looked_at_from_its_file() {
    let lab = lab(Launch::healthy("shop.test")).await;
    let dir = scratch("message");
    let file = dir.join("welcome.eml");
    let message = "Return-Path: <info@shop.test>\r\n\
        Received: from mail.shop.test ([11.255.0.1]) by mx.receiver.test; \
        Sat, 21 Nov 2026 12:00:00 +0000\r\n\
        From: info@shop.test\r\nDate: Sat, 21 Nov 2026 12:00:00 +0000\r\nMessage-ID: <1@shop.test>\r\n\
        \r\nWelcome! http://localhost:3000/confirm?token=1\r\n";
    std::fs::write(&file, message).expect("the target folder can be written");
    let mut arguments = flags(&lab, &dir);
    arguments.extend(["--format", "json", "--message"].map(String::from));
    arguments.push(file.display().to_string());
    let output = example("mailauth").args(&arguments).output().expect("the example runs");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let report = reports(&output).remove(0);
    let failed: Vec<&str> = report.risks.iter().map(|risk| risk.finding.rule.as_str()).collect();
    for rule in ["link-public", "aligned", "dmarc", "spf", "dkim-signed", "envelope"] {
        let rule = format!("mailauth/message-{rule}");
        assert!(failed.contains(&rule.as_str()), "{rule} is missing: {failed:?}");
    }
    assert!(!text(&output.stdout).contains("token=1"));

    // Who handed it in can be said; a file that is not there is misuse.
    arguments
        .extend(["--client-ip", "11.255.0.2", "--mail-from", "info@shop.test"].map(String::from));
    let output = example("mailauth").args(&arguments).output().expect("the example runs");
    let report = reports(&output).remove(0);
    let envelope = "mailauth/message-envelope";
    assert!(report.risks.iter().all(|risk| risk.finding.rule.as_str() != envelope));
    let output = run("mailauth", &["--message", "/nowhere.eml", "--nameserver", "127.0.0.1:9"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("/nowhere.eml cannot be read"));
}
