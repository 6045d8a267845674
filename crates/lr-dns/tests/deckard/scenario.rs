use serde_json::Value;

use crate::wire::{name, type_of};

/// A scenario: what servers say at which step, and what a resolver must answer.
pub(crate) struct Scenario {
    pub(crate) title: String,
    pub(crate) now_s: i64,
    pub(crate) anchors: Vec<String>,
    pub(crate) exempt: Vec<String>,
    pub(crate) hints: Vec<String>,
    pub(crate) ranges: Vec<Range>,
    pub(crate) checks: Vec<Check>,
}

/// What the servers at some addresses say between two steps.
pub(crate) struct Range {
    pub(crate) steps: (u64, u64),
    pub(crate) addresses: Vec<String>,
    pub(crate) entries: Vec<Entry>,
}

/// An answer and the questions it is given to.
pub(crate) struct Entry {
    matches: Vec<String>,
    question: Option<(Vec<u8>, u16)>,
    pub(crate) code: u8,
    pub(crate) authoritative: bool,
    pub(crate) sections: [Vec<String>; 3],
}

/// A question, and what a resolver must answer.
pub(crate) struct Check {
    pub(crate) step: u64,
    pub(crate) name: String,
    pub(crate) rtype: String,
    /// The one who asks understands AD (RFC 6840, section 5.7).
    pub(crate) wants_ad: bool,
    pub(crate) code: String,
    /// The AD bit, if it is compared.
    pub(crate) authentic: Option<bool>,
}

/// Some of the root's servers, which every resolver knows.
const ROOTS: [&str; 3] = ["198.41.0.4", "193.0.14.129", "199.7.83.42"];

impl Scenario {
    pub(crate) fn read(text: &str) -> Self {
        let json: Value = serde_json::from_str(text).unwrap();
        let config =
            |key: &str| texts(&json["config"][key]).into_iter().map(|text| text.trim().to_owned());
        let date = config("val-override-date").next().map(|date| crate::wire::time(&date));
        let stamp = config("val-override-timestamp").next().and_then(|text| text.parse().ok());
        let mut hints: Vec<_> = config("stub-addr").chain(config("forward-addr")).collect();
        if hints.is_empty() {
            hints.extend(ROOTS.map(str::to_owned));
        }
        Self {
            title: json["scenario"].as_str().unwrap_or_default().to_owned(),
            now_s: stamp.or_else(|| date.map(i64::from)).unwrap_or_default(),
            anchors: texts(&json["trust_anchors"]),
            exempt: config("domain-insecure").collect(),
            hints,
            ranges: list(&json["ranges"]).map(Range::read).collect(),
            checks: checks(&json["steps"]),
        }
    }
}

impl Range {
    fn read(json: &Value) -> Self {
        Self {
            steps: (json["frm"].as_u64().unwrap_or(0), json["to"].as_u64().unwrap_or(u64::MAX)),
            addresses: texts(&json["addresses"]),
            entries: list(&json["entries"]).map(Entry::read).collect(),
        }
    }
}

impl Entry {
    fn read(json: &Value) -> Self {
        let reply = texts(&json["reply"]);
        let has = |word: &str| reply.iter().any(|own| own.eq_ignore_ascii_case(word));
        let code = ["FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"]
            .iter()
            .position(|code| has(code))
            .map_or(0, |at| at as u8 + 1);
        Self {
            matches: texts(&json["match"]).iter().map(|word| word.to_lowercase()).collect(),
            question: texts(&json["question"]).first().map(|text| {
                let (name, rtype) = question(text);
                (crate::wire::name(&name), type_of(&rtype).unwrap())
            }),
            code,
            authoritative: has("AA"),
            sections: ["answer", "authority", "additional"].map(|section| texts(&json[section])),
        }
    }

    pub(crate) fn answers(&self, wanted: &str, rtype: u16) -> bool {
        let Some((own, kind)) = &self.question else { return true };
        let wanted = name(wanted);
        self.matches.iter().all(|word| match word.as_str() {
            "qname" => wanted == *own,
            "qtype" => rtype == *kind,
            "question" => wanted == *own && rtype == *kind,
            "subdomain" => crate::resolver::is_within(&wanted, own),
            _ => true,
        })
    }
}

fn checks(steps: &Value) -> Vec<Check> {
    let mut checks = Vec::new();
    let mut asked: Option<&Value> = None;
    for step in list(steps) {
        match step["type"].as_str().unwrap_or_default() {
            "QUERY" => asked = Some(step),
            "CHECK_ANSWER" => {
                let Some(query) = asked.take() else { continue };
                let of_query = texts(&query["entry"]["reply"]);
                let Some(question) = texts(&query["entry"]["question"]).first().cloned() else {
                    continue;
                };
                // Whoever sets CD validates by himself.
                if of_query.iter().any(|word| word == "CD") {
                    continue;
                }
                let (name, rtype) = self::question(&question);
                let mut reply = texts(&step["entry"]["reply"]);
                if let Some(comment) = reply.iter().position(|word| word.starts_with(';')) {
                    reply.truncate(comment);
                }
                let matches = texts(&step["entry"]["match"]);
                let flags = matches.iter().any(|word| word == "all" || word == "flags");
                let code = reply.iter().find(|word| {
                    matches!(word.as_str(), "SERVFAIL" | "NXDOMAIN" | "REFUSED" | "FORMERR")
                });
                checks.push(Check {
                    step: query["n"].as_u64().unwrap_or_default(),
                    name,
                    rtype,
                    wants_ad: of_query.iter().any(|word| word == "DO" || word == "AD"),
                    code: code.cloned().unwrap_or_else(|| "NOERROR".to_owned()),
                    authentic: flags.then(|| reply.iter().any(|word| word == "AD")),
                });
            }
            _ => {}
        }
    }
    checks
}

/// `www.example.com. IN A`, the class left out by some.
fn question(text: &str) -> (String, String) {
    let mut words = text.split_whitespace();
    let name = words.next().unwrap_or(".").to_owned();
    let rtype = words.find(|word| !word.eq_ignore_ascii_case("IN")).unwrap_or("A");
    (name, rtype.to_owned())
}

fn list(json: &Value) -> impl Iterator<Item = &Value> {
    json.as_array().into_iter().flatten()
}

fn texts(json: &Value) -> Vec<String> {
    list(json).filter_map(|text| text.as_str().map(str::to_owned)).collect()
}
