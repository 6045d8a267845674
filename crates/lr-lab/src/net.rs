//! Addresses, loopback listeners and injected delay.

pub(crate) mod addresses;
pub(crate) mod delay;
pub(crate) mod listener;
pub(crate) mod timer;
