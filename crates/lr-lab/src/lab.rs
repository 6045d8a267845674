use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use lr_core::{Clock, Context, Network, Route, Timestamp};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::Error;
use crate::dns::internet::Internet;
use crate::dns::server::{Responder, Server, serve_tcp, serve_udp};
use crate::dns::zone::{Zone, host};
use crate::launch::Launch;
use crate::log::{Log, Seen, SeenConnection, SeenHandshake, SeenQuery, SeenRequest, SeenSmtp};
use crate::net::addresses::{Pool, is_public};
use crate::net::listener;
use crate::smtp::{self, MailHost};
use crate::tls::authority::Authority;
use crate::tls::serve::config;
use crate::web::serve::{Endpoint, Running, serve};
use crate::web::site::{Port, Site};

/// The lab's clock stands at 2026-11-21T12:00:00Z.
const NOW: i64 = 1_795_262_400;

/// A running lab. Dropping it stops everything.
#[derive(Debug)]
pub struct Lab {
    network: Network,
    internet: Arc<Internet>,
    authority: Arc<Authority>,
    log: Log,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What a lab is to contain.
#[derive(Clone, Debug, Default)]
pub struct LabBuilder {
    zones: Vec<Zone>,
    sites: Vec<Site>,
    mail: Vec<MailHost>,
    rtt: Duration,
    launches: u16,
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

impl Drop for Lab {
    fn drop(&mut self) {
        // A thread that is gone already needs no word.
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl LabBuilder {
    /// Adds a zone. Of two zones with the same origin the later one counts.
    #[must_use]
    pub fn zone(mut self, zone: Zone) -> Self {
        self.zones.retain(|known| known.origin != zone.origin);
        self.zones.push(zone);
        self
    }

    /// Adds a site. Of two sites for the same host the later one counts.
    #[must_use]
    pub fn site(mut self, site: Site) -> Self {
        self.sites.retain(|known| known.host != site.host);
        self.sites.push(site);
        self
    }

    /// Adds a mail host.
    #[must_use]
    pub fn mail_host(mut self, mail: MailHost) -> Self {
        self.mail.retain(|known| known.host != mail.host);
        self.mail.push(mail);
        self
    }

    /// Adds the zones, sites and mail hosts of a launch.
    #[must_use]
    pub fn launch(mut self, launch: Launch) -> Self {
        let (zones, sites, mail) = launch.into_parts(self.launches);
        self.launches += 1;
        for zone in zones {
            self = self.zone(zone);
        }
        for site in sites {
            self = self.site(site);
        }
        for host in mail {
            self = self.mail_host(host);
        }
        self
    }

    /// Makes the lab this far away: a DNS answer leaves so much later, and TCP connections behave
    /// as if a round trip took so long, the one for the connection itself included.
    #[must_use]
    pub fn rtt(mut self, rtt: Duration) -> Self {
        self.rtt = rtt;
        self
    }

    /// Starts the lab on a thread of its own, so that it works beside blocking tests too.
    ///
    /// # Errors
    /// What cannot be read, made or opened; see [`Error`].
    pub async fn start(self) -> Result<Lab, Error> {
        let log = Log::new();
        let mut pool = Pool::default();
        let zones = self.zones_with_all_hosts(&mut pool);
        let internet = Arc::new(Internet::new(zones, &mut pool)?);
        let authority = Arc::new(Authority::new()?);
        let plan = self.plan(&internet, &authority)?;

        let (stop, stopped) = oneshot::channel();
        let (ready, is_ready) = oneshot::channel();
        let (net, rtt, log_there) = (internet.clone(), self.rtt, log.clone());
        let thread = std::thread::Builder::new().name("lr-lab".to_owned()).spawn(move || {
            let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime,
                Err(error) => {
                    // The caller may have lost patience: then nobody needs to know.
                    let _ = ready.send(Err(Error::Io(error)));
                    return;
                }
            };
            runtime.block_on(async move {
                let mut tasks = JoinSet::new();
                let _ = ready.send(open(net, plan, rtt, log_there, &mut tasks).await);
                let _ = stopped.await;
            });
            runtime.shutdown_background();
        })?;
        let routed = is_ready
            .await
            .unwrap_or_else(|_| Err(Error::Unknown("the lab's thread has ended".to_owned())));
        let (recursor, routes) = routed?;

        let mut network = Network::default();
        network.nameservers = vec![recursor];
        network.routes = routes;
        network.extra_roots = vec![authority.root_pem()];
        network.only_routed = true;
        Ok(Lab { network, internet, authority, log, stop: Some(stop), thread: Some(thread) })
    }

    /// The zones, and one more for each site and mail host that none of them covers.
    fn zones_with_all_hosts(&self, pool: &mut Pool) -> Vec<Zone> {
        let mut zones = self.zones.clone();
        let sites = self.sites.iter().filter(|site| site.addresses.is_empty()).map(|s| &s.host);
        for host in sites.chain(self.mail.iter().map(|mail| &mail.host)) {
            if !Internet::covers(&zones, host) && host.parse::<IpAddr>().is_err() {
                let (v4, v6) = pool.pair();
                let records = format!("@ A {v4}\n@ AAAA {v6}");
                zones.push(Zone::new(host.trim_start_matches("*.")).records(&records));
            }
        }
        zones
    }

    /// Who is where.
    fn plan(&self, net: &Internet, authority: &Authority) -> Result<Plan, Error> {
        let mut plan = Plan::default();
        for site in &self.sites {
            let mut addresses = site.addresses.clone();
            addresses.extend(net.addresses(&site.host).into_iter().filter(|ip| is_public(*ip)));
            if let Ok(literal) = site.host.parse() {
                addresses.push(literal);
            }
            addresses.sort();
            addresses.dedup();
            let alpn: &[&str] = if site.http1_only { &["http/1.1"] } else { &["h2", "http/1.1"] };
            let usual = config(
                authority.issue(&site.certificate, &site.host)?.certified_key()?,
                site.versions,
                alpn,
            )?;
            let mut tls: std::collections::HashMap<_, _> =
                addresses.iter().map(|ip| (*ip, usual.clone())).collect();
            for (ip, certificate) in &site.certificates_at {
                let key = authority.issue(certificate, &site.host)?.certified_key()?;
                tls.insert(*ip, config(key, site.versions, alpn)?);
            }
            let running = Arc::new(Running { site: site.clone(), tls });
            for ip in addresses {
                plan.sites.entry(ip).or_default().push(running.clone());
            }
        }
        for mail in &self.mail {
            let key = authority.issue(&mail.certificate, &mail.host)?.certified_key()?;
            let tls = config(key, mail.versions, &[])?;
            for ip in net.addresses(&mail.host) {
                plan.mail.insert(ip, smtp::Running { mail: mail.clone(), tls: tls.clone() });
            }
        }
        Ok(plan)
    }
}

/// What is served at each nominal address.
#[derive(Debug, Default)]
struct Plan {
    sites: BTreeMap<IpAddr, Vec<Arc<Running>>>,
    mail: BTreeMap<IpAddr, smtp::Running>,
}

/// Opens all sockets, and keeps them open as long as `tasks` lives.
async fn open(
    net: Arc<Internet>,
    plan: Plan,
    rtt: Duration,
    log: Log,
    tasks: &mut JoinSet<()>,
) -> Result<(SocketAddr, Vec<Route>), Error> {
    let mut routes = Vec::new();
    let (closed, refused) = listener::closed()?;
    tasks.spawn(async move {
        let _closed = closed;
        std::future::pending::<()>().await;
    });

    let recursor = Responder::Recursor(net.clone());
    let recursor = name_server(Server { responder: recursor, log: log.clone(), rtt }, tasks).await?;
    for (ip, server) in &net.servers {
        let responder = Responder::Authority(server.clone());
        let to = name_server(Server { responder, log: log.clone(), rtt }, tasks).await?;
        routes.push(Route::new(&ip.to_string(), 53, to));
    }

    for (address, sites) in &plan.sites {
        let sites: Arc<[_]> = sites.clone().into();
        for port in [80, 443] {
            let state = state_of(&sites, port);
            if state == Port::Closed {
                continue;
            }
            let (listener, to) = listener::tcp().await?;
            let (address, sites, log) = (*address, sites.clone(), log.clone());
            tasks.spawn(serve(Endpoint { address, port, state, sites, log, rtt }, listener));
            routes.push(Route::new(&address.to_string(), port, to));
        }
    }
    for (address, running) in plan.mail {
        let (listener, to) = listener::tcp().await?;
        tasks.spawn(smtp::serve(running, address, log.clone(), rtt, listener));
        routes.push(Route::new(&address.to_string(), 25, to));
    }

    // Where nothing listens, connections are refused, as by a host that is up.
    let nominal = net.mentioned.iter().copied().filter(|ip| is_public(*ip));
    let nominal: std::collections::BTreeSet<_> = nominal.chain(plan.sites.into_keys()).collect();
    for ip in nominal {
        for port in [25, 53, 80, 443] {
            let host = ip.to_string();
            if !routes.iter().any(|route| route.host == host && route.port == port) {
                routes.push(Route::new(&host, port, refused));
            }
        }
    }
    Ok((recursor, routes))
}

async fn name_server(server: Server, tasks: &mut JoinSet<()>) -> Result<SocketAddr, Error> {
    let (socket, listener, address) = listener::udp_and_tcp().await?;
    tasks.spawn(serve_udp(server.clone(), socket));
    tasks.spawn(serve_tcp(server, listener));
    Ok(address)
}

/// What a port does that several sites share: it is open if one of them is.
fn state_of(sites: &[Arc<Running>], port: u16) -> Port {
    let mut states = sites.iter().map(|running| running.site.port(port));
    let first = states.next().unwrap_or_default();
    if first == Port::Open || states.any(|state| state == Port::Open) { Port::Open } else { first }
}
