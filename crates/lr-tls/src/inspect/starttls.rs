//! The way from a mail server's greeting to its TLS (RFC 3207).

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::{Cause, Obstacle};

/// Bytes of a reply that are read; RFC 5321, section 4.5.3.1.5 allows 512 a line.
const MOST_BYTES: usize = 16 << 10;

/// Talks until the server is ready for a ClientHello.
pub(super) async fn start(
    stream: &mut TcpStream,
    peer: &str,
    time: Duration,
) -> Result<(), Obstacle> {
    let talk = async {
        expect(stream, peer, 220, "greeting").await?;
        let _ = stream.write_all(b"EHLO launch-ready.invalid\r\n").await;
        let extensions = expect(stream, peer, 250, "EHLO").await?;
        let offers = |line: &str| line.get(4..).is_some_and(|k| k.eq_ignore_ascii_case("STARTTLS"));
        if !extensions.lines().any(|line| offers(line.trim_end())) {
            let what = format!("{peer}: the mail server does not offer STARTTLS");
            return Err(Obstacle::new(Cause::NoStartTls, what));
        }
        let _ = stream.write_all(b"STARTTLS\r\n").await;
        let ready = expect(stream, peer, 220, "STARTTLS").await?;
        // What comes next must be TLS (RFC 3207, section 4).
        let replies = ready.lines().filter(|line| line.as_bytes().get(3) != Some(&b'-'));
        match replies.count() {
            0..=1 => Ok(()),
            _ => {
                let what = format!("{peer}: after STARTTLS the mail server goes on in plain text");
                Err(Obstacle::new(Cause::NotTls, what))
            }
        }
    };
    match timeout(time, talk).await {
        Ok(result) => result,
        Err(_) => Err(Obstacle::new(Cause::Silent, format!("{peer}: no answer in SMTP in time"))),
    }
}

async fn expect(
    stream: &mut TcpStream,
    peer: &str,
    code: u16,
    to: &str,
) -> Result<String, Obstacle> {
    let mut reply = Vec::new();
    let mut buffer = [0; 1024];
    while !is_whole(&reply) {
        let broken =
            |error| Obstacle::new(Cause::Reset, format!("{peer}: the connection broke: {error}"));
        match stream.read(&mut buffer).await.map_err(broken)? {
            0 => {
                let what = format!("{peer}: the mail server closes the connection");
                return Err(Obstacle::new(Cause::Closed, what));
            }
            read => reply.extend_from_slice(&buffer[..read]),
        }
        if reply.len() > MOST_BYTES {
            let what = format!("{peer}: the mail server's answer does not end");
            return Err(Obstacle::new(Cause::NotTls, what));
        }
    }
    let reply = String::from_utf8_lossy(&reply).into_owned();
    let said: Option<u16> = reply.get(..3).and_then(|digits| digits.parse().ok());
    match said {
        Some(said) if said == code => Ok(reply),
        Some(400..=499) => {
            let what = format!("{peer}: the mail server puts us off at {to}");
            Err(Obstacle::new(Cause::Closed, what))
        }
        Some(said) => {
            let what = format!("{peer}: the mail server answers {said} to {to}");
            let cause = if to == "STARTTLS" { Cause::NoStartTls } else { Cause::NotTls };
            Err(Obstacle::new(cause, what))
        }
        None => Err(Obstacle::new(Cause::NotTls, format!("{peer}: this is not SMTP"))),
    }
}

/// Whether the last line is there: a code without a hyphen behind it (RFC 5321, section 4.2.1).
fn is_whole(reply: &[u8]) -> bool {
    let Some(lines) = reply.strip_suffix(b"\n") else { return false };
    let last = lines.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    // What begins without a code is no reply, and not waited for.
    let has_code = last.get(..3).is_some_and(|code| code.iter().all(u8::is_ascii_digit));
    !has_code || last.get(3) != Some(&b'-')
}
