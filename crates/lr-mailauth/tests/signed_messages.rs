//! Messages that are signed here and then changed as mail is changed on its way: what became of
//! them, and whether the cause is named.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod common;
#[path = "common/signer.rs"]
mod signer;

use std::sync::LazyLock;

use lr_core::Timestamp;
use lr_mailauth::message::{
    Canonicalization, DkimResult, DmarcResult, Envelope, Fault, Hint, Peculiarity, Remark, Seen,
    canonical_body, canonical_field, parse_signature, verify_with,
};
use lr_mailauth::{Answer, Data, Question, TxtRecord};
use proptest::prelude::*;

use signer::{Key, Signer};

static RSA: LazyLock<Key> = LazyLock::new(Key::rsa);
static ED25519: LazyLock<Key> = LazyLock::new(Key::ed25519);

const SIMPLE: Canonicalization = Canonicalization::Simple;
const RELAXED: Canonicalization = Canonicalization::Relaxed;

const MESSAGE: &str = "Received: from mail.shop.test (mail.shop.test [192.0.2.25])\r\n\
    \tby mx.receiver.test; Sat, 21 Nov 2026 12:00:00 +0000\r\n\
    From: Alice <alice@shop.test>\r\n\
    To: Bob <bob@receiver.test>\r\n\
    Subject: Your  order is on its way\r\n\
    Date: Sat, 21 Nov 2026 12:00:00 +0000\r\n\
    Message-ID: <1@shop.test>\r\n\
    MIME-Version: 1.0\r\n\
    Content-Type: text/plain; charset=utf-8\r\n\
    \r\n\
    Hello Bob,\r\n\
    \r\n\
    From today on it  is yours. \r\n\
    .\r\n\
    Alice\r\n";

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// A name server that has the key, SPF and DMARC of shop.test.
fn zone(key: &str) -> impl FnMut(&Question) -> Answer + use<> {
    let key = format!("v=DKIM1; {key}");
    move |question: &Question| {
        let text = match question.name.as_str() {
            "s1._domainkey.shop.test"
            | "s1._domainkey.mail.shop.test"
            | "s1._domainkey.esp.example" => key.as_str(),
            "shop.test" => "v=spf1 ip4:192.0.2.25 -all",
            "_dmarc.shop.test" => "v=DMARC1; p=reject",
            _ => return Answer::NxDomain { alias: None },
        };
        Answer::records([Data::Txt(TxtRecord::new(text.as_bytes().chunks(200)))])
    }
}

fn envelope() -> Envelope {
    Envelope::new("192.0.2.25".parse().unwrap(), "bounce@shop.test", "mail.shop.test")
}

fn seen(raw: &[u8], key: &Key) -> Seen {
    verify_with(raw, &envelope(), now(), zone(&key.record()))
}

fn replaced(raw: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(raw.to_vec()).unwrap();
    assert!(text.contains(from), "{from:?} is in the message");
    text.replacen(from, to, 1).into_bytes()
}

#[test]
fn what_is_signed_verifies() {
    for key in [&*RSA, &*ED25519] {
        for (header, body) in
            [(SIMPLE, SIMPLE), (SIMPLE, RELAXED), (RELAXED, SIMPLE), (RELAXED, RELAXED)]
        {
            let raw = Signer::new(key).forms(header, body).sign(MESSAGE.as_bytes());
            let seen = seen(&raw, key);
            let [signature] = &seen.signatures[..] else { panic!("{seen:#?}") };
            assert_eq!((signature.result, &signature.faults[..]), (DkimResult::Pass, &[][..]));
            assert_eq!(seen.dmarc.unwrap().result, DmarcResult::Pass);
        }
    }
}

#[test]
fn files_of_all_kinds_verify() {
    let raw = Signer::new(&RSA).sign(MESSAGE.as_bytes());
    let text = String::from_utf8(raw).unwrap();
    for (file, note) in [
        (format!("\u{feff}{text}"), Peculiarity::ByteOrderMark),
        (
            format!("From alice@shop.test Sat Nov 21 12:00:00 2026\r\n{text}"),
            Peculiarity::MailboxLine,
        ),
        (text.replace("\r\n", "\n"), Peculiarity::LfLineEnds),
    ] {
        let seen = seen(file.as_bytes(), &RSA);
        assert_eq!(seen.dkim(), Some(DkimResult::Pass), "{note:?}");
        assert_eq!(seen.notes, [note]);
    }
}

/// Signs as `signer` says, changes one thing, and returns the only signature.
fn changed(signer: &Signer<'_>, from: &str, to: &str) -> (Vec<Fault>, Vec<Hint>) {
    let raw = replaced(&signer.sign(MESSAGE.as_bytes()), from, to);
    let signature = seen(&raw, signer.key).signatures.remove(0);
    assert_eq!(signature.result, DkimResult::Fail);
    (signature.faults, signature.hints)
}

#[test]
fn what_changed_the_body_is_named() {
    let relaxed = Signer::new(&RSA);
    let simple = Signer::new(&RSA).forms(SIMPLE, SIMPLE);
    let footer = |begins: &str, lines| Hint::WithoutFooter { begins: begins.into(), lines };
    for (signer, from, to, hint) in [
        (&relaxed, "Alice\r\n", "Alice\r\n--\r\nlist footer\r\n", footer("--", 2)),
        (
            &simple,
            "\r\nAlice\r\n",
            "\r\nAlice\r\n\r\nThis mail was scanned.",
            footer("This mail was scanned.", 2),
        ),
        (
            &relaxed,
            "Hello",
            "EXTERNAL MAIL\r\n\r\nHello",
            Hint::WithoutBanner { lines: 2, begins: "EXTERNAL MAIL".into() },
        ),
        (&simple, "Bob,\r\n\r\n", "Bob,\n\n", Hint::WithCrlf),
        (&relaxed, "\r\n.\r\n", "\r\n..\r\n", Hint::WithoutDoubledDots),
    ] {
        let (faults, hints) = changed(signer, from, to);
        assert_eq!((faults, hints), (vec![Fault::Body], vec![hint]));
    }
    let raw = Signer::new(&RSA).sign(MESSAGE.as_bytes());
    let quoted = replaced(&raw, "\r\nFrom today", "\r\n>From today");
    let mailbox = [&b"From alice@shop.test Sat Nov 21 12:00:00 2026\r\n"[..], &quoted].concat();
    assert_eq!(seen(&mailbox, &RSA).signatures[0].hints, [Hint::WithoutMailboxQuotes]);
    // A signer that hashes the simple form and says relaxed.
    let raw = Signer::new(&RSA).forms(RELAXED, SIMPLE).sign(MESSAGE.as_bytes());
    let raw = replaced(&raw, "c=relaxed/simple", "c=relaxed/relaxed");
    assert_eq!(seen(&raw, &RSA).signatures[0].hints[0], Hint::WithOtherBodyForm);
}

#[test]
fn a_changed_transfer_encoding_is_named() {
    let original = MESSAGE.replace("Hello Bob", "Hello J\u{fc}rgen = Bob");
    let raw = Signer::new(&RSA).sign(original.as_bytes());
    let raw = replaced(
        &raw,
        "MIME-Version",
        "Content-Transfer-Encoding: quoted-printable\r\nMIME-Version",
    );
    let raw = replaced(&raw, "J\u{fc}rgen = Bob", "J=C3=BCrgen =3D=\r\n Bob");
    assert_eq!(seen(&raw, &RSA).signatures[0].hints, [Hint::BeforeTransferEncoding]);
}

#[test]
fn what_changed_the_header_is_named() {
    let simple = Signer::new(&ED25519).forms(SIMPLE, SIMPLE);
    let relaxed = Signer::new(&ED25519);
    let over = Signer::new(&ED25519).signed("from:from:to:subject:date:message-id:reply-to");
    let encoded = Signer::new(&ED25519).signed("from:content-type:mime-version");
    let name = |name: &str| name.to_owned();
    let value =
        |field: &str, value: &str| Hint::WithValue { name: name(field), value: name(value) };
    for (signer, from, to, hint) in [
        (&simple, "Your  order", "Your\r\n  order", Hint::Unfolded { name: name("Subject") }),
        (&simple, "From: Alice", "From:  Alice", Hint::OtherSpace { name: name("From") }),
        (&simple, "Message-ID:", "Message-Id:", Hint::WithName { name: name("Message-ID") }),
        (
            &relaxed,
            "Subject: Your",
            "Subject: [list] Your",
            Hint::WithoutSubjectTag { tag: name("[list]") },
        ),
        (
            &relaxed,
            "Subject: Your",
            "Subject: SPAM: Your",
            Hint::WithoutSubjectTag { tag: name("SPAM:") },
        ),
        (
            &relaxed,
            "From: Alice <",
            "From: Alice via List <",
            value("From", "Alice <alice@shop.test>"),
        ),
        (
            &relaxed,
            "+0000\r\nMessage",
            "+0000 (UTC)\r\nMessage",
            value("Date", "Sat, 21 Nov 2026 12:00:00 +0000"),
        ),
        (
            &encoded,
            "charset=utf-8",
            "charset=\"utf-8\"",
            value("Content-Type", "text/plain; charset=utf-8"),
        ),
        (
            &over,
            "From: Alice",
            "From: Eve <eve@evil.test>\r\nFrom: Alice",
            Hint::WithoutField { name: name("From"), value: name("Eve <eve@evil.test>") },
        ),
        (
            &over,
            "MIME-Version",
            "Reply-To: list@list.test\r\nMIME-Version",
            Hint::WithoutField { name: name("Reply-To"), value: name("list@list.test") },
        ),
        (&relaxed, "To: Bob <bob@receiver.test>\r\n", "", Hint::Absent { name: name("to") }),
    ] {
        let (faults, hints) = changed(signer, from, to);
        assert_eq!((faults, hints), (vec![Fault::Header], vec![hint]), "{from} -> {to}");
    }
}

#[test]
fn the_signer_s_own_copy_tells_what_a_field_was() {
    let signer = Signer::new(&ED25519)
        .more(" z=Subject:Your=20order=20is=20on=20its=20way|To:Bob=20<bob@receiver.test>;");
    let (_, hints) = changed(&signer, "Your  order", "Something else");
    let was = "Your order is on its way".to_owned();
    assert_eq!(hints, [Hint::Changed { name: "Subject".into(), was }]);
}

#[test]
fn a_signature_over_a_part_of_the_body_leaves_room() {
    let signer = Signer::new(&RSA).length(20);
    let raw = [signer.sign(MESSAGE.as_bytes()), b"Buy this!\r\n".to_vec()].concat();
    let signature = seen(&raw, &RSA).signatures.remove(0);
    assert_eq!(signature.result, DkimResult::Pass);
    assert!(matches!(signature.remarks[..], [Remark::PartOfBody { signed: 20, total: 63 }]));
    let long = replaced(&raw, "l=20", "l=2000");
    let signature = seen(&long, &RSA).signatures.remove(0);
    assert!(matches!(signature.faults[0], Fault::BodyTooShort { signed: 2000, .. }));
}

#[test]
fn keys_that_must_not_be_used_are_refused_with_the_reason() {
    let raw = Signer::new(&RSA).more(" i=@mail.shop.test;").sign(MESSAGE.as_bytes());
    let record = RSA.record();
    let reason = |record: &str| {
        let seen = verify_with(&raw, &envelope(), now(), zone(record));
        assert_eq!(seen.signatures[0].result, DkimResult::PermError);
        seen.signatures[0].faults[0].to_string()
    };
    for (record, expected) in [
        ("k=rsa; p=".to_owned(), "the key has been revoked"),
        (
            format!("h=sha1; {record}"),
            "the key is only for `h=sha1`, and the signature is made with SHA-256",
        ),
        (format!("s=tlsrpt; {record}"), "the key is only for `s=tlsrpt`"),
        (
            format!("t=s; {record}"),
            "the key is not for subdomains (`t=s`), and the identity is `@mail.shop.test`",
        ),
        (
            format!("k=rsa; p={}", common::rsa(768, true)),
            "the key has 768 bits; receivers must not accept fewer than 1024",
        ),
        (ED25519.record(), "the signature wants an RSA key, and the key is of type ed25519"),
        ("k=rsa; p=!!".to_owned(), "the key cannot be read: `!` is no base64"),
    ] {
        assert_eq!(reason(&record), expected);
    }
    let bare = verify_with(&raw, &envelope(), now(), zone(&RSA.bare_record()));
    assert_eq!(bare.dkim(), Some(DkimResult::Pass));
    assert_eq!(bare.signatures[0].remarks, [Remark::BareKey]);
    let lost = |_: &Question| common::servfail();
    assert_eq!(verify_with(&raw, &envelope(), now(), lost).dkim(), Some(DkimResult::TempError));
}

#[test]
fn sha_1_is_refused() {
    let raw = replaced(&Signer::new(&RSA).sign(MESSAGE.as_bytes()), "rsa-sha256", "rsa-sha1");
    assert_eq!(seen(&raw, &RSA).signatures[0].faults, [Fault::Sha1]);
}

#[test]
fn alignment_is_by_organization_or_by_name() {
    let result = |signer: Signer<'_>, dmarc: &'static str, envelope: &Envelope| {
        let raw = signer.sign(MESSAGE.as_bytes());
        let mut zone = zone(&ED25519.record());
        let seen = verify_with(&raw, envelope, now(), |question| match question.name.as_str() {
            "_dmarc.shop.test" => Answer::records([Data::Txt(TxtRecord::new([dmarc]))]),
            _ => zone(question),
        });
        assert_eq!(seen.dkim(), Some(DkimResult::Pass));
        seen.dmarc.unwrap().result
    };
    let own = || Signer::new(&ED25519).domain("mail.shop.test");
    let other = || Signer::new(&ED25519).domain("esp.example");
    let elsewhere = Envelope::new("192.0.2.25".parse().unwrap(), "b@esp.example", "esp.example");
    let relaxed = "v=DMARC1; p=reject";
    assert_eq!(result(own(), relaxed, &elsewhere), DmarcResult::Pass);
    assert_eq!(result(own(), "v=DMARC1; p=reject; adkim=s", &elsewhere), DmarcResult::Fail);
    assert_eq!(result(other(), relaxed, &elsewhere), DmarcResult::Fail);
    assert_eq!(result(other(), relaxed, &envelope()), DmarcResult::Pass);
    assert_eq!(result(other(), "v=spf1 -all", &elsewhere), DmarcResult::None);
    // Without an envelope nobody knows whether SPF would save it.
    assert_eq!(result(other(), relaxed, &Envelope::default()), DmarcResult::Unknown);
}

#[test]
fn large_messages_are_finished_and_said() {
    let header = "X-Loop: yes\r\n".repeat(1_000_000) + MESSAGE;
    let seen = seen(header.as_bytes(), &RSA);
    assert!(
        seen.notes.iter().any(|note| matches!(note, Peculiarity::HeaderCut { lines: 1_000_000.. }))
    );
    let body = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789 \r\n".repeat(800_000);
    let raw = Signer::new(&ED25519).sign((MESSAGE.to_owned() + &body).as_bytes());
    assert!(raw.len() > 48_000_000);
    assert_eq!(self::seen(&raw, &ED25519).dkim(), Some(DkimResult::Pass));
    let more = [raw, vec![b'x'; 20 << 20]].concat();
    let seen = self::seen(&more, &ED25519);
    assert!(matches!(seen.notes[..], [Peculiarity::Cut { bytes }] if bytes == more.len()));
    assert_eq!(seen.dkim(), Some(DkimResult::Unchecked));
}

#[test]
fn many_signatures_cost_no_more_than_a_few() {
    let signed = Signer::new(&ED25519).sign(MESSAGE.as_bytes());
    let end = signed.len() - MESSAGE.len();
    let raw = [signed[..end].repeat(500), MESSAGE.as_bytes().to_vec()].concat();
    let seen = seen(&raw, &ED25519);
    assert_eq!(seen.signatures.len() + seen.more_signatures, 500);
    assert!(seen.signatures.len() <= 16);
}

fn form() -> impl Strategy<Value = Canonicalization> {
    prop_oneof![Just(SIMPLE), Just(RELAXED)]
}

/// A body of odd white space and line ends, in CRLF.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "a", "B", " ", "  ", "\t", "\r\n", "\r\n\r\n", ".", "\u{fc}", "=", "--",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #[test]
    fn any_bytes_are_looked_at(raw in prop::collection::vec(any::<u8>(), 0..600)) {
        let seen = verify_with(&raw, &Envelope::default(), now(), |_| Answer::NoData);
        prop_assert_eq!(seen.bytes, raw.len());
    }

    #[test]
    fn any_mixture_of_header_and_body_is_looked_at(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "From: ", "DKIM-Signature: ", "v=1; ", "a=rsa-sha256; ", "b=", "bh=", "d=shop.test; ", "s=s1; ",
            "h=from:to; ", "c=relaxed; ", "l=9; ", "z=A:b|c; ", "<a@b.test>", "\r\n", "\n", "\r\n\r\n", " ", "\t",
            "Received: from x ([192.0.2.1]) by y", "Return-Path: <a@b.test>", "Content-Type: multipart/mixed; boundary=x",
            "--x", "--x--", "http://localhost/", "https://[::1", "AAAA", ";", ":", "\"", "(", ",", "\u{0}", "\u{fc}",
            "Content-Transfer-Encoding: base64", "Subject: [x] y", "From a@b", "=", "=3D",
        ]), 0..60),
    ) {
        let raw = pieces.concat();
        let seen = verify_with(raw.as_bytes(), &Envelope::default(), now(), zone("p=AAAA"));
        let json = serde_json::to_string(&seen).unwrap();
        prop_assert_eq!(serde_json::from_str::<Seen>(&json).unwrap(), seen);
    }

    #[test]
    fn no_text_breaks_the_parser_of_signatures(text in prop::collection::vec(any::<u8>(), 0..300)) {
        let parsed = parse_signature(&text);
        prop_assert!(parsed.value.signature_span.of(&text).len() <= text.len());
    }

    #[test]
    fn the_canonical_form_of_a_canonical_form_is_itself(text in body(), form in form()) {
        let once = canonical_body(&text, form);
        prop_assert_eq!(canonical_body(&once, form), once);
        let field = [b"Subject:", text.as_slice()].concat();
        if let Some(once) = canonical_field(&field, form) {
            let bare = &once[..once.len() - 2];
            prop_assert_eq!(canonical_field(bare, form).unwrap(), once);
        }
    }

    #[test]
    fn the_simple_form_and_the_relaxed_one_agree(text in body()) {
        let simple = canonical_body(&text, SIMPLE);
        prop_assert_eq!(canonical_body(&simple, RELAXED), canonical_body(&text, RELAXED));
    }

    #[test]
    fn whatever_is_signed_verifies_until_a_byte_is_changed(
        text in body(), header in form(), body_form in form(), at in any::<prop::sample::Index>(), flip in 1u8..=255,
    ) {
        let head = "From: a@shop.test\r\nTo: b@shop.test\r\nSubject: x\r\nDate: y\r\nMessage-ID: <z>\r\n\r\n";
        let message = [head.as_bytes(), &text].concat();
        let raw = Signer::new(&ED25519).forms(header, body_form).sign(&message);
        prop_assert_eq!(seen(&raw, &ED25519).dkim(), Some(DkimResult::Pass));
        let (own, rest) = raw.split_at(raw.len() - message.len());
        let at = at.index(rest.len());
        let mut changed = rest.to_vec();
        changed[at] ^= flip;
        let line_end = |byte: u8| byte == b'\r' || byte == b'\n';
        if at < head.len() && (line_end(rest[at]) || line_end(changed[at])) {
            // A field that now ends in a bare LF, or continues in the next line, may have the same canonical form.
            return Ok(());
        }
        // What is signed is the canonical form: a flip that leaves it as it was changes nothing.
        let canonical = |message: &[u8]| {
            let (head, text) = message.split_at(head.len());
            let lines = head.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r"));
            let fields: Vec<_> = lines.map(|line| line.map(|line| canonical_field(line, header))).collect();
            (fields, canonical_body(text, body_form))
        };
        if canonical(&changed) != canonical(rest) {
            let changed = [own, &changed].concat();
            prop_assert_ne!(seen(&changed, &ED25519).dkim(), Some(DkimResult::Pass));
        }
    }
}
