//! The flags of the `mailauth` binary.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use launch_ready::report::Report;
use lr_lab::{Lab, Zone};

/// `cargo test` builds the examples beside the tests.
fn mailauth() -> Command {
    let mut path = std::env::current_exe().expect("a test runs from a file");
    path.pop();
    path.pop();
    path.push("examples/mailauth");
    assert!(path.exists(), "{} is missing: run `cargo build --examples`", path.display());
    let mut command = Command::new(path);
    command.env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

fn scratch(name: &str) -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("mailauth-{name}"));
    std::fs::create_dir_all(&dir).expect("the target folder can be written");
    dir
}

/// A domain that sends by itself and by one provider.
async fn lab() -> Lab {
    let zone = Zone::new("shop.test").records(
        "@ MX 10 mx
         mx A 11.0.0.25
         @ A 11.0.0.80
         @ TXT \"v=spf1 mx include:sendgrid.net -all\"
         _dmarc TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@shop.test\"
         odd-name._domainkey TXT \"v=DKIM1; p=\"",
    );
    let sender = Zone::new("sendgrid.net").records("@ TXT \"v=spf1 ip4:11.2.0.0/24 -all\"");
    Lab::builder().zone(zone).zone(sender).start().await.expect("the lab starts")
}

fn run(lab: &Lab, dir: &std::path::Path, arguments: &[&str]) -> Output {
    let ca = dir.join("ca.pem");
    std::fs::write(&ca, lab.ca_pem()).expect("the target folder can be written");
    let mut command = mailauth();
    command.arg("--ca").arg(&ca).args(["--now", &lab.now().to_string(), "--format", "json"]);
    let network = lab.network();
    network.nameservers.iter().for_each(|server| {
        command.args(["--nameserver", &server.to_string()]);
    });
    network.routes.iter().for_each(|route| {
        command.args(["--route", &route.to_string()]);
    });
    command.args(arguments).output().expect("the example runs")
}

/// The rules that failed.
fn failed(output: &Output) -> Vec<String> {
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().next().unwrap_or_default();
    let report = Report::from_json(line);
    let report = report.unwrap_or_else(|error| {
        panic!("{error}: {text}{}", String::from_utf8_lossy(&output.stderr))
    });
    report.risks.iter().map(|risk| risk.finding.rule.to_string()).collect()
}

#[tokio::test]
async fn each_flag_makes_a_difference() {
    let lab = lab().await;
    let dir = scratch("flags");
    let with = |arguments: &[&str]| {
        let mut all = vec!["shop.test"];
        all.extend(arguments);
        failed(&run(&lab, &dir, &all))
    };
    let plain = with(&[]);
    for rule in [
        "dkim-revoked",
        "parked-spf",
        "parked-null-mx",
        "bulk-authentication",
        "sender-approved",
        "sender-present",
        "sender-known",
    ] {
        assert!(!plain.contains(&format!("mailauth/{rule}")), "{rule} in {plain:?}");
    }
    for (arguments, rules) in [
        (&["--selector", "odd-name"][..], &["dkim-revoked"][..]),
        (&["--selector", "none", "--selector", "odd-name"], &["dkim-revoked"]),
        (&["--parked"], &["parked-spf", "parked-null-mx"]),
        (&["--bulk-sender", "--selector", "gone"], &["bulk-authentication"]),
        (&["--approve", "mailgun"], &["sender-approved", "sender-present"]),
        (&["--approve", "sendgrid", "--approve", "mailgun"], &["sender-present"]),
    ] {
        let found = with(arguments);
        for rule in rules {
            assert!(found.contains(&format!("mailauth/{rule}")), "{arguments:?}: {found:?}");
        }
    }
    let approved = with(&["--approve", "sendgrid"]);
    assert!(!approved.iter().any(|rule| rule.starts_with("mailauth/sender-")), "{approved:?}");
}

#[tokio::test]
async fn nonsense_is_refused_in_one_line() {
    let lab = lab().await;
    let dir = scratch("nonsense");
    let output = run(&lab, &dir, &["shop.test", "--approve", "nobody knows"]);
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert_ne!(output.status.code(), Some(0));
    assert!(
        said.contains("`nobody knows` is no known provider, domain or address range"),
        "{said}"
    );
}

#[tokio::test]
async fn a_message_tells_its_selectors() {
    let lab = lab().await;
    let dir = scratch("message");
    let file = dir.join("welcome.eml");
    let message = "DKIM-Signature: v=1; a=rsa-sha256; d=shop.test; s=odd-name; h=from; bh=AA==; b=AA==\r\n\
        From: info@shop.test\r\nDate: Sat, 21 Nov 2026 12:00:00 +0000\r\nMessage-ID: <1@shop.test>\r\n\
        \r\nWelcome!\r\n";
    std::fs::write(&file, message).expect("the target folder can be written");
    let file = file.display().to_string();
    // Beside a domain, its selectors are looked at there as well.
    let found = failed(&run(&lab, &dir, &["shop.test", "--message", &file]));
    for rule in ["mailauth/dkim-revoked", "mailauth/message-envelope"] {
        assert!(found.iter().any(|one| one == rule), "{rule} in {found:?}");
    }
    // Alone, only the message is judged; as bulk mail it has to say how to unsubscribe.
    let alone = failed(&run(&lab, &dir, &["--message", &file]));
    assert!(alone.iter().all(|rule| rule.starts_with("mailauth/message-")), "{alone:?}");
    let bulk = failed(&run(&lab, &dir, &["--message", &file, "--bulk-sender"]));
    assert!(bulk.iter().any(|rule| rule == "mailauth/message-unsubscribe"), "{bulk:?}");
}
