use std::collections::HashMap;
use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use http::header::{ACCEPT, HOST, HeaderValue};
use lr_core::{Clock, Context};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rustls::{ClientConfig, RootCertStore};
use url::{Host, Url};

use super::{Family, HttpVersion, Request, USER_AGENT, connect};
use crate::dial::Target;
use crate::dns::Dns;
use crate::{Error, tls};

/// One reqwest client for each port that is asked for, and each wish about family and version.
///
/// A resolver hook learns the host but not the port, and a port given in a URL overrides the one
/// that a resolver returns; routes need both. So each port has a client whose resolver knows it,
/// and a port that is not the scheme's own is taken out of the URL and put into the Host header.
pub(crate) struct Clients {
    dns: Arc<Dns>,
    tls: ClientConfig,
    by_kind: Mutex<HashMap<Kind, reqwest::Client>>,
}

/// What a client is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Kind {
    port: u16,
    /// Whether the port is the scheme's own.
    plain_port: bool,
    family: Option<Family>,
    version: Option<HttpVersion>,
}

impl Clients {
    pub(crate) fn new(
        cx: &Context,
        dns: Arc<Dns>,
        roots: &Arc<RootCertStore>,
    ) -> Result<Self, Error> {
        let clock: &Clock = cx.clock();
        let tls = tls::client_config(clock, roots, &[b"h2", b"http/1.1"]);
        let clients = Self { dns, tls, by_kind: Mutex::default() };
        // Building one now turns a broken set-up into an error at the start.
        clients.client(Kind { port: 443, plain_port: true, family: None, version: None })?;
        Ok(clients)
    }

    /// The client for a request, and the request as reqwest wants it.
    pub(crate) fn prepare(
        &self,
        request: &Request,
        targets: &[Target],
    ) -> Result<(reqwest::Client, reqwest::Request), Error> {
        let bad = |error: String| Error::BadName(format!("{}: {error}", request.url));
        let method = request.method.parse().map_err(|e| bad(format!("{e}")))?;
        let mut url = request.url.clone();
        let _ = url.set_username("");
        let _ = url.set_password(None);
        let plain_port = url.port().is_none();
        let port = url.port_or_known_default().unwrap_or(443);
        let mut host = None;
        if !plain_port {
            host = Some(authority(&url, port));
            let _ = url.set_port(None);
        }
        if let (false, Some(target)) =
            (matches!(url.host(), Some(Host::Domain(_))), targets.first())
            && target.contact != target.address
        {
            host.get_or_insert_with(|| authority(&request.url, port));
            point(&mut url, target.contact)?;
        } else if !plain_port && !matches!(url.host(), Some(Host::Domain(_))) {
            let _ = url.set_port(Some(port));
        }
        let mut prepared = reqwest::Request::new(method, url);
        let headers = prepared.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        for (name, value) in &request.headers {
            let name: http::HeaderName = name.parse().map_err(|e| bad(format!("{e}")))?;
            headers.append(name, value.parse().map_err(|e| bad(format!("{e}")))?);
        }
        if let Some(host) = host {
            headers.insert(HOST, host.parse().map_err(|e| bad(format!("{e}")))?);
        }
        if !request.body.is_empty() {
            *prepared.body_mut() = Some(request.body.clone().into());
        }
        let Request { family, version, .. } = *request;
        Ok((self.client(Kind { port, plain_port, family, version })?, prepared))
    }

    fn client(&self, kind: Kind) -> Result<reqwest::Client, Error> {
        let mut by_kind = self.by_kind.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = by_kind.get(&kind) {
            return Ok(client.clone());
        }
        let client = self
            .build(kind)
            .map_err(|error| Error::Config(format!("the HTTP client cannot be set up: {error}")))?;
        by_kind.insert(kind, client.clone());
        Ok(client)
    }

    #[allow(clippy::disallowed_methods, reason = "this is the door that others are told to use")]
    fn build(&self, kind: Kind) -> reqwest::Result<reqwest::Client> {
        let mut tls = self.tls.clone();
        match kind.version {
            Some(HttpVersion::Http1) => tls.alpn_protocols = vec![b"http/1.1".to_vec()],
            Some(HttpVersion::Http2) => tls.alpn_protocols = vec![b"h2".to_vec()],
            None => {}
        }
        if !kind.plain_port {
            // The Host header carries the port, which HTTP/2 would take from the URL.
            tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        }
        reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(GuardedResolver {
                dns: Arc::clone(&self.dns),
                port: kind.port,
                family: kind.family,
            })
            .connector_layer(connect::Stopwatch)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .user_agent(USER_AGENT)
            .http1_max_headers(256)
            .http2_max_header_list_size(256 << 10)
            .build()
    }
}

impl fmt::Debug for Clients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clients").finish_non_exhaustive()
    }
}

/// Resolves through the audit's memory, and lets through only what the address policy admits: a
/// name may have changed its address since it was looked at.
struct GuardedResolver {
    dns: Arc<Dns>,
    port: u16,
    family: Option<Family>,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (dns, port, family) = (Arc::clone(&self.dns), self.port, self.family);
        Box::pin(async move {
            let host = name.as_str();
            if let Some(contact) = dns.network.route(host, port) {
                return Ok(Box::new(std::iter::once(contact)) as Addrs);
            }
            let ips = dns.known_addresses(host).await?;
            let mut refused = Error::NoAddress(host.into());
            let mut admitted = Vec::new();
            for ip in ips.into_iter().filter(|ip| family.is_none_or(|family| family.has(*ip))) {
                match dns.admit(host, SocketAddr::new(ip, port)) {
                    Ok(contact) => admitted.push(contact),
                    Err(error) => refused = error,
                }
            }
            match admitted.is_empty() {
                true => Err(refused.into()),
                false => Ok(Box::new(admitted.into_iter()) as Addrs),
            }
        })
    }
}

fn authority(url: &Url, port: u16) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(_) => format!("{host}:{port}"),
        None => host.into(),
    }
}

/// Leads a URL with an address literal to its route. The certificate would then be checked against
/// the route's address, so this is for plain HTTP only.
fn point(url: &mut Url, to: SocketAddr) -> Result<(), Error> {
    if url.scheme() == "https" {
        return Err(Error::Config(format!("{url}: an address cannot be routed over HTTPS")));
    }
    let _ = url.set_ip_host(to.ip());
    let _ = url.set_port(Some(to.port()));
    Ok(())
}

/// What went wrong, from the innermost error that says something.
pub(crate) fn explain(peer: &str, error: &reqwest::Error) -> Error {
    let peer = peer.to_owned();
    let mut reason = error.to_string();
    let mut current: Option<&(dyn StdError + 'static)> = error.source();
    while let Some(cause) = current {
        reason = cause.to_string();
        if let Some(own) = cause.downcast_ref::<Error>() {
            return own.clone();
        }
        if let Some(io) = cause.downcast_ref::<io::Error>() {
            return match tls_error(io) {
                Some(tls) => Error::Tls { peer, reason: tls.to_string() },
                None => Error::of_io(peer, io),
            };
        }
        if cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_incomplete_message) {
            return Error::Unreachable { peer, reason };
        }
        if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
            return Error::Tls { peer, reason: tls.to_string() };
        }
        current = cause.source();
    }
    match error.is_timeout() {
        true => Error::Timeout(peer),
        false => Error::Protocol { peer, reason },
    }
}

/// The TLS error inside an I/O error, which may be wrapped more than once.
fn tls_error(io: &io::Error) -> Option<&rustls::Error> {
    let inner = io.get_ref()?;
    inner.downcast_ref().or_else(|| tls_error(inner.downcast_ref::<io::Error>()?))
}
