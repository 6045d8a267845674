//! Home pages over IPv4 and IPv6 apart: another server may answer there.

use futures_util::future::join_all;
use lr_net::{Family, Net};
use url::Url;

use super::fetch::{Manner, look};
use crate::{Exchange, Families, Purpose, Snapshot};

/// Hosts that are looked at.
const LIMIT: usize = 16;

pub(super) async fn apart(net: &Net, manner: &Manner, snapshot: &Snapshot) -> Vec<Families> {
    let homes = snapshot.starts.iter().filter(|start| start.purpose == Purpose::Home);
    let urls = homes.filter_map(|start| Url::parse(&start.url).ok()).take(LIMIT);
    join_all(urls.map(|url| async move {
        let over = |family| {
            let url = url.clone();
            async move {
                let mut request = manner.request(snapshot, url);
                request.family = Some(family);
                look(net, &request).await
            }
        };
        let (v4, v6): (Exchange, Exchange) =
            futures_util::join!(over(Family::V4), over(Family::V6));
        Families { url: url.into(), v4, v6 }
    }))
    .await
}
