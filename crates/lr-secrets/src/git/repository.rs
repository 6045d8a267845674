//! Where a repository keeps what.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Bytes of a small file that are read: `HEAD`, `config`, `shallow`.
const SMALL: u64 = 1 << 20;
/// Repositories that lend each other objects, one after the other.
const LENDERS: usize = 8;

/// The directories of a repository.
#[derive(Clone, Debug)]
pub(crate) struct Repository {
    /// What belongs to this work tree alone: `HEAD`, `index`.
    pub(crate) own: PathBuf,
    /// The top of the work tree, if there is one.
    pub(crate) top: Option<PathBuf>,
    /// What all work trees share: references, configuration.
    pub(crate) common: PathBuf,
    /// Object databases: its own, then those that it borrows from.
    pub(crate) objects: Vec<PathBuf>,
    /// Bytes of an object id.
    pub(crate) width: usize,
    /// History ends at commits whose parents were not fetched.
    pub(crate) is_shallow: bool,
    /// References are kept in a format of their own.
    pub(crate) has_reftable: bool,
}

impl Repository {
    /// The repository that `path` lies in, or is.
    pub(crate) fn find(path: &Path) -> io::Result<Option<Self>> {
        let path = fs::canonicalize(path)?;
        for folder in path.ancestors() {
            let inner = folder.join(".git");
            let top = Some(folder.to_owned());
            if let Some(found) = Self::open(&inner)? {
                return Ok(Some(Self { top, ..found }));
            }
            if inner.is_file()
                && let Some(target) = read_line(&inner)?
                && let Some(target) = target.strip_prefix("gitdir: ")
                && let Some(found) = Self::open(&folder.join(target))?
            {
                return Ok(Some(Self { top, ..found }));
            }
            // A bare one.
            if let Some(found) = Self::open(folder)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Where what belongs to one work tree is kept, for each of them: this one first.
    pub(crate) fn work_trees(&self) -> Vec<PathBuf> {
        let mut folders = vec![self.own.clone(), self.common.clone()];
        let others = fs::read_dir(self.common.join("worktrees")).into_iter().flatten().flatten();
        let mut others: Vec<_> = others.map(|entry| entry.path()).collect();
        others.sort();
        folders.extend(others);
        folders
    }

    fn open(own: &Path) -> io::Result<Option<Self>> {
        if !own.join("HEAD").is_file() {
            return Ok(None);
        }
        let common = match read_line(&own.join("commondir"))? {
            Some(common) => own.join(common),
            None => own.to_owned(),
        };
        let mut objects = vec![common.join("objects")];
        if !objects[0].is_dir() {
            return Ok(None);
        }
        let mut at = 0;
        while at < objects.len() && objects.len() < LENDERS {
            objects.extend(lenders(&objects[at])?);
            at += 1;
        }
        objects.truncate(LENDERS);
        let config = read_small(&common.join("config"), SMALL)?.unwrap_or_default();
        let config = String::from_utf8_lossy(&config).to_ascii_lowercase();
        let is = |key: &str, value: &str| {
            config
                .lines()
                .filter_map(|line| line.split_once('='))
                .any(|(there, what)| there.trim() == key && what.trim().trim_matches('"') == value)
        };
        Ok(Some(Self {
            own: own.to_owned(),
            top: None,
            width: if is("objectformat", "sha256") { 32 } else { 20 },
            is_shallow: read_line(&common.join("shallow"))?.is_some(),
            has_reftable: is("refstorage", "reftable"),
            objects,
            common,
        }))
    }
}

/// The object databases that the one in `objects` borrows from.
fn lenders(objects: &Path) -> io::Result<Vec<PathBuf>> {
    let list = read_small(&objects.join("info/alternates"), SMALL)?.unwrap_or_default();
    let list = String::from_utf8_lossy(&list);
    let lines = list.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    Ok(lines.map(|line| objects.join(line)).take(LENDERS).collect())
}

/// The first line of a small file, if there is one.
pub(crate) fn read_line(path: &Path) -> io::Result<Option<String>> {
    let Some(bytes) = read_small(path, SMALL)? else { return Ok(None) };
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.lines().next().map(|line| line.trim_end().to_owned()).filter(|line| !line.is_empty()))
}

/// A regular file, if there is one. What is no file is never opened: it could block for ever.
pub(crate) fn read_small(path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return Ok(None),
        Err(error) if is_absent(&error) => return Ok(None),
        Err(error) => return Err(error),
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
