use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

use lr_core::Text;
use lr_net::Connection;
use rustls::client::Resumption;
use rustls::pki_types::ServerName;
use rustls::{
    AlertDescription, ClientConfig, ClientConnection, InvalidMessage, PeerIncompatible,
    ProtocolVersion, SupportedProtocolVersion, version,
};
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::page;
use super::recording::Recording;
use super::tap::Tap;
use crate::{Cause, Der, Handshake, Obstacle, PageSeen, Proof, Version};

/// What a handshake offers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Offer {
    /// TLS 1.3 and 1.2.
    Modern,
    /// TLS 1.2 alone.
    Tls12,
    /// The same as [`Self::Modern`] for HTTP/1.1 alone, and the head of a page over it.
    ModernPage,
    /// TLS 1.2 for HTTP/1.1 alone, and the head of a page over it.
    Tls12Page,
    /// The same as [`Self::Modern`] for HTTP/2 alone, and the head of a page over it: for servers
    /// that speak nothing older.
    ModernPage2,
}

impl Offer {
    /// Protocols by their names in ALPN (RFC 7301; RFC 9113, section 3.2).
    fn protocols(self) -> &'static [&'static str] {
        match self {
            Self::Modern | Self::Tls12 => &["h2", "http/1.1"],
            Self::ModernPage | Self::Tls12Page => &["http/1.1"],
            Self::ModernPage2 => &["h2"],
        }
    }
}

/// What a handshake brought.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) chain: Vec<Der>,
    pub(super) ocsp: Option<Der>,
    pub(super) outcome: Result<Handshake, Obstacle>,
    pub(super) client_certificate: bool,
    pub(super) page: Option<Result<PageSeen, Obstacle>>,
}

impl Attempt {
    pub(super) fn failed(obstacle: Obstacle) -> Self {
        Self {
            chain: Vec::new(),
            ocsp: None,
            outcome: Err(obstacle),
            client_certificate: false,
            page: None,
        }
    }
}

/// Makes one handshake on a fresh connection, and ends it.
pub(super) async fn attempt(
    host: &str,
    connection: Connection,
    offer: Offer,
    time: Duration,
) -> Attempt {
    let peer = format!("{host} ({})", connection.address);
    let Ok(name) = ServerName::try_from(host.to_owned()) else {
        let reason = format!("`{host}` cannot be sent as a server name");
        return Attempt::failed(Obstacle::new(Cause::BadName, reason));
    };
    let provider = lr_net::crypto_provider();
    let recording = Arc::new(Recording::new(provider.signature_verification_algorithms));
    let connector = TlsConnector::from(Arc::new(config(provider, &recording, offer)));
    let handshake = connector.connect(name, Tap::new(connection.stream)).into_fallible();
    let mut head = None;
    let outcome = match timeout(time, handshake).await {
        Ok(Ok(mut stream)) => {
            let shaken = describe(stream.get_ref().1, &recording);
            let port = connection.address.port();
            match offer {
                Offer::ModernPage2 => head = Some(page::head2(stream, host, port, time).await),
                offer => {
                    if matches!(offer, Offer::ModernPage | Offer::Tls12Page) {
                        head = Some(page::head(&mut stream, host, port, time).await);
                    }
                    // Out of politeness; whether it arrives is no matter.
                    let _ = timeout(time.min(Duration::from_millis(100)), stream.shutdown()).await;
                }
            }
            shaken.ok_or_else(|| {
                Obstacle::new(Cause::Broken, format!("{peer}: no version agreed on"))
            })
        }
        Ok(Err((error, tap))) => Err(explain(&peer, &error, tap.head())),
        Err(_) => Err(Obstacle::new(Cause::Silent, format!("{peer}: no handshake in time"))),
    };
    let seen = recording.seen();
    let client_certificate = seen.client_certificate;
    Attempt { chain: seen.chain, ocsp: seen.ocsp, outcome, client_certificate, page: head }
}

fn config(
    provider: Arc<rustls::crypto::CryptoProvider>,
    recording: &Arc<Recording>,
    offer: Offer,
) -> ClientConfig {
    let versions: &[&SupportedProtocolVersion] = match offer {
        Offer::Modern | Offer::ModernPage | Offer::ModernPage2 => {
            &[&version::TLS13, &version::TLS12]
        }
        Offer::Tls12 | Offer::Tls12Page => &[&version::TLS12],
    };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .expect("aws-lc-rs supports TLS 1.2 and 1.3")
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(recording) as _)
        .with_client_cert_resolver(Arc::clone(recording) as _);
    let protocols = offer.protocols().iter();
    config.alpn_protocols = protocols.map(|name| name.as_bytes().to_vec()).collect();
    config.resumption = Resumption::disabled();
    config
}

fn describe(connection: &ClientConnection, recording: &Recording) -> Option<Handshake> {
    let version = match connection.protocol_version()? {
        ProtocolVersion::TLSv1_3 => Version::Tls13,
        ProtocolVersion::TLSv1_2 => Version::Tls12,
        _ => return None,
    };
    let suite = connection.negotiated_cipher_suite()?.suite();
    // rustls writes `TLS13_` where IANA says `TLS_`.
    let suite = suite.as_str().unwrap_or("unknown").replacen("TLS13_", "TLS_", 1);
    let group = connection.negotiated_key_exchange_group();
    let unchecked = || Proof::Unchecked("the server sent no signature".into());
    Some(Handshake {
        version,
        suite,
        group: group.and_then(|group| group.name().as_str()).map(str::to_owned),
        alpn: connection.alpn_protocol().map(|name| Text::new(&String::from_utf8_lossy(name))),
        proof: recording.seen().proof.unwrap_or_else(unchecked),
    })
}

/// Names the cause of a failed handshake, by the error and by the first bytes that came.
fn explain(peer: &str, error: &io::Error, head: &[u8]) -> Obstacle {
    let tls = error.get_ref().and_then(|error| error.downcast_ref::<rustls::Error>());
    let (cause, what) = match (tls, error.kind()) {
        (Some(rustls::Error::AlertReceived(AlertDescription::ProtocolVersion)), _)
        | (
            Some(rustls::Error::PeerIncompatible(
                PeerIncompatible::ServerDoesNotSupportTls12Or13
                | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
            )),
            _,
        ) => (Cause::Version, "the server supports none of the offered TLS versions".to_owned()),
        (Some(rustls::Error::AlertReceived(alert)), _) => {
            let alert = alert.as_str().unwrap_or("unknown");
            (Cause::Alert, format!("the server refuses the handshake (alert {alert})"))
        }
        _ if is_http(head) => {
            (Cause::PlainHttp, "the server answers in plain HTTP, without TLS".to_owned())
        }
        _ if !head.is_empty() && !is_tls(head) => {
            (Cause::NotTls, "the server answers with something that is not TLS".to_owned())
        }
        (Some(rustls::Error::InvalidMessage(InvalidMessage::HandshakePayloadTooLarge)), _) => {
            let what = "the server's certificates are larger than clients take in (64 KB)";
            (Cause::Broken, what.to_owned())
        }
        (Some(error), _) => (Cause::Broken, format!("the server breaks the protocol: {error}")),
        (None, ErrorKind::UnexpectedEof) => {
            (Cause::Closed, "the server closes the connection during the handshake".to_owned())
        }
        (
            None,
            ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe,
        ) => (Cause::Reset, format!("the connection broke: {error}")),
        (None, _) => (Cause::Unreachable, error.to_string()),
    };
    Obstacle::new(cause, format!("{peer}: {what}"))
}

fn is_http(head: &[u8]) -> bool {
    head.starts_with(b"HTTP/") || head.starts_with(b"<")
}

/// Whether bytes begin as a server's first record does (RFC 8446, sections 4 and 5.1): an alert, or
/// a handshake message that is a ServerHello.
fn is_tls(head: &[u8]) -> bool {
    match head {
        [0x15, 3, ..] => true,
        [0x16, 3, _, _, _, kind, ..] => *kind == 2,
        [0x16, 3, ..] | [0x16] => true,
        _ => false,
    }
}
