#![doc = include_str!("../README.md")]
#![allow(missing_docs)]
mod answers;
mod inspect;
mod snapshot;
mod syntax;
mod tags;

pub mod dkim;
pub mod dmarc;
pub mod mx;
pub mod spf;

pub use answers::{Answer, Answers, Data, Question, RecordType, Text};
pub use inspect::inspect;
pub use snapshot::{Error, MailConfig, Snapshot};
pub use syntax::{Issue, IssueKind, Parsed, Span};
