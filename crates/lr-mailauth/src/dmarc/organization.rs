use super::{Psd, is_record, parse};
use crate::TxtRecord;
use crate::answers::{Ask, RecordType};

/// An organizational domain.
pub(crate) struct Organization {
    pub(crate) domain: String,
    /// Whether all of the way there was seen.
    pub(crate) is_certain: bool,
}

/// Walks from a domain to the top (RFC 9989, section 4.10.2); at most eight questions, all at once.
pub(crate) fn organization(ask: &mut Ask<'_>, domain: &str) -> Organization {
    let labels: Vec<&str> = domain.split('.').collect();
    let below = |count: usize| labels[labels.len() - count.min(labels.len())..].join(".");
    // A name of eight or more labels is followed by its last seven.
    let counts: Vec<usize> =
        std::iter::once(labels.len()).chain((1..=(labels.len() - 1).min(7)).rev()).collect();
    let mut is_certain = true;
    let mut records = Vec::new();
    for count in counts {
        let answer = ask.get(&format!("_dmarc.{}", below(count)), RecordType::Txt);
        let Some(answer) = answer.filter(|answer| answer.failure().is_none()) else {
            is_certain = false;
            continue;
        };
        let texts: Vec<Vec<u8>> = answer.texts().map(TxtRecord::bytes).collect();
        let mut found = texts.iter().filter(|text| is_record(text));
        if let (Some(text), None) = (found.next(), found.next()) {
            records.push((count, parse(text).value.psd));
        }
    }
    let mut chosen = labels.len();
    for (count, psd) in records {
        match psd {
            Psd::No => {
                chosen = count;
                break;
            }
            Psd::Yes if count < labels.len() => {
                chosen = count + 1;
                break;
            }
            _ => chosen = count,
        }
    }
    Organization { domain: below(chosen), is_certain }
}
