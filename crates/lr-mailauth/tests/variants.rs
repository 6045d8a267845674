//! Variants of every fault of the corpus, and healthy domains that look odd: other placements,
//! other encodings, aliases, wildcards. Each is a healthy domain with something changed.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "these are tests")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use lr_core::{CheckRun, Severity, Verdict};
use lr_mailauth::mta_sts::Fetched;
use lr_mailauth::{MailConfig, Policy, Question, RULES, RecordType, Snapshot, judge};

use common::ZoneFiles;

const HEALTHY: &str = r#"@ MX 10 mx
mx A 192.0.2.25
@ TXT "v=spf1 ip4:192.0.2.25 -all"
_dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@x.test"
"#;

/// Other people's domains.
const OTHERS: &str = r#"$ORIGIN inc.test
i1 TXT "v=spf1 ip4:198.51.100.1 -all"
i2 TXT "v=spf1 ip4:198.51.100.2 -all"
i3 TXT "v=spf1 ip4:198.51.100.3 -all"
i4 TXT "v=spf1 ip4:198.51.100.4 -all"
i5 TXT "v=spf1 ip4:198.51.100.5 -all"
i6 TXT "v=spf1 ip4:198.51.100.6 -all"
i7 TXT "v=spf1 ip4:198.51.100.7 -all"
i8 TXT "v=spf1 ip4:198.51.100.8 -all"
i9 TXT "v=spf1 ip4:198.51.100.9 -all"
n3 TXT "v=spf1 include:i1.inc.test include:i2.inc.test include:i3.inc.test -all"
n4 TXT "v=spf1 include:i4.inc.test include:i5.inc.test include:i6.inc.test include:i7.inc.test -all"
plus TXT "v=spf1 +all"
soft TXT "v=spf1 ip4:198.51.100.77 ~all"
quest TXT "v=spf1 ip4:198.51.100.77 ?all"
noall TXT "v=spf1 ip4:198.51.100.77"
nobody TXT "v=spf1 -all"
notspf TXT "hello world"
bad TXT "v=spf1 ip4:300.1.1.1 -all"
ptrinc TXT "v=spf1 ptr -all"
h1 A 198.51.100.101
h2 A 198.51.100.102
h3 A 198.51.100.103
manymx TXT "v=spf1 mx:many.inc.test -all"
many MX 10 h1
many MX 11 h2
many MX 12 h3
many MX 13 m4
many MX 14 m5
many MX 15 m6
many MX 16 m7
many MX 17 m8
many MX 18 m9
many MX 19 m10
many MX 20 m11
"#;

struct Variant {
    name: String,
    expect: Vec<(String, Option<String>)>,
    options: Vec<String>,
    records: Vec<String>,
    policy: Option<String>,
}

fn variants(text: &str) -> Vec<Variant> {
    let mut variants: Vec<Variant> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")) {
        if let Some(head) = line.strip_prefix("== ") {
            let mut parts = head.split('|').map(str::trim);
            let name = parts.next().unwrap().to_owned();
            let codes = parts.next().unwrap_or_default();
            let codes = codes.split(',').map(str::trim).filter(|code| !code.is_empty());
            let expect = codes.map(|code| match code.split_once(' ') {
                Some((code, severity)) => (code.to_owned(), Some(severity.to_owned())),
                None => (code.to_owned(), None),
            });
            let options = parts.next().unwrap_or_default().split_whitespace();
            variants.push(Variant {
                name,
                expect: expect.collect(),
                options: options.map(str::to_owned).collect(),
                records: Vec::new(),
                policy: None,
            });
        } else if let Some(policy) = line.strip_prefix("--") {
            variants.last_mut().unwrap().policy = Some(policy.trim_start().replace('|', "\n"));
        } else {
            variants.last_mut().unwrap().records.push(line.to_owned());
        }
    }
    variants
}

impl Variant {
    fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().find_map(|option| option.strip_prefix(name)?.strip_prefix('='))
    }

    fn has(&self, name: &str) -> bool {
        self.options.iter().any(|option| option == name)
    }

    fn zone(&self) -> ZoneFiles {
        let key = |line: &str| {
            let mut words = line.split_whitespace();
            (words.next().unwrap().to_owned(), words.next().unwrap().to_owned())
        };
        let changes = self.records.iter().map(|line| line.trim_start_matches('-'));
        let replaced: BTreeSet<_> =
            changes.filter(|line| !line.starts_with('+')).map(key).collect();
        // An alias stands alone at its name.
        let is_alias = |name: &str| replaced.contains(&(name.to_owned(), "CNAME".to_owned()));
        let kept = HEALTHY.lines().filter(|line| {
            let (name, rtype) = key(line);
            !is_alias(&name) && !replaced.contains(&(name, rtype))
        });
        let own = self.records.iter().filter(|line| !line.starts_with('-'));
        let own = own.map(|line| line.strip_prefix('+').unwrap_or(line));
        let mut text = "$ORIGIN x.test\n".to_owned();
        for line in kept.chain(own) {
            text.push_str(&keys(line));
            text.push('\n');
        }
        if self.policy.is_some() && !text.contains("\nmta-sts ") {
            text.push_str("mta-sts A 192.0.2.80\n");
        }
        let mut zones = ZoneFiles::zone(&text);
        zones.add(OTHERS);
        let failing = self.option("fail").into_iter().flat_map(|list| list.split(','));
        zones = failing.fold(zones, |zones, question| {
            let (name, rtype) = question.split_once(':').unwrap();
            zones.failing_for(name, rtype)
        });
        let zones = zones.failing("servfail.test");
        if self.has("signed") { zones.signed() } else { zones }
    }

    fn config(&self) -> MailConfig {
        let config = MailConfig::new(self.option("domain").unwrap_or("x.test"));
        let selectors = self.option("selectors").into_iter().flat_map(|list| list.split(','));
        selectors
            .fold(config, |config, selector| config.selector(selector))
            .parked(self.has("parked"))
    }

    fn run(&self) -> CheckRun {
        let zones = self.zone();
        let mut snapshot = Snapshot::gather(self.config(), |question| zones.answer(question));
        let host = format!("mta-sts.{}", snapshot.config.domain);
        let asks =
            |name: &str, rtype| zones.answer(&Question::new(name, rtype)).data().next().is_some();
        let is_announced = asks(&format!("_mta-sts.{}", snapshot.config.domain), RecordType::Txt);
        if is_announced || asks(&host, RecordType::A) {
            snapshot.policy = Some(self.fetched());
        }
        let policy = Policy::default().expect_dkim(self.has("dkim"));
        lr_core::record("mailauth", RULES, |out| judge(&snapshot, &policy, out))
    }

    fn fetched(&self) -> Fetched {
        let text = self.policy.clone().unwrap_or_else(|| "@status 404".to_owned());
        let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
        let answer = |status: u16, media: &str, location: Option<&str>, body: &str| {
            serde_json::json!({
                "fetched": "answer", "status": status, "content_type": media,
                "location": location, "body": body, "complete": true,
            })
        };
        let json = match first.split_once(' ') {
            Some(("@status", status)) => answer(status.parse().unwrap(), "text/plain", None, ""),
            Some(("@redirect", url)) => answer(301, "text/html", Some(url), ""),
            Some(("@ctype", media)) => answer(200, media, None, rest),
            Some(("@fail", reason)) => serde_json::json!({
                "fetched": "failed",
                "failure": {
                    "kind": if reason == "timeout" { "timeout" } else { "unreachable" },
                    "reason": if reason == "timeout" { "other" } else { reason }, "message": format!("{reason} on the way"),
                },
            }),
            _ => answer(200, "text/plain", None, &text),
        };
        serde_json::from_value(json).unwrap()
    }
}

/// Puts in key material: `{KIND}` or `{KIND:HOW}`.
fn keys(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        out.push_str(before);
        rest = after;
        let (kind, how) = name.split_once(':').unwrap_or((name, ""));
        let bits = |digits: &str| digits.parse().unwrap();
        let key = if let Some(digits) = kind.strip_prefix("rsa") {
            common::rsa(bits(digits), true)
        } else if let Some(digits) = kind.strip_prefix("pkcs1-") {
            common::rsa(bits(digits), false)
        } else if kind == "ed" {
            common::base64(&[7; 32])
        } else {
            // A macro of SPF.
            out.push_str(&format!("{{{name}}}"));
            continue;
        };
        out.push_str(&match how {
            "cut" => key[..key.len() - 40].to_owned(),
            "tail" => key[40..].to_owned(),
            "url" => key.replace('+', "-").replace('/', "_") + "-_",
            "folded" => format!("{} {} {}", &key[..60], &key[60..120], &key[120..]),
            _ => key,
        });
    }
    out + rest
}

fn weighs(severity: Severity, wanted: &str) -> bool {
    match wanted {
        "error" => severity >= Severity::Medium,
        "warn" => (Severity::Low..=Severity::Medium).contains(&severity),
        _ => severity <= Severity::Low,
    }
}

/// What is not as expected of one variant.
fn differences(variant: &Variant, codes: &BTreeMap<String, String>) -> Vec<String> {
    let run = variant.run();
    let mut differences = Vec::new();
    let mut expected = BTreeSet::new();
    for (code, severity) in &variant.expect {
        let rule = codes.get(code).unwrap_or_else(|| panic!("{code} has no rule"));
        expected.insert(rule.as_str());
        if code.ends_with("temperror") {
            let is_open = run.outcomes.iter().any(|outcome| {
                outcome.rule == **rule && matches!(outcome.verdict, Verdict::Inconclusive { .. })
            });
            if !is_open {
                differences.push(format!("{code} is decided"));
            }
            continue;
        }
        let found: Vec<_> = run.findings.iter().filter(|one| one.rule == **rule).collect();
        if found.is_empty() {
            differences.push(format!("{code} is not found"));
        } else if let Some(wanted) = severity
            && !found.iter().any(|finding| weighs(finding.severity, wanted))
        {
            differences.push(format!("{code} is {:?}, not {wanted}", found[0].severity));
        }
    }
    for finding in &run.findings {
        if finding.severity >= Severity::Medium && !expected.contains(finding.rule.as_str()) {
            differences.push(format!("{:?} {}: {}", finding.severity, finding.key, finding.detail));
        }
    }
    differences
}

fn check(text: &str) {
    let mut codes: BTreeMap<String, String> =
        serde_json::from_str(include_str!("corpus-codes.json")).unwrap();
    // What the corpus has no code for.
    codes.insert("spf.modifier-name".into(), "mailauth/spf-modifier-names".into());
    let variants = variants(text);
    let mut all = Vec::new();
    for variant in &variants {
        let found = differences(variant, &codes);
        if !found.is_empty() {
            all.push(format!("{}: {found:#?}", variant.name));
        }
    }
    println!("{} of {} as expected", variants.len() - all.len(), variants.len());
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn spf() {
    check(include_str!("variants/spf.txt"));
}

#[test]
fn dmarc() {
    check(include_str!("variants/dmarc.txt"));
}

#[test]
fn dkim() {
    check(include_str!("variants/dkim.txt"));
}

#[test]
fn around() {
    check(include_str!("variants/around.txt"));
}
