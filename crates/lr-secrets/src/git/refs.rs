//! References: what branches, tags, stash and notes point to.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::git::id::Id;
use crate::git::object::{Commit, Kind, tagged};
use crate::git::reftable::{self, Target};
use crate::git::repository::{Repository, read_line, read_small};
use crate::git::store::Access;

/// Bytes of the packed references and of the stash's log that are read.
const LARGE: u64 = 256 << 20;
/// Directories below `refs` that are entered.
const DEPTH: usize = 16;
/// References to references, one after the other.
const LINKS: usize = 5;
/// Steps that a revision such as `HEAD~3^2` may take.
const STEPS: u64 = 1_000_000;

/// Whether there is a way to know the references.
pub(crate) fn are_known(repository: &Repository) -> bool {
    !repository.has_reftable || tables(repository, &repository.common).is_some()
}

/// The references of a work tree or of all, where they are kept in tables.
fn tables(repository: &Repository, folder: &Path) -> Option<BTreeMap<String, Target>> {
    reftable::read(&folder.join("reftable"), repository.width)
}

/// Every reference with the object that it points to, in order of names.
pub(crate) fn all(repository: &Repository) -> Vec<(String, Id)> {
    let mut found = Vec::new();
    if repository.has_reftable {
        for folder in repository.work_trees() {
            let there = tables(repository, &folder).into_iter().flatten();
            found.extend(there.filter_map(|(name, target)| match target {
                Target::Object(id) => Some((name, id)),
                Target::Link(_) => None,
            }));
        }
        // Traces of what was done, such as `ORIG_HEAD`, lead nowhere.
        found.retain(|(name, _)| name == "HEAD" || name.starts_with("refs/"));
        found.sort();
        found.dedup();
        return found;
    }
    walk(&repository.common.join("refs"), "refs", DEPTH, &mut found);
    let packed = read_small(&repository.common.join("packed-refs"), LARGE).ok().flatten();
    for line in packed.as_deref().unwrap_or_default().split(|byte| *byte == b'\n') {
        let Some(space) = memchr::memchr(b' ', line) else { continue };
        if let Some(id) = Id::parse(&line[..space]) {
            found.push((String::from_utf8_lossy(&line[space + 1..]).into_owned(), id));
        }
    }
    // A loose one comes first and wins.
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found.dedup_by(|next, first| next.0 == first.0);
    for head in repository.work_trees() {
        let id =
            read_line(&head.join("HEAD")).ok().flatten().and_then(|it| Id::parse(it.as_bytes()));
        found.extend(id.map(|id| ("HEAD".to_owned(), id)));
    }
    found
}

/// All entries of the stash: only its log knows those below the top.
pub(crate) fn stashed(repository: &Repository) -> Vec<Id> {
    let log = read_small(&repository.common.join("logs/refs/stash"), LARGE).ok().flatten();
    let log = log.unwrap_or_default();
    let lines = log.split(|byte| *byte == b'\n');
    lines.filter_map(|line| Id::parse(line.split(|byte| *byte == b' ').nth(1)?)).collect()
}

/// What `HEAD` points to; `None` before the first commit.
pub(crate) fn head(repository: &Repository) -> Option<Id> {
    if repository.has_reftable {
        let mut known = tables(repository, &repository.common)?;
        if repository.own != repository.common {
            known.extend(tables(repository, &repository.own)?);
        }
        let mut name = "HEAD";
        for _ in 0..LINKS {
            match known.get(name)? {
                Target::Object(id) => return Some(*id),
                Target::Link(next) => name = next,
            }
        }
        return None;
    }
    let mut name = "HEAD".to_owned();
    for _ in 0..LINKS {
        let folder = if name == "HEAD" { &repository.own } else { &repository.common };
        match read_line(&folder.join(&name)).ok()? {
            Some(line) => match line.strip_prefix("ref: ") {
                Some(next) if is_name(next) => name = next.trim().to_owned(),
                _ => return Id::parse(line.as_bytes()),
            },
            None => return all(repository).into_iter().find(|(it, _)| *it == name).map(|it| it.1),
        }
    }
    None
}

/// The commit that a revision names: `main`, `v1.2`, `origin/main`, `HEAD~3`, `3f2a9c1`.
pub(crate) fn resolve(revision: &str, access: &mut Access<'_>) -> Option<Id> {
    let end = revision.find(['~', '^']).unwrap_or(revision.len());
    let (name, mut rest) = revision.split_at(end);
    let mut at = commit(named(name, access)?, access)?;
    while let Some(kind) = rest.chars().next() {
        let digits = rest[1..].bytes().take_while(u8::is_ascii_digit).count();
        let number = if digits == 0 { 1 } else { rest[1..=digits].parse::<u64>().ok()? };
        rest = &rest[digits + 1..];
        match kind {
            '~' if number <= STEPS => {
                for _ in 0..number {
                    at.0 = *at.1.parents.first()?;
                    at = commit(at.0, access)?;
                }
            }
            '^' if number > 0 => {
                at = commit(*at.1.parents.get(usize::try_from(number).ok()? - 1)?, access)?;
            }
            '^' => {}
            _ => return None,
        }
    }
    Some(at.0)
}

fn named(name: &str, access: &Access<'_>) -> Option<Id> {
    let repository = &access.store.repository;
    if matches!(name, "HEAD" | "@") {
        return head(repository);
    }
    if let Some(id) = Id::parse(name.as_bytes()) {
        return Some(id);
    }
    let all = all(repository);
    let known = |full: String| all.iter().find(|(there, _)| *there == full).map(|(_, id)| *id);
    let rules = ["", "refs/", "refs/tags/", "refs/heads/", "refs/remotes/"];
    let id = rules.iter().find_map(|rule| known(format!("{rule}{name}")));
    let id = id.or_else(|| known(format!("refs/remotes/{name}/HEAD")));
    id.or_else(|| {
        let is_hex = name.len() >= 4 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        let ids = if is_hex { access.store.with_prefix(&name.to_lowercase()) } else { Vec::new() };
        if let [id] = ids[..] { Some(id) } else { None }
    })
}

/// The commit at the end of a chain of tags.
fn commit(mut id: Id, access: &mut Access<'_>) -> Option<(Id, Commit)> {
    for _ in 0..LINKS {
        let (kind, body) = access.read(&id).ok()?;
        match kind {
            Kind::Commit => return Some((id, Commit::parse(&body)?)),
            Kind::Tag => id = tagged(&body)?,
            Kind::Tree | Kind::Blob => return None,
        }
    }
    None
}

fn walk(folder: &Path, name: &str, depth: usize, found: &mut Vec<(String, Id)>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(kind) = entry.file_type() else { continue };
        let name = format!("{name}/{}", entry.file_name().to_string_lossy());
        if kind.is_dir() && depth > 0 {
            walk(&entry.path(), &name, depth - 1, found);
        } else if kind.is_file() {
            let line = read_line(&entry.path()).ok().flatten();
            found.extend(line.and_then(|line| Id::parse(line.as_bytes())).map(|id| (name, id)));
        }
    }
}

/// Whether a name stays inside the repository.
fn is_name(name: &str) -> bool {
    name.trim().starts_with("refs/") && !name.split('/').any(|part| part == "..")
}
