//! The server's side of a handshake.

use std::io;
use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, SupportedProtocolVersion, version};

use crate::Error;

/// TLS versions that a site offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsVersions {
    /// TLS 1.2 and 1.3.
    #[default]
    Both,
    /// TLS 1.2 alone.
    Only12,
    /// TLS 1.3 alone.
    Only13,
}

/// What a server does instead of a handshake, after it has read the ClientHello.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsFault {
    /// Says nothing more.
    Silence,
    /// Sends bytes that are no TLS.
    Garbage,
    /// Resets the connection.
    Reset,
    /// Closes the connection.
    Close,
    /// Answers with a plain HTTP error, as a server does whose TLS is not switched on.
    PlainHttp,
    /// Sends the fatal alert `handshake_failure`.
    Alert,
}

impl TlsFault {
    /// What is sent before the connection ends, if anything is.
    pub(crate) fn bytes(self) -> &'static [u8] {
        match self {
            Self::Garbage => b"\xde\xad\xbe\xef this is no handshake",
            Self::PlainHttp => {
                b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            }
            Self::Alert => b"\x15\x03\x03\x00\x02\x02\x28",
            Self::Silence | Self::Reset | Self::Close => b"",
        }
    }
}

/// A configuration that presents one certificate.
pub(crate) fn config(
    certificate: Arc<CertifiedKey>,
    versions: TlsVersions,
    alpn: &[&str],
) -> Result<Arc<ServerConfig>, Error> {
    let versions: &[&SupportedProtocolVersion] = match versions {
        TlsVersions::Both => &[&version::TLS13, &version::TLS12],
        TlsVersions::Only12 => &[&version::TLS12],
        TlsVersions::Only13 => &[&version::TLS13],
    };
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(versions)?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(Always(certificate)));
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    Ok(Arc::new(config))
}

/// What a ClientHello asks for.
pub(crate) fn describe(hello: &ClientHello<'_>) -> (Option<String>, Vec<String>) {
    let alpn = hello.alpn().into_iter().flatten();
    let alpn = alpn.map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    (hello.server_name().map(str::to_ascii_lowercase), alpn)
}

/// An error that ends a connection and nothing else.
pub(crate) fn ended(reason: &'static str) -> io::Error {
    io::Error::other(reason)
}

#[derive(Debug)]
struct Always(Arc<CertifiedKey>);

impl ResolvesServerCert for Always {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.clone())
    }
}
