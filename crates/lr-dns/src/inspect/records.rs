use std::fmt::Write;

use hickory_proto::op::ResponseCode;
use hickory_proto::rr::{Name, RData, RecordType};
use lr_net::Reply;

use crate::snapshot::{Answer, Record, Transport};

/// Most records that are kept of one section, and most bytes of one record's data.
const MAX_RECORDS: usize = 512;
const MAX_DATA: usize = 4096;

/// What the resolver answered.
pub(super) fn of_lookup(answer: &lr_net::Answer, wanted: RecordType) -> Answer {
    let (rcode, records) = match answer {
        lr_net::Answer::Records(records) => ("NOERROR", records.as_slice()),
        lr_net::Answer::NxDomain { .. } => ("NXDOMAIN", [].as_slice()),
        _ => ("NOERROR", [].as_slice()),
    };
    Answer {
        rcode: rcode.into(),
        answers: kept(records, &[wanted, RecordType::CNAME]),
        ..Answer::default()
    }
}

/// What a server answered.
pub(crate) fn of_reply(reply: &Reply, wanted: RecordType) -> Answer {
    let message = &reply.message;
    Answer {
        rcode: mnemonic(message.metadata.response_code),
        authoritative: message.metadata.authoritative,
        recursion_available: message.metadata.recursion_available,
        edns_dropped: reply.edns_dropped,
        case_lost: reply.case_lost,
        unreadable: reply.unreadable,
        answers: kept(&message.answers, &[data_of(wanted), RecordType::CNAME]),
        authorities: kept(&message.authorities, &[RecordType::NS, RecordType::SOA, RecordType::DS]),
        additionals: kept(&message.additionals, &[RecordType::A, RecordType::AAAA]),
        elapsed_ms: u64::try_from(reply.elapsed.as_millis()).unwrap_or(u64::MAX),
        transport: if reply.tcp { Transport::Tcp } else { Transport::Udp },
    }
}

impl Answer {
    /// Reads a message in wire format that answers a question for records of type `rtype`, as far as it
    /// can be read: records that make no sense are counted and left out. `None` if there is not even a
    /// header and a question, or no such type.
    ///
    /// ```
    /// let message = b"\0\x07\x84\0\0\x01\0\x01\0\0\0\0\x01a\0\0\x01\0\x01\
    ///     \xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\x0b\0\0\x07";
    /// let answer = lr_dns::Answer::read(message, "A").unwrap();
    /// assert_eq!(answer.data("A").collect::<Vec<_>>(), ["11.0.0.7"]);
    /// assert!(lr_dns::Answer::read(b"nonsense", "A").is_none());
    /// ```
    #[must_use]
    pub fn read(message: &[u8], rtype: &str) -> Option<Self> {
        Some(of_reply(&Reply::read(message)?, rtype.parse().ok()?))
    }
}

/// The type of the records that answer a question: a zone transfer begins with the SOA record.
fn data_of(wanted: RecordType) -> RecordType {
    if wanted == RecordType::AXFR { RecordType::SOA } else { wanted }
}

/// Sorted before it is cut, so that what two servers give in another order stays the same.
fn kept(records: &[hickory_proto::rr::Record], types: &[RecordType]) -> Vec<Record> {
    let mut kept: Vec<_> = records
        .iter()
        .filter(|record| types.contains(&record.record_type()))
        .map(|record| Record {
            name: text(&record.name),
            rtype: record.record_type().to_string(),
            data: data(&record.data),
            ttl: record.ttl,
        })
        .collect();
    kept.sort_unstable();
    kept.dedup();
    kept.truncate(MAX_RECORDS);
    kept
}

/// A name in lower case, without the trailing dot; the root is the empty text.
pub(crate) fn text(name: &Name) -> String {
    let mut text = name.to_ascii();
    text.make_ascii_lowercase();
    text.truncate(text.trim_end_matches('.').len());
    text
}

fn data(data: &RData) -> String {
    let mut shown = match data {
        RData::CNAME(target) => text(&target.0),
        RData::NS(server) => text(&server.0),
        RData::PTR(target) => text(&target.0),
        RData::SRV(srv) => {
            format!("{} {} {} {}", srv.priority, srv.weight, srv.port, text(&srv.target))
        }
        RData::MX(mx) => format!("{} {}", mx.preference, text(&mx.exchange)),
        RData::SOA(soa) => format!(
            "{} {} {} {} {} {} {}",
            text(&soa.mname),
            text(&soa.rname),
            soa.serial,
            soa.refresh,
            soa.retry,
            soa.expire,
            soa.minimum
        ),
        data => {
            let mut shown = String::new();
            // Some data has no presentation form; then it is compared by nothing.
            let _ = write!(shown, "{data}");
            shown
        }
    };
    if shown.len() > MAX_DATA {
        let cut = (0..=MAX_DATA).rev().find(|&at| shown.is_char_boundary(at)).unwrap_or(0);
        shown.truncate(cut);
    }
    shown
}

fn mnemonic(code: ResponseCode) -> String {
    match code {
        ResponseCode::NoError => "NOERROR".into(),
        ResponseCode::FormErr => "FORMERR".into(),
        ResponseCode::ServFail => "SERVFAIL".into(),
        ResponseCode::NXDomain => "NXDOMAIN".into(),
        ResponseCode::NotImp => "NOTIMP".into(),
        ResponseCode::Refused => "REFUSED".into(),
        ResponseCode::NotAuth => "NOTAUTH".into(),
        code => format!("RCODE{}", u16::from(code)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hickory_proto::rr::rdata::{CNAME, TXT};

    fn name(text: &str) -> Name {
        Name::from_ascii(text).unwrap()
    }

    fn record(owner: &str, data: RData) -> hickory_proto::rr::Record {
        hickory_proto::rr::Record::from_rdata(name(owner), 300, data)
    }

    #[test]
    fn records_are_kept_in_one_spelling() {
        let alias = |to: &str| record("WWW.Shop.test.", RData::CNAME(CNAME(name(to))));
        let kept = kept(
            &[
                alias("Z.test."),
                alias("a.test."),
                record("www.shop.test.", RData::TXT(TXT::new(vec!["x".into()]))),
                alias("A.TEST."),
            ],
            &[RecordType::CNAME],
        );
        let expected =
            ["a.test", "z.test"].map(|target| Record::new("www.shop.test", "CNAME", 300, target));
        assert_eq!(kept, expected);
        assert_eq!(text(&Name::root()), "");
    }

    #[test]
    fn a_flood_of_records_is_cut() {
        let texts = |from: usize| {
            let text =
                move |number| record("a.test.", RData::TXT(TXT::new(vec![format!("{number:04}")])));
            (from..from + 1000).map(text)
        };
        let one: Vec<_> = texts(0).collect();
        let other: Vec<_> = texts(0).rev().collect();
        assert_eq!(kept(&one, &[RecordType::TXT]).len(), MAX_RECORDS);
        assert_eq!(kept(&one, &[RecordType::TXT]), kept(&other, &[RecordType::TXT]));
        let long = record("a.test.", RData::TXT(TXT::new(vec!["é".repeat(120); 60])));
        assert!(kept(&[long], &[RecordType::TXT])[0].data.len() <= MAX_DATA);
    }

    #[test]
    fn data_without_a_presentation_form_is_no_panic() {
        let opt = RData::OPT(hickory_proto::rr::rdata::OPT::new(Vec::new()));
        assert_eq!(data(&opt), "");
    }
}
