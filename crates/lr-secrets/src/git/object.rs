//! What commits, tags and trees say.

use crate::git::id::Id;

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Commit,
    Tree,
    Blob,
    Tag,
}

/// The part of a commit that leads to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Commit {
    pub(crate) tree: Id,
    pub(crate) parents: Vec<Id>,
    /// When it was committed, in seconds since 1970.
    pub(crate) at: i64,
}

/// An entry of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry<'a> {
    pub(crate) kind: EntryKind,
    pub(crate) name: &'a [u8],
    pub(crate) id: Id,
}

/// What an entry leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EntryKind {
    Tree,
    /// A file, or the target of a symbolic link.
    Blob,
    /// A commit of another repository.
    Submodule,
}

impl Kind {
    pub(crate) fn of(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"commit" => Self::Commit,
            b"tree" => Self::Tree,
            b"blob" => Self::Blob,
            b"tag" => Self::Tag,
            _ => return None,
        })
    }
}

impl Commit {
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let mut lines = body.split(|byte| *byte == b'\n');
        let tree = Id::parse(lines.next()?.strip_prefix(b"tree ")?)?;
        let (mut parents, mut at) = (Vec::new(), 0);
        for line in lines.take_while(|line| !line.is_empty()) {
            if let Some(parent) = line.strip_prefix(b"parent ") {
                parents.push(Id::parse(parent)?);
            } else if let Some(who) = line.strip_prefix(b"committer ") {
                at = time(who).unwrap_or(0);
                break;
            }
        }
        Some(Self { tree, parents, at })
    }
}

/// What a tag points to.
pub(crate) fn tagged(body: &[u8]) -> Option<Id> {
    let line = body.split(|byte| *byte == b'\n').next()?;
    Id::parse(line.strip_prefix(b"object ")?)
}

/// The message of a commit or tag.
pub(crate) fn message(body: &[u8]) -> &[u8] {
    memchr::memmem::find(body, b"\n\n").map_or(&[], |at| &body[at + 2..])
}

/// The entries of a tree up to the first that is damaged, and whether there is one.
pub(crate) fn entries(tree: &[u8], width: usize) -> Entries<'_> {
    Entries { rest: tree, width, is_damaged: false }
}

pub(crate) struct Entries<'a> {
    rest: &'a [u8],
    width: usize,
    pub(crate) is_damaged: bool,
}

impl<'a> Entries<'a> {
    fn parse(&mut self) -> Option<Entry<'a>> {
        let space = memchr::memchr(b' ', self.rest)?;
        let end = memchr::memchr(0, self.rest)?;
        let (mode, name) = (&self.rest[..space], self.rest.get(space + 1..end)?);
        let (id, rest) = self.rest[end + 1..].split_at_checked(self.width)?;
        self.rest = rest;
        let kind = match mode {
            b"40000" | b"040000" => EntryKind::Tree,
            b"160000" => EntryKind::Submodule,
            _ => EntryKind::Blob,
        };
        Some(Entry { kind, name, id: Id::new(id)? })
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let entry = self.parse();
        if entry.is_none() {
            self.is_damaged = true;
            self.rest = &[];
        }
        entry
    }
}

/// `Name <mail> 1700000000 +0000`.
fn time(who: &[u8]) -> Option<i64> {
    let after = &who[memchr::memrchr(b'>', who)? + 1..];
    let word = after.split(|byte| *byte == b' ').find(|word| !word.is_empty())?;
    std::str::from_utf8(word).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_commit_is_read() {
        let (tree, parent) = ("a".repeat(40), "b".repeat(40));
        let text = format!(
            "tree {tree}\nparent {parent}\nauthor A <a@b> 5 +0000\ncommitter A <a@b> 7 +0100\n\nHello\n\nx\n"
        );
        let commit = Commit::parse(text.as_bytes()).unwrap();
        assert_eq!(commit.tree.to_string(), tree);
        assert_eq!((commit.parents.len(), commit.at), (1, 7));
        assert_eq!(message(text.as_bytes()), b"Hello\n\nx\n");
        assert!(Commit::parse(b"tree x\n").is_none());
        let tag = format!("object {parent}\ntype commit\ntag v1\n\nM");
        assert_eq!(tagged(tag.as_bytes()).unwrap().to_string(), parent);
    }

    #[test]
    fn a_tree_is_read_up_to_its_damage() {
        let mut tree = b"40000 a b\0".to_vec();
        tree.extend([1; 20]);
        tree.extend(b"100644 c\0");
        tree.extend([2; 20]);
        tree.extend(b"100644 d\0xx");
        let mut read = entries(&tree, 20);
        let all: Vec<_> = read.by_ref().collect();
        assert_eq!(all.len(), 2);
        assert_eq!((all[0].kind, all[0].name), (EntryKind::Tree, &b"a b"[..]));
        assert!(read.is_damaged);
    }

    proptest! {
        #[test]
        fn nothing_panics(bytes: Vec<u8>) {
            let _ = Commit::parse(&bytes);
            let _ = tagged(&bytes);
            prop_assert!(message(&bytes).len() <= bytes.len());
            prop_assert!(entries(&bytes, 20).count() <= bytes.len());
        }
    }
}
