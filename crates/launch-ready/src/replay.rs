use lr_report::Snapshots;
use serde::de::DeserializeOwned;

use crate::{Audit, Error, Site};

impl Site {
    /// The description that was kept with the snapshots, if there is one.
    ///
    /// # Errors
    /// [`Error::Snapshot`].
    pub fn kept(snapshots: &Snapshots) -> Result<Option<Self>, Error> {
        snapshots.site.as_ref().map(|site| read("the site", site.get())).transpose()
    }
}

impl Audit {
    /// Judges what was kept, touching no network.
    ///
    /// `site` tells what is expected; without it only what the snapshots themselves say counts.
    ///
    /// # Errors
    /// [`Error::Snapshot`] for a check that this version does not know or cannot read.
    pub fn replay(snapshots: &Snapshots, site: Option<&Site>) -> Result<Self, Error> {
        let mut audit = Self::new(snapshots.target.as_str());
        if let Some(site) = site {
            audit = audit.policy(site.policy());
        }
        for kept in &snapshots.checks {
            let (name, json) = (kept.check.as_str(), kept.snapshot.get());
            audit = match name {
                "dns" => {
                    let check = lr_dns::DnsCheck::replay(read(name, json)?);
                    audit.with(match site {
                        Some(site) => site.expected(check),
                        None => check,
                    })
                }
                "redirects" => audit.with(lr_redirects::RedirectsCheck::replay(read(name, json)?)),
                "tls" => audit.with(lr_tls::TlsCheck::replay(read(name, json)?)),
                "mailauth" => audit.with(lr_mailauth::MailAuthCheck::replay(read(name, json)?)),
                "message" => {
                    audit.with(lr_mailauth::message::MessageCheck::replay(read(name, json)?))
                }
                "secrets" => audit.with(lr_secrets::SecretsCheck::replay(read(name, json)?)),
                "latency" => audit.with(lr_latency::LatencyCheck::replay(read(name, json)?)),
                _ => {
                    let reason = "this version knows no such check".into();
                    return Err(Error::Snapshot { check: name.into(), reason });
                }
            };
        }
        Ok(audit)
    }
}

fn read<T: DeserializeOwned>(what: &str, json: &str) -> Result<T, Error> {
    serde_json::from_str(json)
        .map_err(|error| Error::Snapshot { check: what.into(), reason: error.to_string() })
}
