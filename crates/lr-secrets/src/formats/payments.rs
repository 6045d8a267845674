use lr_core::Severity;

use crate::{Format, Kind};

const STRIPE: &str = "https://docs.stripe.com/keys";

pub(crate) const FORMATS: &[Format] = &[
    Format::token(
        "stripe-secret-key",
        ("Stripe", "live secret key"),
        &["sk_live_"],
        r"sk_live_[0-9A-Za-z]{24,250}",
    )
    .can("charge, refund and pay out, and read customers")
    .rotate("roll it at dashboard.stripe.com/apikeys, with an expiry that lets you deploy", STRIPE),
    Format::token(
        "stripe-restricted-key",
        ("Stripe", "live restricted key"),
        &["rk_live_"],
        r"rk_live_[0-9A-Za-z]{24,250}",
    )
    .can("what its permissions allow, on live money")
    .rotate("roll it at dashboard.stripe.com/apikeys, with an expiry that lets you deploy", STRIPE),
    Format::token(
        "stripe-test-key",
        ("Stripe", "test secret or restricted key"),
        &["sk_test_", "rk_test_"],
        r"[rs]k_test_[0-9A-Za-z]{24,250}",
    )
    .kind(Kind::Test)
    .can("act in the sandbox: no money moves")
    .rotate("roll it at dashboard.stripe.com/test/apikeys and see that production uses another", STRIPE),
    Format::token(
        "stripe-publishable-key",
        ("Stripe", "publishable key"),
        &["pk_live_"],
        r"pk_live_[0-9A-Za-z]{24,250}",
    )
    .kind(Kind::Public)
    .can("start payments from a browser")
    .rotate("none needed; browsers get it by design", STRIPE),
    Format::token(
        "webhook-signing-secret",
        ("Stripe, Svix and others", "webhook signing secret"),
        &["whsec_"],
        r"whsec_[0-9A-Za-z+/]{32,64}={0,2}",
    )
    .severity(Severity::High)
    .can("forge webhooks, such as that of a payment that never was")
    .rotate(
        "roll the secret of the endpoint, accept both for a while, then drop this one",
        "https://docs.stripe.com/webhooks#roll-endpoint-secrets",
    ),
    Format::token(
        "square-access-token",
        ("Square", "access token"),
        &["EAAA", "sq0atp-"],
        r"(?:EAAA[0-9A-Za-z_-]{60}|sq0atp-[0-9A-Za-z_-]{22})",
    )
    .can("take and refund payments, and read customers")
    .rotate(
        "replace it at developer.squareup.com under credentials",
        "https://developer.squareup.com/docs/build-basics/access-tokens",
    ),
    Format::token(
        "square-oauth-secret",
        ("Square", "OAuth application secret"),
        &["sq0csp-"],
        r"sq0csp-[0-9A-Za-z_-]{43}",
    )
    .can("pose as the application to every seller who uses it")
    .rotate(
        "replace it at developer.squareup.com under OAuth",
        "https://developer.squareup.com/docs/oauth-api/overview",
    ),
    Format::token(
        "braintree-access-token",
        ("Braintree", "production access token"),
        &["access_token$production$"],
        r"access_token\$production\$[0-9a-z]{16}\$[0-9a-f]{32}",
    )
    .can("take and refund payments")
    .rotate(
        "revoke it in the control panel under API and create a new one",
        "https://developer.paypal.com/braintree/articles/control-panel/important-gateway-credentials",
    ),
    Format::token(
        "braintree-sandbox-token",
        ("Braintree", "sandbox access token"),
        &["access_token$sandbox$"],
        r"access_token\$sandbox\$[0-9a-z]{16}\$[0-9a-f]{32}",
    )
    .kind(Kind::Test)
    .can("act in the sandbox: no money moves")
    .rotate(
        "revoke it in the sandbox's control panel and see that production uses another",
        "https://developer.paypal.com/braintree/articles/control-panel/important-gateway-credentials",
    ),
    Format::assigned(
        "paypal-client-secret",
        ("PayPal", "client secret"),
        &["paypal"],
        &["secret", "password", "key"],
        r"E[0-9A-Za-z_-]{79}",
    )
    .can("take payments and pay out as the application")
    .rotate(
        "add a second secret to the app at developer.paypal.com, deploy it, delete this one",
        "https://developer.paypal.com/api/rest/",
    ),
    Format::token(
        "paddle-key",
        ("Paddle", "live API key"),
        &["pdl_live_apikey_"],
        r"pdl_live_apikey_[0-9a-z]{26}_[0-9A-Za-z]{22}_[0-9A-Za-z]{3}",
    )
    .can("read customers and change subscriptions and prices")
    .rotate(
        "revoke it in the developer tools under authentication and create a new one",
        "https://developer.paddle.com/api-reference/about/api-keys",
    ),
    Format::token(
        "plaid-access-token",
        ("Plaid", "production access token"),
        &["access-production-"],
        r"access-production-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    )
    .can("with the client secret, read a person's bank accounts")
    .rotate(
        "rotate it through `/item/access_token/invalidate`",
        "https://plaid.com/docs/api/items/#itemaccess_tokeninvalidate",
    ),
    Format::token(
        "flutterwave-secret-key",
        ("Flutterwave", "live secret key"),
        &["FLWSECK-"],
        r"FLWSECK-[0-9a-z]{32}-(?:[0-9a-z]{11}vt-)?X",
    )
    .can("take, refund and pay out")
    .rotate(
        "generate new keys in the dashboard under API",
        "https://developer.flutterwave.com/docs/authentication",
    ),
];
