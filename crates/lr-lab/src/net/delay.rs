//! A socket that can be reset, and the distance that makes it as slow as a real network.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{
    AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf, duplex, split,
};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// Makes a connection end with a reset, wherever in the stack above it that is decided.
#[derive(Clone, Debug, Default)]
pub(crate) struct Abort(Arc<AtomicBool>);

impl Abort {
    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// An accepted connection, which is reset when it is dropped after [`Abort::set`].
#[derive(Debug)]
pub(crate) struct Socket {
    stream: TcpStream,
    abort: Abort,
}

impl Socket {
    pub(crate) fn new(stream: TcpStream) -> (Self, Abort) {
        let abort = Abort::default();
        // Only a matter of speed: without it a small answer might wait for an acknowledgement.
        let _ = stream.set_nodelay(true);
        (Self { stream, abort: abort.clone() }, abort)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.abort.0.load(Ordering::Relaxed) {
            // If this fails the connection is closed in order, which a test would notice.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    /// Before a reset there is no orderly end.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.abort.0.load(Ordering::Relaxed) {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// The near end of a connection that is `rtt` long, and what must run for it.
///
/// The client's `connect` returns at once on loopback, so the round trip that it would have cost
/// is added to what the client sends first. After that every byte is half a round trip late.
pub(crate) fn distant(socket: Socket, rtt: Duration) -> (DuplexStream, impl Future<Output = ()>) {
    let (near, far) = duplex(256 * 1024);
    let connected = Instant::now() + rtt;
    let pump = async move {
        let (from_client, to_client) = split(socket);
        let (from_server, to_server) = split(far);
        let inbound = carry(from_client, to_server, rtt / 2, connected);
        let outbound = carry(from_server, to_client, rtt / 2, connected);
        tokio::pin!(outbound);
        tokio::select! {
            () = inbound => outbound.await,
            () = &mut outbound => {}
        }
    };
    (near, pump)
}

/// Copies bytes, each `delay` late, and then the end of the stream.
async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    delay: Duration,
    not_before: Instant,
) {
    let (sender, mut receiver) = mpsc::channel::<(Instant, Bytes)>(1024);
    let read = async move {
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            let due = Instant::now().max(not_before) + delay;
            if sender.send((due, Bytes::copy_from_slice(&buffer[..length]))).await.is_err() {
                return;
            }
        }
    };
    let write = async move {
        while let Some((due, bytes)) = receiver.recv().await {
            sleep_until(due).await;
            if to.write_all(&bytes).await.is_err() {
                return;
            }
        }
        // The end travels as long as the bytes do.
        sleep_until(Instant::now() + delay).await;
        let _ = to.shutdown().await;
    };
    tokio::join!(read, write);
}
