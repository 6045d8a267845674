//! Environment files: which variables they set, and what can be told of the values.

mod assignments;
mod production;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::engine::{is_stand_in, line};
use crate::scan::{hex, scan_bytes};
use crate::snapshot::{EnvFile, Environment, Secret, Variable};
use crate::{Kind, Policy, format};
use assignments::assignments;

/// Endings of files that are meant to be shared.
const SHARED: [&str; 8] =
    ["example", "sample", "template", "tpl", "dist", "defaults", "schema", "vault"];
/// Parts of names that hold secrets.
const SECRET: [&str; 12] = [
    "SECRET",
    "TOKEN",
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "PRIVATE",
    "CREDENTIAL",
    "API_KEY",
    "APIKEY",
    "ACCESS_KEY",
    "DATABASE_URL",
    "ENCRYPTION_KEY",
];
/// Prefixes that tools copy into what browsers get, besides those that are so in any file: the prefix
/// of SvelteKit, Astro and Rsbuild would be too common there.
const PUBLIC: [&str; 5] = ["PUBLIC_", "STORYBOOK_", "PREACT_APP_", "RAZZLE_", "NG_APP_"];
/// Parts of file names and the environments that they mean. A convention of dotenv and its heirs.
const ENVIRONMENTS: [(Environment, &[&str]); 4] = [
    (Environment::Production, &["production", "prod", "prd", "live"]),
    (Environment::Staging, &["staging", "stage", "stg", "preview", "preprod", "uat", "qa"]),
    (Environment::Test, &["test", "testing", "ci", "e2e"]),
    (Environment::Development, &["development", "dev", "develop", "devel"]),
];
/// Names of one file that are kept, and variables.
const NAMES: usize = 100;
const VARIABLES: usize = 1000;
/// Bytes of an ignored file that are read.
const LONGEST: u64 = 256 << 10;

/// What the name of a file says of it, if it is that of an environment file.
pub(crate) fn named(path: &Path) -> Option<EnvFile> {
    let name = path.file_name()?.to_str()?;
    let whole = SHARED.iter().find_map(|ending| name.strip_suffix(ending)?.strip_suffix('.'));
    let is_env = name == ".env"
        || name == ".envrc"
        || name.starts_with(".env.")
        || whole.unwrap_or(name).ends_with(".env");
    let is_bare = SHARED.iter().any(|ending| name.strip_prefix("env.") == Some(ending));
    let parts = || name.split(['.', '-', '_']);
    let is = |(_, words): &&(Environment, &[&str])| parts().any(|part| words.contains(&part));
    (is_env || is_bare).then(|| EnvFile {
        environment: ENVIRONMENTS.iter().find(is).map_or(Environment::Any, |it| it.0),
        template: parts().any(|part| SHARED.contains(&part)),
        ..EnvFile::default()
    })
}

/// Reads an environment file by itself; `None` if it is no file, or not there any more.
pub(crate) fn read_file(path: &Path, policy: &Policy) -> Option<EnvFile> {
    let mut file = named(path)?;
    let metadata = std::fs::symlink_metadata(path).ok()?;
    if !metadata.is_file() {
        return None;
    }
    let mut text = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LONGEST).read_to_end(&mut text));
    match read {
        Ok(_) => read_text(&text, policy, &mut file),
        Err(error) => file.unread = Some(error.kind().to_string()),
    }
    Some(file)
}

/// Fills in what `text` sets. What secrets there are in a template is not asked: it holds none, or
/// they are found as in any other file.
pub(crate) fn read_text(text: &[u8], policy: &Policy, file: &mut EnvFile) {
    let text = String::from_utf8_lossy(text);
    for assignment in assignments(&text).take(VARIABLES) {
        let (name, value) = (assignment.name, assignment.value);
        let mut variable = Variable {
            name: name.to_owned(),
            line: assignment.line,
            set: !value.is_empty(),
            public: is_public(name),
            ..Variable::default()
        };
        if !file.template && is_real(value) {
            tell(&mut variable, value, policy);
            if is_secret_name(name) && !variable.public && file.names.len() < NAMES {
                file.names.push(name.to_owned());
            }
        }
        file.variables.push(variable);
    }
}

/// What can be told of a value that is real.
fn tell(variable: &mut Variable, value: &str, policy: &Policy) {
    let line = format!("{}={value}", variable.name);
    let found = scan_bytes(line.as_bytes(), policy);
    // What nothing but the name tells is left to the name.
    let known = |secret: &&Secret| {
        !secret.example && format(&secret.format).is_some_and(|it| !it.is_told_by_name())
    };
    let secret = found.iter().find(known);
    let kind = secret.and_then(|secret| format(&secret.format)).map(|format| format.kind);
    variable.production = production::says(value, secret);
    variable.format = secret.map(|secret| secret.format.clone());
    // A key of a sandbox, or of one machine, is shared by habit and harms nobody.
    let is_harmless = matches!(kind, Some(Kind::Public | Kind::Restrictable | Kind::Test))
        || found.iter().any(|secret| secret.local);
    if !is_harmless && (secret.is_some() || is_secret_name(&variable.name)) {
        variable.digest = Some(hex(policy.digest(value.as_bytes())));
    }
}

/// Whether a name is that of a secret.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    SECRET.iter().any(|part| upper.contains(part)) && !upper.contains("PUBLISHABLE")
}

/// Whether build tools copy a variable of this name into what browsers get.
pub(crate) fn is_public(name: &str) -> bool {
    line::is_inlined_name(name.as_bytes()) || PUBLIC.iter().any(|prefix| name.starts_with(prefix))
}

/// Something real, not an empty, templated or invented value.
fn is_real(value: &str) -> bool {
    let is_template = value.starts_with(['$', '<', '{', '#']) || value.contains("${");
    value.len() >= 8 && !is_template && !is_stand_in(value.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, text: &str) -> EnvFile {
        let mut file = named(Path::new(name)).unwrap();
        read_text(text.as_bytes(), &Policy::new(), &mut file);
        file
    }

    #[test]
    fn env_files_are_told_from_templates_and_from_other_files() {
        for name in [".env", ".env.production", "prod.env", "a/.env.local"] {
            assert!(!named(Path::new(name)).unwrap().template, "{name}");
        }
        for name in [".env.example", ".env.local.sample", "x.env.dist", "env.example"] {
            assert!(named(Path::new(name)).unwrap().template, "{name}");
        }
        for name in ["env", ".environment", "env.rs", "environment.ts"] {
            assert_eq!(named(Path::new(name)), None, "{name}");
        }
    }

    #[test]
    fn the_name_tells_the_environment() {
        use Environment::{Any, Development, Production, Staging, Test};
        for (name, environment) in [
            (".env", Any),
            (".env.local", Any),
            (".env.production", Production),
            (".env.production.local", Production),
            ("prod.env", Production),
            (".env.staging", Staging),
            (".env.ci", Test),
            (".env.dev", Development),
            ("api-development.env", Development),
            (".env.product", Any),
        ] {
            assert_eq!(named(Path::new(name)).unwrap().environment, environment, "{name}");
        }
    }

    #[test]
    fn only_names_of_secrets_with_values_are_kept() {
        let text = "# A_TOKEN=aaaabbbbcc\nexport API_TOKEN='q8w7-e6r5'\r\nDB_PASSWORD=\n\
            OTHER_SECRET=${X}\nMY_SECRET=changeme-please\nNEXT_PUBLIC_API_KEY=q8w7e6r5t4\nPORT=80801234\n";
        let file = of(".env", text);
        assert_eq!(file.names, ["API_TOKEN"]);
        let set: Vec<_> = file.variables.iter().map(|it| (&*it.name, it.line, it.set)).collect();
        assert_eq!(
            set,
            [
                ("API_TOKEN", 2, true),
                ("DB_PASSWORD", 3, false),
                ("OTHER_SECRET", 4, true),
                ("MY_SECRET", 5, true),
                ("NEXT_PUBLIC_API_KEY", 6, true),
                ("PORT", 7, true),
            ]
        );
        assert!(file.variables[4].public && !file.variables[5].public);
    }

    #[test]
    fn secrets_are_told_by_digest_and_harmless_values_are_not() {
        let live = ["sk_live", "_", "9yXr2Kd0Wm4Zt7Qa1Bv6Np3J"].concat();
        let test = live.replace("live", "test");
        let word = ["k8Fw2", "pQz9"].concat();
        let text = format!(
            "STRIPE={live}\nSTRIPE_SECRET_KEY={test}\nURL=postgres://u:{word}@localhost/app\n\
             DB_PASSWORD='{word}'\nMODE=development\n"
        );
        let file = of(".env.production", &text);
        let told: Vec<_> = file.variables.iter().map(|it| it.digest.is_some()).collect();
        assert_eq!(told, [true, false, false, true, false]);
        assert_eq!(file.variables[0].format.as_deref(), Some("stripe-secret-key"));
        assert!(file.variables[0].production.is_some());
        assert_eq!(of(".env.example", &text).variables[0].digest, None);
        assert!(!format!("{file:?}").contains(&live));
    }
}
