//! What browsers are sent: keys that are made for them are no findings, and their secret twins are.
#![allow(clippy::disallowed_methods, reason = "whoever runs a test configures it")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[path = "samples/lib.rs"]
mod samples;

use lr_core::{Severity, Timestamp};
use lr_secrets::{Exposure, Kind, Policy, format, scan_file_bytes, severity};
use samples::{Draw, TEMPLATES, drawn, sample};

/// How minified programs are given keys that name a project.
const PUBLIC: &[&str] = &[
    "e=Stripe(\"<pk_live_{w24}>\")",
    "e=Stripe(\"<pk_test_{w24}>\")",
    "t={apiKey:\"<AIza{W35}>\",authDomain:\"shop.firebaseapp.com\",projectId:\"shop\",storageBucket:\"shop.appspot.com\",messagingSenderId:\"{d12}\",appId:\"1:{d12}:web:{h22}\"}",
    "n=(0,r.createClient)(\"https://{l20}.supabase.co\",\"<{jwt:\"iss\":\"supabase\",\"role\":\"anon\",\"exp\":4102444800}>\")",
    "n=(0,r.createClient)(\"https://{l20}.supabase.co\",\"<sb_publishable_{w22}_{w8}>\")",
    "i.init({dsn:\"https://<{h32}@o{d6}.ingest.sentry.io/{d7}>\",tracesSampleRate:.1})",
    "o.init(\"<phc_{w43}>\",{api_host:\"https://eu.posthog.com\"})",
    "a().accessToken=\"<pk.eyJ{w80}.{w22}>\"",
    "s=(0,c.algoliasearch)(\"{u10}\",\"<{h32}>\")",
    "u={ALGOLIA_APP_ID:\"{u10}\",ALGOLIA_SEARCH_KEY:\"<{h32}>\"}",
    "docsearch({appId:\"{u10}\",apiKey:\"<{h32}>\",indexName:\"docs\"})",
    "l.src=\"https://maps.googleapis.com/maps/api/js?key=<AIza{W35}>&libraries=places\"",
    "grecaptcha.execute(\"<6L{w38}>\",{action:\"login\"})",
    "jsx(d,{recaptchaSiteKey:\"<6L{w38}>\"})",
    "jsx(\"div\",{\"data-sitekey\":\"<6L{w38}>\"})",
    "analytics.load(\"<{w32}>\")",
    "f({writeKey:\"<{w32}>\",cdnURL:\"https://cdn.segment.com\"})",
    "jsx(ClerkProvider,{publishableKey:\"<pk_live_{w40}>\"})",
    "p=new(h())(\"<{h20}>\",{cluster:\"eu\",forceTLS:!0})",
    "m.init({clientSideID:\"<{h24}>\",context:v})",
    "g.init(\"<{h32}>\",void 0,{defaultTracking:!0})",
    "b={AMPLITUDE_API_KEY:\"<{h32}>\",MIXPANEL_TOKEN:\"{h32}\"}",
    "y.init(\"<{h32}>\",{debug:!1,track_pageview:!0})",
    "w.datadogRum.init({applicationId:\"{uuid}\",clientToken:\"<pub{h32}>\",site:\"datadoghq.eu\"})",
    "window.intercomSettings={app_id:\"<{l8}>\"}",
    "hcaptcha.render(k,{sitekey:\"<{uuid}>\"})",
    "turnstile.render(\"#c\",{sitekey:\"<0x4{w21}>\"})",
    "OneSignal.init({appId:\"<{uuid}>\",safari_web_id:\"web.onesignal.auto.{uuid}\"})",
    "x.initialize(\"<{uuid}>\",{baseUrl:\"sdk.iad-01.braze.com\"})",
    "_={apiKey:\"<{uuid}>\",baseUrl:\"sdk.iad-01.braze.com\"}",
    "S={PLAID_PUBLIC_KEY:\"<{h30}>\",PLAID_ENV:\"production\"}",
    "C.src=\"https://www.paypal.com/sdk/js?client-id=<A{w79}>&currency=EUR\"",
    "jsx(Auth0Provider,{domain:\"shop.eu.auth0.com\",clientId:\"<{w32}>\"})",
    "E.configure({Auth:{userPoolId:\"eu-west-1_{w9}\",userPoolWebClientId:\"<{l26}>\",identityPoolId:\"eu-west-1:{uuid}\"}})",
    "j=createClient({space:\"{l12}\",accessToken:\"<{w43}>\",host:\"cdn.contentful.com\"})",
    "O.default.start({apiKey:\"<{h32}>\",plugins:[new BugsnagPluginReact]})",
    "new Rollbar({accessToken:\"<{h32}>\",captureUncaught:!0})",
    "NREUM.info={beacon:\"bam.nr-data.net\",licenseKey:\"<NRJS-{h19}>\",applicationID:\"{d9}\"}",
    "fetch(A,{headers:{\"X-Shopify-Storefront-Access-Token\":\"<{h32}>\"}})",
    "T={storefrontAccessToken:\"<{h32}>\",domain:\"shop.myshopify.com\"}",
    "M.subscribe({userVisibleOnly:!0,applicationServerKey:\"<B{W86}>\"})",
    "Paddle.Initialize({token:\"<live_{h27}>\"})",
    "google.accounts.id.initialize({client_id:\"<{d12}-{l32}.apps.googleusercontent.com>\"})",
    "P.default.init(\"<UA-{d8}-1>\")",
];

/// The same for many more programs, one line each.
const MORE: &str = include_str!("bundles/public.txt");
/// What the same programs are never given, since browsers get it.
const SECRET: &str = include_str!("bundles/secret.txt");

fn public() -> impl Iterator<Item = &'static str> {
    PUBLIC.iter().copied().chain(MORE.lines())
}

fn findings(text: &str) -> Vec<(String, Severity, usize)> {
    let now = Timestamp::from_unix(1_790_000_000);
    let policy = Policy::new().with_exposure(Exposure::Bundle);
    scan_file_bytes("assets/index-4f1c.js", text.as_bytes(), &policy)
        .into_iter()
        .map(|it| {
            let how_bad = severity(&it, "assets/index-4f1c.js", Exposure::Bundle, now);
            (it.format.clone(), how_bad, it.places[0].offset as usize)
        })
        .collect()
}

#[test]
fn keys_that_browsers_get_by_design_are_no_findings() {
    let mut wrong = Vec::new();
    for template in public() {
        for seed in 0..16 {
            let text = format!("(()=>{{\"use strict\";var q=1,{};", drawn(template, seed).text);
            let bad = findings(&text).into_iter().find(|(_, how_bad, _)| *how_bad > Severity::Info);
            wrong.extend(bad.map(|(id, how_bad, _)| format!("{id} {how_bad:?}: {text}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn all_of_them_in_one_bundle_are_no_findings() {
    let text: Vec<String> =
        public().enumerate().map(|(at, it)| drawn(it, at as u64).text).collect();
    let text = format!("!function(){{var q=1;{}}}();", text.join(";"));
    let bad: Vec<_> =
        findings(&text).into_iter().filter(|(_, how_bad, _)| *how_bad > Severity::Info).collect();
    assert!(bad.is_empty(), "{bad:?}");
}

#[test]
fn their_secret_twins_are_high_or_critical() {
    let mut missed = Vec::new();
    for template in SECRET.lines() {
        for seed in 0..16 {
            let sample = drawn(template, seed);
            let text = format!("(()=>{{\"use strict\";var q=1,{};", sample.text);
            let at = text.len() - 1 - sample.text.len() + sample.at.start;
            let found = findings(&text);
            let is_it = |(_, how_bad, there): &(String, Severity, usize)| {
                sample.at.contains(&(there + sample.at.start - at)) && *how_bad >= Severity::High
            };
            if !found.iter().any(is_it) {
                missed.push(format!("{template}: {found:?}"));
                break;
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn secrets_among_them_are_high_or_critical() {
    let mut missed = Vec::new();
    for (index, (id, _)) in TEMPLATES.iter().enumerate() {
        let kind = format(id).unwrap().kind;
        if !matches!(kind, Kind::Credential | Kind::PrivateKey) {
            continue;
        }
        let secret = sample(index, 7, Draw::Right);
        if secret.text.contains('\n') || secret.text.contains('"') {
            continue;
        }
        let lead = format!("t={{k:\"{}\"}},n=\"", drawn(PUBLIC[index % PUBLIC.len()], 3).text);
        let text = format!("{lead}{}\",z={{q:1}};", secret.text);
        let at = lead.len() + secret.at.start;
        let found = findings(&text);
        if !found.iter().any(|(_, how_bad, there)| *there == at && *how_bad >= Severity::High) {
            missed.push(format!("{id}: {found:?} {text}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}
