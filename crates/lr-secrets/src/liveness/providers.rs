//! What to ask whom, and how to read the answer: for each provider a request that only reads.

use crate::liveness::{Answer, Liveness, Request};

/// How a secret is shown to its provider.
#[derive(Clone, Copy)]
enum Shown {
    /// `Authorization: Bearer`
    Bearer,
    /// In a header of its own.
    Header(&'static str),
}

struct Probe {
    formats: &'static [&'static str],
    method: &'static str,
    url: &'static str,
    shown: Shown,
    also: &'static [(&'static str, &'static str)],
    told: fn(&Answer) -> Liveness,
}

const fn probe(formats: &'static [&'static str], url: &'static str) -> Probe {
    Probe { formats, method: "GET", url, shown: Shown::Bearer, also: &[], told: status }
}

/// From the reference of each provider's API, whose page stands above it.
static PROBES: &[Probe] = &[
    // https://docs.github.com/en/rest/users/users#get-the-authenticated-user
    Probe {
        also: &[("Accept", "application/vnd.github+json"), ("X-GitHub-Api-Version", "2022-11-28")],
        ..probe(
            &["github-personal-token", "github-fine-grained-token", "github-oauth-token"],
            "https://api.github.com/user",
        )
    },
    // https://docs.gitlab.com/api/rest/authentication/#personalprojectgroup-access-tokens
    Probe {
        shown: Shown::Header("PRIVATE-TOKEN"),
        told: of_many_hosts,
        ..probe(
            &["gitlab-personal-token", "gitlab-routable-token"],
            "https://gitlab.com/api/v4/user",
        )
    },
    // https://docs.slack.dev/reference/methods/auth.test
    Probe {
        method: "POST",
        told: slack,
        ..probe(&["slack-bot-token", "slack-user-token"], "https://slack.com/api/auth.test")
    },
    // https://docs.stripe.com/api/balance/balance_retrieve
    Probe {
        told: scoped,
        ..probe(
            &["stripe-secret-key", "stripe-restricted-key", "stripe-test-key"],
            "https://api.stripe.com/v1/balance",
        )
    },
    // https://platform.openai.com/docs/api-reference/models/list
    probe(&["openai-key", "openai-legacy-key"], "https://api.openai.com/v1/models"),
    // https://docs.claude.com/en/api/models-list
    Probe {
        shown: Shown::Header("x-api-key"),
        also: &[("anthropic-version", "2023-06-01")],
        ..probe(&["anthropic-api-key"], "https://api.anthropic.com/v1/models")
    },
    // https://www.twilio.com/docs/sendgrid/api-reference/api-key-permissions
    probe(&["sendgrid-key"], "https://api.sendgrid.com/v3/scopes"),
    // https://docs.npmjs.com/cli/commands/npm-whoami
    probe(&["npm-token"], "https://registry.npmjs.org/-/whoami"),
    // https://huggingface.co/docs/hub/api
    probe(&["huggingface-token"], "https://huggingface.co/api/whoami-v2"),
    // https://docs.digitalocean.com/reference/api/
    Probe {
        told: scoped,
        ..probe(&["digitalocean-token"], "https://api.digitalocean.com/v2/account")
    },
    // https://developers.cloudflare.com/api/resources/user/subresources/tokens/methods/verify/
    Probe {
        told: cloudflare,
        ..probe(
            &["cloudflare-scannable-token"],
            "https://api.cloudflare.com/client/v4/user/tokens/verify",
        )
    },
];

/// Ids of the formats that can be asked for.
pub fn formats() -> impl Iterator<Item = &'static str> {
    PROBES.iter().flat_map(|probe| probe.formats).copied()
}

/// What to ask about a secret of this format; `None` where nothing can be asked, and where the secret
/// holds what no header may (RFC 9110, section 5.5).
#[must_use]
pub fn request(format: &str, secret: &[u8]) -> Option<Request> {
    let probe = of(format)?;
    let secret = std::str::from_utf8(secret).ok()?;
    if secret.is_empty() || !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let shown = match probe.shown {
        Shown::Bearer => ("Authorization", format!("Bearer {secret}")),
        Shown::Header(name) => (name, secret.to_owned()),
    };
    let also = probe.also.iter().map(|(name, value)| (*name, (*value).to_owned()));
    let headers = std::iter::once(shown).chain(also).collect();
    Some(Request { method: probe.method, url: probe.url, headers })
}

/// What an answer to that request means. Limits, outages and redirects tell nothing.
#[must_use]
pub fn read(format: &str, answer: &Answer) -> Liveness {
    of(format).map_or(Liveness::Unknown, |probe| (probe.told)(answer))
}

/// RFC 9110: 2xx took it, 401 did not. 403 has many reasons, not all about the key.
fn status(answer: &Answer) -> Liveness {
    match answer.status {
        200..=299 => Liveness::Live,
        401 => Liveness::Revoked,
        _ => Liveness::Unknown,
    }
}

/// Where 403 means that a key is known and may not do this very thing.
fn scoped(answer: &Answer) -> Liveness {
    if answer.status == 403 { Liveness::Live } else { status(answer) }
}

/// Who does not know it may not have issued it: many run this software themselves.
fn of_many_hosts(answer: &Answer) -> Liveness {
    match scoped(answer) {
        Liveness::Revoked => Liveness::Unknown,
        told => told,
    }
}

/// 200 in any case; the body says whether it is.
fn slack(answer: &Answer) -> Liveness {
    /// Errors after which the token is good for nothing. `invalid_auth` is none: a token that works
    /// from some addresses only gets it everywhere else.
    const WRONG: [&str; 3] = ["account_inactive", "token_revoked", "token_expired"];
    let body = json(answer);
    match (body["ok"].as_bool(), body["error"].as_str()) {
        (Some(true), _) => Liveness::Live,
        (Some(false), Some(error)) if WRONG.contains(&error) => Liveness::Revoked,
        _ => Liveness::Unknown,
    }
}

/// A token that is known may be disabled or expired.
fn cloudflare(answer: &Answer) -> Liveness {
    match (answer.status, json(answer)["result"]["status"].as_str()) {
        (200, Some("active")) => Liveness::Live,
        (200, Some("disabled" | "expired")) => Liveness::Revoked,
        (200, _) => Liveness::Unknown,
        _ => status(answer),
    }
}

fn json(answer: &Answer) -> serde_json::Value {
    match answer.status {
        200 => serde_json::from_str(&answer.body).unwrap_or_default(),
        _ => serde_json::Value::Null,
    }
}

fn of(format: &str) -> Option<&'static Probe> {
    PROBES.iter().find(|probe| probe.formats.contains(&format))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_probe_is_of_a_format_that_there_is_and_identifies_itself() {
        let mut ids: Vec<_> = formats().collect();
        for id in &ids {
            let format = crate::format(id).unwrap_or_else(|| panic!("{id}"));
            assert!(format.identifies_itself(), "{id} is not sent to a provider on a guess");
        }
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
        assert!(PROBES.len() >= 10 && PROBES.iter().all(|it| it.url.starts_with("https://")));
    }
}
