//! Asking, in waves: whatever does not depend on an answer is asked at once.
//!
//! 1. the resolver about the name servers of the domain and its ancestors;
//! 2. the resolver about the addresses of these servers;
//! 3. every server about every name, and the parent's servers for the delegation;
//! 4. what follows: servers that only the parent or only the zone knows, what one server is enough
//!    for, targets of aliases and mail, keys, zones below, and a second look where servers disagree.
//!
//! Walked from the roots, the first two are one for each zone on the way, and what the delegation says
//! of the servers' addresses is where the third begins. Whether servers answer over TCP is asked
//! beside the last two. The resolver is asked about the names only where the zone's servers could not
//! tell.

mod aliases;
mod asker;
mod below;
mod later;
mod missing;
mod records;
mod servers;
mod trust;
mod walk;
mod zone;

use futures_util::future::join_all;
use hickory_proto::rr::RecordType;
use lr_core::{Context, Event};

use self::asker::{Asker, How};
pub(crate) use self::records::{of_reply, text};
use self::servers::Sheet;
use crate::Error;
use crate::chain::{Book, exists};
use crate::config::{DnsConfig, Plan, SERVICES};
use crate::snapshot::{Asked, PublicResolver, Role, Snapshot};
use crate::status::is_at_or_below;

/// Looks at a domain in DNS. Must be called inside a tokio runtime.
///
/// # Errors
/// [`Error`] if nothing can be asked at all. Whatever fails on the way is part of the snapshot.
pub async fn inspect(config: &DnsConfig, cx: &Context) -> Result<Snapshot, Error> {
    let plan = Plan::new(config)?;
    let asker = Asker::new(cx)?;
    let mut seen = Snapshot {
        domain: plan.domain.clone(),
        names: plan.names.clone(),
        taken_at_s: cx.now().unix(),
        anchors: plan.anchors.clone(),
        // A wildcard would answer for it; where it is missing, so are the services below it (RFC 8020).
        wildcard_probe: Some(format!("{}.{}", SERVICES[0].0, plan.domain)),
        ..Snapshot::default()
    };
    progress(cx, 0, "looking for the name servers");
    let mut ask_for = None;
    let mut passed = Vec::new();
    let given = !plan.name_servers.is_empty();
    let walked = !given
        && !plan.roots.is_empty()
        && walk::from_roots(&asker, &mut seen, &plan.roots, &mut passed).await;
    if given {
        servers::take_given(&asker, &mut seen, &plan.name_servers).await;
    } else if !walked {
        ask_for = Some(by_resolver(&asker, &mut seen).await);
    } else if seen.servers.iter().any(|server| server.glue.is_empty()) {
        let unresolved = servers::unresolved(&seen, |_| true);
        asker.resolve(&mut seen, unresolved).await;
        servers::take_resolved(&mut seen);
    }

    progress(cx, 1, "asking every name server");
    let known = seen.servers.clone();
    let zone = seen.zone.clone();
    let over_tcp = servers::over_tcp(&asker, &known, zone.as_deref());
    let public = public(&asker, &plan);
    let above = trust::by_servers(&asker, &passed, zone.as_deref());
    let rest = rest(&asker, &mut seen, &plan, ask_for.as_deref(), cx);
    let (tcp, public, (), ()) = futures_util::join!(over_tcp, public, above, rest);
    seen.resolvers = public;
    servers::keep_tcp(&asker, &mut seen, tcp).await;
    let untried: Vec<_> =
        seen.servers.iter().filter(|server| is_untried(server)).cloned().collect();
    let zone = seen.zone.clone();
    let tcp = servers::over_tcp(&asker, &untried, zone.as_deref()).await;
    servers::keep_tcp(&asker, &mut seen, tcp).await;
    drop_missing(&mut seen);
    seen.signed = asker.signed();
    seen.chain = asker.chain();
    seen.questions = asker.net.questions_sent();
    Ok(seen)
}

fn progress(cx: &Context, done: u64, doing: &str) {
    cx.emit(&Event::Progress { check: "dns", doing: doing.into(), done, total: Some(3) });
}

type Question = (String, RecordType);

/// Keeps what the resolver said to questions that were not answered already.
fn keep_new(seen: &mut Snapshot, told: Vec<Asked>) {
    for asked in told {
        if !seen.resolver.iter().any(|a| a.name == asked.name && a.rtype == asked.rtype) {
            seen.resolver.push(asked);
        }
    }
}

/// Lets the resolver tell zone, parent and servers; gives the name that the parent is to be asked
/// for.
async fn by_resolver(asker: &Asker, seen: &mut Snapshot) -> String {
    let suffixes = zone::suffixes(&seen.domain).map(|suffix| (suffix.to_owned(), RecordType::NS));
    asker.resolve(seen, suffixes.collect()).await;
    let cut = zone::find(seen);
    let mut of_parent = Snapshot { resolver: seen.resolver.clone(), ..Snapshot::default() };
    let known = of_parent.resolver.len();
    let (servers, parents) = futures_util::join!(
        servers::with_addresses(asker, seen, &cut.servers),
        zone::parents(asker, &mut of_parent, &cut.parent_servers),
    );
    keep_new(seen, of_parent.resolver.split_off(known));
    seen.zone = cut.zone;
    seen.parent = cut.parent;
    seen.servers = servers;
    seen.parent_servers = parents;
    cut.ask_for
}

/// What public resolvers say about what is asked for by the caller.
async fn public(asker: &Asker, plan: &Plan) -> Vec<PublicResolver> {
    let how = How { recursive: true, ..How::default() };
    let each = plan.resolvers.iter().take(MAX_RESOLVERS).map(|address| async move {
        let server = lr_net::Server::at(*address);
        let peer = asker.peer_at(address.ip(), &address.to_string(), server);
        let questions = plan.questions.iter().take(MAX_QUESTIONS);
        let asked = questions.map(|(name, rtype)| asker.ask(&peer, name, *rtype, how));
        PublicResolver::new(*address, join_all(asked).await)
    });
    join_all(each).await
}

/// Most public resolvers, and most questions to each of them.
const MAX_RESOLVERS: usize = 8;
const MAX_QUESTIONS: usize = 16;

/// The third wave and the fourth.
async fn rest(
    asker: &Asker,
    seen: &mut Snapshot,
    plan: &Plan,
    ask_for: Option<&str>,
    cx: &Context,
) {
    let sheet = sheet(seen, plan);
    let delegation = async {
        match ask_for {
            Some(name) => zone::ask_parent(asker, &seen.parent_servers, name).await,
            None => Vec::new(),
        }
    };
    let answers = servers::ask(asker, &seen.servers, &sheet);
    let zone = seen.zone.as_deref().unwrap_or_default();
    let outside = servers::unresolved(seen, |name| !is_at_or_below(name, zone));
    let resolved = asker.look_up(&seen.resolver, outside);
    let (delegation, answers, resolved) = futures_util::join!(delegation, answers, resolved);
    seen.resolver.extend(resolved);
    servers::keep(&mut seen.servers, answers);
    servers::keep(&mut seen.parent_servers, delegation);
    servers::take_resolved(seen);
    servers::take_carried(seen);
    // Servers that only the delegation, or only the zone itself, knows of.
    if servers::learn(asker, seen).await {
        ask_new(asker, seen, plan).await;
    }
    progress(cx, 2, "following what turned up");
    later::ask(asker, seen, plan).await;
    if servers::take_resolved(seen) {
        ask_new(asker, seen, plan).await;
    }
    let targets = aliases::walk(asker, seen, &plan.domain).await;
    seen.resolver.extend(targets);
}

/// Asks servers at addresses that have turned up.
async fn ask_new(asker: &Asker, seen: &mut Snapshot, plan: &Plan) {
    let sheet = sheet(seen, plan);
    let answers = servers::ask(asker, &seen.servers, &sheet).await;
    servers::keep(&mut seen.servers, answers);
}

/// Whether nobody has tried to reach a server over TCP, though it answers.
fn is_untried(server: &crate::NameServer) -> bool {
    let alive = server.endpoints.iter().any(servers::is_alive);
    alive && server.endpoints.iter().all(|endpoint| endpoint.tcp.is_none())
}

/// Most questions to all servers together in the third wave.
const MAX_FIRST: usize = 120;

/// What the zone's servers are asked first: about the zone, and about each name that matters.
fn sheet(seen: &Snapshot, plan: &Plan) -> Sheet {
    let Some(zone) = &seen.zone else { return Sheet::default() };
    let plain = How::default();
    let signed = How { dnssec: true, ..plain };
    let mut every = vec![((zone.clone(), RecordType::NS), plain)];
    if plan.domain != *zone {
        // Whether a name within a zone exists is told whatever it is asked for (RFC 8020).
        every.push(((plan.domain.clone(), RecordType::NS), plain));
    }
    for probed in &plan.names {
        let how = if probed.name == *zone { signed } else { plain };
        every.push(((probed.name.clone(), RecordType::A), how));
        if probed.role == Role::Domain {
            every.push(((probed.name.clone(), RecordType::AAAA), plain));
            every.push(((probed.name.clone(), RecordType::MX), plain));
        }
    }
    for question in &plan.questions {
        if !every.iter().any(|(known, _)| known == question) {
            every.push((question.clone(), plain));
        }
    }
    every.retain(|((name, _), _)| is_at_or_below(name, zone));
    // A zone with many servers: of each, less.
    every.truncate((MAX_FIRST / seen.servers.len().max(1)).max(4));
    let mut once: Vec<Question> = vec![(plan.domain.clone(), RecordType::CAA)];
    let protocols = SERVICES.iter();
    once.extend(protocols.map(|(label, _)| (format!("{label}.{}", plan.domain), RecordType::A)));
    let mut shared: Vec<_> = once.into_iter().map(|question| (question, plain)).collect();
    shared.retain(|(question, _)| is_at_or_below(&question.0, zone));
    shared.retain(|(question, _)| !every.iter().any(|(known, _)| known == question));
    Sheet { every, shared, elsewhere: vec![((zone.clone(), RecordType::SOA), plain)] }
}

/// Well-known names that nobody has ever had are not worth keeping as names.
fn drop_missing(seen: &mut Snapshot) {
    let book = Book::of(seen);
    let keep: Vec<_> = seen
        .names
        .iter()
        .filter(|p| p.role != Role::WellKnown || exists(&book.follow(&p.name)) != Some(false))
        .cloned()
        .collect();
    seen.names = keep;
}
