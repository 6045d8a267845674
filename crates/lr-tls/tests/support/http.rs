//! A web server for what certificates point to: a path and its bytes.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Serves these paths until the runtime ends, and counts requests.
pub(crate) async fn serve<const N: usize>(
    pages: [(&str, Vec<u8>); N],
) -> (SocketAddr, Arc<AtomicUsize>) {
    let pages: HashMap<String, Vec<u8>> =
        pages.into_iter().map(|(path, body)| (path.to_owned(), body)).collect();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    let (pages, counted) = (Arc::new(pages), Arc::clone(&count));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(answer(stream, Arc::clone(&pages)));
        }
    });
    (address, count)
}

async fn answer(mut stream: TcpStream, pages: Arc<HashMap<String, Vec<u8>>>) -> Option<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(stream.read_u8().await.ok()?);
    }
    let request = String::from_utf8(request).ok()?;
    let page = pages.get(request.split(' ').nth(1)?);
    let status = if page.is_some() { "200 OK" } else { "404 Not Found" };
    let body = page.map_or(&[][..], Vec::as_slice);
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).await.ok()?;
    stream.write_all(body).await.ok()?;
    stream.shutdown().await.ok()
}
