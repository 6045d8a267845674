use serde::{Deserialize, Serialize};

use super::read::Message;
use super::{DkimResult, Signature};

/// How recipients of bulk mail can unsubscribe (RFC 2369, RFC 8058).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Bulk {
    /// The header fields that say the message is sent to many.
    pub marks: Vec<String>,
    /// How many List-Unsubscribe fields there are.
    pub unsubscribe_fields: usize,
    /// The schemes of the URIs in List-Unsubscribe; the URIs themselves are keys to a subscription.
    pub schemes: Vec<String>,
    /// What List-Unsubscribe-Post says.
    pub post: Option<String>,
    /// Whether a signature that passes covers both fields.
    pub is_signed: bool,
}

impl Bulk {
    pub(super) fn of(message: &Message<'_>, signatures: &[Signature]) -> Self {
        let marks = ["List-Id", "List-Unsubscribe", "List-Post", "Feedback-ID"].into_iter();
        let mut marks: Vec<String> =
            marks.filter(|name| message.all(name).next().is_some()).map(str::to_owned).collect();
        let precedence = message.first("precedence").unwrap_or_default().to_ascii_lowercase();
        if ["bulk", "list", "junk"].contains(&precedence.as_str()) {
            marks.push("Precedence".to_owned());
        }
        let covers = |signature: &Signature, name: &str| {
            signature.signed.iter().any(|signed| signed.eq_ignore_ascii_case(name))
        };
        let is_signed = signatures.iter().any(|signature| {
            signature.result == DkimResult::Pass
                && covers(signature, "list-unsubscribe")
                && covers(signature, "list-unsubscribe-post")
        });
        let unsubscribe = message.first("list-unsubscribe").unwrap_or_default();
        let uris = unsubscribe.split('<').skip(1).take(16);
        let schemes = uris.filter_map(|uri| {
            let (scheme, rest) = uri.split('>').next()?.trim().split_once(':')?;
            (!rest.is_empty() && scheme.len() <= 16).then(|| scheme.trim().to_ascii_lowercase())
        });
        Self {
            marks,
            unsubscribe_fields: message.all("list-unsubscribe").count(),
            schemes: schemes.collect(),
            post: message.first("list-unsubscribe-post"),
            is_signed,
        }
    }

    /// Whether one click is enough (RFC 8058, section 3.1).
    #[must_use]
    pub fn is_one_click(&self) -> bool {
        let says = |post: &String| {
            let compact: String = post.chars().filter(|char| !char.is_whitespace()).collect();
            compact.eq_ignore_ascii_case("List-Unsubscribe=One-Click")
        };
        self.post.as_ref().is_some_and(says) && self.schemes.iter().any(|scheme| scheme == "https")
    }
}
