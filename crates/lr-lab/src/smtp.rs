//! Mail hosts: as much SMTP as it takes to look at them.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::dns::name::host;
use crate::log::{Log, Seen, SeenConnection, SeenSmtp};
use crate::net::delay::{Abort, Socket, distant};
use crate::tls::certificate::Certificate;
use crate::tls::serve::{TlsFault, TlsVersions};
use crate::web::http1::say_nothing;
use crate::web::serve::refuse;

/// A mail host on port 25, with STARTTLS (RFC 3207) and a valid certificate unless told otherwise.
///
/// It takes no mail: it greets, answers EHLO, HELO, STARTTLS, NOOP, RSET and QUIT, and refuses the
/// rest.
///
/// ```
/// use lr_lab::{Certificate, MailHost};
///
/// let good = MailHost::new("mx1.shop.test");
/// let plain = MailHost::new("mx2.shop.test").without_starttls();
/// let wrong = MailHost::new("mx3.shop.test").certificate(Certificate::wrong_host());
/// # let _ = (good, plain, wrong);
/// ```
#[derive(Clone, Debug)]
pub struct MailHost {
    pub(crate) host: String,
    pub(crate) certificate: Certificate,
    pub(crate) versions: TlsVersions,
    starttls: bool,
    tls_fault: Option<TlsFault>,
    fault: Option<MailFault>,
}

/// What a mail host does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MailFault {
    /// Accepts connections and says nothing.
    Silent,
    /// Greets with 554: no SMTP service here.
    Unavailable,
    /// Resets connections as soon as they are made.
    Reset,
    /// Greets with bytes that are no SMTP.
    Garbage,
    /// Offers STARTTLS, then answers it with 454.
    StartTlsUnavailable,
}

impl MailHost {
    /// A mail host of this name, at the addresses that the name has.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            host: host(name),
            certificate: Certificate::valid(),
            versions: TlsVersions::Both,
            starttls: true,
            tls_fault: None,
            fault: None,
        }
    }

    /// Presents this certificate after STARTTLS.
    #[must_use]
    pub fn certificate(mut self, certificate: Certificate) -> Self {
        self.certificate = certificate;
        self
    }

    /// Offers these TLS versions.
    #[must_use]
    pub fn tls(mut self, versions: TlsVersions) -> Self {
        self.versions = versions;
        self
    }

    /// Does not offer STARTTLS.
    #[must_use]
    pub fn without_starttls(mut self) -> Self {
        self.starttls = false;
        self
    }

    /// Does this instead of a handshake.
    #[must_use]
    pub fn tls_fault(mut self, fault: TlsFault) -> Self {
        self.tls_fault = Some(fault);
        self
    }

    /// Has this fault.
    #[must_use]
    pub fn fault(mut self, fault: MailFault) -> Self {
        self.fault = Some(fault);
        self
    }
}

/// A mail host, ready to serve.
#[derive(Clone, Debug)]
pub(crate) struct Running {
    pub(crate) mail: MailHost,
    pub(crate) tls: Arc<ServerConfig>,
}

/// One conversation's surroundings.
#[derive(Clone, Debug)]
struct Session {
    running: Running,
    address: IpAddr,
    log: Log,
    abort: Abort,
}

/// Serves connections until it is dropped.
pub(crate) async fn serve(
    running: Running,
    address: IpAddr,
    log: Log,
    rtt: Duration,
    listener: TcpListener,
) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, most likely: let others end first.
            tokio::time::sleep(Duration::from_millis(5)).await;
            continue;
        };
        log.push(Seen::Connection(SeenConnection { at: log.at(), address, port: 25 }));
        connections.spawn(connection(running.clone(), address, log.clone(), rtt, stream));
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(running: Running, address: IpAddr, log: Log, rtt: Duration, stream: TcpStream) {
    let (socket, abort) = Socket::new(stream);
    let session = Session { running, address, log, abort };
    // Errors concern the client alone, and it sees them.
    if rtt.is_zero() {
        let _ = session.greet(socket).await;
    } else {
        let (near, pump) = distant(socket, rtt);
        let (_, ()) = tokio::join!(session.greet(near), pump);
    }
}

impl Session {
    async fn greet<S: AsyncRead + AsyncWrite + Unpin>(&self, mut io: S) -> io::Result<()> {
        let name = &self.running.mail.host;
        match self.running.mail.fault {
            Some(MailFault::Silent) => return say_nothing(&mut io).await,
            Some(MailFault::Reset) => {
                self.abort.set();
                return Ok(());
            }
            Some(MailFault::Garbage) => {
                io.write_all(b"\x00\xffwhat is this?\r\n").await?;
                return io.shutdown().await;
            }
            Some(MailFault::Unavailable) => {
                io.write_all(format!("554 {name} no service here\r\n").as_bytes()).await?;
            }
            Some(MailFault::StartTlsUnavailable) | None => {
                io.write_all(format!("220 {name} ESMTP\r\n").as_bytes()).await?;
            }
        }
        let mut io = BufReader::new(io);
        if !self.converse(&mut io, false).await? {
            return io.shutdown().await;
        }
        if let Some(fault) = self.running.mail.tls_fault {
            return refuse(io, fault, &self.abort).await;
        }
        // What came before the handshake is not part of it (RFC 3207, section 6).
        let acceptor = TlsAcceptor::from(self.running.tls.clone());
        let stream = acceptor.accept(io.into_inner()).await?;
        let mut io = BufReader::new(stream);
        self.converse(&mut io, true).await?;
        io.shutdown().await
    }

    /// Answers commands until QUIT, or until TLS is to start: then `true`.
    async fn converse<S>(&self, io: &mut BufReader<S>, encrypted: bool) -> io::Result<bool>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let name = &self.running.mail.host;
        let mut line = Vec::new();
        loop {
            line.clear();
            if io.read_until(b'\n', &mut line).await? == 0 {
                return Ok(false);
            }
            let command = String::from_utf8_lossy(&line).trim_end().to_owned();
            let verb = command.split(' ').next().unwrap_or_default().to_ascii_uppercase();
            self.log.push(Seen::Smtp(SeenSmtp {
                at: self.log.at(),
                address: self.address,
                command,
                encrypted,
            }));
            let starttls = self.running.mail.starttls && !encrypted;
            let out_of_service = self.running.mail.fault == Some(MailFault::Unavailable);
            let answer = match verb.as_str() {
                "QUIT" => format!("221 {name} bye\r\n"),
                _ if out_of_service => "503 no service here\r\n".to_owned(),
                "EHLO" if starttls => {
                    format!("250-{name}\r\n250-SIZE 10485760\r\n250-STARTTLS\r\n250 8BITMIME\r\n")
                }
                "EHLO" => format!("250-{name}\r\n250-SIZE 10485760\r\n250 8BITMIME\r\n"),
                "HELO" => format!("250 {name}\r\n"),
                "NOOP" | "RSET" => "250 ok\r\n".to_owned(),
                "STARTTLS" if starttls => match self.running.mail.fault {
                    Some(MailFault::StartTlsUnavailable) => "454 try later\r\n".to_owned(),
                    _ => {
                        io.write_all(b"220 go ahead\r\n").await?;
                        io.flush().await?;
                        return Ok(true);
                    }
                },
                _ => "502 not here\r\n".to_owned(),
            };
            io.write_all(answer.as_bytes()).await?;
            io.flush().await?;
            if verb == "QUIT" {
                return Ok(false);
            }
        }
    }
}
