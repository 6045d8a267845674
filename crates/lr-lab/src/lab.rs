use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use lr_core::{Clock, Context, Network, Timestamp};

use crate::builder::LabBuilder;
use crate::dns::internet::Internet;
use crate::dns::name::host;
use crate::log::{Log, Seen, SeenConnection, SeenHandshake, SeenQuery, SeenRequest, SeenSmtp};
use crate::run::Thread;
use crate::tls::authority::Authority;

/// The lab's clock stands at 2026-11-21T12:00:00Z.
pub(crate) const NOW: i64 = 1_795_262_400;

/// A running lab. Dropping it stops everything.
#[derive(Debug)]
pub struct Lab {
    pub(crate) network: Network,
    pub(crate) internet: Arc<Internet>,
    pub(crate) authority: Arc<Authority>,
    pub(crate) log: Log,
    pub(crate) _thread: Thread,
}

impl Lab {
    /// An empty lab to be filled.
    #[must_use]
    pub fn builder() -> LabBuilder {
        LabBuilder::default()
    }

    /// Network settings that lead into the lab, and nowhere else.
    #[must_use]
    pub fn network(&self) -> Network {
        self.network.clone()
    }

    /// A context with the lab's network and clock.
    #[must_use]
    pub fn context(&self) -> Context {
        Context::new().with_clock(Clock::fixed(self.now())).with_network(self.network())
    }

    /// The time in the lab: 2026-11-21T12:00:00Z. All certificates are made relative to it.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::from_unix(NOW)
    }

    /// The root certificate that the lab's network trusts.
    #[must_use]
    pub fn ca_pem(&self) -> String {
        self.authority.root_pem()
    }

    /// The authority, to make more certificates.
    #[must_use]
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// Nominal addresses of a host, aliases followed; empty if it has none.
    #[must_use]
    pub fn addresses(&self, name: &str) -> Vec<IpAddr> {
        self.internet.addresses(&host(name))
    }

    /// The first nominal address of a host, IPv4 first.
    #[must_use]
    pub fn address(&self, name: &str) -> Option<IpAddr> {
        self.addresses(name).first().copied()
    }

    /// Nominal addresses of the root servers, where a walk of delegations begins.
    #[must_use]
    pub fn roots(&self) -> Vec<IpAddr> {
        self.internet.roots.clone()
    }

    /// The recursive name server's real address.
    #[must_use]
    pub fn recursor(&self) -> SocketAddr {
        self.network.nameservers.first().copied().unwrap_or_else(|| ([127, 0, 0, 1], 0).into())
    }

    /// Where a nominal address and port, or a host name's first address, really is.
    #[must_use]
    pub fn real(&self, name: &str, port: u16) -> Option<SocketAddr> {
        self.network.route(name, port).or_else(|| {
            let address = self.address(name)?;
            self.network.route(&address.to_string(), port)
        })
    }

    /// The lab's network and clock as command-line arguments, for a program in a process of its
    /// own: `--nameserver`, `--route` (repeated), `--now`, and `--ca` with the path of a file that
    /// holds [`Self::ca_pem`].
    #[must_use]
    pub fn arguments(&self, ca_file: &Path) -> Vec<String> {
        let named = |name: &str, value: String| [name.to_owned(), value];
        let servers = self.network.nameservers.iter();
        let servers = servers.map(|server| named("--nameserver", server.to_string()));
        let routes = self.network.routes.iter().map(|route| named("--route", route.to_string()));
        let rest =
            [named("--ca", ca_file.display().to_string()), named("--now", self.now().to_string())];
        servers.chain(routes).chain(rest).flatten().collect()
    }

    /// Everything that has reached the lab, in order.
    #[must_use]
    pub fn log(&self) -> Vec<Seen> {
        self.log.all()
    }

    /// The DNS questions of the log.
    #[must_use]
    pub fn queries(&self) -> Vec<SeenQuery> {
        self.log.select(|seen| match seen {
            Seen::Query(query) => Some(query.clone()),
            _ => None,
        })
    }

    /// The connections of the log.
    #[must_use]
    pub fn connections(&self) -> Vec<SeenConnection> {
        self.log.select(|seen| match seen {
            Seen::Connection(connection) => Some(connection.clone()),
            _ => None,
        })
    }

    /// The TLS handshakes of the log.
    #[must_use]
    pub fn handshakes(&self) -> Vec<SeenHandshake> {
        self.log.select(|seen| match seen {
            Seen::Handshake(handshake) => Some(handshake.clone()),
            _ => None,
        })
    }

    /// The HTTP requests of the log.
    #[must_use]
    pub fn requests(&self) -> Vec<SeenRequest> {
        self.log.select(|seen| match seen {
            Seen::Request(request) => Some(request.clone()),
            _ => None,
        })
    }

    /// The SMTP commands of the log.
    #[must_use]
    pub fn smtp(&self) -> Vec<SeenSmtp> {
        self.log.select(|seen| match seen {
            Seen::Smtp(command) => Some(command.clone()),
            _ => None,
        })
    }

    /// Forgets what has been seen so far.
    pub fn clear_log(&self) {
        self.log.clear();
    }
}
