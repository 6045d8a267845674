//! lr-lab
