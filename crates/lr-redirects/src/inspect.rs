mod canonical_link;
mod fetch;
mod plan;

use std::future::ready;

use futures_util::{StreamExt, stream};
use lr_core::{Context, Event};
use lr_net::Net;

use self::fetch::Memo;
use crate::{Error, RedirectsConfig, Snapshot};

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
    Ok(snapshot)
}
