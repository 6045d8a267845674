//! Sites over real sockets: each fault is named, and of healthy sites nothing of weight is said.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod faults;
mod faults_hsts;
mod faults_pages;
mod faults_paths;
mod faults_ways;
mod healthy;
mod healthy_hosts;
mod healthy_pages;
mod healthy_ways;
mod shop;
