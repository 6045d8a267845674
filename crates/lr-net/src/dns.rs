use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use hickory_proto::op::ResponseCode;
use hickory_proto::rr::{Name, RData, Record, RecordType};
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::system_conf::read_system_conf;
use lr_core::{Context, Network};
use tokio::sync::OnceCell;

use crate::{Error, Net};

/// What the resolver answers, as any client of the product would see it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Answer {
    /// The answer section: the CNAME chain, then the records that were asked for.
    Records(Vec<Record>),
    /// The name, or the end of its CNAME chain, exists but has no such records.
    NoData,
    /// A name does not exist: the one asked for, or the end of its CNAME chain.
    NxDomain {
        /// The missing name, with a trailing dot.
        missing: String,
    },
}

impl Answer {
    /// The data of type `rtype`, in the order of the answer.
    pub fn data(&self, rtype: RecordType) -> impl Iterator<Item = &RData> {
        let records = match self {
            Self::Records(records) => records.as_slice(),
            _ => &[],
        };
        records.iter().filter(move |r| r.record_type() == rtype).map(|record| &record.data)
    }
}

/// The addresses of a host, and what went wrong while asking for them.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Addresses {
    /// IPv6 first, each family in the order of the answer.
    pub ips: Vec<IpAddr>,
    /// Families that could not be asked for.
    pub failures: Vec<Error>,
}

impl Net {
    /// Asks the resolver; no `(name, type)` is asked twice in one audit.
    ///
    /// # Errors
    /// [`Error::BadName`], [`Error::Timeout`], [`Error::Resolver`]. That a name does not exist is
    /// an [`Answer`], not an error.
    pub async fn lookup(&self, name: &str, rtype: RecordType) -> Result<Arc<Answer>, Error> {
        self.lookup_name(&absolute(name)?, rtype).await
    }

    /// Asks the resolver for a name that may be of any bytes, as [`Self::lookup`] does.
    ///
    /// # Errors
    /// [`Error::Timeout`], [`Error::Resolver`].
    pub async fn lookup_name(&self, name: &Name, rtype: RecordType) -> Result<Arc<Answer>, Error> {
        let key = (name.to_lowercase(), rtype);
        let cell = self.shared.dns.cell(&key);
        let asked = cell
            .get_or_try_init(|| async {
                let what = || format!("the resolver, asked for {name} {rtype},");
                match self.timed(what, self.shared.dns.ask(&key.0, rtype)).await {
                    // A check that runs out of time must not decide for those that have more.
                    Err(Error::Timeout(what)) if self.is_hurried() => Err(Error::Timeout(what)),
                    result => Ok(result.map(Arc::new)),
                }
            })
            .await?;
        asked.clone()
    }

    /// The addresses of `host` (a name or an address literal), both families asked at once.
    ///
    /// # Errors
    /// [`Error::NoSuchName`], [`Error::NoAddress`], or what kept both families from being asked.
    pub async fn addresses(&self, host: &str) -> Result<Addresses, Error> {
        if let Some(ip) = literal(host) {
            return Ok(Addresses { ips: vec![ip], failures: Vec::new() });
        }
        let (v6, v4) = futures_util::join!(
            self.lookup(host, RecordType::AAAA),
            self.lookup(host, RecordType::A)
        );
        let mut found = Addresses::default();
        let mut missing = false;
        for answer in [v6, v4] {
            match answer {
                Ok(answer) => {
                    missing |= matches!(*answer, Answer::NxDomain { .. });
                    found.ips.extend(answer.data(RecordType::AAAA).filter_map(RData::ip_addr));
                    found.ips.extend(answer.data(RecordType::A).filter_map(RData::ip_addr));
                }
                Err(error) => found.failures.push(error),
            }
        }
        match (found.ips.is_empty(), found.failures.first()) {
            (false, _) => Ok(found),
            (true, Some(error)) => Err(error.clone()),
            (true, None) if missing => Err(Error::NoSuchName(host.into())),
            (true, None) => Err(Error::NoAddress(host.into())),
        }
    }

    /// The resolver itself, for libraries that bring questions of their own.
    #[must_use]
    pub fn resolver(&self) -> &TokioResolver {
        &self.shared.dns.resolver
    }
}

/// The address that `host` spells out, with or without brackets.
pub(crate) fn literal(host: &str) -> Option<IpAddr> {
    host.trim_matches(['[', ']']).parse().ok()
}

/// The resolver and the memory of what it was asked.
#[derive(Debug)]
pub(crate) struct Dns {
    pub(crate) network: Network,
    resolver: TokioResolver,
    /// The first of the resolver's name servers.
    pub(crate) server: Option<SocketAddr>,
    asked: Mutex<HashMap<(Name, RecordType), Cell>>,
}

type Cell = Arc<OnceCell<Result<Arc<Answer>, Error>>>;

impl Dns {
    pub(crate) fn new(cx: &Context) -> Result<Self, Error> {
        let network = cx.network().clone();
        let bad = |error: &dyn std::fmt::Display| {
            Error::Config(format!("the resolver cannot be set up: {error}"))
        };
        let provider = TokioRuntimeProvider::default();
        let explicit = !network.nameservers.is_empty() || network.only_routed;
        let (config, options) = match explicit {
            true => {
                let servers = network.nameservers.iter().map(|server| {
                    let mut config = NameServerConfig::udp_and_tcp(server.ip());
                    config.connections.iter_mut().for_each(|c| c.port = server.port());
                    config
                });
                let mut options = ResolverOpts::default();
                options.use_hosts_file = ResolveHosts::Never;
                (ResolverConfig::from_parts(None, Vec::new(), servers.collect()), options)
            }
            false => read_system_conf().map_err(|error| bad(&error))?,
        };
        let server = config.name_servers.first().map(|server| {
            let port = server.connections.first().map_or(53, |connection| connection.port);
            SocketAddr::new(server.ip, port)
        });
        let mut builder = TokioResolver::builder_with_config(config, provider);
        *builder.options_mut() = options;
        set_options(builder.options_mut(), cx);
        let resolver = builder.build().map_err(|error| bad(&error))?;
        Ok(Self { network, resolver, server, asked: Mutex::default() })
    }

    fn cell(&self, key: &(Name, RecordType)) -> Cell {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(asked.entry(key.clone()).or_default())
    }

    /// The addresses of `host` that were learnt already, or are learnt now.
    pub(crate) async fn known_addresses(&self, host: &str) -> Result<Vec<IpAddr>, Error> {
        let name = absolute(host)?;
        let mut ips = Vec::new();
        for rtype in [RecordType::AAAA, RecordType::A] {
            let cell = self.cell(&(name.clone(), rtype));
            let asked = cell.get_or_init(|| async { self.ask(&name, rtype).await.map(Arc::new) });
            if let Ok(answer) = asked.await {
                ips.extend(answer.data(rtype).filter_map(RData::ip_addr));
            }
        }
        Ok(ips)
    }

    async fn ask(&self, name: &Name, rtype: RecordType) -> Result<Answer, Error> {
        if self.network.only_routed && self.network.nameservers.is_empty() {
            return Err(Error::NotRouted(format!("the system's resolver (for {name})")));
        }
        let failed = |reason: String| Error::Resolver { name: name.to_string(), reason };
        match self.resolver.lookup(name.clone(), rtype).await {
            Ok(lookup) => Ok(Answer::Records(lookup.answers().to_vec())),
            Err(NetError::Dns(DnsError::NoRecordsFound(none))) => match none.response_code {
                ResponseCode::NXDomain => {
                    Ok(Answer::NxDomain { missing: none.query.name().to_string() })
                }
                ResponseCode::NoError => Ok(Answer::NoData),
                code => Err(failed(format!("the resolver answered {code}"))),
            },
            Err(NetError::Dns(DnsError::ResponseCode(code))) => {
                Err(failed(format!("the resolver answered {code}")))
            }
            Err(NetError::Timeout) => Err(Error::Timeout(format!("{name} {rtype}"))),
            Err(error) => Err(failed(error.to_string())),
        }
    }
}

fn set_options(options: &mut ResolverOpts, cx: &Context) {
    options.timeout = cx.limits().exchange / 2;
    options.attempts = 2;
    // One question, one packet: a second server is asked only when the first does not answer.
    options.num_concurrent_reqs = 1;
    options.cache_size = 4096;
    options.edns0 = true;
    options.preserve_intermediates = true;
}

/// The name as a fully qualified one, in lower case; internationalised labels become A-labels.
pub(crate) fn absolute(name: &str) -> Result<Name, Error> {
    let bad = |_| Error::BadName(name.into());
    let mut absolute = Name::from_utf8(name).or_else(|_| Name::from_ascii(name)).map_err(bad)?;
    absolute.set_fqdn(true);
    Ok(absolute.to_lowercase())
}
