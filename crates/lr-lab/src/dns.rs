//! Name servers that answer, refer, lie and stay silent.

pub(crate) mod answer;
pub(crate) mod authority;
pub(crate) mod fault;
pub(crate) mod internet;
pub(crate) mod recursor;
pub(crate) mod server;
pub(crate) mod zone;
