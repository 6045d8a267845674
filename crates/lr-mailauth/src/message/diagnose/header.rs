use super::Hint;
use crate::message::Canonicalization;
use crate::message::canon::push_field;
use crate::message::key::PublicKey;
use crate::message::read::{Field, Message};
use crate::message::verify::{Signed, is_signed, push_own, selected};
use crate::syntax::show;

/// So many signatures are computed at most.
const MAX_TRIALS: usize = 400;
/// A header that is longer is not searched.
const MAX_BYTES: usize = 256 << 10;

/// Looks for what makes the signature over the header right.
pub(in crate::message) fn diagnose(
    message: &Message<'_>,
    signed: &Signed<'_>,
    key: &PublicKey,
) -> Vec<Hint> {
    let chosen = selected(message, &signed.tags);
    let size: usize = chosen.iter().filter_map(|(_, field)| field.map(|f| f.raw.len())).sum();
    if size <= MAX_BYTES
        && let Some(hint) = (Trials { signed, key, left: MAX_TRIALS }).run(message, &chosen)
    {
        return vec![hint];
    }
    // Nothing single explains it. What the signer kept, or what is missing, may.
    let changed = signed.tags.copied.iter().filter_map(|(name, was)| {
        let is = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut now = message.fields.iter().filter(|field| field.is(name)).map(Field::text);
        let same = now.any(|now| is(&now) == is(was));
        (!same).then(|| Hint::Changed { name: name.clone(), was: show(was.as_bytes()) })
    });
    let changed: Vec<Hint> = changed.take(8).collect();
    if !changed.is_empty() {
        return changed;
    }
    let mut absent: Vec<&String> = Vec::new();
    for (name, field) in &chosen {
        let is_there = message.fields.iter().any(|field| field.is(name));
        if field.is_none() && !is_there && !absent.contains(&name) {
            absent.push(name);
        }
    }
    absent.into_iter().take(8).map(|name| Hint::Absent { name: name.clone() }).collect()
}

struct Trials<'t, 'm> {
    signed: &'t Signed<'m>,
    key: &'t PublicKey,
    left: usize,
}

impl Trials<'_, '_> {
    fn run(
        &mut self,
        message: &Message<'_>,
        chosen: &[(String, Option<Field<'_>>)],
    ) -> Option<Hint> {
        let form = self.signed.tags.header_form;
        let raw: Vec<Option<Vec<u8>>> =
            chosen.iter().map(|(_, field)| field.map(|field| field.raw.to_vec())).collect();
        if let Some(hint) = self.added(message) {
            return Some(hint);
        }
        for (at, field) in raw.iter().enumerate() {
            let Some(field) = field else { continue };
            for (hint, variant) in variants(field, form) {
                let mut fields = raw.clone();
                fields[at] = Some(variant);
                if self.verifies(&fields, form)? {
                    return Some(hint);
                }
            }
        }
        let unfolded: Vec<_> =
            raw.iter().map(|field| field.as_ref().map(|field| unfolded(field))).collect();
        if form == Canonicalization::Simple && self.verifies(&unfolded, form)? {
            return Some(Hint::AllUnfolded);
        }
        let other = match form {
            Canonicalization::Simple => Canonicalization::Relaxed,
            Canonicalization::Relaxed => Canonicalization::Simple,
        };
        self.verifies(&raw, other)?.then_some(Hint::WithOtherHeaderForm)
    }

    /// Leaves out one field of the message at a time, among those whose name is signed.
    fn added(&mut self, message: &Message<'_>) -> Option<Hint> {
        let tags = &self.signed.tags;
        for (at, field) in message.fields.iter().enumerate() {
            let is_signed = tags.signed.iter().any(|name| field.is(name));
            if !is_signed {
                continue;
            }
            let mut without = message.clone();
            without.fields.remove(at);
            let fields = selected(&without, tags);
            let raw: Vec<_> =
                fields.iter().map(|(_, field)| field.map(|field| field.raw.to_vec())).collect();
            if self.verifies(&raw, tags.header_form)? {
                return Some(Hint::WithoutField {
                    name: show(field.name()),
                    value: show(field.text().as_bytes()),
                });
            }
        }
        None
    }

    /// Whether the signature is right for these fields; `None` when enough has been tried.
    fn verifies(&mut self, fields: &[Option<Vec<u8>>], form: Canonicalization) -> Option<bool> {
        self.left = self.left.checked_sub(1)?;
        let mut data = Vec::new();
        for field in fields.iter().flatten() {
            push_field(&Field::new(field)?, form, &mut data);
        }
        push_own(self.signed, form, &mut data);
        Some(is_signed(&data, &self.signed.tags, self.key))
    }
}

/// What a field may have been before somebody touched it.
fn variants(raw: &[u8], form: Canonicalization) -> Vec<(Hint, Vec<u8>)> {
    let Some(field) = Field::new(raw) else { return Vec::new() };
    let name = show(field.name());
    let text = field.text();
    let with = |value: &str| format!("{name}: {value}").into_bytes();
    let mut variants = Vec::new();
    if form == Canonicalization::Simple {
        variants.push((Hint::Unfolded { name: name.clone() }, unfolded(raw)));
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        variants.push((Hint::OtherSpace { name: name.clone() }, with(&words)));
        variants.push((Hint::OtherSpace { name: name.clone() }, with(&text)));
        let tight = [field.name(), b":", text.as_bytes()].concat();
        variants.push((Hint::OtherSpace { name: name.clone() }, tight));
        for (from, to) in [("\n ", "\n\t"), ("\n\t", "\n "), ("\n\t", "\n        ")] {
            let folded = String::from_utf8_lossy(raw).replace(from, to).into_bytes();
            variants.push((Hint::OtherSpace { name: name.clone() }, folded));
        }
        for other in [capitalised(&name), name.replace("Id", "ID"), name.replace("ID", "Id")] {
            let rest = &raw[field.name().len()..];
            let renamed = [other.as_bytes(), rest].concat();
            variants.push((Hint::WithName { name: other }, renamed));
        }
        variants.retain(|(_, variant)| variant != raw);
    }
    let value = |value: String| {
        let hint = Hint::WithValue { name: name.clone(), value: show(value.as_bytes()) };
        (hint, with(&value))
    };
    match name.to_ascii_lowercase().as_str() {
        "subject" => variants.extend(untagged(&text).map(|(tag, rest)| {
            let tag = show(tag.trim().as_bytes());
            (Hint::WithoutSubjectTag { tag }, with(rest))
        })),
        "content-transfer-encoding" => {
            let others = ["7bit", "8bit", "quoted-printable", "base64", "binary"];
            let others = others.into_iter().filter(|other| !text.eq_ignore_ascii_case(other));
            variants.extend(others.map(|other| value(other.to_owned())));
        }
        "content-type" => {
            variants.push(value(text.replace('"', "")));
            let quoted = text.rsplit_once('=').map(|(head, last)| format!("{head}=\"{last}\""));
            variants.extend(quoted.map(value));
            for charset in ["utf-8", "UTF-8", "us-ascii", "iso-8859-1"] {
                if let Some((head, _)) = text.split_once("charset=") {
                    variants.push(value(format!("{head}charset={charset}")));
                    variants.push(value(format!("{head}charset=\"{charset}\"")));
                }
            }
        }
        "date" => {
            variants.extend(text.split_once(" (").map(|(date, _)| value(date.to_owned())));
            variants.extend([" (UTC)", " (GMT)"].map(|zone| value(format!("{text}{zone}"))));
        }
        "from" | "to" | "cc" | "reply-to" | "sender" => {
            variants.push(value(text.replace('"', "")));
            if let Some((display, address)) = text.rsplit_once('<') {
                let display = display.trim().trim_matches('"');
                variants.push(value(format!("\"{display}\" <{address}")));
                variants.push(value(address.trim_end_matches('>').to_owned()));
                variants.push(value(format!("<{address}")));
                if let Some((name, _)) = display.split_once(" via ") {
                    variants.push(value(format!("{} <{address}", name.trim())));
                }
            } else {
                variants.push(value(format!("<{text}>")));
            }
        }
        _ => {}
    }
    variants
}

/// The subject without what lists and filters put before it: `[list] `, `[EXTERNAL]`, `SPAM: `.
fn untagged(subject: &str) -> impl Iterator<Item = (&str, &str)> {
    let bracket = subject.starts_with('[').then(|| subject.find(']')).flatten().map(|at| at + 1);
    let colon = subject.find(':').filter(|at| *at <= 16).map(|at| at + 1);
    [bracket, colon].into_iter().flatten().flat_map(move |at| {
        let (tag, rest) = subject.split_at(at);
        [(tag, rest.trim_start()), (tag, rest)]
    })
}

fn unfolded(raw: &[u8]) -> Vec<u8> {
    raw.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect()
}

/// `message-id` as `Message-Id`.
fn capitalised(name: &str) -> String {
    let mut first = true;
    let upper = |char: char| {
        let char = if first { char.to_ascii_uppercase() } else { char.to_ascii_lowercase() };
        first = char == '-';
        char
    };
    name.chars().map(upper).collect()
}
