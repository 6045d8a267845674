//! Finds keys, tokens and passwords in a work tree before somebody else does.
//!
//! ```
//! use lr_secrets::{Policy, format, scan_bytes};
//!
//! // Put together here, so that nothing in this file looks like a key.
//! let key = ["sk_live", "_", "9yXr2Kd0Wm4Zt7Qa1Bv6Np3J"].concat();
//! let text = format!("const stripe = new Stripe(\"{key}\");");
//!
//! let secrets = scan_bytes(text.as_bytes(), &Policy::new());
//! assert_eq!(secrets[0].redacted, "sk_live_… (32 characters)");
//! assert_eq!(secrets[0].places[0].column, 28);
//!
//! let format = format(&secrets[0].format).unwrap();
//! assert_eq!(format.capability, "charge, refund and pay out, and read customers");
//! assert!(format.rotate.starts_with("roll it at dashboard.stripe.com"));
//! ```
//!
//! [`scan_bytes`] looks at bytes, [`scan_tree`] at a tree, and [`SecretsCheck`] makes a launch check
//! of it: every secret becomes a finding that says what it opens, where it lies and how to replace
//! it. No network, no async runtime, no C library.
//!
//! # How it works
//! One pass over the bytes looks for the keywords of all [`formats`] at once, at a cost that does not
//! depend on their number. Only where a keyword stands does its format's pattern run, on a small
//! window; what matches must then be random enough, be no placeholder, and prove itself by checksum
//! or structure where the format has one. A wrong checksum lowers the confidence and is said; it
//! never drops a finding. Formats are data, one file per family under `src/formats`.
//!
//! # What it promises
//! - The result never holds a secret: only a few leading characters, the length, and a keyed digest
//!   ([`Policy::with_digest_key`]) by which a secret is recognised in the next run.
//! - The same bytes give the same result on any number of threads, and any input takes linear time.
//! - What could not be looked at is listed ([`Skipped`]) and leaves its rules undecided.
//! - Keys that are public by design are inventory, not findings.
//!
//! # Beyond the tree
//! With the feature `git`, `scan_history` reads a repository's object database itself: every version
//! of every file, messages, notes, the stash, what is staged and what was amended away, each secret
//! attributed to the first commit and path that brought it; or only the staged change, or the commits
//! since a revision. With the feature `archives`, zip, tar, gzip and zstd are opened, inside one
//! another to a limit. [`scan_stream`] looks at standard input or a log.
//!
//! # Quiet
//! A line may say why it is ignored (`launch-ready:allow` and a reason; marks of other scanners are
//! honoured). A [`Baseline`] holds what is known and accepted. With the feature `gitleaks`, `OwnRules`
//! reads rules and allowlists of a `.gitleaks.toml`.
//!
//! # Environments
//! Of environment files, those that git ignores included, the names of variables and digests of secret
//! values are kept: whether development holds values of production, environments share a secret, a
//! variable that is copied into the bundle is given one, and who reads a variable that is documented
//! nowhere.
//!
//! # What it does not look at
//! Submodules (they have a history of their own), and otherwise what git ignores (unless the policy says
//! so). Links are not followed. Nothing is sent to a provider, unless with the feature `liveness` the
//! caller hands over an HTTP client.

#[cfg(feature = "archives")]
mod archive;
mod baseline;
mod check;
mod contents;
mod engine;
mod exposure;
mod format;
mod formats;
#[cfg(feature = "git")]
mod git;
mod inspect;
mod inventory;
mod judge;
#[cfg(feature = "liveness")]
pub mod liveness;
#[cfg(feature = "gitleaks")]
mod own;
mod policy;
mod rules;
mod scan;
mod snapshot;
mod stop;
mod stream;
mod tree;

pub use baseline::{Baseline, BaselineError};
pub use check::SecretsCheck;
pub use exposure::{Exposure, severity};
pub use format::{Format, Kind};
pub use formats::{format, formats};
#[cfg(feature = "git")]
pub use git::{Span, scan_history};
pub use inspect::inspect;
pub use inventory::{Inventory, Item, PlaceIn, VariableInUse, inventory};
pub use judge::judge;
#[cfg(feature = "gitleaks")]
pub use own::{OwnRules, OwnRulesError, Unsupported};
pub use policy::Policy;
pub use rules::RULES;
pub use scan::{scan_bytes, scan_file_bytes, scan_reader};
pub use snapshot::{
    EnvFile, EnvRead, Environment, Error, Found, Origin, OwnRule, Place, Reach, Reason, Secret,
    Skipped, Snapshot, Variable,
};
pub use stream::scan_stream;
pub use tree::scan_tree;

/// Name of the check.
const NAME: &str = "secrets";

/// Runs the example of the readme.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
