#![doc = include_str!("../README.md")]

mod check;
mod context;
mod error;
mod finding;
mod location;
mod network;
mod recorder;
mod rule;
mod text;
mod time;
mod value;

pub use async_trait::async_trait;

pub use check::{Check, CheckRun, record, run, run_until};
pub use context::{Clock, Context, Event, Limits, Observer};
pub use error::{CheckError, ErrorKind};
pub use finding::{Confidence, Finding, Outcome, Verdict};
pub use location::Location;
pub use network::{Network, Route};
pub use recorder::Recorder;
pub use rule::{Rule, RuleId, Severity, Stage};
pub use text::{Redacted, Text};
pub use time::Timestamp;
pub use value::{Evidence, Value};
