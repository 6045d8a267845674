//! Graphs of redirects, served over real sockets: the walk ends, finds a loop exactly where there is
//! one, and asks for each URL once.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/graph.rs"]
mod graph;

use std::collections::BTreeSet;

use lr_lab::SeenRequest;
use lr_redirects::{Ends, RedirectsConfig, inspect};
use proptest::prelude::*;
use proptest::test_runner::Config;

use crate::graph::{Graph, graphs};

proptest! {
    #![proptest_config(Config { cases: 12, ..Config::default() })]

    #[test]
    fn any_graph_is_walked_as_it_is(graph in graphs()) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(walk(&graph))?;
    }
}

async fn walk(graph: &Graph) -> Result<(), TestCaseError> {
    let lab = graph.serve().await;
    let mut config = RedirectsConfig::new("graph.test");
    config.discover = false;
    config.old_urls = graph.urls().map(|url| (url.clone(), url)).collect();
    let snapshot = inspect(&config, &lab.context()).await.unwrap();

    let asked: Vec<String> = lab.requests().iter().map(SeenRequest::url).collect();
    let unique: BTreeSet<&String> = asked.iter().collect();
    prop_assert_eq!(unique.len(), asked.len(), "a URL was asked for twice");

    for start in 0..graph.to.len() {
        let (way, back) = model(graph, start);
        let url = graph.url(start);
        let chain = snapshot.chain(&url);
        if way.len() > snapshot.max_redirects + 1 {
            prop_assert_eq!(chain.ends, Ends::TooMany);
            continue;
        }
        let expected: Vec<_> = way.iter().map(|node| graph.url(*node)).collect();
        prop_assert_eq!(&chain.urls, &expected);
        prop_assert_eq!(chain.back_to, back);
        let ends = if back.is_some() { Ends::Loop } else { Ends::Ok };
        prop_assert_eq!(chain.ends, ends, "{:?}", snapshot.exchanges.get(chain.last()));
    }
    Ok(())
}

/// The way from a node, and the place to which its end leads back.
fn model(graph: &Graph, start: usize) -> (Vec<usize>, Option<usize>) {
    let mut way = vec![start];
    while let Some(to) = graph.to[way[way.len() - 1]] {
        if let Some(at) = way.iter().position(|node| *node == to) {
            return (way, Some(at));
        }
        way.push(to);
    }
    (way, None)
}
