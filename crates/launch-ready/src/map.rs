#![cfg_attr(
    not(feature = "full"),
    allow(dead_code, unused_imports, reason = "each part has a feature")
)]

use lr_core::CheckRun;
use lr_report::{DeploymentMap, HostRow};
use serde::de::DeserializeOwned;

/// Adds what one check knows, from its summary.
type Part = fn(&mut DeploymentMap, &str);

/// Who has a part in the map; the order is that of the rows.
static PARTS: &[(&str, Part)] = &[
    #[cfg(feature = "dns")]
    ("dns", names),
    #[cfg(feature = "tls")]
    ("tls", certificates),
    #[cfg(feature = "redirects")]
    ("redirects", destinations),
    #[cfg(feature = "mailauth")]
    ("mailauth", mail),
];

/// Draws the deployment map from the summaries of the checks that ran; `None` if none has a part
/// in it.
pub(crate) fn draw(runs: &[CheckRun]) -> Option<DeploymentMap> {
    let mut map = DeploymentMap::default();
    for (check, part) in PARTS {
        for run in runs.iter().filter(|run| run.check == *check) {
            part(&mut map, run.data.as_deref().unwrap_or_default());
        }
    }
    (map != DeploymentMap::default()).then_some(map)
}

#[cfg(feature = "dns")]
fn names(map: &mut DeploymentMap, data: &str) {
    let Some(summary) = read::<lr_dns::Summary>(data) else { return };
    for name in summary.names {
        let row = row(map, &name.name);
        row.chain = name.chain.iter().skip(1).map(|link| link.as_str().into()).collect();
        row.addresses = name.addresses.iter().map(|ip| ip.to_string().into()).collect();
        row.provider = name.provider.map(Into::into);
    }
}

#[cfg(feature = "tls")]
fn certificates(map: &mut DeploymentMap, data: &str) {
    let Some(summary) = read::<lr_tls::Summary>(data) else { return };
    for host in summary.hosts {
        if let Some(leaf) = host.certificates.first() {
            let issuer = short_name(leaf.issuer.as_str());
            row(map, &host.host).certificate =
                Some(lr_report::CertificateRow::new(issuer, host.days_left));
        }
    }
}

/// The part of a distinguished name that people know an authority by.
#[cfg(feature = "tls")]
fn short_name(issuer: &str) -> &str {
    let part = |key: &str| {
        issuer.split(", ").find_map(|part| part.strip_prefix(key)).filter(|name| !name.is_empty())
    };
    part("O=").or_else(|| part("CN=")).unwrap_or(issuer)
}

#[cfg(feature = "redirects")]
fn destinations(map: &mut DeploymentMap, data: &str) {
    let Some(summary) = read::<lr_redirects::Summary>(data) else { return };
    for way in summary.matrix {
        // Where a visitor ends who types nothing but the host.
        let typed = way.start.strip_prefix("http://").and_then(|rest| rest.strip_suffix('/'));
        if let Some(host) = typed {
            let end = match way.final_status {
                Some(status) if status < 400 => way.final_url,
                Some(status) => format!("{} ({status})", way.final_url),
                None => continue,
            };
            row(map, host).leads_to = Some(end.into());
        }
    }
}

#[cfg(feature = "mailauth")]
fn mail(map: &mut DeploymentMap, data: &str) {
    let Some(summary) = read::<lr_mailauth::Summary>(data) else { return };
    let mut row = lr_report::MailRow::new(&summary.domain);
    row.exchangers = summary.mx.iter().map(|mx| mx.exchange.as_str().into()).collect();
    row.senders = summary.senders.iter().map(|name| name.as_str().into()).collect();
    row.selectors = summary.dkim.iter().map(|key| key.selector.as_str().into()).collect();
    row.dmarc = summary.dmarc.map(|dmarc| dmarc.policy.into());
    map.mail.push(row);
}

/// The row of `host`, added at the end if there is none yet.
fn row<'a>(map: &'a mut DeploymentMap, host: &str) -> &'a mut HostRow {
    let place = map.hosts.iter().position(|row| row.host.as_str() == host).unwrap_or_else(|| {
        map.hosts.push(HostRow::new(host));
        map.hosts.len() - 1
    });
    &mut map.hosts[place]
}

fn read<T: DeserializeOwned>(data: &str) -> Option<T> {
    serde_json::from_str(data).ok()
}
