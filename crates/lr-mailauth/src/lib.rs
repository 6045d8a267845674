#![doc = include_str!("../README.md")]

mod answers;
mod check;
mod inspect;
mod judge;
mod policy;
mod snapshot;
mod summary;
mod syntax;
mod tags;

pub mod dkim;
pub mod dmarc;
pub mod message;
pub mod mx;
pub mod rules;
pub mod spf;

pub use answers::{Answer, Answers, Data, Question, RecordType, TxtRecord};
pub use check::MailAuthCheck;
pub use inspect::inspect;
pub use judge::judge;
pub use policy::Policy;
pub use rules::RULES;
pub use snapshot::{Error, MailConfig, Snapshot, SpfResult};
pub use summary::{DkimKey, Dmarc, Exchange, KeyStatus, Spf, Summary};
pub use syntax::{Issue, IssueKind, Parsed, Span};
