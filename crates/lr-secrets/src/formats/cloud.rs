use lr_core::Severity;

use crate::format::{Shape, Structure};
use crate::{Format, Kind};

pub(crate) const FORMATS: &[Format] = &[
    Format::token(
        "aws-access-key-id",
        ("Amazon Web Services", "access key id"),
        &["AKIA", "ASIA", "ABIA", "ACCA"],
        r"A(?:KI|SI|BI|CC)A[A-Z2-7]{16}",
    )
    .severity(Severity::High)
    .entropy(2.6)
    .can("name an account and a user; with its secret, act as that user")
    .rotate(
        "create a second key in IAM, deploy it, deactivate and then delete this one; look for its secret nearby",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",
    ),
    Format::assigned(
        "aws-secret-access-key",
        ("Amazon Web Services", "secret access key"),
        &["aws_sec", "awssec", "aws-sec", "aws.sec", "secret_access_key", "secretaccesskey", "secret-access-key"],
        &["secret"],
        r"[A-Za-z0-9/+]{40}",
    )
    .entropy(3.7)
    .can("act as the user or role it belongs to")
    .rotate(
        "create a second key in IAM, deploy it, deactivate and then delete this one; read CloudTrail for its use",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",
    ),
    Format::token(
        "aws-bedrock-key",
        ("Amazon Web Services", "Bedrock API key"),
        &["ABSK"],
        r"ABSK[A-Za-z0-9+/]{109,269}={0,2}",
    )
    .can("call models at the owner's cost")
    .rotate(
        "delete the service-specific credential in IAM and create a new one",
        "https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html",
    ),
    Format::token(
        "google-api-key",
        ("Google", "API key"),
        &["AIza"],
        r"AIza[0-9A-Za-z_-]{35}",
    )
    .kind(Kind::Restrictable)
    .can("use the APIs that it is not restricted from; in a Firebase web app it is meant to be public")
    .rotate(
        "restrict it to the APIs, sites or apps that need it in the Google Cloud console; if it was made for a server, create a new one",
        "https://cloud.google.com/docs/authentication/api-keys#securing",
    ),
    Format::token(
        "google-oauth-client-secret",
        ("Google", "OAuth client secret"),
        &["GOCSPX-"],
        r"GOCSPX-[A-Za-z0-9_-]{28}",
    )
    .severity(Severity::High)
    .can("pose as the application in OAuth flows")
    .rotate(
        "add a second secret to the client in the Google Cloud console, deploy it, disable this one",
        "https://support.google.com/cloud/answer/15549257",
    ),
    Format::token(
        "google-refresh-token",
        ("Google", "OAuth refresh token"),
        &["1//0"],
        r"1//0[A-Za-z0-9_-]{60,120}",
    )
    .can("act for a user until it is revoked")
    .rotate(
        "revoke it through the token endpoint and let the user sign in again",
        "https://developers.google.com/identity/protocols/oauth2/web-server#tokenrevoke",
    ),
    Format::token(
        "google-access-token",
        ("Google", "OAuth access token"),
        &["ya29."],
        r"ya29\.[A-Za-z0-9_-]{60,}",
    )
    .severity(Severity::Medium)
    .can("act for a user or service account for about an hour")
    .rotate(
        "revoke it through the token endpoint",
        "https://developers.google.com/identity/protocols/oauth2/web-server#tokenrevoke",
    ),
    Format::token(
        "azure-storage-key",
        ("Microsoft Azure", "storage account key"),
        &["AccountKey="],
        r"AccountKey=[A-Za-z0-9+/]{86}==",
    )
    .can("read, change and delete everything in the storage account")
    .rotate(
        "move to the second key, then rotate the first in the portal under access keys",
        "https://learn.microsoft.com/azure/storage/common/storage-account-keys-manage",
    ),
    Format::new(
        "azure-client-secret",
        ("Microsoft Azure", "application client secret"),
        &["0Q~", "1Q~", "2Q~", "3Q~", "4Q~", "5Q~", "6Q~", "7Q~", "8Q~", "9Q~"],
        Shape::Infix {
            pattern: r"[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}",
            least: 3,
            most: 3,
            class: |_| true,
        },
    )
    .can("act as the application, with all that it was granted")
    .rotate(
        "add a second secret to the app registration, deploy it, delete this one",
        "https://learn.microsoft.com/entra/identity-platform/how-to-add-credentials",
    ),
    Format::token(
        "digitalocean-token",
        ("DigitalOcean", "API token"),
        &["dop_v1_", "doo_v1_", "dor_v1_"],
        r"do[opr]_v1_[0-9a-f]{64}",
    )
    .can("create, read and destroy droplets, databases and buckets")
    .rotate(
        "delete it in the control panel under API and generate one with narrow scopes",
        "https://docs.digitalocean.com/reference/api/create-personal-access-token/",
    ),
    Format::assigned(
        "cloudflare-api-token",
        ("Cloudflare", "API token"),
        &["cloudflare", "cf_api", "cf-api", "cfapi"],
        &["token", "key", "secret"],
        r"[A-Za-z0-9_-]{40}",
    )
    .entropy(3.7)
    .can("change DNS, caching, Workers or access rules, as far as it was scoped")
    .rotate(
        "roll it at dash.cloudflare.com under API tokens",
        "https://developers.cloudflare.com/fundamentals/api/how-to/roll-token/",
    ),
    Format::token(
        "cloudflare-scannable-token",
        ("Cloudflare", "API token or key"),
        &["cfut_", "cfat_", "cfk_"],
        r"cf(?:ut|at|k)_[A-Za-z0-9]{40}[0-9a-f]{8}",
    )
    .check(Structure::Crc16Body)
    .can("change DNS, caching, Workers or access rules, as far as it was scoped")
    .rotate(
        "roll it at dash.cloudflare.com under API tokens",
        "https://developers.cloudflare.com/fundamentals/api/how-to/roll-token/",
    ),
    Format::token(
        "cloudflare-origin-ca-key",
        ("Cloudflare", "origin CA key"),
        &["v1.0-"],
        r"v1\.0-[0-9a-f]{24}-[0-9a-f]{146}",
    )
    .can("issue and revoke origin certificates for the account's zones")
    .rotate(
        "change it at dash.cloudflare.com under API tokens, origin CA key",
        "https://developers.cloudflare.com/fundamentals/api/get-started/ca-keys/",
    ),
    Format::token(
        "databricks-token",
        ("Databricks", "personal access token"),
        &["dapi"],
        r"dapi[0-9a-f]{32}(?:-\d)?",
    )
    .can("read data and run jobs as its owner")
    .rotate(
        "revoke it in the user settings under developer and generate a new one",
        "https://docs.databricks.com/aws/en/dev-tools/auth/pat",
    ),
    Format::new(
        "terraform-cloud-token",
        ("HashiCorp", "HCP Terraform API token"),
        &[".atlasv1."],
        Shape::Infix {
            pattern: r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}",
            least: 14,
            most: 14,
            class: |_| true,
        },
    )
    .can("read state, which holds secrets, and change infrastructure")
    .rotate(
        "delete it in the user, team or organisation settings and create a new one",
        "https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens",
    ),
    Format::token(
        "vault-token",
        ("HashiCorp", "Vault token"),
        &["hvs.", "hvb."],
        r"hv[sb]\.[A-Za-z0-9_-]{90,300}",
    )
    .can("read the secrets that its policies allow")
    .rotate(
        "revoke it with `vault token revoke` and look through the audit log",
        "https://developer.hashicorp.com/vault/docs/concepts/tokens",
    ),
    Format::token(
        "doppler-token",
        ("Doppler", "token"),
        &["dp.pt.", "dp.st.", "dp.ct.", "dp.sa.", "dp.scim.", "dp.audit."],
        r"dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}",
    )
    .can("read the secrets of a project, which are keys to other services")
    .rotate(
        "revoke it in the dashboard, then rotate what it could read",
        "https://docs.doppler.com/docs/service-tokens",
    ),
    Format::token("pulumi-token", ("Pulumi", "access token"), &["pul-"], r"pul-[0-9a-f]{40}")
        .can("read state and change infrastructure")
        .rotate(
            "delete it at app.pulumi.com under access tokens and create a new one",
            "https://www.pulumi.com/docs/pulumi-cloud/access-management/access-tokens/",
        ),
    Format::token(
        "onepassword-service-account",
        ("1Password", "service account token"),
        &["ops_eyJ"],
        r"ops_eyJ[A-Za-z0-9+/_-]{250,}={0,3}",
    )
    .can("read the vaults that it was given, which hold keys to other services")
    .rotate(
        "rotate it at 1password.com under developer, then rotate what it could read",
        "https://developer.1password.com/docs/service-accounts/manage-service-accounts/",
    ),
];
