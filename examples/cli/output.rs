use std::fs::File;
use std::io::{self, IsTerminal, Write};

use launch_ready::Audited;
use launch_ready::report::TextStyle;

use crate::args::{Common, Format};
use crate::progress;
use crate::run::Failure;

/// Where reports and snapshots go, each as soon as it is ready.
pub(crate) struct Output {
    format: Format,
    style: TextStyle,
    to: Box<dyn Write>,
    save: Option<File>,
}

impl Output {
    pub(crate) fn open(common: &Common) -> Result<Self, Failure> {
        let create = |path: &std::path::PathBuf| {
            File::create(path)
                .map_err(|error| Failure(format!("{} cannot be written: {error}", path.display())))
        };
        let save = common.save.as_ref().map(create).transpose()?;
        let (to, style): (Box<dyn Write>, _) = match &common.output {
            Some(path) => (Box::new(create(path)?), TextStyle::default()),
            None => (Box::new(io::stdout()), terminal_style()),
        };
        Ok(Self { format: common.format, style, to, save })
    }

    pub(crate) fn write(&mut self, audited: &Audited) -> Result<(), Failure> {
        let failed = |error: io::Error| Failure(format!("the report cannot be written: {error}"));
        let text = match self.format {
            Format::Text => audited.report.to_text(self.style),
            Format::Json => audited.report.to_json() + "\n",
        };
        match self.to.write_all(text.as_bytes()).and_then(|()| self.to.flush()) {
            // Whoever reads has seen enough, as in `audit example.com | head`.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            result => result.map_err(failed)?,
        }
        if let Some(save) = &mut self.save {
            writeln!(save, "{}", audited.snapshots.to_json()).map_err(failed)?;
        }
        Ok(())
    }
}

/// As wide as the terminal, coloured unless the user or the terminal objects (no-color.org).
#[allow(clippy::disallowed_methods, reason = "a terminal program is configured by its environment")]
fn terminal_style() -> TextStyle {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    match io::stdout().is_terminal() {
        true => TextStyle::new(columns(), !set("NO_COLOR") && !dumb),
        false => TextStyle::default(),
    }
}

/// Prints what a check has to show beside its findings. `text` makes it, given the columns that it may
/// take.
pub fn show(text: impl FnOnce(usize) -> String) {
    progress::clear();
    println!("{}", text(columns()));
}

fn columns() -> usize {
    match io::stdout().is_terminal() {
        true => terminal_size::terminal_size().map_or(80, |(width, _)| width.0.min(120).into()),
        false => 100,
    }
}
