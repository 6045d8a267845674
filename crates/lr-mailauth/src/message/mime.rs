use super::decode;
use super::read::{Message, split_line};

/// At most so many parts are looked at.
const MAX_PARTS: usize = 256;
/// Parts nest at most so deep.
const MAX_DEPTH: usize = 12;
/// At most so many bytes of text are decoded.
const MAX_TEXT: usize = 8 << 20;

/// The texts of a message, decoded, plain and HTML alike (RFC 2046).
pub(super) fn texts(message: &Message<'_>) -> Vec<Vec<u8>> {
    let mut texts = Vec::new();
    let mut open = vec![(message.clone(), 0)];
    let (mut parts, mut bytes) = (0, 0);
    while let Some((part, depth)) = open.pop() {
        parts += 1;
        if parts > MAX_PARTS || bytes >= MAX_TEXT {
            break;
        }
        let kind = part.first("content-type").unwrap_or_default();
        let lower = kind.to_ascii_lowercase();
        if lower.starts_with("multipart/") && depth < MAX_DEPTH {
            let Some(boundary) = boundary(&kind) else { continue };
            let inner = split(part.body, boundary.as_bytes());
            let inner = inner.into_iter().rev();
            open.extend(inner.map(|text| (Message::part(text), depth + 1)));
        } else if lower.is_empty() || lower.starts_with("text/") {
            let body = &part.body[..part.body.len().min(MAX_TEXT - bytes)];
            let encoding = part.first("content-transfer-encoding").unwrap_or_default();
            let text = match encoding.to_ascii_lowercase().as_str() {
                "base64" => decode::base64(body),
                "quoted-printable" => decode::quoted_printable(body),
                _ => body.to_vec(),
            };
            bytes += text.len();
            texts.push(text);
        }
    }
    texts
}

fn boundary(content_type: &str) -> Option<String> {
    let at = content_type.to_ascii_lowercase().find("boundary=")? + "boundary=".len();
    let rest = content_type.get(at..)?;
    let value = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => rest.split([';', ' ']).next()?,
    };
    (1..=70).contains(&value.len()).then(|| value.to_owned())
}

fn split<'a>(body: &'a [u8], boundary: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let mut start = None;
    let mut at = 0;
    while at < body.len() && parts.len() <= MAX_PARTS {
        let (line, rest) = split_line(&body[at..]);
        let next = body.len() - rest.len();
        let mark = line.strip_prefix(b"--").and_then(|line| line.strip_prefix(boundary));
        if let Some(after) =
            mark.filter(|after| after.trim_ascii().is_empty() || after.starts_with(b"--"))
        {
            if let Some(start) = start.take() {
                parts.push(&body[start..at]);
            }
            if after.starts_with(b"--") {
                return parts;
            }
            start = Some(next);
        }
        at = next;
    }
    parts.extend(start.map(|start| &body[start..]));
    parts
}
