//! What a process costs: its own time on the processors, whatever else the machine does, and memory.

use std::path::Path;
use std::process::Command;

/// The arguments of a bench that measures itself in children; nothing if this is such a child, which
/// has done what it is for: to `scan` a path.
#[must_use]
pub fn parent(scan: impl FnOnce(&Path)) -> Option<Vec<String>> {
    let arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with('-'));
    let arguments: Vec<_> = arguments.collect();
    match arguments.as_slice() {
        [path, what] if what == "scan" => {
            scan(Path::new(path));
            None
        }
        _ => Some(arguments),
    }
}

/// A child that scans a path, whose time can be measured.
///
/// # Panics
/// If the bench cannot be found any more.
#[must_use]
pub fn this_scans(path: &Path) -> Command {
    let mut child = Command::new(std::env::current_exe().expect("the bench runs"));
    child.arg(path).arg("scan");
    child
}

/// The most memory that this process had, as Linux tells it.
#[must_use]
pub fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.map_or_else(
        || "memory unknown".into(),
        |kilobytes| format!("{} MB at the peak", kilobytes >> 10),
    )
}

/// Processor time of a child and its children, by the shell's `times`: the least of some runs. What
/// they write is dropped.
///
/// # Panics
/// Without a bash that can be started.
#[must_use]
pub fn seconds(command: &mut Command, runs: u32) -> f64 {
    let quoted = |text: &std::ffi::OsStr| format!("'{}'", text.to_string_lossy());
    let mut line = quoted(command.get_program());
    for argument in command.get_args() {
        line += " ";
        line += &quoted(argument);
    }
    let script = format!("{line} >/dev/null 2>&1; times");
    let folder = command.get_current_dir().unwrap_or(Path::new("."));
    let run = || {
        let output = Command::new("bash").args(["-c", &script]).current_dir(folder).output();
        let text = String::from_utf8(output.expect("there is bash").stdout).unwrap_or_default();
        let minutes = |word: &str| {
            let (minutes, seconds) = word.trim_end_matches('s').split_once('m')?;
            Some(minutes.parse::<f64>().ok()? * 60.0 + seconds.parse::<f64>().ok()?)
        };
        let children = text.lines().last().unwrap_or_default();
        children.split_whitespace().filter_map(minutes).sum::<f64>()
    };
    (0..runs).map(|_| run()).fold(f64::MAX, f64::min)
}
