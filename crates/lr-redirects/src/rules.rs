use lr_core::{Rule, Severity};

const REDIRECTION: (&str, &str) =
    ("RFC 9110, section 15.4", "https://www.rfc-editor.org/rfc/rfc9110#section-15.4");
const HSTS: (&str, &str) = ("RFC 6797", "https://www.rfc-editor.org/rfc/rfc6797");
const MOVING: (&str, &str) = (
    "Google Search Central: site moves",
    "https://developers.google.com/search/docs/crawling-indexing/site-move-with-url-changes",
);
const CANONICAL: (&str, &str) = (
    "Google Search Central: canonical URLs",
    "https://developers.google.com/search/docs/crawling-indexing/consolidate-duplicate-urls",
);
const TRANSPORT: (&str, &str) = (
    "OWASP Transport Layer Security Cheat Sheet",
    "https://cheatsheetseries.owasp.org/cheatsheets/Transport_Layer_Security_Cheat_Sheet.html",
);

/// Every rule of this crate.
pub static RULES: &[&Rule] = &[
    &HTTPS_UPGRADE,
    &HTTPS_UPGRADE_DEEP,
    &DIRECT_UPGRADE,
    &NO_DOWNGRADE,
    &NO_LOOP,
    &SHORT_CHAIN,
    &LOCATION_VALID,
    &NO_INTERNAL_TARGET,
    &PERMANENT,
    &PATH_KEPT,
    &QUERY_KEPT,
    &ONE_CANONICAL_HOST,
    &EXPECTED_CANONICAL,
    &ENDS_IN_SUCCESS,
    &OLD_URLS,
    &HSTS_PRESENT,
    &HSTS_VALID,
    &HSTS_SINGLE,
    &HSTS_MAX_AGE,
    &NO_CLIENT_REDIRECT,
    &NO_SOFT_404,
    &ONE_URL_PER_PAGE,
    &PAGE_URLS_AGREE,
    &SITEMAP_AGREES,
    &METHOD_KEPT,
    &NO_COOKIE_OVER_HTTP,
    &NO_OPEN_REDIRECT,
    &NO_HEADER_INJECTION,
    &FAMILIES_AGREE,
    &HSTS_EVERYWHERE,
    &HSTS_HTTPS_ONLY,
    &HSTS_SUBDOMAINS,
    &HSTS_INCLUDE_SUBDOMAINS,
    &HSTS_PRELOAD,
];

pub(crate) static HTTPS_UPGRADE: Rule = Rule::new("redirects/https-upgrade", Severity::High)
    .says("plain HTTP leads to HTTPS", "plain HTTP is not led to HTTPS")
    .because("visitors who type the bare name stay unprotected: anyone on the way can read and change the page")
    .fix("answer every request on port 80 with 301 or 308 to the same URL under https, or close the port")
    .see(&[TRANSPORT, REDIRECTION]);

pub(crate) static HTTPS_UPGRADE_DEEP: Rule =
    Rule::new("redirects/https-upgrade-deep", Severity::High)
        .says("deep paths on plain HTTP lead to HTTPS too", "deep paths are left on plain HTTP")
        .because(
            "the home page looks right while links to other pages stay unprotected or end nowhere",
        )
        .fix("redirect in the server block or at the edge for every path, not only for `/`")
        .see(&[TRANSPORT, REDIRECTION]);

pub(crate) static DIRECT_UPGRADE: Rule = Rule::new("redirects/direct-upgrade", Severity::Medium)
    .says(
        "plain HTTP is left in one step, to a host of the launch",
        "plain HTTP is left by a detour",
    )
    .because("each further step in plain text or over a foreign host can be tampered with, and costs time")
    .fix("let the first redirect go to https on the same host, and only then to the canonical host")
    .see(&[("HSTS preload list: requirements", "https://hstspreload.org/#submission-requirements"), HSTS]);

pub(crate) static NO_DOWNGRADE: Rule = Rule::new("redirects/no-downgrade", Severity::High)
    .says("no redirect leads from HTTPS to plain HTTP", "a redirect leads from HTTPS down to plain HTTP")
    .because("the request, with what it carries, is sent again in plain text")
    .fix("make the application build its URLs with https: behind a proxy it must trust `X-Forwarded-Proto` or `Forwarded`")
    .see(&[("RFC 7239, section 5.4", "https://www.rfc-editor.org/rfc/rfc7239#section-5.4"), TRANSPORT]);

pub(crate) static NO_LOOP: Rule = Rule::new("redirects/no-loop", Severity::Critical)
    .says("every chain of redirects comes to an end", "a chain of redirects never ends")
    .because("browsers give up with an error page: nobody gets in this way")
    .fix("find the two rules that send visitors to each other, often one at the edge and one at the origin, and keep one")
    .see(&[REDIRECTION]);

pub(crate) static SHORT_CHAIN: Rule = Rule::new("redirects/short-chain", Severity::Medium)
    .says("no chain of redirects is longer than needed", "a chain of redirects is longer than needed")
    .because("each hop costs visitors at least a round trip before anything is shown, and crawlers lose patience")
    .fix("lead each URL straight to where it ends: one hop to HTTPS and at most one to the canonical host")
    .see(&[MOVING, REDIRECTION]);

pub(crate) static LOCATION_VALID: Rule = Rule::new("redirects/location-valid", Severity::High)
    .says("every redirect names one valid target", "a redirect names no valid target")
    .because("browsers show an error or an empty page")
    .fix("send exactly one `Location` header with an absolute http(s) URL or an absolute path")
    .see(&[("RFC 9110, section 10.2.2", "https://www.rfc-editor.org/rfc/rfc9110#section-10.2.2")]);

pub(crate) static NO_INTERNAL_TARGET: Rule =
    Rule::new("redirects/no-internal-target", Severity::Critical)
        .says(
            "no redirect leads to a private address, an internal port or a staging host",
            "a redirect leads to a private address, an internal port or a staging host",
        )
        .because("visitors land nowhere or on an unfinished site, and internals are given away")
        .fix("set the public base URL of the application, and have the proxy pass the original host and port on")
        .see(&[
            ("RFC 6890", "https://www.rfc-editor.org/rfc/rfc6890"),
            ("RFC 6761", "https://www.rfc-editor.org/rfc/rfc6761"),
        ]);

pub(crate) static PERMANENT: Rule = Rule::new("redirects/permanent", Severity::Medium)
    .says(
        "redirects to HTTPS and to the canonical host are permanent",
        "a redirect to HTTPS or to the canonical host is temporary",
    )
    .because("browsers ask again on every visit, and search engines may keep the old URL")
    .fix("answer with 301 or 308 instead of 302, 303 or 307")
    .see(&[REDIRECTION, MOVING]);

pub(crate) static PATH_KEPT: Rule = Rule::new("redirects/path-kept", Severity::High)
    .says("redirects between schemes and hosts keep the path", "a redirect between schemes or hosts changes the path")
    .because("every deep link, bookmark and search result lands somewhere else")
    .fix("append the path as it was requested: in nginx `$request_uri`, not `$uri`, and never a fixed URL")
    .see(&[MOVING, ("RFC 3986, section 2.2", "https://www.rfc-editor.org/rfc/rfc3986#section-2.2")]);

pub(crate) static QUERY_KEPT: Rule = Rule::new("redirects/query-kept", Severity::High)
    .says("redirects between schemes and hosts keep the query", "a redirect between schemes or hosts changes the query")
    .because("campaigns are not counted, and links with a token (password reset, sign-up) stop working")
    .fix("append the query as it was requested, exactly once: in nginx `$request_uri` holds it already")
    .see(&[MOVING, ("RFC 3986, section 3.4", "https://www.rfc-editor.org/rfc/rfc3986#section-3.4")]);

pub(crate) static ONE_CANONICAL_HOST: Rule = Rule::new(
    "redirects/one-canonical-host",
    Severity::Medium,
)
.says(
    "the domain and its `www` end at the same host",
    "the domain and its `www` end at different hosts",
)
.because(
    "two copies of the site compete in search results, and cookies and sessions do not carry over",
)
.fix("choose one of the two hosts and redirect the other to it, permanently and path by path")
.see(&[CANONICAL]);

pub(crate) static EXPECTED_CANONICAL: Rule =
    Rule::new("redirects/expected-canonical", Severity::High)
        .says(
            "every way in ends at the expected origin",
            "a way in does not end at the expected origin",
        )
        .because("visitors land on another host than the one that was prepared for the launch")
        .fix("redirect to the expected origin, or correct the expectation")
        .see(&[CANONICAL]);

pub(crate) static ENDS_IN_SUCCESS: Rule = Rule::new("redirects/ends-in-success", Severity::High)
    .says("home pages and known pages end in a success", "a home page or known page ends in an error")
    .because("the first thing that visitors see is an error")
    .fix("follow the chain in the evidence: repair the page at its end or the redirect that leads there")
    .see(&[("RFC 9110, section 15", "https://www.rfc-editor.org/rfc/rfc9110#section-15")]);

pub(crate) static OLD_URLS: Rule = Rule::new("redirects/old-urls", Severity::High)
    .says("every old URL lands where it must", "an old URL does not land where it must")
    .because("links, bookmarks and search results that lead to it are lost with their rank")
    .fix("add or correct the redirect of this URL")
    .see(&[MOVING]);

pub(crate) static HSTS_PRESENT: Rule = Rule::new("redirects/hsts-present", Severity::Medium)
    .says("the canonical host asks for HTTPS only (HSTS)", "the canonical host does not send HSTS")
    .because("the first request of every visit may go out in plain text, where it can be intercepted")
    .fix("send `Strict-Transport-Security: max-age=31536000` over HTTPS, on errors and redirects too")
    .see(&[HSTS, ("RFC 6797, section 7.2", "https://www.rfc-editor.org/rfc/rfc6797#section-7.2")]);

pub(crate) static HSTS_VALID: Rule = Rule::new("redirects/hsts-valid", Severity::Medium)
    .says("browsers accept the HSTS header", "browsers ignore the HSTS header")
    .because("a header that looks like protection gives none")
    .fix("send `max-age=31536000`, directives separated by `;` and each once")
    .see(&[("RFC 6797, section 6.1", "https://www.rfc-editor.org/rfc/rfc6797#section-6.1")]);

pub(crate) static HSTS_SINGLE: Rule = Rule::new("redirects/hsts-single", Severity::Low)
    .says("there is one HSTS header", "there are several HSTS headers")
    .because("only the first counts, and which one that is depends on the servers in between")
    .fix("send it in one place: at the edge or in the application")
    .see(&[("RFC 6797, section 8.1", "https://www.rfc-editor.org/rfc/rfc6797#section-8.1")]);

pub(crate) static HSTS_MAX_AGE: Rule = Rule::new("redirects/hsts-max-age", Severity::Medium)
    .says("HSTS lasts long enough", "HSTS does not last long enough")
    .because("visitors who come back after it has run out are unprotected again")
    .fix("raise `max-age` to a year (31536000) once HTTPS works everywhere")
    .see(&[
        ("RFC 6797, section 11.2", "https://www.rfc-editor.org/rfc/rfc6797#section-11.2"),
        TRANSPORT,
    ]);

pub(crate) static NO_CLIENT_REDIRECT: Rule =
    Rule::new("redirects/no-client-redirect", Severity::Medium)
        .says(
            "redirects are made by the server",
            "a redirect is made by a page: meta refresh or JavaScript",
        )
        .because("crawlers, clients of APIs and those who block scripts stay behind, and everybody waits for a page that nobody reads")
        .fix("answer with 301 or 308 and `Location` instead of a page")
        .see(&[
            REDIRECTION,
            ("WCAG 2.2, failure F41", "https://www.w3.org/WAI/WCAG22/Techniques/failures/F41"),
        ]);

pub(crate) static NO_SOFT_404: Rule = Rule::new("redirects/no-soft-404", Severity::Medium)
    .says("what does not exist is answered with 404", "what does not exist is answered with a success")
    .because("search engines keep empty pages, and broken links and redirects are noticed by nobody")
    .fix("answer 404 or 410 for what is not there, whatever the page shows")
    .see(&[
        ("RFC 9110, section 15.5.5", "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.5"),
        ("Google Search Central: soft 404", "https://developers.google.com/search/docs/crawling-indexing/http-network-errors#soft-404-errors"),
    ]);

pub(crate) static ONE_URL_PER_PAGE: Rule = Rule::new(
    "redirects/one-url-per-page",
    Severity::Medium,
)
.says(
    "a page in other letters, or with another slash, leads to the one URL it has",
    "a page is served at several URLs that differ in letters or a slash",
)
.because("search engines share its rank among copies, and caches and statistics count them apart")
.fix("redirect the other spellings with 301 or 308, or name one URL in a canonical link")
.see(&[CANONICAL, ("RFC 3986, section 6.2", "https://www.rfc-editor.org/rfc/rfc3986#section-6.2")]);

pub(crate) static PAGE_URLS_AGREE: Rule = Rule::new("redirects/page-urls-agree", Severity::Medium)
    .says(
        "canonical links, `og:url` and `hreflang` agree with where pages are",
        "a canonical link, `og:url` or `hreflang` leads away from where pages are",
    )
    .because("search engines and social networks send visitors to the URL that the page names, not to the page")
    .fix("build these URLs from the public base URL of the launch")
    .see(&[
        CANONICAL,
        ("RFC 6596", "https://www.rfc-editor.org/rfc/rfc6596"),
        ("Google Search Central: localized versions", "https://developers.google.com/search/docs/specialty/international/localized-versions"),
    ]);

pub(crate) static SITEMAP_AGREES: Rule = Rule::new("redirects/sitemap-agrees", Severity::Medium)
    .says("the sitemap lists pages where they are", "the sitemap lists URLs where no page is")
    .because("crawlers spend their visit on redirects, errors or another site")
    .fix("write the sitemap from the public base URL, with final URLs only")
    .see(&[("sitemaps.org protocol", "https://www.sitemaps.org/protocol.html"), MOVING]);

pub(crate) static METHOD_KEPT: Rule = Rule::new("redirects/method-kept", Severity::Medium)
    .says("redirects of APIs keep method and body", "a redirect of an API loses method and body")
    .because("after 301, 302 or 303 clients ask again with GET and send no body: the call is lost, often silently")
    .fix("answer with 308 (or 307), or refuse plain HTTP for the API altogether")
    .see(&[
        ("RFC 9110, section 15.4.2", "https://www.rfc-editor.org/rfc/rfc9110#section-15.4.2"),
        ("RFC 9110, section 15.4.9", "https://www.rfc-editor.org/rfc/rfc9110#section-15.4.9"),
    ]);

pub(crate) static NO_COOKIE_OVER_HTTP: Rule =
    Rule::new("redirects/no-cookie-over-http", Severity::Medium)
        .says("no cookie is set over plain HTTP", "a cookie is set over plain HTTP")
        .because("anyone on the way can read it or plant one of their own")
        .fix("redirect before the application starts a session, and set cookies with `Secure`")
        .see(&[
            ("RFC 6265, section 8.3", "https://www.rfc-editor.org/rfc/rfc6265#section-8.3"),
            TRANSPORT,
        ]);

pub(crate) static NO_OPEN_REDIRECT: Rule = Rule::new("redirects/no-open-redirect", Severity::High)
    .says("no parameter leads to any URL", "a parameter leads to any URL")
    .because("links that look like yours lead visitors to somebody else's login page")
    .fix("accept paths of your own site only, and compare after parsing: `//` and `/\\` are hosts")
    .see(&[
        ("CWE-601", "https://cwe.mitre.org/data/definitions/601.html"),
        ("OWASP Unvalidated Redirects Cheat Sheet", "https://cheatsheetseries.owasp.org/cheatsheets/Unvalidated_Redirects_and_Forwards_Cheat_Sheet.html"),
    ]);

pub(crate) static NO_HEADER_INJECTION: Rule =
    Rule::new("redirects/no-header-injection", Severity::High)
        .says("a line break in a URL stays in the URL", "a line break in a URL begins a new header")
        .because("a link can set cookies for your site or replace its pages")
        .fix("build `Location` from the path as it was sent: in nginx `$request_uri`, not `$uri`")
        .see(&[
            ("CWE-113", "https://cwe.mitre.org/data/definitions/113.html"),
            ("RFC 9110, section 5.5", "https://www.rfc-editor.org/rfc/rfc9110#section-5.5"),
        ]);

pub(crate) static FAMILIES_AGREE: Rule = Rule::new("redirects/families-agree", Severity::Medium)
    .says("IPv4 and IPv6 lead to the same site", "IPv4 and IPv6 lead to different sites")
    .because("some visitors see another site or none, and nobody else can tell why")
    .fix("give the server the same configuration for both, or remove the AAAA record")
    .see(&[("RFC 8305", "https://www.rfc-editor.org/rfc/rfc8305")]);

pub(crate) static HSTS_EVERYWHERE: Rule = Rule::new("redirects/hsts-everywhere", Severity::Low)
    .says("HSTS is on every answer over HTTPS", "some answers over HTTPS come without HSTS")
    .because("visitors who only meet these answers stay unprotected")
    .fix("send it on redirects and errors too: in nginx `add_header … always`")
    .see(&[("RFC 6797, section 7.1", "https://www.rfc-editor.org/rfc/rfc6797#section-7.1")]);

pub(crate) static HSTS_HTTPS_ONLY: Rule = Rule::new("redirects/hsts-https-only", Severity::Info)
    .says("HSTS is sent over HTTPS only", "HSTS is sent over plain HTTP too")
    .because("browsers ignore it there, and it hides whether it is sent where it counts")
    .fix("set the header in the server of port 443 only")
    .see(&[("RFC 6797, section 7.2", "https://www.rfc-editor.org/rfc/rfc6797#section-7.2")]);

pub(crate) static HSTS_SUBDOMAINS: Rule = Rule::new("redirects/hsts-subdomains", Severity::High)
    .says(
        "`includeSubDomains` cuts no host off",
        "`includeSubDomains` cuts off a host that has no valid HTTPS",
    )
    .because("browsers that have seen the header refuse to open that host, and nobody can click the warning away")
    .fix("give the host a valid certificate first, or leave `includeSubDomains` out until then")
    .see(&[("RFC 6797, section 11.4", "https://www.rfc-editor.org/rfc/rfc6797#section-11.4")]);

pub(crate) static HSTS_INCLUDE_SUBDOMAINS: Rule = Rule::new(
    "redirects/hsts-include-subdomains",
    Severity::Info,
)
.says("HSTS covers the names below the domain", "HSTS does not cover the names below the domain")
.because(
    "a name below can be served in plain text by an attacker, who then sets cookies for the domain",
)
.fix("add `includeSubDomains` once every name below has valid HTTPS")
.see(&[("RFC 6797, section 14.4", "https://www.rfc-editor.org/rfc/rfc6797#section-14.4")]);

pub(crate) static HSTS_PRELOAD: Rule = Rule::new("redirects/hsts-preload", Severity::Medium)
    .says(
        "a header with `preload` meets what the preload list demands",
        "a header with `preload` lacks what the preload list demands",
    )
    .because("the submission is refused, or the domain is taken off the list, while everybody believes it protected")
    .fix("meet the demands named, or remove `preload` if that was not meant")
    .see(&[("HSTS preload list: requirements", "https://hstspreload.org/#submission-requirements")]);
