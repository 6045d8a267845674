//! IPv4 and IPv6 lead to the same site.

use lr_core::{Location, Recorder};
use lr_net::{Failure, FailureReason};

use super::tally::Tally;
use super::view::{Blank, View};
use crate::chain::host_of;
use crate::rules::FAMILIES_AGREE;
use crate::{Answer, Exchange, Families};

pub(super) fn judge(view: &View<'_>, out: &mut Recorder<'_>) {
    for host in view.hosts() {
        let mut tally = Tally::new(&FAMILIES_AGREE, Location::host(host));
        let here = view.snapshot.families.iter();
        for pair in here.filter(|pair| host_of(&pair.url).as_deref() == Some(host)) {
            agree(view, host, pair, &mut tally);
        }
        tally.close(out, "IPv4 and IPv6 were not looked at apart");
    }
}

fn agree(view: &View<'_>, host: &str, pair: &Families, tally: &mut Tally) {
    let (v4, v6) = (&pair.v4, &pair.v6);
    match (v4, v6) {
        (Exchange::Answer(four), Exchange::Answer(six)) => {
            if [four, six].iter().any(|answer| answer.is_held_off()) {
                return;
            }
            match difference(four, six) {
                None => tally.fine(),
                Some((over4, over6)) => differ(pair, &over4, &over6, tally),
            }
        }
        (Exchange::Answer(four), Exchange::Failure(failure)) => {
            one_sided(view, host, pair, four, ("IPv4", "IPv6"), failure, tally);
        }
        (Exchange::Failure(failure), Exchange::Answer(six)) => {
            one_sided(view, host, pair, six, ("IPv6", "IPv4"), failure, tally);
        }
        (Exchange::Failure(failure), _) => tally.blank(view.blank(host, failure)),
        _ => {}
    }
}

/// What a visitor over IPv4 sees, and what over IPv6, if that is not the same.
fn difference(four: &Answer, six: &Answer) -> Option<(String, String)> {
    let to = |answer: &Answer| match answer.redirect.as_ref().and_then(|r| r.to.clone()) {
        Some(to) => format!("{} to {to}", answer.status),
        None => format!("status {}", answer.status),
    };
    if to(four) != to(six) {
        return (!is_choice(four, six)).then(|| (to(four), to(six)));
    }
    let title = |answer: &Answer| answer.page.as_deref()?.title.clone();
    let same_site = four.canonical.is_some() && four.canonical == six.canonical;
    match (title(four), title(six)) {
        // A number in it may change with every visit, and a language with the address.
        (Some(a), Some(b)) if !same_site && !share_a_word(a.as_str(), b.as_str()) => {
            Some((format!("the page `{a}`"), format!("the page `{b}`")))
        }
        _ => None,
    }
}

/// Whether both are led for a while to places of the same origin, as by language or country.
fn is_choice(four: &Answer, six: &Answer) -> bool {
    let origin = |answer: &Answer| {
        let temporary = matches!(answer.status, 302 | 303 | 307);
        let to = answer.redirect.as_ref()?.to.as_deref().filter(|_| temporary)?;
        Some(url::Url::parse(to).ok()?.origin())
    };
    origin(four).is_some() && origin(four) == origin(six)
}

fn share_a_word(one: &str, other: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() > 2);
        words.map(str::to_lowercase).collect()
    };
    let (one, other) = (words(one), words(other));
    one.iter().any(|word| other.contains(word))
}

fn one_sided(
    view: &View<'_>,
    host: &str,
    pair: &Families,
    answer: &Answer,
    (seen, missing): (&str, &str),
    failure: &Failure,
    tally: &mut Tally,
) {
    match failure.reason {
        FailureReason::NoAddress => {
            tally.blank(Blank::NotApplicable(format!("{host} has no {missing} address")))
        }
        FailureReason::Refused => {
            let one = format!("status {} over {seen}", answer.status);
            let other = format!("refused over {missing}");
            differ(pair, &one, &other, tally);
        }
        _ => tally.blank(view.blank(host, failure)),
    }
}

fn differ(pair: &Families, one: &str, other: &str, tally: &mut Tally) {
    let url = &pair.url;
    let detail = format!("{url} is not the same over IPv4 and IPv6: {one}, and {other}");
    let fault = tally.fault(url, detail);
    fault.evidence("expected", "the same over both").evidence("actual", format!("{one}; {other}"));
}
