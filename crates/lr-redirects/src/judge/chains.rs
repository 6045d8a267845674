//! Chains as a whole: that they end, and soon.

use lr_core::{Location, Recorder, Severity};

use super::tally::Tally;
use super::view::{View, Way};
use crate::rules::{NO_LOOP, SHORT_CHAIN};
use crate::{Ends, Policy, Purpose};

pub(super) fn judge(view: &View<'_>, policy: &Policy, out: &mut Recorder<'_>) {
    for host in view.hosts() {
        let mut ending = Tally::new(&NO_LOOP, Location::host(host));
        let mut length = Tally::new(&SHORT_CHAIN, Location::host(host));
        for way in view.from(host) {
            let chain = &way.chain;
            match chain.ends {
                Ends::Loop => {
                    let back = chain.urls[chain.back_to.unwrap_or_default()];
                    let detail = format!("the way from {} comes back to {back}", chain.urls[0]);
                    let fault = ending.fault(chain.urls[0], detail);
                    fault.evidence("chain", view.lines(chain)).evidence("expected", "an end");
                    fault.evidence("actual", format!("back at {back}"));
                    if chain.urls.last() == Some(&back) {
                        fault.instance("self");
                    }
                    if !matches!(way.purpose, Purpose::Home | Purpose::Deep) {
                        fault.severity(Severity::High);
                    }
                    if view.snapshot.needs_cookies.contains(chain.urls[0]) {
                        // Browsers get through; crawlers and those who refuse cookies do not.
                        fault.instance("without-cookies").severity(Severity::Low);
                    }
                    continue;
                }
                Ends::TooMany => {
                    let count = chain.redirects();
                    let detail = format!("after {count} redirects there is still another one");
                    let fault = ending.fault(chain.urls[0], detail).instance("endless");
                    fault.evidence("chain", view.lines(chain)).evidence("expected", "an end");
                    fault.evidence("actual", format!("more than {count} redirects"));
                    continue;
                }
                Ends::Refused => {}
                _ => match view.obstacle(way) {
                    Some(blank) => {
                        ending.blank(blank.clone());
                        length.blank(blank);
                    }
                    None => ending.fine(),
                },
            }
            let hops = counted(view, way);
            if hops > policy.max_hops {
                let detail = format!("{hops} redirects from {} to {}", chain.urls[0], chain.last());
                let fault = length.fault(chain.urls[0], detail);
                fault.evidence("chain", view.lines(chain));
                fault.evidence("expected", format!("at most {}", policy.max_hops));
                fault.evidence("actual", hops);
            } else if view.obstacle(way).is_none() {
                length.fine();
            }
        }
        ending.close(out, "nothing answers here");
        length.close(out, "no chain comes to an end");
    }
}

/// Redirects of a chain, without those at its end by which an application sends visitors to a
/// login or a language: temporary and on the same host.
fn counted(view: &View<'_>, way: &Way<'_>) -> usize {
    let urls = &way.chain.urls;
    let is_choice = |pair: &&[&str]| {
        let temporary = view.answer(pair[0]).is_some_and(|a| matches!(a.status, 302 | 303 | 307));
        let origin = |url: &str| url::Url::parse(url).ok().map(|url| url.origin());
        temporary && origin(pair[0]) == origin(pair[1])
    };
    way.chain.redirects() - urls.windows(2).rev().take_while(is_choice).count()
}
