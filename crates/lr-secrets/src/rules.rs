use lr_core::{Rule, Severity};

const LEAKS: (&str, &str) = (
    "OWASP Secrets Management Cheat Sheet",
    "https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html",
);
const CWE_798: (&str, &str) =
    ("CWE-798: use of hard-coded credentials", "https://cwe.mitre.org/data/definitions/798.html");

pub(crate) static NO_LIVE_CREDENTIAL: Rule =
    Rule::new("secrets/no-live-credential", Severity::Critical)
        .says("no live credential lies in the tree", "a live credential lies in the tree")
        .because(
            "whoever can read the code, a package or a container made from it can act with the key, and bots do so within minutes of a push",
        )
        .fix("revoke and replace it at its provider, then load it from the environment or a secret store")
        .see(&[LEAKS, CWE_798]);

pub(crate) static NO_PRIVATE_KEY: Rule = Rule::new("secrets/no-private-key", Severity::Critical)
    .says("no private key lies in the tree", "a private key lies in the tree")
    .because(
        "whoever can read it can pose as its owner: decrypt traffic, sign releases or tokens, or log in",
    )
    .fix("make a new key pair outside the tree, replace the public half everywhere, revoke the old one")
    .see(&[
        ("CWE-321: use of hard-coded cryptographic key", "https://cwe.mitre.org/data/definitions/321.html"),
        LEAKS,
    ]);

pub(crate) static NO_PASSWORD_IN_URL: Rule = Rule::new(
    "secrets/no-password-in-url",
    Severity::High,
)
.says("no URL in the tree holds a password", "a URL in the tree holds a password")
.because("whoever can read the code can log in there, and URLs end up in logs and error messages")
.fix("set a new password and hand it over from the environment or a secret store")
.see(&[
    ("RFC 3986, section 3.2.1", "https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1"),
    CWE_798,
]);

pub(crate) static NO_TEST_CREDENTIAL: Rule = Rule::new("secrets/no-test-credential", Severity::Low)
    .says(
        "no credential of a sandbox lies in the tree",
        "a credential of a sandbox lies in the tree",
    )
    .because("production may go live with a test key, so that orders come in and no money does")
    .fix("load it from the environment, so that each environment has its own")
    .see(&[
        ("Stripe: test mode and live mode", "https://docs.stripe.com/keys#test-live-modes"),
        LEAKS,
    ]);

pub(crate) static NO_UNRESTRICTED_KEY: Rule =
    Rule::new("secrets/no-unrestricted-key", Severity::Info)
        .says(
            "no key in the tree depends on restrictions at its provider",
            "a key that is harmless only while restricted lies in the tree",
        )
        .because(
            "anyone can use it for every API that it is not restricted from, at the owner's cost",
        )
        .fix("restrict it to the APIs, sites or apps that need it")
        .see(&[
            (
                "Google Cloud: securing API keys",
                "https://cloud.google.com/docs/authentication/api-keys#securing",
            ),
            ("Firebase: API keys", "https://firebase.google.com/docs/projects/api-keys"),
        ]);

pub(crate) static NO_SECRET_IN_PUBLIC_VARIABLE: Rule =
    Rule::new("secrets/no-secret-in-public-variable", Severity::Critical)
        .says(
            "no secret is given to a variable that is copied into the bundle",
            "a secret is given to a variable that is copied into the bundle",
        )
        .because(
            "build tools put variables of this prefix into the JavaScript that every visitor is sent",
        )
        .fix("rotate the secret, give it to a variable without the prefix, and use it on the server only")
        .see(&[
            (
                "Next.js: environment variables for the browser",
                "https://nextjs.org/docs/app/guides/environment-variables#bundling-environment-variables-for-the-browser",
            ),
            ("Vite: env variables and modes", "https://vite.dev/guide/env-and-mode"),
        ]);

pub(crate) static ENV_FILE_IGNORED: Rule =
    Rule::new("secrets/env-file-ignored", Severity::High)
        .says(
            "git ignores every environment file that holds secrets",
            "git does not ignore an environment file that holds secrets",
        )
        .because("the next `git add .` publishes all of them to everyone who can read the repository")
        .fix("add the file to .gitignore, keep a .env.example without values; if it was ever committed, rotate what it holds")
        .see(&[
            ("git: gitignore", "https://git-scm.com/docs/gitignore"),
            TWELVE_FACTORS,
        ]);

const TWELVE_FACTORS: (&str, &str) =
    ("The twelve-factor app: config", "https://12factor.net/config");

pub(crate) static NO_PRODUCTION_VALUE_ELSEWHERE: Rule =
    Rule::new("secrets/no-production-value-elsewhere", Severity::High)
        .says(
            "only production is given values of production",
            "an environment file of another environment holds a value of production",
        )
        .because(
            "a test run or a slip on a developer's machine charges real cards or changes real data, and everyone who can develop can act in production",
        )
        .fix("give each environment keys and databases of its own, and rotate what was handed around")
        .see(&[
            TWELVE_FACTORS,
            ("Stripe: test mode and live mode", "https://docs.stripe.com/keys#test-live-modes"),
        ]);

pub(crate) static ENVIRONMENTS_APART: Rule =
    Rule::new("secrets/environments-apart", Severity::High)
        .says("no two environments share a secret", "environments share a secret")
        .because(
            "whoever gets hold of it where it is guarded least can use it where it matters most, and it cannot be replaced in one place alone",
        )
        .fix("make a secret of its own for each environment, beginning with production")
        .see(&[LEAKS, TWELVE_FACTORS]);

pub(crate) static VARIABLES_DOCUMENTED: Rule =
    Rule::new("secrets/variables-documented", Severity::Low)
        .says(
            "every environment variable in use is documented",
            "environment variables are in use and documented nowhere",
        )
        .because(
            "the new server is set up without them, and fails when the first customer needs them",
        )
        .fix("list each in .env.example, with a word on where its value comes from and no value")
        .see(&[
            TWELVE_FACTORS,
            ("dotenv: examples", "https://github.com/motdotla/dotenv#-documentation"),
        ]);

pub(crate) static NO_MATCH_OF_OWN_RULES: Rule =
    Rule::new("secrets/no-match-of-own-rules", Severity::High)
        .says(
            "no rule of your own finds a secret in the tree",
            "a rule of your own finds a secret in the tree",
        )
        .because("whoever can read it can use it for what the rule was written to prevent")
        .fix("replace it where it is used, then load it from the environment or a secret store")
        .see(&[
            LEAKS,
            ("gitleaks: configuration", "https://github.com/gitleaks/gitleaks#configuration"),
        ]);

/// Every rule of this check.
pub static RULES: &[&Rule] = &[
    &NO_LIVE_CREDENTIAL,
    &NO_PRIVATE_KEY,
    &NO_PASSWORD_IN_URL,
    &NO_TEST_CREDENTIAL,
    &NO_UNRESTRICTED_KEY,
    &NO_SECRET_IN_PUBLIC_VARIABLE,
    &ENV_FILE_IGNORED,
    &NO_PRODUCTION_VALUE_ELSEWHERE,
    &ENVIRONMENTS_APART,
    &VARIABLES_DOCUMENTED,
    &NO_MATCH_OF_OWN_RULES,
];

/// The rules that every file is read for.
pub(crate) static CONTENT: &[&Rule] = &[
    &NO_LIVE_CREDENTIAL,
    &NO_PRIVATE_KEY,
    &NO_PASSWORD_IN_URL,
    &NO_TEST_CREDENTIAL,
    &NO_UNRESTRICTED_KEY,
    &NO_SECRET_IN_PUBLIC_VARIABLE,
];
