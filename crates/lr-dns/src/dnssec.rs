//! DNSSEC validation (RFC 4033 to 4035, 5155, 6840): is an answer what the owner of the zone has
//! signed, and if not, why not?
//!
//! A [`Validator`] judges by trust anchors and a time, and asks nobody: where something is missing it
//! says what, and is called again when the [`Evidence`] holds it. So it works over any transport, on
//! recordings, and in tests, and always gives the same judgement of the same bytes.
//!
//! ```
//! use lr_dns::dnssec::{Anchors, Evidence, Status, Step, Validator};
//!
//! fn validate(name: &str, rtype: &str, now_s: i64, ask: impl Fn(&str, &str) -> Option<Vec<u8>>) -> Status {
//!     let validator = Validator::new(Anchors::default(), now_s);
//!     let mut evidence = Evidence::new();
//!     loop {
//!         match validator.judge(name, rtype, &evidence) {
//!             Step::Ask { name, rtype } => {
//!                 match ask(&name, &rtype) {
//!                     Some(response) => evidence.add(&name, &rtype, &response),
//!                     None => evidence.add_silence(&name, &rtype),
//!                 };
//!             }
//!             Step::Done(judgement) => return judgement.status,
//!             _ => unreachable!("there is no other step yet"),
//!         }
//!     }
//! }
//!
//! // Nobody answers: nothing is known.
//! let status = validate("example.com", "A", 1_795_262_400, |_, _| None);
//! assert!(matches!(status, Status::Indeterminate { .. }));
//! ```
//!
//! # What is done
//!
//! - Chains from the root's keys of IANA, or from other [`Anchors`], with negative anchors (RFC 7646);
//!   each zone on the way is a [`Link`] with digests, keys, and the key that signed.
//! - RSA with SHA-1, SHA-256 and SHA-512 from 512 bits, ECDSA P-256 and P-384, Ed25519; digests by
//!   SHA-1 (where there is no better), SHA-256 and SHA-384. A zone with nothing else is taken for
//!   unsigned (RFC 4035, section 5.2); a trust anchor with nothing else is not, since somebody has said
//!   that this zone is signed.
//! - Proofs by NSEC and NSEC3 that a name, a type, a wildcard, something nearer than a wildcard, or a
//!   DS record does not exist; opt-out. Hashes with more than 50 iterations are insecure (RFC 9276).
//! - Aliases over several zones, and DNAME.
//! - Times of signatures as serial numbers, labels and signers of signatures, revoked keys (RFC 5011),
//!   canonical form and order of names and data.
//! - Bounded work: signatures, keys with equal tags, digests, hashes, proofs, aliases and cuts each have
//!   their limit, with its source, in `work.rs`; what goes beyond is [`Bogus::TooMuchWork`].
//!
//! # What is not
//!
//! - Trust anchors are not followed over time (RFC 5011): give them anew.
//! - Of an answer with records, the authority and additional sections are not judged; of a denial, the
//!   SOA record is, if it is there.
//! - Ed448, GOST and SM2 are not verified: zones that have nothing else are insecure.
//! - Lookaside validation (RFC 8749: historic), and classes other than IN.

mod absent;
mod anchor;
#[cfg(test)]
mod cases;
mod crypto;
mod denial;
mod evidence;
mod judgement;
mod local;
mod message;
mod name;
mod nsec;
mod nsec3;
mod reason;
mod record;
mod rsa;
mod session;
#[cfg(test)]
mod testing;
mod traced;
mod trust;
mod validator;
mod verify;
mod work;

pub use anchor::Anchors;
pub use evidence::Evidence;
pub use judgement::{Judgement, Link, Status, Tag};
pub use reason::Bogus;
pub use validator::{Step, Validator};

pub(crate) use anchor::hex;
pub(crate) use local::verify;
pub(crate) use traced::{Traced, trace};
