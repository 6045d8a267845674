//! launch-ready
