//! Old URLs by the hundred thousand: where each of them lands, with little memory and good manners.
//!
//! A migration has more old URLs than a report has room for. So they are read from where they are
//! kept ([`Source`]), walked one after the other ([`walk`]), and each [`Landing`] is handed out as
//! soon as it is known. What is remembered is a number for each URL, so that none is asked for
//! twice, and the answers of the latest targets, since many old URLs lead to the same new one.
//!
//! Landings are serialisable: written as lines of JSON they are the record of a run, from which a
//! later run resumes ([`Seen::resume`]) and with which it is compared ([`Earlier`]).
//!
//! ```
//! use lr_redirects::list::{Entry, Source};
//!
//! let kept = "/old /new 301\n/blog/* /news/:splat\n";
//! let entries: Vec<Entry> = Source::Netlify.read(kept.as_bytes()).collect::<Result<_, _>>()?;
//! assert!(matches!(&entries[0], Entry::Url(url) if url.from == "/old"));
//! assert!(matches!(&entries[1], Entry::Skipped { line: 2, .. }));
//! # Ok::<(), lr_redirects::list::SourceError>(())
//! ```

mod compare;
mod pace;
mod seen;
mod source;
mod walk;

pub use self::compare::{Change, Earlier};
pub use self::seen::Seen;
pub use self::source::{Entry, OldUrl, Source, SourceError};
pub use self::walk::{Landing, ListConfig, Tally, Verdict, walk};
