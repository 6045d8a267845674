//! nginx on free loopback ports, for any number of names, with certificates of the lab's authority.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use lr_core::{Clock, Context, Network, Route, Timestamp};
use lr_lab::{Authority, Certificate};
use tempfile::TempDir;

pub(crate) struct Nginx {
    dir: TempDir,
    authority: Authority,
    http: u16,
    https: u16,
    servers: String,
    names: Vec<String>,
}

pub(crate) struct Running {
    child: Child,
    network: Network,
    _dir: TempDir,
}

impl Nginx {
    pub(crate) fn new() -> Self {
        // Held together, so that they differ; nginx takes them when they are free again.
        let ports = [(); 2].map(|()| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
        let [http, https] = ports.map(|port| port.local_addr().unwrap().port());
        Self {
            dir: TempDir::new().unwrap(),
            authority: Authority::new().unwrap(),
            http,
            https,
            servers: String::new(),
            names: Vec::new(),
        }
    }

    /// A name, with what its servers for plain HTTP and HTTPS contain.
    pub(crate) fn server(&mut self, name: &str, plain: &str, secure: &str) {
        let issued = self.authority.issue(&Certificate::valid(), name).unwrap();
        let chain: String = issued.chain.iter().map(|der| pem("CERTIFICATE", der)).collect();
        let dir = self.dir.path();
        std::fs::write(dir.join(format!("{name}.crt")), chain).unwrap();
        let key = pem("PRIVATE KEY", &issued.key.unwrap());
        std::fs::write(dir.join(format!("{name}.key")), key).unwrap();
        let (http, https, at) = (self.http, self.https, dir.display());
        write!(
            self.servers,
            "server {{ listen 127.0.0.1:{http}; server_name {name}; {plain} }}
             server {{ listen 127.0.0.1:{https} ssl http2; server_name {name};
                ssl_certificate {at}/{name}.crt; ssl_certificate_key {at}/{name}.key; {secure} }}\n"
        )
        .unwrap();
        self.names.push(name.to_owned());
    }

    pub(crate) fn start(self) -> Running {
        let dir = self.dir.path().display().to_string();
        let paths: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .map(|kind| format!("{kind}_temp_path {dir}/{kind};\n"))
            .collect();
        let config = format!(
            "daemon off; master_process off; pid {dir}/pid; error_log stderr;
             events {{ worker_connections 512; }}
             http {{ access_log off; server_tokens off; absolute_redirect on; port_in_redirect off;
                server_names_hash_bucket_size 128; {paths} {} }}",
            self.servers
        );
        let path = self.dir.path().join("nginx.conf");
        std::fs::write(&path, config).unwrap();
        let child = spawn(&path);
        wait_for(self.https);
        let mut network = Network::default();
        network.only_routed = true;
        network.extra_roots = vec![self.authority.root_pem()];
        for name in &self.names {
            for (port, real) in [(80, self.http), (443, self.https)] {
                let to = SocketAddr::from((Ipv4Addr::LOCALHOST, real));
                network.routes.push(Route::new(name, port, to));
            }
        }
        Running { child, network, _dir: self.dir }
    }
}

impl Running {
    pub(crate) fn context(&self) -> Context {
        // When the lab's certificates are valid.
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        Context::new().with_clock(Clock::fixed(now)).with_network(self.network.clone())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(config: &Path) -> Child {
    let mut nginx = Command::new("nginx");
    nginx.arg("-c").arg(config).arg("-p").arg(config.parent().unwrap());
    nginx.stdout(Stdio::null()).spawn().expect("nginx is installed")
}

#[allow(clippy::disallowed_methods, reason = "a test that waits for a server of its own")]
fn wait_for(port: u16) {
    for _ in 0..200 {
        if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return;
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    panic!("nginx does not listen");
}

fn pem(kind: &str, der: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in der.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let index = (group >> (18 - 6 * digit) & 63) as usize;
            text.push(if digit <= chunk.len() { char::from(ALPHABET[index]) } else { '=' });
        }
        if text.len() % 65 == 64 {
            text.push('\n');
        }
    }
    format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n", text.trim_end())
}
