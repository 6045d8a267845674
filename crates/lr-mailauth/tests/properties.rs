//! Nothing an enemy publishes breaks anything, and what is valid survives being printed.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "these are tests")]

mod common;

use lr_mailauth::{
    Answer, Answers, Data, IssueKind, MailConfig, Policy, RULES, RecordType, Snapshot, TxtRecord,
    bimi, dkim, dmarc, judge, mta_sts, spf, tls_rpt,
};
use mail_auth::common::parse::TxtRecordParser;
use proptest::prelude::*;

/// Bytes as they might stand in a record: real words, broken in all ways.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let word = prop::sample::select(vec![
        "v=spf1",
        "v=DMARC1",
        "v=DKIM1",
        " ",
        ";",
        "; ",
        "=",
        ":",
        "/",
        "//",
        "%",
        "%{",
        "}",
        "%{i}",
        "a",
        "mx",
        "all",
        "-",
        "~",
        "?",
        "+",
        "ip4:",
        "ip6:",
        "include:",
        "redirect=",
        "exists:",
        "ptr",
        "1.2.3.4",
        "::1",
        "/33",
        "/0",
        "p=",
        "p=none",
        "p=reject",
        "sp=",
        "rua=",
        "mailto:a@b.c",
        "!10m",
        ",",
        "t=y",
        "k=rsa",
        "k=ed25519",
        "h=sha1",
        "MIIB",
        "\"",
        "\\",
        "shop.test",
        ".",
        "\u{fc}",
        "\u{0}",
    ]);
    let words = prop::collection::vec(word.prop_map(|word| word.as_bytes().to_vec()), 0..24);
    let bytes = prop::collection::vec(any::<u8>(), 0..200);
    prop_oneof![words.prop_map(|words| words.concat()), bytes]
}

fn label() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9]{0,8}"
}

fn domain() -> impl Strategy<Value = String> {
    (label(), label()).prop_map(|(host, top)| format!("{host}.{top}"))
}

/// A term of a valid SPF record.
fn term() -> impl Strategy<Value = String> {
    let sign = prop::sample::select(vec!["", "-", "~", "?"]);
    let mechanism = prop_oneof![
        domain().prop_map(|name| format!("include:{name}")),
        domain().prop_map(|name| format!("exists:%{{i}}.{name}")),
        (domain(), 0..=32u8, 0..=128u8).prop_map(|(name, v4, v6)| format!("a:{name}/{v4}//{v6}")),
        (0..=32u8).prop_map(|v4| format!("mx/{v4}")),
        (any::<[u8; 4]>(), 0..=32u8)
            .prop_map(|(ip, prefix)| { format!("ip4:{}/{prefix}", std::net::Ipv4Addr::from(ip)) }),
        (any::<[u8; 16]>(), 0..=128u8)
            .prop_map(|(ip, prefix)| { format!("ip6:{}/{prefix}", std::net::Ipv6Addr::from(ip)) }),
        Just("ptr".to_owned()),
        domain().prop_map(|name| format!("ptr:%{{d}}.{name}")),
        domain().prop_map(|name| format!("a:%{{l1r-+}}.%%.%_%-.{name}.")),
        (0..=128u8).prop_map(|v6| format!("MX://{v6}").replace(":/", "/")),
        Just("all".to_owned()),
    ];
    (sign, mechanism).prop_map(|(sign, mechanism)| format!("{sign}{mechanism}"))
}

fn spf_record() -> impl Strategy<Value = String> {
    let redirect = prop::option::of(domain().prop_map(|name| format!(" redirect={name}")));
    let exp = prop::option::of(domain().prop_map(|name| format!(" exp=%{{i}}.{name}")));
    let other = prop::option::of(label().prop_map(|name| format!(" x-{name}=%{{s}}")));
    (prop::collection::vec(term(), 0..12), redirect, exp, other).prop_map(
        |(terms, redirect, exp, other)| {
            let terms: String = terms.iter().map(|term| format!(" {term}")).collect();
            let [redirect, exp, other] = [redirect, exp, other].map(Option::unwrap_or_default);
            format!("v=spf1{other}{terms}{exp}{redirect}")
        },
    )
}

fn dmarc_record() -> impl Strategy<Value = String> {
    let policy = || prop::sample::select(vec!["none", "quarantine", "reject"]);
    let optional =
        |name: &'static str| prop::option::of(policy().prop_map(move |p| format!("; {name}={p}")));
    let uris =
        prop::collection::vec(domain().prop_map(|name| format!("mailto:dmarc@{name}")), 0..3);
    let psd = prop::sample::select(vec!["", "; psd=y", "; psd=n", "; PSD=u"]);
    let fo = prop::sample::select(vec!["", "; fo=0", "; fo=1:d:s", "; fo=d : s"]);
    let ruf = prop::option::of(domain().prop_map(|name| format!("; ruf = MAILTO:f@{name}")));
    (policy(), optional("sp"), optional("np"), any::<[bool; 3]>(), uris, (psd, fo, ruf)).prop_map(
        |(p, sp, np, [dkim, spf, testing], uris, (psd, fo, ruf))| {
            let flag = |set: bool, text: &str| if set { text.to_owned() } else { String::new() };
            let rua =
                if uris.is_empty() { String::new() } else { format!("; rua={}", uris.join(",")) };
            [
                format!("v=DMARC1; p={p}"),
                sp.unwrap_or_default(),
                np.unwrap_or_default(),
                flag(dkim, "; adkim=s"),
                flag(spf, "; aspf=s"),
                flag(testing, "; t=y"),
                psd.to_owned(),
                rua,
                fo.to_owned(),
                ruf.unwrap_or_default(),
            ]
            .concat()
        },
    )
}

/// A valid key record, and its key material.
fn key_record() -> impl Strategy<Value = (String, String)> {
    let kind = prop_oneof![
        any::<[u8; 32]>().prop_map(|key| ("ed25519", common::base64(&key))),
        prop::sample::select(vec![1024, 1536, 2048, 4096])
            .prop_map(|bits| ("rsa", common::rsa(bits, true))),
        Just(("rsa", common::rsa(2048, false))),
        prop::sample::select(vec!["rsa", "ed25519"]).prop_map(|kind| (kind, String::new())),
    ];
    let option = |values: Vec<&'static str>| prop::sample::select(values);
    (
        kind,
        option(vec!["", "v=DKIM1; ", "v = DKIM1 ;"]),
        option(vec!["", "h=sha256; ", "h=sha1:sha256; ", "h= SHA256 : x ; "]),
        option(vec!["", "s=email; ", "s=*; ", "s=email:other; ", "s=other; "]),
        option(vec!["", "t=y; ", "t=s; ", "t=y:s; ", "t=s : y : z; "]),
        option(vec!["", "n=a note, with=words; ", "g=*; ", "x_1=2; "]),
    )
        .prop_map(|((kind, key), version, hashes, services, flags, other)| {
            let text = format!("{version}k={kind}; {hashes}{services}{flags}{other}p={key}");
            (text, key)
        })
}

proptest! {
    #[test]
    fn no_text_breaks_a_parser(text in text()) {
        for issues in [
            spf::parse(&text).issues,
            dmarc::parse(&text).issues,
            dkim::parse(&text).issues,
            mta_sts::parse(&text).issues,
            mta_sts::parse_policy(&text).issues,
            tls_rpt::parse(&text).issues,
            bimi::parse(&text).issues,
        ] {
            for issue in issues {
                prop_assert!(issue.span.start <= issue.span.end && issue.span.end <= text.len());
                prop_assert!(!issue.to_string().is_empty());
            }
        }
    }

    #[test]
    fn a_valid_spf_record_survives_being_printed(record in spf_record()) {
        let first = spf::parse(record.as_bytes());
        prop_assert!(first.issues.is_empty(), "{:?}", first.issues);
        let printed = first.value.to_string();
        let second = spf::parse(printed.as_bytes());
        prop_assert!(second.issues.is_empty(), "{printed}: {:?}", second.issues);
        let kinds = |record: &spf::Record| -> Vec<spf::TermKind> {
            record.terms.iter().map(|term| term.kind.clone()).collect()
        };
        prop_assert_eq!(kinds(&first.value), kinds(&second.value));
        // Another implementation reads it as well.
        prop_assert!(mail_auth::spf::Spf::parse(printed.as_bytes()).is_ok(), "{}", printed);
    }

    #[test]
    fn a_valid_dmarc_record_survives_being_printed(record in dmarc_record()) {
        let first = dmarc::parse(record.as_bytes());
        prop_assert!(first.issues.is_empty(), "{:?}", first.issues);
        let printed = first.value.to_string();
        let second = dmarc::parse(printed.as_bytes());
        prop_assert_eq!(&first.value, &second.value);
        prop_assert!(mail_auth::dmarc::Dmarc::parse(printed.as_bytes()).is_ok(), "{}", printed);
    }

    #[test]
    fn a_valid_key_record_survives_being_printed(
        (text, key) in key_record(),
    ) {
        let first = dkim::parse(text.as_bytes());
        let wrong: Vec<_> = first.issues.iter().filter(|issue| issue.kind != IssueKind::Missing).collect();
        prop_assert!(wrong.is_empty(), "{text}: {wrong:?}");
        let printed = first.value.print(&key);
        prop_assert_eq!(&dkim::parse(printed.as_bytes()).value, &first.value, "{}", printed);
        prop_assert!(mail_auth::common::verify::DomainKey::parse(printed.as_bytes()).is_ok() || key.is_empty(), "{}", printed);
    }

    #[test]
    fn valid_records_around_mail_survive_being_printed(
        id in "[a-zA-Z0-9]{1,32}", name in domain(), seconds in 0..=31_557_600u32,
        mode in prop::sample::select(vec!["enforce", "testing", "none"]),
        hosts in prop::collection::vec(domain(), 1..5), is_wild in any::<bool>(),
    ) {
        let first = mta_sts::parse(format!("v=STSv1; id={id}").as_bytes());
        prop_assert!(first.issues.is_empty(), "{:?}", first.issues);
        prop_assert_eq!(&mta_sts::parse(first.value.to_string().as_bytes()), &first);

        let wild = if is_wild { "*." } else { "" };
        let hosts: String = hosts.iter().map(|host| format!("mx: {wild}{host}\n")).collect();
        let policy = format!("version: STSv1\nmode: {mode}\n{hosts}max_age: {seconds}");
        let first = mta_sts::parse_policy(policy.as_bytes());
        prop_assert!(first.issues.is_empty(), "{:?}", first.issues);
        prop_assert_eq!(&mta_sts::parse_policy(first.value.to_string().as_bytes()), &first);

        let record = format!("v=TLSRPTv1 ; rua = mailto:tls@{name} , https://{name}/report?a=b ;");
        let first = tls_rpt::parse(record.as_bytes());
        prop_assert!(first.issues.is_empty(), "{:?}", first.issues);
        prop_assert_eq!(&tls_rpt::parse(first.value.to_string().as_bytes()), &first);

        let record = format!("v=BIMI1; l=https://{name}/logo.svg; a=https://{name}/logo.pem");
        let first = bimi::parse(record.as_bytes());
        prop_assert!(first.issues.is_empty(), "{:?}", first.issues);
        prop_assert_eq!(&bimi::parse(first.value.to_string().as_bytes()), &first);
    }

    #[test]
    fn no_answers_keep_an_evaluation_from_its_end(
        record in prop_oneof![spf_record().prop_map(String::into_bytes), text()],
        other in spf_record(), local in ".{0,20}", helo in ".{0,20}", ip in any::<[u8; 16]>(),
        choice in any::<[u8; 16]>(), is_ipv4 in any::<bool>(),
    ) {
        let ip: std::net::IpAddr = match is_ipv4 {
            true => <[u8; 4]>::try_from(&ip[..4]).unwrap().into(),
            false => ip.into(),
        };
        let client = spf::Client::new(ip, &format!("{local}@shop.test"), &helo);
        let (mut answers, mut waves) = (Answers::default(), 0);
        let seen = loop {
            let seen = spf::evaluate(&client, &answers);
            if seen.open.is_empty() {
                break seen;
            }
            waves += 1;
            prop_assert!(waves <= 40 && answers.len() <= 400, "{waves} waves");
            for question in seen.open {
                let chance = choice[(waves + question.name.len()) % 16];
                let answer = match (question.rtype, chance % 6) {
                    (RecordType::Txt, 0..=4) if question.name == "shop.test" => {
                        Answer::records([Data::Txt(TxtRecord::new([&record]))])
                    }
                    (RecordType::Txt, 0..=3) => {
                        Answer::records([Data::Txt(TxtRecord::new([&other]))])
                    }
                    (RecordType::A | RecordType::Aaaa, 0..=3) => Answer::records([Data::Address(ip)]),
                    (RecordType::Ptr, 0..=3) => Answer::records([Data::Name("mx.shop.test".into())]),
                    (_, 4) => Answer::NxDomain { alias: None },
                    _ => Answer::NoData,
                };
                answers.insert(question, answer);
            }
        };
        prop_assert!(seen.lookups <= 10 && seen.voids <= 2);
    }

    #[test]
    fn no_answers_break_the_judgement(
        texts in prop::collection::vec(text(), 1..4),
        choice in any::<[u8; 16]>(),
        exchange in "[a-z0-9.-]{0,12}",
    ) {
        let mut asked = 0usize;
        let snapshot = Snapshot::gather(MailConfig::new("shop.test").selector("s1"), |question| {
            asked += 1;
            match choice[(asked + question.name.len()) % 16] % 8 {
                0 => Answer::NoData,
                1 => Answer::NxDomain { alias: Some("x.test".into()) },
                2 => Answer::NotAName,
                3 => Answer::records([Data::Address([10, 0, 0, choice[0]].into())]),
                4 => {
                    let mx = serde_json::json!({ "mx": { "preference": choice[1], "exchange": exchange } });
                    Answer::records([serde_json::from_value(mx).unwrap()])
                }
                _ => Answer::records(texts.iter().map(|text| Data::Txt(TxtRecord::new([text])))),
            }
        });
        prop_assert!(asked <= 240, "{asked} questions");
        let run = lr_core::record("mailauth", RULES, |out| judge(&snapshot, &Policy::default(), out));
        prop_assert_eq!(run.error, None);
        let json = serde_json::to_string(&snapshot).unwrap();
        prop_assert_eq!(serde_json::from_str::<Snapshot>(&json).unwrap(), snapshot);
    }
}

#[test]
fn a_tree_without_end_is_left_in_time() {
    // Each record includes two more that nobody has seen before.
    let mut asked = 0;
    let snapshot = Snapshot::gather(MailConfig::new("shop.test"), |question| {
        asked += 1;
        let name = &question.name;
        let record = format!("v=spf1 include:a{asked}.{name} include:b{asked}.shop.test -all");
        Answer::records([Data::Txt(TxtRecord::new([record]))])
    });
    assert!(asked <= 240);
    assert!(snapshot.spf().lookups > 10);
}
