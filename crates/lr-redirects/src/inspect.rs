mod canonical_link;
mod cookies;
mod fetch;
mod plan;

use std::collections::BTreeSet;
use std::future::ready;

use futures_util::future::join_all;
use futures_util::{StreamExt, stream};
use lr_core::{Context, Event};
use lr_net::Net;

use self::cookies::ends_with_cookies;
use self::fetch::Memo;
use crate::{Ends, Error, Exchange, RedirectsConfig, Snapshot};

/// Walks every way in, all at once, asking for each URL once.
///
/// What goes wrong on the way is kept in the snapshot as data. It ends within the time of `cx`.
///
/// # Errors
/// If the configuration names no host or no URL, or if the network cannot be set up.
pub async fn inspect(config: &RedirectsConfig, cx: &Context) -> Result<Snapshot, Error> {
    let mut snapshot = plan::plan(config)?;
    snapshot.max_redirects = cx.limits().redirects;
    let net = Net::of(cx)?;
    let memo = Memo::new(&net, &snapshot);
    let total = snapshot.starts.len();
    stream::iter(0..total)
        .map(|start| memo.walk(start))
        .buffer_unordered(cx.limits().concurrency.max(1))
        .enumerate()
        .for_each(|(done, start)| {
            cx.emit(&Event::Progress {
                check: crate::NAME,
                doing: snapshot.starts[start].url.as_str().into(),
                done: done as u64 + 1,
                total: Some(total as u64),
            });
            ready(())
        })
        .await;
    snapshot.exchanges = memo.into_exchanges();
    snapshot.needs_cookies = needing_cookies(&net, &snapshot).await;
    Ok(snapshot)
}

/// Loops that are tried again with cookies.
const RETRIES: usize = 24;

/// The starts whose loop ends once cookies are sent back.
async fn needing_cookies(net: &Net, snapshot: &Snapshot) -> BTreeSet<String> {
    let sets_cookie = |url: &&str| {
        let answer = snapshot.exchanges.get(*url).and_then(Exchange::answer);
        answer.is_some_and(|answer| answer.sets_cookie)
    };
    let loops: Vec<&str> = snapshot
        .starts
        .iter()
        .map(|start| snapshot.chain(&start.url))
        .filter(|chain| chain.ends == Ends::Loop && chain.urls.iter().any(sets_cookie))
        .map(|chain| chain.urls[0])
        .take(RETRIES)
        .collect();
    let tries = loops.iter().map(|start| ends_with_cookies(net, snapshot, start));
    let ends = join_all(tries).await;
    loops.iter().zip(ends).filter(|(_, ends)| *ends).map(|(start, _)| (*start).into()).collect()
}
