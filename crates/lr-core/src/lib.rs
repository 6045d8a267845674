//! lr-core
