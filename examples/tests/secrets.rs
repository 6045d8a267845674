//! The binary `secrets` as people and hooks use it: what is looked at, what the report says where,
//! and how it ends.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use launch_ready::core::{Location, Severity};
use launch_ready::report::{Decision, Report};
use launch_ready::secrets::Inventory;

/// `cargo test` builds the examples beside the tests.
fn binary() -> PathBuf {
    let path = std::env::current_exe().expect("a test runs from a file");
    let folder = path.parent().and_then(Path::parent).expect("it lies in the target folder");
    let path = folder.join("examples/secrets");
    assert!(path.exists(), "{} is missing: run `cargo build --examples`", path.display());
    path
}

/// Put together here, so that nothing in this file looks like a key.
fn key(seed: usize) -> String {
    let body: String = "9yXr2Kd0Wm4Zt7Qa1Bv6Np3J".chars().cycle().skip(seed).take(24).collect();
    ["sk_live", "_", &body].concat()
}

fn test_key() -> String {
    key(0).replace("live", "test")
}

struct Project(tempfile::TempDir);

impl Project {
    fn new() -> Self {
        let project = Self(tempfile::tempdir().expect("there is room for a folder"));
        project.git(&["init", "-q", "-b", "main"]);
        project.write("README", "a shop\n");
        project.commit("begin");
        project
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.path().join(name), text).expect("the folder can be written");
    }

    /// Git, untouched by the configuration of the machine.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=A", "-c", "user.email=a@shop.test", "-c", "gc.auto=0"])
            .args(arguments)
            .current_dir(self.path())
            .env("HOME", self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .env_remove("GIT_DIR")
            .env_remove("GIT_INDEX_FILE");
        git
    }

    fn git(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().expect("git is installed");
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout).trim().to_owned()
    }

    /// Commits all of the tree, and tells the id.
    fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn secrets(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command
            .args(arguments)
            .current_dir(self.path())
            .env_remove("GIT_INDEX_FILE")
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.secrets(arguments).output().expect("the example runs")
    }

    fn report(&self, arguments: &[&str]) -> (Report, Option<i32>) {
        report(&self.run(arguments))
    }
}

fn report(output: &Output) -> (Report, Option<i32>) {
    let line = text(&output.stdout);
    let report = Report::from_json(line.trim())
        .unwrap_or_else(|error| panic!("{error}: {line}{}", text(&output.stderr)));
    (report, output.status.code())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("output is UTF-8")
}

/// Path, line, column and commit of each finding, in the order of the report.
fn places(report: &Report) -> Vec<(String, u64, u64, Option<String>)> {
    let place = |location: &Location| match location {
        Location::File { path, line, column, commit, .. } => (
            path.to_string(),
            line.unwrap_or(0),
            column.unwrap_or(0),
            commit.as_ref().map(ToString::to_string),
        ),
        other => panic!("{other:?}"),
    };
    report.risks.iter().map(|risk| place(&risk.finding.subject)).collect()
}

#[test]
fn a_tree_is_read_with_line_and_column() {
    let project = Project::new();
    let (report, code) = project.report(&["--format", "json", "."]);
    assert_eq!((report.decision, code), (Decision::Go, Some(0)));
    project.write("pay.js", format!("// pay\nconst k = \"{}\";\n", key(0)));
    let (report, code) = project.report(&["--format", "json", "."]);
    assert_eq!((report.decision, code), (Decision::NoGo, Some(1)));
    assert_eq!(places(&report), [("pay.js".into(), 2, 12, None)]);
    // One file, and what a test key is worth.
    project.write("pay.js", test_key());
    let (report, code) = project.report(&["--format", "json", "pay.js"]);
    assert_eq!((report.decision, code), (Decision::GoWithRisks, Some(0)));
    assert_eq!(places(&report), [("pay.js".into(), 1, 1, None)]);
}

#[test]
fn history_names_the_commit() {
    let project = Project::new();
    project.write("a.env", format!("A=1\nSTRIPE={}\n", key(0)));
    let brought = project.commit("add");
    project.git(&["rm", "-q", "a.env"]);
    project.commit("remove");
    assert_eq!(project.report(&["--format", "json", "."]).1, Some(0));
    let (report, code) = project.report(&["--git", "--format", "json", "."]);
    assert_eq!(code, Some(1));
    assert_eq!(places(&report), [("a.env".into(), 2, 8, Some(brought.clone()))]);

    let since = |revision: &str| project.report(&["--since", revision, "--format", "json"]);
    assert_eq!(places(&since("HEAD~2").0), [("a.env".into(), 2, 8, Some(brought))]);
    assert_eq!(since("HEAD~1").1, Some(0));
}

#[test]
fn the_staged_change_is_not_the_tree() {
    let project = Project::new();
    project.write("staged", format!("x {}", key(0)));
    project.git(&["add", "staged"]);
    project.write("staged", "x");
    project.write("tree", key(1));
    let (report, code) = project.report(&["--staged", "--format", "json", "."]);
    assert_eq!((places(&report), code), (vec![("staged".into(), 1, 3, None)], Some(1)));
}

#[test]
fn standard_input_is_a_log_or_a_bundle() {
    let project = Project::new();
    let feed = |arguments: &[&str], bytes: &[u8]| {
        let mut child = project
            .secrets(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the example runs");
        child.stdin.take().expect("it was asked for").write_all(bytes).expect("it reads");
        report(&child.wait_with_output().expect("it ends"))
    };
    let log = format!("step 1\nusing {}\n", test_key());
    let (report, code) = feed(&["-", "--context", "log", "--format", "json"], log.as_bytes());
    assert_eq!((places(&report), code), (vec![("standard input".into(), 2, 7, None)], Some(0)));
    assert_eq!(report.risks[0].finding.severity, Severity::Low);
    // In a bundle it means that production runs against a sandbox.
    let (report, _) = feed(&["-", "--context", "bundle", "--format", "json"], log.as_bytes());
    assert_eq!(report.risks[0].finding.severity, Severity::Medium);
    let (_, code) = feed(&["-", "--format", "json"], b"nothing");
    assert_eq!(code, Some(0));
}

#[test]
fn an_inventory_lists_each_secret_once_and_never_shows_it() {
    let project = Project::new();
    project.write("a", key(0));
    project.commit("add");
    project.write("b", format!("\n{}", key(0)));
    project.write(".env.example", "API_URL=\n");
    let written = text(&project.run(&["--git", "--inventory", "."]).stdout);
    for expected in
        ["SECRETS (1)", "CRITICAL Stripe", "a:1:1", "b:2:1", "still there, since", "roll it"]
    {
        assert!(written.contains(expected), "{expected} is missing:\n{written}");
    }
    let json = text(&project.run(&["--git", "--inventory", "--format", "json"]).stdout);
    let inventory: Inventory = serde_json::from_str(&json).expect("an inventory");
    assert_eq!(inventory.secrets.len(), 1);
    assert!(inventory.secrets[0].since.is_some() && inventory.secrets[0].age_days == Some(0));
    assert_eq!(inventory.variables.len(), 1);
    for output in [written, json] {
        assert!(!output.contains(&key(0)[12..]));
    }
}

#[test]
fn lists_and_rules_of_other_scanners_are_read() {
    let project = Project::new();
    project.write("a", format!("{}\n{}\n", key(0), key(1)));
    project.write(".gitleaksignore", "a:stripe-access-token:1\n");
    let (report, _) = project.report(&["--format", "json", "."]);
    assert_eq!(places(&report), [("a".into(), 2, 1, None)]);
    project.write("all", "a:x:1\na:x:2\n");
    assert_eq!(project.report(&["--baseline", "all", "--format", "json", "."]).1, Some(0));
    project.write("b", "voucher k4j2h6g8f1d3s5a7\n");
    let config = "[[rules]]\nid = 'voucher'\nregex = 'voucher ([a-z0-9]{16})'\n\n[[rules]]\nid = 'p'\npath = 'x'\n";
    project.write("rules.toml", config);
    let arguments = ["--baseline", "all", "--rules", "rules.toml", "--format", "json", "."];
    let output = project.run(&arguments);
    assert_eq!(places(&report_of(&output)), [("b".into(), 1, 9, None)]);
    assert_eq!(text(&output.stderr), "rules.toml: line 5: rule `p` has no `regex`\n");
    project.write("rules.toml", "[[");
    assert_eq!(project.run(&arguments).status.code(), Some(2));
}

fn report_of(output: &Output) -> Report {
    report(output).0
}

#[test]
fn misuse_is_one_line_and_exit_code_2() {
    let project = Project::new();
    let outside = tempfile::tempdir().expect("there is room for a folder");
    for (arguments, expected) in [
        (&["--git", "--staged"][..], "cannot be used with"),
        (&["-", "--git"], "standard input has no history"),
        (&["/nowhere", "--inventory"], "/nowhere cannot be read"),
        (&["--context", "moon"], "moon"),
    ] {
        let output = project.run(arguments);
        let complaint = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {complaint}");
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
        assert!(complaint.contains(expected), "{complaint}");
    }
    // What cannot be looked at is undecided, never a pass.
    for arguments in [&["--since", "nowhere"][..], &["--git", &outside.path().to_string_lossy()]] {
        let output = project.run(arguments);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {}", text(&output.stdout));
    }
}

/// The recipe of the readme, with the binary of this build.
fn hook() -> String {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/lr-secrets/README.md");
    let readme = std::fs::read_to_string(readme).expect("the crate has a readme");
    let start = readme.find("#!/bin/sh").expect("the readme has a recipe");
    let recipe = &readme[start..];
    let recipe = &recipe[..recipe.find("```").expect("the recipe ends")];
    assert!(recipe.contains("exec secrets --staged"), "{recipe}");
    recipe.replace("exec secrets", &format!("exec '{}'", binary().display()))
}

#[cfg(unix)]
#[test]
fn the_hook_of_the_readme_keeps_a_key_out_of_every_kind_of_commit() {
    let project = Project::new();
    project.write("pay.js", "fine\n");
    project.commit("pay");
    let hooks = project.path().join(".git/hooks");
    std::fs::create_dir_all(&hooks).expect("it can be made");
    std::fs::write(hooks.join("text"), hook()).expect("the hook can be written");
    // By a program of its own: what this process holds open for writing, a child of another test
    // may hold too, and then nobody can run it.
    let mut install = Command::new("install");
    install.args(["-m", "755", "text", "pre-commit"]).current_dir(&hooks);
    assert!(install.status().expect("every Unix has it").success());
    let commit = |arguments: &[&str]| {
        let arguments = [&["commit", "-q", "-m", "x"], arguments].concat();
        let output = project.command(&arguments).output().expect("git is installed");
        (output.status.success(), text(&output.stdout) + &text(&output.stderr))
    };
    project.write("pay.js", "better\n");
    let (done, said) = commit(&["-a"]);
    assert!(done, "{said}");

    // Staged, taken from the tree, and one path of several: git prepares each in another index.
    project.write("pay.js", format!("{}\n", key(0)));
    for arguments in [&["-a"][..], &["pay.js"]] {
        let (done, said) = commit(arguments);
        assert!(!done && said.contains("Stripe"), "{arguments:?}: {said}");
        assert!(!said.contains(&key(0)));
    }
    project.git(&["add", "pay.js"]);
    let (done, said) = commit(&[]);
    assert!(!done, "{said}");
    // Below the top, too.
    std::fs::create_dir(project.path().join("app")).expect("it can be made");
    let below = project
        .command(&["commit", "-q", "-m", "x"])
        .current_dir(project.path().join("app"))
        .output()
        .expect("git is installed");
    assert!(!below.status.success());

    project.write("pay.js", format!("{} # launch-ready:allow made up for a test\n", key(0)));
    let (done, said) = commit(&["-a"]);
    assert!(done, "{said}");
}
