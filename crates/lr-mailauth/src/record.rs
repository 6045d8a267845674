//! Records of which a name should have exactly one, such as MTA-STS, TLS-RPT and BIMI.

use lr_net::Failure;
use serde::{Deserialize, Serialize};

use crate::answers::{Answer, Ask, RecordType, TxtRecord};
use crate::syntax::{Issue, Parsed};

/// What stands at a name that should have one record of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum At<T> {
    /// Exactly one record.
    Record {
        /// Its text.
        text: String,
        /// What was understood of it.
        record: T,
        /// What is wrong with it.
        issues: Vec<Issue>,
    },
    /// Several records, which is as good as none.
    Several {
        /// How many.
        count: usize,
    },
    /// No record, but a text that looks as if it were meant as one.
    Like {
        /// The text.
        text: String,
        /// What is wrong with it.
        issues: Vec<Issue>,
    },
    /// Nothing.
    Nothing,
    /// DNS did not answer.
    Failed {
        /// Why.
        failure: Failure,
    },
    /// Not asked yet.
    Open,
}

/// How one kind of record is told from others, and read.
pub(crate) struct Kind<T> {
    pub(crate) is_record: fn(&[u8]) -> bool,
    pub(crate) parse: fn(&[u8]) -> Parsed<T>,
    /// What a text that is meant as one has in it, in lower case.
    pub(crate) like: &'static str,
}

impl<T> At<T> {
    pub(crate) fn look(ask: &mut Ask<'_>, name: &str, kind: &Kind<T>) -> Self {
        let answer = match ask.get(name, RecordType::Txt) {
            None => return Self::Open,
            Some(Answer::Failed { failure }) => return Self::Failed { failure: failure.clone() },
            Some(answer) => answer,
        };
        let texts: Vec<Vec<u8>> = answer.texts().map(TxtRecord::bytes).collect();
        let show = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
        let records: Vec<&Vec<u8>> = texts.iter().filter(|text| (kind.is_record)(text)).collect();
        match records[..] {
            [] => {
                let like = texts.iter().find(|text| is_like(text, kind.like));
                like.map_or(Self::Nothing, |text| Self::Like {
                    text: show(text),
                    issues: (kind.parse)(text).issues,
                })
            }
            [text] => {
                let parsed = (kind.parse)(text);
                Self::Record { text: show(text), record: parsed.value, issues: parsed.issues }
            }
            _ => Self::Several { count: records.len() },
        }
    }
}

fn is_like(text: &[u8], mark: &str) -> bool {
    let start = &text[..text.len().min(40)];
    start.windows(mark.len()).any(|part| part.eq_ignore_ascii_case(mark.as_bytes()))
}
