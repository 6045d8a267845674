//! The head of the front page, over a connection that is open already: whether the site serves
//! strangers at all, and its HSTS policy.

use std::error::Error;
use std::io;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use hyper::client::conn::http2;
use hyper::{Request, header};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use crate::{Cause, Obstacle, PageSeen};

const MOST_BYTES: usize = 32 << 10;

/// Asks for the head of `/` by HTTP/1.1.
pub(super) async fn head<S>(
    stream: &mut S,
    host: &str,
    port: u16,
    time: Duration,
) -> Result<PageSeen, Obstacle>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let failed = |cause, what: String| Err(Obstacle::new(cause, format!("{host}: {what}")));
    match timeout(time, exchange(stream, host, port)).await {
        Ok(Ok(head)) => match parse(&head) {
            Some(page) => Ok(page),
            None => failed(Cause::Broken, "the answer to HEAD / is no HTTP".into()),
        },
        Ok(Err(error)) if is_alert(&error) => {
            failed(Cause::Alert, format!("the server ends the connection: {error}"))
        }
        Ok(Err(error)) => failed(Cause::Reset, format!("no answer to HEAD /: {error}")),
        Err(_) => failed(Cause::Silent, "no answer to HEAD / in time".into()),
    }
}

/// Asks for the head of `/` by HTTP/2 (RFC 9113).
pub(super) async fn head2<S>(
    stream: S,
    host: &str,
    port: u16,
    time: Duration,
) -> Result<PageSeen, Obstacle>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let failed = |cause, what: String| Err(Obstacle::new(cause, format!("{host}: {what}")));
    match timeout(time, exchange2(stream, host, port)).await {
        Ok(Ok(page)) => Ok(page),
        Ok(Err(error)) if comes_of_alert(error.as_ref()) => {
            failed(Cause::Alert, format!("the server ends the connection: {error}"))
        }
        Ok(Err(error)) => failed(Cause::Reset, format!("no answer to HEAD / by HTTP/2: {error}")),
        Err(_) => failed(Cause::Silent, "no answer to HEAD / in time".into()),
    }
}

async fn exchange2<S>(stream: S, host: &str, port: u16) -> Result<PageSeen, Box<dyn Error + Send>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    fn boxed(error: impl Error + Send + 'static) -> Box<dyn Error + Send> {
        Box::new(error)
    }
    let most = u32::try_from(MOST_BYTES).unwrap_or(u32::MAX);
    let (mut sender, connection) = http2::Builder::new(TokioExecutor::new())
        .max_header_list_size(most)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(boxed)?;
    let request = Request::head(format!("https://{}/", authority(host, port)))
        .header(header::USER_AGENT, lr_net::USER_AGENT)
        .header(header::ACCEPT, "*/*")
        .body(String::new())
        .map_err(boxed)?;
    // The connection has to be driven while the answer is waited for; its own error tells more.
    let response = match select(pin!(sender.send_request(request)), connection).await {
        Either::Left((response, _)) => response.map_err(boxed)?,
        Either::Right((ended, response)) => {
            ended.map_err(boxed)?;
            response.await.map_err(boxed)?
        }
    };
    let policy = response.headers().get(header::STRICT_TRANSPORT_SECURITY);
    let policy = policy.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    Ok(PageSeen::new(response.status().as_u16(), policy.as_deref()))
}

fn comes_of_alert(error: &(dyn Error + 'static)) -> bool {
    let mut causes = std::iter::successors(Some(error), |one| Error::source(*one));
    causes.any(|one| one.downcast_ref::<io::Error>().is_some_and(is_alert))
}

/// The host and, unless it is HTTPS' own, the port.
fn authority(host: &str, port: u16) -> String {
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    if port == 443 { host } else { format!("{host}:{port}") }
}

async fn exchange<S>(stream: &mut S, host: &str, port: u16) -> io::Result<Vec<u8>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let authority = authority(host, port);
    let agent = lr_net::USER_AGENT;
    let request = format!(
        "HEAD / HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: {agent}\r\nAccept: */*\r\n\
         Connection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    stream.flush().await?;
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    while !ends(&head) && may_be_http(&head) && head.len() < MOST_BYTES {
        match stream.read(&mut buffer).await? {
            0 if head.is_empty() => return Err(io::ErrorKind::UnexpectedEof.into()),
            0 => break,
            read => head.extend_from_slice(&buffer[..read]),
        }
    }
    Ok(head)
}

/// Who begins otherwise is not waited for.
fn may_be_http(head: &[u8]) -> bool {
    let begin = &b"HTTP/"[..head.len().min(5)];
    head.starts_with(begin)
}

fn ends(head: &[u8]) -> bool {
    head.windows(4).any(|bytes| bytes == b"\r\n\r\n")
        || head.windows(2).any(|bytes| bytes == b"\n\n")
}

fn is_alert(error: &io::Error) -> bool {
    let inner = error.get_ref().and_then(|error| error.downcast_ref::<rustls::Error>());
    matches!(inner, Some(rustls::Error::AlertReceived(_)))
}

fn parse(head: &[u8]) -> Option<PageSeen> {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.lines();
    let mut status = lines.next()?.split(' ');
    status.next().filter(|version| version.starts_with("HTTP/"))?;
    let status = status.next()?.parse().ok()?;
    let hsts = lines.take_while(|line| !line.is_empty()).find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("strict-transport-security").then(|| value.trim())
    });
    Some(PageSeen::new(status, hsts))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_bytes_are_a_head_or_not(bytes: Vec<u8>) {
            let _ = parse(&bytes);
        }
    }

    #[test]
    fn the_first_policy_counts() {
        let head = b"HTTP/1.1 301 Moved\r\nstrict-Transport-security: max-age=5\r\nStrict-Transport-Security: max-age=9\r\n\r\n";
        assert_eq!(parse(head), Some(PageSeen::new(301, Some("max-age=5"))));
        assert_eq!(parse(b"SSH-2.0\r\n"), None);
    }
}
