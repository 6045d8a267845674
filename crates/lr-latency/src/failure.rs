use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How a request failed. Written as one word, such as `timeout` or `status-503`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FailKind {
    /// The name does not exist or has no address.
    NoAddress,
    /// The name could not be resolved.
    Dns,
    /// The address policy forbids the connection.
    Forbidden,
    /// The connection was refused.
    Refused,
    /// No connection could be made.
    Connect,
    /// No connection was made in time.
    ConnectTimeout,
    /// The certificate is not valid.
    Certificate,
    /// The TLS handshake failed otherwise.
    Tls,
    /// No complete answer in time.
    Timeout,
    /// The connection or stream ended before the answer was complete.
    BrokenOff,
    /// The answer is not HTTP, or goes beyond its limits.
    Protocol,
    /// The body lacks the text that was expected.
    Content,
    /// The server asked to slow down: 429 (RFC 6585, section 4).
    RateLimited,
    /// The answer had a status that was not expected.
    Status(u16),
}

/// Every kind but the statuses.
const WORDS: &[(FailKind, &str)] = &[
    (FailKind::NoAddress, "no-address"),
    (FailKind::Dns, "dns"),
    (FailKind::Forbidden, "forbidden"),
    (FailKind::Refused, "refused"),
    (FailKind::Connect, "connect"),
    (FailKind::ConnectTimeout, "connect-timeout"),
    (FailKind::Certificate, "certificate"),
    (FailKind::Tls, "tls"),
    (FailKind::Timeout, "timeout"),
    (FailKind::BrokenOff, "broken-off"),
    (FailKind::Protocol, "protocol"),
    (FailKind::Content, "content"),
    (FailKind::RateLimited, "rate-limited"),
];

impl fmt::Display for FailKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, WORDS.iter().find(|(kind, _)| kind == self)) {
            (Self::Status(status), _) => write!(f, "status-{status}"),
            (_, Some((_, word))) => f.write_str(word),
            (_, None) => f.write_str("other"),
        }
    }
}

impl FromStr for FailKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let word = WORDS.iter().find(|(_, word)| *word == text).map(|(kind, _)| *kind);
        let status = || text.strip_prefix("status-")?.parse().ok().map(Self::Status);
        word.or_else(status).ok_or_else(|| format!("`{text}` is not a kind of failure"))
    }
}

impl Serialize for FailKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FailKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_as_they_are_written() {
        let statuses = [FailKind::Status(404), FailKind::Status(500)];
        for kind in WORDS.iter().map(|(kind, _)| *kind).chain(statuses) {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        assert!("status-".parse::<FailKind>().is_err());
    }
}
