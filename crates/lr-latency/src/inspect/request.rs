use std::fmt;

use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, HOST, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use http::{Method, Uri};
use http_body_util::Full;
use lr_net::Url;
use url::Host;

use crate::snapshot::shown_url;
use crate::{Endpoint, Error};

pub(crate) type Request = http::Request<Full<Bytes>>;

/// An endpoint in the form in which it is asked for.
pub(crate) struct Prepared {
    pub(crate) endpoint: Endpoint,
    /// Name or address literal, without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) https: bool,
    method: Method,
    /// Path and query, for HTTP/1.
    origin_form: Uri,
    /// The whole URL, for HTTP/2.
    absolute: Uri,
    authority: HeaderValue,
    headers: HeaderMap,
    body: Bytes,
}

/// Its headers and body may be secrets.
impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.endpoint.fmt(f)
    }
}

impl Prepared {
    pub(crate) fn new(endpoint: &Endpoint) -> Result<Self, Error> {
        let bad = |reason: String| Error::Endpoint { url: shown_url(&endpoint.url), reason };
        let mut url = Url::parse(&endpoint.url).map_err(|error| bad(error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(bad(format!("the scheme is `{}`, not http or https", url.scheme())));
        }
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url.set_fragment(None);
        let host = match url.host() {
            Some(Host::Domain(name)) => name.to_owned(),
            Some(Host::Ipv4(ip)) => ip.to_string(),
            Some(Host::Ipv6(ip)) => ip.to_string(),
            None => return Err(bad("there is no host".into())),
        };
        let uri = |text: &str| text.parse::<Uri>().map_err(|error| bad(error.to_string()));
        let absolute = uri(url.as_str())?;
        let authority = absolute.authority().map(|authority| authority.as_str().to_owned());
        let method: Method = endpoint
            .method
            .parse()
            .map_err(|_| bad(format!("`{}` is not a method", endpoint.method)))?;
        if !method.is_safe() && !endpoint.may_change {
            return Err(bad(format!("{method} may change something, and nobody has agreed to it")));
        }
        Ok(Self {
            host,
            port: url.port_or_known_default().unwrap_or(443),
            https: url.scheme() == "https",
            method,
            origin_form: uri(absolute.path_and_query().map_or("/", |path| path.as_str()))?,
            authority: authority
                .unwrap_or_default()
                .parse()
                .map_err(|_| bad("the host cannot be sent in a header".into()))?,
            absolute,
            headers: headers(endpoint).map_err(bad)?,
            body: endpoint.body.clone().into(),
            endpoint: endpoint.clone(),
        })
    }

    /// Whether the request says that the answer may be compressed.
    pub(crate) fn offers_compression(&self) -> bool {
        let offers = self.headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
        offers.is_some_and(|offers| offers.contains("gzip") || offers.contains("br"))
    }

    /// A request to be sent over HTTP/2 or HTTP/1.1.
    pub(crate) fn request(&self, http2: bool) -> Request {
        let mut request = http::Request::new(Full::new(self.body.clone()));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = if http2 { &self.absolute } else { &self.origin_form }.clone();
        *request.headers_mut() = self.headers.clone();
        if !http2 && !self.headers.contains_key(HOST) {
            request.headers_mut().insert(HOST, self.authority.clone());
        }
        request
    }
}

fn headers(endpoint: &Endpoint) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (name, value) in &endpoint.headers {
        let bad_name = |_| format!("`{}` is not a header name", lr_core::Text::new(name));
        let field: HeaderName = name.parse().map_err(bad_name)?;
        // The value may be a secret, so the message does not repeat it.
        let mut value: HeaderValue =
            value.parse().map_err(|_| format!("the value of header `{field}` cannot be sent"))?;
        value.set_sensitive(true);
        headers.append(field, value);
    }
    for (field, value) in [
        (USER_AGENT, lr_net::USER_AGENT),
        (ACCEPT, "*/*"),
        // As browsers do; the answer is measured as it comes over the wire.
        (ACCEPT_ENCODING, if endpoint.contains.is_some() { "identity" } else { "gzip, br" }),
    ] {
        headers.entry(field).or_insert(HeaderValue::from_static(value));
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http1_gets_the_origin_form_and_http2_the_absolute_one() {
        let endpoint = Endpoint::new("https://user:pw@Shop.test:8443/a%20b?q=1#top");
        let prepared = Prepared::new(&endpoint).unwrap();
        let (first, second) = (prepared.request(false), prepared.request(true));
        assert_eq!(first.uri(), "/a%20b?q=1");
        assert_eq!(first.headers()[HOST], "shop.test:8443");
        assert_eq!(second.uri(), "https://shop.test:8443/a%20b?q=1");
        assert!(!second.headers().contains_key(HOST));
        assert_eq!((prepared.host.as_str(), prepared.port), ("shop.test", 8443));
    }

    #[test]
    fn what_cannot_be_asked_for_is_named_without_its_secrets() {
        for (endpoint, reason) in [
            (Endpoint::new("ftp://a.test/"), "the scheme is `ftp`"),
            (Endpoint::new("user:hunter2@a.test"), "the scheme is `user`"),
            (Endpoint::new("https://u:hunter2@a.test:99999/"), "invalid port number"),
            (Endpoint::new("nonsense"), "relative URL"),
            (Endpoint::new("http://a.test/").method("GET IT"), "is not a method"),
            (Endpoint::new("http://a.test/").method("POST"), "nobody has agreed"),
            (Endpoint::new("http://a.test/").header("a b", "1"), "is not a header name"),
            (Endpoint::new("http://a.test/").header("cookie", "hunter2\n"), "cannot be sent"),
        ] {
            let error = Prepared::new(&endpoint).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
