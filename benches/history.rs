//! Scanning a git history against what git needs to write it out:
//! `cargo bench --bench history [-- path/to/repository]`.
//!
//! Without a path, a history of some thousand commits is made first. Figures are seconds of
//! processor time, of all threads and processes together, so that a busy machine changes little.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use launch_ready::core::Context;
use launch_ready::secrets::{Policy, Span, scan_history};

/// Commits of the history that is made.
const COMMITS: usize = 5000;
/// Files in it.
const FILES: usize = 150;

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with('-'));
    if let Some(root) = arguments.next_back().filter(|argument| argument == "scan") {
        // The child whose time is measured.
        let _ = root;
        let path = std::env::args().nth(1).unwrap_or_default();
        scan(Path::new(&path));
        return;
    }
    let given = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let made = std::env::temp_dir().join(format!("launch-ready-history-{}", std::process::id()));
    let path = given.map_or_else(|| made.clone(), PathBuf::from);
    if path == made {
        make(&made);
    }
    let myself = std::env::current_exe().expect("the bench runs");
    let mut ours = Command::new(myself);
    ours.arg(&path).arg("scan");
    let ours = seconds(&mut ours);
    let mut objects = git(&path);
    objects.args(["cat-file", "--batch-all-objects", "--batch"]);
    let objects = seconds(&mut objects);
    let mut log = git(&path);
    log.args(["log", "-p", "-U0", "--all"]);
    let log = seconds(&mut log);
    println!("scan_history                              {ours:8.3} s");
    println!(
        "git cat-file --batch-all-objects --batch  {objects:8.3} s, ratio {:.2}",
        ours / objects
    );
    println!("git log -p -U0 --all                      {log:8.3} s, ratio {:.2}", ours / log);
    if path == made {
        let _ = std::fs::remove_dir_all(&made);
    }
}

fn scan(path: &Path) {
    let seen = scan_history(path, &Span::Everything, &Policy::new(), &Context::new());
    let seen = seen.expect("there is a repository");
    eprintln!("{} objects, {} MB, {} places", seen.files, seen.bytes >> 20, seen.found.len());
}

/// Processor time of a child and its children, by the shell's `times`: the least of three runs.
fn seconds(command: &mut Command) -> f64 {
    let quoted = |text: &std::ffi::OsStr| format!("'{}'", text.to_string_lossy());
    let mut line = quoted(command.get_program());
    for argument in command.get_args() {
        line += " ";
        line += &quoted(argument);
    }
    let script = format!("{line} >/dev/null; times");
    let run = || {
        let output = Command::new("bash").args(["-c", &script]).stderr(Stdio::inherit()).output();
        let text = String::from_utf8(output.expect("there is bash").stdout).unwrap_or_default();
        let minutes = |word: &str| {
            let (minutes, seconds) = word.trim_end_matches('s').split_once('m')?;
            Some(minutes.parse::<f64>().ok()? * 60.0 + seconds.parse::<f64>().ok()?)
        };
        let children = text.lines().last().unwrap_or_default();
        children.split_whitespace().filter_map(minutes).sum::<f64>()
    };
    (0..3).map(|_| run()).fold(f64::MAX, f64::min)
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
