//! A certification authority for any certificate, right or wrong, and servers that present it.

pub(crate) mod authority;
pub(crate) mod certificate;
pub(crate) mod key;
pub(crate) mod serve;
