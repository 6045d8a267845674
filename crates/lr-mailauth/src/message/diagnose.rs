//! Why a signature fails: what is tried is what happens to mail on its way, undone one at a time.

mod body;
mod header;

pub(super) use body::diagnose as body;
pub(super) use header::diagnose as header;

use std::fmt;

use serde::{Deserialize, Serialize};

/// What would have to be otherwise for a signature to verify. Each was tried, not guessed, but for
/// those that say "may".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "hint", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Hint {
    /// The body hash is right without what follows.
    WithoutFooter {
        /// How many lines were added at the end.
        lines: usize,
        /// The first of them.
        begins: String,
    },
    /// The body hash is right without what comes before.
    WithoutBanner {
        /// How many lines were added at the beginning.
        lines: usize,
        /// The first of them.
        begins: String,
    },
    /// The body hash is right with CRLF as line ends.
    WithCrlf,
    /// The body hash is right for the other canonical form: the signer does not do what it says.
    WithOtherBodyForm,
    /// The body hash is right when `>From ` of a mailbox file becomes `From ` again.
    WithoutMailboxQuotes,
    /// The body hash is right without the dots that SMTP doubles at the beginning of lines.
    WithoutDoubledDots,
    /// The body hash is right for the decoded text: a relay changed the transfer encoding.
    BeforeTransferEncoding,
    /// The signature verifies without a field that was added.
    WithoutField {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
    /// The signature verifies when a field is unfolded into one line.
    Unfolded {
        /// Its name.
        name: String,
    },
    /// The signature verifies when all fields are unfolded.
    AllUnfolded,
    /// The signature verifies with other white space in a field.
    OtherSpace {
        /// Its name.
        name: String,
    },
    /// The signature verifies without a tag that was put before the subject.
    WithoutSubjectTag {
        /// The tag.
        tag: String,
    },
    /// The signature verifies with another value of a field, which the relay changed.
    WithValue {
        /// Its name.
        name: String,
        /// The value at the time of signing.
        value: String,
    },
    /// The signature verifies with a field name written otherwise.
    WithName {
        /// The name at the time of signing.
        name: String,
    },
    /// The signature verifies for the other canonical form of the header: the signer does not do
    /// what it says.
    WithOtherHeaderForm,
    /// The signer's own copy of a field (`z`) is not what the field is now.
    Changed {
        /// Its name.
        name: String,
        /// What it was.
        was: String,
    },
    /// A signed field is not there; it may have been removed.
    Absent {
        /// Its name.
        name: String,
    },
}

impl Hint {
    /// Whether it is about the body, and not about the header.
    #[must_use]
    pub fn is_about_body(&self) -> bool {
        matches!(
            self,
            Self::WithoutFooter { .. }
                | Self::WithoutBanner { .. }
                | Self::WithCrlf
                | Self::WithOtherBodyForm
                | Self::WithoutMailboxQuotes
                | Self::WithoutDoubledDots
                | Self::BeforeTransferEncoding
        )
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WithoutFooter { lines, begins } => write!(
                f,
                "it would verify without the trailing footer ({}), which begins with `{begins}`",
                count(*lines)
            ),
            Self::WithoutBanner { lines, begins } => write!(
                f,
                "it would verify without what was put before it ({}), which begins with `{begins}`",
                count(*lines)
            ),
            Self::WithCrlf => f.write_str("it would verify with CRLF line ends"),
            Self::WithOtherBodyForm => {
                f.write_str("the body hash is that of the other canonicalization than `c` names")
            }
            Self::WithoutMailboxQuotes => {
                f.write_str("it would verify with `>From ` at the beginning of lines as `From `")
            }
            Self::WithoutDoubledDots => {
                f.write_str("it would verify without the dots doubled at the beginning of lines")
            }
            Self::BeforeTransferEncoding => f.write_str(
                "it would verify for the decoded text: a relay changed the transfer encoding",
            ),
            Self::WithoutField { name, value } => {
                write!(f, "it would verify without the added field `{name}: {value}`")
            }
            Self::Unfolded { name } => {
                write!(f, "the field {name} was folded on the way: it would verify in one line")
            }
            Self::AllUnfolded => {
                f.write_str("several fields were folded on the way: it would verify unfolded")
            }
            Self::OtherSpace { name } => write!(f, "white space in the field {name} was changed"),
            Self::WithoutSubjectTag { tag } => {
                write!(f, "`{tag}` was put before the subject: it would verify without")
            }
            Self::WithValue { name, value } => {
                write!(f, "the field {name} was changed: it would verify with `{value}`")
            }
            Self::WithName { name } => {
                write!(f, "the name of a field was rewritten: it would verify with `{name}`")
            }
            Self::WithOtherHeaderForm => {
                f.write_str("the signature is for the other canonicalization than `c` names")
            }
            Self::Changed { name, was } => {
                write!(f, "the field {name} was changed; when it was signed it was `{was}`")
            }
            Self::Absent { name } => {
                write!(f, "the field {name} is signed but not there; it may have been removed")
            }
        }
    }
}

fn count(lines: usize) -> String {
    match lines {
        1 => "1 line".to_owned(),
        many => format!("{many} lines"),
    }
}
