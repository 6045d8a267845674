//! What the example binaries share: arguments, environment, progress and output.
//!
//! Every binary takes the same flags, writes the same report document, and ends with the same exit
//! codes: 0 go, 1 no-go, 2 usage or configuration error, 3 undecided.

mod args;
mod demo;
mod output;
mod progress;
mod run;

pub use args::{Args, Common, Format};
pub use output::show;
pub use run::{Failure, Job, audit, command, main};
