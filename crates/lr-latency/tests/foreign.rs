//! packages: nginx-light
//!
//! A server that is not ours: every request is accounted for, by nginx's own log too.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic like tests")]
#![allow(clippy::disallowed_methods, reason = "whether nginx listens is asked directly")]

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use lr_core::{Context, Network};
use lr_latency::{Endpoint, FailKind, LatencyConfig, Measurement, Mode, Sampling, inspect};

struct Nginx {
    child: Child,
    port: u16,
    log: PathBuf,
}

impl Nginx {
    fn start(name: &str) -> Self {
        let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let here = dir.display();
        let config = format!(
            "daemon off; master_process off; pid {here}/pid; error_log {here}/error.log;\n\
             events {{ worker_connections 1024; }}\n\
             http {{ log_format plain '$status $request_uri';\n\
             access_log {here}/access.log plain; client_body_temp_path {here}/b;\n\
             proxy_temp_path {here}/p; fastcgi_temp_path {here}/f; uwsgi_temp_path {here}/u;\n\
             scgi_temp_path {here}/s; server {{ listen 127.0.0.1:{port};\n\
             location / {{ return 200 \"hello\"; }} location /broken {{ return 503; }}\n\
             location /close {{ keepalive_timeout 0; return 200 \"bye\"; }} }} }}\n"
        );
        std::fs::write(dir.join("nginx.conf"), config).unwrap();
        let child = Command::new("nginx")
            .args(["-p", dir.to_str().unwrap(), "-c", dir.join("nginx.conf").to_str().unwrap()])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let nginx = Self { child, port, log: dir.join("access.log") };
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(started.elapsed() < Duration::from_secs(30), "nginx does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        nginx
    }

    fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Requests that it has answered, once its log knows of this many: it writes a line after it has
    /// sent the answer.
    fn answered(&self, expected: u64) -> u64 {
        let started = Instant::now();
        loop {
            let lines = std::fs::read_to_string(&self.log).unwrap().lines().count() as u64;
            if lines >= expected || started.elapsed() > Duration::from_secs(10) {
                return lines;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        self.stop();
    }
}

async fn measured(port: u16, path: &str, sampling: Sampling) -> Measurement {
    let mut network = Network::default();
    network.allow_private = true;
    let cx = Context::new().with_network(network);
    let endpoint = Endpoint::new(format!("http://127.0.0.1:{port}{path}"));
    let config = LatencyConfig::new([endpoint]).sampling(sampling);
    let [seen] = inspect(&config, &cx).await.unwrap().endpoints.try_into().unwrap();
    assert_eq!(seen.attempted, seen.ok + seen.failed_in_all() + seen.unfinished, "{seen:#?}");
    seen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs nginx from Debian's packages"]
async fn nginx_has_answered_what_was_counted() {
    let nginx = Nginx::start("latency-counted");
    let open = Sampling::default().requests(300).per_second(200);
    let seen = measured(nginx.port, "/", open).await;
    assert_eq!((seen.attempted, seen.ok, nginx.answered(300)), (300, 300, 300));
    let closed = open.mode(Mode::Closed).per_second(10_000).concurrency(5);
    let seen = measured(nginx.port, "/close", closed).await;
    assert_eq!((seen.ok, seen.connections.opened, nginx.answered(600)), (300, 300, 600));
    let seen = measured(nginx.port, "/broken", open).await;
    assert_eq!(seen.failed, [(FailKind::Status(503), seen.attempted)].into());
    let all = 600 + seen.attempted;
    assert_eq!(nginx.answered(all), all);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs nginx from Debian's packages"]
async fn nothing_is_lost_when_nginx_dies_halfway() {
    let mut nginx = Nginx::start("latency-dies");
    let port = nginx.port;
    let sampling = Sampling::lasting(Duration::from_secs(2)).per_second(200);
    let dying = async {
        tokio::time::sleep(Duration::from_millis(1000)).await;
        nginx.stop();
    };
    let (seen, ()) = tokio::join!(measured(port, "/", sampling), dying);
    let kinds = [FailKind::Refused, FailKind::BrokenOff, FailKind::Connect];
    assert!(seen.ok > 0 && seen.failed.keys().all(|kind| kinds.contains(kind)), "{seen:#?}");
    assert!(seen.failed.contains_key(&FailKind::Refused), "{seen:#?}");
    // What it answered in its last moment may not have come through; or it came through, and nginx was
    // killed before it wrote that down: one answer at most, since it is one process.
    let broken = seen.failed.get(&FailKind::BrokenOff).copied().unwrap_or(0);
    let answered = nginx.answered(0);
    assert!((seen.ok - 1..=seen.ok + broken).contains(&answered), "{answered}: {seen:#?}");
}
