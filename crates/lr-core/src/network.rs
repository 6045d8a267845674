use std::fmt;
use std::net::SocketAddr;

/// Where questions and connections go: addresses, not mocks.
///
/// The default asks the system's resolver and connects where names resolve to, refusing addresses
/// that are not public. Every knob here is plain data, so the same lever that points a test at a
/// lab on loopback lets a user audit the new host *before* the DNS cut-over.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Network {
    /// Recursive name servers to ask instead of the system's.
    pub nameservers: Vec<SocketAddr>,
    /// Connections to redirect, first match wins.
    pub routes: Vec<Route>,
    /// Trust roots beside Mozilla's, each a PEM text of one or more certificates.
    pub extra_roots: Vec<String>,
    /// Lifts the address policy: loopback, private and other special addresses may be contacted.
    pub allow_private: bool,
    /// Refuses every connection that no route covers and every resolver but [`Self::nameservers`].
    pub only_routed: bool,
}

impl Network {
    /// The address a route gives for `host` (a name or an address literal) and `port`, if any.
    #[must_use]
    pub fn route(&self, host: &str, port: u16) -> Option<SocketAddr> {
        let host = normalise(host);
        let covers = |route: &&Route| route.port == port && route.host == host;
        self.routes.iter().find(covers).map(|route| route.to)
    }
}

/// Connections to `host:port` go to `to` instead, as with `curl --resolve`.
///
/// `host` is a name or an address literal; a route for a literal also covers every name that
/// resolves to it. A route is explicit permission: the address policy does not apply to `to`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Route {
    /// Name or address literal, lower case, without a trailing dot or brackets.
    pub host: String,
    /// Port the caller asks for.
    pub port: u16,
    /// Address and port that are really contacted.
    pub to: SocketAddr,
}

impl Route {
    /// A route for `host:port`; the name is normalised.
    #[must_use]
    pub fn new(host: &str, port: u16, to: SocketAddr) -> Self {
        Self { host: normalise(host), port, to }
    }

    /// Reads `HOST:PORT=IP:PORT`, with IPv6 literals in brackets.
    ///
    /// # Errors
    /// A sentence that says which part could not be read.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (from, to) = text
            .split_once('=')
            .ok_or_else(|| format!("`{text}` is not HOST:PORT=IP:PORT: the `=` is missing"))?;
        let (host, port) = from
            .rsplit_once(':')
            .filter(|(host, _)| !host.is_empty())
            .ok_or_else(|| format!("`{from}` is not HOST:PORT"))?;
        let port = port.parse().map_err(|_| format!("`{port}` is not a port (0 to 65535)"))?;
        let to = to
            .parse()
            .map_err(|_| format!("`{to}` is not IP:PORT (IPv6 addresses need brackets)"))?;
        Ok(Self::new(host, port, to))
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}={}", self.host, self.port, self.to),
            false => write!(f, "{}:{}={}", self.host, self.port, self.to),
        }
    }
}

fn normalise(host: &str) -> String {
    host.trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase()
}
