//! What scanners are measured on: sources and bundles that many machines have, and few secrets are in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Packages of npm that bring minified bundles.
const PACKAGES: [&str; 9] = [
    "react-dom@18",
    "plotly.js-dist-min@2",
    "three@0.160",
    "monaco-editor@0.45",
    "echarts@5",
    "lodash@4",
    "jquery@3",
    "vue@3",
    "d3@7",
];

/// Copies each `every`th crate that cargo keeps the sources of into `to`.
///
/// # Errors
/// When there are none.
#[allow(clippy::disallowed_methods, reason = "cargo is configured by its environment")]
pub fn sources(to: &Path, every: usize) -> Result<(), String> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let registry = home.ok_or("there is no home folder")?.join("registry/src");
    let indices = fs::read_dir(&registry).map_err(|error| format!("no sources: {error}"))?;
    let mut crates: Vec<_> = (indices.flatten())
        .flat_map(|index| fs::read_dir(index.path()).into_iter().flatten().flatten())
        .map(|it| it.path())
        .collect();
    crates.sort();
    for from in crates.iter().step_by(every) {
        let name = from.file_name().ok_or("a crate has no name")?;
        copy(from, &to.join(name)).map_err(|error| format!("{}: {error}", from.display()))?;
    }
    Ok(())
}

/// Downloads packages of npm and keeps their minified bundles in `to`.
///
/// # Errors
/// Without npm, tar or a network.
pub fn bundles(to: &Path) -> Result<(), String> {
    let packed = to.with_extension("packed");
    fs::create_dir_all(&packed).map_err(|error| error.to_string())?;
    fs::create_dir_all(to).map_err(|error| error.to_string())?;
    for package in PACKAGES {
        run(Command::new("npm").args(["pack", "--silent", package]).current_dir(&packed))?;
    }
    let mut number = 0;
    for package in files(&packed) {
        let folder = package.with_extension("");
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        run(Command::new("tar").arg("xzf").arg(&package).arg("-C").arg(&folder))?;
        for file in files(&folder) {
            let path = file.to_string_lossy();
            if path.ends_with(".min.js") || path.contains("/min/vs/") && path.ends_with(".js") {
                number += 1;
                fs::copy(&file, to.join(format!("{number}.js"))).map_err(|it| it.to_string())?;
            }
        }
    }
    fs::remove_dir_all(&packed).map_err(|error| error.to_string())
}

/// All files below a folder, in order.
#[must_use]
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|it| it.path()).collect();
    paths.sort();
    let below = |path: PathBuf| if path.is_dir() { files(&path) } else { vec![path] };
    paths.into_iter().flat_map(below).collect()
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    for file in files(from) {
        let Ok(inner) = file.strip_prefix(from) else { continue };
        let target = to.join(inner);
        fs::create_dir_all(target.parent().unwrap_or(to))?;
        fs::copy(&file, target)?;
    }
    Ok(())
}

fn run(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    match command.output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            Err(format!("{name}: {}", text.lines().last().unwrap_or("it failed")))
        }
        Err(error) => Err(format!("{name}: {error}")),
    }
}
