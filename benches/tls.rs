//! TLS against its limits and its peers, everything 100 ms away: `cargo bench --bench tls`.
//!
//! Each line is a goal and what was measured. sslyze is installed from PyPI into a folder of its own
//! below the target directory, testssl.sh is taken if it is there (Debian's package of that name);
//! both look at the same server in the same run. `-- --without-peers` leaves them out, which takes
//! seconds instead of many minutes.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use launch_ready::core::{Clock, Context, Limits, Network, Route};
use launch_ready::tls::TlsCheck;
use lr_lab::{Lab, Port, Site};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};

const ROUND_TRIP: Duration = Duration::from_millis(100);
const RUNS: usize = 7;
const HOSTS: [&str; 4] = ["shop.test", "www.shop.test", "app.shop.test", "api.shop.test"];

fn main() {
    // All work of ours on this thread, whose processor time is counted; the lab has its own.
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    let sites = HOSTS.iter().map(|host| Site::new(host));
    let lab = sites.fold(Lab::builder().rtt(ROUND_TRIP), |lab, site| lab.site(site));
    let lab = lab.site(Site::new("dead.test").https_port(Port::Silent));
    let lab = runtime.block_on(lab.start()).expect("the lab starts");

    let (one, processor) = inspected(&runtime, &lab, &HOSTS[..1]);
    let limit = ROUND_TRIP * 6 + Duration::from_millis(150);
    goal("one name, two addresses", one, limit, &format!("{:.1} round trips", trips(one)));
    let raw = raw_part(&runtime, &lab);
    let limit = ROUND_TRIP * 2 + Duration::from_millis(80);
    goal("its hellos", raw, limit, &format!("{:.1} round trips", trips(raw)));
    let (four, all_processor) = inspected(&runtime, &lab, &HOSTS);
    let ratio = four.as_secs_f64() / one.as_secs_f64();
    goal(
        "four names, two addresses each",
        four,
        one.mul_f64(1.3),
        &format!("{ratio:.2} times one"),
    );
    let limit = Duration::from_millis(50);
    goal("processor time of one name", processor, limit, "two addresses");
    goal("processor time of four names, each", all_processor / 4, limit, "");
    dead(&runtime, &lab);

    if std::env::args().any(|argument| argument == "--without-peers") {
        return;
    }
    peers(&runtime, &lab);
}

fn trips(time: Duration) -> f64 {
    time.as_secs_f64() / ROUND_TRIP.as_secs_f64()
}

fn goal(what: &str, measured: Duration, limit: Duration, note: &str) {
    let mark = if measured <= limit { "met   " } else { "MISSED" };
    println!("{mark} {what}: {measured:.0?} of {limit:.0?} {note}");
}

/// Median wall and processor time of whole inspections and their judgement.
fn inspected(runtime: &Runtime, lab: &Lab, hosts: &[&str]) -> (Duration, Duration) {
    let mut wall = Vec::new();
    let mut processor = Vec::new();
    for _ in 0..RUNS {
        // A context of its own each time: nothing is remembered from the last run.
        let (check, cx) = (TlsCheck::new(hosts.iter().copied()), lab.context());
        let (started, before) = (Instant::now(), processor_time());
        let run = runtime.block_on(launch_ready::core::run(&check, &cx));
        processor.push(processor_time().saturating_sub(before));
        wall.push(started.elapsed());
        assert_eq!(run.error, None);
    }
    (median(wall), median(processor))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// What this thread has used, by the scheduler's books (Linux); zero elsewhere.
fn processor_time() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let used = text.split(' ').next().and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(used.unwrap_or(0))
}

/// From the first connection to the end of the last hello that was answered, as a proxy sees it.
/// Who sends a hello of ours says nothing more before it closes the connection.
fn raw_part(runtime: &Runtime, lab: &Lab) -> Duration {
    let server = lab.real(HOSTS[0], 443).expect("the site has an address");
    let times = (0..RUNS).map(|_| {
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
            let proxy = listener.local_addr().expect("it is bound");
            let seen = Arc::new(Mutex::new(Vec::new()));
            let told = Arc::clone(&seen);
            let accepting = tokio::spawn(async move {
                while let Ok((client, _)) = listener.accept().await {
                    tokio::spawn(forward(client, server, Arc::clone(&told)));
                }
            });
            let cx = routed(lab, HOSTS[0], 443, proxy);
            launch_ready::core::run(&TlsCheck::new([HOSTS[0]]), &cx).await;
            tokio::time::sleep(ROUND_TRIP).await;
            accepting.abort();
            let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            let first = seen.iter().map(|(begin, _, _)| *begin).min().expect("there are some");
            // What is asked after the first answers is another two round trips, and not among these.
            let hellos = seen
                .iter()
                .filter(|(begin, _, raw)| *raw && begin.duration_since(first) < ROUND_TRIP);
            hellos.map(|(_, end, _)| end.duration_since(first)).max().expect("there are hellos")
        })
    });
    median(times.collect())
}

type Passed = Arc<Mutex<Vec<(Instant, Instant, bool)>>>;

async fn forward(mut client: TcpStream, server: SocketAddr, seen: Passed) -> Option<()> {
    let begin = Instant::now();
    #[allow(clippy::disallowed_methods, reason = "the lab's own address")]
    let mut server = TcpStream::connect(server).await.ok()?;
    let (mut up, mut down) = ([0; 16 << 10], [0; 16 << 10]);
    let mut records = 0;
    loop {
        tokio::select! {
            read = client.read(&mut up) => match read {
                Ok(read) if read > 0 => {
                    records += 1;
                    server.write_all(&up[..read]).await.ok()?;
                }
                _ => break,
            },
            read = server.read(&mut down) => match read {
                Ok(read) if read > 0 => client.write_all(&down[..read]).await.ok()?,
                _ => break,
            },
        }
    }
    let passed = (begin, Instant::now(), records == 1);
    seen.lock().unwrap_or_else(PoisonError::into_inner).push(passed);
    Some(())
}

fn routed(lab: &Lab, host: &str, port: u16, to: SocketAddr) -> Context {
    let mut network = Network::default();
    network.routes = vec![Route::new(host, port, to)];
    network.extra_roots = vec![lab.ca_pem()];
    network.only_routed = true;
    Context::new().with_network(network).with_clock(Clock::fixed(lab.now()))
}

/// A host that says nothing costs one timeout.
fn dead(runtime: &Runtime, lab: &Lab) {
    let mut limits = Limits::within(Duration::from_secs(20));
    limits.exchange = Duration::from_secs(2);
    let cx = lab.context().with_limits(limits);
    let started = Instant::now();
    runtime.block_on(launch_ready::core::run(&TlsCheck::new(["dead.test"]), &cx));
    // The name is asked for first.
    let limit = limits.exchange + ROUND_TRIP * 2 + Duration::from_millis(150);
    goal("a dead host", started.elapsed(), limit, "one timeout of 2 s");
}

fn peers(runtime: &Runtime, lab: &Lab) {
    let server = lab.real(HOSTS[0], 443).expect("the site has an address");
    let port = server.port();
    let times = (0..RUNS).map(|_| {
        let check = TlsCheck::new([format!("{}:{port}", HOSTS[0])]);
        let cx = routed(lab, HOSTS[0], port, server);
        let started = Instant::now();
        let run = runtime.block_on(launch_ready::core::run(&check, &cx));
        assert_eq!(run.error, None);
        started.elapsed()
    });
    let ours = median(times.collect());
    println!("       one address: {ours:.0?}");
    match sslyze() {
        Err(why) => println!("       sslyze is left out: {why}"),
        Ok(program) => {
            let target = format!("{}:{port}{{127.0.0.1}}", HOSTS[0]);
            against("sslyze", Command::new(program).arg(target), ours, 20.0);
        }
    }
    let names = ["testssl", "testssl.sh"];
    let found = names.into_iter().find(|name| quiet(Command::new(name).arg("--version")));
    match found {
        None => println!("       testssl.sh is left out: install Debian's package of that name"),
        Some(name) => {
            let mut command = Command::new(name);
            command.args(["--quiet", "--color", "0", "--warnings", "off", "--ip", "127.0.0.1"]);
            against("testssl.sh", command.arg(format!("{}:{port}", HOSTS[0])), ours, 300.0);
        }
    }
}

fn against(name: &str, command: &mut Command, ours: Duration, wanted: f64) {
    let started = Instant::now();
    // Whatever they think of the server, which nobody outside trusts.
    let ran = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let theirs = started.elapsed();
    if ran.is_err() {
        return println!("       {name} is left out: it does not start");
    }
    let ratio = theirs.as_secs_f64() / ours.as_secs_f64();
    let mark = if ratio >= wanted { "met   " } else { "MISSED" };
    println!("{mark} {name}: {theirs:.1?}, {ratio:.0} times ours, of {wanted:.0}");
}

fn quiet(command: &mut Command) -> bool {
    let command = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// sslyze in a folder of its own; why not, if it cannot be had.
fn sslyze() -> Result<PathBuf, String> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("sslyze");
    let program = folder.join("bin/sslyze");
    if !program.exists() {
        if !quiet(Command::new("python3").args(["-m", "venv"]).arg(&folder)) {
            return Err("python3 cannot make a virtual environment".into());
        }
        let pip = folder.join("bin/pip");
        if !quiet(Command::new(pip).args(["install", "--quiet", "sslyze"])) {
            return Err("pip cannot install it".into());
        }
    }
    Ok(program)
}
