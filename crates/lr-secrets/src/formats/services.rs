//! Services that products call: translation, content, messages, payments, builds.

use lr_core::Severity;

use crate::format::{KEYS, NAMES};
use crate::{Format, Kind};

const DEEPL: &str = "https://developers.deepl.com/docs/getting-started/auth";
const CHECKOUT: &str = "https://www.checkout.com/docs/developer-resources/api/manage-api-keys";
const PUBNUB: &str = "https://www.pubnub.com/docs/general/setup/account-setup";
const MERCADO_PAGO: &str = "https://www.mercadopago.com/developers/en/docs/credentials";

const NATS: &str =
    "https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/nkey_auth";

pub(crate) const FORMATS: &[Format] = &[
    Format::assigned(
        "deepl-key",
        ("DeepL", "authentication key"),
        &["deepl"],
        KEYS,
        r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?::fx|:dp)?",
    )
    .severity(Severity::High)
    .can("translate at the owner's cost")
    .rotate("deactivate it in the account under API keys and create a new one", DEEPL),
    Format::assigned(
        "ghost-admin-key",
        ("Ghost", "Admin API key"),
        &["ghost"],
        KEYS,
        r"[0-9a-f]{24}:[0-9a-f]{64}",
    )
    .can("read, write and delete the posts and members of the site")
    .rotate(
        "regenerate it in the settings under the integration",
        "https://docs.ghost.org/admin-api#token-authentication",
    ),
    Format::assigned(
        "checkout-com-secret-key",
        ("Checkout.com", "secret key"),
        &["checkout", "cko_", "cko-"],
        KEYS,
        r"sk_[a-z2-7]{26}[a-z2-7*#$=]",
    )
    .can("take and refund payments")
    .rotate("create a new key in the dashboard and deactivate this one", CHECKOUT),
    Format::token(
        "checkout-com-test-key",
        ("Checkout.com", "secret key of the sandbox"),
        &["sk_sbox_"],
        r"sk_sbox_[a-z2-7]{26}[a-z2-7*#$=]",
    )
    .kind(Kind::Test)
    .can("take test payments")
    .rotate("create a new key in the dashboard and deactivate this one", CHECKOUT),
    Format::token(
        "mercado-pago-token",
        ("Mercado Pago", "access token"),
        &["APP_USR-"],
        r"APP_USR-[0-9]{12,20}-[0-9]{6}-[0-9a-f]{32}(?:__[A-Z]{2}_[A-Z]{2}__)?-[0-9]{5,12}",
    )
    .can("take and refund payments")
    .rotate("renew the credentials of the application", MERCADO_PAGO),
    Format::token(
        "mercado-pago-public-key",
        ("Mercado Pago", "public key"),
        &["APP_USR-"],
        r"APP_USR-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    )
    .kind(Kind::Public)
    .can("tokenize cards")
    .rotate("none needed; browsers get it by design", MERCADO_PAGO),
    Format::token(
        "confluent-secret",
        ("Confluent Cloud", "API secret"),
        &["cflt"],
        r"cflt[0-9A-Za-z+/]{60}",
    )
    .can("read and write topics, or change the cluster")
    .rotate(
        "delete the API key and create another",
        "https://docs.confluent.io/cloud/current/security/authenticate/workload-identities/service-accounts/api-keys/overview.html",
    ),
    Format::token(
        "pubnub-secret-key",
        ("PubNub", "secret key"),
        &["sec-c-"],
        r"sec-c-[0-9A-Za-z]{48}",
    )
    .can("grant itself any access to the messages")
    .rotate("create another keyset in the admin portal", PUBNUB),
    Format::token(
        "pubnub-client-key",
        ("PubNub", "publish or subscribe key"),
        &["pub-c-", "sub-c-"],
        r"(?:pub|sub)-c-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    )
    .kind(Kind::Public)
    .can("send or read messages as clients do")
    .rotate("none needed; clients get it by design", PUBNUB),
    Format::token(
        "kakao-key",
        ("Kakao", "REST API or admin key"),
        &["KakaoAK "],
        r"KakaoAK [0-9a-f]{32}",
    )
    .severity(Severity::High)
    .can("call the APIs as the app")
    .rotate(
        "reissue it in the app's settings",
        "https://developers.kakao.com/docs/latest/en/app-setting/app",
    ),
    Format::assigned(
        "infobip-key",
        ("Infobip", "API key"),
        &["infobip"],
        KEYS,
        r"[0-9a-f]{32}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    )
    .can("send messages at the owner's cost and read those that came")
    .rotate(
        "revoke it in the web interface under API keys and create a new one",
        "https://www.infobip.com/docs/developer-resources/authentication-and-access/api-authentication",
    ),
    Format::assigned(
        "sumsub-token",
        ("Sumsub", "app token"),
        &["sumsub", "x-app-token"],
        NAMES,
        r"prd:[0-9A-Za-z]{24}\.[0-9A-Za-z]{32}",
    )
    .can("with its secret, read the papers of those who were checked")
    .rotate(
        "delete it in the dashboard under app tokens and generate a new one",
        "https://docs.sumsub.com/docs/app-tokens",
    ),
    Format::token("wix-key", ("Wix", "API key"), &["IST.eyJ"], r"IST\.eyJ[0-9A-Za-z_-]{20,}\.[0-9A-Za-z_-]{40,}\.[0-9A-Za-z_-]{340,700}")
        .can("read and change the sites of the account")
        .rotate(
            "revoke it in the API keys manager and generate a new one",
            "https://dev.wix.com/docs/go-headless/authentication/admin/make-rest-api-calls-with-an-api-key",
        ),
    Format::token(
        "yandex-language-key",
        ("Yandex", "key of the Translate, Dictionary or Predictor API"),
        &["trnsl.1.1.", "dict.1.1.", "pdct.1.1."],
        r"(?:trnsl|dict|pdct)\.1\.1\.[0-9]{8}T[0-9]{6}Z\.[0-9a-f]{16}\.[0-9a-f]{40}",
    )
    .severity(Severity::Medium)
    .can("translate at the owner's cost")
    .rotate(
        "delete it in the developer's dashboard",
        "https://yandex.com/dev/translate/doc/en/concepts/api-keys",
    ),
    Format::token(
        "riot-key",
        ("Riot Games", "API key"),
        &["RGAPI-"],
        r"RGAPI-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    )
    .severity(Severity::Medium)
    .can("use up the rate limit of the product")
    .rotate(
        "regenerate it in the developer portal",
        "https://developer.riotgames.com/docs/portal",
    ),
    Format::token(
        "vercel-blob-token",
        ("Vercel", "token of a Blob store"),
        &["vercel_blob_rw_"],
        r"vercel_blob_rw_[0-9A-Za-z]{16}_[0-9A-Za-z]{28,48}",
    )
    .can("read, write and delete every file of the store")
    .rotate(
        "rotate it in the settings of the store",
        "https://vercel.com/docs/vercel-blob/using-blob-sdk",
    ),
    Format::token(
        "teamcity-token",
        ("JetBrains", "TeamCity access token"),
        &["eyJ0eXAiOiAiVENWMiJ9."],
        r"eyJ0eXAiOiAiVENWMiJ9\.[0-9A-Za-z_-]{20,60}\.[0-9A-Za-z_-]{32,80}",
    )
    .can("read and change builds as its owner")
    .rotate(
        "delete it in the user's profile under access tokens and create a new one",
        "https://www.jetbrains.com/help/teamcity/configuring-your-user-profile.html",
    ),
    Format::assigned(
        "cypress-record-key",
        ("Cypress", "record key"),
        &["cypress_record", "cypress-record", "cypressrecord"],
        KEYS,
        r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    )
    .severity(Severity::Medium)
    .can("record runs into the project at the owner's cost")
    .rotate(
        "delete it in the project's settings and create a new one",
        "https://docs.cypress.io/cloud/account-management/projects#Record-keys",
    ),
    Format::token("daytona-key", ("Daytona", "API key"), &["dtn_"], r"dtn_[0-9a-f]{64}")
        .can("run sandboxes at the owner's cost and read what is in them")
        .rotate(
            "delete it in the dashboard under keys and create a new one",
            "https://www.daytona.io/docs/en/api-keys/",
        ),
    Format::token(
        "bip32-private-key",
        ("Bitcoin and others", "extended private key of a wallet"),
        &["xprv"],
        r"xprv[1-9A-HJ-NP-Za-km-z]{107}",
    )
    .can("spend what the wallet holds, at each of its addresses")
    .rotate(
        "move what the wallet holds to a new one",
        "https://github.com/bitcoin/bips/blob/master/bip-0032.mediawiki#serialization-format",
    ),
    Format::token(
        "nats-credentials",
        ("NATS", "seed in a credentials file"),
        &["NKEY SEED-----"],
        r"NKEY SEED-----\s{1,4}S[ACNOUX][A-Z2-7]{56}",
    )
    .can("connect as that user, or sign for that account")
    .rotate("revoke the user with `nsc revocations` and make new credentials", NATS),
    Format::assigned(
        "nats-seed",
        ("NATS", "seed of a key pair"),
        &["nats", "nkey"],
        &["seed", "nkey", "key", "secret", "cred"],
        r"S[ACNOUX][A-Z2-7]{56}",
    )
    .can("connect as that user, or sign for that account")
    .rotate("revoke the user with `nsc revocations` and make new credentials", NATS),
    Format::token(
        "together-prefixed-key",
        ("Together AI", "API key with a prefix"),
        &["tgp_v1_"],
        r"tgp_v1_[0-9A-Za-z_-]{43}",
    )
    .can("call models at the owner's cost")
    .rotate(
        "regenerate it at api.together.ai/settings/api-keys",
        "https://docs.together.ai/docs/quickstart",
    ),
];
