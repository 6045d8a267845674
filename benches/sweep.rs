//! One record of many names by one server, against NSD on loopback, beside `dnsperf`: CPU time for
//! each question, ours and its own, in the same run: `cargo bench --bench sweep`.
//!
//! Needs `nsd`, and for the comparison `dnsperf`, from Debian's packages; without them it says so. The
//! processor time is that of this thread by the kernel's scheduler, so that a busy machine changes
//! little.

use std::fs;
use std::io::Write;
use std::net::{SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use launch_ready::core::{Context, Network};
use launch_ready::dns::sweep;

const NAMES: usize = 100_000;
const ROUNDS: usize = 5;

fn main() {
    let Some(nsd) = program("nsd") else { return println!("left out: needs nsd") };
    let dir = std::env::temp_dir().join(format!("launch-ready-sweep-{}", std::process::id()));
    fs::create_dir_all(&dir).expect("a folder for NSD");
    let (mut server, at) = serve(&nsd, &dir);
    println!("{NAMES} names, {ROUNDS} rounds; CPU time for each question");
    println!("  before: {} in memory", peak());
    let mut ours = Vec::new();
    let mut theirs = Vec::new();
    for _ in 0..ROUNDS {
        ours.push(by_sweep(at));
        theirs.extend(by_dnsperf(at, &dir));
    }
    let best = |times: &[f64]| times.iter().copied().fold(f64::INFINITY, f64::min);
    println!("sweep    {:>6.2} us", best(&ours));
    if theirs.is_empty() {
        println!("dnsperf  left out: not installed");
    } else {
        println!("dnsperf  {:>6.2} us", best(&theirs));
        println!("ratio    {:>6.2}", best(&ours) / best(&theirs));
    }
    let _ = server.kill();
    let _ = server.wait();
    let _ = fs::remove_dir_all(dir);
}

fn name(number: usize) -> String {
    format!("host{}.shop.test", number % 10_000)
}

fn by_sweep(at: SocketAddr) -> f64 {
    let mut network = Network::default();
    network.nameservers = vec![at];
    let cx = Context::new().with_network(network);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime starts");
    let mut answered = 0;
    let (before, started) = (cpu(), Instant::now());
    let told = |asked: launch_ready::dns::Asked| {
        answered += usize::from(asked.outcome.is_ok_and(|answer| answer.answers.len() == 1));
    };
    runtime.block_on(sweep((0..NAMES).map(name), "A", None, &cx, told)).expect("NSD can be asked");
    let (spent, took) = (cpu() - before, started.elapsed());
    assert_eq!(answered, NAMES);
    let rate = NAMES as f64 / took.as_secs_f64();
    println!("  sweep: {rate:.0} a second, {} at most in memory", peak());
    spent.as_secs_f64() * 1e6 / NAMES as f64
}

/// Time that this thread has spent on a processor.
fn cpu() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux tells");
    let spent = text.split(' ').next().and_then(|text| text.parse().ok());
    Duration::from_nanos(spent.expect("the first word is a number of nanoseconds"))
}

/// The most memory that this process has had.
fn peak() -> String {
    let status = fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.unwrap_or_default().trim().to_owned()
}

/// The time that the shell counts for it.
fn by_dnsperf(at: SocketAddr, dir: &Path) -> Option<f64> {
    let dnsperf = program("dnsperf")?;
    let input = dir.join("names");
    let names: String = (0..NAMES).map(|number| format!("{} A\n", name(number))).collect();
    fs::write(&input, names).ok()?;
    let command = format!(
        "{} -s 127.0.0.1 -p {} -d {} -n 1 -T 1 -c 1 -q 256 >/dev/null 2>&1; times",
        dnsperf.display(),
        at.port(),
        input.display()
    );
    let out = Command::new("bash").arg("-c").arg(command).output().ok()?;
    let text = String::from_utf8(out.stdout).ok()?;
    // The second line is about children: user and system time, as `0m0.512s`.
    let times = text.lines().nth(1)?.split(' ').filter_map(seconds);
    Some(times.sum::<f64>() * 1e6 / NAMES as f64)
}

fn seconds(text: &str) -> Option<f64> {
    let (minutes, rest) = text.split_once('m')?;
    Some(minutes.parse::<f64>().ok()? * 60.0 + rest.strip_suffix('s')?.parse::<f64>().ok()?)
}

fn program(name: &str) -> Option<PathBuf> {
    let folders = ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"];
    folders.iter().map(|folder| Path::new(folder).join(name)).find(|path| path.exists())
}

fn serve(nsd: &Path, dir: &Path) -> (Child, SocketAddr) {
    let at = UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
    let at = at.expect("a port on loopback");
    let mut zone = fs::File::create(dir.join("zone")).expect("a zone file");
    let head = "$ORIGIN shop.test.\n$TTL 300\n@ SOA ns1 h 1 7200 3600 1209600 300\n@ NS ns1\nns1 A 127.0.0.1\n";
    let hosts: String =
        (0..10_000).map(|n| format!("host{n} A 11.0.{}.{}\n", n / 250, n % 250)).collect();
    zone.write_all(head.as_bytes())
        .and_then(|()| zone.write_all(hosts.as_bytes()))
        .expect("a zone");
    let path = dir.display();
    let config = format!(
        "server:\n  ip-address: 127.0.0.1@{}\n  username: \"\"\n  zonesdir: \"{path}\"\n  database: \"\"\n  \
         pidfile: \"{path}/pid\"\n  logfile: \"{path}/log\"\n  xfrdfile: \"{path}/xfrd\"\n  \
         zonelistfile: \"{path}/zones\"\n  server-count: 1\n  rrl-ratelimit: 0\n\
         remote-control:\n  control-enable: no\nzone:\n  name: \"shop.test\"\n  zonefile: \"zone\"\n",
        at.port()
    );
    fs::write(dir.join("conf"), config).expect("a configuration");
    let mut child = Command::new(nsd)
        .args(["-d", "-c"])
        .arg(dir.join("conf"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("NSD starts");
    // It answers when it has read the zone.
    let probe = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    probe.set_read_timeout(Some(Duration::from_millis(100))).expect("a timeout");
    let question = b"\0\x07\0\0\0\x01\0\0\0\0\0\0\x04shop\x04test\0\0\x06\0\x01";
    for _ in 0..100 {
        let _ = probe.send_to(question, at);
        if probe.recv(&mut [0; 512]).is_ok() {
            return (child, at);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let _ = child.kill().and_then(|()| child.wait());
    panic!("NSD does not answer");
}
