//! Cookies that go out in plain text.

use lr_core::{Location, Recorder, Severity};

use super::tally::Tally;
use super::view::View;
use crate::rules::NO_COOKIE_OVER_HTTP;

/// Cookies by which load balancers and edges know a connection; they carry no session.
const INFRASTRUCTURE: [&str; 10] = [
    "__cf_bm",
    "_cfuvid",
    "__cflb",
    "awsalb",
    "awsalbcors",
    "awselb",
    "awselbcors",
    "bigipserver",
    "arraffinity",
    "incap_ses",
];

pub(super) fn judge(view: &View<'_>, out: &mut Recorder<'_>) {
    for host in view.hosts() {
        let mut tally = Tally::new(&NO_COOKIE_OVER_HTTP, Location::host(host));
        let base = format!("http://{host}/");
        for (url, exchange) in &view.snapshot.exchanges {
            let Some(answer) = exchange.answer().filter(|_| url.starts_with(&base)) else {
                continue;
            };
            if answer.cookies.is_empty() {
                tally.fine();
            }
            for cookie in &answer.cookies {
                let name = cookie.name.as_str();
                let lower = name.to_ascii_lowercase();
                let detail = format!("{url} sets the cookie `{name}` over plain HTTP");
                let fault = tally.fault(url, detail).instance(name);
                // Browsers refuse a Secure cookie from plain HTTP (RFC 6265bis, section 5.7).
                if cookie.secure || INFRASTRUCTURE.iter().any(|known| lower.starts_with(known)) {
                    fault.severity(Severity::Low);
                }
                fault.evidence("expected", "cookies over HTTPS only, with `Secure`");
                fault.evidence("actual", format!("`{name}`, Secure: {}", cookie.secure));
            }
        }
        tally.close(out, "nothing answers over plain HTTP");
    }
}
