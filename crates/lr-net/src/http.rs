mod client;
mod connect;

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use http::Version;
use url::{Host, Url};

pub(crate) use self::client::Clients;
use crate::{Error, Net};

/// How Launch Ready names itself to servers.
pub const USER_AGENT: &str =
    concat!("launch-ready/", env!("CARGO_PKG_VERSION"), " (+https://github.com/launch-ready)");

/// One request. Nothing is followed, retried or sent along.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Request {
    /// `GET`, `HEAD`, …
    pub method: String,
    /// Where to; credentials in it are not sent.
    pub url: Url,
    /// Headers beside Host, User-Agent, Accept and Accept-Encoding.
    pub headers: Vec<(String, String)>,
    /// Body to send.
    pub body: Vec<u8>,
    /// Bytes of the answer's body to read, after decompression; at most the context's limit.
    pub body_limit: usize,
    /// Only addresses of this family are contacted.
    pub family: Option<Family>,
    /// Only this version of HTTP is offered over TLS; over plain HTTP it is always HTTP/1.1.
    pub version: Option<HttpVersion>,
    /// Whether to go over an HTTP/2 connection that others use, without waiting for one of the
    /// context's connections to the host. How many exchanges there are at once is then up to the
    /// caller.
    pub multiplex: bool,
}

/// A family of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "there are two")]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

impl Family {
    /// Whether an address is of this family.
    #[must_use]
    pub fn has(self, ip: IpAddr) -> bool {
        ip.is_ipv4() == (self == Self::V4)
    }
}

/// A version of HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HttpVersion {
    /// HTTP/1.1 (RFC 9112).
    Http1,
    /// HTTP/2 (RFC 9113).
    Http2,
}

impl Request {
    /// A GET that reads as much of the body as the context allows.
    #[must_use]
    pub fn get(url: Url) -> Self {
        Self {
            method: "GET".into(),
            url,
            headers: Vec::new(),
            body: Vec::new(),
            body_limit: usize::MAX,
            family: None,
            version: None,
            multiplex: false,
        }
    }
}

/// A request and what came back, whatever its status.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Exchange {
    /// The URL that was asked for.
    pub url: Url,
    /// Status code.
    pub status: u16,
    /// `1` or `2`: HTTP/1.x or HTTP/2.
    pub http: u8,
    /// Headers in order, names in lower case, values as they came: not always UTF-8.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body, decompressed, as far as it was read.
    pub body: Vec<u8>,
    /// How the body ended.
    pub end: BodyEnd,
    /// The peer's address as the world sees it.
    pub remote: Option<SocketAddr>,
    /// How long things took.
    pub timing: Timing,
}

impl Exchange {
    /// The values of header `name` (lower case), in order.
    pub fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.headers.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_slice())
    }
}

/// How a body ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BodyEnd {
    /// It was read to its end.
    Complete,
    /// There was more than the limit.
    Limit,
    /// It did not come to an end in time.
    Timeout,
    /// It broke off.
    Broken(String),
}

/// How long the phases of an exchange took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timing {
    /// Resolving the name; next to nothing when the answer was known.
    pub dns: Duration,
    /// TCP and TLS handshakes; `None` on a reused connection.
    pub connect: Option<Duration>,
    /// From sending the request to the response's head, connecting included.
    pub first_byte: Duration,
    /// Everything, the body included.
    pub total: Duration,
}

impl Net {
    /// Sends one request and reads the answer within the limits.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for the URL's own host or whatever it resolves to; [`Error::Tls`],
    /// [`Error::Unreachable`], [`Error::Protocol`] or [`Error::Timeout`] until the head has come.
    /// A body that breaks off is no error: see [`Exchange::end`].
    pub async fn fetch(&self, request: &Request) -> Result<Exchange, Error> {
        let (host, port) = endpoint(&request.url)?;
        let started = Instant::now();
        let mut targets = self.targets(&host, port).await?;
        if let Some(family) = request.family {
            targets.retain(|target| family.has(target.address.ip()));
            if targets.is_empty() {
                return Err(Error::NoAddress(host));
            }
        }
        let dns = started.elapsed();
        // Connections of one kind are of no use to requests of another.
        let share = request.multiplex && request.family.is_none() && request.version.is_none();
        let _place = self.shared.budget.place(&host, port, share).await;

        let (client, prepared) = self.shared.clients.prepare(request, &targets)?;
        let sent = Instant::now();
        let peer = || request.url.host_str().unwrap_or_default().to_owned();
        let response = async {
            client.execute(prepared).await.map_err(|error| client::explain(&peer(), &error))
        };
        let (response, connect) = connect::timed(self.timed(peer, response)).await;
        let response = response?;
        let first_byte = sent.elapsed();
        if share && response.version() == Version::HTTP_2 {
            self.shared.budget.share(&host, port);
        }

        let mut exchange = Exchange {
            url: request.url.clone(),
            status: response.status().as_u16(),
            http: if response.version() == Version::HTTP_2 { 2 } else { 1 },
            headers: headers(response.headers()),
            body: Vec::new(),
            end: BodyEnd::Complete,
            remote: response.remote_addr().map(|contact| {
                let seen = targets.iter().find(|target| target.contact == contact);
                seen.map_or(contact, |target| target.address)
            }),
            timing: Timing { dns, connect, first_byte, total: Duration::ZERO },
        };
        let limit = request.body_limit.min(self.cx.limits().body_bytes);
        self.read_body(response, limit, &mut exchange).await;
        exchange.timing.total = started.elapsed();
        Ok(exchange)
    }

    async fn read_body(&self, mut body: reqwest::Response, limit: usize, into: &mut Exchange) {
        let what = || into.url.to_string();
        let mut read = Vec::new();
        let reading = async {
            loop {
                match body.chunk().await {
                    Ok(Some(chunk)) if chunk.len() > limit - read.len() => {
                        read.extend_from_slice(&chunk[..limit - read.len()]);
                        return Ok(BodyEnd::Limit);
                    }
                    Ok(Some(chunk)) => read.extend_from_slice(&chunk),
                    Ok(None) => return Ok(BodyEnd::Complete),
                    Err(error) => return Ok(BodyEnd::Broken(error.without_url().to_string())),
                }
            }
        };
        let end = self.timed(what, reading).await.unwrap_or(BodyEnd::Timeout);
        into.body = read;
        into.end = end;
    }
}

/// Host and port of a URL that can be fetched.
fn endpoint(url: &Url) -> Result<(String, u16), Error> {
    let bad = || Error::BadName(url.as_str().into());
    if !matches!(url.scheme(), "http" | "https") {
        return Err(bad());
    }
    let host = match url.host().ok_or_else(bad)? {
        Host::Domain(name) => name.to_owned(),
        Host::Ipv4(ip) => ip.to_string(),
        Host::Ipv6(ip) => ip.to_string(),
    };
    Ok((host, url.port_or_known_default().ok_or_else(bad)?))
}

fn headers(map: &http::HeaderMap) -> Vec<(String, Vec<u8>)> {
    map.iter().map(|(name, value)| (name.as_str().into(), value.as_bytes().to_vec())).collect()
}
