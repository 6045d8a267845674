//! Hellos of our own: whatever a client of the last thirty years might have offered, without the
//! cryptography that would have to follow.

/// What a hello offers. Extensions come in the order of the fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hello {
    /// `client_version`; 0x0303 for TLS 1.2 and later.
    pub(crate) version: u16,
    pub(crate) random: [u8; 32],
    pub(crate) suites: Vec<u16>,
    /// Offer DEFLATE (RFC 3749) beside no compression.
    pub(crate) deflate: bool,
    /// `None` sends no extensions at all, as SSL 3.0 knew none.
    pub(crate) extensions: Option<Extensions>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Extensions {
    /// RFC 6066, section 3.
    pub(crate) server_name: Option<String>,
    /// RFC 8422, section 5.1.1; RFC 8446, section 4.2.7.
    pub(crate) groups: Vec<u16>,
    /// RFC 8446, section 4.2.3.
    pub(crate) signatures: Vec<u16>,
    /// RFC 7301.
    pub(crate) alpn: Vec<&'static str>,
    /// status_request (RFC 6066, section 8), encrypt_then_mac (RFC 7366), extended_master_secret
    /// (RFC 7627), session_ticket (RFC 5077), renegotiation_info (RFC 5746) and, for certificate
    /// timestamps, RFC 6962.
    pub(crate) features: bool,
    /// RFC 8446, section 4.2.1. With it goes an empty key_share, to which a server of TLS 1.3
    /// answers with the group that it wants (section 4.2.8).
    pub(crate) versions: Vec<u16>,
    /// Padding (RFC 7685) until the message has so many bytes.
    pub(crate) size: usize,
}

impl Hello {
    /// The record: a handshake message that is a ClientHello (RFC 8446, section 4.1.2).
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut body = Vec::with_capacity(1024);
        put16(&mut body, self.version);
        body.extend(self.random);
        // TLS 1.3 in disguise (RFC 8446, appendix D.4): middleboxes expect a session.
        let resumes = self.extensions.as_ref().is_some_and(|all| !all.versions.is_empty());
        match resumes {
            true => prefixed8(&mut body, |out| out.extend(self.random.iter().rev())),
            false => body.push(0),
        }
        prefixed16(&mut body, |out| self.suites.iter().for_each(|suite| put16(out, *suite)));
        body.extend(if self.deflate { &[2, 1, 0][..] } else { &[1, 0] });
        if let Some(extensions) = &self.extensions {
            extensions.encode(&mut body);
        }
        let mut message = vec![1, 0];
        prefixed16(&mut message, |out| out.extend(&body));
        // Servers of old reject records of a version that they do not know, so it is TLS 1.0's.
        let record = self.version.min(0x0301);
        let mut bytes = vec![22];
        put16(&mut bytes, record);
        prefixed16(&mut bytes, |out| out.extend(message));
        bytes
    }
}

impl Extensions {
    fn encode(&self, body: &mut Vec<u8>) {
        let before = body.len();
        prefixed16(body, |out| {
            if let Some(name) = &self.server_name {
                extension(out, 0, |out| {
                    prefixed16(out, |out| {
                        out.push(0);
                        prefixed16(out, |out| out.extend(name.as_bytes()));
                    });
                });
            }
            if !self.groups.is_empty() {
                extension(out, 10, |out| list16(out, &self.groups));
                extension(out, 11, |out| out.extend([1, 0]));
            }
            if !self.signatures.is_empty() {
                extension(out, 13, |out| list16(out, &self.signatures));
            }
            if !self.alpn.is_empty() {
                extension(out, 16, |out| {
                    prefixed16(out, |out| {
                        for name in &self.alpn {
                            prefixed8(out, |out| out.extend(name.as_bytes()));
                        }
                    });
                });
            }
            if self.features {
                extension(out, 5, |out| out.extend([1, 0, 0, 0, 0]));
                for kind in [18, 22, 23, 35] {
                    extension(out, kind, |_| ());
                }
                extension(out, 0xff01, |out| out.push(0));
            }
            if !self.versions.is_empty() {
                extension(out, 43, |out| {
                    prefixed8(out, |out| self.versions.iter().for_each(|one| put16(out, *one)));
                });
                extension(out, 45, |out| out.extend([1, 1]));
                extension(out, 51, |out| put16(out, 0));
            }
            let length = before + 2 + out.len() + 4;
            if length < self.size {
                let missing = self.size - length;
                extension(out, 21, |out| out.resize(out.len() + missing, 0));
            }
        });
    }
}

/// The hello of SSL 2.0, with its seven ciphers: it has a header of its own and no place for
/// anything else.
pub(crate) fn ssl2(random: &[u8; 32]) -> Vec<u8> {
    const CIPHERS: [[u8; 3]; 7] = [
        [0x07, 0x00, 0xc0],
        [0x05, 0x00, 0x80],
        [0x03, 0x00, 0x80],
        [0x01, 0x00, 0x80],
        [0x06, 0x00, 0x40],
        [0x04, 0x00, 0x80],
        [0x02, 0x00, 0x80],
    ];
    let mut body = vec![1, 0, 2, 0, 21, 0, 0, 0, 16];
    body.extend(CIPHERS.as_flattened());
    body.extend(&random[..16]);
    let length = u8::try_from(body.len()).unwrap_or(u8::MAX);
    let mut bytes = vec![0x80, length];
    bytes.extend(body);
    bytes
}

fn put16(out: &mut Vec<u8>, value: u16) {
    out.extend(value.to_be_bytes());
}

fn list16(out: &mut Vec<u8>, values: &[u16]) {
    prefixed16(out, |out| values.iter().for_each(|value| put16(out, *value)));
}

fn extension(out: &mut Vec<u8>, kind: u16, write: impl FnOnce(&mut Vec<u8>)) {
    put16(out, kind);
    prefixed16(out, write);
}

fn prefixed8(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let mut inner = Vec::new();
    write(&mut inner);
    inner.truncate(usize::from(u8::MAX));
    out.push(u8::try_from(inner.len()).unwrap_or(u8::MAX));
    out.extend(inner);
}

fn prefixed16(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let mut inner = Vec::new();
    write(&mut inner);
    inner.truncate(usize::from(u16::MAX));
    put16(out, u16::try_from(inner.len()).unwrap_or(u16::MAX));
    out.extend(inner);
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use rustls::server::Acceptor;

    use super::*;

    fn hello() -> impl Strategy<Value = Hello> {
        let extensions = (vec(any::<u16>(), 1..20), vec(any::<u16>(), 1..20), any::<bool>());
        let extensions = (extensions, any::<bool>(), 0..4000usize, any::<bool>());
        let extensions =
            extensions.prop_map(|((groups, signatures, features), h2, size, new)| Extensions {
                server_name: Some("shop.test".into()),
                groups,
                signatures,
                alpn: if h2 { vec!["h2", "http/1.1"] } else { vec![] },
                features,
                versions: if new { vec![0x0304, 0x0303] } else { vec![] },
                size,
            });
        (any::<[u8; 32]>(), vec(any::<u16>(), 1..350), any::<bool>(), extensions).prop_map(
            |(random, suites, deflate, extensions)| Hello {
                version: 0x0303,
                random,
                suites,
                deflate,
                extensions: Some(extensions),
            },
        )
    }

    proptest! {
        /// A reader that is not ours understands what is written.
        #[test]
        fn rustls_reads_what_is_offered(hello in hello()) {
            let bytes = hello.encode();
            let extensions = hello.extensions.as_ref().unwrap();
            let mut acceptor = Acceptor::default();
            acceptor.read_tls(&mut bytes.as_slice()).unwrap();
            let accepted = acceptor.accept().map_err(|(error, _)| error).unwrap().unwrap();
            let read = accepted.client_hello();
            prop_assert_eq!(read.server_name(), Some("shop.test"));
            let suites: Vec<_> = read.cipher_suites().iter().map(|suite| u16::from(*suite)).collect();
            prop_assert_eq!(&suites, &hello.suites);
            let signatures: Vec<_> =
                read.signature_schemes().iter().map(|scheme| u16::from(*scheme)).collect();
            prop_assert_eq!(&signatures, &extensions.signatures);
            let groups: Vec<_> =
                read.named_groups().unwrap().iter().map(|group| u16::from(*group)).collect();
            prop_assert_eq!(&groups, &extensions.groups);
            let alpn: Vec<_> = read.alpn().into_iter().flatten().collect();
            let offered: Vec<_> = extensions.alpn.iter().map(|name| name.as_bytes()).collect();
            prop_assert_eq!(alpn, offered);
            // A record's and a message's header.
            prop_assert!(bytes.len() >= extensions.size);
        }
    }

    #[test]
    fn ssl_has_no_extensions() {
        let hello = Hello {
            version: 0x0300,
            random: [7; 32],
            suites: vec![4, 5],
            deflate: false,
            extensions: None,
        };
        let bytes = hello.encode();
        assert_eq!(bytes[..11], [22, 3, 0, 0, 47, 1, 0, 0, 43, 3, 0]);
        assert_eq!(bytes[43..], [0, 0, 4, 0, 4, 0, 5, 1, 0]);
        let old = ssl2(&[7; 32]);
        assert_eq!(old[..11], [0x80, 46, 1, 0, 2, 0, 21, 0, 0, 0, 16]);
        assert_eq!(old.len(), 48);
    }
}
