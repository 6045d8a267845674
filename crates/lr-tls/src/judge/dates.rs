//! Validity, renewal and lifetime of the end entity's certificate.

use lr_core::{Severity, Timestamp};

use super::Bench;
use super::chain::ChainVerdict;
use crate::Policy;
use crate::certificate::Certificate;
use crate::rules::{ALREADY_VALID, LIFETIME, NOT_EXPIRED, RENEWED};

const DAY_MS: i64 = 86_400_000;

/// Days that a public certificate may live, by the first day of issue (Baseline Requirements,
/// section 6.3.2, as amended by ballots 193, SC-31 and SC-081v3).
const LIMITS: &[(i64, i64)] = &[
    (1_868_227_200, 47),  // 2029-03-15
    (1_805_068_800, 100), // 2027-03-15
    (1_773_532_800, 200), // 2026-03-15
    (1_598_918_400, 398), // 2020-09-01
    (1_519_862_400, 825), // 2018-03-01
];

pub(super) fn judge(
    leaf: &Certificate,
    trust: ChainVerdict,
    policy: &Policy,
    now: Timestamp,
    bench: &mut Bench<'_, '_>,
) {
    let expired = leaf.is_over_at(now);
    let early = now < leaf.not_before;
    match expired {
        false => bench.pass(&NOT_EXPIRED),
        true => {
            let ago = span(now.unix_ms() - leaf.not_after.unix_ms());
            bench
                .fail(&NOT_EXPIRED, format!("it ended at {}, {ago} ago", leaf.not_after))
                .evidence("not-after", leaf.not_after.to_string());
        }
    }
    match early {
        false => bench.pass(&ALREADY_VALID),
        true => {
            let wait = span(leaf.not_before.unix_ms() - now.unix_ms());
            bench
                .fail(&ALREADY_VALID, format!("it begins at {}, in {wait}", leaf.not_before))
                .evidence("not-before", leaf.not_before.to_string());
        }
    }
    match expired || early {
        true => bench.not_applicable(&RENEWED, "the certificate is not valid now"),
        false => renewed(leaf, policy, now, bench),
    }
    lifetime(leaf, trust, bench);
}

fn renewed(leaf: &Certificate, policy: &Policy, now: Timestamp, bench: &mut Bench<'_, '_>) {
    let (lifetime, left) = (leaf.lifetime_ms(), leaf.not_after.unix_ms() - now.unix_ms());
    if left >= policy.renew.of(lifetime) {
        return bench.pass(&RENEWED);
    }
    let detail =
        format!("it ends at {}: {} of {} are left", leaf.not_after, span(left), span(lifetime));
    let urgent = left < policy.urgent.of(lifetime);
    let severity = if urgent { Severity::High } else { RENEWED.severity };
    let finding = bench.fail_as(&RENEWED, severity, detail);
    finding.evidence("not-after", leaf.not_after.to_string());
    finding.evidence("days-left", left / DAY_MS);
}

fn lifetime(leaf: &Certificate, trust: ChainVerdict, bench: &mut Bench<'_, '_>) {
    let public = trust == ChainVerdict::Trusted;
    let issued = leaf.not_before.unix();
    let Some((_, days)) = LIMITS.iter().find(|(from, _)| issued >= *from) else {
        return bench.not_applicable(&LIFETIME, "it was issued before there were limits");
    };
    let within = leaf.lifetime_ms() <= days * DAY_MS;
    match within {
        true if public => bench.pass(&LIFETIME),
        true => bench.not_applicable(&LIFETIME, "the limits are for public authorities"),
        // Who trusts a root of one's own may set limits of one's own.
        false if !public => {
            let lives = span(leaf.lifetime_ms());
            let detail = format!("it lives {lives}; a public authority's may live {days} days");
            bench.fail_as(&LIFETIME, Severity::Info, detail);
        }
        false => {
            let lives = span(leaf.lifetime_ms());
            bench
                .fail(
                    &LIFETIME,
                    format!(
                        "it lives {lives}; issued at {}, it may live {days} days",
                        leaf.not_before
                    ),
                )
                .evidence("limit-days", *days)
                .evidence("broken-for", "Chrome, Edge and Safari");
        }
    }
}

/// A span for people: days, or hours below two days.
fn span(ms: i64) -> String {
    match ms / DAY_MS {
        days @ 2.. => format!("{days} days"),
        _ => format!("{} hours", ms / 3_600_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_begin_on_the_days_of_the_ballots() {
        let days = ["2029-03-15", "2027-03-15", "2026-03-15", "2020-09-01", "2018-03-01"];
        for (day, (from, _)) in days.iter().zip(LIMITS) {
            let midnight: Timestamp = format!("{day}T00:00:00Z").parse().unwrap();
            assert_eq!(midnight.unix(), *from, "{day}");
        }
    }
}
