mod canonical_link;
mod cookies;
mod discover;
mod families;
mod fetch;
mod mitigation;
mod plan;

use std::collections::{BTreeMap, VecDeque};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use lr_core::{Context, Event};
use lr_net::Net;

use self::discover::Scout;
pub(crate) use self::discover::{NOWHERE, is_respelt};
use self::fetch::Memo;
pub(crate) use self::fetch::{Manner, page, redirect};
pub(crate) use self::mitigation::mitigation;
use crate::{Error, Exchange, RedirectsConfig, Snapshot, Start};

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
    let manner = Manner::new(config.credentials.clone(), config.http);
    let walking = walk_all(config, &net, &manner, &snapshot);
    let apart = async {
        match config.each_family {
            true => families::apart(&net, &manner, &snapshot).await,
            false => Vec::new(),
        }
    };
    let ((exchanges, found), families) = futures_util::join!(walking, apart);
    snapshot.exchanges = exchanges;
    snapshot.starts.extend(found);
    snapshot.families = families;
    (snapshot.needs_cookies, snapshot.loops_with_cookies) =
        cookies::again(&net, &manner, &snapshot).await;
    Ok(snapshot)
}

/// Starts that are walked at once.
const WALKING: usize = 512;

/// Walks all starts, and those that are found on the way; gives back what came and what was found.
async fn walk_all(
    config: &RedirectsConfig,
    net: &Net,
    manner: &Manner,
    snapshot: &Snapshot,
) -> (BTreeMap<String, Exchange>, Vec<Start>) {
    let memo = Memo::new(net, manner, snapshot);
    let mut scout = Scout::new(snapshot, config.discover, config.intrusive);
    let mut waiting: VecDeque<Start> = snapshot.starts.iter().cloned().collect();
    let mut found = Vec::new();
    let mut walking = FuturesUnordered::new();
    // Most of them wait for one another; how many ask at once is the memory's to say.
    let (mut done, mut total) = (0, waiting.len() as u64);
    loop {
        while walking.len() < WALKING {
            let Some(start) = waiting.pop_front() else { break };
            walking.push(memo.walk(start));
        }
        let Some((start, last, seen)) = walking.next().await else { break };
        if let Some(seen) = seen.get() {
            let more = scout.learn(&start, &last, seen);
            total += more.len() as u64;
            waiting.extend(more.iter().cloned());
            found.extend(more);
        }
        done += 1;
        net.context().emit(&Event::Progress {
            check: crate::NAME,
            doing: start.url.into(),
            done,
            total: Some(total),
        });
    }
    drop(walking);
    // In the order of their names, whichever came first.
    found.sort_by(|a, b| a.url.cmp(&b.url));
    (memo.into_exchanges(), found)
}
