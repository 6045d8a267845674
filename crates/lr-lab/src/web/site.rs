use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;

use crate::dns::name::host;
use crate::tls::certificate::Certificate;
use crate::tls::serve::{TlsFault, TlsVersions};
use crate::web::reply::{Reply, Request};

/// A web site, by host name, on port 80 and port 443.
///
/// It is reached at the addresses that its host has in the zones of the lab, and at those given
/// with [`Self::at`]. A host that no zone covers gets a zone, with one IPv4 and one IPv6 address.
/// A host such as `*.shop.test` stands for every name below it. Unless told otherwise it presents
/// a valid certificate and says 404.
///
/// ```
/// use lr_lab::{Certificate, Reply, Site};
///
/// let site = Site::new("shop.test")
///     .get("/", Reply::html("<h1>Shop</h1>"))
///     .prefix("/api/", |request: &lr_lab::Request| match request.count % 8 {
///         7 => Reply::status(503),
///         _ => Reply::text(request.path()),
///     })
///     .http(|request: &lr_lab::Request| {
///         Reply::redirect(308, format!("https://shop.test{}", request.path_and_query))
///     })
///     .https_header("strict-transport-security", "max-age=63072000")
///     .certificate(Certificate::expires_in(6));
/// # let _ = site;
/// ```
#[derive(Clone, Debug)]
pub struct Site {
    pub(crate) host: String,
    pub(crate) addresses: Vec<IpAddr>,
    pages: Vec<(Path, Answer)>,
    fallback: Answer,
    plain: Option<Answer>,
    https_headers: Vec<(String, Vec<u8>)>,
    pub(crate) certificate: Certificate,
    pub(crate) certificates_at: Vec<(IpAddr, Certificate)>,
    pub(crate) versions: TlsVersions,
    pub(crate) tls_fault: Option<TlsFault>,
    pub(crate) tls_delay: Duration,
    pub(crate) http_port: Port,
    pub(crate) https_port: Port,
    pub(crate) http1_only: bool,
    pub(crate) http2_bytes: Option<(Bytes, bool)>,
    counts: Arc<Mutex<Counts>>,
}

/// Requests so far, in all and by path.
#[derive(Debug, Default)]
struct Counts {
    all: u64,
    by_path: HashMap<String, u64>,
}

/// What a port does with connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Port {
    /// Serves.
    #[default]
    Open,
    /// Refuses connections.
    Closed,
    /// Accepts connections and says nothing.
    Silent,
    /// Resets connections as soon as they are made.
    Reset,
}

/// What answers a request: a [`Reply`], or a function of the [`Request`].
pub trait Answers: Send + Sync + 'static {
    /// The answer to one request.
    fn answer(&self, request: &Request) -> Reply;
}

impl Answers for Reply {
    fn answer(&self, _request: &Request) -> Reply {
        self.clone()
    }
}

impl<F: Fn(&Request) -> Reply + Send + Sync + 'static> Answers for F {
    fn answer(&self, request: &Request) -> Reply {
        self(request)
    }
}

impl Site {
    /// A site without pages.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            host: host(name),
            addresses: Vec::new(),
            pages: Vec::new(),
            fallback: Answer(Arc::new(Reply::text("not found").with_status(404))),
            plain: None,
            https_headers: Vec::new(),
            certificate: Certificate::valid(),
            certificates_at: Vec::new(),
            versions: TlsVersions::Both,
            tls_fault: None,
            tls_delay: Duration::ZERO,
            http_port: Port::Open,
            https_port: Port::Open,
            http1_only: false,
            http2_bytes: None,
            counts: Arc::default(),
        }
    }

    /// Is reached at this nominal address, whatever the zones say.
    #[must_use]
    pub fn at(mut self, address: IpAddr) -> Self {
        self.addresses.push(address);
        self
    }

    /// Answers requests for exactly this path, with any query and method.
    #[must_use]
    pub fn get(mut self, path: &str, answer: impl Answers) -> Self {
        self.pages.retain(|(known, _)| *known != Path::Exact(path.to_owned()));
        self.pages.push((Path::Exact(path.to_owned()), Answer(Arc::new(answer))));
        self
    }

    /// Answers requests for paths that begin so; exact paths and longer prefixes come first.
    #[must_use]
    pub fn prefix(mut self, path: &str, answer: impl Answers) -> Self {
        self.pages.retain(|(known, _)| *known != Path::Prefix(path.to_owned()));
        self.pages.push((Path::Prefix(path.to_owned()), Answer(Arc::new(answer))));
        self
    }

    /// Answers what no path does, instead of 404.
    #[must_use]
    pub fn fallback(mut self, answer: impl Answers) -> Self {
        self.fallback = Answer(Arc::new(answer));
        self
    }

    /// Answers everything on port 80; otherwise both ports serve the same pages.
    #[must_use]
    pub fn http(mut self, answer: impl Answers) -> Self {
        self.plain = Some(Answer(Arc::new(answer)));
        self
    }

    /// Adds a header field to every reply over HTTPS, instead of an earlier one of that name.
    #[must_use]
    pub fn https_header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self = self.without_https_header(name);
        self.https_headers.push((name.to_ascii_lowercase(), value.as_ref().to_vec()));
        self
    }

    /// Takes back [`Self::https_header`].
    #[must_use]
    pub fn without_https_header(mut self, name: &str) -> Self {
        self.https_headers.retain(|(field, _)| !field.eq_ignore_ascii_case(name));
        self
    }

    /// Presents this certificate.
    #[must_use]
    pub fn certificate(mut self, certificate: Certificate) -> Self {
        self.certificate = certificate;
        self
    }

    /// Presents another certificate at one nominal address.
    #[must_use]
    pub fn certificate_at(mut self, address: IpAddr, certificate: Certificate) -> Self {
        self.certificates_at.push((address, certificate));
        self
    }

    /// Offers these TLS versions.
    #[must_use]
    pub fn tls(mut self, versions: TlsVersions) -> Self {
        self.versions = versions;
        self
    }

    /// Does this instead of a handshake.
    #[must_use]
    pub fn tls_fault(mut self, fault: TlsFault) -> Self {
        self.tls_fault = Some(fault);
        self
    }

    /// Takes this long to answer a ClientHello.
    #[must_use]
    pub fn tls_delay(mut self, delay: Duration) -> Self {
        self.tls_delay = delay;
        self
    }

    /// What port 80 does, at all addresses of the site.
    #[must_use]
    pub fn http_port(mut self, port: Port) -> Self {
        self.http_port = port;
        self
    }

    /// What port 443 does, at all addresses of the site.
    #[must_use]
    pub fn https_port(mut self, port: Port) -> Self {
        self.https_port = port;
        self
    }

    /// Does not offer HTTP/2.
    #[must_use]
    pub fn http1_only(mut self) -> Self {
        self.http1_only = true;
        self
    }

    /// Once HTTP/2 is agreed on sends exactly these bytes, again and again if they are to be
    /// `endless`, and then nothing more.
    #[must_use]
    pub fn http2_bytes(mut self, bytes: impl Into<Bytes>, endless: bool) -> Self {
        self.http2_bytes = Some((bytes.into(), endless));
        self
    }

    /// Whether the site is for a host; `*.shop.test` is for any name below `shop.test`.
    pub(crate) fn is_for(&self, name: &str) -> bool {
        self.host == name
            || self.host.strip_prefix('*').is_some_and(|suffix| name.ends_with(suffix))
    }

    pub(crate) fn port(&self, number: u16) -> Port {
        if number == 80 { self.http_port } else { self.https_port }
    }

    pub(crate) fn answer(&self, mut request: Request) -> Reply {
        self.count(&mut request);
        let answer = match &self.plain {
            Some(plain) if request.scheme == "http" => plain,
            _ => self.page(request.path()),
        };
        let mut reply = answer.0.answer(&request);
        if request.scheme == "https" {
            for (name, value) in &self.https_headers {
                if !reply.headers.iter().any(|(field, _)| field == name) {
                    reply.headers.push((name.clone(), value.clone()));
                }
            }
        }
        reply
    }

    fn count(&self, request: &mut Request) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        request.count = counts.all;
        counts.all += 1;
        // Endless redirects invent paths: past a number that no test counts to, none is new.
        if counts.by_path.len() < 10_000 {
            let by_path = counts.by_path.entry(request.path().to_owned()).or_default();
            request.path_count = *by_path;
            *by_path += 1;
        }
    }

    fn page(&self, path: &str) -> &Answer {
        self.pages
            .iter()
            .filter_map(|(known, answer)| {
                known.length_of_match(path).map(|length| (length, answer))
            })
            .max_by_key(|(length, _)| *length)
            .map_or(&self.fallback, |(_, answer)| answer)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Path {
    Exact(String),
    Prefix(String),
}

impl Path {
    fn length_of_match(&self, path: &str) -> Option<usize> {
        match self {
            Self::Exact(known) => (known == path).then_some(usize::MAX),
            Self::Prefix(known) => path.starts_with(known.as_str()).then_some(known.len()),
        }
    }
}

#[derive(Clone)]
struct Answer(Arc<dyn Answers>);

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answer")
    }
}
