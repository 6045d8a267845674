//! The lab's thread, and the sockets on it.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use lr_core::Route;
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::Error;
use crate::dns::recursor::Recursor;
use crate::dns::server::{Responder, Server, serve_tcp, serve_udp};
use crate::log::Log;
use crate::net::addresses::is_public;
use crate::net::listener;
use crate::plan::Plan;
use crate::smtp;
use crate::web::serve::{Endpoint, Running, serve};
use crate::web::site::Port;

/// Everything that is to run.
pub(crate) struct Grounds {
    pub(crate) recursor: Arc<Recursor>,
    pub(crate) plan: Plan,
    pub(crate) rtt: Duration,
    pub(crate) log: Log,
}

/// What runs.
pub(crate) struct Opened {
    pub(crate) recursor: SocketAddr,
    pub(crate) routes: Vec<Route>,
    pub(crate) thread: Thread,
}

/// The lab's thread, which ends with this.
#[derive(Debug)]
pub(crate) struct Thread {
    stop: Option<oneshot::Sender<()>>,
    handle: Option<JoinHandle<()>>,
}

impl Drop for Thread {
    fn drop(&mut self) {
        // A thread that has ended already needs no word.
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(handle) = self.handle.take() {
            let _ = handle.join();
        }
    }
}

/// Opens all sockets on a thread of their own.
pub(crate) async fn run(grounds: Grounds) -> Result<Opened, Error> {
    let (stop, stopped) = oneshot::channel::<()>();
    let (ready, is_ready) = oneshot::channel();
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = std::thread::Builder::new().name("lr-lab".to_owned()).spawn(move || {
        runtime.block_on(async move {
            let mut tasks = JoinSet::new();
            // Whoever has stopped waiting has dropped the other end of `stop` too.
            let _ = ready.send(open(grounds, &mut tasks).await);
            let _ = stopped.await;
        });
    })?;
    let thread = Thread { stop: Some(stop), handle: Some(handle) };
    let ended = || Error::Unknown("the lab's thread has ended".to_owned());
    let (recursor, routes) = is_ready.await.map_err(|_| ended())??;
    Ok(Opened { recursor, routes, thread })
}

async fn open(
    grounds: Grounds,
    tasks: &mut JoinSet<()>,
) -> Result<(SocketAddr, Vec<Route>), Error> {
    let Grounds { recursor, plan, rtt, log } = grounds;
    let net = recursor.net.clone();
    let mut routes = Vec::new();
    let (closed, refused) = listener::closed().await?;
    tasks.spawn(async move {
        let _closed = closed;
        std::future::pending::<()>().await;
    });

    let recursor = Responder::Recursor(recursor);
    let recursor =
        name_server(Server { responder: recursor, log: log.clone(), rtt }, tasks).await?;
    for (ip, server) in &net.servers {
        let responder = Responder::Authority(server.clone());
        let to = name_server(Server { responder, log: log.clone(), rtt }, tasks).await?;
        routes.push(Route::new(&ip.to_string(), 53, to));
    }

    for (address, sites) in &plan.sites {
        let sites: Arc<[_]> = sites.clone().into();
        for port in [80, 443] {
            let state = state_of(&sites, port);
            if state == Port::Closed {
                continue;
            }
            let (listener, to) = listener::tcp().await?;
            let (address, sites, log) = (*address, sites.clone(), log.clone());
            tasks.spawn(serve(Endpoint { address, port, state, sites, log, rtt }, listener));
            routes.push(Route::new(&address.to_string(), port, to));
        }
    }
    for (address, running) in plan.mail {
        let (listener, to) = listener::tcp().await?;
        tasks.spawn(smtp::serve(running, address, log.clone(), rtt, listener));
        routes.push(Route::new(&address.to_string(), 25, to));
    }

    // Where nothing listens, connections are refused, as by a host that is up.
    let nominal = net.mentioned.iter().copied().filter(|ip| is_public(*ip));
    let nominal: BTreeSet<_> = nominal.chain(plan.sites.into_keys()).collect();
    let open: BTreeSet<_> = routes.iter().map(|r| (r.host.clone(), r.port)).collect();
    for host in nominal.into_iter().map(|ip| ip.to_string()) {
        for port in [25, 53, 80, 443] {
            if !open.contains(&(host.clone(), port)) {
                routes.push(Route::new(&host, port, refused));
            }
        }
    }
    Ok((recursor, routes))
}

async fn name_server(server: Server, tasks: &mut JoinSet<()>) -> Result<SocketAddr, Error> {
    let (socket, listener, address) = listener::udp_and_tcp().await?;
    tasks.spawn(serve_udp(server.clone(), socket));
    tasks.spawn(serve_tcp(server, listener));
    Ok(address)
}

/// What a port does that several sites share: it is open if one of them is.
fn state_of(sites: &[Arc<Running>], port: u16) -> Port {
    let mut states = sites.iter().map(|running| running.site.port(port));
    let first = states.next().unwrap_or_default();
    if first == Port::Open || states.any(|state| state == Port::Open) { Port::Open } else { first }
}
