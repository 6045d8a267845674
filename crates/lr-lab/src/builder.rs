use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use lr_core::Network;

use crate::Error;
use crate::dns::fault::{Armed, Fault};
use crate::dns::internet::Internet;
use crate::dns::recursor::Recursor;
use crate::dns::zone::Zone;
use crate::lab::Lab;
use crate::launch::Launch;
use crate::log::Log;
use crate::net::addresses::Pool;
use crate::plan::Plan;
use crate::run::{Grounds, run};
use crate::smtp::MailHost;
use crate::tls::authority::Authority;
use crate::web::site::Site;

/// What a lab is to contain.
#[derive(Clone, Debug, Default)]
pub struct LabBuilder {
    zones: Vec<Zone>,
    sites: Vec<Site>,
    mail: Vec<MailHost>,
    recursor_faults: Vec<Fault>,
    rtt: Duration,
    launches: u16,
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

    /// Gives the recursive name server a fault. Single names fail by
    /// [`Zone::name_fault`](crate::Zone::name_fault).
    #[must_use]
    pub fn recursor_fault(mut self, fault: Fault) -> Self {
        self.recursor_faults.push(fault);
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
        let plan = Plan::new(&self.sites, &self.mail, &internet, &authority)?;
        let faults = self.recursor_faults.into_iter().map(Armed::new).collect();
        let recursor = Arc::new(Recursor { net: internet.clone(), faults });
        let running = run(Grounds { recursor, plan, rtt: self.rtt, log: log.clone() }).await?;

        let mut network = Network::default();
        network.nameservers = vec![running.recursor];
        network.routes = running.routes;
        network.extra_roots = vec![authority.root_pem()];
        network.only_routed = true;
        Ok(Lab { network, internet, authority, log, _thread: running.thread })
    }

    /// The zones, and one more for each site and mail host that none of them covers.
    fn zones_with_all_hosts(&self, pool: &mut Pool) -> Vec<Zone> {
        let mut zones = self.zones.clone();
        let sites = self.sites.iter().filter(|site| site.addresses.is_empty()).map(|s| &s.host);
        for host in sites.chain(self.mail.iter().map(|mail| &mail.host)) {
            if Internet::covers(&zones, host) || host.parse::<IpAddr>().is_ok() {
                continue;
            }
            let (v4, v6) = pool.pair();
            let (name, origin) = match host.strip_prefix("*.") {
                Some(origin) => ("*", origin),
                None => ("@", host.as_str()),
            };
            zones.push(Zone::new(origin).records(&format!("{name} A {v4}\n{name} AAAA {v6}")));
        }
        zones
    }
}
