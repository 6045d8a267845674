#![doc = include_str!("../README.md")]

mod audit;
mod catalogue;
mod compose;
mod error;
#[cfg(feature = "full")]
mod facts;
mod host;
mod map;
#[cfg(feature = "full")]
mod replay;
mod site;

pub use lr_core as core;
pub use lr_report as report;

#[cfg(feature = "dns")]
pub use lr_dns as dns;
#[cfg(feature = "latency")]
pub use lr_latency as latency;
#[cfg(feature = "mailauth")]
pub use lr_mailauth as mailauth;
#[cfg(feature = "net")]
pub use lr_net as net;
#[cfg(feature = "redirects")]
pub use lr_redirects as redirects;
#[cfg(feature = "secrets")]
pub use lr_secrets as secrets;
#[cfg(feature = "tls")]
pub use lr_tls as tls;

pub use audit::{Audit, Audited};
pub use catalogue::catalogue;
pub use error::Error;
pub use host::host_name;
pub use site::{
    EndpointKind, EndpointSite, ExpectSite, Expected, MailSite, OldUrl, PolicySite, SecretsSite,
    Site, WaiverSite, web_url,
};
