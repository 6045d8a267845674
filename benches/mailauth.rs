//! A whole inspection of a domain at a distance, and the parsers on one core: `cargo bench --bench mailauth`.
//!
//! The limits: at 30 ms a round trip a clean domain takes 0.25 s and 30 questions, one with ten SPF
//! lookups 0.35 s and 45, and none is asked twice; the parsers read 100 MB/s. Where Python and PyPI
//! are at hand, checkdmarc looks at the same domains in the same lab, and the ratio is printed.

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use launch_ready::mailauth::{MailAuthCheck, dmarc, spf};
use launch_ready_benches::{RoundTrips, far_away, in_round_trips};
use lr_lab::{Lab, Transport, Zone, demo};
use tokio::runtime::Runtime;

fn inspection(criterion: &mut Criterion<RoundTrips>) {
    let runtime = Runtime::new().expect("a runtime starts");
    let lab = far_away(&runtime, demo::healthy());
    let check = MailAuthCheck::new(demo::DOMAIN);
    criterion.bench_function("mailauth/inspection", |bencher| {
        bencher.iter(|| {
            // A context of its own each time: nothing is remembered from the last run.
            let run = runtime.block_on(launch_ready::core::run(&check, &lab.context()));
            assert_eq!(run.error, None);
        });
    });
}

/// A domain with everything right, and one whose SPF needs ten lookups.
fn zones() -> [Zone; 3] {
    let record = |spf: &str| {
        format!(
            "@ MX 10 mx
             mx A 11.0.0.25
             @ TXT \"{spf}\"
             _dmarc TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@clean.test\"
             _smtp._tls TXT \"v=TLSRPTv1; rua=mailto:tls@clean.test\"
             default._domainkey TXT \"v=DKIM1; p=\""
        )
    };
    let includes: String = (0..8).map(|at| format!("include:i{at}.senders.test ")).collect();
    let senders: String =
        (0..8).map(|at| format!("i{at} TXT \"v=spf1 ip4:11.1.{at}.0/24 ~all\"\n")).collect();
    [
        Zone::new("clean.test").records(&record("v=spf1 mx -all")),
        Zone::new("ten.test").records(&record(&format!("v=spf1 a mx {includes}-all"))),
        Zone::new("senders.test").records(&senders),
    ]
}

fn distance(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime starts");
    let lab = zones().into_iter().fold(Lab::builder(), |lab, zone| lab.zone(zone));
    let lab = runtime.block_on(lab.rtt(Duration::from_millis(30)).start()).expect("the lab starts");
    let mut group = criterion.benchmark_group("mailauth/at-30-ms");
    group.sample_size(10);
    let mut ours = BTreeMap::new();
    for (domain, most, limit) in [("clean.test", 30, 250), ("ten.test", 45, 350)] {
        let check = MailAuthCheck::new(domain);
        lab.clear_log();
        let started = Instant::now();
        let run = runtime.block_on(launch_ready::core::run(&check, &lab.context()));
        let (took, asked) = (started.elapsed(), lab.queries().len());
        assert_eq!(run.error, None);
        println!(
            "{domain}: {asked} questions (at most {most}), {} ms (at most {limit})",
            took.as_millis()
        );
        assert!(asked <= most, "{asked} questions");
        let over_udp = lab.queries().into_iter().filter(|query| query.transport == Transport::Udp);
        let pairs: Vec<_> = over_udp.map(|query| (query.name, query.record_type)).collect();
        let distinct: BTreeSet<_> = pairs.iter().collect();
        assert_eq!(distinct.len(), pairs.len(), "a question was asked twice: {pairs:?}");
        ours.insert(domain.to_owned(), (took.as_secs_f64(), asked));
        group.bench_function(domain, |bencher| {
            bencher.iter(|| runtime.block_on(launch_ready::core::run(&check, &lab.context())));
        });
    }
    group.finish();
    match checkdmarc(&lab, &["clean.test", "ten.test"]) {
        Err(why) => println!("checkdmarc was not run: {why}"),
        Ok(theirs) => {
            for (domain, (took, asked)) in theirs {
                let (own, own_asked) = ours[&domain];
                println!(
                    "{domain}: checkdmarc takes {took:.2} s and {asked} questions, we {own:.2} s and \
                     {own_asked}: {:.1} times as long",
                    took / own
                );
            }
        }
    }
}

/// The release that the comparison is with.
const CHECKDMARC: &str = "checkdmarc==6.0.4";

/// Seconds and questions that checkdmarc takes for each domain, or why it cannot be run.
fn checkdmarc(lab: &Lab, domains: &[&str]) -> Result<BTreeMap<String, (f64, usize)>, String> {
    let python = installed(&PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("checkdmarc"))?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("checkdmarc.py");
    let mut all = BTreeMap::new();
    for domain in domains {
        lab.clear_log();
        let port = lab.recursor().port().to_string();
        let output = run(Command::new(&python).arg(&script).args([port.as_str(), *domain]))?;
        let took: BTreeMap<String, f64> =
            serde_json::from_str(output.trim()).map_err(|error| format!("{error}: {output}"))?;
        let asked = lab.queries().len();
        all.extend(took.into_iter().map(|(domain, seconds)| (domain, (seconds, asked))));
    }
    Ok(all)
}

/// The interpreter of an environment with checkdmarc in it.
fn installed(folder: &Path) -> Result<PathBuf, String> {
    let python = folder.join("bin/python");
    if run(Command::new(&python).args(["-c", "import checkdmarc"])).is_err() {
        run(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
        let quiet = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", CHECKDMARC];
        run(Command::new(&python).args(quiet))?;
    }
    Ok(python)
}

/// What a command prints, or why it failed.
fn run(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| error.to_string())?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => {
            let said = String::from_utf8_lossy(&output.stderr);
            Err(said.lines().last().unwrap_or("it failed").to_owned())
        }
    }
}

fn parsers(criterion: &mut Criterion) {
    let spf_record = b"v=spf1 ip4:192.0.2.0/24 ip4:198.51.100.17 ip6:2001:db8:1::/48 a mx:mail.example.com \
        include:_spf.google.com include:spf.protection.outlook.com exists:%{i}._spf.example.com ~all";
    let dmarc_record = b"v=DMARC1; p=reject; sp=quarantine; np=reject; adkim=s; aspf=r; fo=1:d:s; \
        rua=mailto:dmarc-aggregate@example.com,mailto:reports@dmarc.example.net; ruf=mailto:forensic@example.com";
    let mut group = criterion.benchmark_group("mailauth/parse");
    group.throughput(Throughput::Bytes(spf_record.len() as u64));
    group.bench_function("spf", |bencher| bencher.iter(|| spf::parse(black_box(spf_record))));
    group.throughput(Throughput::Bytes(dmarc_record.len() as u64));
    group.bench_function("dmarc", |bencher| bencher.iter(|| dmarc::parse(black_box(dmarc_record))));
    group.finish();
}

criterion_group! { name = benches; config = in_round_trips(); targets = inspection }
criterion_group! {
    name = wall_time;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2));
    targets = parsers, distance
}
criterion_main!(benches, wall_time);
