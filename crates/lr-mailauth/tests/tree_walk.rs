//! The tree walk of DMARC: the examples of RFC 9989, section 4.10, and what `psd` does.
#![allow(clippy::unwrap_used, reason = "these are tests")]

use lr_core::Timestamp;
use lr_mailauth::dmarc::{Discovery, Policy};
use lr_mailauth::message::{Envelope, verify_with};
use lr_mailauth::{Answer, Data, MailConfig, Question, RecordType, Snapshot, Summary, TxtRecord};

/// Policy records by domain; everything else does not exist, but for the domain itself.
fn dns<'z>(domain: &'z str, zone: &'z [(&str, &str)]) -> impl FnMut(&Question) -> Answer + use<'z> {
    move |question| {
        let at = question.name.strip_prefix("_dmarc.");
        let texts: Vec<_> = zone.iter().filter(|(name, _)| Some(*name) == at).collect();
        match texts.as_slice() {
            [] if question.name == domain => Answer::NoData,
            [] => Answer::NxDomain { alias: None },
            texts => {
                Answer::records(texts.iter().map(|(_, text)| Data::Txt(TxtRecord::new([text]))))
            }
        }
    }
}

fn walk(domain: &str, zone: &[(&str, &str)]) -> Discovery {
    let snapshot = Snapshot::gather(MailConfig::new(domain), dns(domain, zone));
    let asked = snapshot.answers.iter().filter(|(name, rtype, _)| {
        *rtype == RecordType::Txt && name.starts_with("_dmarc.") && !name.contains("._dmarc.")
    });
    // A record that a panel has put behind the zone's own name is looked for as well.
    let doubled = format!("_dmarc.{domain}.{domain}");
    let asked = asked.filter(|(name, ..)| *name != doubled).count();
    assert!(asked <= 8, "{asked} questions");
    let found = snapshot.dmarc();
    assert_eq!(found.trace.len(), asked, "every question is in the trace");
    let shown = Summary::from(&snapshot).dmarc_trace;
    assert_eq!(shown.len(), asked);
    assert!(shown[0].starts_with(&format!("_dmarc.{domain}: ")), "{shown:?}");
    found
}

/// The organizational domain, as messages are judged by it.
fn organization(domain: &str, zone: &[(&str, &str)]) -> String {
    let raw = format!("From: a@{domain}\r\n\r\n");
    let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
    let mut asked = 0;
    let mut answer = dns(domain, zone);
    let seen = verify_with(raw.as_bytes(), &Envelope::default(), now, |question| {
        asked += usize::from(question.name.starts_with("_dmarc."));
        answer(question)
    });
    assert!(asked <= 8, "{asked} questions");
    seen.dmarc.unwrap().organization
}

#[test]
fn a_long_name_is_shortened_to_seven_labels() {
    let domain = "a.b.c.d.e.f.g.h.i.j.mail.example.com";
    let found = walk(domain, &[]);
    let names: Vec<&str> = found.trace.iter().map(|step| step.domain.as_str()).collect();
    assert_eq!(
        names,
        [
            domain,
            "g.h.i.j.mail.example.com",
            "h.i.j.mail.example.com",
            "i.j.mail.example.com",
            "j.mail.example.com",
            "mail.example.com",
            "example.com",
            "com",
        ]
    );
    assert_eq!(found.policy, None);
    // A record between the labels that are left out is not seen.
    let hidden = [("f.g.h.i.j.mail.example.com", "v=DMARC1; p=reject")];
    assert_eq!(walk(domain, &hidden).found_at, None);
    // Eight labels are as many as seven and one.
    assert_eq!(walk("a.b.c.d.e.f.example.com", &[]).trace.len(), 8);
    assert_eq!(walk("b.c.d.e.f.example.com", &[]).trace.len(), 7);
}

#[test]
fn the_examples_of_organizational_domains() {
    // The only record is the one of the organization.
    let zone = [("example.com", "v=DMARC1; p=reject")];
    assert_eq!(organization("a.mail.example.com", &zone), "example.com");
    // The shortest name with a record, if none says `psd`.
    let zone = [("mail.example.com", "v=DMARC1; p=none"), ("example.com", "v=DMARC1; p=reject")];
    assert_eq!(organization("a.mail.example.com", &zone), "example.com");
    // `psd=n` ends the walk.
    let zone = [("mail.example.com", "v=DMARC1; p=none; psd=n"), zone[1]];
    assert_eq!(organization("a.mail.example.com", &zone), "mail.example.com");
    // One label below `psd=y`, with or without a record there.
    let zone = [("bank.example", "v=DMARC1; p=reject; psd=y")];
    assert_eq!(organization("mail.giant.bank.example", &zone), "giant.bank.example");
    assert_eq!(organization("giant.bank.example", &zone), "giant.bank.example");
    let zone = [zone[0], ("giant.bank.example", "v=DMARC1; p=none")];
    assert_eq!(organization("mail.giant.bank.example", &zone), "giant.bank.example");
    // The public suffix itself is its own organization, and so is who has nothing.
    assert_eq!(organization("bank.example", &zone), "bank.example");
    assert_eq!(organization("a.mail.example.com", &[]), "a.mail.example.com");
}

#[test]
fn the_policy_is_the_nearest_that_counts() {
    let reject = "v=DMARC1; p=reject; sp=quarantine";
    // The domain's own record needs no walk.
    let found = walk("example.com", &[("example.com", reject)]);
    assert_eq!((found.policy, found.trace.len()), (Some(Policy::Reject), 1));
    // The organization's has `sp` for those below.
    let found = walk("a.mail.example.com", &[("example.com", reject)]);
    assert_eq!(found.policy, Some(Policy::Quarantine));
    assert_eq!(found.found_at.as_deref(), Some("example.com"));
    // A record between the domain and the organization is passed over.
    let zone = [("example.com", reject), ("mail.example.com", "v=DMARC1; p=none")];
    let found = walk("a.mail.example.com", &zone);
    assert_eq!(found.found_at.as_deref(), Some("example.com"));
    // Unless it is the organization's.
    let zone = [("example.com", reject), ("mail.example.com", "v=DMARC1; p=none; psd=n")];
    let found = walk("a.mail.example.com", &zone);
    assert_eq!(found.found_at.as_deref(), Some("mail.example.com"));
    assert_eq!(found.policy, Some(Policy::None));
    // The record of a public suffix is for those below it that have none.
    let zone = [("bank.example", "v=DMARC1; p=reject; sp=reject; psd=y")];
    let found = walk("mail.giant.bank.example", &zone);
    assert_eq!(found.found_at.as_deref(), Some("bank.example"));
    let zone = [zone[0], ("giant.bank.example", "v=DMARC1; p=quarantine")];
    let found = walk("mail.giant.bank.example", &zone);
    assert_eq!(found.found_at.as_deref(), Some("giant.bank.example"));
    assert_eq!(found.policy, Some(Policy::Quarantine));
}

#[test]
fn several_records_at_one_name_are_discarded() {
    let twice =
        [("mail.example.com", "v=DMARC1; p=none"), ("mail.example.com", "v=DMARC1; p=reject")];
    let found =
        walk("mail.example.com", &[twice[0], twice[1], ("example.com", "v=DMARC1; p=quarantine")]);
    assert_eq!(found.found_at.as_deref(), Some("example.com"));
    assert_eq!(walk("mail.example.com", &twice).policy, None);
    assert_eq!(organization("a.mail.example.com", &twice), "a.mail.example.com");
    let found = walk("mail.example.com", &twice);
    assert_eq!(
        found.trace[0].to_string(),
        "_dmarc.mail.example.com: 2 records, which count as none"
    );
}

#[test]
fn a_policy_that_cannot_be_read_is_none_if_reports_are_wanted() {
    let found = walk("example.com", &[("example.com", "v=DMARC1; p=x; rua=mailto:a@example.com")]);
    assert_eq!(found.policy, Some(Policy::None));
    let found = walk("example.com", &[("example.com", "v=DMARC1; p=x")]);
    assert_eq!(found.policy, None);
    // One level weaker with `t=y`.
    let found = walk("example.com", &[("example.com", "v=DMARC1; p=reject; t=y")]);
    assert_eq!(found.policy, Some(Policy::Quarantine));
}
