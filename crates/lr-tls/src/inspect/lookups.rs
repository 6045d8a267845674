//! What certificates point to: their issuers, revocation lists and renewal information. Each URL is
//! fetched once in an inspection, by lr-net and so within its address policy.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use data_encoding::BASE64URL_NOPAD;
use futures_util::future::{join, join_all};
use lr_core::{Text, Timestamp};
use lr_net::{BodyEnd, Net, Request, Url};
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::certificate::Certificate;
use crate::{
    Cause, CrlSeen, Der, Fetched, Lookups, Obstacle, RenewalSeen, RenewalWindow, Roots, TlsConfig,
    asn1, crl,
};

/// Certificates that are fetched one after the other, at most.
const DEPTH: usize = 4;

/// Bytes of a certificate or a bundle of them, at most.
const MOST_OF_ISSUER: usize = 64 << 10;

/// Bytes of an ACME directory or of renewal information, at most.
const MOST_OF_ACME: usize = 64 << 10;

type Body = Arc<OnceCell<Result<Vec<u8>, Obstacle>>>;

pub(super) struct Lookup {
    roots: Roots,
    directories: Vec<(String, String)>,
    bodies: Mutex<HashMap<String, Body>>,
}

impl Lookup {
    pub(super) fn new(config: &TlsConfig, extra_roots: &[Der]) -> Self {
        Self {
            roots: Roots::mozilla().and(extra_roots),
            directories: config.acme_directories.clone(),
            bodies: Mutex::default(),
        }
    }

    /// Everything that the certificates of a chain point to.
    pub(super) async fn about(&self, net: &Net, chain: &[Der]) -> Lookups {
        let Some(leaf) = chain.first().and_then(|der| Certificate::read(der).ok()) else {
            return Lookups::default();
        };
        if leaf.is_self_issued() {
            return Lookups::default();
        }
        let lists = async {
            let issuers = self.issuers(net, chain).await;
            let mut known = chain.to_vec();
            known.extend(issuers.iter().flat_map(|one| one.result.iter().flatten()).cloned());
            let crls = leaf.crl_urls.iter().filter(|url| is_http(url)).take(1);
            let crls = join_all(crls.map(|url| self.crl(net, &leaf, url, &known))).await;
            (issuers, crls)
        };
        let ((issuers, crls), renewal) = join(lists, self.renewal(net, &leaf)).await;
        let crls = crls.into_iter().flatten().collect();
        Lookups { issuers, crls, renewals: renewal.into_iter().collect() }
    }

    /// The issuers that are missing between the chain and a root, as far as certificates tell where
    /// they are.
    async fn issuers(&self, net: &Net, chain: &[Der]) -> Vec<Fetched> {
        let mut known: Vec<_> =
            chain.iter().take(20).filter_map(|der| Certificate::read(der).ok()).collect();
        let mut fetched = Vec::new();
        while fetched.len() < DEPTH {
            let top = top(&known);
            let anchored = top.is_self_issued() || self.roots.has_subject(&top.issuer_der);
            let Some(url) = top.issuer_urls.iter().find(|url| is_http(url)) else { break };
            if anchored {
                break;
            }
            let url = url.clone();
            let issuer = top.issuer_der.clone();
            let result = self.fetch(net, url.as_str(), MOST_OF_ISSUER).await.map(|body| {
                asn1::certificates(&body).into_iter().map(Der::from).collect::<Vec<_>>()
            });
            let all = result.iter().flatten();
            let next = all.filter_map(|der| Certificate::read(der).ok());
            let next = next.into_iter().find(|one| one.subject_der == issuer);
            fetched.push(Fetched { url, result });
            match next {
                Some(next) => known.push(next),
                None => break,
            }
        }
        fetched
    }

    async fn crl(
        &self,
        net: &Net,
        leaf: &Certificate,
        url: &Text,
        chain: &[Der],
    ) -> Option<CrlSeen> {
        let body = self.fetch(net, url.as_str(), usize::MAX).await;
        let result = body.and_then(|der| {
            crl::read(&der, chain)
                .map_err(|why| Obstacle::new(Cause::Broken, format!("{url}: {why}")))
        });
        Some(CrlSeen { url: url.clone(), serial: leaf.serial.clone(), result })
    }

    /// RFC 9773, section 4.1, if the issuer is one of those who offer it.
    async fn renewal(&self, net: &Net, leaf: &Certificate) -> Option<RenewalSeen> {
        let organization = leaf.issuer_organization.as_ref()?;
        let (_, directory) =
            self.directories.iter().find(|(name, _)| name == organization.as_str())?;
        let key = leaf.authority_key.as_ref()?;
        let id = format!("{}.{}", base64url(key), base64url(&leaf.serial_der));
        let result = self.window(net, directory, &id).await;
        Some(RenewalSeen { serial: leaf.serial.clone(), result })
    }

    async fn window(
        &self,
        net: &Net,
        directory: &str,
        id: &str,
    ) -> Result<RenewalWindow, Obstacle> {
        let broken = |what: &str| Obstacle::new(Cause::Broken, format!("{directory}: {what}"));
        let json = |body: Vec<u8>| serde_json::from_slice::<Value>(&body).ok();
        let listed = json(self.fetch(net, directory, MOST_OF_ACME).await?)
            .ok_or_else(|| broken("this is no ACME directory"))?;
        let base = listed.get("renewalInfo").and_then(Value::as_str);
        let base = base.ok_or_else(|| broken("there is no renewalInfo"))?;
        let url = format!("{}/{id}", base.trim_end_matches('/'));
        let info = json(self.fetch(net, &url, MOST_OF_ACME).await?);
        let window = info.as_ref().and_then(|info| info.get("suggestedWindow"));
        let time = |key| -> Option<Timestamp> { window?.get(key)?.as_str()?.parse().ok() };
        match (time("start"), time("end")) {
            (Some(start), Some(end)) => Ok(RenewalWindow { start, end }),
            _ => Err(broken("the renewal information has no window")),
        }
    }

    async fn fetch(&self, net: &Net, url: &str, most: usize) -> Result<Vec<u8>, Obstacle> {
        let cell = {
            let mut bodies = self.bodies.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(bodies.entry(url.to_owned()).or_default())
        };
        cell.get_or_init(|| get(net, url, most)).await.clone()
    }
}

async fn get(net: &Net, url: &str, most: usize) -> Result<Vec<u8>, Obstacle> {
    let failed = |what: String| Obstacle::new(Cause::Broken, format!("{url}: {what}"));
    let parsed = Url::parse(url).map_err(|_| failed("this is no URL".into()))?;
    let mut request = Request::get(parsed);
    request.body_limit = most;
    let exchange = net.fetch(&request).await.map_err(super::obstacle)?;
    match (exchange.status, exchange.end) {
        (200, BodyEnd::Complete) => Ok(exchange.body),
        (200, BodyEnd::Limit) => Err(Obstacle::new(
            Cause::TooLarge,
            format!("{url}: it is larger than {} bytes", exchange.body.len()),
        )),
        (200, BodyEnd::Timeout) => {
            Err(Obstacle::new(Cause::Timeout, format!("{url}: it does not end in time")))
        }
        (200, BodyEnd::Broken(why)) => Err(Obstacle::new(Cause::Reset, format!("{url}: {why}"))),
        (status, _) => Err(failed(format!("the server answers {status}"))),
    }
}

/// The end of the path along the names, beginning with the end entity.
fn top(known: &[Certificate]) -> &Certificate {
    let mut top = &known[0];
    for _ in 0..known.len() {
        match known.iter().find(|one| top.names_issuer(one)) {
            Some(next) if !top.is_self_issued() => top = next,
            _ => break,
        }
    }
    top
}

fn is_http(url: &Text) -> bool {
    url.as_str().starts_with("http://") || url.as_str().starts_with("https://")
}

/// RFC 4648, section 5, without padding.
fn base64url(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4648, section 10, and the certificate identifier of RFC 9773, section 4.1.
    #[test]
    fn identifiers_are_written_as_in_the_rfc() {
        for (plain, coded) in
            [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64url(plain.as_bytes()), coded);
        }
        let key = [
            0x69, 0x88, 0x5b, 0x6b, 0x87, 0x46, 0x40, 0x41, 0xe1, 0xb3, 0x7b, 0x84, 0x7b, 0xa0,
            0xae, 0x2c, 0xde, 0x01, 0xc8, 0xd4,
        ];
        assert_eq!(base64url(&key), "aYhba4dGQEHhs3uEe6CuLN4ByNQ");
        assert_eq!(base64url(&[0, 0x87, 0x65, 0x43, 0x21]), "AIdlQyE");
    }
}
