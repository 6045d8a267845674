//! Packages, builds, editors and what watches them.

use lr_core::Severity;

use crate::format::KEYS;
use crate::{Format, Kind};

pub(crate) const FORMATS: &[Format] = &[
    Format::token(
        "aikido-secret",
        ("Aikido", "CI token or client secret"),
        &["AIK_CI_", "AIK_SECRET_"],
        r"AIK_(?:CI_[0-9A-Za-z]{20,44}|SECRET_[0-9A-Za-z]{64})",
    )
    .severity(Severity::High)
    .can("read the weaknesses that were found")
    .rotate(
        "delete it in the integrations and create a new one",
        "https://apidocs.aikido.dev/reference/authorization",
    ),
    Format::token(
        "deno-token",
        ("Deno", "access token"),
        &["ddp_", "ddo_"],
        r"dd[po]_[0-9A-Za-z]{36}",
    )
    .can("deploy and change projects")
    .rotate(
        "revoke it in the account's settings and create a new one",
        "https://docs.deno.com/deploy/",
    ),
    Format::token(
        "bitbucket-data-center-token",
        ("Atlassian", "Bitbucket Data Center HTTP access token"),
        &["BBDC-"],
        r"BBDC-[0-9A-Za-z+/]{32,48}={0,2}",
    )
    .can("read and change repositories as its owner")
    .rotate(
        "revoke it in the account under HTTP access tokens and create a new one",
        "https://confluence.atlassian.com/bitbucketserver/http-access-tokens-939515499.html",
    ),
    Format::token(
        "buildkite-service-token",
        ("Buildkite", "agent, job or portal token"),
        &["bkaa_", "bkaj_", "bkar_", "bkct_", "bkpt_", "bkpat_", "bkps_"],
        r"bk(?:a[ajr]|ct|pt|pat|ps)_[0-9A-Za-z_-]{54,333}",
    )
    .can("run jobs and read what they hold")
    .rotate(
        "revoke it in the organisation's settings and create a new one",
        "https://buildkite.com/docs/platform/security/tokens",
    ),
    Format::token(
        "cloudsmith-key",
        ("Cloudsmith", "API key"),
        &["csa_"],
        r"csa_[0-9a-f]{30}[0-9A-Za-z]{6}",
    )
    .can("pull and push packages")
    .rotate("refresh it in the account's API settings", "https://help.cloudsmith.io/docs/api-key"),
    Format::token(
        "mergify-key",
        ("Mergify", "application key"),
        &["mergify_application_key_"],
        r"mergify_application_key_[0-9A-Za-z_-]{40,200}",
    )
    .severity(Severity::High)
    .can("merge and queue pull requests")
    .rotate(
        "delete it in the dashboard and create a new one",
        "https://docs.mergify.com/api/usage/",
    ),
    Format::assigned(
        "ionic-token",
        ("Ionic", "personal access token"),
        &["ionic"],
        KEYS,
        r"ion_[0-9A-Za-z]{42}",
    )
    .severity(Severity::High)
    .can("build and deploy applications")
    .rotate(
        "delete it in the personal settings and create a new one",
        "https://ionic.io/docs/appflow/personal-access-tokens",
    ),
    Format::token(
        "val-town-token",
        ("Val Town", "API token"),
        &["vtwn_"],
        r"vtwn_[0-9A-Za-z_-]{20,80}",
    )
    .severity(Severity::High)
    .can("read and change code that runs")
    .rotate(
        "delete it in the settings and create a new one",
        "https://docs.val.town/reference/api/authentication/",
    ),
    Format::token(
        "wakatime-key",
        ("WakaTime", "API key or token"),
        &["waka_"],
        r"waka_(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-z_]{36,84})",
    )
    .severity(Severity::Medium)
    .can("read and write coding activity")
    .rotate("regenerate it in the settings", "https://wakatime.com/developers"),
    Format::token(
        "lichess-token",
        ("Lichess", "personal access token"),
        &["lip_"],
        r"lip_[0-9A-Za-z]{16,60}",
    )
    .severity(Severity::Medium)
    .can("play and read as the user, by its scopes")
    .rotate(
        "delete it in the preferences under API access tokens",
        "https://lichess.org/api#section/Introduction/Authentication",
    ),
    Format::token(
        "thunderstore-token",
        ("Thunderstore", "service account token"),
        &["tss_"],
        r"tss_[0-9A-Za-z_-]{20,80}",
    )
    .severity(Severity::High)
    .can("publish packages of the team")
    .rotate(
        "delete the service account in the team's settings",
        "https://thunderstore.io/package/create/docs/",
    ),
    Format::token("rootly-key", ("Rootly", "API key"), &["rootly_"], r"rootly_[0-9a-f]{64}")
        .severity(Severity::High)
        .can("read and change incidents")
        .rotate(
            "revoke it in the organisation's settings and generate a new one",
            "https://docs.rootly.com/api-reference/overview",
        ),
    Format::token(
        "apify-token",
        ("Apify", "API token"),
        &["apify_api_"],
        r"apify_api_[0-9A-Za-z]{34,38}",
    )
    .severity(Severity::High)
    .can("run scrapers at the owner's cost and read what they stored")
    .rotate(
        "delete it in the console under integrations and create a new one",
        "https://docs.apify.com/platform/integrations/api",
    ),
    Format::token(
        "workato-token",
        ("Workato", "developer API token"),
        &["wrka"],
        r"wrka(?:[a-z]{2})?-eyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{16,}\.[0-9A-Za-z_-]{64,}",
    )
    .can("read and change integrations")
    .rotate("revoke the API client in the workspace", "https://docs.workato.com/workato-api.html"),
    Format::token(
        "devcycle-server-key",
        ("DevCycle", "server SDK key"),
        &["dvc_server_"],
        r"dvc_server_[0-9A-Za-z_]{8,64}",
    )
    .severity(Severity::Medium)
    .can("read feature flags and their rules")
    .rotate(
        "replace it in the environment's settings",
        "https://docs.devcycle.com/essentials/keys",
    ),
    Format::token(
        "devcycle-client-key",
        ("DevCycle", "client SDK key"),
        &["dvc_client_", "dvc_mobile_"],
        r"dvc_(?:client|mobile)_[0-9A-Za-z_]{8,64}",
    )
    .kind(Kind::Public)
    .can("read feature flags as browsers do")
    .rotate(
        "replace it in the environment's settings",
        "https://docs.devcycle.com/essentials/keys",
    ),
    Format::token(
        "configcat-sdk-key",
        ("ConfigCat", "SDK key"),
        &["configcat-sdk-1/"],
        r"configcat-sdk-1/[0-9A-Za-z_-]{22}/[0-9A-Za-z_-]{22}",
    )
    .kind(Kind::Public)
    .can("read feature flags as browsers do")
    .rotate(
        "reset it under SDK keys in the dashboard",
        "https://configcat.com/docs/advanced/code-references/overview/",
    ),
    Format::token(
        "redirect-pizza-token",
        ("redirect.pizza", "API token"),
        &["rpa_"],
        r"rpa_[0-9A-Za-z]{30}",
    )
    .severity(Severity::High)
    .can("change where domains lead")
    .rotate(
        "delete it in the account under API and create a new one",
        "https://redirect.pizza/docs",
    ),
];
