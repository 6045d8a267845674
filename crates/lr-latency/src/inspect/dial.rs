use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use lr_core::ErrorKind;
use lr_net::{Net, Target};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::Resumption;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{self, ClientConfig, ProtocolVersion};

use super::request::{Prepared, Request};
use crate::{FailKind, Obstacle};

/// Bytes of a head that are read at most; a hundred fields are, which is hyper's own limit.
const MAX_HEAD: usize = 256 << 10;

/// One open connection and what opening it took.
#[derive(Debug)]
pub(crate) struct Link {
    sender: Sender,
    driver: JoinHandle<hyper::Result<()>>,
    pub(crate) opening: Opening,
}

#[derive(Debug)]
enum Sender {
    Http1(http1::SendRequest<Full<Bytes>>),
    Http2(http2::SendRequest<Full<Bytes>>),
}

/// How a connection was opened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opening {
    pub(crate) remote: SocketAddr,
    pub(crate) http2: bool,
    pub(crate) tls_version: Option<&'static str>,
    pub(crate) dns: Duration,
    pub(crate) connect: Duration,
    pub(crate) tls: Option<Duration>,
}

/// Why a request has no answer.
#[derive(Debug)]
pub(crate) enum NoAnswer {
    /// The connection had ended before anything was sent.
    NotSent,
    Failed(Obstacle),
}

/// The TLS settings of a measurement. Sessions are not resumed, so that every connection shows what
/// a new visitor waits for.
pub(crate) fn tls_config(net: &Net) -> Arc<ClientConfig> {
    let mut config = net.tls_config(&[b"h2", b"http/1.1"]);
    config.resumption = Resumption::disabled();
    // The first random bytes of a process take tens of milliseconds, for which no server can be blamed;
    // should there be none, the handshake says so.
    let _ = config.crypto_provider().secure_random.fill(&mut [0; 32]);
    Arc::new(config)
}

/// Opens a connection; the caller bounds the time.
pub(crate) async fn dial(
    net: &Net,
    to: &Prepared,
    config: &Arc<ClientConfig>,
) -> Result<Link, Obstacle> {
    let started = Instant::now();
    let _: Vec<Target> = net.targets(&to.host, to.port).await.map_err(|error| obstacle(&error))?;
    let dns = started.elapsed();
    // The addresses are known by now, so this is connecting alone.
    let connecting = Instant::now();
    let connection = net.connect(&to.host, to.port).await.map_err(|error| obstacle(&error))?;
    let connect = connecting.elapsed();
    let remote = connection.address;
    let mut opening = Opening { remote, http2: false, tls_version: None, dns, connect, tls: None };
    if !to.https {
        return shake_hands(connection.stream, opening).await;
    }

    let name = ServerName::try_from(to.host.clone())
        .map_err(|error| Obstacle::new(FailKind::Tls, ErrorKind::Config, error.to_string()))?;
    let securing = Instant::now();
    let stream = TlsConnector::from(Arc::clone(config))
        .connect(name, connection.stream)
        .await
        .map_err(|error| handshake_failure(&to.host, &error))?;
    opening.tls = Some(securing.elapsed());
    let (_, session) = stream.get_ref();
    opening.http2 = session.alpn_protocol() == Some(b"h2");
    opening.tls_version = Some(match session.protocol_version() {
        Some(ProtocolVersion::TLSv1_3) => "1.3",
        _ => "1.2",
    });
    shake_hands(stream, opening).await
}

async fn shake_hands<S>(stream: S, opening: Opening) -> Result<Link, Obstacle>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let io = TokioIo::new(stream);
    // How a connection ends is seen by the request that is on it.
    let (sender, driver) = match opening.http2 {
        true => {
            let (sender, connection) = http2::Builder::new(TokioExecutor::new())
                .max_header_list_size(MAX_HEAD as u32)
                .handshake(io)
                .await
                .map_err(|error| http_failure(&error))?;
            (Sender::Http2(sender), tokio::spawn(connection))
        }
        false => {
            // Head and body of a request are small, and best sent as one piece.
            let (sender, connection) = http1::Builder::new()
                .writev(false)
                .max_buf_size(MAX_HEAD)
                .handshake(io)
                .await
                .map_err(|error| http_failure(&error))?;
            (Sender::Http1(sender), tokio::spawn(connection))
        }
    };
    Ok(Link { sender, driver, opening })
}

impl Link {
    /// Sends one request and waits for the head of the answer.
    pub(crate) async fn send(
        &mut self,
        to: &Prepared,
    ) -> Result<http::Response<Incoming>, NoAnswer> {
        let request = to.request(self.opening.http2);
        match &mut self.sender {
            Sender::Http1(sender) => {
                sender.ready().await.map_err(|_| NoAnswer::NotSent)?;
                sender.try_send_request(request).await.map_err(no_answer)
            }
            Sender::Http2(sender) => {
                sender.ready().await.map_err(|_| NoAnswer::NotSent)?;
                sender.try_send_request(request).await.map_err(no_answer)
            }
        }
    }
}

impl Link {
    /// Why it has ended.
    pub(crate) async fn ended(mut self) -> Obstacle {
        match (&mut self.driver).await {
            Ok(Err(error)) => http_failure(&error),
            _ => {
                let message = "the connection ended before a request could be sent";
                Obstacle::new(FailKind::BrokenOff, ErrorKind::Unreachable, message)
            }
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

fn no_answer(mut error: hyper::client::conn::TrySendError<Request>) -> NoAnswer {
    match error.take_message() {
        Some(_) => NoAnswer::NotSent,
        None => NoAnswer::Failed(http_failure(error.error())),
    }
}

fn obstacle(error: &lr_net::Error) -> Obstacle {
    let kind = match error {
        lr_net::Error::NoSuchName(_) | lr_net::Error::NoAddress(_) => FailKind::NoAddress,
        lr_net::Error::Resolver { .. } | lr_net::Error::BadName(_) => FailKind::Dns,
        lr_net::Error::Forbidden { .. } | lr_net::Error::NotRouted(_) => FailKind::Forbidden,
        lr_net::Error::Timeout(_) => FailKind::ConnectTimeout,
        lr_net::Error::Refused { .. } => FailKind::Refused,
        _ => FailKind::Connect,
    };
    Obstacle::new(kind, error.kind(), error.to_string())
}

fn handshake_failure(host: &str, error: &std::io::Error) -> Obstacle {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let kind = match tls {
        Some(rustls::Error::InvalidCertificate(_)) => FailKind::Certificate,
        _ => FailKind::Tls,
    };
    // Without a word from TLS the connection itself has failed.
    let cause = if tls.is_some() { ErrorKind::Protocol } else { ErrorKind::Unreachable };
    Obstacle::new(kind, cause, format!("{host}: {error}"))
}

/// What an error of hyper means. Anything that is not about the form of the answer is the end of
/// its connection or stream.
pub(crate) fn http_failure(error: &hyper::Error) -> Obstacle {
    let reason = std::error::Error::source(error).map(|source| format!(": {source}"));
    let message = format!("{error}{}", reason.unwrap_or_default());
    match error.is_parse() || is_malformed(error) {
        true => Obstacle::new(FailKind::Protocol, ErrorKind::Protocol, message),
        false => Obstacle::new(FailKind::BrokenOff, ErrorKind::Unreachable, message),
    }
}

/// Whether a body or a frame has no form that is known: hyper says so by an I/O error, and of
/// HTTP/2 in words, since the error belongs to a crate of its own.
fn is_malformed(error: &hyper::Error) -> bool {
    use std::io::ErrorKind::{InvalidData, InvalidInput};
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        let io = inner.downcast_ref::<std::io::Error>();
        let form = io.is_some_and(|io| [InvalidData, InvalidInput].contains(&io.kind()));
        if form || inner.to_string().contains(" error detected: ") {
            return true;
        }
        source = inner.source();
    }
    false
}
