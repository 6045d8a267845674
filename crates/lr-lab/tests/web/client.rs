//! A client made of sockets, rustls and hyper: what the lab is tested with must not be what is
//! tested with the lab.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use lr_lab::Lab;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, aws_lc_rs};
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Connects to a nominal host and port.
#[allow(clippy::disallowed_methods, reason = "the lab is tested without lr-net, on purpose")]
pub(crate) async fn connect(lab: &Lab, host: &str, port: u16) -> io::Result<TcpStream> {
    let to: SocketAddr = lab.real(host, port).expect("a route");
    TcpStream::connect(to).await
}

/// Shakes hands with a nominal host and port; names, time and trust are verified.
pub(crate) async fn tls(lab: &Lab, host: &str, alpn: &[&str]) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(lab.ca_pem().as_bytes()).unwrap()).unwrap();
    let config = builder(lab).with_root_certificates(roots).with_no_client_auth();
    shake(connect(lab, host, 443).await?, host, config, alpn).await
}

/// The certificates that a host presents, good or not.
pub(crate) async fn chain(lab: &Lab, host: &str) -> io::Result<Vec<Vec<u8>>> {
    let stream = anything(connect(lab, host, 443).await?, host, lab).await?;
    let chain = stream.get_ref().1.peer_certificates().unwrap_or_default();
    Ok(chain.iter().map(|certificate| certificate.to_vec()).collect())
}

/// Shakes hands whatever the certificate.
pub(crate) async fn anything(
    stream: TcpStream,
    host: &str,
    lab: &Lab,
) -> io::Result<TlsStream<TcpStream>> {
    let algorithms = aws_lc_rs::default_provider().signature_verification_algorithms;
    let verifier = Arc::new(Anything(algorithms));
    let config =
        builder(lab).dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
    shake(stream, host, config, &[]).await
}

async fn shake(
    stream: TcpStream,
    host: &str,
    mut config: ClientConfig,
    alpn: &[&str],
) -> io::Result<TlsStream<TcpStream>> {
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    let name = ServerName::try_from(host.to_owned()).unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

fn builder(lab: &Lab) -> rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier> {
    let clock = LabTime(lab.now().unix().unsigned_abs());
    ClientConfig::builder_with_details(Arc::new(aws_lc_rs::default_provider()), Arc::new(clock))
        .with_protocol_versions(rustls::ALL_VERSIONS)
        .unwrap()
}

/// Everything a host says to a GET over HTTP/1.1, as text.
pub(crate) async fn get(lab: &Lab, url: &str) -> io::Result<String> {
    let (scheme, rest) = url.split_once("://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let head = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    match scheme {
        "http" => exchange(connect(lab, host, 80).await?, head.as_bytes()).await,
        _ => exchange(tls(lab, host, &["http/1.1"]).await?, head.as_bytes()).await,
    }
}

/// Sends bytes and reads to the end.
pub(crate) async fn exchange<S>(mut stream: S, bytes: &[u8]) -> io::Result<String>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    stream.write_all(bytes).await?;
    let mut answer = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match stream.read(&mut buffer).await {
            Ok(0) => break,
            Ok(length) => answer.extend_from_slice(&buffer[..length]),
            Err(error) if answer.is_empty() => return Err(error),
            Err(_) => break,
        }
        // Enough to know that it would not end.
        if answer.len() > 4 << 20 {
            break;
        }
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// Status, headers and body of a GET over HTTP/2.
pub(crate) async fn get_h2(
    lab: &Lab,
    host: &str,
    path: &str,
) -> hyper::Result<(http::response::Parts, Bytes)> {
    send_h2(lab, host, "GET", path).await
}

/// Status, headers and body of what answers a method over HTTP/2.
pub(crate) async fn send_h2(
    lab: &Lab,
    host: &str,
    method: &str,
    path: &str,
) -> hyper::Result<(http::response::Parts, Bytes)> {
    let stream = tls(lab, host, &["h2"]).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let request = http::Request::builder().method(method).uri(format!("https://{host}{path}"));
    let response = sender.send_request(request.body(Empty::<Bytes>::new()).unwrap()).await?;
    let (head, body) = response.into_parts();
    Ok((head, body.collect().await?.to_bytes()))
}

/// Whether something takes longer than it should.
pub(crate) async fn hangs<T>(what: impl Future<Output = T>) -> bool {
    tokio::time::timeout(Duration::from_millis(150), what).await.is_err()
}

#[derive(Debug)]
struct LabTime(u64);

impl TimeProvider for LabTime {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(self.0)))
    }
}

#[derive(Debug)]
struct Anything(WebPkiSupportedAlgorithms);

impl ServerCertVerifier for Anything {
    fn verify_server_cert(
        &self,
        _leaf: &CertificateDer<'_>,
        _others: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _leaf: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _leaf: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}
