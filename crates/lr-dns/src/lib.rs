//! lr-dns
