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
            if view.snapshot.loops_with_cookies.contains(chain.urls[0]) {
                let detail =
                    format!("the way from {} is a loop for those who keep cookies", chain.urls[0]);
                let fault = ending.fault(chain.urls[0], detail).instance("with-cookies");
                fault.evidence("chain", view.lines(chain)).evidence("expected", "an end");
                fault.evidence("actual", "an end without cookies only");
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

/// Redirects of a chain, without the one or two by which an application sends visitors to a login
/// or a language, or takes away parameters that it does not need.
fn counted(view: &View<'_>, way: &Way<'_>) -> usize {
    const CHOICES: usize = 2;
    let pairs = way.chain.urls.windows(2);
    let bare = |url: &str| url.split('?').next().map(str::to_owned);
    let chosen =
        |pair: &&[&str]| view.is_choice(pair[0], pair[1]) || bare(pair[0]) == bare(pair[1]);
    let choices = pairs.filter(chosen).count();
    way.chain.redirects() - choices.min(CHOICES)
}
