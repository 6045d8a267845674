//! HTTP Strict Transport Security: on the host where visitors end up it must be there, and right
//! wherever it is sent (RFC 6797).

use lr_core::{ErrorKind, Location, Recorder, Severity};

use super::canonical::{canonical_host, final_hosts};
use super::tally::Tally;
use super::view::{Blank, View};
use crate::rules::{HSTS_MAX_AGE, HSTS_PRESENT, HSTS_SINGLE, HSTS_VALID};
use crate::summary::hsts_answer;
use crate::{Hsts, Policy};

pub(super) fn judge(view: &View<'_>, policy: &Policy, out: &mut Recorder<'_>) {
    let ends = canonical_host(view.snapshot).map_or_else(|| final_hosts(view), |host| vec![host]);
    for host in &ends {
        let mut present = Tally::new(&HSTS_PRESENT, Location::host(host.as_str()));
        let blank = unseen(view, host);
        match &blank {
            Some(blank) => present.blank(blank.clone()),
            None => is_present(view, host, &mut present),
        }
        present.close(out, "nothing was seen over HTTPS");
        headers(view, host, policy, blank.as_ref(), out);
    }
    let others = view.hosts().into_iter().filter(|host| !ends.iter().any(|end| end == host));
    for host in others.filter(|host| hsts_answer(view.snapshot, host).is_some()) {
        headers(view, host, policy, None, out);
    }
    if ends.is_empty() {
        let domain = || Location::domain(view.snapshot.domain.as_str());
        for rule in [&HSTS_PRESENT, &HSTS_VALID, &HSTS_SINGLE, &HSTS_MAX_AGE] {
            out.inconclusive(
                rule,
                domain(),
                ErrorKind::NotDecided,
                "no way in ends with an answer",
            );
        }
    }
}

/// What is wrong with the headers that `host` sends, on whichever page: a browser takes each new
/// one for the host (section 8.1).
fn headers(
    view: &View<'_>,
    host: &str,
    policy: &Policy,
    blank: Option<&Blank>,
    out: &mut Recorder<'_>,
) {
    let [mut valid, mut single, mut age] = [&HSTS_VALID, &HSTS_SINGLE, &HSTS_MAX_AGE]
        .map(|rule| Tally::new(rule, Location::host(host)));
    if blank.is_none() {
        let sent = view.answers(host, "https").filter(|(_, answer)| !answer.is_held_off());
        for (url, answer) in sent.filter(|(_, answer)| !answer.hsts.is_empty()) {
            is_single(url, &answer.hsts, &mut single);
            is_valid(url, &answer.hsts[0], policy, &mut valid, &mut age);
        }
    }
    // Where visitors only pass, it matters less.
    let passing = canonical_host(view.snapshot).is_some_and(|end| end != host);
    for mut tally in [valid, single, age] {
        blank.into_iter().for_each(|blank| tally.blank(blank.clone()));
        if passing {
            tally.at_most(Severity::Low);
        }
        tally.close(out, "there is no HSTS header that counts");
    }
}

/// Why HSTS of `host` cannot be judged, if so.
fn unseen(view: &View<'_>, host: &str) -> Option<Blank> {
    if !view.snapshot.owns(host) {
        return Some(Blank::NotApplicable(format!("{host} is not of this launch")));
    }
    if hsts_answer(view.snapshot, host).is_some() {
        return None;
    }
    let (_, endpoint) =
        view.endpoints.iter().find(|((name, _), endpoint)| name == host && endpoint.https)?;
    if let (0, Some(failure)) = (endpoint.answers, endpoint.failures.first()) {
        return Some(view.blank(host, failure));
    }
    let home = format!("https://{host}/");
    let held_off = view.answer(&home).filter(|answer| answer.is_held_off())?;
    let why = format!("{home} answered {}, perhaps a protection against bots", held_off.status);
    Some(Blank::Inconclusive(ErrorKind::RateLimited, why))
}

fn is_present(view: &View<'_>, host: &str, tally: &mut Tally) {
    let secure: Vec<_> = view.answers(host, "https").map(|(_, answer)| answer).collect();
    if secure.is_empty() {
        return;
    }
    if secure.iter().any(|answer| !answer.hsts.is_empty()) {
        return tally.fine();
    }
    let plain = view.answers(host, "http").any(|(_, answer)| !answer.hsts.is_empty());
    let detail = match plain {
        true => format!("{host} sends HSTS over plain HTTP only, where browsers ignore it"),
        false => format!("none of {} answers over HTTPS has the header", secure.len()),
    };
    let fault = tally.fault(&format!("https://{host}/"), detail);
    fault.evidence("expected", "Strict-Transport-Security: max-age=31536000");
    fault.evidence("actual", if plain { "only over plain HTTP" } else { "no header" });
}

fn is_single(url: &str, headers: &[String], tally: &mut Tally) {
    if headers.len() == 1 {
        return tally.fine();
    }
    let detail = format!("{url} sends {} headers; browsers take the first", headers.len());
    let fault = tally.fault(url, detail);
    // Alike they do no harm; if they differ, another server in between decides.
    let read = |header: &String| Hsts::parse(header).ok();
    if headers.iter().any(|header| read(header) != read(&headers[0])) {
        fault.instance("conflicting").severity(Severity::Medium);
    }
    fault.evidence("expected", "one header").evidence("actual", headers.to_vec());
}

fn is_valid(url: &str, header: &str, policy: &Policy, valid: &mut Tally, age: &mut Tally) {
    let hsts = match Hsts::parse(header) {
        Ok(hsts) => hsts,
        Err(why) => {
            let fault = valid.fault(url, format!("browsers ignore `{header}`: {why}"));
            fault.evidence("expected", "max-age=31536000").evidence("actual", header);
            return;
        }
    };
    valid.fine();
    let seconds = hsts.max_age;
    let (detail, severity, wanted) = match seconds {
        0 => ("`max-age=0` switches HSTS off".into(), None, policy.hsts_min_age),
        _ if seconds < policy.hsts_min_age => {
            (format!("`max-age` is {}", days(seconds)), None, policy.hsts_min_age)
        }
        _ if seconds < policy.hsts_good_age => {
            let detail = format!("`max-age` is {}, less than the usual year", days(seconds));
            (detail, Some(Severity::Info), policy.hsts_good_age)
        }
        _ => return age.fine(),
    };
    let fault = age.fault(url, detail);
    fault.evidence("expected", format!("max-age={wanted} or more")).evidence("actual", header);
    if let Some(severity) = severity {
        fault.severity(severity);
    }
}

fn days(seconds: u64) -> String {
    match seconds / 86_400 {
        0 => format!("{seconds} seconds"),
        1 => "1 day".into(),
        days => format!("{days} days"),
    }
}
