//! packages: nginx-light openssl
//!
//! Servers that are not ours, each with one thing wrong, named by its cause; and a healthy one.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::fmt::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use lr_core::{CheckRun, Clock, Context, Network, Route, Severity};
use lr_lab::{Authority, Certificate, Key};
use lr_tls::TlsCheck;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

const HOST: &str = "shop.test";

/// A server block: what it is, its settings, its chain, and the rule that must not hold.
struct Case {
    what: &'static str,
    settings: String,
    files: (PathBuf, PathBuf),
    rule: &'static str,
}

struct Nginx {
    process: Child,
    dir: PathBuf,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

/// Free addresses, held together until all are known: asked for one by one, the same may come twice.
fn free(count: usize) -> Vec<SocketAddr> {
    let held: Vec<_> = (0..count).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    held.iter().map(|listener| listener.local_addr().unwrap()).collect()
}

fn pem(label: &str, der: &[u8]) -> String {
    let mut child = Command::new("openssl")
        .args(["base64", "-e"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), der).unwrap();
    let text = child.wait_with_output().unwrap().stdout;
    let text = String::from_utf8(text).unwrap();
    format!("-----BEGIN {label}-----\n{text}-----END {label}-----\n")
}

fn store(dir: &Path, name: &str, chain: &[Vec<u8>], key: &[u8]) -> (PathBuf, PathBuf) {
    let files = (dir.join(format!("{name}.pem")), dir.join(format!("{name}.key")));
    let text: String = chain.iter().map(|der| pem("CERTIFICATE", der)).collect();
    std::fs::write(&files.0, text).unwrap();
    std::fs::write(&files.1, pem("PRIVATE KEY", key)).unwrap();
    files
}

fn checked(runtime: &tokio::runtime::Runtime, contact: SocketAddr, root: &str) -> CheckRun {
    let mut network = Network::default();
    network.routes = vec![Route::new(HOST, 443, contact)];
    network.extra_roots = vec![root.to_owned()];
    network.only_routed = true;
    let clock = Clock::fixed("2026-11-21T12:00:00Z".parse().unwrap());
    let cx = Context::new().with_network(network).with_clock(clock);
    runtime.block_on(lr_core::run(&TlsCheck::new([HOST]), &cx))
}

const MODERN: &str = "ssl_protocols TLSv1.2 TLSv1.3;";
const HSTS: &str = "add_header Strict-Transport-Security max-age=63072000 always;";

fn cases(authority: &Authority, dir: &Path) -> Vec<Case> {
    let issued = |certificate: &Certificate| {
        let issued = authority.issue(certificate, HOST).unwrap();
        (issued.chain, issued.key.unwrap())
    };
    let root = CertificateDer::from_pem_slice(authority.root_pem().as_bytes()).unwrap().to_vec();
    let (chain, key) = issued(&Certificate::valid());
    let (rsa_chain, rsa_key) = issued(&Certificate::valid().key(Key::Rsa2048));
    let mut all = Vec::new();
    let mut number = 0;
    let mut add = |what, settings: &str, chain: &[Vec<u8>], key: &[u8], rule| {
        number += 1;
        let files = store(dir, &number.to_string(), chain, key);
        all.push(Case { what, settings: settings.to_owned(), files, rule });
    };
    let good = format!("{MODERN} {HSTS}");
    add("healthy", &good, &chain, &key, "");
    add("healthy RSA", &good, &rsa_chain, &rsa_key, "");
    for (what, certificate, rule) in [
        ("expired", Certificate::expired(), "tls/not-expired"),
        ("not yet valid", Certificate::not_yet_valid(), "tls/already-valid"),
        ("self-signed", Certificate::self_signed(), "tls/chain-trusted"),
        ("unknown root", Certificate::unknown_root(), "tls/chain-trusted"),
        ("wrong host", Certificate::wrong_host(), "tls/name"),
        ("missing intermediate", Certificate::missing_intermediate(), "tls/chain-complete"),
        ("wildcard depth", Certificate::valid().names(["*.shop.test"]), "tls/name"),
        ("10 days left", Certificate::expires_in(10), "tls/renewed-in-time"),
        ("825 days", Certificate::short_lived(825), "tls/lifetime"),
        ("300 days", Certificate::short_lived(300), "tls/lifetime"),
    ] {
        let (chain, key) = issued(&certificate);
        add(what, &good, &chain, &key, rule);
    }
    let order = [chain[0].clone(), root.clone(), chain[1].clone()];
    add("wrong order", &good, &order, &key, "tls/chain-order");
    add("root sent", &good, &[chain.clone(), vec![root]].concat(), &key, "tls/chain-lean");
    add(
        "duplicate",
        &good,
        &[vec![chain[0].clone()], chain.clone()].concat(),
        &key,
        "tls/chain-order",
    );
    let level0 = |protocols: &str, ciphers: &str| {
        format!("ssl_protocols {protocols}; ssl_ciphers {ciphers}:@SECLEVEL=0; {HSTS}")
    };
    let ecdsa = [
        ("TLS 1.0 only", level0("TLSv1", "ALL"), "tls/version"),
        ("TLS 1.0 to 1.2", level0("TLSv1 TLSv1.1 TLSv1.2", "ALL:!aNULL"), "tls/old-versions"),
        ("no TLS 1.3", format!("ssl_protocols TLSv1.2; {HSTS}"), "tls/version-13"),
        ("NULL", level0("TLSv1.2", "HIGH:!aNULL:eNULL"), "tls/null-suites"),
        ("anonymous", level0("TLSv1.2", "HIGH:aNULL"), "tls/anonymous-suites"),
        ("CBC only", level0("TLSv1.2", "ECDHE-ECDSA-AES128-SHA"), "tls/authenticated-encryption"),
        ("no HTTP/2", format!("{MODERN} {HSTS} #1.1"), "tls/http2"),
        ("no HSTS", MODERN.to_owned(), "tls/hsts"),
        (
            "no post-quantum group",
            format!("{good} ssl_ecdh_curve X25519:prime256v1;"),
            "tls/post-quantum",
        ),
    ];
    for (what, settings, rule) in &ecdsa {
        add(what, settings, &chain, &key, rule);
    }
    let trusted = dir.join("clients.pem");
    std::fs::write(&trusted, authority.root_pem()).unwrap();
    let client =
        format!("{good} ssl_verify_client on; ssl_client_certificate {};", trusted.display());
    add("client certificate", &client, &chain, &key, "tls/no-client-certificate");
    let rsa = level0("TLSv1.2", "AES128-GCM-SHA256");
    add("no forward secrecy", &rsa, &rsa_chain, &rsa_key, "tls/forward-secrecy");
    let primes = dir.join("dh.pem");
    let mut make = Command::new("openssl");
    make.args(["dhparam", "-dsaparam", "-out"]).arg(&primes).arg("1024");
    assert!(made_quietly(&mut make));
    let dh = level0("TLSv1.2", "DHE-RSA-AES128-GCM-SHA256");
    let dh = format!("{dh} ssl_dhparam {};", primes.display());
    add("DH 1024", &dh, &rsa_chain, &rsa_key, "tls/dh-size");
    all
}

fn made_quietly(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
}

#[test]
#[ignore = "needs nginx-light and openssl from Debian's packages"]
fn nginx_with_one_thing_wrong_is_named() {
    let dir = std::env::temp_dir().join(format!("lr-tls-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let authority = Authority::new().unwrap();
    let cases = cases(&authority, &dir);
    let mut blocks = String::new();
    let mut contacts = free(cases.len() + 2);
    let (plain, foreign) = (contacts.pop().unwrap(), contacts.pop().unwrap());
    for (case, contact) in cases.iter().zip(&contacts) {
        let h2 = if case.settings.contains("#1.1") { "" } else { " http2" };
        let settings = case.settings.replace("#1.1", "");
        let (chain, key) = (case.files.0.display(), case.files.1.display());
        writeln!(
            blocks,
            "server {{ listen {contact} ssl{h2}; ssl_certificate {chain}; ssl_certificate_key {key}; \
             {settings} location / {{ return 200 'hi'; }} }}"
        )
        .unwrap();
    }
    // Without a server name, another site answers.
    let other = authority.issue(&Certificate::valid(), "other.test").unwrap();
    let other = store(&dir, "other", &other.chain, &other.key.unwrap());
    for (files, extra) in [(&other, " default_server"), (&cases[0].files, "")] {
        let name = if extra.is_empty() { HOST } else { "other.test" };
        writeln!(
            blocks,
            "server {{ listen {foreign} ssl http2{extra}; server_name {name}; ssl_certificate {}; \
             ssl_certificate_key {}; {MODERN} {HSTS} location / {{ return 200 'hi'; }} }}",
            files.0.display(),
            files.1.display()
        )
        .unwrap();
    }
    writeln!(blocks, "server {{ listen {plain}; location / {{ return 200 'hi'; }} }}").unwrap();
    let conf = dir.join("nginx.conf");
    let here = dir.display();
    std::fs::write(
        &conf,
        format!(
            "daemon off; master_process off; pid {here}/pid; error_log {here}/error.log;\n\
             events {{ worker_connections 4096; }}\n\
             http {{ access_log off; client_body_temp_path {here}/b; proxy_temp_path {here}/p; \
             fastcgi_temp_path {here}/f; uwsgi_temp_path {here}/u; scgi_temp_path {here}/s;\n{blocks}}}\n"
        ),
    )
    .unwrap();
    let mut nginx = Command::new("nginx");
    nginx.arg("-c").arg(&conf).arg("-p").arg(&dir).stderr(Stdio::null());
    let _nginx = Nginx { process: nginx.spawn().unwrap(), dir: dir.clone() };
    let started = Instant::now();
    #[allow(clippy::disallowed_methods, reason = "this is the test's own server")]
    while TcpStream::connect(contacts[0]).is_err() {
        assert!(started.elapsed() < Duration::from_secs(10), "nginx does not start");
        std::thread::sleep(Duration::from_millis(20));
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut wrong = Vec::new();
    let extra = [
        ("foreign default", foreign, "tls/default-certificate"),
        ("plain", plain, "tls/handshake"),
    ];
    let all = cases.iter().zip(contacts).map(|(case, contact)| (case.what, contact, case.rule));
    for (what, contact, rule) in all.chain(extra) {
        let run = checked(&runtime, contact, &authority.root_pem());
        let rules: Vec<_> = run.findings.iter().map(|f| f.rule.as_str().to_owned()).collect();
        let bad = run.findings.iter().filter(|f| f.severity >= Severity::Medium);
        let bad: Vec<_> = bad.map(|f| format!("{}: {}", f.rule, f.detail)).collect();
        match rule {
            "" if bad.is_empty() => {}
            "" => wrong.push(format!("{what}: {bad:?}")),
            rule if rules.iter().any(|one| one == rule) => {}
            rule => {
                let outcome = run.outcomes.iter().find(|outcome| outcome.rule == rule);
                wrong.push(format!("{what}: no {rule} in {rules:?}: {outcome:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
