//! The monitor as a service runs it: down, alert, restart, up again, figures and deploys.

#![allow(clippy::disallowed_methods, reason = "the monitor's own port is asked directly")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Much longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server of one answer, whose status can change. It keeps what was posted to it.
struct Server {
    address: SocketAddr,
    status: Arc<AtomicU16>,
    posted: Arc<Mutex<Vec<Value>>>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port is free");
        let server = Self {
            address: listener.local_addr().expect("it is bound"),
            status: Arc::new(AtomicU16::new(200)),
            posted: Arc::default(),
        };
        let (status, posted) = (Arc::clone(&server.status), Arc::clone(&server.posted));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if let Some(body) = answer(stream, status.load(Ordering::Relaxed)) {
                    posted.lock().expect("nobody panics with it").push(body);
                }
            }
        });
        server
    }

    fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    fn posted(&self) -> Vec<Value> {
        self.posted.lock().expect("nobody panics with it").clone()
    }
}

/// Answers one request, and gives back its body if that is JSON.
fn answer(stream: TcpStream, status: u16) -> Option<Value> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let reply = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    reader.into_inner().write_all(reply.as_bytes()).ok()?;
    serde_json::from_slice(&body).ok()
}

/// The program, and the lines that it writes.
struct Monitor {
    child: Child,
    lines: Receiver<Value>,
}

impl Monitor {
    fn start(arguments: &[&str]) -> Self {
        let mut path = std::env::current_exe().expect("a test runs from a file");
        path.pop();
        path.pop();
        path.push("examples");
        path.push("monitor");
        let mut command = Command::new(path);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the example is built beside the tests");
        let output = child.stdout.take().expect("it is piped");
        let (sender, lines): (Sender<Value>, _) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let value = serde_json::from_str(&line).expect("each line is JSON");
                if sender.send(value).is_err() {
                    return;
                }
            }
        });
        Self { child, lines }
    }

    /// The next line about this event; those before it are given back too.
    fn until(&self, event: &str) -> Vec<Value> {
        let mut seen = Vec::new();
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            seen.push(line.unwrap_or_else(|_| panic!("no `{event}` after {seen:?}")));
            if seen.last().is_some_and(|line| line["event"] == event) {
                return seen;
            }
        }
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ask(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("the monitor listens");
    let head = format!("{request} HTTP/1.1\r\nhost: {address}\r\n\r\n");
    stream.write_all(head.as_bytes()).expect("it reads");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("it answers and closes");
    text
}

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < PATIENCE, "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn scratch() -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("monitor");
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).expect("the target folder can be written");
    dir
}

#[test]
fn a_route_goes_down_and_comes_back_across_a_restart() {
    let (route, hook) = (Server::start(), Server::start());
    let state = scratch().join("state.json").display().to_string();
    let listen = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let listen = listen.expect("a loopback port is free");
    let (url, hook_url, listen_text) = (route.url(), hook.url(), listen.to_string());
    let arguments = [
        url.as_str(),
        "--allow-private",
        "--interval",
        "1",
        "--listen",
        &listen_text,
        "--webhook",
        &hook_url,
        "--state",
        &state,
    ];

    let monitor = Monitor::start(&arguments);
    let up = format!("lr_route_up{{route=\"{url}\"}} 1");
    eventually("the port is open", || TcpStream::connect(listen).is_ok());
    eventually("the route is up", || ask(listen, "GET /metrics").contains(&up));
    assert!(ask(listen, "GET /elsewhere").starts_with("HTTP/1.1 404 "));
    assert!(ask(listen, "POST /deploy?v1.2").starts_with("HTTP/1.1 204 "));
    let deploy = monitor.until("deploy");
    assert_eq!(deploy.len(), 1, "nothing else is told of a route that is up: {deploy:?}");
    assert!(ask(listen, "GET /metrics").contains("lr_deploy_timestamp_seconds{name=\"v1.2\"} "));

    route.status.store(503, Ordering::Relaxed);
    let told = monitor.until("down");
    let down = told.last().expect("it is there");
    assert_eq!((down["route"].as_str(), down["places"][0].as_str()), (Some(&*url), Some("here")));
    eventually("the alert is delivered", || hook.posted().contains(down));
    let metrics = ask(listen, "GET /metrics");
    assert!(metrics.contains(&format!("lr_route_up{{route=\"{url}\"}} 0")), "{metrics}");
    eventually("the state is kept", || {
        std::fs::read_to_string(&state).is_ok_and(|kept| kept.contains("\"incident\":{"))
    });
    drop(monitor);

    // In the middle of the incident: what was told is not told again.
    let slack = [&arguments[..], &["--webhook-format", "slack"]].concat();
    let monitor = Monitor::start(&slack);
    eventually("the port is open again", || TcpStream::connect(listen).is_ok());
    std::thread::sleep(Duration::from_millis(2500));
    route.status.store(200, Ordering::Relaxed);
    let told = monitor.until("up");
    assert!(told.iter().all(|line| line["event"] != "down"), "{told:?}");
    assert_eq!(told.last().expect("it is there")["down_since"], down["first_failed_at"]);
    eventually("Slack hears of it", || {
        let texts = hook.posted();
        texts.iter().any(|body| {
            body["text"].as_str().is_some_and(|text| text.contains("is up again"))
                && body["blocks"][0]["type"] == "section"
        })
    });
}
