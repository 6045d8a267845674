//! lr-net
