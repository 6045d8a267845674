mod handshake;
mod recording;
mod tap;

use futures_util::future::join;
use futures_util::{StreamExt, stream};
use lr_core::Context;
use lr_net::{Failure, FailureReason, Net, Target as Address};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use tokio::sync::Semaphore;

use self::handshake::{Attempt, Offer};
use crate::config::Target;
use crate::{AddressSeen, Cause, Der, Error, HostSeen, Obstacle, Snapshot, TlsConfig};

/// Looks at every host: two handshakes with its first address of each family, all at once.
///
/// What goes wrong with a host is part of the snapshot. One exchange takes as long as the context
/// allows, so an inspection ends before the check's deadline, with what was seen until then.
///
/// # Errors
/// [`Error::BadTarget`] if a host cannot be read, [`Error::Network`] if the network cannot be set
/// up. Must be called inside a tokio runtime.
pub async fn inspect(config: &TlsConfig, cx: &Context) -> Result<Snapshot, Error> {
    let targets = config.targets()?;
    let look = Look { net: Net::of(cx)?, places: Semaphore::new(cx.limits().concurrency.max(1)) };
    let hosts = targets.into_iter().map(|(target, required)| look.host(target, required));
    let hosts = stream::iter(hosts).buffered(cx.limits().concurrency.max(1)).collect().await;
    Ok(Snapshot { hosts, extra_roots: extra_roots(cx)? })
}

struct Look {
    net: Net,
    /// Connections at once.
    places: Semaphore,
}

impl Look {
    async fn host(&self, target: Target, required: bool) -> HostSeen {
        let Target { host, port } = target;
        let addresses = match self.net.targets(&host, port).await {
            Ok(found) => {
                let looks =
                    first_of_each_family(&found).map(|address| self.address(&host, address));
                Ok(stream::iter(looks).buffered(2).collect().await)
            }
            Err(error) => Err(obstacle(error)),
        };
        HostSeen { host, port, required, addresses }
    }

    async fn address(&self, host: &str, address: Address) -> AddressSeen {
        let both = join(
            self.attempt(host, address, Offer::Modern),
            self.attempt(host, address, Offer::Tls12),
        );
        let (modern, tls12) = both.await;
        let seen = if modern.chain.is_empty() {
            (tls12.chain, tls12.ocsp)
        } else {
            (modern.chain, modern.ocsp)
        };
        AddressSeen {
            address: address.address,
            chain: seen.0,
            ocsp: seen.1,
            modern: modern.outcome,
            tls12: tls12.outcome,
        }
    }

    async fn attempt(&self, host: &str, address: Address, offer: Offer) -> Attempt {
        let Ok(_place) = self.places.acquire().await else {
            return Attempt::failed(Obstacle::new(Cause::Timeout, "the inspection has ended"));
        };
        match self.net.connect_to(host, address).await {
            Ok(connection) => {
                let time = self.net.context().exchange_time();
                handshake::attempt(host, connection, offer, time).await
            }
            Err(error) => Attempt::failed(obstacle(error)),
        }
    }
}

fn first_of_each_family(found: &[Address]) -> impl Iterator<Item = Address> + use<> {
    let v6 = found.iter().find(|target| target.address.is_ipv6()).copied();
    let v4 = found.iter().find(|target| target.address.is_ipv4()).copied();
    v6.into_iter().chain(v4)
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
