//! Every format, from its grammar: what it is, what it is not, and where it may stand.
#![allow(clippy::disallowed_methods, reason = "whoever runs a test configures it")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[path = "samples/lib.rs"]
mod samples;

use lr_secrets::{Kind, Policy, Secret, formats, scan_bytes};
use proptest::prelude::*;
use samples::{CONTEXTS, Draw, Sample, TEMPLATES, sample};

fn scan(text: &[u8]) -> Vec<Secret> {
    scan_bytes(text, &Policy::new())
}

/// (format, offset, length) of all that was found.
fn found(text: &[u8]) -> Vec<(String, usize, usize)> {
    let places = |secret: Secret| {
        let format = secret.format;
        secret
            .places
            .into_iter()
            .map(move |at| (format.clone(), at.offset as usize, at.length as usize))
    };
    let mut all: Vec<_> = scan(text).into_iter().flat_map(places).collect();
    all.sort_by_key(|(_, at, _)| *at);
    all
}

/// Forms of open length or alphabet: part of a longer token, or a broken one, is one of theirs.
const OPEN: [&str; 22] = [
    "wifi-passphrase",
    "dotnet-jwt-key",
    "wordpress-salt",
    "pgpass-password",
    "call-password",
    "jwt-signing-secret",
    "mysql-dsn",
    "sql-password",
    "network-credential",
    "stripe-short-key",
    "grafana-cloud-short-token",
    "freemius-secret-key",
    "generic-password",
    "generic-secret",
    "authorization-basic",
    "authorization-bearer",
    "authorization-token",
    "header-token",
    "command-user",
    "command-credentials",
    "command-password",
    "netrc-password",
];

fn expected(sample: &Sample, shift: usize) -> (String, usize, usize) {
    (sample.format.into(), sample.at.start + shift, sample.at.len())
}

#[test]
fn every_format_has_a_template_texts_and_a_reference() {
    assert!(formats().count() > 500, "as the changelog says");
    for format in formats() {
        let templates = TEMPLATES.iter().filter(|(id, _)| *id == format.id).count();
        assert_eq!(templates, 1, "{}", format.id);
        for text in [format.provider, format.name, format.capability, format.rotate] {
            assert!(!text.is_empty() && !text.ends_with('.'), "{}: {text}", format.id);
        }
        assert!(format.reference.starts_with("https://"), "{}", format.id);
        assert!(
            format
                .id
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        );
    }
    assert_eq!(formats().count(), TEMPLATES.len());
}

#[test]
fn what_the_grammar_makes_is_found() {
    let mut missed = Vec::new();
    for index in 0..TEMPLATES.len() {
        for seed in 0..8 {
            let sample = sample(index, seed, Draw::Right);
            let found = found(sample.text.as_bytes());
            if found != [expected(&sample, 0)] {
                missed.push(format!("{} {}: {found:?}", sample.format, sample.text));
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn near_misses_are_left_alone() {
    let mut wrong = Vec::new();
    for index in 0..TEMPLATES.len() {
        for seed in 0..4 {
            for draw in [Draw::Mask, Draw::Broken] {
                let miss = sample(index, seed, draw);
                let found = found(miss.text.as_bytes());
                // Any character may be part of a password, and half an armour is still a key.
                let is_free = miss.text.contains("KEY-----") || miss.format.ends_with("-url");
                let is_free = is_free || miss.format == "url-password";
                let is_free = is_free || found.iter().all(|(id, ..)| OPEN.contains(&&**id));
                if !(found.is_empty() || draw == Draw::Broken && is_free) {
                    wrong.push(format!("{} found in {} of {}", found[0].0, miss.text, miss.format));
                }
            }
            // A word that goes on is another word. Formats of open length just get longer.
            let whole = sample(index, seed, Draw::Right);
            if whole.at.end == whole.text.len() && !whole.text.contains("KEY-----") {
                let longer = format!("{}z9", whole.text);
                assert!(!found(longer.as_bytes()).contains(&expected(&whole, 0)), "{longer}");
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Forms that come in several lengths, of which half the longest may be another.
const LENGTHS: [&str; 24] = [
    "google-access-token",
    "pypi-token",
    "vercel-token",
    "fly-token",
    "stripe-restricted-key",
    "aws-bedrock-short-term-key",
    "bitbucket-client-secret",
    "twitter-key",
    "meilisearch-key",
    "snowflake-password",
    "fivetran-key",
    "trello-key",
    "flickr-key",
    "auth0-secret",
    "docker-auth",
    "call-bearer",
    "aspnet-machine-key",
    "jwk-private-key",
    "jwk-private-key-first",
    "kubernetes-secret",
    "pinterest-token",
    "datastax-token",
    "devcycle-server-key",
    "devcycle-client-key",
];

/// Lengths are part of a grammar: half a token is none of its format.
#[test]
fn half_a_token_is_none_of_its_format() {
    let mut wrong = Vec::new();
    for index in 0..TEMPLATES.len() {
        for seed in 0..4 {
            let whole = sample(index, seed, Draw::Right);
            let is_free = whole.text.contains("KEY-----") || whole.format.ends_with("-url");
            if is_free
                || whole.format == "url-password"
                || OPEN.contains(&whole.format)
                || LENGTHS.contains(&whole.format)
            {
                continue;
            }
            let cut = whole.at.start + whole.at.len() / 2;
            let text = format!("{}{}", &whole.text[..cut], &whole.text[whole.at.end..]);
            if found(text.as_bytes()).iter().any(|(id, ..)| id == whole.format) {
                wrong.push(format!("{}: {text}", whole.format));
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn checksums_are_told() {
    for (index, (format, template)) in TEMPLATES.iter().enumerate() {
        if !template.contains("{crc") {
            continue;
        }
        let sample = sample(index, 1, Draw::Right);
        assert_eq!(scan(sample.text.as_bytes())[0].proven, Some(true), "{format}");
        let other = if sample.text.as_bytes()[15] == b'q' { "r" } else { "q" };
        let mut wrong = sample.text.clone();
        wrong.replace_range(15..16, other);
        let secrets = scan(wrong.as_bytes());
        assert_eq!(secrets.len(), 1, "a failed checksum drops nothing: {format}");
        assert_eq!(secrets[0].proven, Some(false), "{format}");
    }
}

#[test]
fn a_secret_is_never_shown() {
    for index in 0..TEMPLATES.len() {
        let sample = sample(index, 3, Draw::Right);
        let secret = &sample.text[sample.at.clone()];
        let shown = format!("{:?}", scan(sample.text.as_bytes()));
        assert!(!shown.contains(secret), "{}", sample.format);
        let tail = &secret[secret.len() / 2..];
        assert!(!shown.contains(tail), "{}", sample.format);
    }
}

#[test]
fn one_secret_twice_is_one_with_two_places() {
    let index = TEMPLATES.iter().position(|(id, _)| *id == "npm-token").unwrap();
    let token = sample(index, 1, Draw::Right).text;
    let secrets = scan(format!("a: {token}\n\n  b: {token}\n").as_bytes());
    assert_eq!(secrets.len(), 1);
    let places: Vec<_> = secrets[0].places.iter().map(|at| (at.line, at.column)).collect();
    assert_eq!(places, [(1, 4), (3, 6)]);
}

#[test]
fn documentation_is_no_secret() {
    let aws = ["AKIA", "IOSFODNN7", "EXAMPLE"].concat();
    let second = ["wJalrXUtnFEMI/K7MDENG/", "bPxRfiCYEXAMPLEKEY"].concat();
    let text = format!(
        "{aws} aws_secret_access_key={second} ghp_{} postgres://user:password@host/db",
        "x".repeat(36)
    );
    assert_eq!(found(text.as_bytes()), []);
}

/// Time for hostile input must not grow faster than the input.
#[test]
fn hostile_input_takes_linear_time() {
    let begin = ["-----", "BEGIN ", "PRIVATE KEY-----"].concat();
    for unit in [
        "eyJ",
        ".eyJ",
        "-eyJ",
        "sk-proj-",
        "ghp_",
        "://",
        "://a:",
        "a://b:c@",
        "twilio_",
        "pypi-AgE",
        "ops_eyJ",
        "AccountKey=",
        "SG.",
        &begin,
        "BEGIN ",
        "aws_secret=",
        "glpat-",
        "\0",
        "hooks.slack.com/",
    ] {
        let text = unit.repeat((256 << 10) / unit.len());
        let started = std::time::Instant::now();
        let _ = scan(text.as_bytes());
        // Generous for a busy machine without optimisation; quadratic work would take minutes.
        assert!(started.elapsed().as_secs() < 20, "{unit}: {:?}", started.elapsed());
    }
}

/// The table of formats in the readme is what the code says; `BLESS=1` writes it.
#[test]
fn the_readme_lists_every_rule_and_format() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    for rule in lr_secrets::RULES {
        assert!(readme.contains(&format!("`{}`", rule.id)), "{}", rule.id);
    }
    let mut rows = std::collections::BTreeMap::<&str, Vec<String>>::new();
    for format in formats() {
        let kind = match format.kind {
            Kind::Public => " (public)",
            Kind::Test => " (test)",
            Kind::Restrictable => " (restrictable)",
            _ => "",
        };
        rows.entry(format.provider).or_default().push(format!("`{}`{kind}", format.id));
    }
    let row =
        |(provider, ids): (&&str, &Vec<String>)| format!("| {provider} | {} |\n", ids.join(", "));
    let table: String = rows.iter().map(row).collect();
    let head = "| Provider | Formats |\n| --- | --- |\n";
    let start = readme.find(head).unwrap() + head.len();
    let end = start + readme[start..].find("\n\n").unwrap() + 1;
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, format!("{}{table}{}", &readme[..start], &readme[end..])).unwrap();
    } else {
        assert!(readme[start..end] == table, "the table of formats is stale");
    }
}

/// 400 cases, or as many as `PROPTEST_CASES` says.
fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { 400 };
    ProptestConfig { cases, failure_persistence: None, ..default }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn it_is_found_at_every_offset_in_every_notation(
        index in 0..TEMPLATES.len(),
        seed: u64,
        context in 0..CONTEXTS.len(),
        pad in "[ a-z(){};.\n]{0,80}",
    ) {
        let sample = sample(index, seed, Draw::Right);
        // A document of several lines does not stand inside a string or a URL.
        let context = if sample.text.contains('\n') { 0 } else { context };
        let (before, after) = CONTEXTS[context];
        let text = format!("{pad}\n{before}{}{after}\n{pad}", sample.text);
        let shift = pad.len() + 1 + before.len();
        prop_assert!(found(text.as_bytes()).contains(&expected(&sample, shift)), "{}", text);
    }

    #[test]
    fn a_concatenation_holds_the_union(picks in proptest::collection::vec((0..TEMPLATES.len(), any::<u64>()), 0..8)) {
        let (mut text, mut all) = (String::new(), Vec::new());
        for (index, seed) in picks {
            let sample = sample(index, seed, Draw::Right);
            all.push(expected(&sample, text.len()));
            text += &sample.text;
            text += "\n;\n";
        }
        prop_assert_eq!(found(text.as_bytes()), all);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), index in 0..TEMPLATES.len(), seed: u64, cut in 0usize..200) {
        let text = sample(index, seed, Draw::Right).text;
        let mut mixed = bytes.clone();
        mixed.extend(text.bytes().take(cut));
        mixed.extend(&bytes);
        mixed.extend(text.bytes().skip(cut));
        for secret in scan(&mixed) {
            for place in secret.places {
                prop_assert!(place.offset + place.length <= mixed.len() as u64);
                prop_assert!(place.line >= 1 && place.column >= 1);
            }
        }
    }
}
