//! What a server says to a hello, up to the point where cryptography would begin. Written for
//! enemies: bounded, and never surprised.

use lr_core::Text;

use crate::Der;

/// Bytes of a server's answer that are read: a chain of ordinary size has five thousand.
pub(crate) const MOST_BYTES: usize = 256 << 10;

/// Certificates of one answer that are kept.
pub(crate) const MOST_CERTIFICATES: usize = 100;

/// How far a reading has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// More must come.
    Partial(Flight),
    /// This is all there is to see.
    Whole(Flight),
    /// The server refuses with an alert (RFC 8446, section 6). The flight is what came before.
    Alert(u8, Flight),
    /// This is not TLS.
    NotTls,
    /// This is TLS, but broken.
    Broken(&'static str),
}

/// The messages of a server's first flight.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flight {
    pub(crate) hello: Option<ServerHello>,
    pub(crate) chain: Vec<Der>,
    pub(crate) staple: Option<Der>,
    pub(crate) client_certificate: bool,
    pub(crate) key_exchange: Option<KeyExchange>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ServerHello {
    pub(crate) version: u16,
    pub(crate) suite: u16,
    pub(crate) compression: u8,
    pub(crate) retry: bool,
    pub(crate) group: Option<u16>,
    pub(crate) alpn: Option<Text>,
    pub(crate) extensions: Vec<u16>,
    /// Certificate timestamps that came with it.
    pub(crate) timestamps: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyExchange {
    /// Bits of a prime.
    FiniteField(u32),
    /// A named curve.
    Curve(u16),
}

/// The random value that makes a ServerHello a HelloRetryRequest (RFC 8446, section 4.1.3).
const RETRY: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// The alert unrecognized_name as a warning.
const WARNING: [u8; 2] = [1, 112];

/// Reads what has come so far.
pub(crate) fn read(bytes: &[u8]) -> Progress {
    let mut flight = Flight::default();
    let mut messages = Vec::new();
    let mut rest = Reader(bytes);
    while !rest.0.is_empty() {
        let kind = match rest.0 {
            [kind @ 20..=24, 3, 0..=4, ..] | [kind @ 20..=24, 3] | [kind @ 20..=24] => *kind,
            _ if messages.is_empty() && flight.hello.is_none() => return Progress::NotTls,
            _ => return Progress::Broken("a record has no known type"),
        };
        let mut record = Reader(rest.0.get(3..).unwrap_or_default());
        let Some(payload) = record.prefixed16() else { break };
        rest = record;
        match kind {
            // A server that does not know the name warns, and goes on (RFC 6066, section 3).
            21 if *payload == WARNING => {}
            21 => {
                return match payload {
                    // Encrypted, or nonsense.
                    [_, description] => match take(&messages, &mut flight) {
                        Err(error) => Progress::Broken(error),
                        Ok(_) => Progress::Alert(*description, flight),
                    },
                    _ => Progress::Broken("an alert has not two bytes"),
                };
            }
            22 => messages.extend(payload),
            // After a TLS 1.3 ServerHello or retry, servers send a ChangeCipherSpec for the sake of
            // middleboxes (RFC 8446, appendix D.4), and what is encrypted: the flight is whole.
            _ => {
                return match take(&messages, &mut flight) {
                    Ok(true) => Progress::Whole(flight),
                    _ => Progress::Broken("a record is not due yet"),
                };
            }
        }
    }
    match take(&messages, &mut flight) {
        Err(error) => Progress::Broken(error),
        Ok(true) => Progress::Whole(flight),
        Ok(false) => Progress::Partial(flight),
    }
}

/// Takes in the messages; whether the last one was among them.
fn take(messages: &[u8], flight: &mut Flight) -> Result<bool, &'static str> {
    let mut rest = Reader(messages);
    while let Some(kind) = rest.u8() {
        if flight.hello.is_none() && kind != 2 {
            return Err("the first message is no ServerHello");
        }
        let Some(body) = rest.prefixed24() else { break };
        match kind {
            2 => {
                let hello = hello(body).ok_or("the ServerHello cannot be read")?;
                let modern = hello.version >= 0x0304;
                flight.hello = Some(hello);
                // All that follows is encrypted.
                if modern {
                    return Ok(true);
                }
            }
            11 => flight.chain = chain(body).ok_or("the certificates cannot be read")?,
            12 => flight.key_exchange = key_exchange(flight, body),
            13 => flight.client_certificate = true,
            14 => return Ok(true),
            22 => flight.staple = staple(body),
            _ => {}
        }
    }
    Ok(false)
}

/// RFC 8446, section 4.1.3.
fn hello(body: &[u8]) -> Option<ServerHello> {
    let mut body = Reader(body);
    let mut hello = ServerHello { version: body.u16()?, ..ServerHello::default() };
    hello.retry = body.take(32)? == RETRY;
    body.prefixed8()?;
    hello.suite = body.u16()?;
    hello.compression = body.u8()?;
    if body.0.is_empty() {
        return Some(hello);
    }
    let mut extensions = Reader(body.prefixed16()?);
    while let Some(kind) = extensions.u16() {
        let mut data = Reader(extensions.prefixed16()?);
        hello.extensions.push(kind);
        match kind {
            16 => {
                let mut names = Reader(data.prefixed16()?);
                hello.alpn = Some(Text::new(&String::from_utf8_lossy(names.prefixed8()?)));
            }
            43 => hello.version = data.u16()?,
            51 => hello.group = data.u16(),
            18 => hello.timestamps = timestamps(data),
            _ => {}
        }
        if hello.extensions.len() > 64 {
            return None;
        }
    }
    Some(hello)
}

/// A SignedCertificateTimestampList (RFC 6962, section 3.3).
fn timestamps(mut data: Reader<'_>) -> u8 {
    let mut list = Reader(data.prefixed16().unwrap_or_default());
    let each = std::iter::from_fn(|| list.prefixed16());
    u8::try_from(each.take(20).count()).unwrap_or(u8::MAX)
}

/// RFC 5246, section 7.4.2.
fn chain(body: &[u8]) -> Option<Vec<Der>> {
    let mut list = Reader(Reader(body).prefixed24()?);
    let mut chain = Vec::new();
    while !list.0.is_empty() && chain.len() < MOST_CERTIFICATES {
        chain.push(Der::from(list.prefixed24()?.to_vec()));
    }
    Some(chain)
}

/// RFC 6066, section 8.
fn staple(body: &[u8]) -> Option<Der> {
    let mut body = Reader(body);
    (body.u8()? == 1).then_some(())?;
    body.prefixed24().map(|der| Der::from(der.to_vec()))
}

/// RFC 5246, section 7.4.3; RFC 8422, section 5.4.
fn key_exchange(flight: &Flight, body: &[u8]) -> Option<KeyExchange> {
    let suite = super::suites::name(flight.hello.as_ref()?.suite);
    let mut body = Reader(body);
    if suite.contains("_ECDH") {
        return (body.u8()? == 3).then(|| body.u16().map(KeyExchange::Curve))?;
    }
    let finite = ["_DHE_", "_DH_"].iter().any(|kind| suite.contains(kind));
    finite.then(|| body.prefixed16().map(|prime| KeyExchange::FiniteField(bits(prime))))?
}

fn bits(number: &[u8]) -> u32 {
    let start = number.iter().position(|byte| *byte != 0).unwrap_or(number.len());
    let digits = &number[start..];
    let unused = digits.first().map_or(0, |byte| byte.leading_zeros());
    u32::try_from(digits.len() * 8).unwrap_or(u32::MAX).saturating_sub(unused)
}

/// Whether a server of SSL 2.0 has answered with ciphers: `None` until that can be told. An error
/// message of that protocol, or a record of a later one, is a refusal.
pub(crate) fn speaks_ssl2(bytes: &[u8]) -> Option<bool> {
    match bytes {
        [] => None,
        [first, ..] if first & 0x80 == 0 => Some(false),
        // Type, session hit, certificate type, version, and the lengths of certificate and ciphers.
        [_, _, kind, ..] if *kind != 4 => Some(false),
        [_, _, _, _, _, _, _, _, _, high, low, ..] => Some(u16::from_be_bytes([*high, *low]) > 0),
        _ => None,
    }
}

/// Reads from the front; `None` where there is not enough.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    // Not inlined: LLVM 22 takes minutes to work out what all its comparisons say together.
    #[inline(never)]
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn u8(&mut self) -> Option<u8> {
        self.take(1).and_then(|bytes| bytes.first().copied())
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_be_bytes)
    }

    fn prefixed8(&mut self) -> Option<&'a [u8]> {
        let length = self.u8()?;
        self.take(length.into())
    }

    fn prefixed16(&mut self) -> Option<&'a [u8]> {
        let length = self.u16()?;
        self.take(length.into())
    }

    fn prefixed24(&mut self) -> Option<&'a [u8]> {
        let high = usize::from(self.u8()?);
        let low = usize::from(self.u16()?);
        self.take(high << 16 | low)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len()).unwrap().to_be_bytes();
        [&[kind], &length[1..], body].concat()
    }

    /// Messages in records of so many bytes.
    fn records(messages: &[u8], size: usize) -> Vec<u8> {
        let record = |part: &[u8]| {
            let length = u16::try_from(part.len()).unwrap().to_be_bytes();
            [&[22, 3, 3], &length[..], part].concat()
        };
        messages.chunks(size).flat_map(record).collect()
    }

    fn hello_body(version: u16, random: [u8; 32], suite: u16, extensions: &[u8]) -> Vec<u8> {
        let mut body = version.to_be_bytes().to_vec();
        body.extend(random);
        body.push(0);
        body.extend(suite.to_be_bytes());
        body.push(0);
        if !extensions.is_empty() {
            body.extend(u16::try_from(extensions.len()).unwrap().to_be_bytes());
            body.extend(extensions);
        }
        body
    }

    fn certificates(chain: &[Vec<u8>]) -> Vec<u8> {
        let sized = |der: &[u8]| {
            let length = u32::try_from(der.len()).unwrap().to_be_bytes();
            [&length[1..], der].concat()
        };
        sized(&chain.iter().flat_map(|der| sized(der)).collect::<Vec<_>>())
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..400)) {
            let _ = read(&bytes);
            let _ = speaks_ssl2(&bytes);
        }

        #[test]
        fn any_messages_are_read_or_refused(body in vec(any::<u8>(), 0..300), kind in 0..30u8) {
            let hello = message(2, &hello_body(0x0303, [1; 32], 0xc030, &[]));
            let _ = read(&records(&[hello, message(kind, &body)].concat(), 100));
            let _ = read(&records(&message(2, &body), 64));
        }

        #[test]
        fn a_flight_is_read_however_it_is_cut(
            chain in vec(vec(any::<u8>(), 1..500), 1..5),
            suite in prop::sample::select(vec![0x0033u16, 0xc030, 0x009c]),
            size in 1..4000usize,
            prime in 1..300usize,
            at in any::<prop::sample::Index>(),
        ) {
            let exchange = match suite {
                0x0033 => {
                    let length = u16::try_from(prime).unwrap().to_be_bytes();
                    [&length[..], &vec![0xff; prime], &[0, 1, 2]].concat()
                }
                _ => vec![3, 0, 29, 1, 4],
            };
            let hello = hello_body(0x0303, [1; 32], suite, &[0, 16, 0, 5, 0, 3, 2, b'h', b'2']);
            let all = [
                message(2, &hello),
                message(11, &certificates(&chain)),
                message(22, &[1, 0, 0, 2, 5, 6]),
                message(12, &exchange),
                message(13, &[0]),
                message(14, &[]),
            ].concat();
            let bytes = records(&all, size);
            let Progress::Whole(flight) = read(&bytes) else { panic!("it is whole") };
            let read_hello = flight.hello.clone().unwrap();
            prop_assert_eq!(read_hello.suite, suite);
            prop_assert_eq!(read_hello.alpn, Some(Text::new("h2")));
            let read_chain: Vec<_> = flight.chain.iter().map(|der| der.as_bytes().to_vec()).collect();
            prop_assert_eq!(read_chain, chain);
            prop_assert_eq!(flight.staple, Some(Der::from(vec![5, 6])));
            prop_assert!(flight.client_certificate);
            let expected = match suite {
                0x0033 => Some(KeyExchange::FiniteField(u32::try_from(prime).unwrap() * 8)),
                0xc030 => Some(KeyExchange::Curve(29)),
                _ => None,
            };
            prop_assert_eq!(flight.key_exchange, expected);
            let cut = &bytes[..at.index(bytes.len())];
            prop_assert!(matches!(read(cut), Progress::Partial(_)), "{cut:?}");
        }
    }

    #[test]
    fn a_retry_names_its_group() {
        let extensions = [0, 43, 0, 2, 3, 4, 0, 51, 0, 2, 0x11, 0xec];
        let bytes = records(&message(2, &hello_body(0x0303, RETRY, 0x1301, &extensions)), 1000);
        let Progress::Whole(flight) = read(&bytes) else { panic!("it is whole") };
        let hello = flight.hello.unwrap();
        assert!(hello.retry);
        assert_eq!((hello.version, hello.group), (0x0304, Some(0x11ec)));
    }

    #[test]
    fn alerts_and_other_protocols_are_told_apart() {
        assert_eq!(read(&[21, 3, 1, 0, 2, 2, 70]), Progress::Alert(70, Flight::default()));
        assert_eq!(read(b"HTTP/1.1 400"), Progress::NotTls);
        assert_eq!(read(b"220 mail"), Progress::NotTls);
        assert_eq!(read(&[]), Progress::Partial(Flight::default()));
        assert!(matches!(read(&[22, 3, 3, 0, 1, 14]), Progress::Broken(_)));
    }

    #[test]
    fn a_warning_is_no_refusal() {
        let hello = records(&message(2, &hello_body(0x0303, RETRY, 0x1301, &[])), 1000);
        let warned = [&[21, 3, 3, 0, 2, 1, 112][..], &hello].concat();
        assert_eq!(read(&warned), read(&hello));
        assert!(matches!(read(&[21, 3, 3, 0, 2, 2, 112]), Progress::Alert(112, _)));
        assert_eq!(read(&[21, 3, 3, 0, 2, 1, 112]), Progress::Partial(Flight::default()));
    }

    #[test]
    fn timestamps_are_counted() {
        let list = [0, 10, 0, 3, 1, 2, 3, 0, 3, 4, 5, 6];
        let extension = [&[0, 18, 0, 12][..], &list].concat();
        let bytes = records(&message(2, &hello_body(0x0303, RETRY, 0xc02b, &extension)), 1000);
        let Progress::Partial(flight) = read(&bytes) else { panic!("more is to come") };
        assert_eq!(flight.hello.unwrap().timestamps, 2);
    }

    #[test]
    fn an_error_in_ssl2_is_no_cipher() {
        let hello = [0x80, 14, 4, 0, 1, 0, 2, 0, 0, 0, 3, 0, 0, 7];
        assert_eq!(speaks_ssl2(&hello), Some(true));
        assert_eq!(speaks_ssl2(&[0x80, 3, 0, 0, 1]), Some(false));
        assert_eq!(speaks_ssl2(&[21, 3, 0, 0, 2, 2, 40]), Some(false));
        assert_eq!(speaks_ssl2(&[0x80, 14, 4, 0, 1, 0, 2, 0, 0, 0, 0]), Some(false));
        assert_eq!(speaks_ssl2(&hello[..9]), None);
    }
}
