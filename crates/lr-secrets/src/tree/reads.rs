//! Which environment variables source code reads, as most languages write it.
//!
//! JavaScript (`process.env.X`, `import.meta.env.X`, Deno, Bun), Python (`os.environ`, `os.getenv`),
//! Ruby (`ENV`), PHP (`$_ENV`, `getenv`), Go, Rust, Java, C and C#, Elixir. Names that a program puts
//! together, and those taken out of `process.env` at once, are not seen.

use std::sync::LazyLock;

use memchr::memmem::Finder;

/// Names of one file that are kept.
const NAMES: usize = 200;
/// Bytes around `env` that are looked at.
const REACH: usize = 128;

static LOWER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("nv"));
static UPPER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("NV"));

/// The variables that one file reads, each once, with its place in the text that was looked at.
#[derive(Default)]
pub(crate) struct Reads {
    names: Vec<(String, usize)>,
}

impl Reads {
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// Those that were found after the first `known`.
    pub(crate) fn since(&self, known: usize) -> impl Iterator<Item = (&str, usize)> {
        self.names[known..].iter().map(|(name, at)| (&**name, *at))
    }

    /// Looks at the places that begin within `within` of `text`.
    pub(crate) fn look(&mut self, text: &[u8], within: std::ops::Range<usize>) {
        let known = self.names.len();
        for (finder, stem) in [(&*LOWER, b"eE"), (&*UPPER, b"EE")] {
            let end = text.len().min(within.end + 2);
            for at in finder.find_iter(text.get(within.start + 1..end).unwrap_or_default()) {
                let at = within.start + at;
                if let Some(name) = stem.contains(&text[at]).then(|| name(text, at)).flatten() {
                    self.add(name, at, known);
                }
            }
        }
        self.names[known..].sort_unstable_by_key(|(_, at)| *at);
    }

    /// Of the same text are those after the first `known`.
    fn add(&mut self, name: &[u8], at: usize, known: usize) {
        let Ok(name) = std::str::from_utf8(name) else { return };
        match self.names.iter().position(|(there, _)| there == name) {
            Some(number) if number >= known => {
                self.names[number].1 = at.min(self.names[number].1);
            }
            None if self.names.len() < NAMES => self.names.push((name.to_owned(), at)),
            _ => {}
        }
    }
}

/// The name that is read where `env`, in any case, stands at `at`.
fn name(text: &[u8], at: usize) -> Option<&[u8]> {
    let before = &text[at.saturating_sub(REACH)..at];
    let after = &text[at + 3..text.len().min(at + 3 + REACH)];
    let ends = |any: &[&str]| any.iter().any(|word| before.ends_with(word.as_bytes()));
    let name = if ends(&["process.", "import.meta.", "Bun."]) {
        member(after).or_else(|| index(after))
    } else if ends(&["Deno."]) {
        call(after.strip_prefix(b".get")?)
    } else if ends(&["get", "Get", "get_", "Lookup", "fetch_"]) {
        // `GetEnvironmentVariable`, `fetch_env!`, `getenv`
        let rest = after.strip_prefix(b"ironmentVariable").unwrap_or(after);
        call(rest.strip_prefix(b"!").unwrap_or(rest))
    } else if let Some(rest) = after.strip_prefix(b"iron").filter(|_| ends(&["os."])) {
        index(rest).or_else(|| call(rest.strip_prefix(b".get")?))
    } else if let Some(rest) = after.strip_prefix(b"::var") {
        call(rest.strip_prefix(b"_os").unwrap_or(rest))
    } else if text[at..].starts_with(b"ENV") {
        index(after).or_else(|| call(after.strip_prefix(b".fetch")?))
    } else {
        None
    }?;
    let fits = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
    let is_name = name.len() >= 2 && name[0].is_ascii_uppercase() && name.iter().all(fits);
    is_name.then_some(name)
}

/// `.NAME` and `?.NAME`
fn member(text: &[u8]) -> Option<&[u8]> {
    let text = text.strip_prefix(b"?").unwrap_or(text).strip_prefix(b".")?;
    let part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(**byte, b'_' | b'$');
    let length = text.iter().take_while(part).count();
    Some(&text[..length])
}

/// `["NAME"]`
fn index(text: &[u8]) -> Option<&[u8]> {
    quoted(text.strip_prefix(b"[")?)
}

/// `("NAME"`
fn call(text: &[u8]) -> Option<&[u8]> {
    quoted(text.strip_prefix(b"(")?)
}

fn quoted(text: &[u8]) -> Option<&[u8]> {
    let text = text.trim_ascii_start();
    let (quote, rest) = text.split_first().filter(|(quote, _)| b"\"'`".contains(quote))?;
    Some(&rest[..memchr::memchr(*quote, rest)?])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> Vec<String> {
        let mut reads = Reads::default();
        reads.look(text.as_bytes(), 0..text.len());
        reads.names.into_iter().map(|it| it.0).collect()
    }

    #[test]
    fn names_are_read_in_every_language() {
        for text in [
            "const a = process.env.API_URL;",
            "process.env?.API_URL",
            "process.env['API_URL']",
            "import.meta.env.API_URL",
            "Deno.env.get(\"API_URL\")",
            "os.environ[\"API_URL\"]",
            "os.environ.get('API_URL', '')",
            "os.getenv(\"API_URL\")",
            "ENV['API_URL']",
            "ENV.fetch(\"API_URL\")",
            "$_ENV['API_URL']",
            "std::env::var(\"API_URL\")",
            "env::var_os(\"API_URL\")",
            "os.Getenv(\"API_URL\")",
            "os.LookupEnv(\"API_URL\")",
            "System.getenv(\"API_URL\")",
            "Environment.GetEnvironmentVariable(\"API_URL\")",
            "System.fetch_env!(\"API_URL\")",
        ] {
            assert_eq!(of(text), ["API_URL"], "{text}");
        }
        for text in [
            "process.env",
            "process.env.hasOwnProperty",
            "process.env[name]",
            "environment.API_URL",
            "env.API_URL",
            "env!(\"API_URL\")",
            "the ENV of things",
            "getenv(name)",
        ] {
            assert_eq!(of(text), [""; 0], "{text}");
        }
    }

    proptest! {
        /// However a file is cut, the same is read.
        #[test]
        fn pieces_say_what_the_whole_says(text in "(process\\.env\\.|ENV\\[|[A-C'\\]\n ]){0,40}", cut: usize) {
            let cut = cut % (text.len() + 1);
            let mut reads = Reads::default();
            reads.look(text.as_bytes(), 0..cut);
            reads.look(text.as_bytes(), cut..text.len());
            let mut pieces: Vec<_> = reads.names.into_iter().map(|it| it.0).collect();
            let mut whole = of(&text);
            pieces.sort();
            whole.sort();
            prop_assert_eq!(pieces, whole);
        }
    }
}
