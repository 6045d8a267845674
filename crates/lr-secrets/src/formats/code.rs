use lr_core::Severity;

use crate::Format;
use crate::format::Structure;

const GITHUB: &str = "https://docs.github.com/authentication/keeping-your-account-and-data-secure/managing-your-personal-access-tokens";

pub(crate) const FORMATS: &[Format] = &[
    Format::token(
        "github-personal-token",
        ("GitHub", "classic personal access token"),
        &["ghp_"],
        r"ghp_[0-9A-Za-z]{36}",
    )
    .check(Structure::Crc62)
    .can("act as its owner in every repository that its scopes reach")
    .rotate("delete it at github.com/settings/tokens and create a fine-grained one", GITHUB),
    Format::token(
        "github-fine-grained-token",
        ("GitHub", "fine-grained personal access token"),
        &["github_pat_"],
        r"github_pat_[0-9A-Za-z_]{82}",
    )
    .can("act as its owner in the repositories that it names")
    .rotate("regenerate it at github.com/settings/personal-access-tokens", GITHUB),
    Format::token(
        "github-oauth-token",
        ("GitHub", "OAuth access token"),
        &["gho_"],
        r"gho_[0-9A-Za-z]{36}",
    )
    .check(Structure::Crc62)
    .can("act for the user who signed in, as far as the scopes reach")
    .rotate(
        "revoke the grant at github.com/settings/applications or reset it through the API",
        "https://docs.github.com/rest/apps/oauth-applications",
    ),
    Format::token(
        "github-app-token",
        ("GitHub", "app user or installation token"),
        &["ghu_", "ghs_"],
        r"gh[us]_[0-9A-Za-z]{36}",
    )
    .check(Structure::Crc62)
    .severity(Severity::High)
    .can("act as an app installation or its user, for one to eight hours")
    .rotate(
        "revoke it through `DELETE /installation/token`, or let it run out",
        "https://docs.github.com/rest/apps/installations#revoke-an-installation-access-token",
    ),
    Format::token(
        "github-refresh-token",
        ("GitHub", "app refresh token"),
        &["ghr_"],
        r"ghr_[0-9A-Za-z]{36}(?:[0-9A-Za-z]{40})?",
    )
    .check(Structure::Crc62)
    .can("get new user tokens for six months")
    .rotate(
        "revoke the app's grant and let the user sign in again",
        "https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens",
    ),
    Format::token(
        "gitlab-personal-token",
        ("GitLab", "personal, project or group access token"),
        &["glpat-"],
        r"glpat-[0-9A-Za-z_-]{20,}(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?",
    )
    .can("act as its owner in every project that its scopes reach")
    .rotate(
        "rotate or revoke it in the user, project or group settings under access tokens",
        "https://docs.gitlab.com/user/profile/personal_access_tokens/",
    ),
    Format::token(
        "gitlab-machine-token",
        ("GitLab", "deploy, runner, trigger, feed or agent token"),
        &["gldt-", "glrt-", "glptt-", "glcbt-", "glft-", "glsoat-", "glffct-", "glagent-", "glimt-", "GR1348941"],
        r"(?:gl(?:dt|rt|cbt|ft|soat|agent)-(?:t[0-9]_)?[0-9A-Za-z_-]{27,300}(?:\.[0-9a-z]{2}\.[0-9a-z]{7,9})?|(?:gldt-|glrt-|glcbt-(?:[0-9A-Za-z]{1,5}_)?|glft-|glffct-|glsoat-|GR1348941)[0-9A-Za-z_-]{20}|glptt-[0-9a-f]{40}|glagent-[0-9A-Za-z_-]{50}|glimt-[0-9A-Za-z_-]{25})",
    )
    .severity(Severity::High)
    .can("read code or packages, or take over jobs of a pipeline")
    .rotate(
        "revoke it in the project's settings and register anew",
        "https://docs.gitlab.com/security/tokens/",
    ),
    Format::token("npm-token", ("npm", "access token"), &["npm_"], r"npm_[0-9A-Za-z]{36}")
        .check(Structure::Crc62)
        .can("read private packages and, with publish rights, ship code to every user of them")
        .rotate(
            "revoke it with `npm token revoke` or at npmjs.com under access tokens",
            "https://docs.npmjs.com/revoking-access-tokens",
        ),
    Format::token(
        "pypi-token",
        ("PyPI", "upload token"),
        &["pypi-AgE"],
        r"pypi-AgE[0-9A-Za-z_-]{50,}",
    )
    .can("publish releases that others will install")
    .rotate(
        "remove it at pypi.org under account settings and use trusted publishing instead",
        "https://pypi.org/help/#apitoken",
    ),
    Format::token("crates-io-token", ("crates.io", "API token"), &["cio"], r"cio[0-9A-Za-z]{32}")
        .entropy(3.5)
        .can("publish crates that others will build")
        .rotate(
            "revoke it at crates.io/settings/tokens and create one with narrow scopes",
            "https://doc.rust-lang.org/cargo/reference/publishing.html",
        ),
    Format::token(
        "rubygems-key",
        ("RubyGems", "API key"),
        &["rubygems_"],
        r"rubygems_[0-9a-f]{48}",
    )
    .can("publish gems that others will install")
    .rotate(
        "delete it at rubygems.org under API keys and create one with narrow scopes",
        "https://guides.rubygems.org/api-key-scopes/",
    ),
    Format::token("nuget-key", ("NuGet", "API key"), &["oy2"], r"oy2[a-z2-7]{43}")
        .can("publish packages that others will install")
        .rotate(
            "delete it at nuget.org under API keys and create one with narrow scopes",
            "https://learn.microsoft.com/nuget/nuget-org/scoped-api-keys",
        ),
    Format::token(
        "docker-hub-token",
        ("Docker Hub", "personal or organisation access token"),
        &["dckr_pat_", "dckr_oat_"],
        r"dckr_[po]at_[0-9A-Za-z_-]{27,32}",
    )
    .can("pull private images and push images that others will run")
    .rotate(
        "delete it at app.docker.com under access tokens and create one with narrow scopes",
        "https://docs.docker.com/security/access-tokens/",
    ),
    Format::token(
        "atlassian-token",
        ("Atlassian", "API token or app password"),
        &["ATATT3", "ATCTT3", "ATBB"],
        r"(?:AT[AC]TT3[0-9A-Za-z_-]{60,240}=[0-9A-F]{8}|ATBB[0-9A-Za-z]{24}[0-9A-F]{8})",
    )
    .check(Structure::Crc16All)
    .can("act as its owner in Jira, Confluence or Bitbucket")
    .rotate(
        "revoke it at id.atlassian.com under API tokens and create one with scopes",
        "https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/",
    ),
    Format::token(
        "postman-key",
        ("Postman", "API key"),
        &["PMAK-"],
        r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}",
    )
    .severity(Severity::High)
    .can("read collections and environments, which often hold other keys")
    .rotate(
        "delete it in the settings under API keys and generate a new one",
        "https://learning.postman.com/docs/developer/postman-api/authentication/",
    ),
    Format::token(
        "buildkite-token",
        ("Buildkite", "API access token"),
        &["bkua_"],
        r"bkua_(?:[0-9a-z]{53}|[0-9a-z]{40})",
    )
    .can("start builds and read logs and artefacts")
    .rotate(
        "revoke it at buildkite.com/user/api-access-tokens and create a new one",
        "https://buildkite.com/docs/apis/managing-api-tokens",
    ),
    Format::token(
        "circleci-token",
        ("CircleCI", "personal or project API token"),
        &["CCIPAT_", "CCIPRJ_"],
        r"CCIP(?:AT|RJ)_[0-9A-Za-z]{22}_[0-9a-z]{40}",
    )
    .can("start pipelines and read what they print")
    .rotate(
        "delete it in the user or project settings under API tokens and create a new one",
        "https://circleci.com/docs/managing-api-tokens/",
    ),
    Format::token(
        "sonarqube-token",
        ("SonarQube", "user, project or global token"),
        &["sqp_", "squ_", "sqa_"],
        r"sq[pua]_[0-9a-f]{40}",
    )
    .severity(Severity::High)
    .can("read source code and its weaknesses, and push analyses")
    .rotate(
        "revoke it in the account's security settings and generate a new one",
        "https://docs.sonarsource.com/sonarqube-server/latest/user-guide/managing-tokens/",
    ),
    Format::token(
        "sourcegraph-token",
        ("Sourcegraph", "access token"),
        &["sgp_"],
        r"sgp_(?:[0-9a-fA-F]{16}_|local_)?[0-9a-fA-F]{40}",
    )
    .severity(Severity::High)
    .can("read and search all code that its owner sees")
    .rotate(
        "delete it in the user settings under access tokens and create a new one",
        "https://sourcegraph.com/docs/cli/how-tos/creating_an_access_token",
    ),
];
