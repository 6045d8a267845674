//! Secrets of every format, drawn from their grammar, so that none has to be written down.
#![allow(dead_code, reason = "not every test needs all of it")]
#![allow(clippy::expect_used, reason = "a test may panic")]

use std::ops::Range;
use std::sync::LazyLock;

#[path = "more.rs"]
mod more;

/// (format, template). `{w30}` draws thirty characters of class `w`; `<` and `>` enclose the secret
/// where it is not all of the text.
pub(crate) static TEMPLATES: LazyLock<Vec<(&str, &str)>> =
    LazyLock::new(|| [FIRST, more::MORE, GENERIC].concat());

const FIRST: &[(&str, &str)] = &[
    ("openai-key", "sk-proj-{W60}T3BlbkFJ{W60}"),
    ("openai-legacy-key", "sk-{w20}T3BlbkFJ{w20}"),
    ("anthropic-api-key", "sk-ant-api03-{W93}AA"),
    ("anthropic-admin-key", "sk-ant-admin01-{W93}AA"),
    ("huggingface-token", "hf_{w34}"),
    ("groq-key", "gsk_{w52}"),
    ("xai-key", "xai-{w80}"),
    ("replicate-token", "r8_{w37}"),
    ("perplexity-key", "pplx-{w48}"),
    ("openrouter-key", "sk-or-v1-{h64}"),
    ("pinecone-key", "pcsk_{w6}_{w63}"),
    ("langsmith-key", "lsv2_pt_{h32}_{h10}"),
    ("nvidia-key", "nvapi-{W64}"),
    ("cerebras-key", "csk-{l48}"),
    ("aws-access-key-id", "AKIA{b16}"),
    ("aws-secret-access-key", "aws_secret_access_key = <{B40}>"),
    ("aws-bedrock-key", "ABSK{B128}"),
    ("google-api-key", "AIza{W35}"),
    ("google-oauth-client-secret", "GOCSPX-{W28}"),
    ("google-refresh-token", "1//0{W98}"),
    ("google-access-token", "ya29.{W180}"),
    ("azure-storage-key", "AccountName=shop;<AccountKey={B86}==>;EndpointSuffix=core"),
    ("azure-client-secret", "{w3}8Q~{w34}"),
    ("digitalocean-token", "dop_v1_{h64}"),
    ("cloudflare-api-token", "CLOUDFLARE_API_TOKEN=<{w40}>"),
    ("cloudflare-scannable-token", "cfut_{w40}{crc16body}"),
    ("cloudflare-origin-ca-key", "v1.0-{h24}-{h146}"),
    ("databricks-token", "dapi{h32}"),
    ("terraform-cloud-token", "{w14}.atlasv1.{w67}"),
    ("vault-token", "hvs.{w95}"),
    ("doppler-token", "dp.st.prd.{w43}"),
    ("pulumi-token", "pul-{h40}"),
    ("onepassword-service-account", "ops_eyJ{w400}"),
    ("github-personal-token", "ghp_{w30}{crc62}"),
    ("github-fine-grained-token", "github_pat_{w22}_{w59}"),
    ("github-oauth-token", "gho_{w30}{crc62}"),
    ("github-app-token", "ghs_{w30}{crc62}"),
    ("github-refresh-token", "ghr_{w30}{crc62}"),
    ("gitlab-personal-token", "glpat-{w20}"),
    ("gitlab-machine-token", "glrt-{w20}"),
    ("npm-token", "npm_{w30}{crc62}"),
    ("pypi-token", "pypi-AgEIcHlwaS5vcmc{w120}"),
    ("crates-io-token", "cio{w32}"),
    ("rubygems-key", "rubygems_{h48}"),
    ("nuget-key", "oy2{s43}"),
    ("docker-hub-token", "dckr_pat_{w27}"),
    ("atlassian-token", "ATATT3xFfGF0{w171}={crc16all}"),
    ("postman-key", "PMAK-{h24}-{h34}"),
    ("buildkite-token", "bkua_{h40}"),
    ("circleci-token", "CCIPAT_{w22}_{h40}"),
    ("sonarqube-token", "squ_{h40}"),
    ("sourcegraph-token", "sgp_{h16}_{h40}"),
    ("postgres-url", "postgres://app:<{w18}>@db.shop.io:5432/app"),
    ("mysql-url", "mysql://app:<{w18}>@db.shop.io:3306/app"),
    ("mysql-dsn", "<app:{w18}@tcp(db:3306)>/app"),
    ("mongodb-url", "mongodb+srv://app:<{w18}>@cluster0.shop.io/app"),
    ("redis-url", "rediss://:<{w18}>@cache.shop.io:6380"),
    ("sql-url", "sqlserver://sa:<{w18}>@db.shop.io:1433"),
    ("broker-url", "amqps://app:<{w18}>@mq.shop.io/app"),
    ("url-password", "https://deploy:<{w18}>@git.shop.io/app.git"),
    ("planetscale-credential", "pscale_pw_{w43}"),
    ("neon-key", "napi_{l64}"),
    ("supabase-management-token", "sbp_{h40}"),
    ("supabase-secret-key", "sb_secret_{w22}_{w8}"),
    ("supabase-publishable-key", "sb_publishable_{w22}_{w8}"),
    ("algolia-admin-key", "ALGOLIA_ADMIN_KEY=<{h32}>"),
    ("contentful-management-token", "CFPAT-{w43}"),
    ("airtable-token", "pat{w14}.{h64}"),
    ("vercel-token", "vcp_{w56}"),
    ("vercel-legacy-token", "VERCEL_TOKEN=<{w24}>"),
    ("netlify-token", "nfp_{w36}"),
    ("heroku-key", "HRKU-AA{w58}"),
    ("heroku-legacy-key", "HEROKU_API_KEY=<{uuid}>"),
    ("fly-token", "FlyV1 <fm2_{B200}>"),
    ("render-key", "rnd_{w28}"),
    ("tailscale-key", "tskey-auth-{w12}-{w32}"),
    ("shopify-token", "shpat_{h32}"),
    ("shopify-shared-secret", "shpss_{h32}"),
    ("private-key", "{pem}"),
    ("encrypted-private-key", "{pem-encrypted}"),
    ("gcp-service-account-key", "\"private_key_id\": \"{h40}\", \"private_key\": \"<{pem}>\""),
    ("age-identity", "AGE-SECRET-KEY-1{x58}"),
    (
        "supabase-service-role",
        "{jwt:\"iss\":\"supabase\",\"role\":\"service_role\",\"exp\":4102444800}",
    ),
    ("supabase-anon", "{jwt:\"iss\":\"supabase\",\"role\":\"anon\",\"exp\":4102444800}"),
    ("jwt", "{jwt:\"iss\":\"shop\",\"sub\":\"42\",\"exp\":4102444800}"),
    ("slack-bot-token", "xoxb-{d12}-{d13}-{w24}"),
    ("slack-user-token", "xoxp-{d12}-{d12}-{d13}-{h32}"),
    ("slack-app-token", "xapp-1-{u11}-{d13}-{h64}"),
    ("slack-webhook", "https://<hooks.slack.com/services/T{u10}/B{u10}/{w24}>"),
    ("discord-webhook", "https://<discord.com/api/webhooks/{d19}/{W68}>"),
    ("discord-bot-token", "DISCORD_BOT_TOKEN=<M{w25}.{w6}.{w38}>"),
    ("telegram-bot-token", "{d10}:AA{w33}"),
    ("twilio-auth-token", "TWILIO_AUTH_TOKEN=<{h32}>"),
    ("twilio-api-key", "TWILIO_API_KEY_SID=<SK{h32}>"),
    ("sendgrid-key", "SG.{w22}.{w43}"),
    ("mailgun-key", "key-{h32}"),
    ("mailgun-signing-key", "MAILGUN_API_KEY=<{h32}-{h8}-{h8}>"),
    ("mailchimp-key", "{h32}-us12"),
    ("mandrill-key", "MANDRILL_API_KEY=<md-{w22}>"),
    ("brevo-key", "xkeysib-{h64}-{w16}"),
    ("postmark-token", "POSTMARK_SERVER_TOKEN=<{uuid}>"),
    ("resend-key", "re_{w8}_{w24}"),
    ("sentry-org-token", "{sentry}"),
    ("sentry-user-token", "sntryu_{h64}"),
    ("datadog-key", "DD_API_KEY=<{h32}>"),
    ("newrelic-user-key", "NRAK-{u27}"),
    ("newrelic-insert-key", "NRII-{w32}"),
    ("newrelic-browser-key", "NRJS-{h19}"),
    ("grafana-service-account-token", "glsa_{w32}_{h8}"),
    ("grafana-cloud-token", "{grafana}"),
    ("posthog-personal-key", "phx_{w43}"),
    ("posthog-project-key", "phc_{w43}"),
    ("launchdarkly-key", "sdk-{uuid}"),
    ("stripe-secret-key", "sk_live_{w24}"),
    ("stripe-restricted-key", "rk_live_{w99}"),
    ("stripe-test-key", "sk_test_{w24}"),
    ("stripe-publishable-key", "pk_live_{w24}"),
    ("webhook-signing-secret", "whsec_{w32}"),
    ("square-access-token", "EAAA{w60}"),
    ("square-oauth-secret", "sq0csp-{W43}"),
    ("braintree-access-token", "access_token$production${l16}${h32}"),
    ("braintree-sandbox-token", "access_token$sandbox${l16}${h32}"),
    ("paypal-client-secret", "PAYPAL_CLIENT_SECRET=<E{w79}>"),
    ("paddle-key", "pdl_live_apikey_{l26}_{w22}_{w3}"),
    ("plaid-access-token", "access-production-{uuid}"),
    ("flutterwave-secret-key", "FLWSECK-{l32}-X"),
    ("linear-key", "lin_api_{w40}"),
    ("notion-token", "ntn_{d11}{w35}"),
    ("figma-token", "figd_{w40}"),
    ("hubspot-token", "pat-na1-{uuid}"),
    ("typeform-token", "tfp_{w40}_{w14}"),
    ("mapbox-secret-token", "sk.eyJ{w80}.{w22}"),
    ("mapbox-public-token", "pk.eyJ{w80}.{w22}"),
];

/// What names, headers, commands and files tell.
const GENERIC: &[(&str, &str)] = &[
    ("generic-password", "DB_PASSWORD = \"<{w14}>\""),
    ("generic-secret", "SESSION_SECRET = \"<{w32}>\""),
    ("authorization-basic", "-H 'Authorization: Basic <{basic}>'"),
    ("authorization-bearer", "-H 'Authorization: Bearer <{w32}>'"),
    ("authorization-token", "-H 'Authorization: Token <{h40}>'"),
    ("header-token", "-H 'X-Shop-Token: <{w24}>'"),
    ("command-user", "curl -s -u <app:{w16}> https://shop.io"),
    ("command-credentials", "http -u <app:{w24}> shop.io"),
    ("command-password", "sshpass -p <{w14}> ssh shop.io"),
    ("netrc-password", "machine shop.io login app password <{w16}>"),
    ("docker-auth", "{\"auths\":{\"shop.io\":{\"auth\":\"<{basic}>\"}}}"),
    ("pgpass-password", "db.shop.io:5432:app:app:<{w16}>"),
    ("rails-master-key", "RAILS_MASTER_KEY=<{h32}>"),
    ("network-credential", "new NetworkCredential(\"app\", \"<{w16}>\")"),
    ("call-password", "login(auth=(\"app\", \"<{w16}>\"))"),
    ("call-bearer", "r.bearer_auth(\"<{w32}>\")"),
    ("jwt-signing-secret", "jwt.sign(claims, \"<{w32}>\")"),
    ("sql-password", "CREATE USER app IDENTIFIED BY '<{w16}>'"),
    ("aspnet-machine-key", "validationKey=\"<{H64}>\""),
    ("jwk-private-key", "{\"kty\":\"EC\",\"crv\":\"P-256\",\"d\":\"<{w43}>\"}"),
    ("jwk-private-key-first", "{\"d\":\"<{w43}>\",\"crv\":\"P-256\",\"kty\":\"EC\"}"),
    ("kubernetes-secret", "kind: Secret\ndata:\n  password: <{text64}>"),
    ("password-hash", "$2b$12${w53}"),
    ("wifi-passphrase", "network={\n  ssid=\"shop\"\n  psk=\"<{w14}>\"\n}"),
    ("dotnet-jwt-key", "\"Jwt\": { \"Issuer\": \"shop\", \"Key\": \"<{w32}>\" }"),
    ("wordpress-salt", "define('NONCE_SALT', '<{w64}>');"),
    ("drupal-hash-salt", "$settings['hash_salt'] = '<{w74}>';"),
    ("laravel-app-key", "APP_KEY=<base64:{w43}=>"),
];

/// Notations in which a secret may stand.
pub(crate) const CONTEXTS: &[(&str, &str)] = &[
    ("", ""),
    ("{\"value\": \"", "\", \"n\": 1}\n"),
    ("value: ", "\nnext: 1\n"),
    ("value = \"", "\"\nnext = 1\n"),
    ("export VALUE='", "'\n"),
    ("var a=1,b={k:\"", "\",z:!0};"),
    ("<meta name=\"v\" content=\"", "\">\n"),
    ("2026-11-21T10:00:00Z INFO value=", " status=200\n"),
    ("https://api.shop.io/v1?value=", "&next=1"),
    ("A=1\r\nVALUE=", "\r\nB=2\r\n"),
    ("\"{\\\"value\\\":\\\"", "\\\"}\""),
    ("\"A=1\\nVALUE=", "\\nB=2\""),
];

/// A text with one secret in it.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) format: &'static str,
    pub(crate) text: String,
    pub(crate) at: Range<usize>,
}

/// What becomes of the characters that are drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Draw {
    /// As the grammar says.
    Right,
    /// All the same: a mask.
    Mask,
    /// One of them belongs to no grammar.
    Broken,
}

/// What people write in place of a secret, and what is rarely drawn by chance.
const UNLUCKY: [&str; 10] = [
    "xxxx", "12345678", "dummy", "sample", "insert", "replace", "foobar", "a1b2c3", "todo", "mock",
];

/// Draws a text of the format at `index` of [`TEMPLATES`].
pub(crate) fn sample(index: usize, seed: u64, draw: Draw) -> Sample {
    let mut random = Random(seed ^ (index as u64) << 32);
    loop {
        let sample = once(TEMPLATES[index], &mut random, draw);
        // By chance, rarely, a draw spells what people write in place of a secret.
        let secret = &sample.text[sample.at.clone()];
        let lower = secret.to_ascii_lowercase();
        let secret = secret.trim_start_matches('A').as_bytes();
        let run = secret.chunk_by(|a, b| a == b).map(<[u8]>::len).max().unwrap_or(0);
        let is_word = UNLUCKY.iter().any(|word| lower.contains(word));
        let unlucky = is_word || run >= 6;
        let has_digit =
            sample.text[sample.at.clone()].bytes().filter(u8::is_ascii_digit).count() > 1;
        if draw != Draw::Right || has_digit && !unlucky {
            return sample;
        }
    }
}

/// Draws a text of any template.
pub(crate) fn drawn(template: &'static str, seed: u64) -> Sample {
    once(("", template), &mut Random(seed), Draw::Right)
}

fn once(
    (format, template): (&'static str, &'static str),
    random: &mut Random,
    draw: Draw,
) -> Sample {
    let (mut text, mut marks) = (String::new(), Vec::new());
    let mut rest = template;
    while let Some(next) = rest.chars().next() {
        let end = rest.find('}').filter(|end| next == '{' && is_piece(&rest[1..*end]));
        if let Some(end) = end {
            let piece = piece(&rest[1..end], &text, random, draw);
            text += &piece;
            rest = &rest[end + 1..];
            continue;
        }
        match next {
            '<' | '>' => marks.push(text.len()),
            _ => text.push(next),
        }
        rest = &rest[next.len_utf8()..];
    }
    let at = if let [start, end] = marks[..] { start..end } else { 0..text.len() };
    if draw == Draw::Broken {
        let middle = at.start + at.len() / 4;
        text.replace_range(middle..middle + 1, "!");
    }
    Sample { format, text, at }
}

/// Draws one piece, named as between the braces of a template.
pub(crate) fn drawn_piece(what: &str, seed: u64) -> String {
    piece(what, "", &mut Random(seed), Draw::Right)
}

/// Whether what stands in braces is to be drawn.
fn is_piece(what: &str) -> bool {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    what.starts_with("jwt:") || !what.is_empty() && what.bytes().all(is_name)
}

fn piece(what: &str, before: &str, random: &mut Random, draw: Draw) -> String {
    let mut chars = |class: &str, count: usize| -> String {
        let class = class.as_bytes();
        let mask = class[class.len() - 1];
        let pick = |random: &mut Random| class[(random.next() % class.len() as u64) as usize];
        (0..count)
            .map(|_| char::from(if draw == Draw::Mask { mask } else { pick(random) }))
            .collect()
    };
    let secret = before.rsplit(['<', ' ', '"']).next().unwrap_or(before);
    match what {
        "uuid" => [8, 4, 4, 4, 12].map(|count| chars(HEX, count)).join("-"),
        "basic" => base64(format!("app:{}", chars(ALL, 17)).as_bytes()),
        "text64" => base64(chars(ALL, 18).as_bytes()),
        "crc62" => base62(crc32fast::hash(&secret.as_bytes()[4..])),
        "crc16body" => format!("{:08x}", crc32fast::hash(&secret.as_bytes()[5..])),
        "crc16all" => format!("{:08X}", crc32fast::hash(secret.as_bytes())),
        "pem" => pem("", &chars(BASE64, 320)),
        "pem64" => base64(pem("", &chars(BASE64, 320)).as_bytes()),
        "pem-encrypted" => pem("ENCRYPTED ", &chars(BASE64, 320)),
        "sentry" => {
            let json = format!(
                "{{\"iat\":1700000000.5,\"url\":\"https://shop.io\",\"n\":\"{}\"}}",
                chars(HEX, 12)
            );
            format!("sntrys_{}_{}", base64(json.as_bytes()), chars(BASE64, 43))
        }
        "grafana" => {
            let json =
                format!("{{\"o\":\"4242\",\"n\":\"stack-read\",\"k\":\"{}\"}}", chars(ALL, 24));
            format!("glc_{}", base64(json.as_bytes()))
        }
        _ if what.starts_with("jwt:") => {
            let part = |json: &str| {
                base64(json.as_bytes()).trim_end_matches('=').replace('+', "-").replace('/', "_")
            };
            let claims = format!("{{{},\"jti\":\"{}\"}}", &what[4..], chars(HEX, 8));
            format!(
                "{}.{}.{}",
                part("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"),
                part(&claims),
                chars(ALL, 43)
            )
        }
        _ => {
            let class = match &what[..1] {
                "w" => ALL,
                "W" => URL,
                "h" => HEX,
                "H" => "123456789ABCDEF0",
                "d" => "0123456789",
                "u" => "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                "l" => "0123456789abcdefghijklmnopqrstuvwxyz",
                "b" => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
                "s" => "abcdefghijklmnopqrstuvwxyz234567",
                "x" => "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
                "B" => BASE64,
                "c" => "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
                "a" => "abcdefghijklmnopqrstuvwxyz",
                "p" => SIGNS,
                _ => panic!("no such class: {what}"),
            };
            // A hyphen at the very end would belong to the text around it as well.
            let (head, last) = (what[1..].parse::<usize>().expect("a count") - 1, class);
            chars(class, head)
                + &chars(if [URL, BASE64, SIGNS].contains(&last) { ALL } else { last }, 1)
        }
    }
}

const ALL: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWYZabcdefghijklmnopqrstuvwyzXx";
const URL: &str = "-_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwyzx";
const BASE64: &str = "+/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwyzx";
const SIGNS: &str = "!@#%^&*(-_=+)0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const HEX: &str = "123456789abcdef0";

fn pem(kind: &str, body: &str) -> String {
    let dashes = "-".repeat(5);
    let label = [kind, "PRIVATE", " KEY"].concat();
    let lines: Vec<_> = body.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("{dashes}BEGIN {label}{dashes}\n{}\n{dashes}END {label}{dashes}", lines.join("\n"))
}

fn base62(mut number: u32) -> String {
    let digits = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut text = Vec::new();
    for _ in 0..6 {
        text.insert(0, char::from(digits[(number % 62) as usize]));
        number /= 62;
    }
    text.into_iter().collect()
}

fn base64(bytes: &[u8]) -> String {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - three.len()));
        for digit in 0..4 {
            let last = digit > three.len();
            text.push(if last {
                '='
            } else {
                char::from(digits[(bits >> (18 - 6 * digit) & 63) as usize])
            });
        }
    }
    text
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }
}
