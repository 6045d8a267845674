//! A TLS server without cryptography: it reads a ClientHello and answers with ServerHello,
//! Certificate, ServerKeyExchange and so on, by configuration. What would follow it cannot do.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// What it speaks.
#[derive(Clone, Debug)]
pub(crate) struct Mock {
    /// 0x0002, 0x0300 to 0x0304.
    pub(crate) versions: Vec<u16>,
    /// Suites before TLS 1.3, in its order.
    pub(crate) suites: Vec<u16>,
    /// Whether its order counts, or the client's.
    pub(crate) prefers: bool,
    /// Suites of TLS 1.3, in its order.
    pub(crate) new_suites: Vec<u16>,
    /// Groups of TLS 1.3, in its order.
    pub(crate) groups: Vec<u16>,
    /// Curves before TLS 1.3, in its order.
    pub(crate) curves: Vec<u16>,
    pub(crate) compresses: bool,
    pub(crate) alpn: Option<&'static str>,
    pub(crate) staple: Option<Vec<u8>>,
    /// Certificate timestamps that it sends beside the certificate.
    pub(crate) timestamps: u16,
    pub(crate) asks_client: bool,
    pub(crate) renegotiates_securely: bool,
    pub(crate) extended_master_secret: bool,
    pub(crate) dh_bits: u16,
    pub(crate) chain: Vec<Vec<u8>>,
    /// Sent to clients without a server name; nothing refuses them.
    pub(crate) default_chain: Option<Vec<Vec<u8>>>,
    /// Says nothing to hellos that offer TLS 1.3.
    pub(crate) fears_tls13: bool,
    /// Says nothing to hellos of more bytes.
    pub(crate) fears_size: usize,
    /// Which connections are answered, again and again, and the others reset. Empty: all are.
    pub(crate) answers: Vec<bool>,
}

impl Mock {
    /// A healthy server with this chain, of TLS 1.2 and 1.3.
    pub(crate) fn healthy(chain: Vec<Vec<u8>>) -> Self {
        Self {
            versions: vec![0x0303, 0x0304],
            suites: vec![0xc02b, 0xc02c, 0xcca9],
            prefers: true,
            new_suites: vec![0x1301, 0x1302, 0x1303],
            groups: vec![0x11ec, 29, 23],
            curves: vec![29, 23, 24],
            compresses: false,
            alpn: Some("h2"),
            staple: None,
            timestamps: 0,
            asks_client: false,
            renegotiates_securely: true,
            extended_master_secret: true,
            dh_bits: 2048,
            default_chain: Some(chain.clone()),
            chain,
            fears_tls13: false,
            fears_size: usize::MAX,
            answers: Vec::new(),
        }
    }

    /// Serves until the runtime ends.
    pub(crate) async fn serve(self) -> (SocketAddr, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mock = Arc::new(self);
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let number = counted.fetch_add(1, Ordering::Relaxed);
                let mock = Arc::clone(&mock);
                if !mock.answers.is_empty() && !mock.answers[number % mock.answers.len()] {
                    let _ = stream.set_zero_linger();
                    continue;
                }
                tokio::spawn(async move {
                    let mut head = [0; 5];
                    if stream.read_exact(&mut head).await.is_err() {
                        return;
                    }
                    let length = match head[0] {
                        0x80 => usize::from(head[1]) - 3,
                        _ => usize::from(u16::from_be_bytes([head[3], head[4]])),
                    };
                    let mut hello = vec![0; length];
                    if stream.read_exact(&mut hello).await.is_err() {
                        return;
                    }
                    match mock.answer(head[0] == 0x80, &hello) {
                        Some(answer) => {
                            let _ = stream.write_all(&answer).await;
                            // An alert in answer to whatever comes.
                            let _ = stream.read(&mut [0; 1024]).await;
                            let _ = stream.write_all(&alert(40)).await;
                        }
                        None => {
                            let _ = stream.read_to_end(&mut Vec::new()).await;
                        }
                    }
                });
            }
        });
        (address, count)
    }

    /// What it says to a hello; nothing if it goes silent.
    pub(crate) fn answer(&self, ssl2: bool, message: &[u8]) -> Option<Vec<u8>> {
        if ssl2 {
            return Some(match self.versions.contains(&2) {
                true => [&[0x80, 14, 4, 0, 1, 0, 2, 0, 0, 0, 3, 0, 0][..], &[7, 0, 0xc0]].concat(),
                false => alert(70),
            });
        }
        let hello = Hello::read(message);
        if message.len() > self.fears_size || self.fears_tls13 && hello.versions.contains(&0x0304) {
            return None;
        }
        if hello.versions.contains(&0x0304) && self.versions.contains(&0x0304) {
            return Some(self.retry(&hello));
        }
        let Some(version) = self.version(&hello) else { return Some(alert(70)) };
        let Some(suite) = self.suite(&hello) else { return Some(alert(40)) };
        let chain = match (hello.named || hello.extensions.is_empty(), &self.default_chain) {
            (true, _) => &self.chain,
            (false, Some(chain)) => chain,
            (false, None) => return Some(alert(112)),
        };
        Some(self.flight(version, suite, chain, &hello))
    }

    /// The version it chooses before TLS 1.3.
    fn version(&self, hello: &Hello) -> Option<u16> {
        let classic = |version: &u16| (0x0300..=0x0303).contains(version);
        let offered = if hello.versions.is_empty() {
            hello.version
        } else {
            hello.versions.iter().copied().filter(classic).max().unwrap_or(0)
        };
        self.versions.iter().copied().filter(|one| classic(one) && *one <= offered).max()
    }

    fn suite(&self, hello: &Hello) -> Option<u16> {
        let (first, second) = match self.prefers {
            true => (&self.suites, &hello.suites),
            false => (&hello.suites, &self.suites),
        };
        let mut both = first.iter().copied().filter(|suite| second.contains(suite));
        both.find(|suite| !is_elliptic(*suite) || self.curve(hello).is_some())
    }

    /// Clients that name no curves take all.
    fn curve(&self, hello: &Hello) -> Option<u16> {
        let fits = |curve: &&u16| hello.groups.is_empty() || hello.groups.contains(curve);
        self.curves.iter().find(fits).copied()
    }

    /// Whether rustls, behind it, can answer as it would: to hellos as libraries of today make them.
    pub(crate) fn leaves_to_rustls(&self, hello: &Hello) -> bool {
        const STRONG: [u16; 6] = [0xc02b, 0xc02c, 0xcca9, 0xc02f, 0xc030, 0xcca8];
        let modern = hello.versions.contains(&0x0304) || hello.suites.len() < 20;
        let strong = self.suites.iter().any(|suite| STRONG.contains(suite));
        modern
            && strong
            && self.version(hello) == Some(0x0303)
            && self.suite(hello).is_none_or(|suite| STRONG.contains(&suite))
            || hello.versions == [0x0304]
    }

    fn retry(&self, hello: &Hello) -> Vec<u8> {
        const RETRY: &str = "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c";
        let group = self.groups.iter().find(|group| hello.groups.contains(group));
        let suite = self.new_suites.iter().find(|suite| hello.suites.contains(suite));
        let (Some(group), Some(suite)) = (group, suite) else { return alert(40) };
        let digits = RETRY.as_bytes().chunks(2);
        let random =
            digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap());
        let mut body = vec![3, 3];
        body.extend(random);
        body.push(0);
        body.extend(suite.to_be_bytes());
        body.extend([0, 0, 12, 0, 43, 0, 2, 3, 4, 0, 51, 0, 2]);
        body.extend(group.to_be_bytes());
        record(0x0303, &message_of(2, &body))
    }

    fn flight(&self, version: u16, suite: u16, chain: &[Vec<u8>], hello: &Hello) -> Vec<u8> {
        let offered = |kind: u16| hello.extensions.contains(&kind);
        let mut extensions = Vec::new();
        let mut extend = |kind: u16, data: &[u8]| {
            extensions.extend(kind.to_be_bytes());
            extensions.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
            extensions.extend(data);
        };
        if self.renegotiates_securely && offered(0xff01) {
            extend(0xff01, &[0]);
        }
        if self.extended_master_secret && offered(23) {
            extend(23, &[]);
        }
        if let (Some(alpn), true) = (self.alpn, offered(16)) {
            let length = u8::try_from(alpn.len()).unwrap();
            extend(16, &[&[0, length + 1, length], alpn.as_bytes()].concat());
        }
        if self.timestamps > 0 && offered(18) {
            let list = [0, 3, 1, 2, 3].repeat(self.timestamps.into());
            extend(18, &[&(self.timestamps * 5).to_be_bytes()[..], &list].concat());
        }
        let staple = self.staple.as_ref().filter(|_| offered(5));
        if staple.is_some() {
            extend(5, &[]);
        }
        let mut body = version.to_be_bytes().to_vec();
        body.extend([9; 32]);
        body.push(0);
        body.extend(suite.to_be_bytes());
        body.push(u8::from(self.compresses && hello.deflate));
        if !extensions.is_empty() {
            body.extend(u16::try_from(extensions.len()).unwrap().to_be_bytes());
            body.extend(extensions);
        }
        let mut messages = message_of(2, &body);
        if !ANONYMOUS.contains(&suite) {
            let list: Vec<u8> = chain.iter().flat_map(|der| prefixed24(der)).collect();
            messages.extend(message_of(11, &prefixed24(&list)));
        }
        if let Some(staple) = staple {
            messages.extend(message_of(22, &[&[1][..], &prefixed24(staple)].concat()));
        }
        if !is_elliptic(suite) && (DHE.contains(&suite) || ANONYMOUS.contains(&suite)) {
            let bytes = self.dh_bits / 8;
            let prime = [&bytes.to_be_bytes()[..], &vec![0xff; bytes.into()]].concat();
            messages.extend(message_of(12, &[&prime[..], &[0, 1, 2, 0, 1, 5]].concat()));
        } else if let (true, Some(curve)) = (is_elliptic(suite), self.curve(hello)) {
            let [high, low] = curve.to_be_bytes();
            messages.extend(message_of(12, &[3, high, low, 1, 4]));
        }
        if self.asks_client {
            messages.extend(message_of(13, &[1, 1, 0, 0]));
        }
        messages.extend(message_of(14, &[]));
        messages.chunks(4000).flat_map(|part| record(version, part)).collect()
    }
}

/// All suites of elliptic curves in the tests are ephemeral.
fn is_elliptic(suite: u16) -> bool {
    suite >= 0xc000
}

const ANONYMOUS: [u16; 3] = [0x0034, 0x001b, 0xc018];
const DHE: [u16; 3] = [0x0033, 0x009e, 0x0014];

/// What a ClientHello offers.
#[derive(Debug, Default)]
pub(crate) struct Hello {
    version: u16,
    suites: Vec<u16>,
    deflate: bool,
    pub(crate) extensions: Vec<u16>,
    named: bool,
    groups: Vec<u16>,
    pub(crate) versions: Vec<u16>,
}

impl Hello {
    pub(crate) fn read(message: &[u8]) -> Self {
        let u16s = |bytes: &[u8]| -> Vec<u16> {
            bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect()
        };
        let mut hello = Self { version: u16s(&message[4..6])[0], ..Self::default() };
        let mut at = 38 + 1 + usize::from(message[38]);
        let length = usize::from(u16s(&message[at..at + 2])[0]);
        hello.suites = u16s(&message[at + 2..at + 2 + length]);
        at += 2 + length;
        let length = usize::from(message[at]);
        hello.deflate = message[at + 1..at + 1 + length].contains(&1);
        at += 1 + length + 2;
        while at + 4 <= message.len() {
            let head = u16s(&message[at..at + 4]);
            let data = &message[at + 4..at + 4 + usize::from(head[1])];
            hello.extensions.push(head[0]);
            match head[0] {
                0 => hello.named = true,
                10 => hello.groups = u16s(&data[2..]),
                43 => hello.versions = u16s(&data[1..]),
                _ => {}
            }
            at += 4 + data.len();
        }
        hello
    }
}

pub(crate) fn alert(description: u8) -> Vec<u8> {
    vec![21, 3, 3, 0, 2, 2, description]
}

fn prefixed24(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes()[1..], bytes].concat()
}

fn message_of(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind][..], &prefixed24(body)].concat()
}

fn record(version: u16, part: &[u8]) -> Vec<u8> {
    let length = u16::try_from(part.len()).unwrap().to_be_bytes();
    [&[22][..], &version.min(0x0303).to_be_bytes(), &length, part].concat()
}
