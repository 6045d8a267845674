use lr_core::Severity;

use crate::Format;

pub(crate) const FORMATS: &[Format] = &[
    Format::token(
        "vercel-token",
        ("Vercel", "access token"),
        &["vcp_", "vci_", "vca_", "vcr_", "vck_"],
        r"vc[piark]_[A-Za-z0-9]{24,80}",
    )
    .can("deploy, and read the environment variables of every project")
    .rotate(
        "delete it at vercel.com/account/tokens and create one with a narrow scope",
        "https://vercel.com/docs/rest-api/reference/welcome#authentication",
    ),
    Format::assigned(
        "vercel-legacy-token",
        ("Vercel", "access token"),
        &["vercel"],
        &["token", "secret", "api_key", "apikey"],
        r"[A-Za-z0-9]{24}",
    )
    .entropy(3.4)
    .can("deploy, and read the environment variables of every project")
    .rotate(
        "delete it at vercel.com/account/tokens and create one with a narrow scope",
        "https://vercel.com/docs/rest-api/reference/welcome#authentication",
    ),
    Format::token(
        "netlify-token",
        ("Netlify", "access token"),
        &["nfp_", "nfc_", "nfo_", "nfu_"],
        r"nf[pcou]_[A-Za-z0-9]{36}",
    )
    .can("deploy, and read the environment variables of every site")
    .rotate(
        "revoke it in the user settings under applications and create a new one",
        "https://docs.netlify.com/api/get-started/#authentication",
    ),
    Format::token(
        "heroku-key",
        ("Heroku", "API key"),
        &["HRKU-"],
        r"HRKU-(?:[0-9A-Za-z_-]{60}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})",
    )
    .can("deploy, and read the config vars of every app")
    .rotate(
        "revoke it with `heroku authorizations:rotate` or regenerate the account's key",
        "https://devcenter.heroku.com/articles/authentication",
    ),
    Format::assigned(
        "heroku-legacy-key",
        ("Heroku", "API key"),
        &["heroku"],
        &["key", "token", "secret"],
        r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
    )
    .can("deploy, and read the config vars of every app")
    .rotate(
        "regenerate it at dashboard.heroku.com/account",
        "https://devcenter.heroku.com/articles/authentication",
    ),
    Format::token(
        "fly-token",
        ("Fly.io", "access token"),
        &["fm1_", "fm2_", "fm1r_", "fm1a_"],
        r"fm(?:1[ar]?|2)_[A-Za-z0-9+/_-]{80,}={0,3}",
    )
    .can("deploy, and run commands inside the machines of an app or organisation")
    .rotate(
        "revoke it with `fly tokens revoke` and create a deploy token for one app",
        "https://fly.io/docs/security/tokens/",
    ),
    Format::token("render-key", ("Render", "API key"), &["rnd_"], r"rnd_[A-Za-z0-9]{28,40}")
        .can("deploy, and read the environment variables of every service")
        .rotate(
            "revoke it in the account settings under API keys and create a new one",
            "https://render.com/docs/api",
        ),
    Format::token(
        "tailscale-key",
        ("Tailscale", "auth, API or client key"),
        &["tskey-"],
        r"tskey-(?:auth|api|client|scim|webhook)-[A-Za-z0-9]{6,24}-[A-Za-z0-9]{24,48}",
    )
    .can("add machines to the private network, or manage it")
    .rotate(
        "revoke it in the admin console under keys, then look through the machines",
        "https://tailscale.com/kb/1252/key-secret-management",
    ),
    Format::token(
        "shopify-token",
        ("Shopify", "Admin API, custom or private app token"),
        &["shpat_", "shpca_", "shppa_"],
        r"shp(?:at|ca|pa)_[0-9a-fA-F]{32}",
    )
    .can("read orders and customers, and change the shop, as far as it was scoped")
    .rotate(
        "uninstall and install the custom app again, or rotate the app's credentials",
        "https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens",
    ),
    Format::token(
        "shopify-shared-secret",
        ("Shopify", "app client secret"),
        &["shpss_"],
        r"shpss_[0-9a-fA-F]{32}",
    )
    .severity(Severity::High)
    .can("forge webhooks and sessions of the app")
    .rotate(
        "rotate the client secret in the app's settings",
        "https://shopify.dev/docs/apps/build/authentication-authorization/client-secrets/rotate-revoke-client-credentials",
    ),
];
