//! The launch of `shop.test`: a dozen faults of the kinds that really happen, beside things that
//! are right; and its healthy twin of the same shape.
//!
//! What is wrong with [`launch`]:
//!
//! | where | what |
//! |---|---|
//! | `ns2.shop.test` | still has the old address of `www` |
//! | `status.shop.test` | is an alias of a name that does not exist |
//! | `shop.test` CAA | is missing: any authority may issue |
//! | `http://shop.test/…` | sends every path to the home page |
//! | `https://www.shop.test` | redirects with 302, not for good |
//! | `https://shop.test/old-pricing` | takes three hops |
//! | `https://shop.test` | HSTS for five minutes only |
//! | `api.shop.test` | the certificate ended three days ago |
//! | `www.shop.test` | the certificate ends in six days of 90 |
//! | `app.shop.test` | the intermediate certificate is not sent |
//! | SPF | twelve DNS lookups, two more than are evaluated |
//! | DMARC | `p=none` |
//! | DKIM `default` | a key of 1024 bits |
//! | `https://shop.test/api/search` | one request in eight takes 900 ms |
//! | [`source_tree`] | three live-looking secrets |
//!
//! Right are, among others: both name servers answer, over IPv4 and IPv6; `https://shop.test`;
//! path and query survive on `www`; the DKIM key `s2026`; the mail host; the other old URLs.

mod source;

use std::time::Duration;

use crate::dns::zone::Zone;
use crate::launch::{Launch, dkim_record, to_https};
use crate::tls::certificate::Certificate;
use crate::web::reply::{Reply, Request};
use crate::web::site::Site;

pub use source::{clean_source_tree, source_tree};

/// The domain of the launch.
pub const DOMAIN: &str = "shop.test";

/// Where everyone is to end up.
pub const CANONICAL: &str = "https://shop.test/";

/// The hosts of the launch that serve HTTPS.
pub const HOSTS: [&str; 5] =
    ["shop.test", "www.shop.test", "app.shop.test", "api.shop.test", "status.shop.test"];

/// Old URLs, and where they are to lead.
pub const OLD_URLS: [(&str, &str); 3] = [
    ("https://shop.test/old-pricing", "https://shop.test/pricing"),
    ("https://shop.test/company", "https://shop.test/about"),
    ("https://shop.test/index.html", "https://shop.test/"),
];

/// DKIM selectors in use.
pub const DKIM_SELECTORS: [&str; 2] = ["default", "s2026"];

/// Endpoints and the milliseconds in which 95 of 100 requests are to be answered.
pub const ENDPOINTS: [(&str, u64); 3] = [
    ("https://shop.test/", 500),
    ("https://shop.test/pricing", 500),
    ("https://shop.test/api/search", 500),
];

/// How long the slow requests to `/api/search` take; one in [`SLOW_EVERY`] is slow.
pub const SLOW: Duration = Duration::from_millis(900);

/// Every so many-th request to `/api/search` is slow, beginning with the fourth.
pub const SLOW_EVERY: u64 = 8;

/// The launch with its faults.
#[must_use]
pub fn launch() -> Launch {
    let both = [DOMAIN, "www.shop.test"];
    shape(SPF_TOO_DEEP)
        .nameserver_records("ns2.shop.test", "www A 11.99.0.80")
        .replace_record("status CNAME shop-test.old-status.test.")
        .other_zone(Zone::new("old-status.test"))
        .remove_record("@", "CAA")
        .edit_site(DOMAIN, |site| {
            site.http(Reply::redirect(301, CANONICAL))
                .https_header("strict-transport-security", "max-age=300")
                .get("/old-pricing", Reply::redirect(301, "/prices"))
                .get("/prices", Reply::redirect(301, "/plans"))
                .get("/plans", Reply::redirect(301, "/pricing"))
                .get("/api/search", |request: &Request| match request.path_count % SLOW_EVERY {
                    3 => results().after(SLOW),
                    _ => results(),
                })
        })
        .edit_site("www.shop.test", |site| {
            site.fallback(|request: &Request| {
                Reply::redirect(302, format!("https://shop.test{}", request.path_and_query))
            })
            .certificate(Certificate::expires_in(6).names(both))
        })
        .certificate("api.shop.test", Certificate::expires_in(-3))
        .certificate("app.shop.test", Certificate::missing_intermediate())
        .replace_record("_dmarc 3600 TXT \"v=DMARC1; p=none; rua=mailto:dmarc@shop.test\"")
        .replace_record(&format!("default._domainkey 3600 TXT {}", dkim_record(1024)))
}

/// The same launch with everything as it should be.
#[must_use]
pub fn healthy() -> Launch {
    shape(SPF_SHALLOW)
}

/// Includes of the three services that send mail for the shop, with 4 lookups in all.
const SPF_SHALLOW: [&str; 3] =
    ["ip4:11.30.1.0/24 -all", "ip4:11.30.2.0/24 -all", "ip4:11.30.3.0/24 -all"];

/// The same with 12: two services have grown.
const SPF_TOO_DEEP: [&str; 3] = [
    "include:_eu.mailer.test include:_us.mailer.test include:_ap.mailer.test a:out.mailer.test -all",
    "include:_a.crm.test include:_b.crm.test include:_c.crm.test a:out.crm.test -all",
    "ip4:11.30.3.0/24 -all",
];

fn shape([mailer, crm, desk]: [&str; 3]) -> Launch {
    let spf = "include:_spf.mailer.test include:_spf.crm.test include:_spf.desk.test";
    Launch::healthy(DOMAIN)
        .replace_record(&format!("@ 3600 TXT \"v=spf1 mx {spf} -all\""))
        .record(&format!("s2026._domainkey 3600 TXT {}", dkim_record(2048)))
        .record("status CNAME shop-test.status-page.test.")
        .other_zone(Zone::new("status-page.test").records(
            "*  A    11.40.0.80
             *  AAAA 2a0e:b107:40::80",
        ))
        .other_zone(Zone::new("mailer.test").records(&format!(
            "_spf TXT \"v=spf1 {mailer}\"
             _eu  TXT \"v=spf1 ip4:11.30.1.0/26 -all\"
             _us  TXT \"v=spf1 ip4:11.30.1.64/26 -all\"
             _ap  TXT \"v=spf1 ip4:11.30.1.128/26 -all\"
             out  A   11.30.1.200"
        )))
        .other_zone(Zone::new("crm.test").records(&format!(
            "_spf TXT \"v=spf1 {crm}\"
             _a   TXT \"v=spf1 ip4:11.30.2.0/26 -all\"
             _b   TXT \"v=spf1 ip4:11.30.2.64/26 -all\"
             _c   TXT \"v=spf1 ip4:11.30.2.128/26 -all\"
             out  A   11.30.2.200"
        )))
        .other_zone(Zone::new("desk.test").records(&format!("_spf TXT \"v=spf1 {desk}\"")))
        .edit_site(DOMAIN, |site| {
            site.get("/old-pricing", Reply::redirect(308, "/pricing"))
                .get("/company", Reply::redirect(308, "/about"))
                .get("/index.html", Reply::redirect(308, "/"))
                .get("/api/search", results())
        })
        .site(status_page())
}

/// The status page, at the provider's address: a name is enough to be its customer.
fn status_page() -> Site {
    Site::new("status.shop.test")
        .get("/", Reply::html("<!doctype html><title>Status</title><p>All systems work.</p>"))
        .http(to_https("status.shop.test"))
        .https_header("strict-transport-security", "max-age=63072000; includeSubDomains")
}

fn results() -> Reply {
    Reply::status(200).header("content-type", "application/json").body("{\"results\":[]}")
}
