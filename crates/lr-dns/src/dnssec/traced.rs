use super::message::{Message, types};
use super::name::Name;
use super::{Anchors, Evidence, Judgement, Step, Validator, hex};
use crate::snapshot::Snapshot;

/// What became of the way from the trust anchor to the zone of a snapshot.
pub(crate) enum Traced {
    Judged(Judgement),
    /// This is missing in the snapshot.
    Lacking(String),
}

/// Judges the way from the trust anchor to the zone; `None` if it was not looked at.
pub(crate) fn trace(snapshot: &Snapshot) -> Option<Traced> {
    let zone = snapshot.zone.as_deref()?;
    snapshot.chain.iter().find(|held| held.rtype == "DNSKEY")?;
    let mut evidence = Evidence::new();
    for held in &snapshot.chain {
        let Some(bytes) = hex(&held.message) else { continue };
        match held.rtype.as_str() {
            "DNSKEY" | "DS" => evidence.add(&held.name, &held.rtype, &bytes),
            // The parent was asked with DO: its referral is its word about the DS records.
            _ if refers_to(&bytes, zone) => evidence.add(zone, "DS", &bytes),
            _ => evidence.add_referral(&bytes),
        };
    }
    let keys = snapshot.signed.iter().filter(|held| held.name == zone && held.rtype == "DNSKEY");
    for bytes in keys.filter_map(|held| hex(&held.message)) {
        evidence.add(zone, "DNSKEY", &bytes);
    }
    let mut anchors = Anchors::default();
    if !snapshot.anchors.is_empty() {
        anchors = Anchors::none();
        // Those of a snapshot that was not made here may be anything.
        let unread = snapshot.anchors.iter().filter(|text| anchors.add(text).is_err()).count();
        if unread > 0 {
            return Some(Traced::Lacking("what the trust anchors are".to_owned()));
        }
    }
    Some(match Validator::new(anchors, snapshot.taken_at_s).judge_zone(zone, &evidence) {
        Step::Done(judged) => Traced::Judged(judged),
        Step::Ask { name, rtype } => Traced::Lacking(format!("{name} {rtype}")),
    })
}

fn refers_to(bytes: &[u8], zone: &str) -> bool {
    let (message, zone) = (Message::read(bytes), Name::from_text(zone));
    let cut = message.as_ref().zip(zone.as_ref());
    cut.is_some_and(|(message, zone)| message.authority(zone, types::NS).is_some())
}
