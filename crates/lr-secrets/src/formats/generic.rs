//! What no provider's grammar tells: names, headers, commands and files that hold secrets.

use lr_core::Severity;

use crate::engine::{Name, worth};
use crate::format::Shape;
use crate::{Format, Kind};

const OWASP: &str =
    "https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html";
const ELSEWHERE: &str =
    "find what it opens, set a new one there, and load it from the environment or a secret store";

const fn captured(
    id: &'static str,
    (provider, name): (&'static str, &'static str),
    keywords: &'static [&'static str],
    pattern: &'static str,
    worth: fn(&[u8]) -> bool,
) -> Format {
    Format::new(id, (provider, name), keywords, Shape::Captured { pattern, worth })
        .severity(Severity::High)
}

pub(crate) const FORMATS: &[Format] = &[
    Format::new(
        "generic-password",
        ("any server", "password given to a name"),
        &["pass", "pwd"],
        Shape::Named(Name::Password),
    )
    .severity(Severity::Medium)
    .can("log in wherever it belongs")
    .rotate(ELSEWHERE, OWASP),
    Format::new(
        "generic-secret",
        ("any server", "secret, token or key given to a name"),
        &[
            "access-key", "access.key", "access_key", "accesskey", "account_key", "accountkey",
            "admin_key", "adminkey", "aes-key", "aes_key", "aeskey", "api key", "api-key",
            "api.key", "api_key", "apikey", "app-key", "app_key", "appkey", "application_key",
            "applicationkey", "_auth", "auth-key", "auth.key", "auth_key", "authkey",
            "cipher-key", "cipher_key", "cipherkey", "client-key", "client_key", "clientkey",
            "consumer_key", "consumerkey", "cosmos_key", "cosmoskey", "credential", "crypt_key",
            "cryptkey", "crypto_key", "cryptokey", "deploy_key", "deploykey", "encryption-key",
            "encryption.key", "encryption_key", "encryptionkey", "fernet_key", "fernetkey",
            "hmac_key", "hmackey", "jwt_key", "license-key", "license_key", "licensekey",
            "management_key", "managementkey", "master-key", "master_key", "masterkey",
            "merchant_key", "private-key", "private.key", "private_key", "privatekey", "salt_key",
            "secret", "server_key", "serverkey", "service_key", "servicekey", "service-role",
            "service_role", "servicerole", "session-key", "session_key", "sessionkey",
            "shared-key", "shared_key", "sharedkey", "signing-key", "signing.key", "signing_key",
            "signingkey", "storage_key", "storagekey", "subscription-key", "subscription_key",
            "token", "webhook_key", "_key=",
        ],
        Shape::Named(Name::Secret),
    )
    .severity(Severity::High)
    .can("act as the program that uses it")
    .rotate(ELSEWHERE, OWASP),
    captured(
        "authorization-basic",
        ("any server", "basic credentials in a header"),
        &["Basic ", "basic "],
        r"[Bb]asic\s+([A-Za-z0-9+/]{8,}={0,2})",
        worth::is_basic,
    )
    .can("log in as that user")
    .rotate(ELSEWHERE, "https://www.rfc-editor.org/rfc/rfc7617"),
    captured(
        "authorization-bearer",
        ("any server", "bearer token in a header"),
        &["Bearer ", "bearer ", "BEARER "],
        r"(?i:bearer)\s+([A-Za-z0-9_.~+/-]{12,}=*)",
        worth::is_drawn,
    )
    .can("act as whom it was issued to")
    .rotate(ELSEWHERE, "https://www.rfc-editor.org/rfc/rfc6750"),
    captured(
        "authorization-token",
        ("any server", "token in an authorization header"),
        &["uthorization", "UTHORIZATION"],
        r#"(?i:uthorization)\\?['"]?\s*[:=,] *\\?['"]?(?:(?i:token|apikey|api-key|api-token|key|oauth)\s+)?((?:sha256~)?[A-Za-z0-9_.~+/@=-]{14,}=*)"#,
        worth::is_drawn,
    )
    .can("act as whom it was issued to")
    .rotate(ELSEWHERE, "https://www.rfc-editor.org/rfc/rfc9110#name-authorization"),
    captured(
        "header-token",
        ("any server", "token in a header of a command"),
        &["-H \"", "-H '", "--header \"", "--header '"],
        r#"(?:-H|--header) ["'](?i:[a-z-]*(?:token|api-?key)): *([A-Za-z0-9_.~+/=-]{10,})"#,
        worth::is_drawn_short,
    )
    .can("act as whom it was issued to")
    .rotate(ELSEWHERE, OWASP),
    captured(
        "command-user",
        ("any server", "user and password of a command"),
        &["curl "],
        r#"curl(?s:.{0,400}?)\s(?:-u|--user|--proxy-user)[\s=]+["']?([^\s"':]{0,80}["']?:["']?[^\s"'|]{3,80})"#,
        worth::is_pair,
    )
    .can("log in as that user")
    .rotate(ELSEWHERE, "https://curl.se/docs/manpage.html#-u"),
    captured(
        "command-credentials",
        ("any server", "OAuth client of a command"),
        &[" -u ", " --user "],
        r#" (?:-u|--user) ["']?([A-Za-z0-9_.@-]{0,80}:[A-Za-z0-9_.~@!#%^&*+-]{16,80})"#,
        worth::is_pair,
    )
    .can("log in as that user")
    .rotate(ELSEWHERE, "https://curl.se/docs/manpage.html#-u"),
    captured(
        "command-password",
        ("any server", "password of a command"),
        &["sshpass -p", "docker login", "mysql -u", "mysqldump -u", "net use", "PGPASSWORD=", "requirepass ", "masterauth ", "sentinel auth-pass ", "redis-cli -", "-storepass ", "-keypass ", "root:"],
        r#"(?:sshpass -p *|docker login[^\n|]{0,120}?(?: -p | --password[ =])|mysql(?:dump)? -u[^\n|]{0,80}? (?:-p|--password=)|net use[^\n]{0,120}?/user:\S+ |PGPASSWORD=|(?:requirepass|masterauth|sentinel auth-pass\s+\S{1,64})\s+|redis-cli -[^\n|]{0,80}?-?a +|-(?:store|key)pass\s+)["']?([^\s"'$<]{5,80})|root:([^\s"'$<:|]{5,80})["']? *\| *chpasswd"#,
        worth::is_password,
    )
    .can("log in as that user")
    .rotate(ELSEWHERE, OWASP),
    captured(
        "netrc-password",
        ("any server", "password in a .netrc"),
        &["machine "],
        r#"machine\s+\S{3,}\s+login\s+\S+\s+password\s+([^\s"'`<>,;&\\]{4,200})"#,
        worth::is_stated,
    )
    .can("log in as that user")
    .rotate(ELSEWHERE, "https://everything.curl.dev/usingcurl/netrc.html"),
    captured(
        "docker-auth",
        ("any container registry", "user and password in a Docker configuration"),
        &["\"auth\""],
        r#""auth"\s*:\s*"([A-Za-z0-9+/]{8,}={0,2})""#,
        worth::is_basic,
    )
    .can("pull private images and push images that others will run")
    .rotate(
        "set a new password or token at the registry and use a credential helper",
        "https://docs.docker.com/reference/cli/docker/login/",
    ),
    captured(
        "pgpass-password",
        ("PostgreSQL", "password in a .pgpass"),
        &[":5432:"],
        r#":5432:[^:\s]{1,64}:[^:\s]{1,64}:([^\s:"'`\\,&<]{4,100})(?:[\s"'`\\,&<]|$)"#,
        worth::is_stated,
    )
    .can("log in to the database as that user")
    .rotate(
        "set a new password with `ALTER ROLE` and keep the file out of the tree",
        "https://www.postgresql.org/docs/current/libpq-pgpass.html",
    ),
    Format::assigned(
        "rails-master-key",
        ("Ruby on Rails", "master key"),
        &["rails_master_key"],
        &[],
        r"[0-9a-f]{32}",
    )
    .can("decrypt the credentials of the application, and forge sessions with what they hold")
    .rotate(
        "make new credentials with `bin/rails credentials:edit`, and replace what the old ones held",
        "https://guides.rubyonrails.org/security.html#custom-credentials",
    ),
    captured(
        "network-credential",
        ("any server", "credentials in .NET code"),
        &["NetworkCredential(", "DirectoryEntry("],
        r#"(?:NetworkCredential\(|DirectoryEntry\(\s*@?"[^"\n]*",)\s*@?"[^"\n]*",\s*@?"([^"\n]{5,80})""#,
        worth::is_stated,
    )
    .can("log in as that user")
    .rotate(ELSEWHERE, "https://learn.microsoft.com/dotnet/api/system.net.networkcredential"),
    captured(
        "call-password",
        ("any server", "user and password handed to a call"),
        &[
            "basic_auth", "BasicAuth", "basicAuth", "mysqli(", "mysql_connect(", "mysqli_connect(", "getConnection(",
            "Credentials(", "PasswordAuthentication(", ".login(", "auth=(", "auth = (",
        ],
        r#"[A-Za-z_.]+(?: ?= ?)?[( ]\s*(?:(?:["'][^"'\n]{0,160}["']|[A-Za-z_][A-Za-z0-9_.]{0,40})\s*,\s*){1,2}(?:Some\()?["']([^"'\s]{6,80})["']"#,
        worth::is_login,
    )
    .can("log in as that user")
    .rotate(ELSEWHERE, OWASP),
    captured(
        "call-bearer",
        ("any server", "bearer token handed to a call"),
        &["bearer_auth(", "BearerAuth(", "bearerAuth("],
        r#"[A-Za-z_]+\(\s*["']([A-Za-z0-9_.~+/-]{16,}=*)["']"#,
        worth::is_drawn,
    )
    .can("act as whom it was issued to")
    .rotate(ELSEWHERE, "https://www.rfc-editor.org/rfc/rfc6750"),
    captured(
        "jwt-signing-secret",
        ("any server", "secret that signs JSON web tokens"),
        &["jwt.sign(", "jwt.verify(", "jwt.encode(", "jwt.decode("],
        r#"jwt\.\w+\([^"'`\n]{1,120}, ?["'`]([^"'`\s]{8,200})["'`]"#,
        worth::is_signing,
    )
    .can("sign in as any user: make tokens that the program takes for its own")
    .rotate(
        "set a new secret and let tokens of the old one run out",
        "https://www.rfc-editor.org/rfc/rfc7518#section-3.2",
    ),
    captured(
        "sql-password",
        ("any server", "password of a database user in SQL"),
        &["DENTIFIED BY", "dentified by"],
        r#"(?i:dentified by) +(?i:password +)?\\?'([^'\s\\]{5,80})\\?'"#,
        worth::is_login,
    )
    .can("log in to the database as that user")
    .rotate(
        "set a new one with `ALTER USER`, and keep it out of scripts",
        "https://dev.mysql.com/doc/refman/8.4/en/create-user.html",
    ),
    captured(
        "aspnet-machine-key",
        ("ASP.NET", "machine key"),
        &["validationKey=\"", "decryptionKey=\""],
        r#"(?:validation|decryption)Key="([0-9A-Fa-f]{32,128})"#,
        worth::is_drawn,
    )
    .can("forge view state and sign-in cookies, which runs code on the server")
    .rotate(
        "generate a new key in IIS, or `AutoGenerate`, and keep it out of the tree",
        "https://learn.microsoft.com/previous-versions/dotnet/netframework-4.0/w8h3skw9(v=vs.100)",
    ),
    captured(
        "jwk-private-key",
        ("any server", "private JSON web key"),
        &["\"kty\"", "'kty'", "\\\"kty\\\""],
        r#"\\?["']kty\\?["']\s*:(?s:[^{}]*?)\\?["'](?:d|k)\\?["']\s*:\s*\\?["']([A-Za-z0-9_-]{21,})"#,
        worth::is_drawn,
    )
    .kind(Kind::PrivateKey)
    .can("sign or decrypt as its owner")
    .rotate(
        "make a new key pair, publish its public half under a new id, drop this one when nothing uses it",
        "https://www.rfc-editor.org/rfc/rfc7517",
    ),
    captured(
        "jwk-private-key-first",
        ("any server", "private JSON web key, its type last"),
        &["\"d\"", "\"k\""],
        r#""[dk]"\s*:\s*"([A-Za-z0-9_-]{21,})"(?s:[^{}]*?)"kty""#,
        worth::is_drawn,
    )
    .kind(Kind::PrivateKey)
    .can("sign or decrypt as its owner")
    .rotate(
        "make a new key pair, publish its public half under a new id, drop this one when nothing uses it",
        "https://www.rfc-editor.org/rfc/rfc7517",
    ),
    Format::new(
        "kubernetes-secret",
        ("Kubernetes", "value in a Secret"),
        &["kind: Secret", "kind: \"Secret\"", "kind: 'Secret'", "\"kind\": \"Secret\"", "\"kind\":\"Secret\"", "\"kind\" : \"Secret\""],
        Shape::Kubernetes,
    )
    .severity(Severity::High)
    .can("use what the workload uses: base64 is no encryption")
    .rotate(
        "set a new value where it belongs, and keep it in a sealed or external secret",
        "https://kubernetes.io/docs/concepts/configuration/secret/",
    ),
    Format::token(
        "password-hash",
        ("any server", "hash of a password"),
        &["$2a$", "$2b$", "$2y$", "$1$", "$5$", "$6$", "$8$", "$9$", "$apr1$", "$argon2i", "$pbkdf2-", "$scrypt$", "$krb5asrep$", "$krb5tgs$"],
        r"\$(?:2[aby]\$\d\d\$[./A-Za-z0-9]{53}|(?:1|apr1)\$[./A-Za-z0-9]{1,8}\$[./A-Za-z0-9]{22}|5\$(?:rounds=\d+\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{43}|6\$(?:rounds=\d+\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{86}|[89]\$[./A-Za-z0-9]{14}\$[./A-Za-z0-9]{43}|argon2id?\$v=\d+\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]{11,}\$[A-Za-z0-9+/]{16,}|krb5(?:asrep|tgs)\$\d\d\$[^\s]{32,200}\$[0-9a-f]{32,})",
    )
    .severity(Severity::Medium)
    .can("try passwords against it at leisure")
    .rotate(
        "let the user set a new password, and keep hashes out of the tree",
        "https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html",
    ),
    captured(
        "wifi-passphrase",
        ("any network", "passphrase of a wireless network"),
        &["psk=\""],
        r#"psk="([^"\n]{8,63})""#,
        worth::is_login,
    )
    .severity(Severity::Medium)
    .can("join the network")
    .rotate(
        "set a new passphrase at the access point and hand it out again",
        "https://w1.fi/cgit/hostap/plain/wpa_supplicant/wpa_supplicant.conf",
    ),
    captured(
        "dotnet-jwt-key",
        ("any server", "signing key in settings of .NET"),
        &["\"Jwt", "\"JWT"],
        r#""J(?:wt|WT)\w{0,12}"\s*:\s*\{[^{}]{0,300}?"(?:Secret|Signing|IssuerSigning)?Key"\s*:\s*"([^"\s]{16,200})""#,
        worth::is_drawn,
    )
    .can("sign tokens in anybody's name")
    .rotate(
        "deploy a new key, accept both until the old tokens have ended, then drop this one",
        "https://learn.microsoft.com/aspnet/core/security/authentication/configure-jwt-bearer-authentication",
    ),
    captured(
        "wordpress-salt",
        ("WordPress", "authentication key or salt"),
        &["AUTH_KEY", "AUTH_SALT", "LOGGED_IN_", "NONCE_KEY", "NONCE_SALT"],
        r"[A-Z_]+'\s*,\s*'([^'\\\n]{40,80})'",
        worth::is_dense,
    )
    .can("forge the cookies of every user")
    .rotate(
        "replace all eight with new ones of the generator; everybody is signed out",
        "https://developer.wordpress.org/advanced-administration/wordpress/wp-config/",
    ),
    captured(
        "drupal-hash-salt",
        ("Drupal", "hash salt"),
        &["hash_salt'"],
        r"hash_salt'\]\s*=\s*'([0-9A-Za-z_+/-]{60,100}=*)'",
        worth::is_dense,
    )
    .can("forge one-time links that sign in")
    .rotate(
        "set a new random string; links that were sent end",
        "https://www.drupal.org/docs/administering-a-drupal-site/security-in-drupal",
    ),
    Format::assigned(
        "laravel-app-key",
        ("Laravel", "application key"),
        &["app_key"],
        &[],
        r"base64:[A-Za-z0-9+/]{43}=",
    )
    .can("forge sessions and decrypt what the application encrypts")
    .rotate(
        "run `php artisan key:generate` and keep the old key under `APP_PREVIOUS_KEYS` for a while",
        "https://laravel.com/docs/encryption#configuration",
    ),
];
