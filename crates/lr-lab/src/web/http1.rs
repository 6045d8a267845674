//! HTTP/1.1 by hand: nothing stands between a script and the bytes on the wire.

use std::io;

use bytes::{Buf, BytesMut};
use http::StatusCode;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::net::delay::Abort;
use crate::net::timer::sleep;
use crate::web::body::{Chunks, announced};
use crate::web::reply::{Body, Misbehaviour, Reply, Request};
use crate::web::serve::Endpoint;

/// Largest request head that is read.
const MAX_HEAD: usize = 64 * 1024;

/// Answers requests until either side ends the connection.
pub(crate) async fn serve<S>(
    mut io: S,
    scheme: &'static str,
    endpoint: &Endpoint,
    abort: &Abort,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut buffer = BytesMut::new();
    while let Some(request) = read_request(&mut io, &mut buffer, scheme, endpoint).await? {
        let close = request.header("connection").is_some_and(|v| v.eq_ignore_ascii_case("close"));
        let head_only = request.method == "HEAD";
        let reply = endpoint.answer(request, "HTTP/1.1");
        // Even no time at all would last until the next tick of the timer, a millisecond.
        if !reply.after.is_zero() {
            sleep(reply.after).await;
        }
        if let Some(misbehaviour) = &reply.misbehaviour {
            return misbehave(&mut io, misbehaviour, abort).await;
        }
        let cut_short = matches!(reply.body, Body::CutShort(_));
        write_reply(&mut io, reply, head_only).await?;
        if close || cut_short {
            break;
        }
    }
    io.shutdown().await
}

/// Reads until the client gives up: what a silent server does.
pub(crate) async fn say_nothing(io: &mut (impl AsyncRead + Unpin)) -> io::Result<()> {
    let mut buffer = [0; 1024];
    while io.read(&mut buffer).await? > 0 {}
    Ok(())
}

async fn read_request<S: AsyncRead + AsyncWrite + Unpin>(
    io: &mut S,
    buffer: &mut BytesMut,
    scheme: &'static str,
    endpoint: &Endpoint,
) -> io::Result<Option<Request>> {
    let end = loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if buffer.len() > MAX_HEAD || io.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    };
    let head = buffer.split_to(end + 4);
    let Some(request) = parse(&head[..end], scheme, endpoint) else {
        io.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await?;
        return Ok(None);
    };
    if request.header("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
        io.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
    }
    let mut length: usize =
        request.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    while length > 0 {
        if buffer.is_empty() && io.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
        let some = length.min(buffer.len());
        buffer.advance(some);
        length -= some;
    }
    Ok(Some(request))
}

fn parse(head: &[u8], scheme: &'static str, endpoint: &Endpoint) -> Option<Request> {
    let mut lines = head.split(|byte| *byte == b'\n').map(|line| line.trim_ascii_end());
    let line = std::str::from_utf8(lines.next()?).ok()?;
    let mut words = line.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    words.next().filter(|version| version.starts_with("HTTP/1."))?;
    let headers: Vec<_> = lines
        .filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let name = String::from_utf8_lossy(&line[..colon]).to_ascii_lowercase();
            Some((name, line[colon + 1..].trim_ascii().to_vec()))
        })
        .collect();
    let host = headers.iter().find(|(name, _)| name == "host").map_or(&[][..], |(_, host)| host);
    Some(Request {
        scheme,
        host: without_port(&String::from_utf8_lossy(host)),
        method: method.to_owned(),
        path_and_query: target.to_owned(),
        headers,
        address: endpoint.address,
        count: 0,
        path_count: 0,
    })
}

/// The host of an authority, lower case.
pub(crate) fn without_port(authority: &str) -> String {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    host.trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase()
}

async fn write_reply(
    io: &mut (impl AsyncWrite + Unpin),
    reply: Reply,
    head_only: bool,
) -> io::Result<()> {
    let reason = StatusCode::from_u16(reply.status).ok().and_then(|code| code.canonical_reason());
    let mut head = format!("HTTP/1.1 {} {}\r\n", reply.status, reason.unwrap_or("")).into_bytes();
    for (name, value) in &reply.headers {
        head.extend_from_slice(name.as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value);
        head.extend_from_slice(b"\r\n");
    }
    let empty = matches!(reply.status, 100..200 | 204 | 304);
    let length = announced(&reply.body);
    match length {
        _ if empty => {}
        Some(length) => head.extend_from_slice(format!("content-length: {length}\r\n").as_bytes()),
        None => head.extend_from_slice(b"transfer-encoding: chunked\r\n"),
    }
    head.extend_from_slice(b"\r\n");
    if empty || head_only {
        return io.write_all(&head).await;
    }
    let mut chunks = Chunks::new(reply.body);
    // Small answers leave in one segment.
    if let Some(first) = chunks.next_at_once() {
        frame(&mut head, &first, length.is_none());
    }
    io.write_all(&head).await?;
    while let Some((wait, chunk)) = chunks.next() {
        sleep(wait).await;
        let mut framed = Vec::with_capacity(chunk.len() + 16);
        frame(&mut framed, &chunk, length.is_none());
        io.write_all(&framed).await?;
    }
    if length.is_none() {
        io.write_all(b"0\r\n\r\n").await?;
    }
    io.flush().await
}

fn frame(out: &mut Vec<u8>, chunk: &[u8], chunked: bool) {
    if chunked {
        out.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
    }
    out.extend_from_slice(chunk);
    if chunked {
        out.extend_from_slice(b"\r\n");
    }
}

async fn misbehave(
    io: &mut (impl AsyncRead + AsyncWrite + Unpin),
    how: &Misbehaviour,
    abort: &Abort,
) -> io::Result<()> {
    match how {
        Misbehaviour::Silence => say_nothing(io).await,
        Misbehaviour::Reset => {
            abort.set();
            Ok(())
        }
        Misbehaviour::HangUp => io.shutdown().await,
        Misbehaviour::Raw(bytes) => {
            io.write_all(bytes).await?;
            io.shutdown().await
        }
        Misbehaviour::EndlessHeaders => {
            io.write_all(b"HTTP/1.1 200 OK\r\n").await?;
            for number in 0u64.. {
                let fields: String =
                    (0..100).map(|n| format!("x-{number}-{n}: and another one\r\n")).collect();
                io.write_all(fields.as_bytes()).await?;
            }
            Ok(())
        }
        Misbehaviour::HugeHeader(size) => {
            io.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nx-huge: ").await?;
            let mut left = *size;
            while left > 0 {
                let some = left.min(16 * 1024);
                io.write_all(&[b'a'; 16 * 1024][..some]).await?;
                left -= some;
            }
            io.write_all(b"\r\n\r\n").await?;
            io.shutdown().await
        }
    }
}
