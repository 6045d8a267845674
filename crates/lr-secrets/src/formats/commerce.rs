//! Payments, shops and exchanges.

use lr_core::Severity;

use crate::format::{KEYS, NAMES};
use crate::{Format, Kind};

pub(crate) const FORMATS: &[Format] = &[
    Format::token(
        "stripe-test-publishable-key",
        ("Stripe", "test publishable key"),
        &["pk_test_"],
        r"pk_test_[0-9A-Za-z]{24,250}",
    )
    .kind(Kind::Public)
    .severity(Severity::Info)
    .prior()
    .can("start payments in the sandbox")
    .rotate("see that production uses the live key", "https://docs.stripe.com/keys"),
    Format::token(
        "stripe-named-key",
        ("Stripe", "secret key of another form"),
        &["sk_prod_", "rk_prod_", "sk_org_"],
        r"(?:[sr]k_prod|sk_org_(?:live|test))_[0-9A-Za-z]{10,250}",
    )
    .can("act on the account")
    .rotate("roll it at dashboard.stripe.com/apikeys", "https://docs.stripe.com/keys"),
    Format::token(
        "stripe-short-key",
        ("Stripe", "old or shortened secret key"),
        &["sk_live_", "rk_live_", "sk_test_", "rk_test_"],
        r"[sr]k_(?:live|test)_[0-9A-Za-z]{10,23}",
    )
    .severity(Severity::High)
    .can("act on the account it belongs to")
    .rotate("roll it at dashboard.stripe.com/apikeys", "https://docs.stripe.com/keys"),
    Format::assigned(
        "gocardless-token",
        ("GoCardless", "access token"),
        &["gocardless"],
        KEYS,
        r"live_[0-9A-Za-z_=-]{40}",
    )
    .can("collect payments and read customers")
    .rotate(
        "delete it in the dashboard under developers and create a new one",
        "https://developer.gocardless.com/api-reference/#api-usage-making-requests",
    ),
    Format::assigned(
        "finicity-secret",
        ("Finicity", "client secret or API token"),
        &["finicity"],
        KEYS,
        r"(?:[0-9a-zA-Z]{20}|[0-9a-f]{32})",
    )
    .can("read bank accounts of customers")
    .rotate(
        "rotate it in the developer portal",
        "https://developer.mastercard.com/open-finance-us/documentation/",
    ),
    Format::assigned("finnhub-key", ("Finnhub", "API key"), &["finnhub"], KEYS, r"[0-9a-z]{20}")
        .severity(Severity::Medium)
        .can("read market data at the owner's cost")
        .rotate("regenerate it in the dashboard", "https://finnhub.io/docs/api/authentication"),
    Format::assigned("plaid-secret", ("Plaid", "client secret"), &["plaid"], KEYS, r"[0-9a-z]{30}")
        .can("with access tokens, read bank accounts")
        .rotate("rotate it in the dashboard under keys", "https://plaid.com/docs/api/#api-access"),
    Format::assigned(
        "plaid-client-id",
        ("Plaid", "client id"),
        &["plaid"],
        &["client", "id"],
        r"[0-9a-z]{24}",
    )
    .severity(Severity::Low)
    .can("name the application; with its secret, act as it")
    .rotate(
        "none on its own; rotate the secret in the dashboard under keys",
        "https://plaid.com/docs/api/#api-access",
    ),
    Format::token(
        "plaid-named-token",
        ("Plaid", "access or public token"),
        &["access-sandbox-", "access-development-"],
        r"access-(?:sandbox|development)-[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    )
    .kind(Kind::Test)
    .can("act in the sandbox")
    .rotate(
        "rotate it through `/item/access_token/invalidate`",
        "https://plaid.com/docs/api/items/#itemaccess_tokeninvalidate",
    ),
    Format::assigned(
        "coinbase-key",
        ("Coinbase", "API key"),
        &["coinbase"],
        KEYS,
        r"[0-9A-Za-z_-]{64}",
    )
    .can("read balances and trade, as far as it was scoped")
    .rotate(
        "revoke it in the developer platform and create a new one",
        "https://docs.cdp.coinbase.com/get-started/authentication/cdp-api-keys",
    ),
    Format::assigned(
        "kraken-key",
        ("Kraken", "API key"),
        &["kraken"],
        KEYS,
        r"[0-9A-Za-z/=_+-]{80,90}",
    )
    .can("read balances and trade, as far as it was scoped")
    .rotate(
        "delete it in the settings under API and create a new one",
        "https://support.kraken.com/articles/360000919966-how-to-create-an-api-key",
    ),
    Format::assigned(
        "kucoin-key",
        ("KuCoin", "API key or secret"),
        &["kucoin"],
        KEYS,
        r"(?:[0-9a-f]{24}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})",
    )
    .can("read balances and trade, as far as it was scoped")
    .rotate(
        "delete it in the API management and create a new one",
        "https://www.kucoin.com/docs-new/authentication",
    ),
    Format::assigned(
        "bittrex-key",
        ("Bittrex", "API key or secret"),
        &["bittrex"],
        KEYS,
        r"[0-9a-z]{32}",
    )
    .severity(Severity::Low)
    .can("nothing any more: the exchange is closed")
    .rotate("remove it", "https://bittrex.com/"),
    Format::assigned(
        "binance-key",
        ("Binance", "API key or secret"),
        &["binance"],
        KEYS,
        r"[0-9A-Za-z]{64}",
    )
    .can("read balances and trade, as far as it was scoped")
    .rotate(
        "delete it in the API management and create a new one",
        "https://developers.binance.com/docs/binance-spot-api-docs/rest-api/request-security",
    ),
    Format::assigned(
        "alchemy-key",
        ("Alchemy", "API key"),
        &["alchemy"],
        KEYS,
        r"[0-9A-Za-z_-]{32}",
    )
    .severity(Severity::Medium)
    .can("call nodes at the owner's cost")
    .rotate(
        "delete it in the dashboard and create one limited to your sites",
        "https://www.alchemy.com/docs/create-an-api-key",
    ),
    Format::assigned(
        "infura-key",
        ("Infura", "project id or secret"),
        &["infura"],
        KEYS,
        r"[0-9a-f]{32}",
    )
    .severity(Severity::Medium)
    .can("call nodes at the owner's cost")
    .rotate(
        "delete it in the dashboard and create one limited to your sites",
        "https://docs.metamask.io/developer-tools/dashboard/get-started/create-api/",
    ),
    Format::assigned(
        "etherscan-key",
        ("Etherscan", "API key"),
        &["etherscan"],
        KEYS,
        r"[0-9A-Z]{34}",
    )
    .severity(Severity::Medium)
    .can("call the API at the owner's cost")
    .rotate(
        "delete it in the account under API keys and create a new one",
        "https://docs.etherscan.io/getting-an-api-key",
    ),
    Format::assigned(
        "freshbooks-token",
        ("FreshBooks", "access token or secret"),
        &["freshbooks"],
        KEYS,
        r"[0-9a-f]{64}",
    )
    .can("read and change invoices")
    .rotate("revoke it in the developer settings", "https://www.freshbooks.com/api/authentication"),
    Format::assigned(
        "lob-key",
        ("Lob", "secret key"),
        &["lob_", "lobapi", "lob-"],
        KEYS,
        r"(?:live|test)_[0-9a-f]{35}",
    )
    .can("send mail at the owner's cost and read addresses")
    .rotate("rotate it in the settings under API keys", "https://docs.lob.com/#tag/API-Keys"),
    Format::assigned(
        "lob-publishable-key",
        ("Lob", "publishable key"),
        &["lob_", "lobapi", "lob-"],
        NAMES,
        r"(?:live|test)_pub_[0-9a-f]{31}",
    )
    .kind(Kind::Public)
    .can("check addresses from a browser")
    .rotate("none needed; browsers get it by design", "https://docs.lob.com/#tag/API-Keys"),
    Format::token(
        "easypost-key",
        ("EasyPost", "API key"),
        &["EZAK", "EZTK"],
        r"EZ[AT]K[0-9A-Za-z]{54}",
    )
    .can("buy labels at the owner's cost")
    .rotate(
        "delete it in the dashboard under API keys and create a new one",
        "https://docs.easypost.com/docs/authentication",
    ),
    Format::token(
        "shippo-token",
        ("Shippo", "API token"),
        &["shippo_live_", "shippo_test_"],
        r"shippo_(?:live|test)_[0-9a-fA-F]{40}",
    )
    .can("buy labels at the owner's cost and read addresses")
    .rotate(
        "delete it in the settings under API and generate a new one",
        "https://docs.goshippo.com/docs/guides_general/authentication/",
    ),
    Format::token(
        "duffel-token",
        ("Duffel", "access token"),
        &["duffel_live_", "duffel_test_"],
        r"duffel_(?:live|test)_[0-9A-Za-z_=-]{43}",
    )
    .can("book flights at the owner's cost and read travellers")
    .rotate(
        "delete it in the dashboard under access tokens and create a new one",
        "https://duffel.com/docs/api/overview/making-requests/authentication",
    ),
    Format::token(
        "razorpay-key-id",
        ("Razorpay", "live key id"),
        &["rzp_live_"],
        r"rzp_live_[0-9A-Za-z]{14}",
    )
    .kind(Kind::Public)
    .can("name the account in a checkout; nothing without its secret")
    .rotate(
        "regenerate the key in the dashboard under API keys",
        "https://razorpay.com/docs/payments/dashboard/account-settings/api-key-secrets",
    ),
    Format::token(
        "xendit-secret-key",
        ("Xendit", "live secret API key"),
        &["xnd_production_"],
        r"xnd_production_[0-9A-Za-z]{40,80}",
    )
    .can("charge, pay out and read customers, as far as it was permitted")
    .rotate(
        "delete it in the dashboard under API keys and generate a new one",
        "https://docs.xendit.co/en_US/api-integration/api-keys",
    ),
    Format::assigned(
        "razorpay-secret",
        ("Razorpay", "key secret"),
        &["razorpay", "rzp_"],
        &["secret"],
        r"[0-9A-Za-z]{24}",
    )
    .can("capture and refund payments, and read customers")
    .rotate(
        "regenerate the key in the dashboard under API keys",
        "https://razorpay.com/docs/api/authentication/",
    ),
    Format::token(
        "adyen-key",
        ("Adyen", "API key"),
        &["AQE"],
        r"AQE[a-z]hm[0-9A-Za-z+/]{60,180}=*-[0-9A-Za-z+/]{40,60}=*-[0-9A-Za-z?*%^$#@!|~+-]{8,20}",
    )
    .can("take, refund and pay out")
    .rotate(
        "generate a new key in the customer area, deploy it, disable this one",
        "https://docs.adyen.com/development-resources/api-credentials/",
    ),
    Format::assigned(
        "mollie-key",
        ("Mollie", "live API key"),
        &["mollie"],
        KEYS,
        r"live_[0-9A-Za-z]{30}",
    )
    .prior()
    .can("take and refund payments")
    .rotate(
        "reset it in the dashboard under developers",
        "https://docs.mollie.com/reference/authentication",
    ),
    Format::token(
        "flutterwave-test-key",
        ("Flutterwave", "test secret or encryption key"),
        &["FLWSECK_TEST"],
        r"FLWSECK_TEST-?[0-9a-hA-H]{12,32}(?:-X)?",
    )
    .kind(Kind::Test)
    .can("act in the sandbox: no money moves")
    .rotate(
        "generate new keys in the dashboard under API",
        "https://developer.flutterwave.com/docs/authentication",
    ),
    Format::token(
        "flutterwave-public-key",
        ("Flutterwave", "public key"),
        &["FLWPUBK-", "FLWPUBK_TEST"],
        r"FLWPUBK(?:_TEST)?-[0-9a-zA-Z]{32}-X",
    )
    .kind(Kind::Public)
    .can("start payments from a browser")
    .rotate(
        "none needed; browsers get it by design",
        "https://developer.flutterwave.com/docs/authentication",
    ),
    Format::token(
        "square-application-id",
        ("Square", "application id"),
        &["sq0idp-"],
        r"sq0idp-[0-9A-Za-z_-]{22}",
    )
    .kind(Kind::Public)
    .can("start payments from a browser")
    .rotate(
        "none needed; browsers get it by design",
        "https://developer.squareup.com/docs/build-basics/access-tokens",
    ),
    Format::token(
        "square-sandbox-token",
        ("Square", "sandbox token"),
        &["sandbox-sq0"],
        r"sandbox-sq0(?:atb|csb)-[0-9A-Za-z_-]{22,43}",
    )
    .kind(Kind::Test)
    .can("act in the sandbox: no money moves")
    .rotate(
        "replace it at developer.squareup.com under credentials",
        "https://developer.squareup.com/docs/devtools/sandbox/overview",
    ),
    Format::token(
        "paddle-sandbox-key",
        ("Paddle", "sandbox API key"),
        &["pdl_sdbx_apikey_"],
        r"pdl_sdbx_apikey_[0-9a-z]{26}_[0-9A-Za-z]{22}_[0-9A-Za-z]{3}",
    )
    .kind(Kind::Test)
    .can("act in the sandbox: no money moves")
    .rotate(
        "revoke it in the developer tools and create a new one",
        "https://developer.paddle.com/api-reference/about/api-keys",
    ),
    Format::token(
        "shopify-custom-token",
        ("Shopify", "delegate or storefront private token"),
        &["shptka_", "shpua_"],
        r"shp(?:tka|ua)_[0-9a-fA-F]{32}",
    )
    .can("act in the shop as far as it was scoped")
    .rotate(
        "uninstall the app or rotate its credentials in the partner dashboard",
        "https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens",
    ),
    Format::assigned("etsy-key", ("Etsy", "API key"), &["etsy"], KEYS, r"[0-9a-z]{24}")
        .severity(Severity::High)
        .can("call the API as the application")
        .rotate(
            "regenerate it at etsy.com/developers",
            "https://developers.etsy.com/documentation/essentials/authentication",
        ),
    Format::assigned(
        "squarespace-token",
        ("Squarespace", "API key or token"),
        &["squarespace"],
        KEYS,
        r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    )
    .can("read orders and change products")
    .rotate(
        "delete it in the developer settings and generate a new one",
        "https://developers.squarespace.com/commerce-apis/authentication-and-permissions",
    ),
    Format::assigned(
        "freemius-secret-key",
        ("Freemius", "secret key"),
        &["secret_key"],
        &[],
        r"sk_[A-Za-z0-9~!@#$%^&*(){}\[\]<>?|+=;:,.-]{29}",
    )
    .severity(Severity::High)
    .can("manage licences and payments of a plugin")
    .rotate(
        "regenerate it in the plugin's settings",
        "https://freemius.com/help/documentation/wordpress-sdk/",
    ),
];
