use lr_core::{Location, Recorder};

use super::clustering::design_effect;
use super::fixes::shortlist;
use super::quantile::interval_us;
use super::{cause, cut_short, errors, mark, ms, overload, percent};
use crate::rules::WITHIN_BUDGET;
use crate::statistics::{at_least_of, at_most_of};
use crate::{Measurement, Policy};

/// How a measurement stands against its budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Few enough requests are too slow.
    Within,
    /// Too many are.
    Over,
    /// Too few requests to tell; so many more would, if they went as those before.
    Unclear {
        /// `None` if the share is too close to the limit for any sensible number.
        more: Option<u64>,
    },
}

/// The requests a verdict on the budget rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Weighed {
    /// Those that were slower than the budget, failed, or were still unanswered after it.
    pub(crate) slow: u64,
    /// All of which it is known whether they were.
    pub(crate) all: u64,
    /// How much more the share varies than that of so many independent requests.
    pub(crate) effect: f64,
}

/// More requests than anyone would send to find out.
const MANY: u64 = 20_000;

/// "The 95th percentile is within the budget" is asked as "are fewer than 5 % of the requests slower
/// than the budget, or failed": one count, and an exact test for it. Failures and unanswered
/// requests then cannot make a slow endpoint look fast.
pub(crate) fn weigh(seen: &Measurement) -> Weighed {
    let failed = errors(seen);
    let sum = |counts: [u64; 3]| counts.into_iter().fold(0, u64::saturating_add);
    Weighed {
        slow: sum([seen.slow.min(seen.ok), failed, seen.unfinished_slow]),
        all: sum([seen.ok, failed, seen.unfinished_slow]),
        effect: design_effect(seen, seen.budget_ms.saturating_mul(1000)),
    }
}

pub(crate) fn standing(weighed: Weighed, policy: &Policy) -> Standing {
    decided(weighed, policy).unwrap_or_else(|| Standing::Unclear { more: more(weighed, policy) })
}

/// Within or over, where that can be told.
pub(crate) fn decided(weighed: Weighed, policy: &Policy) -> Option<Standing> {
    let Weighed { slow, all, effect } = weighed;
    let (slow, all) = (slow as f64 / effect, all as f64 / effect);
    if at_most_of(slow, all, policy.slow_share) <= policy.alpha() {
        return Some(Standing::Within);
    }
    (at_least_of(slow, all, policy.slow_share) <= policy.alpha()).then_some(Standing::Over)
}

/// How many more requests would decide, if as large a share of them were slow.
fn more(weighed: Weighed, policy: &Policy) -> Option<u64> {
    let share = weighed.slow as f64 / weighed.all.max(1) as f64;
    let mut all = weighed.all;
    while all < MANY {
        all += 1 + all / 100;
        let expected = share * all as f64;
        let with = |slow: f64| decided(Weighed { slow: slow as u64, all, ..weighed }, policy);
        // Rounded to the unfavourable side of either verdict.
        let within = with(expected.ceil()) == Some(Standing::Within);
        let over = with(expected.floor()) == Some(Standing::Over);
        if within || over {
            return Some(all - weighed.all);
        }
    }
    None
}

pub(super) fn judge(
    seen: &Measurement,
    policy: &Policy,
    subject: &Location,
    out: &mut Recorder<'_>,
) {
    let weighed = weigh(seen);
    let Weighed { slow, all, effect } = weighed;
    let counted = format!(
        "{slow} of {all} requests ({}) were slower than {} ms or failed",
        percent(slow, all),
        seen.budget_ms
    );
    match standing(weighed, policy) {
        Standing::Within => out.pass(&WITHIN_BUDGET, subject.clone()),
        Standing::Over => {
            let p95 = seen.response_us.quantile_us(0.95).map(ms);
            let measured = p95
                .map_or_else(String::new, |p95| format!("; of those answered, p95 is {p95:.0} ms"));
            let tolerated = format!("{} % may be", 100.0 * policy.slow_share);
            let (overload, cut) = (overload(seen), cut_short(seen));
            let detail = format!("{counted}, where {tolerated}{measured}{overload}{cut}");
            let finding = out.fail(&WITHIN_BUDGET, subject.clone(), detail);
            let [low, high] = interval_us(seen, &seen.response_us, 0.95, policy);
            finding
                .evidence("budget_ms", seen.budget_ms)
                .evidence("requests", all)
                .evidence("slow_or_failed", slow)
                .evidence("design_effect", effect)
                .evidence("p50_ms", seen.response_us.quantile_us(0.5).map(ms))
                .evidence("p95_ms", p95)
                .evidence("p95_at_least_ms", low.map(ms))
                .evidence("p95_at_most_ms", high.map(ms))
                .evidence("service_p95_ms", seen.service_us.quantile_us(0.95).map(ms))
                .evidence("first_byte_p50_ms", seen.first_byte_us.quantile_us(0.5).map(ms))
                .evidence("would_help", shortlist(seen).first().map(ToString::to_string));
            mark(finding, seen);
        }
        Standing::Unclear { more } => {
            let more = match more {
                Some(more) => format!("about {more} more would decide"),
                None => "the share is too close to the limit to decide".to_owned(),
            };
            let clusters = match effect > CLUSTERED {
                true => format!(
                    "; they come in clusters, and weigh as {:.0} independent ones",
                    all as f64 / effect
                ),
                false => String::new(),
            };
            let (overload, cut) = (overload(seen), cut_short(seen));
            let reason = match all {
                0 => format!("no request was answered or outlasted the budget{cut}"),
                _ => format!("unclear: {counted}{clusters}; {more}{overload}{cut}"),
            };
            out.inconclusive(&WITHIN_BUDGET, subject.clone(), cause(seen), reason);
        }
    }
}

/// Design effects above this are worth a word.
const CLUSTERED: f64 = 1.5;

#[cfg(test)]
mod tests {
    use super::*;

    fn of(slow: u64, all: u64) -> Standing {
        standing(Weighed { slow, all, effect: 1.0 }, &Policy::default())
    }

    #[test]
    fn verdicts_follow_the_exact_test() {
        assert_eq!(of(0, 59), Standing::Within);
        assert_eq!(of(0, 58), Standing::Unclear { more: Some(1) });
        assert_eq!(of(1, 93), Standing::Within);
        assert_eq!(of(2, 2), Standing::Over);
        assert_eq!(of(1, 1), Standing::Unclear { more: Some(1) });
        assert_eq!(of(13, 100), Standing::Over);
        assert_eq!(of(5, 100), Standing::Unclear { more: None });
        assert!(matches!(of(0, 0), Standing::Unclear { more: Some(_) }));
    }

    #[test]
    fn so_many_more_do_decide() {
        for (slow, all) in [(1, 60), (2, 100), (9, 100), (0, 10), (3, 20)] {
            let Standing::Unclear { more: Some(more) } = of(slow, all) else {
                continue;
            };
            let total = all + more;
            let expected = slow as f64 * total as f64 / all as f64;
            let verdicts = [of(expected.ceil() as u64, total), of(expected.floor() as u64, total)];
            assert!(
                verdicts.contains(&Standing::Within) || verdicts.contains(&Standing::Over),
                "{slow} of {all}: {more} more"
            );
        }
    }
}
