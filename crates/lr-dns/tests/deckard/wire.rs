//! Records and messages on the wire, from their presentation form.

use data_encoding::{BASE32_DNSSEC, BASE64_NOPAD, HEXLOWER_PERMISSIVE};
use hickory_proto::rr::RecordType;

use crate::scenario::Entry;

/// A name on the wire, in the letters it is written in, save that they are lower case.
pub(crate) fn name(text: &str) -> Vec<u8> {
    spelled(text).to_ascii_lowercase()
}

fn spelled(text: &str) -> Vec<u8> {
    let mut wire = Vec::new();
    let mut label = Vec::new();
    let mut bytes = text.trim_end_matches('.').bytes().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'.' => {
                wire.push(label.len() as u8);
                wire.append(&mut label);
            }
            b'\\' => {
                let digits: String =
                    std::iter::from_fn(|| bytes.next_if(u8::is_ascii_digit).map(char::from))
                        .take(3)
                        .collect();
                label.push(digits.parse().unwrap_or_else(|_| bytes.next().unwrap()));
            }
            byte => label.push(byte),
        }
    }
    if !label.is_empty() {
        wire.push(label.len() as u8);
        wire.append(&mut label);
    }
    wire.push(0);
    wire
}

pub(crate) fn type_of(text: &str) -> Option<u16> {
    let text = text.to_ascii_uppercase();
    match text.strip_prefix("TYPE") {
        Some(number) => number.parse().ok(),
        None => text.parse::<RecordType>().ok().map(u16::from),
    }
}

/// Seconds since 1970, as they are or as `YYYYMMDDHHMMSS` (RFC 4034, section 3.2).
pub(crate) fn time(text: &str) -> u32 {
    if text.len() != 14 {
        return text.parse().unwrap();
    }
    let part = |from: usize, to: usize| text[from..to].parse::<i64>().unwrap();
    let (year, month) = (part(0, 4), part(4, 6));
    // Days since 1970, counted from March.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + part(6, 8) - 719_469;
    (((days * 24 + part(8, 10)) * 60 + part(10, 12)) * 60 + part(12, 14)) as u32
}

/// The words of a record, without comments; texts in quotes are one word, with a quote in front.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for letter in text.chars() {
        match letter {
            '"' => {
                quoted = !quoted;
                words.last_mut().unwrap().push('"');
            }
            ';' if !quoted => break,
            '(' | ')' if !quoted => {}
            letter if letter.is_whitespace() && !quoted => words.push(String::new()),
            letter => words.last_mut().unwrap().push(letter),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Owner, time to live, type, and the words of the data.
fn record(text: &str) -> (String, u32, u16, Vec<String>) {
    let words = words(text);
    let mut rest = words.iter().skip(1).peekable();
    let mut ttl = 3600;
    while let Some(word) = rest.peek() {
        match word.parse() {
            Ok(number) => ttl = number,
            Err(_) if word.eq_ignore_ascii_case("IN") => {}
            Err(_) => break,
        }
        rest.next();
    }
    let rtype = rest.next().and_then(|word| type_of(word));
    let rtype = rtype.unwrap_or_else(|| panic!("no type in {text}"));
    (words[0].clone(), ttl, rtype, rest.cloned().collect())
}

pub(crate) fn owner_and_type(text: &str) -> (Vec<u8>, u16) {
    let (owner, _, rtype, _) = record(text);
    (name(&owner), rtype)
}

/// The first word of the data: where an NS or address record leads.
pub(crate) fn target(text: &str) -> String {
    record(text).3.first().cloned().unwrap_or_default()
}

/// A whole response.
pub(crate) fn message(entry: &Entry, wanted: &str, kind: u16) -> Vec<u8> {
    let flags = 0x80 | if entry.authoritative { 4 } else { 0 };
    let mut bytes = vec![0, 7, flags, entry.code, 0, 1];
    for section in &entry.sections {
        bytes.extend((section.len() as u16).to_be_bytes());
    }
    bytes.extend(spelled(wanted));
    bytes.extend(kind.to_be_bytes());
    bytes.extend([0, 1]);
    for text in entry.sections.iter().flatten() {
        let (owner, ttl, rtype, words) = record(text);
        let data = data(rtype, &words);
        bytes.extend(spelled(&owner));
        bytes.extend(rtype.to_be_bytes());
        bytes.extend([0, 1]);
        bytes.extend(ttl.to_be_bytes());
        bytes.extend((data.len() as u16).to_be_bytes());
        bytes.extend(data);
    }
    bytes
}

fn data(rtype: u16, words: &[String]) -> Vec<u8> {
    if words.first().is_some_and(|word| word == "\\#") {
        return hex(&words[2..].concat());
    }
    let mut data = Vec::new();
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    let byte = |at: usize| word(at).parse::<u8>().unwrap_or_else(|_| panic!("{words:?}"));
    let short = |at: usize| word(at).parse::<u16>().unwrap().to_be_bytes();
    match rtype {
        1 => data.extend(word(0).parse::<std::net::Ipv4Addr>().unwrap().octets()),
        28 => data.extend(word(0).parse::<std::net::Ipv6Addr>().unwrap().octets()),
        2 | 5 | 12 | 39 => data.extend(spelled(word(0))),
        6 => {
            data.extend(spelled(word(0)));
            data.extend(spelled(word(1)));
            for at in 2..7 {
                data.extend(word(at).parse::<u32>().unwrap().to_be_bytes());
            }
        }
        15 => {
            data.extend(short(0));
            data.extend(spelled(word(1)));
        }
        33 => {
            (0..3).for_each(|at| data.extend(short(at)));
            data.extend(spelled(word(3)));
        }
        13 | 16 | 99 => words.iter().for_each(|text| {
            let text = text.trim_matches('"').as_bytes();
            data.push(text.len() as u8);
            data.extend(text);
        }),
        43 | 59 => {
            data.extend(short(0));
            data.extend([algorithm(word(1)), byte(2)]);
            data.extend(hex(&words[3..].concat()));
        }
        48 | 60 => {
            data.extend(short(0));
            data.extend([byte(1), algorithm(word(2))]);
            data.extend(base64(&words[3..].concat()));
        }
        46 => {
            data.extend(type_of(word(0)).unwrap().to_be_bytes());
            data.extend([algorithm(word(1)), byte(2)]);
            data.extend(word(3).parse::<u32>().unwrap().to_be_bytes());
            data.extend(time(word(4)).to_be_bytes());
            data.extend(time(word(5)).to_be_bytes());
            data.extend(short(6));
            data.extend(spelled(word(7)));
            data.extend(base64(&words[8..].concat()));
        }
        47 => {
            data.extend(spelled(word(0)));
            data.extend(types(&words[1..]));
        }
        50 | 51 => {
            data.extend([byte(0), byte(1)]);
            data.extend(short(2));
            let salt = hex(word(3).trim_matches('-'));
            data.push(salt.len() as u8);
            data.extend(salt);
            if rtype == 50 {
                let next = base32(word(4));
                data.push(next.len() as u8);
                data.extend(next);
                data.extend(types(&words[5..]));
            }
        }
        257 => {
            let tag = word(1).trim_matches('"').as_bytes();
            data.extend([byte(0), tag.len() as u8]);
            data.extend(tag);
            data.extend(word(2).trim_matches('"').as_bytes());
        }
        other => panic!("data of type {other}: {words:?}"),
    }
    data
}

fn algorithm(text: &str) -> u8 {
    match text {
        "DSA" => 3,
        "RSASHA1" => 5,
        "RSASHA256" => 8,
        text => text.parse().unwrap(),
    }
}

fn types(words: &[String]) -> Vec<u8> {
    let mut windows = std::collections::BTreeMap::<u8, Vec<u8>>::new();
    for number in words.iter().map(|word| type_of(word).unwrap_or_else(|| panic!("{word}"))) {
        let [window, low] = number.to_be_bytes();
        let bits = windows.entry(window).or_default();
        bits.resize(bits.len().max(usize::from(low / 8) + 1), 0);
        bits[usize::from(low / 8)] |= 0x80 >> (low % 8);
    }
    windows
        .into_iter()
        .flat_map(|(window, bits)| [vec![window, bits.len() as u8], bits].concat())
        .collect()
}

fn hex(text: &str) -> Vec<u8> {
    HEXLOWER_PERMISSIVE.decode(text.as_bytes()).unwrap()
}

fn base64(text: &str) -> Vec<u8> {
    BASE64_NOPAD.decode(text.trim_end_matches('=').as_bytes()).unwrap()
}

fn base32(text: &str) -> Vec<u8> {
    BASE32_DNSSEC.decode(text.as_bytes()).unwrap()
}
