//! lr-redirects
