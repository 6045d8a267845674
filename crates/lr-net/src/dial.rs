use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::dns::{Dns, literal};
use crate::{AddressClass, Error, Net};

/// Where a connection may go: the address that DNS tells, and the one that is contacted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Target {
    /// The address as the world sees it.
    pub address: SocketAddr,
    /// The address that is contacted, after routes.
    pub contact: SocketAddr,
}

/// A TCP connection and what it took.
#[derive(Debug)]
#[non_exhaustive]
pub struct Connection {
    /// The stream, with Nagle's algorithm off.
    pub stream: TcpStream,
    /// The address as the world sees it.
    pub address: SocketAddr,
    /// Time for the handshake.
    pub connect: Duration,
}

/// Head start of one address before the next is tried (RFC 8305, section 5).
const HEAD_START: Duration = Duration::from_millis(250);

impl Net {
    /// The addresses at which `host:port` may be contacted, after routes and address policy.
    ///
    /// # Errors
    /// As [`Self::addresses`]; [`Error::Forbidden`] if the policy leaves no address.
    pub async fn targets(&self, host: &str, port: u16) -> Result<Vec<Target>, Error> {
        if let Some(contact) = self.cx.network().route(host, port) {
            let ip = literal(host).unwrap_or_else(|| contact.ip());
            return Ok(vec![Target { address: SocketAddr::new(ip, port), contact }]);
        }
        let found = self.addresses(host).await?;
        let mut targets = Vec::new();
        let mut refused = None;
        for ip in found.ips {
            let address = SocketAddr::new(ip, port);
            match self.admit("", address) {
                Ok(contact) => targets.push(Target { address, contact }),
                Err(error) => refused = Some(error.about(host)),
            }
        }
        match (targets.is_empty(), refused) {
            (true, Some(error)) => Err(error),
            _ => Ok(targets),
        }
    }

    /// Where a connection to `address` of `host` goes, if the policy admits it.
    ///
    /// # Errors
    /// [`Error::Forbidden`] or [`Error::NotRouted`].
    pub fn admit(&self, host: &str, address: SocketAddr) -> Result<SocketAddr, Error> {
        self.shared.dns.admit(host, address)
    }

    /// Connects to `host:port`, trying its addresses with a head start for the first.
    ///
    /// # Errors
    /// As [`Self::targets`]; [`Error::Refused`] if an address refused and none accepted, or why the
    /// last one could not be reached.
    pub async fn connect(&self, host: &str, port: u16) -> Result<Connection, Error> {
        let targets = interleave(self.targets(host, port).await?);
        // One exchange, however many addresses a name has.
        self.timed(|| format!("{host}:{port}"), self.race(host, targets)).await
    }

    /// Tries one address after the other; the next begins when the one before has had its head
    /// start or has failed.
    async fn race(&self, host: &str, targets: Vec<Target>) -> Result<Connection, Error> {
        let mut waiting = targets.into_iter();
        let mut attempts = FuturesUnordered::new();
        let mut failed = Error::NoAddress(host.into());
        loop {
            attempts.extend(waiting.next().map(|target| self.connect_to(host, target)));
            let ended = match waiting.len() {
                0 => attempts.next().await,
                _ => match timeout(HEAD_START, attempts.next()).await {
                    Ok(ended) => ended,
                    Err(_) => continue,
                },
            };
            match ended {
                Some(Ok(connection)) => return Ok(connection),
                // A refusal says more about the host than that there is no way to another address.
                Some(Err(_)) if matches!(failed, Error::Refused { .. }) => {}
                Some(Err(error)) => failed = error,
                None => return Err(failed),
            }
        }
    }

    /// Connects to one of the [`Self::targets`] of `host`.
    ///
    /// # Errors
    /// [`Error::Timeout`], [`Error::Refused`] or [`Error::Unreachable`].
    pub async fn connect_to(&self, host: &str, target: Target) -> Result<Connection, Error> {
        let peer = || format!("{host} ({})", target.address);
        let started = Instant::now();
        #[allow(clippy::disallowed_methods, reason = "targets have passed the address policy")]
        let dial = async {
            TcpStream::connect(target.contact).await.map_err(|error| Error::of_io(peer(), &error))
        };
        let stream = self.timed(peer, dial).await?;
        let connect = started.elapsed();
        // Without it, small writes of a handshake wait for acknowledgements.
        let _ = stream.set_nodelay(true);
        Ok(Connection { stream, address: target.address, connect })
    }
}

impl Dns {
    /// The one gate that every connection passes: a route is permission, everything else must be a
    /// public address.
    pub(crate) fn admit(&self, host: &str, address: SocketAddr) -> Result<SocketAddr, Error> {
        let (ip, port) = (address.ip(), address.port());
        let route = self.network.route(host, port);
        if let Some(contact) = route.or_else(|| self.network.route(&ip.to_string(), port)) {
            return Ok(contact);
        }
        let class = AddressClass::of(ip);
        match self.network {
            ref network if network.only_routed => Err(Error::NotRouted(address.to_string())),
            ref network if network.allow_private || class.is_public() => Ok(address),
            _ => Err(Error::Forbidden { host: host.into(), address: ip.to_string(), class }),
        }
    }
}

impl Error {
    /// The same refusal, named after the host that led there.
    fn about(self, name: &str) -> Self {
        match self {
            Self::Forbidden { address, class, .. } => {
                Self::Forbidden { host: name.into(), address, class }
            }
            Self::NotRouted(address) => Self::NotRouted(format!("{name} ({address})")),
            other => other,
        }
    }
}

/// One of each family in turn, so that a dead family costs one head start and not a timeout.
fn interleave(targets: Vec<Target>) -> Vec<Target> {
    let (v6, v4): (Vec<_>, Vec<_>) = targets.into_iter().partition(|t| t.address.is_ipv6());
    let (mut v6, mut v4) = (v6.into_iter(), v4.into_iter());
    std::iter::from_fn(|| Some([v6.next(), v4.next()]))
        .take_while(|pair| pair.iter().any(Option::is_some))
        .flatten()
        .flatten()
        .collect()
}
