//! lr-mailauth
