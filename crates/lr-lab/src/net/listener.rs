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
    udp_beside(tcp).await
}

/// What `bind` binds to a free loopback port, and a UDP socket on the same one.
async fn udp_beside<T>(
    bind: impl AsyncFn() -> io::Result<(T, SocketAddr)>,
) -> io::Result<(UdpSocket, T, SocketAddr)> {
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..64 {
        let (bound, address) = bind().await?;
        match UdpSocket::bind(address).await {
            Ok(socket) => return Ok((socket, bound, address)),
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

/// Finds such a port. What is bound once is never let go to be bound again.
pub(crate) async fn closed() -> io::Result<(Closed, SocketAddr)> {
    let (udp, tcp, address) = udp_beside(async || {
        let tcp = TcpSocket::new_v4()?;
        tcp.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let address = tcp.local_addr()?;
        Ok((tcp, address))
    })
    .await?;
    udp.connect((Ipv4Addr::LOCALHOST, 9)).await?;
    Ok((Closed { _tcp: tcp, _udp: udp }, address))
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::Command;

    /// Between fork and exec a child holds copies of its parent's sockets, also of those that the
    /// parent closes meanwhile: a port that is let go to be taken again may still be held.
    #[tokio::test]
    #[allow(clippy::disallowed_methods, reason = "whether the port is closed is asked directly")]
    async fn a_closed_port_is_found_while_programs_are_started() {
        let children = std::thread::spawn(|| {
            for _ in 0..200 {
                Command::new("true").status().expect("every Unix has it");
            }
        });
        while !children.is_finished() {
            let (_held, address) = super::closed().await.unwrap();
            let refused = tokio::net::TcpStream::connect(address).await.unwrap_err();
            assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
        }
        children.join().unwrap();
    }
}
