use lr_core::{CheckRun, Outcome, Severity, Stage, Verdict};
use serde::{Deserialize, Serialize};

use crate::report::Risk;
use crate::waiver::Waiver;

/// Whether to launch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[allow(clippy::exhaustive_enums, reason = "scripts must be able to rely on these four")]
pub enum Decision {
    /// Nothing is wrong.
    Go,
    /// Nothing stands against the launch, but something is wrong, or was waived.
    GoWithRisks,
    /// Something stands against the launch.
    NoGo,
    /// Something that could stand against the launch was not decided.
    Undecided,
}

impl Decision {
    /// Exit code of a program that made this decision: 0 go, 1 no-go, 3 undecided (2 is misuse).
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Go | Self::GoWithRisks => 0,
            Self::NoGo => 1,
            Self::Undecided => 3,
        }
    }
}

/// What stands against a launch.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Policy {
    /// Findings of this severity and above mean no-go.
    pub block_at: Severity,
    /// Findings that somebody has accepted.
    pub waivers: Vec<Waiver>,
}

impl Policy {
    /// Blocks at `severity`, with nothing waived.
    #[must_use]
    pub fn block_at(severity: Severity) -> Self {
        Self { block_at: severity, waivers: Vec::new() }
    }

    /// Adds a waiver.
    #[must_use]
    pub fn waive(mut self, waiver: Waiver) -> Self {
        self.waivers.push(waiver);
        self
    }

    fn blocks(&self, severity: Severity, stage: Stage) -> bool {
        severity >= self.block_at && stage != Stage::Preview
    }

    fn leaves_open(&self, outcome: &Outcome) -> bool {
        matches!(outcome.verdict, Verdict::Inconclusive { .. })
            && self.blocks(outcome.severity, outcome.stage)
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::block_at(Severity::High)
    }
}

/// The decision is a rule, never a score: one thing that blocks is enough, and nothing outweighs it.
pub(crate) fn decide(policy: &Policy, risks: &[Risk], runs: &[CheckRun]) -> Decision {
    let standing = |risk: &&Risk| risk.waived.is_none();
    let blocking = |risk: &Risk| policy.blocks(risk.finding.severity, risk.finding.stage);
    if risks.iter().filter(standing).any(blocking) {
        Decision::NoGo
    } else if runs.iter().any(|run| is_open(policy, run)) {
        Decision::Undecided
    } else if risks.iter().any(|risk| risk.finding.severity > Severity::Info) {
        Decision::GoWithRisks
    } else {
        Decision::Go
    }
}

/// A check that ended early may have had more places to look at, even for rules it has decided.
fn is_open(policy: &Policy, run: &CheckRun) -> bool {
    run.outcomes.iter().any(|outcome| {
        policy.leaves_open(outcome)
            || (run.error.is_some() && policy.blocks(outcome.severity, outcome.stage))
    })
}
