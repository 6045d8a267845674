#![doc = include_str!("../README.md")]

mod caa;
mod chain;
mod check;
mod compare;
mod config;
mod delegation;
pub mod dnssec;
mod inspect;
mod judge;
mod policy;
mod provider;
mod rules;
mod snapshot;
mod status;
mod summary;
mod sweep;

pub use caa::CaaRecord;
pub use check::DnsCheck;
pub use config::DnsConfig;
pub use inspect::inspect;
pub use judge::judge;
pub use policy::{Expect, Expected, Policy};
pub use rules::RULES;
pub use snapshot::{
    Answer, Asked, Endpoint, Error, NameServer, Probed, PublicResolver, Record, Role, Signed,
    Snapshot, Transport, ZoneBelow,
};
pub use status::Status;
pub use summary::{NameRow, ServerRow, Summary};
pub use sweep::sweep;
