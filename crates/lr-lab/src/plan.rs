//! Who is at which nominal address.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::Arc;

use crate::Error;
use crate::dns::internet::Internet;
use crate::net::addresses::is_public;
use crate::smtp::{self, MailHost};
use crate::tls::authority::Authority;
use crate::tls::serve::config;
use crate::web::serve::Running;
use crate::web::site::Site;

/// What is served at each nominal address.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) sites: BTreeMap<IpAddr, Vec<Arc<Running>>>,
    pub(crate) mail: BTreeMap<IpAddr, smtp::Running>,
}

impl Plan {
    pub(crate) fn new(
        sites: &[Site],
        mail: &[MailHost],
        net: &Internet,
        authority: &Authority,
    ) -> Result<Self, Error> {
        let mut plan = Self::default();
        for site in sites {
            let addresses = addresses(site, net);
            let running = Arc::new(running(site, &addresses, authority)?);
            for ip in addresses {
                plan.sites.entry(ip).or_default().push(running.clone());
            }
        }
        for mail in mail {
            let key = authority.issue(&mail.certificate, &mail.host)?.certified_key()?;
            let tls = config(key, mail.versions, &[])?;
            for ip in net.addresses(&mail.host).into_iter().filter(|ip| is_public(*ip)) {
                plan.mail.insert(ip, smtp::Running { mail: mail.clone(), tls: tls.clone() });
            }
        }
        Ok(plan)
    }
}

/// Where a site is: by its name, by its own word, or because its name is an address.
fn addresses(site: &Site, net: &Internet) -> Vec<IpAddr> {
    let by_name = net.addresses(&site.host).into_iter().filter(|ip| is_public(*ip));
    let mut all: Vec<_> =
        by_name.chain(site.addresses.iter().copied()).chain(site.host.parse()).collect();
    all.sort();
    all.dedup();
    all
}

fn running(site: &Site, addresses: &[IpAddr], authority: &Authority) -> Result<Running, Error> {
    let alpn: &[&str] = if site.http1_only { &["http/1.1"] } else { &["h2", "http/1.1"] };
    let present = |certificate| {
        let key = authority.issue(certificate, &site.host)?.certified_key()?;
        config(key, site.versions, alpn)
    };
    let usual = present(&site.certificate)?;
    let mut tls: HashMap<_, _> = addresses.iter().map(|ip| (*ip, usual.clone())).collect();
    for (ip, certificate) in &site.certificates_at {
        tls.insert(*ip, present(certificate)?);
    }
    Ok(Running { site: site.clone(), tls })
}
