use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};

use launch_ready::core::{Event, Observer};

/// One line on standard error that tells what runs, for a terminal only.
pub(crate) fn observer() -> Option<Arc<dyn Observer>> {
    io::stderr().is_terminal().then(|| Arc::new(Progress::default()) as Arc<dyn Observer>)
}

/// Takes the line away, so that something else can be printed.
pub(crate) fn clear() {
    if io::stderr().is_terminal() {
        // Nobody to tell if the terminal is gone.
        let _ = write!(io::stderr(), "{ERASE}");
    }
}

/// Back to the first column, and "erase line" of ECMA-48.
const ERASE: &str = "\r\u{1b}[2K";

#[derive(Default)]
struct Progress {
    running: Mutex<Vec<(String, String)>>,
}

impl Observer for Progress {
    fn event(&self, event: &Event<'_>) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let mut done = None;
        match event {
            Event::Started { check } => running.push(((*check).into(), String::new())),
            Event::Progress { check, doing, done, total, .. } => {
                let of = total.map(|total| format!("/{total}")).unwrap_or_default();
                let bar = total.map(|total| bar(*done, total)).unwrap_or_default();
                if let Some(entry) = running.iter_mut().find(|(name, _)| name == check) {
                    entry.1 = format!(" {bar}{done}{of} {doing}");
                }
            }
            Event::Finished { run } => {
                running.retain(|(name, _)| *name != run.check);
                let findings = run.findings.len();
                done = Some(format!("{:<10} {findings} findings", run.check));
            }
            _ => return,
        }
        let line: Vec<_> = running.iter().map(|(name, doing)| format!("{name}{doing}")).collect();
        let mut stderr = io::stderr().lock();
        // It is kept to one line; what is done stays above it.
        let _ = write!(stderr, "{ERASE}");
        if let Some(done) = done {
            let _ = writeln!(stderr, "{done}");
        }
        if !line.is_empty() {
            let shown: String = format!("… {}", line.join(", ")).chars().take(78).collect();
            let _ = write!(stderr, "{shown}");
        }
        let _ = stderr.flush();
    }
}

/// As much of ten blocks as is done.
fn bar(done: u64, total: u64) -> String {
    let full = (done.min(total) * 10 / total.max(1)) as usize;
    format!("{}{} ", "█".repeat(full), "░".repeat(10 - full))
}
