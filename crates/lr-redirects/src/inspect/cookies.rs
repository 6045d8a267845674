//! A second try with cookies: some sites set one and redirect until it comes back, which without a
//! jar looks like a loop; and some loop for those only who send it back.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use lr_net::Net;
use url::Url;

use super::fetch::{Manner, redirect};
use crate::cookie::Jar;
use crate::{Ends, Exchange, Purpose, Snapshot};

/// Loops that are tried again, and ways without one.
const LOOPS: usize = 64;
const WAYS: usize = 8;

/// Tries again, with a jar for each, the ways on which cookies are set. Gives back the starts whose
/// loop ends then, and those whose way becomes a loop.
pub(super) async fn again(
    net: &Net,
    manner: &Manner,
    snapshot: &Snapshot,
) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut loops, mut ways) = (Vec::new(), Vec::new());
    for start in &snapshot.starts {
        let chain = snapshot.chain(&start.url);
        let on_the_way = match chain.ends {
            Ends::Loop => chain.urls.len(),
            _ => chain.redirects(),
        };
        if !chain.urls[..on_the_way].iter().any(|url| sets_cookie(snapshot, url)) {
            continue;
        }
        let is_page = matches!(start.purpose, Purpose::Home | Purpose::Page);
        match chain.ends {
            Ends::Loop if loops.len() < LOOPS => loops.push(start.url.as_str()),
            Ends::Ok if is_page && ways.len() < WAYS => ways.push(start.url.as_str()),
            _ => {}
        }
    }
    let fitting = async |starts: Vec<&str>, wanted| {
        let tries = starts.iter().map(|start| walk(net, manner, snapshot, start));
        let ends = join_all(tries).await;
        let fitting = starts.iter().zip(ends).filter(|(_, end)| *end == wanted);
        fitting.map(|(start, _)| (*start).to_owned()).collect()
    };
    futures_util::join!(fitting(loops, End::Reached), fitting(ways, End::Never))
}

fn sets_cookie(snapshot: &Snapshot, url: &str) -> bool {
    let answer = snapshot.exchanges.get(url).and_then(Exchange::answer);
    answer.is_some_and(|answer| answer.sets_cookie)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Reached,
    Never,
    Unknown,
}

/// The way from `start` as one walks it who sends cookies back.
async fn walk(net: &Net, manner: &Manner, snapshot: &Snapshot, start: &str) -> End {
    let mut jar = Jar::new(net.context().now());
    let Ok(mut url) = Url::parse(start) else { return End::Unknown };
    for _ in 0..=snapshot.max_redirects {
        if snapshot.internal(&url).is_some() {
            return End::Unknown;
        }
        let mut request = manner.request(snapshot, url.clone());
        let cookies = jar.header(&url).filter(|cookies| is_plain(cookies));
        request.headers.extend(cookies.map(|cookies| ("cookie".into(), cookies)));
        let Ok(exchange) = net.fetch(&request).await else { return End::Unknown };
        for value in exchange.header("set-cookie") {
            jar.keep(&String::from_utf8_lossy(value), &url);
        }
        let Some(redirect) = redirect(&exchange) else { return End::Reached };
        let Some(to) = redirect.to else { return End::Unknown };
        if !snapshot.follows(url.as_str(), &to) {
            return End::Reached;
        }
        let Ok(to) = Url::parse(&to) else { return End::Unknown };
        url = to;
    }
    End::Never
}

/// Whether a header can hold it.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}
