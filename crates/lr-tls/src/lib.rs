//! lr-tls
