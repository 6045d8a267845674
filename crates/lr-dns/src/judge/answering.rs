//! Servers that answer some questions about the zone and not others.

use lr_core::{Confidence, ErrorKind, Location, Recorder};
use lr_net::FailureReason;

use crate::judge::{Scene, list};
use crate::rules::EVERY_QUESTION;
use crate::snapshot::{Answer, Asked, Endpoint};
use crate::status::{is_at_or_below, is_authoritative, is_definite};

pub(super) fn judge(scene: &Scene<'_>, out: &mut Recorder<'_>) {
    let zone = scene.snapshot.zone.as_deref().unwrap_or_default();
    let mut any = false;
    for (server, endpoint) in scene.snapshot.endpoints() {
        // One that answers nothing, or nothing with authority, is another matter.
        // Nor is it news that one answers late that drops EDNS.
        let mut answers = endpoint.asked.iter().filter_map(|asked| asked.outcome.as_ref().ok());
        if !answers.clone().any(is_authoritative) || answers.any(|answer| answer.edns_dropped) {
            continue;
        }
        any = true;
        let place = Location::server(server.name.as_str(), endpoint.address.to_string());
        let inside = endpoint.asked.iter().filter(|asked| is_at_or_below(&asked.name, zone));
        let lost: Vec<_> =
            inside.filter_map(|asked| Some((asked, fault(endpoint, asked)?))).collect();
        if lost.is_empty() {
            out.pass(&EVERY_QUESTION, place);
            continue;
        }
        let silent = lost.iter().all(|(_, how)| how == SILENCE);
        let mut shown: Vec<_> = lost
            .iter()
            .map(|(asked, how)| format!("{} {}: {how}", asked.name, asked.rtype))
            .collect();
        shown.dedup();
        let detail = format!("{} at {}, asked for {}", server.name, endpoint.address, list(&shown));
        let finding = out.fail(&EVERY_QUESTION, place, detail);
        finding.evidence("questions", shown);
        if silent {
            // Packets are lost on the way as well, if seldom three in a row.
            finding.confidence(Confidence::Medium);
        }
    }
    if !any {
        let why = "no name server answers with authority";
        out.not_applicable(&EVERY_QUESTION, scene.domain(), why);
    }
}

const SILENCE: &str = "no answer in time";

/// What is wrong with an answer, if it is the server's and for good.
fn fault(endpoint: &Endpoint, asked: &Asked) -> Option<String> {
    let again = endpoint.again.iter().filter(|a| a.name == asked.name && a.rtype == asked.rtype);
    match &asked.outcome {
        Err(failure) => {
            let silent =
                failure.kind == ErrorKind::Timeout && failure.reason != FailureReason::NoTcp;
            silent.then(|| SILENCE.to_owned())
        }
        Ok(answer) => {
            let how = refusal(answer)?;
            let mut again = again.filter_map(|asked| asked.outcome.as_ref().ok());
            again.all(|answer| refusal(answer).as_ref() == Some(&how)).then_some(how)
        }
    }
}

/// How an answer refuses to be one. SERVFAIL may be over in a moment, and is never held against
/// anybody; a referral without AA is right for names that are delegated further.
pub(crate) fn refusal(answer: &Answer) -> Option<String> {
    match answer.rcode.as_str() {
        "SERVFAIL" => None,
        rcode if !is_definite(rcode) => Some(rcode.to_owned()),
        _ if !answer.authoritative && !answer.answers.is_empty() => {
            Some("an answer without authority (no AA bit)".to_owned())
        }
        _ => None,
    }
}
