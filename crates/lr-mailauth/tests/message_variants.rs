//! Variants of what happens to signed messages, and of what signers write: each with the result and
//! the reason that RFC 6376 and RFC 9989 want.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod common;
#[path = "common/signer.rs"]
mod signer;

use std::sync::LazyLock;

use lr_core::Timestamp;
use lr_mailauth::message::{
    Canonicalization, DkimResult, DmarcResult, Envelope, Seen, verify_with,
};
use lr_mailauth::{Answer, Data, Question, SpfResult, TxtRecord};

use signer::{Key, Signer};

static KEY: LazyLock<Key> = LazyLock::new(Key::ed25519);
static RSA: LazyLock<Key> = LazyLock::new(Key::rsa);

const SIMPLE: Canonicalization = Canonicalization::Simple;
const RELAXED: Canonicalization = Canonicalization::Relaxed;

const MESSAGE: &str = "Received: from a ([192.0.2.1]) by b\r\n\
    Received: from c ([192.0.2.2]) by a\r\n\
    From: Alice <alice@shop.test>\r\n\
    To: Bob <bob@receiver.test>,\r\n\
    \tCarol <carol@receiver.test>\r\n\
    Subject: Your  order\r\n\
    Date: Sat, 21 Nov 2026 12:00:00 +0000\r\n\
    Message-ID: <1@shop.test>\r\n\
    X-Empty:\r\n\
    \r\n\
    Hello  Bob, \r\n\
    \r\n\
    thank you.\r\n";

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn dns(key: &str) -> impl FnMut(&Question) -> Answer + use<> {
    let key = format!("v=DKIM1; {key}");
    move |question: &Question| {
        let text = match question.name.as_str() {
            "s1._domainkey.shop.test"
            | "s1._domainkey.mail.shop.test"
            | "s1._domainkey.xn--bcher-kva.example"
            | "s1._domainkey.esp.example" => key.as_str(),
            "shop.test" | "bounce.shop.test" | "xn--bcher-kva.example" => {
                "v=spf1 ip4:192.0.2.25 -all"
            }
            "_dmarc.shop.test" | "_dmarc.xn--bcher-kva.example" => "v=DMARC1; p=reject",
            _ => return Answer::NxDomain { alias: None },
        };
        Answer::records([Data::Txt(TxtRecord::new([text]))])
    }
}

fn seen(raw: &[u8], key: &Key) -> Seen {
    verify_with(raw, &Envelope::default(), now(), dns(&key.record()))
}

/// Result and first reason of the topmost signature.
fn verdict(raw: &[u8]) -> String {
    let seen = seen(raw, &KEY);
    let signature = &seen.signatures[0];
    match signature.faults.first() {
        None => signature.result.to_string(),
        Some(fault) => format!("{}: {fault}", signature.result),
    }
}

fn replaced(raw: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(raw.to_vec()).unwrap();
    assert!(text.contains(from), "{from:?} is in {text}");
    text.replacen(from, to, 1).into_bytes()
}

fn all() -> Signer<'static> {
    Signer::new(&KEY).signed("from:to:subject:date:message-id:received:received:x-empty:cc")
}

const HEADER: &str = "fail: the signed header fields are not the ones that were signed";
const BODY: &str = "fail: the body is not the one that was signed";

#[test]
fn what_happens_on_the_way() {
    for (header, body, from, to, expected) in [
        // What relaxed forgives and simple does not.
        (RELAXED, RELAXED, "Subject: Your  order", "SUBJECT :Your\r\n\torder  ", "pass"),
        (SIMPLE, RELAXED, "Subject: Your  order", "SUBJECT: Your  order", HEADER),
        (SIMPLE, RELAXED, "Subject: Your  order", "Subject: Your order", HEADER),
        (SIMPLE, RELAXED, "Subject: Your  order", "Subject: Your  order ", HEADER),
        (RELAXED, RELAXED, ",\r\n\tCarol", ", Carol", "pass"),
        (SIMPLE, SIMPLE, ",\r\n\tCarol", ", Carol", HEADER),
        (SIMPLE, SIMPLE, ",\r\n\tCarol", ",\r\n Carol", HEADER),
        (RELAXED, RELAXED, "Hello  Bob, ", "Hello Bob,", "pass"),
        (RELAXED, SIMPLE, "Hello  Bob, ", "Hello Bob, ", BODY),
        (RELAXED, RELAXED, "Hello", " Hello", BODY),
        (RELAXED, RELAXED, "thank you.\r\n", "thank you.", "pass"),
        (SIMPLE, SIMPLE, "thank you.\r\n", "thank you.", "pass"),
        (SIMPLE, SIMPLE, "thank you.\r\n", "thank you.\r\n\r\n\r\n", "pass"),
        (RELAXED, RELAXED, "thank you.\r\n", "thank you.\r\n \t\r\n\t", "pass"),
        (SIMPLE, SIMPLE, "thank you.\r\n", "thank you.\r\n \r\n", BODY),
        (RELAXED, RELAXED, "\r\n\r\nthank", "\r\nthank", BODY),
        (RELAXED, RELAXED, "thank you.", "Thank you.", BODY),
        // Header fields added, taken away, changed and moved.
        (RELAXED, RELAXED, "From: Alice", "X-Spam: no\r\nFrom: Alice", "pass"),
        (RELAXED, RELAXED, "From: Alice", "Received: from x by y\r\nFrom: Alice", HEADER),
        (RELAXED, RELAXED, "Received: from a", "Received: from x by y\r\nReceived: from a", "pass"),
        (RELAXED, RELAXED, "X-Empty:\r\n", "", HEADER),
        (RELAXED, RELAXED, "X-Empty:", "X-Empty: \r\n ", "pass"),
        (RELAXED, RELAXED, "X-Empty:\r\n", "X-Empty:\r\nCc: eve@evil.test\r\n", HEADER),
        (RELAXED, RELAXED, "X-Empty:\r\n", "X-Empty:\r\nSubject: two\r\n", HEADER),
        (RELAXED, RELAXED, "Date: Sat", "Date: Sun", HEADER),
        (RELAXED, RELAXED, "alice@shop", "Alice@shop", HEADER),
        (
            RELAXED,
            RELAXED,
            "Received: from a ([192.0.2.1]) by b\r\nReceived: from c ([192.0.2.2]) by a\r\n",
            "Received: from c ([192.0.2.2]) by a\r\nReceived: from a ([192.0.2.1]) by b\r\n",
            HEADER,
        ),
    ] {
        let raw = all().forms(header, body).sign(MESSAGE.as_bytes());
        assert_eq!(verdict(&raw), "pass");
        assert_eq!(verdict(&replaced(&raw, from, to)), expected, "{header:?} {body:?}: {to:?}");
    }
    let raw = all().sign(MESSAGE.as_bytes());
    // Fields of different names may change places.
    let date = "Date: Sat, 21 Nov 2026 12:00:00 +0000\r\n";
    let moved = replaced(&replaced(&raw, date, ""), "From: Alice", &format!("{date}From: Alice"));
    assert_eq!(verdict(&moved), "pass");
    // In a file with LF, whatever the form.
    for (header, body) in [(SIMPLE, SIMPLE), (RELAXED, RELAXED)] {
        let raw = all().forms(header, body).sign(MESSAGE.as_bytes());
        let text = String::from_utf8(raw).unwrap();
        assert_eq!(verdict(text.replace('\r', "").as_bytes()), "pass");
        assert_eq!(verdict(format!("\r\n\n{text}").as_bytes()), "pass");
        assert_eq!(verdict(format!("\u{feff}{text}").as_bytes()), "pass");
        // Only the body, as some relays do.
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let mixed = format!("{head}\r\n\r\n{}", body.replace('\r', ""));
        assert_eq!(verdict(mixed.as_bytes()), BODY);
    }
}

#[test]
fn bodies_of_all_kinds() {
    for (header, body) in [(SIMPLE, SIMPLE), (RELAXED, RELAXED)] {
        for text in [
            "",
            "\r\n",
            " \r\n\r\n",
            "\t",
            "one line",
            ".\r\n..\r\n",
            "\u{fc}\u{1f600}\r\n",
            "a\rb\nc\r\n",
            &"x".repeat(5000),
            "--\r\nfrom\r\nFrom me\r\n",
            "PGh0bWw+PC9odG1sPg==\r\n",
        ] {
            let head = MESSAGE.split_once("\r\n\r\n").unwrap().0;
            let message = format!("{head}\r\n\r\n{text}");
            let raw = all().forms(header, body).sign(message.as_bytes());
            assert_eq!(verdict(&raw), "pass", "{body:?} {text:?}");
        }
    }
}

#[test]
fn what_signers_write() {
    let sign = |more: &str| all().more(more).sign(MESSAGE.as_bytes());
    for (more, expected) in [
        // Times: the clock stands at 1795262400.
        (" t=1795262400;", "pass"),
        (" t=1795262399; x=1795262401;", "pass"),
        (" x=1795262400;", "pass"),
        (" x=1795262399;", "fail: the signature expired at 2026-11-21T11:59:59Z"),
        (" t=1000; x=2000;", "fail: the signature expired at 1970-01-01T00:33:20Z"),
        (" x=99999999999999999999999;", "pass"),
        (" t=yesterday;", "permerror: `t=yesterday` cannot be read"),
        (" x=-1;", "permerror: `x=-1` cannot be read"),
        // In whose name.
        (" i=@shop.test;", "pass"),
        (" i=alice@mail.shop.test;", "pass"),
        (" i=Alice=20A@SHOP.test;", "pass"),
        (" i=@other.test;", "permerror: the identity `@other.test` is not within shop.test"),
        (" i=shop.test;", "permerror: the identity `shop.test` is not within shop.test"),
        (" i=@test;", "permerror: the identity `@test` is not within shop.test"),
        // How to find the key.
        (" q=dns/txt;", "pass"),
        (" q=dns/other:dns/txt;", "pass"),
        (" q=DNS/TXT;", "pass"),
        (" q=http/txt;", "permerror: no verifier finds keys by `q=http/txt`"),
        // Tags that nobody knows, and that are there twice.
        (" foo=bar; r=y;", "pass"),
        (" z=From:Alice;", "pass"),
        (" s=s2;", "permerror: the tag `s` is there twice"),
        (" d=evil.test;", "permerror: the tag `d` is there twice"),
        (" l=1e3;", "permerror: `l=1e3` cannot be read"),
        (" l=;", "permerror: `l=` cannot be read"),
        (
            " nonsense;",
            "permerror: the signature cannot be read: `nonsense` is no tag: it has no `=` (at byte 129)",
        ),
    ] {
        assert_eq!(verdict(&sign(more)), expected, "{more}");
    }
    let signed = |names: &str| Signer::new(&KEY).signed(names).sign(MESSAGE.as_bytes());
    for names in ["From", "FROM : To:\r\n\t Subject", "from:from:from", "from:reply-to:x-none"] {
        assert_eq!(verdict(&signed(names)), "pass", "{names}");
    }
    let unsigned = "permerror: the From field is not signed (not in `h`)";
    for names in ["to:subject", "x-from:to", "resent-from:to"] {
        assert_eq!(verdict(&signed(names)), unsigned, "{names}");
    }
}

#[test]
fn what_cannot_be_read() {
    let raw = all().sign(MESSAGE.as_bytes());
    for (from, to, expected) in [
        ("v=1;", "v=2;", "permerror: `v=2` is not version 1"),
        ("v=1;", "v=1.0;", "permerror: `v=1.0` is not version 1"),
        ("v=1; ", "", "permerror: the tag `v` is missing"),
        ("a=ed25519-sha256; ", "", "permerror: the tag `a` is missing"),
        ("ed25519-sha256", "ed25519", "permerror: no verifier knows the algorithm `ed25519`"),
        ("ed25519-sha256", "rsa-sha512", "permerror: no verifier knows the algorithm `rsa-sha512`"),
        (
            "ed25519-sha256",
            "rsa-sha1",
            "permerror: it is made with SHA-1, which receivers must not accept",
        ),
        (
            "ed25519-sha256",
            "rsa-sha256",
            "permerror: the signature wants an RSA key, and the key is of type ed25519",
        ),
        ("d=shop.test; ", "", "permerror: the tag `d` is missing"),
        ("d=shop.test", "d=", "permerror: `d=` cannot be read"),
        ("d=shop.test", "d=shop.test.", "permerror: `d=shop.test.` cannot be read"),
        ("d=shop.test", "d=com", "permerror: it is in the name of the top-level domain `com`"),
        ("s=s1", "s=", "permerror: `s=` cannot be read"),
        ("s=s1", "s=s 1", "permerror: `s=s 1` cannot be read"),
        ("s=s1", "s=s9", "permerror: there is no key at s9._domainkey.shop.test"),
        ("h=from", "h=", "permerror: the From field is not signed (not in `h`)"),
        (
            "c=relaxed/relaxed",
            "c=relaxed/nofws",
            "permerror: no verifier knows the canonicalization `c=relaxed/nofws`",
        ),
        ("bh=", "bh=*", "permerror: "),
        ("\tb=", "\tb=*", "permerror: "),
        ("\tbh=", "\txh=", "permerror: the tag `bh` is missing"),
        ("\tb=", "\txb=", "permerror: the tag `b` is missing"),
        // Well-formed, and not what was signed.
        ("c=relaxed/relaxed", "c=relaxed", "fail: "),
        ("d=shop.test", "d=mail.shop.test", HEADER),
    ] {
        let found = verdict(&replaced(&raw, from, to));
        assert!(found.starts_with(expected), "{to}: {found}");
    }
    // What means the same.
    for (from, to) in [
        ("DKIM-Signature: v=1", "dkim-signature:v=1"),
        ("DKIM-Signature: v=1", "DKIM-Signature : v=1"),
        ("v=1; a=", "v=1;\r\n\ta="),
    ] {
        assert_eq!(verdict(&replaced(&raw, from, to)), "pass", "{to}");
    }
}

#[test]
fn keys_of_all_kinds() {
    let raw = all().more(" i=@mail.shop.test;").sign(MESSAGE.as_bytes());
    let record = KEY.record();
    let result = |texts: &[String]| {
        let mut others = dns("");
        let seen = verify_with(&raw, &Envelope::default(), now(), |question| {
            match question.name.as_str() {
                "s1._domainkey.shop.test" => Answer::records(
                    texts.iter().map(|text| Data::Txt(TxtRecord::new(text.as_bytes().chunks(40)))),
                ),
                _ => others(question),
            }
        });
        let signature = &seen.signatures[0];
        signature.faults.first().map_or_else(|| "pass".to_owned(), ToString::to_string)
    };
    let other = Key::ed25519().record();
    for (texts, expected) in [
        (vec![format!("v=DKIM1; {record}")], "pass"),
        (vec![record.clone()], "pass"),
        (vec![format!("v=DKIM1; h=sha1:sha256; s=email:foo; t=y; {record}; n=x")], "pass"),
        (vec![format!("v=DKIM1; t=y:x; {record}")], "pass"),
        (vec![format!("v=spf1 -all"), format!("v=DKIM1; {record}")], "pass"),
        (vec![format!("v=DKIM1; {other}"), format!("v=DKIM1; {record}")], "pass"),
        (
            vec![format!("v=DKIM1; {other}")],
            "the signed header fields are not the ones that were signed",
        ),
        (vec![format!("{record}; v=DKIM1")], "the key cannot be read"),
        (vec![format!("v=DKIM2; {record}")], "the key cannot be read"),
        (vec!["v=DKIM1; k=ed25519".into()], "the key cannot be read"),
        (vec!["v=DKIM1; p=".into()], "the key has been revoked"),
        (vec![format!("v=DKIM1; t=s; {record}")], "the key is not for subdomains"),
        (vec![format!("v=DKIM1; s=other; {record}")], "the key is only for `s=other`"),
        (vec![format!("v=DKIM1; h=sha1; {record}")], "the key is only for `h=sha1`"),
        (vec!["wild".into()], "what is at s1._domainkey.shop.test is no key: `wild`"),
        (vec![], "there is no key at s1._domainkey.shop.test"),
    ] {
        let found = result(&texts);
        assert!(found.starts_with(expected), "{texts:?}: {found}");
    }
}

#[test]
fn one_good_signature_is_enough() {
    let good = all().sign(MESSAGE.as_bytes());
    let own = |raw: &[u8]| raw[..raw.len() - MESSAGE.len()].to_vec();
    let bad = replaced(&own(&all().sign(MESSAGE.as_bytes())), "s=s1", "s=gone");
    let other = own(&Signer::new(&KEY).domain("esp.example").sign(MESSAGE.as_bytes()));
    for raw in [[bad.clone(), good.clone()].concat(), [other, bad, good].concat()] {
        let seen = seen(&raw, &KEY);
        assert_eq!(seen.dkim(), Some(DkimResult::Pass));
        assert_eq!(seen.dmarc.unwrap().result, DmarcResult::Pass);
    }
    // Seals of ARC are no signatures.
    let sealed = all().sign(MESSAGE.as_bytes());
    let sealed = [
        b"ARC-Seal: i=1; a=rsa-sha256; d=x.test; s=s; b=AA==\r\nARC-Message-Signature: i=1\r\n"
            .to_vec(),
        sealed,
    ]
    .concat();
    assert_eq!(seen(&sealed, &KEY).signatures.len(), 1);
    // A signature over another one.
    let twice = all().signed("from:dkim-signature").sign(&all().sign(MESSAGE.as_bytes()));
    let seen = seen(&twice, &KEY);
    assert!(seen.signatures.iter().all(|signature| signature.result == DkimResult::Pass));
    let both = [Signer::new(&RSA).sign(MESSAGE.as_bytes())].concat();
    assert_eq!(self::seen(&both, &RSA).dkim(), Some(DkimResult::Pass));
}

/// From, what it is checked for, and the domain of it.
#[test]
fn from_in_all_its_forms() {
    for (from, domain) in [
        ("alice@shop.test", Some("shop.test")),
        ("<alice@shop.test>", Some("shop.test")),
        ("\"Shop, the\" <alice@SHOP.test>", Some("shop.test")),
        ("\"ceo@bank.test\" <alice@shop.test>", Some("shop.test")),
        ("=?utf-8?q?J=C3=BCrgen?= <alice@shop.test>", Some("shop.test")),
        ("alice@shop.test (Alice (of x@y.test))", Some("shop.test")),
        ("Alice <\"a@b\"@shop.test>", Some("shop.test")),
        ("Alice\r\n <alice@shop.test>", Some("shop.test")),
        ("The Shop: alice@shop.test;", Some("shop.test")),
        ("The Shop: alice@shop.test, Bob <bob@shop.test>;", Some("shop.test")),
        ("alice@shop.test, bob@shop.test", Some("shop.test")),
        ("alice@b\u{fc}cher.example", Some("xn--bcher-kva.example")),
        ("alice@xn--bcher-kva.example", Some("xn--bcher-kva.example")),
        ("alice@shop.test, bob@other.test", None),
        ("The Shop: alice@shop.test, bob@other.test;", None),
        ("undisclosed:;", None),
        ("alice", None),
        ("alice@localhost", None),
        ("alice@[192.0.2.1]", None),
        ("", None),
    ] {
        let message = MESSAGE.replacen("Alice <alice@shop.test>", from, 1);
        let seen = seen(message.as_bytes(), &KEY);
        assert_eq!(seen.from.domain.as_deref(), domain, "{from}");
        assert_eq!(seen.dmarc.is_some(), domain.is_some(), "{from}");
    }
    let twice = MESSAGE.replacen("From:", "From: eve@shop.test\r\nFrom:", 1);
    assert_eq!(seen(twice.as_bytes(), &KEY).from.fields, 2);
}

#[test]
fn a_domain_in_two_spellings_is_aligned() {
    for (from, signer) in [
        ("b\u{fc}cher.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("B\u{fc}cher.example", "b\u{fc}cher.example"),
    ] {
        let message = MESSAGE.replacen("shop.test", from, 1);
        let raw = Signer::new(&KEY).domain(signer).sign(message.as_bytes());
        let seen = seen(&raw, &KEY);
        assert_eq!(seen.dkim(), Some(DkimResult::Pass), "{from} {signer}");
        assert_eq!(seen.dmarc.unwrap().result, DmarcResult::Pass, "{from} {signer}");
    }
    let envelope = Envelope::new("192.0.2.25".parse().unwrap(), "a@b\u{fc}cher.example", "x.test");
    let message = MESSAGE.replacen("shop.test", "b\u{fc}cher.example", 1);
    let seen = verify_with(message.as_bytes(), &envelope, now(), dns(""));
    assert_eq!(seen.spf.unwrap().result, SpfResult::Pass);
    assert_eq!(seen.dmarc.unwrap().result, DmarcResult::Pass);
}

#[test]
fn spf_is_aligned_by_organization_or_by_name() {
    let result = |sender: &str, helo: &str, policy: &'static str| {
        let envelope = Envelope::new("192.0.2.25".parse().unwrap(), sender, helo);
        let mut others = dns("");
        let seen = verify_with(MESSAGE.as_bytes(), &envelope, now(), |question| {
            match question.name.as_str() {
                "_dmarc.shop.test" => Answer::records([Data::Txt(TxtRecord::new([policy]))]),
                _ => others(question),
            }
        });
        seen.dmarc.unwrap().result
    };
    let (relaxed, strict) = ("v=DMARC1; p=reject", "v=DMARC1; p=reject; aspf=s");
    assert_eq!(result("b@shop.test", "x.test", strict), DmarcResult::Pass);
    assert_eq!(result("b@bounce.shop.test", "x.test", relaxed), DmarcResult::Pass);
    assert_eq!(result("b@bounce.shop.test", "x.test", strict), DmarcResult::Fail);
    assert_eq!(result("b@other.test", "shop.test", relaxed), DmarcResult::Fail);
    // A bounce has only its HELO.
    assert_eq!(result("", "shop.test", relaxed), DmarcResult::Pass);
    assert_eq!(result("b@SHOP.test", "x.test", relaxed), DmarcResult::Pass);
}

#[test]
fn links_are_found_in_all_encodings() {
    let links = |header: &str, body: &str| -> Vec<String> {
        let message = format!("From: a@shop.test\r\n{header}\r\n\r\n{body}");
        let seen = verify_with(message.as_bytes(), &Envelope::default(), now(), |_| Answer::NoData);
        seen.links.suspicious.into_iter().map(|link| link.origin).collect()
    };
    let plain = "Content-Type: text/plain";
    let base64 = format!("{plain}\r\nContent-Transfer-Encoding: Base64");
    let quoted = "Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable";
    let encoded = common::base64(b"<a href=\"http://localhost:8080/a\">x</a>");
    let multipart = "Content-Type: multipart/alternative;\r\n boundary=\"=_x\"";
    let parts = format!(
        "preamble http://10.0.0.9/\r\n--=_x\r\n{base64}\r\n\r\n{encoded}\r\n--=_x\r\n{quoted}\r\n\r\n\
         <a href=3D\"http=\r\n://192.168.1.1/\">\r\n--=_x--\r\n"
    );
    for (header, body, found) in [
        (plain, "see http://localhost/ and https://www.shop.com/", vec!["http://localhost"]),
        (&base64, encoded.as_str(), vec!["http://localhost:8080"]),
        (quoted, "<a href=3D\"https://127=\r\n.0.0.1/x\">", vec!["https://127.0.0.1"]),
        (multipart, &parts, vec!["http://192.168.1.1", "http://localhost:8080"]),
        (plain, "http://2130706433/ http://0177.1/", vec!["http://127.0.0.1"]),
        (plain, "http://[::ffff:10.0.0.1]:3000/", vec!["http://[::ffff:a00:1]:3000"]),
        (plain, "<img src='//127.0.0.1/x.gif'>", vec!["https://127.0.0.1"]),
        (plain, "http://user:pass@localhost:3000/", vec!["http://localhost:3000"]),
        (plain, "http://app.internal/", vec!["http://app.internal"]),
        (plain, "https://staging.shop.test/", vec!["https://staging.shop.test"]),
        (plain, "https://www.shop.test/?next=http://localhost/", vec!["http://localhost"]),
        (plain, "localhost:3000 ftp://localhost/ mailto:a@localhost", vec![]),
        ("Content-Type: image/png", "http://localhost/", vec![]),
        ("X-None: y", "http://0.0.0.0:8000/", vec!["http://0.0.0.0:8000"]),
    ] {
        assert_eq!(links(header, body), found, "{header} {body}");
    }
}
