//! What browsers get by design: keys that only name a project, told by their names, by their form, or
//! by what they are handed to.

use std::ops::Range;

use crate::engine::assigned;
use crate::engine::chance::contains;

/// Prefixes that make a build tool copy a variable into bundles. They say where a value goes, not what
/// it is: a secret key stays one in `NEXT_PUBLIC_STRIPE_SECRET_KEY`.
pub(crate) const INLINED: [&[u8]; 7] = [
    b"NEXT_PUBLIC_",
    b"VITE_",
    b"REACT_APP_",
    b"EXPO_PUBLIC_",
    b"NUXT_PUBLIC_",
    b"GATSBY_",
    b"VUE_APP_",
];

/// Parts of names of keys that are made to be published.
const PUBLIC: &[&[u8]] = &[
    b"public",
    b"publishable",
    b"sitekey",
    b"site_key",
    b"site-key",
    b"storefront",
    b"searchonly",
    b"search_only",
    b"tokenization",
    b"applicationserverkey",
    b"anon_key",
    b"anonkey",
    b"websitetoken",
    b"website_token",
];
/// Keys to search with, as browsers get them from those who index their sites; from all others, a
/// search key pays for searches in the web: `BING_SEARCH_KEY`.
const SEARCH: &[&[u8]] =
    &[b"searchkey", b"search_key", b"search-key", b"searchapikey", b"search_api_key"];
/// Names of keys that are public as a whole.
const WHOLE: &[&[u8]] = &[b"hostapikey", b"host_api_key"];
/// Who indexes sites.
const INDEXES: &[&[u8]] = &[b"algolia", b"typesense", b"meilisearch", b"docsearch"];
/// Parts of names of keys that are not, whatever else the name says.
const SECRET: &[&[u8]] = &[
    b"secret",
    b"private",
    b"admin",
    b"master",
    b"pass",
    b"pwd",
    b"service",
    b"signing",
    b"encrypt",
    b"management",
    b"server",
];
/// Names under which programs for browsers take the key of their project.
const NAMES: &[&str] = &[
    "apikey",
    "api_key",
    "accesstoken",
    "access_token",
    "token",
    "clienttoken",
    "client_token",
    "clientkey",
    "client_key",
    "sdkkey",
    "appkey",
    "app_key",
    "licensekey",
    "data-api-key",
    "projectkey",
    "environmentkey",
];
/// Programs for browsers that take such a key, and what else they are handed.
const PROGRAMS: &[&[u8]] = &[
    b"adyen",
    b"agora",
    b"airbrake",
    b"algolia",
    b"amplitude",
    b"appboy",
    b"appcenter",
    b"appcues",
    b"arcgis",
    b"atatus",
    b"authdomain",
    b"authorizationkey",
    b"beamer",
    b"braze",
    b"bugsnag",
    b"builder.init",
    b"builderio",
    b"canny",
    b"cf-beacon",
    b"chargebee",
    b"chatwoot",
    b"ckeditor",
    b"cloudflareinsights",
    b"cometchat",
    b"configcat",
    b"contentful",
    b"crisp",
    b"customer.io",
    b"customerio",
    b"datadog",
    b"datocms",
    b"dd_rum",
    b"delighted",
    b"docsearch",
    b"drift",
    b"dynatrace",
    b"esriconfig",
    b"filestack",
    b"fingerprintjs",
    b"flagsmith",
    b"fpjs",
    b"freshchat",
    b"froala",
    b"fullstory",
    b"geoapify",
    b"getstream",
    b"ghost",
    b"giphy",
    b"gleap",
    b"growthbook",
    b"heap",
    b"honeybadger",
    b"hotjar",
    b"imagekit",
    b"indexname",
    b"instabug",
    b"instantsearch",
    b"intercom",
    b"iterable",
    b"knock",
    b"launchdarkly",
    b"liveblocks",
    b"locationiq",
    b"logrocket",
    b"luciq",
    b"mapbox",
    b"maptiler",
    b"measurementid",
    b"meilisearch",
    b"messagingsenderid",
    b"mixpanel",
    b"mollie",
    b"newrelic",
    b"nreum",
    b"onesignal",
    b"optimizely",
    b"paddle",
    b"pendo",
    b"posthog",
    b"purchases.configure",
    b"pusher",
    b"raygun",
    b"recurly",
    b"rollbar",
    b"rudder",
    b"searchkey",
    b"sendbird",
    b"sentry",
    b"snipcart",
    b"space:",
    b"spaceid",
    b"split_factory",
    b"stadia",
    b"statsig",
    b"storagebucket",
    b"storyblok",
    b"streamchat",
    b"swiftype",
    b"syncfusion",
    b"thunderforest",
    b"tinymce",
    b"tomtom",
    b"trackjs",
    b"twitch",
    b"typesense",
    b"uploadcare",
    b"userflow",
    b"userpilot",
    b"weglot",
];
/// How keys begin that are made to be published.
const PUBLISHED: &[&[u8]] = &[
    b"phc_",
    b"public-",
    b"pubkey-",
    b"G-",
    b"UA-",
    b"ca-pub-",
    b"appl_",
    b"goog_",
    b"amzn_",
    b"rcb_",
    b"AAPK",
    b"wg_",
    b"pub-c-",
    b"sub-c-",
    b"client-",
    b"ewr1-",
    b"pkey_",
    b"Mid-client-",
    b"xnd_public_",
    b"FLWPUBK-",
];
/// How far a call is read around what it hands over.
const REACH: usize = 100;

/// Whether the name says that its value is made to be published.
pub(crate) fn is_public_name(name: &[u8]) -> bool {
    let name = INLINED.iter().find_map(|prefix| name.strip_prefix(*prefix)).unwrap_or(name);
    let lower = name.to_ascii_lowercase();
    let holds = |words: &[&[u8]]| words.iter().any(|word| contains(&lower, word));
    let is_public = holds(PUBLIC) || is_key_of_an_index(&lower) || WHOLE.contains(&&*lower);
    is_public && !holds(SECRET)
}

/// `searchKey`, `ALGOLIA_SEARCH_API_KEY`; not `OPENSEARCH_API_KEY`.
fn is_key_of_an_index(lower: &[u8]) -> bool {
    let before = |word: &&[u8]| memchr::memmem::find(lower, word).map(|at| &lower[..at]);
    SEARCH.iter().filter_map(before).any(|owner| {
        let owner = owner.strip_suffix(b"_").or_else(|| owner.strip_suffix(b"-")).unwrap_or(owner);
        owner.is_empty() || INDEXES.iter().any(|index| owner.ends_with(index))
    })
}

/// Whether the value has the form of what is made to be published.
pub(crate) fn is_public_value(text: &[u8]) -> bool {
    let is_hex = |text: &[u8]| text.iter().all(u8::is_ascii_hexdigit);
    let is_word =
        |text: &[u8]| text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte));
    let is_upper =
        |text: &[u8]| text.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    // Datadog's client token; an uncompressed point of P-256, as Web Push takes it (RFC 8292); client
    // keys of Adyen and of Paddle; tokenization keys of Braintree.
    text.len() == 35 && text.starts_with(b"pub") && is_hex(&text[3..])
        || text.len() == 87 && text[0] == b'B' && is_word(text)
        || [&b"live_"[..], b"test_"].iter().any(|mode| {
            text.strip_prefix(*mode).is_some_and(|key| {
                key.len() == 32 && is_upper(key) || key.len() == 27 && is_word(key)
            })
        })
        || [&b"production_"[..], b"sandbox_"].iter().any(|mode| {
            text.strip_prefix(*mode).is_some_and(|key| {
                key.len() == 25 && key[8] == b'_' && is_word(key)
            })
        })
        // `pk_` names a publishable key everywhere but at Klaviyo, whose private keys are hexadecimal.
        || text.strip_prefix(b"pk_").is_some_and(|key| !(key.len() == 34 && is_hex(key)))
        || PUBLISHED.iter().any(|prefix| text.starts_with(prefix))
}

/// Whether the value is the key of a project that a program for browsers is started with.
pub(crate) fn is_for_browsers(bytes: &[u8], name: &Range<usize>, value: &Range<usize>) -> bool {
    let called = &bytes[name.clone()];
    if !called.first().is_some_and(u8::is_ascii_lowercase) || !assigned::is_one_of(called, NAMES) {
        return false;
    }
    // Letters and digits only: other characters are those of passwords.
    let text = &bytes[value.clone()];
    if !text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte)) {
        return false;
    }
    let before = &bytes[name.start.saturating_sub(REACH)..name.start];
    // A `}` before a `]` ends an item of a list, not what was said before.
    let ends = |at: &usize| before[*at] == b';' || before.get(at + 1) != Some(&b']');
    let before =
        &before[memchr::memrchr2_iter(b';', b'}', before).find(ends).map_or(0, |end| end + 1)..];
    let after = &bytes[value.end..bytes.len().min(value.end + REACH)];
    let after = &after[..memchr::memchr2(b';', b'}', after).unwrap_or(after.len())];
    [before, after].iter().any(|side| {
        let lower = side.to_ascii_lowercase();
        PROGRAMS.iter().any(|word| contains(&lower, word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_is_public() {
        for name in [
            "STRIPE_PUBLISHABLE_KEY",
            "recaptchaSiteKey",
            "publicKey",
            "PLAID_PUBLIC_KEY",
            "searchKey",
            "search_api_key",
            "NEXT_PUBLIC_ALGOLIA_SEARCH_KEY",
            "typesenseSearchApiKey",
        ] {
            assert!(is_public_name(name.as_bytes()), "{name}");
        }
        for name in [
            "NEXT_PUBLIC_STRIPE_SECRET_KEY",
            "NEXT_PUBLIC_API_KEY",
            "apiKey",
            "public_secret",
            "ELASTICSEARCH_API_KEY",
            "MEILISEARCH_API_KEY",
            "BING_SEARCH_KEY",
            "azureSearchKey",
            "GHOST_API_KEY",
        ] {
            assert!(!is_public_name(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn calls_tell_what_is_public() {
        let key = ["9955c06ca07a96a6", "6a5cff56c33f9666"].concat();
        let is_public = |text: &str| {
            let lower = text.to_ascii_lowercase();
            let name = lower.find("apikey").or_else(|| lower.find("api_key")).unwrap();
            let end = name + text[name..].find([':', '=']).unwrap();
            let value = text.find(&key).unwrap();
            is_for_browsers(text.as_bytes(), &(name..end), &(value..value + key.len()))
        };
        assert!(is_public(&format!("Bugsnag.start({{apiKey:\"{key}\"}})")));
        assert!(is_public(&format!("r({{appId:\"x\",apiKey:\"{key}\",indexName:\"docs\"}})")));
        assert!(!is_public(&format!("fetchOrders({{apiKey:\"{key}\"}})")));
        assert!(!is_public(&format!("Bugsnag.start(x);orders({{apiKey:\"{key}\"}})")));
        assert!(!is_public(&format!("{{BUGSNAG:1,API_KEY:\"{key}\"}}")));
    }
}
