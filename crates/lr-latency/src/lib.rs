//! lr-latency
