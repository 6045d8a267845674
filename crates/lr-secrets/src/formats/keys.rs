use lr_core::Severity;

use crate::format::{Jwt, Pem, Shape};
use crate::{Format, Kind};

pub(crate) const FORMATS: &[Format] = &[
    Format::new(
        "private-key",
        ("any server", "private key"),
        &["BEGIN "],
        Shape::Pem(Pem::Plain),
    )
    .kind(Kind::PrivateKey)
    .can("pose as its owner: decrypt, sign or log in, depending on where its public half is trusted")
    .rotate(
        "make a new key pair where it is used, replace the public half or certificate everywhere, revoke the old one",
        "https://www.rfc-editor.org/rfc/rfc7468",
    ),
    Format::new(
        "encrypted-private-key",
        ("any server", "private key under a passphrase"),
        &["BEGIN "],
        Shape::Pem(Pem::Encrypted),
    )
    .kind(Kind::PrivateKey)
    .severity(Severity::Medium)
    .can("pose as its owner once the passphrase is guessed or found")
    .rotate(
        "treat it as open if the passphrase is weak or lies nearby; make a new key pair and keep it out of the tree",
        "https://www.rfc-editor.org/rfc/rfc7468#section-11",
    ),
    Format::new(
        "gcp-service-account-key",
        ("Google Cloud", "service account key file"),
        &["BEGIN "],
        Shape::Pem(Pem::ServiceAccount),
    )
    .can("act as the service account, with all its roles")
    .rotate(
        "delete the key in IAM under service accounts; prefer workload identity to key files",
        "https://cloud.google.com/iam/docs/best-practices-for-managing-service-account-keys",
    ),
    Format::token(
        "age-identity",
        ("age", "secret key"),
        &["AGE-SECRET-KEY-1"],
        r"AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}",
    )
    .kind(Kind::PrivateKey)
    .can("decrypt everything that was encrypted to it")
    .rotate(
        "make a new identity with `age-keygen`, encrypt anew, rotate what the old files held",
        "https://github.com/C2SP/C2SP/blob/main/age.md",
    ),
    Format::new(
        "supabase-service-role",
        ("Supabase", "service_role JWT"),
        &["eyJ"],
        Shape::Jwt(Jwt::SupabaseServiceRole),
    )
    .can("read and change all data, past row level security")
    .rotate(
        "move to the new secret API keys and disable the legacy ones, or rotate the JWT secret",
        "https://supabase.com/docs/guides/api/api-keys",
    ),
    Format::new("supabase-anon", ("Supabase", "anon JWT"), &["eyJ"], Shape::Jwt(Jwt::SupabaseAnon))
        .kind(Kind::Public)
        .can("what row level security allows to everyone")
        .rotate("none needed; see that row level security is on", "https://supabase.com/docs/guides/api/api-keys"),
    Format::new("jwt", ("any server", "signed JSON web token"), &["eyJ"], Shape::Jwt(Jwt::Other))
        .severity(Severity::Medium)
        .can("what its claims say, for as long as it is valid")
        .rotate(
            "end the session or revoke the token where it was issued; if that is impossible, rotate the signing key",
            "https://www.rfc-editor.org/rfc/rfc8725",
        ),
];
