use lr_core::{Location, Recorder};

use super::{View, fault, faults, not_applicable};
use crate::rules::*;

pub(super) fn judge(view: &View<'_>, out: &mut Recorder<'_>) {
    let hosts = view.snapshot.dane();
    let own = Location::domain(view.domain);
    let mut is_used = false;
    for host in &hosts {
        let subject = Location::record(format!("_25._tcp.{}", host.host), "TLSA");
        if let Some(failure) = &host.failure {
            is_used = true;
            for rule in [&DANE_DNSSEC, &DANE_USAGE] {
                out.inconclusive(rule, subject.clone(), failure.kind, failure.message.clone());
            }
        }
        if host.records.is_empty() {
            continue;
        }
        is_used = true;
        let detail = "the resolver has not validated the answer".to_owned();
        fault(out, &DANE_DNSSEC, &subject, (!host.authentic).then_some(detail));
        let bad = host.records.iter().filter_map(|record| {
            let record_text = crate::syntax::show(record.to_string().as_bytes());
            record.fault().map(|fault| (record_text.clone(), format!("`{record_text}`: {fault}")))
        });
        faults(out, &DANE_USAGE, &subject, bad);
    }
    if !is_used {
        not_applicable(out, "dane-", &own, "no mail host has TLSA records");
    }
}
