//! packages: nginx-light openssl
//!
//! Servers that are not ours, each with one thing wrong, named by its cause; and a healthy one.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
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

/// A server's process, which ends with the test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A folder of its own, which is removed with the test.
struct Dir(PathBuf);

impl Dir {
    fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("lr-tls-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        Self(dir)
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
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

fn checked(
    runtime: &tokio::runtime::Runtime,
    contact: SocketAddr,
    root: &str,
    clock: Clock,
) -> CheckRun {
    let mut network = Network::default();
    network.routes = vec![Route::new(HOST, 443, contact)];
    network.extra_roots = vec![root.to_owned()];
    network.only_routed = true;
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
    let owned = Dir::new("nginx");
    let dir = owned.0.clone();
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
    let _nginx = Process(nginx.spawn().unwrap());
    assert!(listens(contacts[0]), "nginx does not start");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut wrong = Vec::new();
    let extra = [
        ("foreign default", foreign, "tls/default-certificate"),
        ("plain", plain, "tls/handshake"),
    ];
    let all = cases.iter().zip(contacts).map(|(case, contact)| (case.what, contact, case.rule));
    for (what, contact, rule) in all.chain(extra) {
        let clock = Clock::fixed("2026-11-21T12:00:00Z".parse().unwrap());
        let run = checked(&runtime, contact, &authority.root_pem(), clock);
        wrong.extend(unexpected(what, rule, &run));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Waits until a server of this test's listens; whether it does.
fn listens(address: SocketAddr) -> bool {
    let started = Instant::now();
    #[allow(clippy::disallowed_methods, reason = "this is the test's own server")]
    let refused = || TcpStream::connect(address).is_err();
    while refused() && started.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(20));
    }
    !refused()
}

/// What is said of a healthy server, or not said of another.
fn unexpected(what: &str, rule: &str, run: &CheckRun) -> Option<String> {
    let rules: Vec<_> = run.findings.iter().map(|f| f.rule.as_str().to_owned()).collect();
    let bad = run.findings.iter().filter(|f| f.severity >= Severity::Medium);
    let bad: Vec<_> = bad.map(|f| format!("{}: {}", f.rule, f.detail)).collect();
    match rule {
        "" if bad.is_empty() => None,
        "" => Some(format!("{what}: {bad:?}")),
        rule if rules.iter().any(|one| one == rule) => None,
        rule => {
            let outcome = run.outcomes.iter().find(|outcome| outcome.rule == rule);
            Some(format!("{what}: no {rule} in {rules:?}: {outcome:?}"))
        }
    }
}

/// An authority of OpenSSL's, which signs what no library of today signs.
struct OpenSsl {
    dir: Dir,
}

impl OpenSsl {
    fn run(&self, args: &str) {
        let mut command = Command::new("openssl");
        command.args(args.split(' ')).current_dir(&self.dir.0).env("OPENSSL_CONF", "openssl.cnf");
        let output = command.output().unwrap();
        assert!(output.status.success(), "{args}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn new() -> Self {
        let this = Self { dir: Dir::new("openssl") };
        let write = |name: &str, text: &str| std::fs::write(this.dir.0.join(name), text).unwrap();
        write(
            "openssl.cnf",
            "[req]\ndistinguished_name = dn\n[dn]\n\
             [ca]\nbasicConstraints = critical,CA:TRUE\nkeyUsage = critical,keyCertSign,cRLSign,digitalSignature\n\
             subjectKeyIdentifier = hash\nauthorityKeyIdentifier = keyid\n\
             [leaf]\nbasicConstraints = CA:FALSE\nextendedKeyUsage = serverAuth\n\
             authorityKeyIdentifier = keyid\nsubjectAltName = DNS:shop.test\n\
             [other]\nbasicConstraints = CA:FALSE\nextendedKeyUsage = serverAuth\n\
             authorityKeyIdentifier = keyid\nsubjectAltName = DNS:other.test\n\
             [client]\nbasicConstraints = CA:FALSE\nextendedKeyUsage = clientAuth\n\
             authorityKeyIdentifier = keyid\nsubjectAltName = DNS:shop.test\n\
             [nosan]\nbasicConstraints = CA:FALSE\nextendedKeyUsage = serverAuth\n\
             authorityKeyIdentifier = keyid\n\
             [staple]\nbasicConstraints = CA:FALSE\nextendedKeyUsage = serverAuth\n\
             authorityKeyIdentifier = keyid\nsubjectAltName = DNS:shop.test\n\
             tlsfeature = status_request\n",
        );
        this.key("root", "ec");
        this.run("req -x509 -key root.key -subj /CN=Root -days 3650 -extensions ca -out root.pem");
        this.key("int", "ec");
        this.sign("int", "root", "ca", "-sha256");
        this.key("twin", "ec");
        this.sign("twin", "root", "ca", "-sha256");
        this.key("weak", "rsa1024");
        this.sign("weak", "root", "ca", "-sha256");
        for (name, key, issuer, section, hash) in [
            ("leaf", "ec", "int", "leaf", "-sha256"),
            ("rsa", "rsa2048", "int", "leaf", "-sha256"),
            ("short", "rsa1024", "int", "leaf", "-sha256"),
            ("below", "ec", "weak", "leaf", "-sha256"),
            ("sha1", "ec", "int", "leaf", "-sha1"),
            ("other", "ec", "int", "other", "-sha256"),
            ("client", "ec", "int", "client", "-sha256"),
            ("nosan", "ec", "int", "nosan", "-sha256"),
            ("staple", "ec", "int", "staple", "-sha256"),
        ] {
            this.key(name, key);
            this.sign(name, issuer, section, hash);
        }
        this.run(
            "req -x509 -key leaf.key -subj /CN=shop.test -days 90 -extensions leaf -out own.pem",
        );
        for (name, entry) in
            [("good", "V\t300101000000Z\t"), ("revoked", "R\t300101000000Z\t260101000000Z")]
        {
            let serial = this.serial("staple");
            write("index.txt", &format!("{entry}\t{serial}\tunknown\t/CN=shop.test\n"));
            this.run(&format!(
                "ocsp -index index.txt -CA int.pem -rsigner int.pem -rkey int.key -issuer int.pem \
                 -cert staple.pem -ndays 3 -respout {name}.der -noverify"
            ));
        }
        this
    }

    fn key(&self, name: &str, kind: &str) {
        self.run(&match kind.strip_prefix("rsa") {
            Some(bits) => {
                format!("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:{bits} -out {name}.key")
            }
            None => {
                format!("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out {name}.key")
            }
        });
    }

    fn sign(&self, name: &str, issuer: &str, section: &str, hash: &str) {
        let subject = if section == "ca" { name } else { HOST };
        self.run(&format!("req -new -key {name}.key -subj /CN={subject} -out {name}.csr"));
        self.run(&format!(
            "x509 -req -in {name}.csr -CA {issuer}.pem -CAkey {issuer}.key -CAcreateserial -days 90 \
             {hash} -extfile openssl.cnf -extensions {section} -out {name}.pem"
        ));
    }

    fn serial(&self, name: &str) -> String {
        self.run(&format!("x509 -in {name}.pem -noout -serial -out {name}.serial"));
        let text = std::fs::read_to_string(self.dir.0.join(format!("{name}.serial"))).unwrap();
        text.trim().trim_start_matches("serial=").to_owned()
    }

    /// A server at a free port, which it tells; none if it does not start.
    fn serve(&self, args: &str) -> Option<(Process, SocketAddr)> {
        let mut command = Command::new("openssl");
        command.arg("s_server").args(["-accept", "127.0.0.1:0", "-rev"]);
        command.args(args.split(' ')).current_dir(&self.dir.0).env("OPENSSL_CONF", "openssl.cnf");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = Process(command.spawn().unwrap());
        let mut said = BufReader::new(server.0.stdout.take().unwrap()).lines();
        let told = said.by_ref().map_while(Result::ok);
        let address = told.filter_map(|line| line.strip_prefix("ACCEPT ")?.parse().ok()).next();
        // What it says of connections must not fill the pipe.
        std::thread::spawn(move || said.map_while(Result::ok).for_each(drop));
        Some((server, address?))
    }
}

const ALPN: &str = "-alpn h2,http/1.1";

#[test]
#[ignore = "needs openssl from Debian's packages"]
fn openssl_with_one_thing_wrong_is_named() {
    let openssl = OpenSsl::new();
    let leaf = |name: &str, issuer: &str| {
        format!("-cert {name}.pem -key {name}.key -cert_chain {issuer}.pem")
    };
    let ec = leaf("leaf", "int");
    let rsa = leaf("rsa", "int");
    let old = "-cipher ALL:@SECLEVEL=0";
    let cases = [
        ("healthy", format!("{ec} {ALPN}"), ""),
        ("healthy RSA", format!("{rsa} {ALPN}"), ""),
        ("healthy staple", format!("{} {ALPN} -status_file good.der", leaf("staple", "int")), ""),
        ("self-signed", format!("-cert own.pem -key leaf.key {ALPN}"), "tls/chain-trusted"),
        ("wrong host", format!("{} {ALPN}", leaf("other", "int")), "tls/name"),
        (
            "missing intermediate",
            format!("-cert leaf.pem -key leaf.key {ALPN}"),
            "tls/chain-complete",
        ),
        ("wrong intermediate", format!("{} {ALPN}", leaf("leaf", "twin")), "tls/chain-complete"),
        ("no alternative name", format!("{} {ALPN}", leaf("nosan", "int")), "tls/name"),
        ("for clients", format!("{} {ALPN}", leaf("client", "int")), "tls/server-purpose"),
        ("must-staple", format!("{} {ALPN}", leaf("staple", "int")), "tls/must-staple"),
        (
            "staple: revoked",
            format!("{} -status_file revoked.der", leaf("staple", "int")),
            "tls/staple",
        ),
        ("RSA 1024", format!("{} {old}", leaf("short", "int")), "tls/key-strength"),
        ("intermediate RSA 1024", format!("{} {old}", leaf("below", "weak")), "tls/key-strength"),
        ("SHA-1", format!("{} {old}", leaf("sha1", "int")), "tls/signature-strength"),
        ("TLS 1.0 alone", format!("{ec} -tls1 {old}"), "tls/version"),
        ("TLS 1.1 alone", format!("{ec} -tls1_1 {old}"), "tls/version"),
        ("TLS 1.0 to 1.3", format!("{ec} -min_protocol TLSv1 {old}"), "tls/old-versions"),
        ("TLS 1.2 alone", format!("{ec} -tls1_2"), "tls/version-13"),
        ("NULL", format!("{ec} -cipher HIGH:!aNULL:eNULL:@SECLEVEL=0"), "tls/null-suites"),
        ("anonymous", format!("{ec} -cipher HIGH:aNULL:@SECLEVEL=0"), "tls/anonymous-suites"),
        (
            "no forward secrecy",
            format!("{rsa} -tls1_2 -cipher AES128-GCM-SHA256"),
            "tls/forward-secrecy",
        ),
        (
            "CBC alone",
            format!("{ec} -tls1_2 -cipher ECDHE-ECDSA-AES128-SHA"),
            "tls/authenticated-encryption",
        ),
        (
            "client certificate",
            format!("{ec} -Verify 1 -verify_return_error"),
            "tls/no-client-certificate",
        ),
        (
            "client certificate, TLS 1.2",
            format!("{ec} -tls1_2 -Verify 1 -verify_return_error"),
            "tls/no-client-certificate",
        ),
        ("no h2", ec.clone(), "tls/http2"),
        ("no post-quantum group", format!("{ec} -groups X25519:P-256"), "tls/post-quantum"),
        (
            "foreign default",
            format!("{} -servername {HOST} -cert2 leaf.pem -key2 leaf.key", leaf("other", "int")),
            "tls/default-certificate",
        ),
    ];
    let root = std::fs::read_to_string(openssl.dir.0.join("root.pem")).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut wrong = Vec::new();
    for (what, args, rule) in &cases {
        let Some((_server, contact)) = openssl.serve(args) else {
            wrong.push(format!("{what}: it does not start"));
            continue;
        };
        let run = checked(&runtime, contact, &root, Clock::system());
        wrong.extend(unexpected(what, rule, &run));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
