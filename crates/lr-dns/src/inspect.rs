//! Asking, in waves: whatever does not depend on an answer is asked at once.
//!
//! 1. the resolver about the names, and about the name servers of the domain and its ancestors;
//! 2. the resolver about the addresses of these servers;
//! 3. every server at every address about everything, and the parent's servers for the delegation;
//! 4. only if something turned up: servers that only the parent or only the zone knows, targets of
//!    aliases of which nothing is known yet, and a second look where servers disagree.

mod aliases;
mod asker;
mod records;
mod servers;
mod zone;

use hickory_proto::rr::RecordType;
use lr_core::{Context, Event};

use self::asker::Asker;
use crate::Error;
use crate::chain::{Book, End, exists};
use crate::config::{DnsConfig, Plan};
use crate::snapshot::{Role, Snapshot};
use crate::status::is_at_or_below;

/// Looks at a domain in DNS. Must be called inside a tokio runtime.
///
/// # Errors
/// [`Error`] if nothing can be asked at all. Whatever fails on the way is part of the snapshot.
pub async fn inspect(config: &DnsConfig, cx: &Context) -> Result<Snapshot, Error> {
    let plan = Plan::new(config)?;
    let asker = Asker::new(cx)?;
    let mut seen =
        Snapshot { domain: plan.domain.clone(), names: plan.names.clone(), ..Snapshot::default() };

    progress(cx, 0, "asking the resolver");
    asker.resolve(&mut seen, first_questions(&plan)).await;
    let cut = zone::find(&seen);
    let more = later_questions(&seen, &plan);
    let (servers, parents, ()) = futures_util::join!(
        servers::with_addresses(&asker, &cut.servers),
        servers::with_addresses(&asker, zone::candidates(&cut.parent_servers)),
        asker.resolve(&mut seen, more),
    );
    seen.zone = cut.zone;
    seen.parent = cut.parent;
    seen.servers = servers;
    seen.parent_servers = zone::chosen(parents);

    progress(cx, 1, "asking every name server");
    let questions = zone_questions(&seen, &plan);
    let delegation = zone::ask_parent(&asker, &seen, &cut.ask_for);
    let answers = servers::ask(&asker, &seen.servers, &questions);
    let (delegation, answers) = futures_util::join!(delegation, answers);
    servers::keep(&mut seen.servers, answers);
    servers::keep(&mut seen.parent_servers, delegation);

    // Servers that only the delegation, or only the zone itself, knows of.
    if servers::learn(&asker, &mut seen).await {
        let questions = zone_questions(&seen, &plan);
        let answers = servers::ask(&asker, &seen.servers, &questions).await;
        servers::keep(&mut seen.servers, answers);
    }
    progress(cx, 2, "following what turned up");
    let again = servers::ask_again(&asker, &seen);
    let (again, targets) = futures_util::join!(again, aliases::walk(&asker, &seen));
    servers::keep_again(&mut seen, again);
    seen.resolver.extend(targets);
    drop_missing(&mut seen);
    Ok(seen)
}

fn progress(cx: &Context, done: u64, doing: &str) {
    cx.emit(&Event::Progress { check: "dns", doing: doing.into(), done, total: Some(3) });
}

type Question = (String, RecordType);

fn first_questions(plan: &Plan) -> Vec<Question> {
    let mut questions: Vec<Question> =
        zone::suffixes(&plan.domain).map(|suffix| (suffix.to_owned(), RecordType::NS)).collect();
    for probed in &plan.names {
        let name = || probed.name.clone();
        questions.push((name(), RecordType::A));
        if probed.role != Role::WellKnown {
            questions.push((name(), RecordType::AAAA));
        }
        if matches!(probed.role, Role::Domain | Role::Www) {
            questions.push((name(), RecordType::CAA));
        }
    }
    // An issuer climbs the tree up to the top-level domain (RFC 8659, section 3).
    let ancestors = zone::suffixes(&plan.domain).skip(1);
    questions.extend(ancestors.map(|suffix| (suffix.to_owned(), RecordType::CAA)));
    questions.extend(plan.questions.iter().cloned());
    questions
}

/// Well-known names that exist are asked for IPv6 too; those that do not may still be aliases of
/// something that does not exist any more.
fn later_questions(seen: &Snapshot, plan: &Plan) -> Vec<Question> {
    let book = Book::of(seen);
    let well_known = plan.names.iter().filter(|probed| probed.role == Role::WellKnown);
    let next = |name: &str| match book.follow(name).end {
        End::Addresses(_) | End::NoAddress => RecordType::AAAA,
        _ => RecordType::CNAME,
    };
    well_known.map(|probed| (probed.name.clone(), next(&probed.name))).collect()
}

/// What the zone's servers are asked: about the zone, and about each name that matters.
fn zone_questions(seen: &Snapshot, plan: &Plan) -> Vec<Question> {
    let Some(zone) = &seen.zone else { return Vec::new() };
    let book = Book::of(seen);
    let mut questions = vec![
        (zone.clone(), RecordType::SOA),
        (zone.clone(), RecordType::NS),
        (plan.domain.clone(), RecordType::CAA),
    ];
    for probed in &plan.names {
        if probed.role == Role::WellKnown && exists(&book.follow(&probed.name)) == Some(false) {
            continue;
        }
        for rtype in [RecordType::A, RecordType::AAAA] {
            questions.push((probed.name.clone(), rtype));
        }
    }
    for question in &plan.questions {
        if !questions.contains(question) {
            questions.push(question.clone());
        }
    }
    questions.retain(|(name, _)| is_at_or_below(name, zone));
    questions
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
