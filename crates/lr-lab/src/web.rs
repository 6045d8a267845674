//! Web sites that answer as scripted, be it hostile.

pub(crate) mod body;
pub(crate) mod http1;
pub(crate) mod http2;
pub(crate) mod reply;
pub(crate) mod serve;
pub(crate) mod site;
pub(crate) mod truth;
