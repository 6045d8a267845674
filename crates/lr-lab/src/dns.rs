//! Name servers that answer, refer, lie and stay silent.

pub(crate) mod answer;
pub(crate) mod authority;
pub(crate) mod data;
pub(crate) mod disturb;
pub(crate) mod fault;
pub(crate) mod internet;
pub(crate) mod message;
pub(crate) mod name;
pub(crate) mod recursor;
pub(crate) mod server;
pub(crate) mod signing;
pub(crate) mod zone;
