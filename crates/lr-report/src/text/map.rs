use lr_core::Text;

use super::layout::Page;
use crate::{CertificateRow, DeploymentMap, HostRow, MailRow};

/// Host by host and mail domain by mail domain.
pub(super) fn write(page: &mut Page, map: &DeploymentMap) {
    if map.hosts.is_empty() && map.mail.is_empty() {
        return;
    }
    page.heading("Deployment map");
    for row in &map.hosts {
        let label = format!("{} ", page.bold(row.host.as_str()));
        page.hanging(2, 6, &label, &host(row));
    }
    for row in &map.mail {
        let label = format!("{} ", page.bold(&format!("mail of {}", row.domain)));
        page.hanging(2, 6, &label, &mail(row));
    }
}

fn host(row: &HostRow) -> String {
    let mut way: Vec<String> = row.chain.iter().map(ToString::to_string).collect();
    match row.addresses.as_slice() {
        // Nothing is known of a name that DNS was not asked about.
        [] if way.is_empty() => {}
        [] => way.push("no address".into()),
        addresses => way.push(list(addresses)),
    }
    let mut facts = Vec::new();
    facts.extend((!way.is_empty()).then(|| format!("→ {}", way.join(" → "))));
    facts.extend(row.provider.iter().map(|name| format!("at {name}")));
    facts.extend(row.certificate.as_ref().map(certificate));
    facts.extend(row.leads_to.iter().map(|url| format!("leads to {url}")));
    facts.join("; ")
}

fn certificate(row: &CertificateRow) -> String {
    match row.days_left {
        Some(days) if days < 0 => format!("certificate of {}, expired", row.issuer),
        Some(days) => format!("certificate of {}, {days} days left", row.issuer),
        None => format!("certificate of {}", row.issuer),
    }
}

fn mail(row: &MailRow) -> String {
    let or_none = |items: &[Text]| if items.is_empty() { "none".into() } else { list(items) };
    format!(
        "→ {}; senders by SPF: {}; DKIM keys: {}; DMARC: {}",
        or_none(&row.exchangers),
        or_none(&row.senders),
        or_none(&row.selectors),
        row.dmarc.as_ref().map_or("none", Text::as_str),
    )
}

fn list(items: &[Text]) -> String {
    items.iter().map(Text::as_str).collect::<Vec<_>>().join(", ")
}
