//! From an accepted connection to a site's answer.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::server::Acceptor;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::LazyConfigAcceptor;

use crate::log::{Log, Seen, SeenConnection, SeenHandshake, SeenRequest};
use crate::net::delay::{Abort, Socket, distant};
use crate::net::timer::sleep;
use crate::tls::serve::{TlsFault, describe, ended};
use crate::web::http1::say_nothing;
use crate::web::reply::{Reply, Request};
use crate::web::site::{Port, Site};
use crate::web::{http1, http2};

/// The lab's clock, as servers put it into their answers.
const NOW: &str = "Sat, 21 Nov 2026 12:00:00 GMT";

/// A site, ready to serve.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) site: Site,
    /// What to present at each nominal address.
    pub(crate) tls: HashMap<IpAddr, Arc<ServerConfig>>,
}

/// One nominal address and port, and the sites there.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    pub(crate) address: IpAddr,
    pub(crate) port: u16,
    pub(crate) state: Port,
    pub(crate) sites: Arc<[Arc<Running>]>,
    pub(crate) log: Log,
    pub(crate) rtt: Duration,
}

impl Endpoint {
    /// Logs a request, and has the site answer it.
    pub(crate) fn answer(&self, request: Request, protocol: &'static str) -> Reply {
        self.log.push(Seen::Request(SeenRequest {
            at: self.log.at(),
            address: self.address,
            scheme: request.scheme,
            host: request.host.clone(),
            method: request.method.clone(),
            path: request.path_and_query.clone(),
            protocol,
        }));
        let reply = match self.site(Some(&request.host)) {
            // The port may be open for another site at this address only.
            Some(running) => match running.site.port(self.port) {
                Port::Silent => Reply::silence(),
                Port::Reset => Reply::reset(),
                Port::Open | Port::Closed => running.site.answer(request),
            },
            None => Reply::status(421),
        };
        match reply.headers.iter().any(|(name, _)| name == "date") {
            true => reply,
            false => reply.header("date", NOW),
        }
    }

    /// The site for a host; the first one of the address for strangers, as servers usually do.
    fn site(&self, host: Option<&str>) -> Option<&Arc<Running>> {
        let exact = self.sites.iter().find(|r| Some(r.site.host.as_str()) == host);
        exact
            .or_else(|| self.sites.iter().find(|r| host.is_some_and(|host| r.site.is_for(host))))
            .or_else(|| self.sites.first())
    }
}

/// Serves connections until it is dropped.
pub(crate) async fn serve(endpoint: Endpoint, listener: TcpListener) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, most likely: let others end first.
            tokio::time::sleep(Duration::from_millis(5)).await;
            continue;
        };
        connections.spawn(connection(endpoint.clone(), stream));
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(endpoint: Endpoint, stream: TcpStream) {
    endpoint.log.push(Seen::Connection(SeenConnection {
        at: endpoint.log.at(),
        address: endpoint.address,
        port: endpoint.port,
    }));
    let (socket, abort) = Socket::new(stream);
    // Errors concern the client alone, and it sees them.
    if endpoint.rtt.is_zero() {
        let _ = converse(socket, &endpoint, &abort).await;
    } else {
        let (near, pump) = distant(socket, endpoint.rtt);
        let (_, ()) = tokio::join!(converse(near, &endpoint, &abort), pump);
    }
}

async fn converse<S>(mut io: S, endpoint: &Endpoint, abort: &Abort) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    match endpoint.state {
        Port::Silent => return say_nothing(&mut io).await,
        Port::Reset => {
            abort.set();
            return Ok(());
        }
        Port::Open | Port::Closed => {}
    }
    if endpoint.port != 443 {
        return http1::serve(io, "http", endpoint, abort).await;
    }
    let start = LazyConfigAcceptor::new(Acceptor::default(), io).await?;
    let (sni, alpn) = describe(&start.client_hello());
    endpoint.log.push(Seen::Handshake(SeenHandshake {
        at: endpoint.log.at(),
        address: endpoint.address,
        port: endpoint.port,
        sni: sni.clone(),
        alpn,
    }));
    let running = endpoint.site(sni.as_deref()).ok_or_else(|| ended("no site"))?;
    match running.site.port(endpoint.port) {
        Port::Silent => return refuse(start.io, TlsFault::Silence, abort).await,
        Port::Reset => return refuse(start.io, TlsFault::Reset, abort).await,
        Port::Open | Port::Closed => {}
    }
    if let Some(fault) = running.site.tls_fault {
        return refuse(start.io, fault, abort).await;
    }
    sleep(running.site.tls_delay).await;
    let config = running.tls.get(&endpoint.address).ok_or_else(|| ended("no certificate"))?;
    let stream = start.into_stream(config.clone()).await?;
    match stream.get_ref().1.alpn_protocol() {
        Some(b"h2") => match &running.site.http2_bytes {
            Some((bytes, endless)) => http2::misbehave(stream, bytes, *endless).await,
            None => http2::serve(stream, endpoint).await,
        },
        _ => http1::serve(stream, "https", endpoint, abort).await,
    }
}

/// Ends a handshake wrongly.
pub(crate) async fn refuse<S>(mut io: S, fault: TlsFault, abort: &Abort) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    match fault {
        TlsFault::Silence => say_nothing(&mut io).await,
        TlsFault::Reset => {
            abort.set();
            Ok(())
        }
        fault => {
            io.write_all(fault.bytes()).await?;
            io.shutdown().await
        }
    }
}
