//! A graph of redirects over two hosts and two schemes.

use std::collections::HashMap;
use std::sync::Arc;

use lr_lab::{Lab, Launch, Reply, Request, Site};
use proptest::prelude::*;

const ORIGINS: [&str; 4] =
    ["https://graph.test", "http://graph.test", "https://www.graph.test", "http://www.graph.test"];

/// Where each node leads, if anywhere, and how its `Location` is written.
#[derive(Clone, Debug)]
pub(crate) struct Graph {
    pub(crate) to: Vec<Option<usize>>,
    pub(crate) status: u16,
    pub(crate) relative: bool,
}

pub(crate) fn graphs() -> impl Strategy<Value = Graph> {
    let to = (1usize..14).prop_flat_map(|nodes| {
        prop::collection::vec(prop::option::weighted(0.85, 0..nodes), nodes)
    });
    let status = prop::sample::select(vec![301u16, 302, 303, 307, 308]);
    (to, status, any::<bool>()).prop_map(|(to, status, relative)| Graph { to, status, relative })
}

impl Graph {
    pub(crate) fn url(&self, node: usize) -> String {
        format!("{}/{node}/page", ORIGINS[node * 7 % 4])
    }

    pub(crate) fn urls(&self) -> impl Iterator<Item = String> + '_ {
        (0..self.to.len()).map(|node| self.url(node))
    }

    /// A lab that serves the graph.
    pub(crate) async fn serve(&self) -> Lab {
        let location = |from: usize, to: usize| {
            let (here, there) = (self.url(from), self.url(to));
            let same = ORIGINS[from * 7 % 4] == ORIGINS[to * 7 % 4];
            match (self.relative, same) {
                (true, true) => format!("../{to}/./page"),
                (true, false) if here.split(':').next() == there.split(':').next() => {
                    there[there.find("//").unwrap()..].to_owned()
                }
                _ => there,
            }
        };
        let edges = self.to.iter().enumerate();
        let known: HashMap<String, Option<String>> =
            edges.map(|(from, to)| (self.url(from), to.map(|to| location(from, to)))).collect();
        let (known, status) = (Arc::new(known), self.status);
        let mut lab = Lab::builder().launch(Launch::healthy("graph.test"));
        for host in ["graph.test", "www.graph.test"] {
            let known = Arc::clone(&known);
            lab = lab.site(Site::new(host).fallback(move |request: &Request| {
                let url =
                    format!("{}://{}{}", request.scheme, request.host, request.path_and_query);
                match known.get(&url) {
                    Some(Some(to)) => Reply::redirect(status, to),
                    Some(None) => Reply::text("the end"),
                    None => Reply::status(404),
                }
            }));
        }
        lab.start().await.unwrap()
    }
}
