use lr_core::Severity;

use crate::format::Shape;
use crate::{Format, Kind};

/// The password of a URL of these schemes; of every other one if there are none.
const fn url(
    id: &'static str,
    (provider, name): (&'static str, &'static str),
    schemes: &'static [&'static str],
) -> Format {
    Format::new(id, (provider, name), &["://"], Shape::Url { schemes }).kind(Kind::UrlPassword)
}

const RFC_3986: &str = "https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1";

pub(crate) const FORMATS: &[Format] = &[
    url("postgres-url", ("PostgreSQL", "connection URL with password"), &["postgres", "postgresql", "cockroachdb"])
        .severity(Severity::Critical)
        .can("log in to the database as that user")
        .rotate(
            "set a new password with `ALTER ROLE`, deploy it from a secret store, close the port to the internet",
            "https://www.postgresql.org/docs/current/sql-alterrole.html",
        ),
    url("mysql-url", ("MySQL", "connection URL with password"), &["mysql", "mysql2", "mariadb"])
        .severity(Severity::Critical)
        .can("log in to the database as that user")
        .rotate(
            "set a new password with `ALTER USER`, deploy it from a secret store, close the port to the internet",
            "https://dev.mysql.com/doc/refman/8.4/en/alter-user.html",
        ),
    Format::new(
        "mysql-dsn",
        ("MySQL", "data source name of Go with password"),
        &["@tcp("],
        Shape::Infix {
            pattern: r#"[A-Za-z0-9_.-]{1,32}:[^\s"'`$%{}<>@=?&;,()\\]{5,64}@tcp\([^)\s]{1,80}\)"#,
            least: 7,
            most: 97,
            class: |byte| byte.is_ascii_graphic() && !b"\"'`$%{}<>@=?&;,()\\".contains(byte),
        },
    )
    .kind(Kind::UrlPassword)
    .severity(Severity::Critical)
    .can("log in to the database as that user")
    .rotate(
        "set a new password with `ALTER USER`, deploy it from a secret store, close the port to the internet",
        "https://github.com/go-sql-driver/mysql#dsn-data-source-name",
    ),
    url("mongodb-url", ("MongoDB", "connection URL with password"), &["mongodb", "mongodb+srv"])
        .severity(Severity::Critical)
        .can("log in to the database as that user")
        .rotate(
            "set a new password for the user, deploy it from a secret store, limit the addresses that may connect",
            "https://www.mongodb.com/docs/manual/reference/method/db.changeUserPassword/",
        ),
    url("redis-url", ("Redis", "connection URL with password"), &["redis", "rediss", "valkey", "valkeys"])
        .severity(Severity::Critical)
        .can("read and change everything in the store, sessions among it")
        .rotate(
            "set a new password with `ACL SETUSER` or at the provider, deploy it from a secret store",
            "https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/",
        ),
    url("sql-url", ("SQL Server, ClickHouse and others", "connection URL with password"), &["mssql", "sqlserver", "clickhouse", "oracle", "snowflake", "neo4j", "neo4j+s", "bolt", "trino", "presto", "crate", "couchbase", "couchbases", "couchdb", "db2", "hana", "hive", "impala", "vertica", "teradatasql", "redshift", "exasol", "firebird", "sybase", "influxdb", "cassandra", "scylla", "elasticsearch", "opensearch", "arangodb", "surrealdb"])
        .severity(Severity::Critical)
        .can("log in to the database as that user")
        .rotate("set a new password for the user and deploy it from a secret store", RFC_3986),
    url("broker-url", ("RabbitMQ, NATS, Kafka and others", "connection URL with password"), &["amqp", "amqps", "nats", "mqtt", "mqtts", "kafka", "stomp", "pulsar"])
        .severity(Severity::Critical)
        .can("read and inject messages")
        .rotate("set a new password for the user and deploy it from a secret store", RFC_3986),
    url("cloudinary-url", ("Cloudinary", "environment URL with API secret"), &["cloudinary"])
        .severity(Severity::Critical)
        .can("read, change and delete the media of the account")
        .rotate(
            "create a second key in the console under API keys, deploy it, delete this one",
            "https://cloudinary.com/documentation/developer_onboarding_faq_find_credentials",
        ),
    url("url-password", ("any server", "URL with user name and password"), &[])
        .can("log in there as that user")
        .rotate(
            "set a new password there, and hand it over in a header or from a secret store instead of in the URL",
            RFC_3986,
        ),
    Format::token(
        "planetscale-credential",
        ("PlanetScale", "password, service token or OAuth token"),
        &["pscale_pw_", "pscale_tkn_", "pscale_oauth_"],
        r"pscale_(?:pw|tkn|oauth)_[A-Za-z0-9_.=-]{32,64}",
    )
    .can("log in to a branch of the database, or manage databases")
    .rotate(
        "delete it in the branch's or organisation's settings and create a new one",
        "https://planetscale.com/docs/concepts/connection-strings",
    ),
    Format::token("neon-key", ("Neon", "API key"), &["napi_"], r"napi_[0-9A-Za-z]{64}")
        .can("create, read and delete projects and databases")
        .rotate(
            "revoke it in the console under API keys and create a new one",
            "https://neon.com/docs/manage/api-keys",
        ),
    Format::token(
        "supabase-management-token",
        ("Supabase", "personal access token"),
        &["sbp_"],
        r"sbp_(?:oauth_|v0_)?[0-9a-z]{40}",
    )
    .can("manage every project of its owner, their keys and databases among it")
    .rotate(
        "delete it at supabase.com/dashboard/account/tokens and create a new one",
        "https://supabase.com/docs/reference/api/introduction",
    ),
    Format::token(
        "supabase-secret-key",
        ("Supabase", "secret API key"),
        &["sb_secret_"],
        r"sb_secret_[A-Za-z0-9_-]{31}",
    )
    .can("read and change all data, past row level security")
    .rotate(
        "create a second secret key in the project's API settings, deploy it, delete this one",
        "https://supabase.com/docs/guides/api/api-keys",
    ),
    Format::token(
        "supabase-publishable-key",
        ("Supabase", "publishable API key"),
        &["sb_publishable_"],
        r"sb_publishable_[A-Za-z0-9_-]{31}",
    )
    .kind(Kind::Public)
    .can("what row level security allows to everyone")
    .rotate("none needed; see that row level security is on", "https://supabase.com/docs/guides/api/api-keys"),
    Format::assigned(
        "algolia-admin-key",
        ("Algolia", "admin or write API key"),
        &["algolia"],
        &["admin", "write", "secret", "private"],
        r"[0-9a-f]{32}",
    )
    .can("change and delete search indexes and keys")
    .rotate(
        "regenerate it in the dashboard under API keys; use a search-only key in browsers",
        "https://www.algolia.com/doc/guides/security/api-keys/",
    ),
    Format::token(
        "contentful-management-token",
        ("Contentful", "content management token"),
        &["CFPAT-"],
        r"CFPAT-[A-Za-z0-9_-]{43}",
    )
    .severity(Severity::High)
    .can("change and delete content in every space of its owner")
    .rotate(
        "revoke it in the settings under CMA tokens and create a new one",
        "https://www.contentful.com/developers/docs/references/authentication/",
    ),
    Format::token(
        "airtable-token",
        ("Airtable", "personal access token"),
        &["pat"],
        r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}",
    )
    .landmark(17, b'.')
    .can("read and change the bases that it was given")
    .rotate(
        "regenerate it at airtable.com/create/tokens",
        "https://support.airtable.com/docs/creating-personal-access-tokens",
    ),
];
