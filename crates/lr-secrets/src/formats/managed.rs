//! Managed databases and servers.

use lr_core::Severity;

use crate::Format;
use crate::format::KEYS;

pub(crate) const FORMATS: &[Format] = &[
    Format::token(
        "cockroachdb-key",
        ("Cockroach Labs", "API key of a service account"),
        &["CCDB1_"],
        r"CCDB1_[0-9A-Za-z]{22}_[0-9A-Za-z]{40}",
    )
    .can("manage clusters and their users")
    .rotate(
        "delete it at the service account and create a new one",
        "https://www.cockroachlabs.com/docs/cockroachcloud/managing-access",
    ),
    Format::token(
        "datastax-token",
        ("DataStax", "Astra application token"),
        &["AstraCS:"],
        r"AstraCS:[0-9A-Za-z]{20,30}(?::[0-9a-f]{64})?",
    )
    .can("read and change databases")
    .rotate(
        "delete it in the settings under tokens and generate a new one",
        "https://docs.datastax.com/en/astra-db-serverless/",
    ),
    Format::token(
        "mongodb-atlas-secret",
        ("MongoDB", "Atlas secret of a service account"),
        &["mdb_sa_sk_"],
        r"mdb_sa_sk_[0-9A-Za-z_-]{40}",
    )
    .can("manage clusters and their users")
    .rotate(
        "generate a new client secret and revoke this one",
        "https://www.mongodb.com/docs/atlas/api/service-accounts-overview/",
    ),
    Format::token(
        "elastic-cloud-key",
        ("Elastic", "Cloud API key"),
        &["essu_"],
        r"essu_[0-9A-Za-z_-]{60,200}={0,2}",
    )
    .can("manage deployments")
    .rotate(
        "revoke it in the organisation under API keys and create a new one",
        "https://www.elastic.co/docs/deploy-manage/api-keys/elastic-cloud-api-keys",
    ),
    Format::token(
        "upcloud-token",
        ("UpCloud", "API token"),
        &["ucat_"],
        r"ucat_[0-9A-Za-z]{24,32}",
    )
    .can("manage servers and storage")
    .rotate(
        "delete it in the account under API tokens and create a new one",
        "https://upcloud.com/docs/guides/managing-api-tokens/",
    ),
    Format::token("exoscale-key", ("Exoscale", "API key"), &["EXO"], r"EXO[0-9A-Za-z]{24,30}")
        .severity(Severity::Medium)
        .can("name an account; with its secret, manage it")
        .rotate(
            "delete it under IAM and create a new one",
            "https://community.exoscale.com/product/iam/quick-start/",
        ),
    Format::assigned(
        "exoscale-secret",
        ("Exoscale", "API secret"),
        &["exoscale"],
        KEYS,
        r"[0-9A-Za-z_-]{43}",
    )
    .can("manage what the key's role allows")
    .rotate(
        "delete the key under IAM and create a new one",
        "https://community.exoscale.com/product/iam/quick-start/",
    ),
    Format::token(
        "alibaba-sts-key-id",
        ("Alibaba Cloud", "access key id of a session"),
        &["STS."],
        r"STS\.[0-9A-Za-z]{16,64}",
    )
    .severity(Severity::Medium)
    .can("name a session; with its secret and token, act in it")
    .rotate(
        "end it by taking the role's permissions away",
        "https://www.alibabacloud.com/help/en/ram/product-overview/what-is-sts",
    ),
    Format::token(
        "zuplo-key",
        ("Zuplo", "API key of a consumer"),
        &["zpka_"],
        r"zpka_[0-9a-z]{32}_[0-9a-f]{8}",
    )
    .severity(Severity::High)
    .can("call the gateway as that consumer")
    .rotate(
        "delete it in the portal and create a new one",
        "https://zuplo.com/docs/articles/api-key-management",
    ),
    Format::token(
        "unkey-root-key",
        ("Unkey", "root key"),
        &["unkey_"],
        r"unkey_[0-9A-Za-z]{20,32}",
    )
    .can("create and read API keys")
    .rotate(
        "delete it in the dashboard under settings and create a new one",
        "https://www.unkey.com/docs/security/root-keys",
    ),
];
