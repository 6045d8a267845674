#![doc = include_str!("../README.md")]

mod builder;
mod crc;
pub mod demo;
mod dns;
mod error;
mod lab;
mod launch;
mod log;
mod looks;
mod net;
mod plan;
mod run;
mod smtp;
mod tls;
mod web;

pub use builder::LabBuilder;
pub use dns::fault::Fault;
pub use dns::signing::Signing;
pub use dns::zone::Zone;
pub use error::Error;
pub use lab::Lab;
pub use launch::{Launch, dkim_record};
pub use log::{Seen, SeenConnection, SeenHandshake, SeenQuery, SeenRequest, SeenSmtp, Transport};
pub use looks::{in_one_of_three_looks, within};
pub use smtp::{MailFault, MailHost};
pub use tls::authority::{Authority, CA_DOMAIN, CA_ORGANIZATION, Issued};
pub use tls::certificate::{Certificate, Key};
pub use tls::serve::{TlsFault, TlsVersions};
pub use web::reply::{Reply, Request};
pub use web::site::{Answers, Port, Site};
pub use web::truth::Truth;
