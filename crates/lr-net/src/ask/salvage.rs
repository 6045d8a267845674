use hickory_proto::op::{Header, Message};
use hickory_proto::rr::{Record, RecordType};
use hickory_proto::serialize::binary::{BinDecodable, BinDecoder};

/// Reads a message; where that fails as a whole, as much of it as can be read, and how many records
/// could not. `None` if there is not even a header and a question.
pub(super) fn read(bytes: &[u8]) -> Option<(Message, usize)> {
    match Message::from_vec(bytes) {
        Ok(message) => Some((message, 0)),
        Err(_) => salvage(bytes),
    }
}

/// Record by record: one that makes no sense is passed over by its length.
fn salvage(bytes: &[u8]) -> Option<(Message, usize)> {
    let mut decoder = BinDecoder::new(bytes);
    let header = Header::read(&mut decoder).ok()?;
    let metadata = header.metadata;
    let mut message = Message::new(metadata.id, metadata.message_type, metadata.op_code);
    message.metadata = metadata;
    // More than one question is no answer to one.
    if header.counts.queries > 1 {
        return None;
    }
    message.queries = Message::read_queries(&mut decoder, header.counts.queries.into()).ok()?;
    let mut at = decoder.index();
    let counts = [header.counts.answers, header.counts.authorities, header.counts.additionals];
    let mut lost = 0;
    for (section, count) in counts.into_iter().enumerate() {
        for number in 0..count {
            let Some(end) = end_of_record(bytes, at) else {
                // Nothing behind this can be told apart any more.
                let rest = counts[section + 1..].iter().map(|count| usize::from(*count));
                lost += usize::from(count - number) + rest.sum::<usize>();
                return Some((message, lost));
            };
            let record = u16::try_from(at)
                .ok()
                .and_then(|start| Record::read(&mut decoder.clone(start)).ok());
            at = end;
            match record {
                Some(opt) if opt.record_type() == RecordType::OPT => {
                    message.edns = Some((&opt).into());
                }
                Some(record) => match section {
                    0 => message.answers.push(record),
                    1 => message.authorities.push(record),
                    _ => message.additionals.push(record),
                },
                None => lost += 1,
            }
        }
    }
    Some((message, lost))
}

/// Where the record that begins at `at` ends: name, ten bytes, and as much data as they say (RFC
/// 1035, section 4.1.3).
fn end_of_record(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *bytes.get(at)? {
            0 => break at += 1,
            length if length & 0xc0 == 0xc0 => break at += 2,
            length if length < 64 => at += 1 + usize::from(length),
            _ => return None,
        }
    }
    let length = bytes.get(at + 8..at + 10)?;
    let end = at + 10 + usize::from(u16::from_be_bytes([length[0], length[1]]));
    (end <= bytes.len()).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hickory_proto::op::{MessageType, OpCode, Query};
    use hickory_proto::rr::rdata::A;
    use hickory_proto::rr::{Name, RData};

    fn message() -> Vec<u8> {
        let name = Name::from_ascii("a.test.").unwrap();
        let mut message = Message::new(7, MessageType::Response, OpCode::Query);
        message.add_query(Query::query(name.clone(), RecordType::A));
        for last in 1..=3 {
            let address = RData::A(A::new(11, 0, 0, last));
            message.add_answer(Record::from_rdata(name.clone(), 60, address));
        }
        message.to_vec().unwrap()
    }

    #[test]
    fn one_bad_record_does_not_take_the_others_along() {
        let mut bytes = message();
        assert_eq!(read(&bytes).unwrap().1, 0);
        // The second record says that it has three bytes of address, and has four.
        let second = 12 + 12 + 16;
        bytes[second + 11] = 3;
        bytes.remove(second + 12);
        let (message, lost) = read(&bytes).unwrap();
        assert_eq!((message.answers.len(), lost), (2, 1));
        assert_eq!(message.metadata.id, 7);
    }

    #[test]
    fn what_is_cut_off_is_counted() {
        let bytes = message();
        for length in 0..bytes.len() {
            match read(&bytes[..length]) {
                Some((message, lost)) => assert_eq!(message.answers.len() + lost, 3, "{length}"),
                None => assert!(length < 24),
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_makes_it_panic(at in 0usize..72, byte: u8, cut in 0usize..72) {
            let mut bytes = message();
            bytes[at] = byte;
            bytes.truncate(cut.max(1));
            let _ = read(&bytes);
        }
    }
}
