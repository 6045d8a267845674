//! What the tests share.
#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use lr_core::CheckRun;
use lr_mailauth::{Answer, Data, Question, RecordType, TxtRecord};

/// A file or folder of the exams: in a folder `shared` beside the project or above it, else the copy
/// in this crate.
pub(crate) fn exam(path: &str) -> PathBuf {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let shared = own.ancestors().map(|folder| folder.join("shared/data/mail").join(path));
    let file = Path::new(path).file_name().unwrap();
    shared.into_iter().find(|path| path.exists()).unwrap_or_else(|| own.join(file))
}

/// The rules that failed.
pub(crate) fn failed(run: &CheckRun) -> Vec<String> {
    run.findings.iter().map(|finding| finding.rule.to_string()).collect()
}

/// Zone files in memory: enough of the format for records of one line, wildcards and aliases.
#[derive(Default)]
pub(crate) struct ZoneFiles {
    names: BTreeMap<String, Vec<(String, String)>>,
    origins: Vec<String>,
    servfail: Vec<String>,
    unanswered: Vec<(String, String)>,
    signed: bool,
}

#[derive(serde::Deserialize)]
struct Faults {
    servfail: Vec<String>,
}

impl ZoneFiles {
    /// All zone files of a folder, and the names that fail.
    pub(crate) fn load(folder: &Path, faults: &Path) -> Self {
        let mut zones = Self::default();
        for entry in fs::read_dir(folder).unwrap() {
            zones.add(&fs::read_to_string(entry.unwrap().path()).unwrap());
        }
        let faults: Faults = serde_json::from_str(&fs::read_to_string(faults).unwrap()).unwrap();
        zones.servfail = faults.servfail;
        zones
    }

    /// One zone, `NAME [TTL] [IN] TYPE DATA` a line.
    pub(crate) fn zone(text: &str) -> Self {
        let mut zones = Self::default();
        zones.add(text);
        zones
    }

    /// The resolver has validated everything.
    pub(crate) fn signed(mut self) -> Self {
        self.signed = true;
        self
    }

    /// Makes a name, and everything below it, fail.
    pub(crate) fn failing(mut self, name: &str) -> Self {
        self.servfail.push(name.to_owned());
        self
    }

    /// Makes one question fail.
    pub(crate) fn failing_for(mut self, name: &str, rtype: &str) -> Self {
        self.unanswered.push((name.to_owned(), rtype.to_owned()));
        self
    }

    pub(crate) fn add(&mut self, text: &str) {
        let mut origin = String::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if let Some(name) = line.strip_prefix("$ORIGIN ") {
                origin = name.trim().trim_end_matches('.').to_owned();
                self.origins.push(origin.clone());
                continue;
            }
            if line.starts_with(['$', ';']) {
                continue;
            }
            let (name, rest) = line.split_once(char::is_whitespace).unwrap();
            let mut rest = rest.trim_start();
            while let Some((word, more)) = rest.split_once(char::is_whitespace) {
                if word != "IN" && word.parse::<u32>().is_err() {
                    break;
                }
                rest = more.trim_start();
            }
            let (rtype, data) = rest.split_once(char::is_whitespace).unwrap();
            let name = absolute(name, &origin);
            let data = match rtype {
                "MX" => {
                    let (preference, host) = data.trim().split_once(' ').unwrap();
                    format!("{preference} {}", absolute(host, &origin))
                }
                "CNAME" | "PTR" => absolute(data.trim(), &origin),
                _ => data.trim().to_owned(),
            };
            self.names.entry(name).or_default().push((rtype.to_owned(), data));
        }
    }

    /// Whether a name has records.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    /// What a resolver would answer.
    pub(crate) fn answer(&self, question: &Question) -> Answer {
        let mut name = question.name.clone();
        let mut aliases = Vec::new();
        for _ in 0..8 {
            let fails = |bad: &String| name == *bad || name.ends_with(&format!(".{bad}"));
            let is_unanswered = |(bad, rtype): &(String, String)| {
                name == *bad && rtype.eq_ignore_ascii_case(&format!("{:?}", question.rtype))
            };
            if self.servfail.iter().any(fails) || self.unanswered.iter().any(is_unanswered) {
                return servfail();
            }
            let Some(records) = self.records(&name) else {
                let exists = self.names.keys().any(|known| known.ends_with(&format!(".{name}")));
                return match (exists, aliases.is_empty()) {
                    (true, _) => Answer::NoData,
                    (false, true) => Answer::NxDomain { alias: None },
                    (false, false) => Answer::NxDomain { alias: Some(name) },
                };
            };
            if let Some((_, target)) = records.iter().find(|(rtype, _)| rtype == "CNAME") {
                name = target.clone();
                aliases.push(name.clone());
                continue;
            }
            let data: Vec<Data> = records
                .iter()
                .filter_map(|(rtype, data)| read(rtype, data, question.rtype))
                .collect();
            if data.is_empty() {
                return Answer::NoData;
            }
            let mut answer = Answer::records(data);
            if let Answer::Records { aliases: chain, authentic, .. } = &mut answer {
                *chain = aliases;
                *authentic = self.signed && question.rtype == RecordType::Tlsa;
            }
            return answer;
        }
        servfail()
    }

    fn records(&self, name: &str) -> Option<&Vec<(String, String)>> {
        if let Some(records) = self.names.get(name) {
            return Some(records);
        }
        if self.names.keys().any(|known| known.ends_with(&format!(".{name}"))) {
            return None;
        }
        let mut at = name;
        while let Some((_, parent)) = at.split_once('.') {
            if let Some(records) = self.names.get(&format!("*.{parent}")) {
                return Some(records);
            }
            let below = self.names.keys().any(|known| known.ends_with(&format!(".{parent}")));
            if below || self.origins.iter().any(|origin| origin == parent) {
                return None;
            }
            at = parent;
        }
        None
    }
}

pub(crate) fn servfail() -> Answer {
    let json = r#"{"answer":"failed","failure":{"kind":"unreachable","reason":"other","message":"the resolver answered SERVFAIL"}}"#;
    serde_json::from_str(json).unwrap()
}

fn absolute(name: &str, origin: &str) -> String {
    match name.strip_suffix('.') {
        Some("") => ".".to_owned(),
        Some(name) => name.to_ascii_lowercase(),
        None if name == "@" => origin.to_owned(),
        None => format!("{name}.{origin}").to_ascii_lowercase(),
    }
}

fn read(rtype: &str, data: &str, wanted: RecordType) -> Option<Data> {
    match (rtype, wanted) {
        ("TXT", RecordType::Txt) | ("SPF", RecordType::Spf) => {
            Some(Data::Txt(TxtRecord::new(strings(data))))
        }
        ("MX", RecordType::Mx) => {
            let (preference, exchange) = data.split_once(' ')?;
            let json = serde_json::json!({
                "mx": { "preference": preference.parse::<u16>().unwrap(), "exchange": exchange }
            });
            serde_json::from_value(json).ok()
        }
        ("PTR", RecordType::Ptr) => Some(Data::Name(data.to_owned())),
        ("TLSA", RecordType::Tlsa) => {
            let parts: Vec<&str> = data.split_whitespace().collect();
            let number = |at: usize| parts[at].parse::<u8>().unwrap();
            let json = serde_json::json!({ "tlsa": {
                "usage": number(0), "selector": number(1), "matching": number(2),
                "data": parts[3..].concat(),
            } });
            serde_json::from_value(json).ok()
        }
        ("A", RecordType::A) | ("AAAA", RecordType::Aaaa) => {
            Some(Data::Address(data.parse().unwrap()))
        }
        _ => None,
    }
}

/// Quoted strings with `\"`, `\\` and `\DDD`.
fn strings(data: &str) -> Vec<Vec<u8>> {
    let (mut strings, mut open) = (Vec::new(), None::<Vec<u8>>);
    let mut bytes = data.bytes();
    while let Some(byte) = bytes.next() {
        match (byte, &mut open) {
            (b'"', None) => open = Some(Vec::new()),
            (b'"', Some(_)) => strings.extend(open.take()),
            (b'\\', Some(text)) => {
                let next = bytes.next().unwrap();
                if next.is_ascii_digit() {
                    let digits = [next, bytes.next().unwrap(), bytes.next().unwrap()];
                    text.push(std::str::from_utf8(&digits).unwrap().parse().unwrap());
                } else {
                    text.push(next);
                }
            }
            (byte, Some(text)) => text.push(byte),
            (_, None) => {}
        }
    }
    strings
}

/// A DKIM public key in base64: an RSA modulus of so many bits that nobody knows the factors of.
pub(crate) fn rsa(bits: usize, wrapped: bool) -> String {
    let mut modulus = vec![0; bits / 8 + 1];
    modulus[1..]
        .iter_mut()
        .enumerate()
        .for_each(|(at, byte)| *byte = (at as u8).wrapping_mul(7) | 0x81);
    let key = der(0x30, &[der(2, &modulus), der(2, &[1, 0, 1])].concat());
    match wrapped {
        false => base64(&key),
        true => {
            let oid = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
            let algorithm = der(0x30, &[der(6, &oid), der(5, &[])].concat());
            let bits = der(3, &[vec![0], key].concat());
            base64(&der(0x30, &[algorithm, bits].concat()))
        }
    }
}

fn der(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(value.len()).unwrap().to_be_bytes();
    let mut der = vec![tag];
    match value.len() {
        0..0x80 => der.push(length[1]),
        0x80..0x100 => der.extend([0x81, length[1]]),
        _ => der.extend([0x82, length[0], length[1]]),
    }
    der.extend(value);
    der
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = bytes.chunks(3).flat_map(|chunk| {
        let word = chunk.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte));
        let word = word << (8 * (3 - chunk.len()));
        let digit = move |at: usize| char::from(DIGITS[(word >> (18 - 6 * at)) as usize & 63]);
        let count = chunk.len() + 1;
        (0..4).map(move |at| if at < count { digit(at) } else { '=' })
    });
    digits.collect()
}
