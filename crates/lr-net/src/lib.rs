#![doc = include_str!("../README.md")]

mod address;
mod ask;
mod budget;
mod dial;
mod dns;
mod error;
mod http;
mod net;
mod tls;

pub use hickory_proto;
pub use url::Url;

pub use address::AddressClass;
pub use ask::{Question, Reply, Server};
pub use dial::{Connection, Target};
pub use dns::{Addresses, Answer};
pub use error::{Error, Failure, FailureReason};
pub use http::{BodyEnd, Exchange, Family, HttpVersion, Request, Timing, USER_AGENT};
pub use net::Net;
pub use tls::crypto_provider;
