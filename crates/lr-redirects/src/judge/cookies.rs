//! Cookies that go out in plain text.

use lr_core::{Location, Recorder, Severity};

use super::tally::Tally;
use super::view::View;
use crate::rules::NO_COOKIE_OVER_HTTP;

/// How cookies begin by which load balancers and protections know a connection, and those that
/// keep a language or a choice: none of them carries a session. From the documents of their makers.
const HARMLESS: [&str; 36] = [
    "__cf_bm",
    "_cfuvid",
    "__cflb",
    "__cfruid",
    "cf_clearance",
    "awsalb",
    "awselb",
    "aws-waf-token",
    "gclb",
    "bigipserver",
    "arraffinity",
    "applicationgatewayaffinity",
    "incap_ses",
    "visid_incap",
    "nlbi_",
    "ak_bmsc",
    "bm_sv",
    "bm_sz",
    "_abck",
    "datadome",
    "__ddg",
    "serverid",
    "citrix_ns_id",
    "lang",
    "locale",
    "next_locale",
    "pll_language",
    "wp-wpml",
    "country",
    "region",
    "currency",
    "theme",
    "consent",
    "cookieconsent",
    "optanon",
    "_ga",
];

pub(super) fn judge(view: &View<'_>, out: &mut Recorder<'_>) {
    for host in view.hosts() {
        let mut tally = Tally::new(&NO_COOKIE_OVER_HTTP, Location::host(host));
        for (url, answer) in view.answers(host, "http") {
            tally.fine();
            // To delete one that is there already is a good deed.
            for cookie in answer.cookies.iter().filter(|cookie| !cookie.expired) {
                let name = cookie.name.as_str();
                let lower = name.to_ascii_lowercase();
                let detail = format!("{url} sets the cookie `{name}` over plain HTTP");
                let fault = tally.fault(url, detail).instance(name);
                // Browsers refuse a Secure cookie from plain HTTP (RFC 6265bis, section 5.7).
                if cookie.secure || HARMLESS.iter().any(|known| lower.starts_with(known)) {
                    fault.severity(Severity::Low);
                }
                fault.evidence("expected", "cookies over HTTPS only, with `Secure`");
                fault.evidence("actual", format!("`{name}`, Secure: {}", cookie.secure));
            }
        }
        tally.close(out, "nothing answers over plain HTTP");
    }
}
