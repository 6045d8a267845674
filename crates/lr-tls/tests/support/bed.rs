//! What tests over real sockets share: an authority that counts as public, what its certificates
//! point to, and a network that leads nowhere else.

#![allow(dead_code, reason = "each test takes what it needs")]

#[path = "http.rs"]
pub(crate) mod http;
#[path = "made.rs"]
pub(crate) mod made;
#[path = "mock.rs"]
pub(crate) mod mock;
#[path = "row.rs"]
pub(crate) mod row;
#[path = "server.rs"]
pub(crate) mod server;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use self::made::Made;
use self::mock::Mock;
use self::server::Server;
use lr_core::{Clock, Context, Limits, Network, Route};
use lr_tls::Roots;

pub(crate) struct Bed {
    pub(crate) made: Made,
    /// Serves what certificates point to, and how often it was asked.
    pub(crate) web: (SocketAddr, Arc<AtomicUsize>),
    pub(crate) roots: Roots,
}

impl Bed {
    pub(crate) async fn new() -> Self {
        let made = Made::new();
        let pages = [("/one.crl", made.empty_list()), ("/issuer.cer", made.intermediate())];
        let web = http::serve(pages).await;
        let roots = Roots::none().with_public(&made.root).unwrap();
        Self { made, web, roots }
    }

    /// A server at each of these, and the web server under its names; a clock that stands still.
    pub(crate) fn context(&self, routes: &[(&str, u16, SocketAddr)]) -> Context {
        let mut network = Network::default();
        let web = self.web.0;
        let ours = ["crl.test", "aia.test", "acme.test"].map(|host| (host, 80, web));
        let routes = routes.iter().chain(&ours);
        network.routes = routes.map(|(host, port, to)| Route::new(host, *port, *to)).collect();
        network.only_routed = true;
        Context::new()
            .with_network(network)
            .with_clock(Clock::fixed(self.made.now))
            .with_limits(Limits::within(Duration::from_secs(12)))
    }

    pub(crate) fn server(&self, chain: Vec<Vec<u8>>) -> Server {
        Server::new(chain, self.made.key())
    }

    pub(crate) fn healthy(&self) -> Server {
        self.server(self.made.with(|_| ()))
    }

    pub(crate) fn but(&self, change: impl FnOnce(&mut Server)) -> Server {
        let mut server = self.healthy();
        change(&mut server);
        server
    }

    /// Of 90 days, which end in so many.
    pub(crate) fn ends_in(&self, days: i64) -> Server {
        self.lasting(days - 90, 90)
    }

    /// Begins in so many days and lasts so many, to the second.
    pub(crate) fn lasting(&self, from: i64, days: i64) -> Server {
        let from = self.made.now.unix() + from * 86_400;
        self.server(self.made.with(|params| made::lasts(params, from, days)))
    }

    pub(crate) fn mock(&self, change: impl FnOnce(&mut Mock)) -> Mock {
        let mut mock = Mock::healthy(self.made.with(|_| ()));
        change(&mut mock);
        mock
    }
}
