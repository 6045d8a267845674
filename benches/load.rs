//! What measuring costs: `cargo bench --bench load`.
//!
//! - CPU per request against wrk, both with twenty connections to the same nginx, in turn and by
//!   one thread each (Debian's packages `wrk` and `nginx-light`; left out where they are missing).
//! - A minute's checks of 100,000 monitors, each of which has three days behind it.
//! - Five endpoints, measured and judged at a distance.
//!
//! Ratios within one run mean the same on a busy machine; the other figures want a quiet one.

#![allow(clippy::print_stdout, reason = "the figures are what it is for")]
#![allow(
    clippy::disallowed_methods,
    reason = "whether a server of its own listens is asked directly"
)]

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use launch_ready::core::{Context, Limits, Network, Timestamp};
use launch_ready::latency::uptime::{Monitor, Sample, Settings};
use launch_ready::latency::{Endpoint, LatencyCheck, LatencyConfig, Mode, Sampling, inspect};
use launch_ready_benches::ROUND_TRIP;
use lr_lab::{Lab, Reply, Site};
use tokio::runtime::{Builder, Runtime};

fn main() {
    cost();
    monitors();
    five_endpoints();
}

const CONNECTIONS: usize = 20;
const LASTING: Duration = Duration::from_secs(4);

fn cost() {
    let Some(nginx) = Nginx::start() else {
        println!("CPU per request: nginx is missing, left out");
        return;
    };
    let mut ratios = Vec::new();
    for _ in 0..5 {
        let Some(wrk) = wrk(&nginx.url) else {
            println!("CPU per request: wrk is missing, left out");
            return;
        };
        let ours = ours(&nginx.url);
        println!("CPU per request: wrk {wrk:.1} us, here {ours:.1} us, {:.2} times", ours / wrk);
        ratios.push(ours / wrk);
    }
    ratios.sort_by(f64::total_cmp);
    println!("CPU per request: {:.2} times wrk's (median of {})", ratios[2], ratios.len());
}

/// Microseconds of CPU per request.
fn wrk(url: &str) -> Option<f64> {
    let before = cpu_of_children();
    let seconds = format!("{}s", LASTING.as_secs());
    let connections = CONNECTIONS.to_string();
    let arguments = ["-t1", "-c", &connections, "-d", &seconds, url];
    let output = Command::new("wrk").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let requests: f64 = text
        .lines()
        .find_map(|line| line.trim().split_once(" requests in "))
        .and_then(|(count, _)| count.parse().ok())?;
    Some((cpu_of_children() - before) * 1e6 / requests)
}

fn ours(url: &str) -> f64 {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    let mut network = Network::default();
    network.allow_private = true;
    let cx = Context::new().with_network(network).with_limits(Limits::within(LASTING * 4));
    let sampling = Sampling::lasting(LASTING).mode(Mode::Closed).per_second(u32::MAX);
    let sampling = sampling.concurrency(CONNECTIONS);
    let config = LatencyConfig::new([Endpoint::new(url)]).sampling(sampling);
    let before = cpu_of_this();
    let snapshot = runtime.block_on(inspect(&config, &cx)).expect("the configuration is good");
    let used = cpu_of_this() - before;
    let seen = &snapshot.endpoints[0];
    assert_eq!(seen.attempted, seen.ok, "{:?} {:?}", seen.failed, seen.first_failure);
    used * 1e6 / seen.ok as f64
}

/// Seconds of CPU: of this process, and of those it has waited for (`man 5 proc`, fields 14 to 17
/// in ticks of a hundredth).
fn cpu() -> [f64; 4] {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux has it");
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: Vec<f64> =
        after_name.split_whitespace().skip(11).take(4).map(|t| t.parse().unwrap_or(0.0)).collect();
    [ticks[0], ticks[1], ticks[2], ticks[3]].map(|ticks| ticks / 100.0)
}

fn cpu_of_this() -> f64 {
    let [user, system, ..] = cpu();
    user + system
}

fn cpu_of_children() -> f64 {
    let [.., user, system] = cpu();
    user + system
}

struct Nginx {
    child: Child,
    url: String,
}

impl Nginx {
    fn start() -> Option<Self> {
        let port = TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("nginx");
        std::fs::create_dir_all(&dir).ok()?;
        let config = dir.join("nginx.conf");
        let here = dir.display();
        let text = format!(
            "daemon off; master_process off; pid {here}/pid; error_log {here}/error.log;\n\
             events {{ worker_connections 1024; }}\n\
             http {{ access_log off; keepalive_requests 100000000; client_body_temp_path {here}/b;\n\
             proxy_temp_path {here}/p; fastcgi_temp_path {here}/f; uwsgi_temp_path {here}/u;\n\
             scgi_temp_path {here}/s;\n\
             server {{ listen 127.0.0.1:{port}; location / {{ return 200 \"hello\"; }} }} }}\n"
        );
        std::fs::write(&config, text).ok()?;
        let child = Command::new("nginx")
            .args(["-p", dir.to_str()?, "-c", config.to_str()?])
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let nginx = Self { child, url: format!("http://127.0.0.1:{port}/") };
        let started = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            if started.elapsed() > Duration::from_secs(10) {
                return None;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(nginx)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn monitors() {
    const MONITORS: i64 = 1000;
    const HISTORY: i64 = 3 * 24 * 60;
    const MINUTES: i64 = 100;
    let at = |minute: i64| Timestamp::from_unix(1_795_262_400 + minute * 60);
    let check = |minute: i64, number: i64| match (minute + number) % 997 {
        0 => Sample::failed(at(minute), 0),
        _ => Sample::good(at(minute), 0, 80_000),
    };
    let mut monitors: Vec<_> = (0..MONITORS)
        .map(|number| {
            let route = format!("https://{number}.test/");
            let mut monitor = Monitor::new(&route, &["here"], Settings::default());
            for minute in 0..HISTORY {
                monitor.observe(&check(minute, number));
            }
            monitor
        })
        .collect();
    let started = Instant::now();
    for minute in HISTORY..HISTORY + MINUTES {
        for (number, monitor) in (0..).zip(&mut monitors) {
            monitor.observe(&check(minute, number));
            std::hint::black_box(monitor.next_due());
        }
    }
    let seconds = started.elapsed().as_secs_f64() * 100_000.0 / (MONITORS * MINUTES) as f64;
    println!("100,000 monitors: a minute of checks takes {seconds:.2} s of one core");
}

fn five_endpoints() {
    let runtime = Runtime::new().expect("a runtime starts");
    let site =
        Site::new("shop.test").prefix("/", Reply::text("hello").after(Duration::from_millis(20)));
    let lab = Lab::builder().site(site).rtt(ROUND_TRIP);
    let lab = runtime.block_on(lab.start()).expect("the lab starts");
    let endpoints = (1..=5).map(|n| Endpoint::new(format!("https://shop.test/{n}")).budget_ms(500));
    let check = LatencyCheck::new(endpoints);
    let started = Instant::now();
    let run = runtime.block_on(launch_ready::core::run(&check, &lab.context()));
    assert_eq!((run.error, run.findings.len()), (None, 0));
    println!("five endpoints: judged in {:.1} s", started.elapsed().as_secs_f64());
}
