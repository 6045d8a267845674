#![doc = include_str!("../README.md")]

mod answers;
mod check;
mod inspect;
mod judge;
mod policy;
mod record;
mod snapshot;
mod summary;
mod syntax;
mod tags;
mod uri;

pub mod bimi;
pub mod dane;
pub mod dkim;
pub mod dmarc;
pub mod message;
pub mod mta_sts;
pub mod mx;
pub mod rules;
pub mod senders;
pub mod spf;
pub mod tls_rpt;

pub use answers::{Answer, Answers, Data, Question, RecordType, TxtRecord};
pub use check::MailAuthCheck;
pub use inspect::inspect;
pub use judge::judge;
pub use policy::Policy;
pub use record::At;
pub use rules::RULES;
pub use snapshot::{Error, MailConfig, Snapshot, SpfResult};
pub use summary::{DkimKey, Dmarc, Exchange, KeyStatus, Spf, Summary};
pub use syntax::{Issue, IssueKind, Parsed, Span};
