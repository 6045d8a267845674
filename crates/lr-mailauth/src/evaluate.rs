//! SPF for one given sender, by mail-auth behind a guard.

use std::net::IpAddr;

use lr_net::Net;
use mail_auth::spf::verify::SpfParameters;
use mail_auth::{MessageAuthenticator, SpfResult as Theirs};
use tokio::time::timeout;

use crate::snapshot::{Sent, SpfResult};
use crate::spf::{Audit, Node, Outcome};

/// What receivers would say of mail from each address.
///
/// mail-auth reads records that RFC 7208 calls broken: it takes the first of several, skips terms
/// that it does not know, and counts no void lookups. So it is asked only about trees in which our
/// own audit found nothing of the kind; on those the two must agree. It shares the resolver and
/// its cache.
pub(crate) async fn evaluate(net: &Net, domain: &str, audit: &Audit, from: &[IpAddr]) -> Vec<Sent> {
    let authenticator = MessageAuthenticator(net.resolver().clone());
    let sender = format!("postmaster@{domain}");
    let is_clear = is_clear(audit);
    let ask = async |from: IpAddr| {
        let parameters = SpfParameters::verify_mail_from(from, domain, domain, &sender);
        let time = net.context().exchange_time();
        let output = timeout(time, authenticator.verify_spf(parameters)).await;
        Sent { from, result: Some(output.map_or(SpfResult::TempError, |o| ours(o.result()))) }
    };
    let mut sent = Vec::with_capacity(from.len());
    for address in from.iter().take(MAX_SENDERS) {
        sent.push(match is_clear {
            true => ask(*address).await,
            false => Sent { from: *address, result: None },
        });
    }
    sent
}

const MAX_SENDERS: usize = 32;

/// Whether every receiver reads the tree alike.
fn is_clear(audit: &Audit) -> bool {
    let within = audit.lookups <= 10 && audit.void_ipv4 <= 2 && audit.void_ipv6 <= 2;
    within && audit.complete && is_plain(&audit.root)
}

fn is_plain(node: &Node) -> bool {
    matches!(&node.outcome, Outcome::Record { issues, text } if issues.is_empty() && !text.contains('%'))
        && node.steps.iter().all(|step| {
            step.exchanges.is_none_or(|count| count <= 10)
                && step.child.as_ref().is_none_or(|child| is_plain(child))
        })
}

fn ours(result: Theirs) -> SpfResult {
    match result {
        Theirs::Pass => SpfResult::Pass,
        Theirs::Fail => SpfResult::Fail,
        Theirs::SoftFail => SpfResult::SoftFail,
        Theirs::Neutral => SpfResult::Neutral,
        Theirs::TempError => SpfResult::TempError,
        Theirs::PermError => SpfResult::PermError,
        Theirs::None => SpfResult::None,
    }
}
