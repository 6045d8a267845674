//! Asking: the only code of this crate that does I/O.

use std::net::IpAddr;

use futures_util::{StreamExt, stream};
use hickory_proto::rr::{Name, RData, RecordType as Wire};
use lr_core::{Context, ErrorKind};
use lr_net::{Failure, Net};

use crate::answers::{Answer, Data, Question, RecordType, TxtRecord};
use crate::evaluate::evaluate;
use crate::{Error, MailConfig, Snapshot};

/// Asks DNS everything that the rules need, in as few waves as the answers allow.
///
/// All that does not depend on another answer is asked at once. What could not be answered is kept
/// as a failure in its place.
///
/// # Errors
/// If the configuration does not make sense, the network cannot be set up, or the caller asked to
/// stop; never because of the domain.
pub async fn inspect(config: &MailConfig, cx: &Context) -> Result<Snapshot, Error> {
    config.validate()?;
    let net = Net::of(cx)?;
    let mut snapshot = Snapshot::new(config.clone());
    loop {
        cx.checkpoint().map_err(|_| Error::Cancelled)?;
        let wave = snapshot.next_wave();
        if wave.is_empty() {
            break;
        }
        let asking = wave.into_iter().map(|question| ask(&net, question));
        let mut answers = stream::iter(asking).buffer_unordered(cx.limits().concurrency.max(1));
        while let Some((question, answer)) = answers.next().await {
            snapshot.answers.insert(question, answer);
        }
    }
    if !config.sends_from.is_empty() {
        let audit = snapshot.spf();
        snapshot.sent = evaluate(&net, &config.domain, &audit, &config.sends_from).await;
    }
    Ok(snapshot)
}

async fn ask(net: &Net, question: Question) -> (Question, Answer) {
    let wire = match question.rtype {
        RecordType::Txt => Wire::TXT,
        RecordType::Mx => Wire::MX,
        RecordType::A => Wire::A,
        RecordType::Aaaa => Wire::AAAA,
    };
    let answer = match net.lookup(&question.name, wire).await {
        Ok(answer) => read(&answer, &question.name, wire),
        Err(error) if error.kind() == ErrorKind::Config => Answer::NotAName,
        Err(error) => Answer::Failed { failure: Failure::from(error) },
    };
    (question, answer)
}

fn read(answer: &lr_net::Answer, name: &str, rtype: Wire) -> Answer {
    match answer {
        lr_net::Answer::NxDomain { missing } => {
            // Internationalised names come back as A-labels.
            let asked =
                Name::from_utf8(name).map_or_else(|_| name.to_owned(), |name| name.to_ascii());
            let missing = plain(missing);
            Answer::NxDomain { alias: (missing != plain(&asked)).then_some(missing) }
        }
        lr_net::Answer::Records(_) => {
            let data: Vec<Data> = answer.data(rtype).filter_map(record).collect();
            let target = |data: &RData| match data {
                RData::CNAME(target) => Some(plain(&target.0.to_string())),
                _ => None,
            };
            let aliases = answer.data(Wire::CNAME).filter_map(target).collect();
            if data.is_empty() { Answer::NoData } else { Answer::Records { aliases, data } }
        }
        // Whatever else there may be one day, there are no records in it.
        _ => Answer::NoData,
    }
}

fn record(data: &RData) -> Option<Data> {
    match data {
        RData::TXT(text) => Some(Data::Txt(TxtRecord::new(text.txt_data.iter()))),
        RData::MX(mx) => {
            Some(Data::Mx { preference: mx.preference, exchange: plain(&mx.exchange.to_string()) })
        }
        data => data.ip_addr().map(|ip: IpAddr| Data::Address(ip)),
    }
}

fn plain(name: &str) -> String {
    match name {
        "." => ".".to_owned(),
        _ => name.trim_end_matches('.').to_lowercase(),
    }
}
