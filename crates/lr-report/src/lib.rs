#![doc = include_str!("../README.md")]

mod decision;
mod map;
mod report;
#[cfg(feature = "schema")]
mod schema;
mod snapshots;
mod text;
mod waiver;

pub use decision::{Decision, Policy};
pub use map::{CertificateRow, DeploymentMap, HostRow, MailRow};
pub use report::{CheckReport, REPORT_SCHEMA, Report, Risk, Waived};
#[cfg(feature = "schema")]
pub use schema::report_schema;
pub use snapshots::{KeptCheck, SNAPSHOTS_SCHEMA, Snapshots};
pub use text::TextStyle;
pub use waiver::{Waiver, WaiverState, WaiverUse};
