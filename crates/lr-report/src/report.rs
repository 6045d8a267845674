use std::cmp::Ordering;

use lr_core::{CheckRun, Finding, Location, Outcome, Text, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::decision::{Decision, Policy, decide};
use crate::map::DeploymentMap;
use crate::waiver::{WaiverState, WaiverUse};

/// Name and version of the report document. Within version 1 fields are only added.
pub const REPORT_SCHEMA: &str = "launch-ready/report/1";

/// What an audit found, ranked, with every outcome and the decision.
///
/// The same runs, policy and time give the same document, byte for byte.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Report {
    /// [`REPORT_SCHEMA`].
    pub schema: String,
    /// What was audited.
    pub target: Text,
    /// The time by which verdicts were made.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub at: Timestamp,
    /// Whether to launch.
    pub decision: Decision,
    /// Why the audit did not run to its end, if it did not.
    pub incomplete: Option<Text>,
    /// Findings, worst first.
    pub risks: Vec<Risk>,
    /// What each check looked at.
    pub checks: Vec<CheckReport>,
    /// Waivers and what became of them.
    pub waivers: Vec<WaiverUse>,
    /// What is deployed where.
    pub map: Option<DeploymentMap>,
}

/// A finding, and whether somebody has accepted it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Risk {
    /// The finding.
    pub finding: Finding,
    /// The waiver that covers it.
    pub waived: Option<Waived>,
}

/// Why and until when a finding is accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Waived {
    /// Why.
    pub reason: Text,
    /// Until when.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub until: Timestamp,
}

/// One check: every outcome, and its own summary of what it saw.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CheckReport {
    /// Name of the check.
    pub check: String,
    /// What it was about.
    pub subject: Location,
    /// At least one outcome for each of its rules.
    pub outcomes: Vec<Outcome>,
    /// The check's own summary; its shape is documented by the check.
    #[cfg_attr(feature = "schema", schemars(with = "Option<serde_json::Value>"))]
    pub data: Option<Box<RawValue>>,
    /// Duration in milliseconds; 0 when the clock stands still.
    pub elapsed_ms: u64,
    /// Why it ended early, if it did.
    pub error: Option<Text>,
}

impl Report {
    /// Ranks what the runs brought, applies the policy, and decides.
    #[must_use]
    pub fn new(target: &str, at: Timestamp, runs: Vec<CheckRun>, policy: &Policy) -> Self {
        let findings = runs.iter().flat_map(|run| &run.findings);
        let mut risks: Vec<Risk> = findings.map(|finding| judge(finding, at, policy)).collect();
        risks.sort_by(|a, b| rank(&a.finding, &b.finding));
        Self {
            schema: REPORT_SCHEMA.into(),
            target: target.into(),
            at,
            decision: decide(policy, &risks, &runs),
            incomplete: None,
            waivers: policy.waivers.iter().map(|waiver| account(waiver, at, &risks)).collect(),
            risks,
            checks: runs.into_iter().map(CheckReport::from).collect(),
            map: None,
        }
    }

    /// Adds the deployment map.
    #[must_use]
    pub fn with_map(self, map: DeploymentMap) -> Self {
        Self { map: Some(map), ..self }
    }

    /// Marks the report as one of an audit that was stopped.
    #[must_use]
    pub fn incomplete(self, why: impl Into<Text>) -> Self {
        Self { incomplete: Some(why.into()), ..self }
    }

    /// The document on one line, as scripts and logs want it.
    ///
    /// # Panics
    /// Never: a report holds nothing that JSON cannot write.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("plain data can be written as JSON")
    }

    /// Reads a document.
    ///
    /// # Errors
    /// Says what is wrong and where, also if the document is of another version.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let report: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        match report.schema.as_str() {
            REPORT_SCHEMA => Ok(report),
            other => Err(format!("`{other}` is not {REPORT_SCHEMA}")),
        }
    }
}

impl From<CheckRun> for CheckReport {
    fn from(run: CheckRun) -> Self {
        Self {
            check: run.check,
            subject: run.subject,
            outcomes: run.outcomes,
            data: run.data.map(one_line),
            elapsed_ms: run.elapsed_ms,
            error: run.error,
        }
    }
}

/// The summary as it is; what would break the one line, or is no JSON at all, is written anew.
pub(crate) fn one_line(json: String) -> Box<RawValue> {
    let multiline = json.contains(['\n', '\r']);
    RawValue::from_string(json).map_or_else(
        |_| RawValue::NULL.to_owned(),
        |raw| match multiline {
            true => serde_json::from_str::<serde_json::Value>(raw.get())
                .and_then(|value| serde_json::value::to_raw_value(&value))
                .unwrap_or(raw),
            false => raw,
        },
    )
}

fn judge(finding: &Finding, at: Timestamp, policy: &Policy) -> Risk {
    let waiver = policy.waivers.iter().find(|waiver| waiver.matches(finding) && at < waiver.until);
    let waived =
        waiver.map(|waiver| Waived { reason: waiver.reason.as_str().into(), until: waiver.until });
    Risk { finding: finding.clone(), waived }
}

/// Worst first; a total order, so that the same findings always stand in the same order.
fn rank(a: &Finding, b: &Finding) -> Ordering {
    (b.severity, b.confidence)
        .cmp(&(a.severity, a.confidence))
        .then_with(|| (&a.rule, &a.key, &a.detail).cmp(&(&b.rule, &b.key, &b.detail)))
}

fn account(waiver: &crate::Waiver, at: Timestamp, risks: &[Risk]) -> WaiverUse {
    let matched = risks.iter().any(|risk| waiver.matches(&risk.finding));
    WaiverUse {
        key: waiver.key.as_str().into(),
        reason: waiver.reason.as_str().into(),
        until: waiver.until,
        state: match matched {
            true if at < waiver.until => WaiverState::Used,
            true => WaiverState::Expired,
            false => WaiverState::Unused,
        },
    }
}
