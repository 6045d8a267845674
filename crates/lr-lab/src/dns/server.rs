//! The sockets of a name server.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use hickory_proto::op::Message;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use crate::dns::authority::Authority;
use crate::dns::message::Response;
use crate::dns::name::text;
use crate::dns::recursor::Recursor;
use crate::log::{Log, Seen, SeenQuery, Transport};
use crate::net::timer;

/// Who answers.
#[derive(Clone, Debug)]
pub(crate) enum Responder {
    Authority(Arc<Authority>),
    Recursor(Arc<Recursor>),
}

/// A responder with the lab's log and clock.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    pub(crate) responder: Responder,
    pub(crate) log: Log,
    pub(crate) rtt: Duration,
}

impl Server {
    fn respond(&self, bytes: &[u8], transport: Transport) -> Response {
        let Ok(request) = Message::from_vec(bytes) else { return Response::default() };
        self.record(&request, transport);
        let response = match &self.responder {
            Responder::Authority(server) => server.respond(&request, transport),
            Responder::Recursor(recursor) => recursor.respond(&request, transport),
        };
        Response { after: response.after + self.rtt, ..response }
    }

    fn record(&self, request: &Message, transport: Transport) {
        let Some(query) = request.queries.first() else { return };
        let (server, address) = match &self.responder {
            Responder::Authority(server) => (server.name.clone(), server.address),
            Responder::Recursor(_) => ("recursor".to_owned(), IpAddr::V4(Ipv4Addr::LOCALHOST)),
        };
        self.log.push(Seen::Query(SeenQuery {
            at: self.log.at(),
            server,
            address,
            transport,
            name: text(&query.name),
            record_type: query.query_type.to_string(),
            recursion_desired: request.metadata.recursion_desired,
            spelling: query.name.to_ascii(),
        }));
    }
}

/// Answers datagrams until it is dropped.
pub(crate) async fn serve_udp(server: Server, socket: UdpSocket) {
    let socket = Arc::new(socket);
    let mut late = JoinSet::new();
    let mut buffer = vec![0; 65_535];
    loop {
        // A client that has closed its socket makes the next receive fail: no reason to stop.
        let Ok((length, client)) = socket.recv_from(&mut buffer).await else { continue };
        let arrived = Instant::now();
        let response = server.respond(&buffer[..length], Transport::Udp);
        let Some(bytes) = response.bytes else { continue };
        if response.after.is_zero() {
            // Nobody to tell if the datagram cannot be sent: the client sees a loss.
            let _ = socket.send_to(&bytes, client).await;
            continue;
        }
        let socket = socket.clone();
        late.spawn(async move {
            timer::sleep(response.after.saturating_sub(arrived.elapsed())).await;
            let _ = socket.send_to(&bytes, client).await;
        });
        while late.try_join_next().is_some() {}
    }
}

/// Answers connections until it is dropped.
pub(crate) async fn serve_tcp(server: Server, listener: TcpListener) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, most likely: let others end first.
            sleep(Duration::from_millis(5)).await;
            continue;
        };
        let server = server.clone();
        connections.spawn(async move {
            // The client is the only one whom an error concerns, and it sees it.
            let _ = converse(server, stream).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

/// Length-prefixed messages (RFC 1035, section 4.2.2), one after the other.
async fn converse(server: Server, mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    // The connection itself would have cost a round trip.
    let mut open_at = Instant::now() + server.rtt;
    loop {
        let length = stream.read_u16().await?;
        let mut bytes = vec![0; usize::from(length)];
        stream.read_exact(&mut bytes).await?;
        let response = server.respond(&bytes, Transport::Tcp);
        let Some(bytes) = response.bytes else { continue };
        open_at = open_at.max(Instant::now());
        sleep_until(open_at + response.after).await;
        let length = u16::try_from(bytes.len()).map_err(io::Error::other)?;
        stream.write_all(&[&length.to_be_bytes(), bytes.as_slice()].concat()).await?;
    }
}
