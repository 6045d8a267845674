//! Asking: the only code of this crate that does I/O.

use std::collections::BTreeSet;
use std::net::IpAddr;

use futures_util::{StreamExt, stream};
use hickory_proto::op::ResponseCode;
use hickory_proto::rr::{Name, RData, RecordType as Wire};
use lr_core::{Context, ErrorKind};
use lr_net::{BodyEnd, Failure, Net, Request};

use crate::answers::{Answer, Answers, Data, Question, RecordType, TxtRecord};
use crate::mta_sts::{Fetched, policy_url};
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
    let first = snapshot.next_wave();
    ask_all(&net, cx, first, &mut snapshot.answers).await;
    let is_wanted = snapshot.wants_policy();
    let policy = async {
        match is_wanted {
            true => Some(fetch_policy(&net, &config.domain).await),
            false => None,
        }
    };
    // What the policy says has no bearing on what else is asked.
    let (policy, waves) = futures_util::join!(policy, ask_rest(&net, cx, &mut snapshot));
    waves?;
    snapshot.policy = policy;
    Ok(snapshot)
}

/// All waves that follow from what is known.
async fn ask_rest(net: &Net, cx: &Context, snapshot: &mut Snapshot) -> Result<(), Error> {
    loop {
        cx.checkpoint().map_err(|_| Error::Cancelled)?;
        let wave = snapshot.next_wave();
        if wave.is_empty() {
            return Ok(());
        }
        ask_all(net, cx, wave, &mut snapshot.answers).await;
    }
}

/// The policy as a sender gets it: no redirect is followed, and 64 kB are enough (RFC 8461,
/// sections 3.2 and 3.3).
async fn fetch_policy(net: &Net, domain: &str) -> Fetched {
    let url = match lr_net::Url::parse(&policy_url(domain)) {
        Ok(url) => url,
        Err(error) => {
            let error = lr_net::Error::BadName(error.to_string());
            return Fetched::Failed { failure: Failure::from(error) };
        }
    };
    let mut request = Request::get(url);
    request.body_limit = 64 * 1024;
    let exchange = match net.fetch(&request).await {
        Ok(exchange) => exchange,
        Err(error) => return Fetched::Failed { failure: Failure::from(error) },
    };
    let header = |name| {
        let value = exchange.header(name).next();
        value.map(|value| String::from_utf8_lossy(&value[..value.len().min(1000)]).into_owned())
    };
    Fetched::Answer {
        status: exchange.status,
        content_type: header("content-type"),
        location: header("location"),
        body: String::from_utf8_lossy(&exchange.body).into_owned(),
        complete: exchange.end == BodyEnd::Complete,
    }
}

/// Asks a wave of questions at once.
pub(crate) async fn ask_all(
    net: &Net,
    cx: &Context,
    wave: BTreeSet<Question>,
    answers: &mut Answers,
) {
    let asking = wave.into_iter().map(|question| ask(net, question));
    let mut asking = stream::iter(asking).buffer_unordered(cx.limits().concurrency.max(1));
    while let Some((question, answer)) = asking.next().await {
        answers.insert(question, answer);
    }
}

async fn ask(net: &Net, question: Question) -> (Question, Answer) {
    let wire = match question.rtype {
        RecordType::Txt => Wire::TXT,
        RecordType::Mx => Wire::MX,
        RecordType::A => Wire::A,
        RecordType::Aaaa => Wire::AAAA,
        RecordType::Ptr => Wire::PTR,
        RecordType::Tlsa => Wire::TLSA,
        RecordType::Spf => Wire::Unknown(99),
    };
    if question.rtype == RecordType::Tlsa {
        let answer = ask_with_dnssec(net, &question.name).await;
        return (question, answer);
    }
    let Some(name) = wire_name(&question.name) else { return (question, Answer::NotAName) };
    let answer = match net.lookup_name(&name, wire).await {
        Ok(answer) => read(&answer, &name, wire),
        Err(error) if error.kind() == ErrorKind::Config => Answer::NotAName,
        Err(error) => Answer::Failed { failure: Failure::from(error) },
    };
    (question, answer)
}

/// TLSA records mean nothing without DNSSEC, so the resolver is asked whether it has validated them.
async fn ask_with_dnssec(net: &Net, name: &str) -> Answer {
    let mut question = match lr_net::Question::new(name, Wire::TLSA) {
        Ok(question) => question.recursive(),
        Err(_) => return Answer::NotAName,
    };
    question.dnssec_ok = true;
    let failed = |failure| Answer::Failed { failure };
    let message = match net.ask_resolver(&question).await {
        Ok(reply) => reply.message,
        Err(error) => return failed(Failure::from(error)),
    };
    let records = message.answers.iter();
    let data: Vec<Data> = records.filter_map(|answer| record(&answer.data)).collect();
    match message.metadata.response_code {
        ResponseCode::NoError if data.is_empty() => Answer::NoData,
        ResponseCode::NoError => Answer::Records {
            aliases: Vec::new(),
            data,
            authentic: message.metadata.authentic_data,
        },
        ResponseCode::NXDomain => Answer::NxDomain { alias: None },
        code => failed(Failure::from(lr_net::Error::Resolver {
            name: name.to_owned(),
            reason: format!("the resolver answered {code}"),
        })),
    }
}

/// The name in a question. Macros of SPF make names of any bytes, and a local part may be anything.
fn wire_name(name: &str) -> Option<Name> {
    let is_usual = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    let parsed = match name.is_ascii() && !is_usual {
        true => Name::from_labels(name.split('.').map(str::as_bytes)),
        false => Name::from_utf8(name).or_else(|_| Name::from_ascii(name)),
    };
    let mut name = parsed.ok()?.to_lowercase();
    name.set_fqdn(true);
    Some(name)
}

fn read(answer: &lr_net::Answer, name: &Name, rtype: Wire) -> Answer {
    match answer {
        lr_net::Answer::NxDomain { missing } => {
            let is_alias = *missing != name.to_string();
            Answer::NxDomain {
                alias: is_alias.then(|| missing.trim_end_matches('.').to_lowercase()),
            }
        }
        lr_net::Answer::Records(_) => {
            let data: Vec<Data> = answer.data(rtype).filter_map(record).collect();
            let target = |data: &RData| match data {
                RData::CNAME(target) => Some(plain(&target.0)),
                _ => None,
            };
            let aliases = answer.data(Wire::CNAME).filter_map(target).collect();
            match data.is_empty() {
                true => Answer::NoData,
                false => Answer::Records { aliases, data, authentic: false },
            }
        }
        // Whatever else there may be one day, there are no records in it.
        _ => Answer::NoData,
    }
}

fn record(data: &RData) -> Option<Data> {
    match data {
        RData::TXT(text) => Some(Data::Txt(TxtRecord::new(text.txt_data.iter()))),
        RData::MX(mx) => {
            Some(Data::Mx { preference: mx.preference, exchange: plain(&mx.exchange) })
        }
        RData::PTR(name) => Some(Data::Name(plain(&name.0))),
        RData::TLSA(tlsa) => Some(Data::Tlsa {
            usage: tlsa.cert_usage.into(),
            selector: tlsa.selector.into(),
            matching: tlsa.matching.into(),
            data: tlsa.cert_data.iter().map(|byte| format!("{byte:02x}")).collect(),
        }),
        RData::Unknown { code: Wire::Unknown(99), rdata } => {
            Some(Data::Txt(TxtRecord::new(character_strings(&rdata.anything))))
        }
        data => data.ip_addr().map(|ip: IpAddr| Data::Address(ip)),
    }
}

/// The strings of a record that is built like TXT (RFC 1035, section 3.3.14).
fn character_strings(mut data: &[u8]) -> Vec<&[u8]> {
    let mut strings = Vec::new();
    while let Some((&length, rest)) = data.split_first() {
        let (string, rest) = rest.split_at(rest.len().min(length.into()));
        strings.push(string);
        data = rest;
    }
    strings
}

/// A name as text, without a trailing dot. Labels of other than plain bytes stay escaped.
fn plain(name: &Name) -> String {
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'.' | b'\\');
    if name.is_root() {
        return ".".to_owned();
    }
    let labels = name.iter().map(|label| match label.iter().all(is_plain) {
        true => String::from_utf8_lossy(label).to_ascii_lowercase(),
        false => label.escape_ascii().to_string(),
    });
    labels.collect::<Vec<_>>().join(".")
}
