//! Servers beside what should be said of them.

use futures_util::{StreamExt, stream};
use lr_core::Severity;
use lr_tls::TlsCheck;

use super::Bed;
use super::made::HOST;
use super::mock::Mock;
use super::server::Server;

/// One line of the table.
pub(crate) struct Row {
    pub(crate) what: &'static str,
    /// Rules that do not hold: the cause first, and every other of medium severity or above.
    pub(crate) rules: &'static [&'static str],
    pub(crate) faulty: Target,
}

pub(crate) enum Target {
    Server(Box<Server>),
    /// Without rustls behind it: for what no handshake of today can be made with.
    Mock(Box<Mock>),
}

impl From<Server> for Target {
    fn from(server: Server) -> Self {
        Self::Server(Box::new(server))
    }
}

impl From<Mock> for Target {
    fn from(mock: Mock) -> Self {
        Self::Mock(Box::new(mock))
    }
}

pub(crate) trait Rows {
    async fn wrong(&self, row: Row) -> Option<String>;
    async fn all(&self, rows: Vec<Row>);
}

impl Rows for Bed {
    /// What is said of a row that should not be, or is not and should.
    async fn wrong(&self, row: Row) -> Option<String> {
        let Row { what, rules, faulty } = row;
        let address = match faulty {
            Target::Server(server) => server.serve().await,
            Target::Mock(mock) => mock.serve().await.0,
        };
        let cx = self.context(&[(HOST, 443, address)]);
        let check = TlsCheck::new([HOST]).with_roots(self.roots.clone());
        let run = lr_core::run(&check, &cx).await;
        let found = run.findings.iter().filter(|finding| {
            finding.severity >= Severity::Medium || rules.first() == Some(&finding.rule.as_str())
        });
        let mut found: Vec<_> = found.map(|finding| finding.rule.as_str()).collect();
        found.sort_unstable();
        found.dedup();
        let mut expected = rules.to_vec();
        expected.sort_unstable();
        let all: Vec<_> =
            run.findings.iter().map(|one| format!("{}: {}", one.rule, one.detail)).collect();
        (found != expected || run.error.is_some())
            .then(|| format!("{what}: {found:?} and not {expected:?}: {all:#?} {:?}", run.error))
    }

    async fn all(&self, rows: Vec<Row>) {
        let looks = stream::iter(rows.into_iter().map(|row| self.wrong(row)));
        let wrong: Vec<_> =
            looks.buffer_unordered(8).filter_map(std::future::ready).collect().await;
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

pub(crate) fn row(
    what: &'static str,
    rules: &'static [&'static str],
    faulty: impl Into<Target>,
) -> Row {
    Row { what, rules, faulty: faulty.into() }
}

pub(crate) fn twin(what: &'static str, healthy: impl Into<Target>) -> Row {
    row(what, &[], healthy)
}
