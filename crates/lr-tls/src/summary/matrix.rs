//! All hosts, addresses and ports as one table for people.

use std::fmt;

use super::{AddressSummary, HostSummary, Summary};

const HEAD: [&str; 6] = ["host", "address", "TLS", "certificate", "days", "clients"];

/// Characters of a cell, at most; the last column is as wide as it is.
const MOST: usize = 40;

impl fmt::Display for Summary {
    /// One line per host, port and address: what is served there, and for whom it is broken.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows = vec![HEAD.map(str::to_owned)];
        for host in &self.hosts {
            let name = format!("{}:{}", host.host, host.port);
            match host.addresses.as_slice() {
                [] => rows.push(without_address(name, host)),
                all => rows.extend(all.iter().map(|one| row(name.clone(), one))),
            }
        }
        for row in &mut rows {
            row.iter_mut().take(5).for_each(|cell| *cell = cell.chars().take(MOST).collect());
        }
        let widths: [usize; 6] = std::array::from_fn(|column| {
            rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)
        });
        for row in &rows {
            let [host, address, versions, certificate, days, clients] = row;
            let [a, b, c, d, e, _] = widths;
            writeln!(
                f,
                "{host:a$}  {address:b$}  {versions:c$}  {certificate:d$}  {days:>e$}  {clients}"
            )?;
        }
        Ok(())
    }
}

fn row(host: String, seen: &AddressSummary) -> [String; 6] {
    let versions: Vec<_> = seen.versions.iter().map(ToString::to_string).collect();
    let rules: Vec<_> = seen.broken.iter().map(lr_core::Text::as_str).collect();
    let clients = match (seen.valid, &seen.broken_for, &seen.error) {
        (Some(true), ..) => "all".to_owned(),
        (Some(false), Some(whom), _) => format!("not {whom} ({})", rules.join(", ")),
        (_, _, Some(error)) => format!("not seen: {error}"),
        _ => "not seen".to_owned(),
    };
    [
        host,
        seen.address.clone(),
        versions.join(" "),
        seen.subject.as_ref().map_or("-", |subject| subject.as_str()).to_owned(),
        seen.days_left.map_or_else(|| "-".to_owned(), |days| days.to_string()),
        clients,
    ]
}

fn without_address(name: String, host: &HostSummary) -> [String; 6] {
    let error = host.error.as_ref().map_or("no address", |error| error.as_str());
    let nothing = || "-".to_owned();
    [name, nothing(), nothing(), nothing(), nothing(), format!("not seen: {error}")]
}
