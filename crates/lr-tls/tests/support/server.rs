//! A TLS server of rustls', with chains that no authority would issue. What rustls does not speak, a
//! mock answers beside it; and like some devices of the real world it may be afraid of hellos.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::{ClientHello, ResolvesServerCert, WebPkiClientVerifier};
use rustls::sign::{CertifiedKey, Signer, SigningKey};
use rustls::{
    NamedGroup, RootCertStore, ServerConfig, SignatureAlgorithm, SignatureScheme,
    SupportedProtocolVersion, version,
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::mock::{Hello, Mock, alert};

/// What it serves, and how.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) identity: Identity,
    /// For clients that cannot verify the key of the first.
    pub(crate) second: Option<Identity>,
    /// For clients without a server name; those with one get the first.
    pub(crate) unnamed: Unnamed,
    pub(crate) versions: Vec<&'static SupportedProtocolVersion>,
    pub(crate) groups: Option<Vec<NamedGroup>>,
    pub(crate) alpn: Vec<&'static str>,
    pub(crate) staple: Option<Vec<u8>>,
    pub(crate) client: Client,
    /// Status line and header fields of every page.
    pub(crate) page: String,
    /// Answers what rustls does not speak.
    pub(crate) mock: Option<Mock>,
    pub(crate) fear: Option<(Fear, Reaction)>,
    /// Speaks SMTP first.
    pub(crate) smtp: bool,
    /// Warns that it does not know the name, and goes on.
    pub(crate) warns: bool,
    /// Waits so long before each handshake.
    pub(crate) delay: Duration,
}

/// A chain and its private key (PKCS #8), if anybody has that.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) chain: Vec<Vec<u8>>,
    pub(crate) key: Option<Vec<u8>>,
}

#[derive(Clone)]
pub(crate) enum Unnamed {
    Served,
    Refused,
    Other(Identity),
}

/// Whether clients need a certificate of their own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Client {
    Anybody,
    Asked,
    Required,
}

/// What a device on the way is afraid of.
#[derive(Clone, Copy)]
pub(crate) enum Fear {
    /// Hellos of more bytes.
    Size(usize),
    Tls13,
    /// Hellos with this extension.
    Extension(u16),
}

/// What it does then.
#[derive(Clone, Copy)]
pub(crate) enum Reaction {
    Silence,
    Reset,
    Close,
    Alert(u8),
}

pub(crate) const HSTS: &str = "HTTP/1.1 200 OK\r\nStrict-Transport-Security: max-age=63072000\r\n";

impl Server {
    /// A healthy one.
    pub(crate) fn new(chain: Vec<Vec<u8>>, key: Vec<u8>) -> Self {
        Self {
            identity: Identity { chain, key: Some(key) },
            second: None,
            unnamed: Unnamed::Served,
            versions: vec![&version::TLS13, &version::TLS12],
            groups: None,
            alpn: vec!["h2", "http/1.1"],
            staple: None,
            client: Client::Anybody,
            page: HSTS.to_owned(),
            mock: None,
            fear: None,
            smtp: false,
            warns: false,
            delay: Duration::ZERO,
        }
    }

    /// With a mock that has the same chain for what rustls does not speak.
    pub(crate) fn with_mock(mut self, change: impl FnOnce(&mut Mock)) -> Self {
        let mut mock = Mock::healthy(self.identity.chain.clone());
        mock.versions.retain(|version| *version == 0x0303);
        change(&mut mock);
        self.mock = Some(mock);
        self
    }

    /// Serves until the runtime ends.
    pub(crate) async fn serve(self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(self.config()));
        let server = Arc::new(self);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (server, acceptor) = (Arc::clone(&server), acceptor.clone());
                tokio::spawn(async move { server.talk(stream, acceptor).await });
            }
        });
        address
    }

    async fn talk(&self, mut stream: TcpStream, acceptor: TlsAcceptor) -> Option<()> {
        if self.smtp {
            stream.write_all(b"220 mail.test ESMTP\r\n").await.ok()?;
            line(&mut stream).await?;
            stream.write_all(b"250-mail.test\r\n250 STARTTLS\r\n").await.ok()?;
            line(&mut stream).await?;
            stream.write_all(b"220 go ahead\r\n").await.ok()?;
        }
        tokio::time::sleep(self.delay).await;
        let mut bytes = vec![0; 5];
        stream.read_exact(&mut bytes).await.ok()?;
        let ssl2 = bytes[0] == 0x80;
        let length = match ssl2 {
            true => usize::from(bytes[1]) - 3,
            false => usize::from(u16::from_be_bytes([bytes[3], bytes[4]])),
        };
        bytes.resize(5 + length, 0);
        stream.read_exact(&mut bytes[5..]).await.ok()?;
        let hello = (!ssl2).then(|| Hello::read(&bytes[5..]));
        let afraid = self.fear.filter(|(fear, _)| match (fear, &hello) {
            (Fear::Size(most), _) => length > *most,
            (Fear::Tls13, Some(hello)) => hello.versions.contains(&0x0304),
            (Fear::Extension(kind), Some(hello)) => hello.extensions.contains(kind),
            (Fear::Tls13 | Fear::Extension(_), None) => false,
        });
        if let Some((_, reaction)) = afraid {
            return react(stream, reaction).await;
        }
        let by_mock = self.mock.as_ref().filter(|mock| match &hello {
            None => mock.versions.contains(&2),
            Some(hello) => !mock.leaves_to_rustls(hello),
        });
        if let Some(mock) = by_mock {
            if let Some(answer) = mock.answer(ssl2, &bytes[5..]) {
                if self.warns {
                    stream.write_all(&[21, 3, 1, 0, 2, 1, 112]).await.ok()?;
                }
                stream.write_all(&answer).await.ok()?;
                let _ = stream.read(&mut [0; 1024]).await;
                stream.write_all(&alert(40)).await.ok()?;
            }
            return None;
        }
        let (read, write) = stream.into_split();
        let stream = tokio::io::join(std::io::Cursor::new(bytes).chain(read), write);
        let mut tls = acceptor.accept(stream).await.ok()?;
        match tls.get_ref().1.alpn_protocol() {
            Some(b"h2") => self.page2(&mut tls).await,
            _ => self.page(&mut tls).await,
        }
    }

    /// The same page by HTTP/2 (RFC 9113), with as little of it as will do.
    async fn page2<S: AsyncRead + AsyncWrite + Unpin>(&self, tls: &mut S) -> Option<()> {
        const SETTINGS: u8 = 4;
        const HEADERS: u8 = 1;
        let frame = |kind: u8, flags: u8, stream: u8, payload: &[u8]| {
            let length = u8::try_from(payload.len()).unwrap();
            [&[0, 0, length, kind, flags, 0, 0, 0, stream], payload].concat()
        };
        tls.read_exact(&mut [0; 24]).await.ok()?;
        tls.write_all(&frame(SETTINGS, 0, 0, &[])).await.ok()?;
        loop {
            let mut head = [0; 9];
            tls.read_exact(&mut head).await.ok()?;
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
            tls.read_exact(&mut vec![0; length.try_into().unwrap()]).await.ok()?;
            match (head[3], head[4]) {
                (SETTINGS, 0) => tls.write_all(&frame(SETTINGS, 1, 0, &[])).await.ok()?,
                (HEADERS, _) => break,
                _ => {}
            }
        }
        // RFC 7541, section 6.2.2: literal values, and names by their number in appendix A.
        let literal = |name: &[u8], value: &str| {
            [name, &[u8::try_from(value.len()).unwrap()], value.as_bytes()].concat()
        };
        let status = self.page.split(' ').nth(1).unwrap();
        let mut block = literal(&[8], status);
        if let Some((_, policy)) = self.page.split_once("Strict-Transport-Security: ") {
            block.extend(literal(&[0x0f, 56 - 15], policy.trim()));
        }
        tls.write_all(&frame(HEADERS, 5, 1, &block)).await.ok()?;
        tls.read_to_end(&mut Vec::new()).await.ok().map(|_| ())
    }

    async fn page<S: AsyncRead + AsyncWrite + Unpin>(&self, tls: &mut S) -> Option<()> {
        let mut request = Vec::new();
        let mut buffer = [0; 1024];
        while !request.ends_with(b"\r\n\r\n") {
            match tls.read(&mut buffer).await.ok()? {
                0 => return None,
                read => request.extend_from_slice(&buffer[..read]),
            }
        }
        tls.write_all(format!("{}Content-Length: 0\r\n\r\n", self.page).as_bytes()).await.ok()?;
        tls.shutdown().await.ok()
    }

    fn config(&self) -> ServerConfig {
        let mut provider = aws_lc_rs::default_provider();
        if let Some(groups) = &self.groups {
            provider.kx_groups.retain(|group| groups.contains(&group.name()));
        }
        let provider = Arc::new(provider);
        let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&self.versions)
            .unwrap();
        let config = match self.client {
            Client::Anybody => config.with_no_client_auth(),
            client => config.with_client_cert_verifier(self.verifier(&provider, client)),
        };
        let mut config = config.with_cert_resolver(Arc::new(Resolver::of(self)));
        config.alpn_protocols = self.alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        config
    }

    fn verifier(
        &self,
        provider: &Arc<CryptoProvider>,
        client: Client,
    ) -> Arc<dyn rustls::server::danger::ClientCertVerifier> {
        let mut roots = RootCertStore::empty();
        // Anybody's will do: no client has one.
        roots.add(self.identity.chain.last().unwrap().clone().into()).unwrap();
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
        match client {
            Client::Asked => verifier.allow_unauthenticated().build().unwrap(),
            _ => verifier.build().unwrap(),
        }
    }
}

async fn react(mut stream: TcpStream, reaction: Reaction) -> Option<()> {
    match reaction {
        Reaction::Silence => {
            stream.read_to_end(&mut Vec::new()).await.ok()?;
        }
        Reaction::Reset => stream.set_zero_linger().ok()?,
        Reaction::Close => {}
        Reaction::Alert(description) => stream.write_all(&alert(description)).await.ok()?,
    }
    None
}

/// Reads up to the end of a line.
pub(crate) async fn line(stream: &mut TcpStream) -> Option<String> {
    let mut line = Vec::new();
    while !line.ends_with(b"\n") {
        line.push(stream.read_u8().await.ok()?);
    }
    String::from_utf8(line).ok()
}

#[derive(Debug)]
struct Resolver {
    first: Arc<CertifiedKey>,
    second: Option<Arc<CertifiedKey>>,
    unnamed: Option<Arc<CertifiedKey>>,
}

impl Resolver {
    fn of(server: &Server) -> Self {
        let certified = |identity: &Identity| identity.certified(server.staple.clone());
        Self {
            first: certified(&server.identity),
            second: server.second.as_ref().map(certified),
            unnamed: match &server.unnamed {
                Unnamed::Served => Some(certified(&server.identity)),
                Unnamed::Refused => None,
                Unnamed::Other(identity) => Some(certified(identity)),
            },
        }
    }
}

impl ResolvesServerCert for Resolver {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        if hello.server_name().is_none() {
            return self.unnamed.clone();
        }
        let fits =
            |one: &&Arc<CertifiedKey>| one.key.choose_scheme(hello.signature_schemes()).is_some();
        // Of two, TLS 1.2 decides by the suites that the client offers (RFC 5246, section 7.4.2).
        let suites = |kind: &str| {
            hello.cipher_suites().iter().any(|suite| {
                suite.as_str().is_some_and(|name| name.contains(kind) || name.starts_with("TLS13"))
            })
        };
        match &self.second {
            Some(second) if !suites("_ECDSA_") && suites("_RSA_") => Some(second),
            _ => Some(&self.first),
        }
        .filter(fits)
        .cloned()
    }
}

impl Identity {
    fn certified(&self, staple: Option<Vec<u8>>) -> Arc<CertifiedKey> {
        let key: Arc<dyn SigningKey> = match &self.key {
            Some(key) => {
                let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.clone()));
                aws_lc_rs::sign::any_supported_type(&key).unwrap()
            }
            None => Arc::new(Nobody),
        };
        let chain = self.chain.iter().cloned().map(CertificateDer::from).collect();
        let mut certified = CertifiedKey::new(chain, key);
        certified.ocsp = staple;
        Arc::new(certified)
    }
}

/// Signs with bytes that are no signature.
#[derive(Debug)]
struct Nobody;

impl SigningKey for Nobody {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let usual = SignatureScheme::RSA_PSS_SHA256;
        offered.contains(&usual).then(|| Box::new(Self) as Box<dyn Signer>)
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::RSA
    }
}

impl Signer for Nobody {
    fn sign(&self, _message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        Ok(vec![0x5a; 128])
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::RSA_PSS_SHA256
    }
}
