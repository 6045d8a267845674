use std::net::SocketAddr;

use hickory_proto::rr::RecordType;
use lr_core::Context;
use lr_net::{Failure, Net, Question, Reply, Server};

use crate::Error;
use crate::config::record_type;
use crate::inspect::of_reply;
use crate::snapshot::Asked;

/// Asks one resolver for one type of record of many names, some hundred at a time, and tells each
/// answer as it comes. Without a `resolver`, it is the one that `cx` names, or else the system's. Memory does not grow with the number of names: neither they nor the answers
/// are kept. What is no name is told as such.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let lab = lr_lab::Lab::builder().zone(lr_lab::Zone::new("shop.test").records("@ A 11.0.0.7")).start().await?;
/// # let cx = lab.context();
/// let names = ["shop.test", "nobody.shop.test"].map(str::to_owned);
/// let mut missing = Vec::new();
/// lr_dns::sweep(names, "A", None, &cx, |asked| {
///     if asked.outcome.is_ok_and(|answer| answer.rcode == "NXDOMAIN") {
///         missing.push(asked.name);
///     }
/// })
/// .await?;
/// assert_eq!(missing, ["nobody.shop.test"]);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Error::BadType`], or [`Error::Network`] if the resolver may not or cannot be asked at all.
pub async fn sweep(
    names: impl IntoIterator<Item = String>,
    rtype: &str,
    resolver: impl Into<Option<SocketAddr>>,
    cx: &Context,
    mut each: impl FnMut(Asked),
) -> Result<(), Error> {
    let rtype: RecordType = record_type("the names", rtype)?;
    let net = Net::of(cx)?;
    let server = resolver.into().map(Server::at);
    let mut names = names.into_iter();
    let text = rtype.to_string();
    loop {
        let mut bad = Vec::new();
        // Those that cannot be asked for are set aside until the others are on their way.
        let questions =
            names.by_ref().take(AT_ONCE).filter_map(|name| match Question::new(&name, rtype) {
                Ok(question) => Some(question.recursive()),
                Err(error) => {
                    bad.push((name, Failure::from(error)));
                    None
                }
            });
        let mut any = false;
        let told = |question: &Question, reply: Result<Reply, lr_net::Error>| {
            any = true;
            let name = crate::inspect::text(&question.name);
            let outcome = reply.map(|reply| of_reply(&reply, rtype)).map_err(Failure::from);
            each(Asked::new(name, text.as_str(), outcome));
        };
        match &server {
            Some(server) => net.sweep(server, questions, told).await?,
            None => net.sweep_resolver(questions, told).await?,
        }
        any |= !bad.is_empty();
        for (name, failure) in bad {
            each(Asked::new(name, text.as_str(), Err(failure)));
        }
        if !any {
            return Ok(());
        }
    }
}

/// Names after which those that are none are told.
const AT_ONCE: usize = 65_536;
