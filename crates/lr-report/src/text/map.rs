use super::layout::Page;
use crate::{CertificateRow, DeploymentMap, HostRow, MailRow};

/// Host by host and mail domain by mail domain.
pub(super) fn write(page: &mut Page, map: &DeploymentMap) {
    if map.hosts.is_empty() && map.mail.is_empty() {
        return;
    }
    page.heading("Deployment map");
    if !map.hosts.is_empty() {
        let rows: Vec<_> = map.hosts.iter().map(host).collect();
        page.table(&["host", "addresses", "certificate", "leads to"], &rows);
    }
    for row in &map.mail {
        page.hanging(2, 4, "", &mail(row));
    }
}

fn host(row: &HostRow) -> Vec<String> {
    let mut addresses: Vec<&str> = row.chain.iter().map(|name| name.as_str()).collect();
    addresses.extend(row.addresses.iter().map(|address| address.as_str()));
    let provider = row.provider.iter().map(|name| format!(" ({name})")).collect::<String>();
    vec![
        row.host.to_string(),
        format!("{}{provider}", addresses.join(" ")),
        row.certificate.as_ref().map_or_else(|| "-".into(), certificate),
        row.leads_to.as_ref().map_or_else(|| "-".into(), ToString::to_string),
    ]
}

fn certificate(row: &CertificateRow) -> String {
    match row.days_left {
        Some(days) if days < 0 => format!("{}, expired", row.issuer),
        Some(days) => format!("{}, {days} days", row.issuer),
        None => row.issuer.to_string(),
    }
}

fn mail(row: &MailRow) -> String {
    let list = |items: &[lr_core::Text]| match items {
        [] => "none".to_owned(),
        items => items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    };
    format!(
        "mail of {}: to {}; other senders {}; DKIM keys {}; DMARC {}",
        row.domain,
        list(&row.exchangers),
        list(&row.senders),
        list(&row.selectors),
        row.dmarc.as_ref().map_or("none", |policy| policy.as_str()),
    )
}
