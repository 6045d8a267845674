//! JSON web tokens (RFC 7519), as far as their claims decide what they are.

use std::ops::Range;

use serde_json::Value;

use crate::engine::{base64, chance, edge};
use crate::format::Jwt;

/// The longest token that is read.
const LIMIT: usize = 8 << 10;

/// A token and what its claims say.
pub(crate) struct Token {
    pub(crate) at: Range<usize>,
    pub(crate) kind: Jwt,
    /// Seconds since 1970 of its `exp`.
    pub(crate) expires: Option<i64>,
    /// Issued by a stack that runs on a developer's machine, the same everywhere.
    pub(crate) local: bool,
    pub(crate) example: bool,
    /// Whether its header says how it is signed.
    pub(crate) is_whole: bool,
}

/// The signed token that begins at `at`.
pub(crate) fn token(bytes: &[u8], at: usize) -> Option<Token> {
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    // No token begins inside a run of its own digits: that keeps the work linear, too.
    if matches!(bytes[..at].last(), Some(b'-' | b'_')) || !edge::may_begin(bytes, at) {
        return None;
    }
    let rest = &bytes[at..bytes.len().min(at + LIMIT)];
    let part = |from: usize| from + rest[from..].iter().take_while(|byte| is_digit(byte)).count();
    let head = part(0);
    let dot = |end: usize| rest.get(end) == Some(&b'.');
    if !dot(head) || !rest[head + 1..].starts_with(b"eyJ") {
        return None;
    }
    let claims = part(head + 1);
    let end = part(claims.checked_add(1).filter(|_| dot(claims))?);
    // The shortest signature in use has 32 bytes.
    let signature = &rest[claims + 1..end];
    if signature.len() < 40 || chance::is_stand_in(signature) || chance::entropy(signature) < 3.5 {
        return None;
    }
    let header = object(&rest[..head])?;
    // RFC 7515, section 4.1: `alg` must be there. With another registered parameter alone (IANA,
    // JOSE header parameters) it is doubtful.
    let is_whole = header.get("alg").is_some_and(Value::is_string);
    let names = [
        "apu", "apv", "aud", "b64", "crit", "cty", "enc", "epk", "iss", "iv", "jku", "jwk", "kid",
        "nonce", "p2c", "p2s", "ppt", "sub", "svt", "tag", "typ", "url", "x5c", "x5t", "x5t#S256",
        "x5u", "zip",
    ];
    if !is_whole && !names.iter().any(|name| header.contains_key(*name)) {
        return None;
    }
    let claims = object(&rest[head + 1..claims])?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    // The examples of every tutorial: that of jwt.io, and that of PyJWT.
    let example = text("sub") == Some("1234567890")
        || text("name") == Some("John Doe")
        || text("some") == Some("payload");
    let is_supabase = text("iss").is_some_and(|issuer| issuer.starts_with("supabase"));
    let kind = match text("role") {
        Some("service_role") => Jwt::SupabaseServiceRole,
        Some("anon") if is_supabase => Jwt::SupabaseAnon,
        _ => Jwt::Other,
    };
    let expires = claims.get("exp").and_then(Value::as_i64);
    let local = text("iss") == Some("supabase-demo");
    Some(Token { at: at..at + end, kind, expires, local, example, is_whole })
}

fn object(digits: &[u8]) -> Option<serde_json::Map<String, Value>> {
    serde_json::from_slice(&base64::decode(digits)?).ok()
}
