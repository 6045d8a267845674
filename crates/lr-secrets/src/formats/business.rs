//! Money, identity, design and fleets.

use lr_core::Severity;

use crate::Format;

pub(crate) const FORMATS: &[Format] = &[
    Format::token(
        "asaas-key",
        ("Asaas", "API key"),
        &["$aact_prod_", "$aact_hmlg_"],
        r"\$aact_(?:prod|hmlg)_[0-9A-Za-z_:=-]{100,240}",
    )
    .can("charge customers and send money")
    .rotate(
        "disable it in the integrations settings and create a new one",
        "https://docs.asaas.com/docs/authentication-2",
    ),
    Format::token(
        "mercury-token",
        ("Mercury", "API token of a bank account"),
        &["mercury_production_"],
        r"mercury_production_[a-z]{3,6}_[0-9A-Za-z]{40,50}_yrucrem",
    )
    .can("read accounts and send money")
    .rotate(
        "delete it in the settings under API tokens and create a new one",
        "https://docs.mercury.com/docs/getting-started",
    ),
    Format::token(
        "ramp-client-secret",
        ("Ramp", "client secret"),
        &["ramp_sec_"],
        r"ramp_sec_[0-9A-Za-z]{48}",
    )
    .can("read and change cards and bills")
    .rotate(
        "delete the application in the developer settings and create a new one",
        "https://docs.ramp.com/developer-api/v1/authorization",
    ),
    Format::token(
        "polar-token",
        ("Polar", "access token"),
        &["polar_oat_", "polar_pat_", "polar_at_"],
        r"polar_(?:oat|pat|at)_[0-9A-Za-z_-]{20,100}",
    )
    .can("read and change products, orders and customers")
    .rotate(
        "delete it in the settings and create a new one",
        "https://polar.sh/docs/integrate/authentication",
    ),
    Format::token(
        "onfido-token",
        ("Onfido", "API token"),
        &["api_live.", "api_live_us.", "api_live_ca."],
        r"api_live(?:_us|_ca)?\.[0-9A-Za-z_.-]{20,80}",
    )
    .can("read identity documents of customers")
    .rotate(
        "revoke it in the dashboard under tokens and create a new one",
        "https://documentation.onfido.com/api/latest/",
    ),
    Format::token(
        "persona-key",
        ("Persona", "API key"),
        &["persona_production_"],
        r"persona_production_[0-9a-z_-]{20,80}",
    )
    .can("read identity documents of customers")
    .rotate(
        "expire it in the dashboard under API keys and create a new one",
        "https://docs.withpersona.com/api-keys",
    ),
    Format::token("nylas-key", ("Nylas", "API key"), &["nyk_"], r"nyk_(?:v0_)?[0-9A-Za-z]{64,67}")
        .can("read and send mail of connected accounts")
        .rotate(
            "delete it in the dashboard under API keys and create a new one",
            "https://developer.nylas.com/docs/v3/auth/",
        ),
    Format::token(
        "samsara-token",
        ("Samsara", "API token"),
        &["samsara_api_"],
        r"samsara_api_[0-9A-Za-z]{26,32}",
    )
    .can("read and change the fleet")
    .rotate(
        "revoke it in the settings under API tokens and create a new one",
        "https://developers.samsara.com/docs/authentication",
    ),
    Format::token(
        "canada-notify-key",
        ("GC Notify", "API key"),
        &["gcntfy-"],
        r"gcntfy-[0-9A-Za-z_]+(?:-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}){2}",
    )
    .severity(Severity::High)
    .can("send messages in the service's name")
    .rotate(
        "revoke it in the API integration and create a new one",
        "https://documentation.notification.canada.ca/en/start.html",
    ),
    Format::token(
        "canva-client-secret",
        ("Canva", "Connect client secret"),
        &["cnvca"],
        r"cnvca[0-9A-Za-z_-]{51}",
    )
    .severity(Severity::High)
    .can("pose as the application in OAuth flows")
    .rotate(
        "generate a new one in the developer portal",
        "https://www.canva.dev/docs/connect/authentication/",
    ),
    Format::token(
        "miro-token",
        ("Miro", "access token"),
        &["eyJtaXJv"],
        r"eyJtaXJv[0-9A-Za-z-]{10,64}_[0-9A-Za-z_-]{20,64}",
    )
    .severity(Severity::High)
    .can("read and change boards")
    .rotate(
        "revoke it in the application's settings",
        "https://developers.miro.com/docs/getting-started-with-oauth",
    ),
    Format::token(
        "pinterest-token",
        ("Pinterest", "access token"),
        &["pina_"],
        r"pina_[0-9A-Za-z_-]{20,200}",
    )
    .severity(Severity::High)
    .can("read and publish pins")
    .rotate(
        "revoke it in the application's settings",
        "https://developers.pinterest.com/docs/api/v5/",
    ),
    Format::token(
        "slack-session-cookie",
        ("Slack", "session cookie"),
        &["xoxd-"],
        r"xoxd-[0-9A-Za-z%/+_-]{100,300}={0,2}",
    )
    .can("act as the user, together with a session token")
    .rotate(
        "sign out of all sessions in the account settings",
        "https://docs.slack.dev/authentication/tokens",
    ),
];
