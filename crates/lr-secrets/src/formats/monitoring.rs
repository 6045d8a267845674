use lr_core::Severity;

use crate::format::Structure;
use crate::{Format, Kind};

pub(crate) const FORMATS: &[Format] = &[
    Format::token(
        "sentry-org-token",
        ("Sentry", "organisation auth token"),
        &["sntrys_"],
        r"sntrys_eyJ[A-Za-z0-9+/]{40,400}={0,2}_[A-Za-z0-9+/]{43}",
    )
    .check(Structure::Json)
    .severity(Severity::High)
    .can("upload releases and source maps, and read projects")
    .rotate(
        "revoke it in the organisation's settings under auth tokens and create a new one",
        "https://docs.sentry.io/account/auth-tokens/",
    ),
    Format::token(
        "sentry-user-token",
        ("Sentry", "user auth token"),
        &["sntryu_"],
        r"sntryu_[0-9a-f]{64}",
    )
    .severity(Severity::High)
    .can("read events, which often hold personal data, and change projects")
    .rotate(
        "revoke it in the user settings under personal tokens and create a new one",
        "https://docs.sentry.io/account/auth-tokens/",
    ),
    Format::assigned(
        "datadog-key",
        ("Datadog", "API or application key"),
        &["datadog", "dd_api", "dd_app", "dd-api", "dd-app"],
        &["key", "token", "secret"],
        r"[0-9a-f]{32}(?:[0-9a-f]{8})?",
    )
    .severity(Severity::High)
    .can("send metrics and logs; with an application key also read them and change monitors")
    .rotate(
        "revoke it in the organisation's settings and create a new one",
        "https://docs.datadoghq.com/account_management/api-app-keys/",
    ),
    Format::token("newrelic-user-key", ("New Relic", "user key"), &["NRAK-"], r"NRAK-[A-Z0-9]{27}")
        .severity(Severity::High)
        .can("query all data of the account and change its settings")
        .rotate(
            "delete it at one.newrelic.com under API keys and create a new one",
            "https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/",
        ),
    Format::token(
        "newrelic-insert-key",
        ("New Relic", "insights insert key"),
        &["NRII-"],
        r"NRII-[A-Za-z0-9_-]{32}",
    )
    .severity(Severity::Medium)
    .can("send events into the account")
    .rotate(
        "delete it at one.newrelic.com under API keys and use a licence key",
        "https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/",
    ),
    Format::token(
        "newrelic-browser-key",
        ("New Relic", "browser key"),
        &["NRJS-"],
        r"NRJS-[0-9a-f]{19}",
    )
    .kind(Kind::Public)
    .entropy(2.2)
    .can("send page views into the account")
    .rotate(
        "none needed; browsers get it by design",
        "https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/",
    ),
    Format::token(
        "grafana-service-account-token",
        ("Grafana", "service account token"),
        &["glsa_"],
        r"glsa_[A-Za-z0-9]{32}_[0-9A-Fa-f]{8}",
    )
    .severity(Severity::High)
    .can("read dashboards and data sources, or manage the instance, by its role")
    .rotate(
        "delete it at the service account and add a new one",
        "https://grafana.com/docs/grafana/latest/administration/service-accounts/",
    ),
    Format::token(
        "grafana-cloud-token",
        ("Grafana Cloud", "access policy token"),
        &["glc_eyJ"],
        r"glc_eyJ[A-Za-z0-9+/_-]{40,400}={0,2}",
    )
    .check(Structure::Json)
    .severity(Severity::High)
    .can("read or write metrics, logs and traces, by its policy")
    .rotate(
        "delete it at the access policy and create a new one",
        "https://grafana.com/docs/grafana-cloud/account-management/authentication-and-permissions/access-policies/",
    ),
    Format::token(
        "posthog-personal-key",
        ("PostHog", "personal API key"),
        &["phx_"],
        r"phx_[A-Za-z0-9]{40,52}",
    )
    .severity(Severity::High)
    .can("read all events and persons, and change the project")
    .rotate(
        "roll it in the settings under personal API keys",
        "https://posthog.com/docs/api#personal-api-keys-recommended",
    ),
    Format::token(
        "posthog-project-key",
        ("PostHog", "project API key"),
        &["phc_"],
        r"phc_[A-Za-z0-9]{40,52}",
    )
    .kind(Kind::Public)
    .can("send events into the project")
    .rotate("none needed; browsers get it by design", "https://posthog.com/docs/api"),
    Format::token(
        "launchdarkly-key",
        ("LaunchDarkly", "server-side SDK key"),
        &["sdk-"],
        r"sdk-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    )
    .landmark(12, b'-')
    .severity(Severity::High)
    .can("read all feature flags and their rules")
    .rotate(
        "reset it in the environment's settings",
        "https://launchdarkly.com/docs/sdk/concepts/client-side-server-side#keys",
    ),
];
