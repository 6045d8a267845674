//! lr-report
