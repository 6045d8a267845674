use lr_core::Severity;

use crate::{Format, Kind};

pub(crate) const FORMATS: &[Format] = &[
    Format::token("linear-key", ("Linear", "API key"), &["lin_api_"], r"lin_api_[0-9A-Za-z]{40}")
        .severity(Severity::High)
        .can("read and change issues as its owner")
        .rotate(
            "revoke it in the settings under security and access and create a new one",
            "https://linear.app/developers/graphql#authentication",
        ),
    Format::token(
        "notion-token",
        ("Notion", "integration token"),
        &["ntn_", "secret_"],
        r"(?:ntn_[0-9]{11}[0-9A-Za-z]{35}|secret_[0-9A-Za-z]{43})",
    )
    .entropy(3.5)
    .severity(Severity::High)
    .can("read and change the pages that were shared with the integration")
    .rotate(
        "refresh the secret at notion.so/profile/integrations",
        "https://developers.notion.com/docs/authorization",
    ),
    Format::token(
        "figma-token",
        ("Figma", "personal access token"),
        &["figd_"],
        r"figd_[0-9A-Za-z_-]{38,44}",
    )
    .severity(Severity::High)
    .can("read files and comment as its owner")
    .rotate(
        "revoke it in the settings under security and generate one that expires",
        "https://developers.figma.com/docs/rest-api/authentication/",
    ),
    Format::token(
        "hubspot-token",
        ("HubSpot", "private app token"),
        &["pat-na", "pat-eu", "pat-ap"],
        r"pat-(?:na|eu|ap)\d-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    )
    .can("read and change contacts and deals, as far as it was scoped")
    .rotate(
        "rotate it in the private app's settings",
        "https://developers.hubspot.com/docs/apps/legacy-apps/private-apps/overview",
    ),
    Format::token(
        "typeform-token",
        ("Typeform", "personal access token"),
        &["tfp_"],
        r"tfp_[0-9A-Za-z_-]{40,60}",
    )
    .severity(Severity::High)
    .can("read the answers that people gave")
    .rotate(
        "delete it in the settings under personal tokens and generate a new one",
        "https://www.typeform.com/developers/get-started/personal-access-token/",
    ),
    Format::token(
        "mapbox-secret-token",
        ("Mapbox", "secret token"),
        &["sk.eyJ"],
        r"sk\.eyJ[0-9A-Za-z_-]{60,100}\.[0-9A-Za-z_-]{22}",
    )
    .severity(Severity::High)
    .can("change styles, data and tokens of the account")
    .rotate(
        "refresh or delete it at account.mapbox.com under access tokens",
        "https://docs.mapbox.com/help/dive-deeper/access-tokens/",
    ),
    Format::token(
        "mapbox-public-token",
        ("Mapbox", "public token"),
        &["pk.eyJ"],
        r"pk\.eyJ[0-9A-Za-z_-]{60,100}\.[0-9A-Za-z_-]{22}",
    )
    .kind(Kind::Public)
    .can("load maps at the owner's cost")
    .rotate(
        "none needed; limit it to your sites in the token's settings",
        "https://docs.mapbox.com/help/dive-deeper/access-tokens/",
    ),
];
