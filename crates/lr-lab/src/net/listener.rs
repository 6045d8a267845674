//! Loopback sockets.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::{TcpListener, TcpSocket, UdpSocket};

/// A TCP listener on a free loopback port.
pub(crate) async fn tcp() -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// A UDP socket and a TCP listener on the same free loopback port.
pub(crate) async fn udp_and_tcp() -> io::Result<(UdpSocket, TcpListener, SocketAddr)> {
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..64 {
        let (listener, address) = tcp().await?;
        match UdpSocket::bind(address).await {
            Ok(socket) => return Ok((socket, listener, address)),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// A port where connections and datagrams are refused: bound, so that nobody else gets it, but not
/// listening, and deaf to everybody except a peer that does not exist.
#[derive(Debug)]
pub(crate) struct Closed {
    _tcp: TcpSocket,
    _udp: UdpSocket,
}

/// Finds such a port.
pub(crate) async fn closed() -> io::Result<(Closed, SocketAddr)> {
    let (udp, listener, address) = udp_and_tcp().await?;
    drop(listener);
    let tcp = TcpSocket::new_v4()?;
    tcp.bind(address)?;
    udp.connect((Ipv4Addr::LOCALHOST, 9)).await?;
    Ok((Closed { _tcp: tcp, _udp: udp }, address))
}
