mod handshake;
mod lookups;
mod page;
mod raw;
mod recording;
mod starttls;
mod tap;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::{join, join_all};
use futures_util::{StreamExt, stream};
use lr_core::Context;
use lr_net::{Connection, Failure, FailureReason, Net, Target as Address};
use rustls::crypto::CryptoProvider;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use tokio::sync::{Semaphore, SemaphorePermit, oneshot};
use tokio::time::timeout;

use self::handshake::{Attempt, Offer};
use self::lookups::Lookup;
use crate::config::{Service, Target};
use crate::probe::reply::MOST_CERTIFICATES;
use crate::{
    AddressSeen, Answer, Cause, Der, Error, HostFacts, HostSeen, Lookups, Obstacle, PageSeen,
    Probe, ProbeSeen, Snapshot, TlsConfig, Version,
};

/// Looks at every address of every host: two handshakes with each, and hellos of our own that no TLS
/// library would send, all at once.
///
/// A clean address costs twelve connections; one that takes everything 22, or 30 if it is held to a
/// profile. Hellos that
/// fail for no telling reason are sent again, slowly. What goes wrong with a host is part of the
/// snapshot. One exchange takes as long as the context
/// allows, so an inspection ends before the check's deadline, with what was seen until then.
///
/// # Errors
/// [`Error::BadTarget`] if a host cannot be read, [`Error::Network`] if the network cannot be set
/// up. Must be called inside a tokio runtime.
pub async fn inspect(config: &TlsConfig, cx: &Context) -> Result<Snapshot, Error> {
    let targets = config.targets()?;
    let extra_roots = extra_roots(cx)?;
    let limits = cx.limits();
    let look = Look {
        net: Net::of(cx)?,
        // A hello and its answer are a small part of what an exchange is elsewhere.
        places: Semaphore::new(limits.concurrency.max(1) * 4),
        per_address: limits.per_host.max(1) * 2,
        probes: config.probes,
        every_group: config.every_group || config.profile.is_some(),
        lookups: config.lookups.then(|| Lookup::new(config, &extra_roots)),
        provider: lr_net::crypto_provider(),
    };
    let hosts = targets.into_iter().map(|(target, required)| {
        let facts = config.facts_of(&target);
        look.host(target, required, facts)
    });
    let hosts = stream::iter(hosts).buffered(limits.concurrency.max(1)).collect().await;
    Ok(Snapshot { hosts, extra_roots, profile: config.profile })
}

/// Addresses of one host that are looked at, at most.
const MOST_ADDRESSES: usize = 16;

struct Look {
    net: Net,
    /// Connections at once.
    places: Semaphore,
    /// Connections at once to one address.
    per_address: usize,
    probes: bool,
    every_group: bool,
    lookups: Option<Lookup>,
    provider: Arc<CryptoProvider>,
}

impl Look {
    async fn host(&self, target: Target, required: bool, facts: HostFacts) -> HostSeen {
        let mut lookups = Lookups::default();
        let addresses = match self.net.targets(&target.host, target.port).await {
            Ok(found) => {
                let looks = found.into_iter().take(MOST_ADDRESSES);
                let looks = join_all(looks.map(|address| self.address(&target, address)));
                let (seen, said): (Vec<_>, Vec<_>) = looks.await.into_iter().unzip();
                said.into_iter().for_each(|one| lookups.merge(one));
                Ok(seen)
            }
            Err(error) => Err(obstacle(error)),
        };
        let Target { host, port } = target;
        HostSeen { host, port, required, addresses, lookups, facts }
    }

    /// Handshakes and hellos at once; what certificates lead to, as soon as they are known.
    async fn address(&self, target: &Target, address: Address) -> (AddressSeen, Lookups) {
        let (tell, told) = oneshot::channel();
        let shaking = async {
            let shaken = self.handshakes(target, address, tell).await;
            let chain = shaken.chain();
            let said = match &self.lookups {
                Some(lookups) if !chain.is_empty() => lookups.about(&self.net, chain).await,
                _ => Lookups::default(),
            };
            (shaken, said)
        };
        let ((shaken, said), asked) = join(shaking, self.hellos(target, address, told)).await;
        (shaken.seen(address.address, asked), said)
    }

    async fn handshakes(
        &self,
        target: &Target,
        address: Address,
        tell: oneshot::Sender<bool>,
    ) -> Shaken {
        let https = Service::of(target.port) == Service::Https;
        let modern = async {
            let attempt = self.attempt(target, address, Offer::Modern).await;
            // Nobody listens if no hellos are sent.
            let _ = tell.send(attempt.outcome.is_ok());
            attempt
        };
        let old = if https { Offer::Tls12Page } else { Offer::Tls12 };
        let (modern, tls12) = join(modern, self.attempt(target, address, old)).await;
        let mut page = tls12.page.clone();
        let mut client_certificate = modern.client_certificate || tls12.client_certificate;
        if https && page.is_none() && modern.outcome.is_ok() {
            let again = self.page(target, address, &modern, &tls12).await;
            client_certificate |= again.client_certificate;
            page = Some(again.page.unwrap_or_else(|| again.outcome.map(|_| PageSeen::default())));
        }
        Shaken { modern, tls12, page, client_certificate }
    }

    /// The page of a server that did not show it with TLS 1.2. One of HTTP/2 alone refuses whoever
    /// offers HTTP/1.1 alone (RFC 7301, section 3.2).
    async fn page(
        &self,
        target: &Target,
        address: Address,
        modern: &Attempt,
        tls12: &Attempt,
    ) -> Attempt {
        let refused = |one: &Attempt| {
            one.outcome.as_ref().is_err_and(|obstacle| obstacle.cause == Cause::Alert)
        };
        let alpn = modern.outcome.as_ref().ok().and_then(|one| one.alpn.as_ref());
        let speaks2 = alpn.is_some_and(|name| name.as_str() == "h2");
        if !(speaks2 && refused(tls12)) {
            let again = self.attempt(target, address, Offer::ModernPage).await;
            if !(speaks2 && refused(&again)) {
                return again;
            }
        }
        self.attempt(target, address, Offer::ModernPage2).await
    }

    /// Hellos of our own. If a browser's handshake has failed, or is long in coming, two more tell
    /// why.
    async fn hellos(
        &self,
        target: &Target,
        address: Address,
        modern: oneshot::Receiver<bool>,
    ) -> Vec<raw::Asked> {
        if !self.probes {
            return Vec::new();
        }
        let started = Instant::now();
        let mut asked = raw::explore(self, target, address).await;
        let patience = started.elapsed() * 2 + Duration::from_millis(300);
        let fine = matches!(timeout(patience, modern).await, Ok(Ok(true)));
        let speaks = |one: &raw::Asked| {
            one.seen.answer.hello().is_some_and(|hello| hello.version >= Version::Tls12)
        };
        if !fine && asked.iter().any(speaks) {
            let more = raw::tolerance(self, target, address, &asked).await;
            asked.extend(more);
        }
        asked
    }

    async fn attempt(&self, target: &Target, address: Address, offer: Offer) -> Attempt {
        match self.open(target, address).await {
            Ok((connection, _place)) => {
                let time = self.net.context().exchange_time();
                handshake::attempt(&target.host, connection, offer, time).await
            }
            Err(obstacle) => Attempt::failed(obstacle),
        }
    }

    /// A connection on which a ClientHello is due, and its place among those at once.
    async fn open(
        &self,
        target: &Target,
        address: Address,
    ) -> Result<(Connection, SemaphorePermit<'_>), Obstacle> {
        let place = self.places.acquire().await;
        let ended = |_| Obstacle::new(Cause::Timeout, "the inspection has ended");
        let place = place.map_err(ended)?;
        let mut connection = self.net.connect_to(&target.host, address).await.map_err(obstacle)?;
        if Service::of(target.port) == Service::Smtp {
            let peer = format!("{} ({})", target.host, connection.address);
            let time = self.net.context().exchange_time();
            starttls::start(&mut connection.stream, &peer, time).await?;
        }
        Ok((connection, place))
    }

    fn random(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        // Nothing is kept secret by it: without one, the hello is as good.
        let _ = self.provider.secure_random.fill(&mut bytes);
        bytes
    }
}

/// The handshakes with one address.
struct Shaken {
    modern: Attempt,
    tls12: Attempt,
    page: Option<Result<PageSeen, Obstacle>>,
    client_certificate: bool,
}

/// Chains of one address that are kept beside the first, at most.
const MOST_CHAINS: usize = 4;

impl Shaken {
    fn chain(&self) -> &[Der] {
        let first = &self.modern.chain;
        if first.is_empty() { &self.tls12.chain } else { first }
    }

    /// Everything that is known of the address, each chain once.
    fn seen(self, address: SocketAddr, asked: Vec<raw::Asked>) -> AddressSeen {
        let mut chain = self.chain().to_vec();
        let named = asked.iter().filter(|one| one.seen.probe != Probe::NoName);
        if let (true, Some(one)) =
            (chain.is_empty(), named.clone().find(|one| !one.chain.is_empty()))
        {
            chain.clone_from(&one.chain);
        }
        let mut others: Vec<Vec<Der>> = Vec::new();
        let mut probes = Vec::new();
        for raw::Asked { mut seen, chain: sent, .. } in asked {
            if let (Answer::Hello(hello), false) = (&mut seen.answer, sent.is_empty()) {
                let known = others.iter().position(|other| *other == sent);
                // Of a longer chain, a hello of ours reads only so many.
                let is_cut = sent.len() == MOST_CERTIFICATES && chain.starts_with(&sent);
                let place = match known {
                    _ if sent == chain || is_cut => Some(0),
                    Some(known) => Some(known + 1),
                    None if others.len() < MOST_CHAINS => {
                        others.push(sent);
                        Some(others.len())
                    }
                    None => None,
                };
                hello.chain = place.and_then(|place| u8::try_from(place).ok());
            }
            probes.push(seen);
        }
        let staple = |probe: &ProbeSeen| probe.answer.hello().and_then(|one| one.staple.clone());
        let ocsp = self.modern.ocsp.or(self.tls12.ocsp).or_else(|| probes.iter().find_map(staple));
        AddressSeen {
            address,
            chain,
            ocsp,
            modern: self.modern.outcome,
            tls12: self.tls12.outcome,
            other_chains: others,
            client_certificate: self.client_certificate,
            page: self.page,
            probes,
        }
    }
}

fn obstacle(error: lr_net::Error) -> Obstacle {
    let cause = match &error {
        lr_net::Error::BadName(_) => Cause::BadName,
        lr_net::Error::Forbidden { .. } | lr_net::Error::NotRouted(_) => Cause::Forbidden,
        lr_net::Error::Resolver { .. } => Cause::Resolver,
        lr_net::Error::Timeout(_) => Cause::Timeout,
        _ => Cause::Unreachable,
    };
    let failure = Failure::from(error);
    let cause = match failure.reason {
        FailureReason::NoSuchName => Cause::NoSuchName,
        FailureReason::NoAddress => Cause::NoAddress,
        FailureReason::Refused => Cause::Refused,
        _ => cause,
    };
    Obstacle { cause, message: failure.message }
}

/// The context's own roots as DER, so that a snapshot is judged the same wherever it is replayed.
fn extra_roots(cx: &Context) -> Result<Vec<Der>, Error> {
    let pems = cx.network().extra_roots.iter();
    pems.flat_map(|pem| CertificateDer::pem_slice_iter(pem.as_bytes()))
        .map(|der| match der {
            Ok(der) => Ok(Der::from(der.to_vec())),
            Err(error) => Err(Error::BadRoot(error.to_string())),
        })
        .collect()
}
