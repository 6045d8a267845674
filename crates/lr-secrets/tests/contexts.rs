//! Files that hold secrets in notations of their own: in each the secret is found where it stands,
//! and what people write in its place is not.
#![allow(clippy::disallowed_methods, reason = "whoever runs a test configures it")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[path = "samples/lib.rs"]
mod samples;

use lr_core::{Severity, Timestamp};
use lr_secrets::{Exposure, Policy, scan_file_bytes, severity};
use samples::drawn;

/// (path, the file with its secret between `«` and `»`, what stands there when there is none).
const FILES: &[(&str, &str, &[&str])] = &[
    (
        "config/app.yml",
        "db:\n  password: |\n    «{w20}»\n  host: db1\n",
        &["${DB_PASSWORD}", "change-me"],
    ),
    (
        "config/app.yml",
        "api_token: >-\n  «{w32}»\nname: shop\n",
        &["${API_TOKEN}", "your-api-token"],
    ),
    (
        "setup.sh",
        "cat > /etc/app.conf <<EOF\nuser = app\npassword = «{w16}»\nEOF\n",
        &["$DB_PASSWORD", "${DB_PASSWORD}"],
    ),
    (
        "k8s/secret.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  password: «{text64}»\n",
        &["${DB_PASSWORD_BASE64}", "{{ .Values.password | b64enc }}"],
    ),
    (
        "k8s/secret.yaml",
        "apiVersion: v1\nkind: Secret\nstringData:\n  password: «{w18}»\n",
        &["$(DB_PASSWORD)", "{{ .Values.password }}"],
    ),
    (
        "k8s/secret.json",
        "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"data\":{\"password\":\"«{text64}»\"}}",
        &["${DB_PASSWORD_BASE64}"],
    ),
    (
        "main.tf",
        "resource \"aws_db_instance\" \"db\" {\n  username = \"app\"\n  password = \"«{w18}»\"\n}\n",
        &["${var.db_password}", "changeme"],
    ),
    ("prod.tfvars", "db_password = \"«{w18}»\"\n", &["", "changeme"]),
    (
        "terraform.tfstate",
        "{\"resources\":[{\"instances\":[{\"attributes\":{\"password\":\"«{w18}»\",\"port\":5432}}]}]}",
        &["", "REDACTED"],
    ),
    (
        "docker-compose.yml",
        "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: «{w16}»\n",
        &["${POSTGRES_PASSWORD}", "postgres"],
    ),
    (
        "docker-compose.yml",
        "services:\n  db:\n    environment:\n      - MYSQL_ROOT_PASSWORD=«{w16}»\n",
        &["${MYSQL_ROOT_PASSWORD:?}", "secret"],
    ),
    ("Dockerfile", "FROM node:22\nENV DB_PASSWORD «{w16}»\nRUN make\n", &["$DB_PASSWORD"]),
    (".npmrc", "//registry.npmjs.org/:_authToken=«npm_{w30}{crc62}»\n", &["${NPM_TOKEN}"]),
    (".npmrc", "//npm.shop.io/:_password=«{text64}»\n", &["${NPM_PASSWORD}"]),
    (
        ".yarnrc.yml",
        "npmRegistries:\n  \"https://npm.shop.io\":\n    npmAuthToken: «{w36}»\n",
        &["${NPM_TOKEN}"],
    ),
    (
        ".netrc",
        "machine api.shop.io\n  login app\n  password «{w16}»\n",
        &["$PASSWORD", "<password>"],
    ),
    (".netrc", "machine api.shop.io login app password «{w16}»\n", &["$PASSWORD", "your_password"]),
    (
        ".pypirc",
        "[pypi]\nusername = __token__\npassword = «pypi-AgEIcHlwaS5vcmc{w120}»\n",
        &["%(password)s", "${PYPI_TOKEN}"],
    ),
    (
        ".pypirc",
        "[internal]\nrepository: https://pypi.shop.io\nusername: app\npassword: «{w18}»\n",
        &["${PYPI_PASSWORD}"],
    ),
    (
        "pip.conf",
        "[global]\nindex-url = https://app:«{w18}»@pypi.shop.io/simple\n",
        &["${PIP_PASSWORD}"],
    ),
    (
        "kubeconfig",
        "users:\n- name: admin\n  user:\n    token: «{jwt:\"iss\":\"kubernetes/serviceaccount\",\"sub\":\"admin\"}»\n",
        &["${KUBE_TOKEN}"],
    ),
    (
        ".kube/config",
        "users:\n- name: admin\n  user:\n    username: admin\n    password: «{w18}»\n",
        &["REDACTED"],
    ),
    (
        ".kube/config",
        "users:\n- name: admin\n  user:\n    client-key-data: «{pem64}»\n",
        &["REDACTED", "DATA+OMITTED"],
    ),
    (
        ".aws/credentials",
        "[default]\naws_access_key_id = AKIA{b16}\naws_secret_access_key = «{B40}»\n",
        &["YOUR_SECRET_ACCESS_KEY", "<secret>"],
    ),
    (".s3cfg", "[default]\nsecret_key = «{B40}»\n", &["%(secret)s"]),
    (".git-credentials", "https://app:«ghp_{w30}{crc62}»@github.com\n", &["${GITHUB_TOKEN}"]),
    (
        ".docker/config.json",
        "{\"auths\":{\"registry.shop.io\":{\"auth\":\"«{basic}»\"}}}",
        &["", "dXNlcm5hbWU6cGFzc3dvcmQ="],
    ),
    ("config/master.key", "«{h32}»\n", &["00000000000000000000000000000000"]),
    (
        "config/secrets.yml",
        "production:\n  secret_key_base: «{h128}»\n",
        &["<%= ENV[\"SECRET_KEY_BASE\"] %>"],
    ),
    (
        "config/database.yml",
        "production:\n  adapter: postgresql\n  password: «{w16}»\n",
        &["<%= ENV['DB_PASSWORD'] %>", ""],
    ),
    (
        "application.yml",
        "spring:\n  datasource:\n    password: «{w16}»\n",
        &["${DB_PASSWORD}", "${DB_PASSWORD:secret}"],
    ),
    (
        "application.properties",
        "spring.datasource.password=«{w16}»\n",
        &["${DB_PASSWORD}", "@db.password@", ""],
    ),
    ("application.yml", "jwt:\n  secret: ${JWT_SECRET:«{w32}»}\n", &["changeme"]),
    (
        "appsettings.json",
        "{\"ConnectionStrings\":{\"Default\":\"Server=db1;Database=app;User Id=sa;Password=«{w16}»;\"}}",
        &["", "{password}", "#{DbPassword}#"],
    ),
    (
        "appsettings.json",
        "{\n  \"Jwt\": {\n    \"SecretKey\": \"«{w32}»\"\n  }\n}\n",
        &["", "__JWT_KEY__", "<your key>"],
    ),
    (
        "web.config",
        "<add name=\"Default\" connectionString=\"Data Source=db1;User ID=sa;Password=«{w16}»\" />",
        &["", "{0}", "********"],
    ),
    (
        "web.config",
        "<add key=\"SmtpPassword\" value=\"«{w16}»\" />",
        &["", "#{SmtpPassword}", "********"],
    ),
    (
        "wp-config.php",
        "define( 'DB_PASSWORD', '«{w16}»' );\n",
        &["password_here", "", "database_password_here"],
    ),
    ("wp-config.php", "define( 'AUTH_KEY', '«{p64}»' );\n", &["put your unique phrase here"]),
    (
        "settings.xml",
        "<server><id>nexus</id><password>«{w16}»</password></server>",
        &["${env.NEXUS_PASSWORD}", "{COQLCE6DU6GtcS5P=}"],
    ),
    (
        "gradle.properties",
        "signing.keyId=24875D73\nsigning.password=«{w16}»\n",
        &["${SIGNING_PASSWORD}", ""],
    ),
    (
        "auth.json",
        "{\"http-basic\":{\"repo.shop.io\":{\"username\":\"app\",\"password\":\"«{w16}»\"}}}",
        &["", "****"],
    ),
    (
        "app.service",
        "[Service]\nEnvironment=\"DB_PASSWORD=«{w16}»\"\nExecStart=/usr/bin/app\n",
        &["${DB_PASSWORD}", "%h"],
    ),
    (
        "values.yaml",
        "postgresql:\n  auth:\n    postgresPassword: «{w16}»\n",
        &["\"\"", "{{ .Values.global.password }}"],
    ),
    (
        ".circleci/config.yml",
        "jobs:\n  build:\n    environment:\n      API_TOKEN: «{h40}»\n",
        &["$API_TOKEN", "<< parameters.token >>"],
    ),
    (
        "Jenkinsfile",
        "environment {\n  API_TOKEN = '«{h40}»'\n}\n",
        &["credentials('api-token')", "${params.TOKEN}"],
    ),
    (
        "requests.http",
        "GET https://api.shop.io/v1\nAuthorization: Bearer «{w40}»\n",
        &["{{token}}", "$TOKEN"],
    ),
    (
        "inventory.ini",
        "db1 ansible_user=root ansible_password=«{w16}»\n",
        &["{{ vault_password }}"],
    ),
    (
        "build.log",
        "2026-11-21T10:00:00Z + deploy --token «{h40}» --env prod\n",
        &["***", "[MASKED]", "$TOKEN"],
    ),
    ("build.log", "##[debug]DB_PASSWORD=«{w16}»\n", &["***", "[secure]", "[FILTERED]", "****"]),
    (
        "wg0.conf",
        "[Interface]\nPrivateKey = «{B43}=»\nAddress = 10.0.0.1/24\n",
        &["<private key>", "$(cat /etc/wireguard/key)"],
    ),
    (".pgpass", "db.shop.io:5432:app:app:«{w16}»\n", &["*", "${PGPASSWORD}"]),
    (
        ".env",
        "# database\nexport DB_PASSWORD='«{w16}»' # rotated\n",
        &["", "secret", "<password>", "xxxxxxxx"],
    ),
];

/// How bad the worst finding within `at` is; of the whole file where there is none to look for.
fn worst(
    path: &str,
    text: &str,
    at: Option<&std::ops::Range<usize>>,
) -> Option<(String, Severity)> {
    let now = Timestamp::from_unix(1_790_000_000);
    let secrets = scan_file_bytes(path, text.as_bytes(), &Policy::new());
    let is_there = |secret: &&lr_secrets::Secret| {
        at.is_none_or(|at| {
            secret.places.iter().any(|place| {
                let (start, end) = (place.offset as usize, (place.offset + place.length) as usize);
                start < at.end && at.start < end
            })
        })
    };
    secrets
        .iter()
        .filter(is_there)
        .map(|it| (it.format.clone(), severity(it, path, Exposure::Repository, now)))
        .max_by_key(|(_, how_bad)| *how_bad)
}

/// What is before the secret of a template, the secret, and what is after it.
fn split(template: &'static str) -> (String, &'static str, &'static str) {
    let (before, rest) = template.split_once('«').expect("a mark that opens");
    let (secret, after) = rest.split_once('»').expect("a mark that closes");
    // No template has a second secret but AWS's, whose key id is that of its documentation.
    (before.replace("{b16}", &["IOSFODNN7", "EXAMPLE"].concat()), secret, after)
}

#[test]
fn secrets_are_found_in_every_kind_of_file() {
    let mut missed = Vec::new();
    for (path, template, _) in FILES {
        let (before, secret, after) = split(template);
        for seed in 0..12 {
            let secret = drawn(secret, seed).text;
            let at = before.len()..before.len() + secret.len();
            let text = format!("{before}{secret}{after}");
            if worst(path, &text, Some(&at)).is_none_or(|(_, how_bad)| how_bad < Severity::Low) {
                missed.push(format!("{path}: {text}"));
                break;
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn what_stands_in_their_place_is_no_secret() {
    let mut wrong = Vec::new();
    for (path, template, stand_ins) in FILES {
        let (before, _, after) = split(template);
        for stand_in in *stand_ins {
            let text = format!("{before}{stand_in}{after}");
            if let Some((format, how_bad)) = worst(path, &text, None)
                && how_bad > Severity::Info
            {
                wrong.push(format!("{format} in {path}: {text}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
