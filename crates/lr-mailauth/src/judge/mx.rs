use lr_core::{Location, Recorder, Rule};
use lr_net::AddressClass;

use super::spf::{is_host, is_reachable};
use super::{View, fault, not_applicable, not_asked, unseen};
use crate::mx::{Host, MailHosts, State};
use crate::rules::*;

pub(super) fn judge(view: &View<'_>, out: &mut Recorder<'_>) {
    let subject = Location::record(view.domain, "MX");
    let found = view.snapshot.mail_hosts();
    parked(view, out, &found, &subject);
    match &found.state {
        State::Failed { failure } => unseen(out, "mx-", &subject, failure),
        State::Open => unseen(out, "mx-", &subject, &not_asked()),
        State::None => {
            not_applicable(out, "mx-", &subject, "there are no mail hosts");
            if !view.snapshot.config.parked {
                let detail = "there is no MX record and no address to fall back on";
                out.fail(&MX_PRESENT, subject, detail);
            }
        }
        State::Implicit => {
            not_applicable(out, "mx-", &subject, "there are no MX records");
            out.pass(&MX_PRESENT, subject.clone());
            // Nobody writes to a mere host.
            if !view.snapshot.config.parked && !is_host(view) {
                let detail = "there is no MX record; the domain has an address";
                out.fail(&MX_EXPLICIT, subject, detail);
            }
        }
        State::Null => {
            not_applicable(out, "mx-", &subject, "a null MX says that no mail is wanted");
            null(view, out, &found, &subject);
        }
        State::Records => hosts(out, &found, &subject),
    }
}

fn parked(view: &View<'_>, out: &mut Recorder<'_>, found: &MailHosts, subject: &Location) {
    if !view.snapshot.config.parked {
        return out.not_applicable(&PARKED_NULL_MX, subject.clone(), "the domain is not parked");
    }
    match &found.state {
        State::Failed { failure } => {
            out.inconclusive(
                &PARKED_NULL_MX,
                subject.clone(),
                failure.kind,
                failure.message.clone(),
            );
        }
        State::Null => out.pass(&PARKED_NULL_MX, subject.clone()),
        _ => {
            let detail = format!("there are {} MX records, and none is the null MX", found.count);
            out.fail(&PARKED_NULL_MX, subject.clone(), detail);
        }
    }
}

fn null(view: &View<'_>, out: &mut Recorder<'_>, found: &MailHosts, subject: &Location) {
    out.pass(&MX_PRESENT, subject.clone());
    out.pass(&MX_EXPLICIT, subject.clone());
    out.pass(&MX_NULL_ALONE, subject.clone());
    let odd = found.hosts.iter().find(|host| host.preference != 0);
    fault(
        out,
        &MX_NULL_PREFERENCE,
        subject,
        odd.map(|host| format!("the record is `{} .`", host.preference)),
    );
    let sends = view.record.as_ref().filter(|_| !view.allows_nobody());
    if sends.is_some() && view.snapshot.config.parked {
        let reason = "whom SPF of a parked domain allows is judged by itself";
        return out.not_applicable(&MX_NULL_SILENT, subject.clone(), reason);
    }
    fault(
        out,
        &MX_NULL_SILENT,
        subject,
        sends.map(|record| format!("the SPF record is `{record}`")),
    );
}

fn hosts(out: &mut Recorder<'_>, found: &MailHosts, subject: &Location) {
    out.pass(&MX_PRESENT, subject.clone());
    out.pass(&MX_EXPLICIT, subject.clone());
    for rule in [&MX_NULL_PREFERENCE, &MX_NULL_SILENT] {
        out.not_applicable(rule, subject.clone(), "the domain takes mail");
    }
    let null = found.hosts.iter().any(|host| host.exchange == ".");
    let others = found.count.saturating_sub(1);
    fault(out, &MX_NULL_ALONE, subject, null.then(|| format!("it stands beside {others} others")));
    let twice = found.hosts.iter().enumerate().find_map(|(at, host)| {
        let earlier = found.hosts[..at].iter().any(|other| other.exchange == host.exchange);
        earlier.then(|| format!("{} is named more than once", host.exchange))
    });
    fault(out, &MX_UNIQUE, subject, twice);
    let real: Vec<&Host> = found.hosts.iter().filter(|host| host.exchange != ".").collect();
    for host in &real {
        target(out, host);
    }
    if found.count > found.hosts.len() {
        let reason = format!(
            "only the first {} of {} mail hosts were looked at",
            found.hosts.len(),
            found.count
        );
        out.inconclusive(&MX_TARGET_RESOLVES, subject.clone(), not_asked().kind, reason);
    }
    let reachable: Vec<_> = real.iter().filter(|host| !host.addresses.is_empty()).collect();
    let has_ipv4 = reachable.iter().any(|host| host.addresses.iter().any(|ip| ip.is_ipv4()));
    let unsure = real.iter().find_map(|host| host.failure.as_ref());
    match (reachable.is_empty(), has_ipv4, unsure) {
        (_, true, _) => out.pass(&MX_TARGET_IPV4, subject.clone()),
        (_, false, Some(failure)) => {
            out.inconclusive(
                &MX_TARGET_IPV4,
                subject.clone(),
                failure.kind,
                failure.message.clone(),
            );
        }
        (true, ..) => {
            out.not_applicable(&MX_TARGET_IPV4, subject.clone(), "no mail host has an address");
        }
        (false, ..) => {
            out.fail(&MX_TARGET_IPV4, subject.clone(), "all addresses of mail hosts are IPv6");
        }
    }
}

static ADDRESS_RULES: &[&Rule] = &[&MX_TARGET_RESOLVES, &MX_TARGET_ALIAS, &MX_TARGET_PUBLIC];

fn target(out: &mut Recorder<'_>, host: &Host) {
    let subject = Location::host(host.exchange.as_str());
    let literal = host.literal().map(|ip| format!("the MX record names {ip}"));
    let is_local = literal.is_none() && host.is_local();
    let is_askable = literal.is_none() && !is_local;
    fault(out, &MX_TARGET_NAME, &subject, literal);
    fault(
        out,
        &MX_TARGET_LOCAL,
        &subject,
        is_local.then(|| format!("the MX record names {}", host.exchange)),
    );
    if !is_askable {
        for rule in ADDRESS_RULES {
            out.not_applicable(rule, subject.clone(), "that is no name to look up");
        }
        return;
    }
    match (host.addresses.is_empty(), &host.failure) {
        (false, _) => out.pass(&MX_TARGET_RESOLVES, subject.clone()),
        (true, Some(failure)) => {
            for rule in ADDRESS_RULES {
                out.inconclusive(rule, subject.clone(), failure.kind, failure.message.clone());
            }
            return;
        }
        (true, None) if !host.asked => {
            for rule in ADDRESS_RULES {
                out.inconclusive(rule, subject.clone(), not_asked().kind, "it was not asked for");
            }
            return;
        }
        (true, None) => {
            let what =
                if host.exists { "the name has no address" } else { "the name does not exist" };
            out.fail(&MX_TARGET_RESOLVES, subject.clone(), what);
        }
    }
    let alias = host.alias.as_ref().map(|alias| format!("it is an alias of {alias}"));
    fault(out, &MX_TARGET_ALIAS, &subject, alias);
    let private = host.addresses.iter().find(|ip| !is_reachable(AddressClass::of(**ip)));
    fault(
        out,
        &MX_TARGET_PUBLIC,
        &subject,
        private.map(|ip| format!("{ip} is a {} address", AddressClass::of(*ip))),
    );
}
