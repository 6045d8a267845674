//! Watches routes and tells when they are down:
//! `cargo run --release --example monitor -- https://example.com/ --webhook https://hooks.example.com/x`.
//!
//! Every alert is a line of JSON on standard output. `GET /metrics` on the port of `--listen` has
//! the figures for Prometheus, and `POST /deploy?NAME` there marks a deploy among the alerts.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clap::ValueEnum;
use cli::{Args, Common, Failure};
use launch_ready::core::{Clock, Network, Timestamp};
use launch_ready::latency::uptime::{
    Event, Monitor, Sample, Settings, generic_webhook, prometheus, slack_message,
};
use launch_ready::net::{BodyEnd, Net, Request, Url};
use launch_ready::web_url;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

/// Are the main routes up, every minute of the day?
#[derive(clap::Args, Clone, Debug)]
struct Flags {
    /// From one check of a route to the next, in seconds
    #[arg(long, value_name = "SECS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    interval: u64,

    /// Where to serve /metrics
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:9187")]
    listen: SocketAddr,

    /// The name of this place
    #[arg(long, default_value = "here")]
    place: String,

    /// Share of checks that must be good
    #[arg(long, default_value_t = 0.999)]
    objective: f64,

    /// Where to post alerts, besides standard output
    #[arg(long, value_name = "URL")]
    webhook: Option<String>,

    /// What to post there
    #[arg(long, value_enum, default_value_t = Body::Generic)]
    webhook_format: Body,

    /// Keep what is known here, so that a restart alerts nobody twice
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Body {
    Generic,
    Slack,
}

fn main() -> ExitCode {
    cli::command(async |args: Args<Flags>| watch(args.common, args.flags).await)
}

/// What all tasks share.
struct Watch {
    common: Common,
    flags: Flags,
    clock: Clock,
    monitors: Mutex<Vec<Monitor>>,
}

async fn watch(common: Common, flags: Flags) -> Result<ExitCode, Failure> {
    if common.targets.is_empty() {
        return Err(Failure("no route: name one or more URLs".into()));
    }
    let routes = common.targets.iter().map(|target| Ok(web_url(target)?));
    let routes: Vec<Url> = routes.collect::<Result<_, Failure>>()?;
    let listener = TcpListener::bind(flags.listen).await?;
    let mut monitors = kept(flags.state.as_deref())?;
    monitors.retain(|monitor| routes.iter().any(|url| url.as_str() == monitor.route()));
    for url in &routes {
        if !monitors.iter().any(|monitor| monitor.route() == url.as_str()) {
            monitors.push(Monitor::new(url.as_str(), &[&flags.place], settings(&flags)));
        }
    }
    let clock = common.now.map_or_else(Clock::system, Clock::fixed);
    let watch = Arc::new(Watch { common, flags, clock, monitors: Mutex::new(monitors) });
    for url in routes {
        tokio::spawn(check_for_ever(Arc::clone(&watch), url));
    }
    tokio::spawn(serve(Arc::clone(&watch), listener));
    tokio::signal::ctrl_c().await?;
    watch.keep()?;
    Ok(ExitCode::SUCCESS)
}

fn settings(flags: &Flags) -> Settings {
    let mut settings = Settings::default();
    settings.interval_ms = flags.interval * 1000;
    settings.confirm_ms = settings.confirm_ms.min(settings.interval_ms / 2);
    settings.stale_ms = settings.interval_ms * 3;
    settings.objective = flags.objective;
    settings
}

fn kept(path: Option<&Path>) -> Result<Vec<Monitor>, Failure> {
    match path.map(std::fs::read_to_string) {
        Some(Ok(text)) => Ok(serde_json::from_str(&text)?),
        Some(Err(error)) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(Vec::new()),
    }
}

async fn check_for_ever(watch: Arc<Watch>, url: Url) {
    // Many routes must not all be asked at once.
    let offset = watch.of(&url, |monitor| monitor.offset_ms()).unwrap_or_default();
    sleep(Duration::from_millis(offset % 1000)).await;
    loop {
        let at = watch.clock.now();
        let took = check(&watch, &url).await;
        let sample = match took {
            Some(took) => Sample::good(at, 0, u64::try_from(took.as_micros()).unwrap_or(u64::MAX)),
            None => Sample::failed(at, 0),
        };
        let events = watch.of(&url, |monitor| monitor.observe(&sample)).unwrap_or_default();
        for event in events {
            println!("{}", generic_webhook(&event));
            // Checks go on while a receiver is slow.
            let watch = Arc::clone(&watch);
            tokio::spawn(async move { watch.deliver(&event).await });
        }
        if let Err(failure) = watch.keep() {
            eprintln!("error: {failure}");
        }
        let due = watch.of(&url, |monitor| monitor.next_due()).flatten();
        let wait = due.map_or(Duration::from_secs(1), |(_, due)| due.since(watch.clock.now()));
        sleep(wait.max(Duration::from_millis(200))).await;
    }
}

/// One request on a fresh connection, with nothing remembered from the one before. Redirects are
/// good answers.
async fn check(watch: &Watch, url: &Url) -> Option<Duration> {
    let cx = watch.common.context(Network::default(), watch.clock.clone()).ok()?;
    let exchange = Net::of(&cx).ok()?.fetch(&Request::get(url.clone())).await.ok()?;
    let whole = matches!(exchange.end, BodyEnd::Complete | BodyEnd::Limit);
    (exchange.status < 400 && whole).then_some(exchange.timing.total)
}

impl Watch {
    fn monitors(&self) -> MutexGuard<'_, Vec<Monitor>> {
        self.monitors.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of<T>(&self, url: &Url, ask: impl FnOnce(&mut Monitor) -> T) -> Option<T> {
        self.monitors().iter_mut().find(|monitor| monitor.route() == url.as_str()).map(ask)
    }

    async fn deliver(&self, event: &Event) {
        let body = match self.flags.webhook_format {
            Body::Generic => generic_webhook(event),
            Body::Slack => slack_message(event),
        };
        let Some(Ok(url)) = self.flags.webhook.as_deref().map(web_url) else { return };
        let mut request = Request::get(url);
        request.method = "POST".into();
        request.headers.push(("content-type".into(), "application/json".into()));
        request.body = body.into();
        for wait in [0, 1, 5, 25] {
            // The identity of the event lets the receiver drop what comes twice.
            sleep(Duration::from_secs(wait)).await;
            let Ok(cx) = self.common.context(Network::default(), self.clock.clone()) else {
                return;
            };
            let Ok(net) = Net::of(&cx) else { return };
            if net.fetch(&request).await.is_ok_and(|exchange| exchange.status < 300) {
                return;
            }
        }
        eprintln!("error: {} could not be delivered", event.id);
    }

    fn keep(&self) -> Result<(), Failure> {
        let Some(path) = &self.flags.state else { return Ok(()) };
        let text = serde_json::to_string(&*self.monitors())?;
        // A crash in between leaves the old state whole.
        let beside = path.with_extension("new");
        std::fs::write(&beside, text)?;
        Ok(std::fs::rename(&beside, path)?)
    }
}

async fn serve(watch: Arc<Watch>, listener: TcpListener) {
    let mut deploys = Deploys::default();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            sleep(Duration::from_millis(50)).await;
            continue;
        };
        let answered = answer(&watch, &mut deploys, stream);
        // Whoever is slow must not keep the others from asking.
        let _ = timeout(Duration::from_secs(2), answered).await;
    }
}

/// The latest deploys, as an annotation beside the figures.
#[derive(Default)]
struct Deploys(Vec<(String, Timestamp)>);

async fn answer(
    watch: &Watch,
    deploys: &mut Deploys,
    mut stream: TcpStream,
) -> std::io::Result<()> {
    let mut head = Vec::with_capacity(1024);
    while !head.windows(4).any(|end| end == b"\r\n\r\n") && head.len() < 8192 {
        if stream.read_buf(&mut head).await? == 0 {
            return Ok(());
        }
    }
    let head = String::from_utf8_lossy(&head);
    let line = head.lines().next().unwrap_or_default();
    let (status, body) = if line.starts_with("GET /metrics ") {
        let now = watch.clock.now();
        ("200 OK", prometheus(&watch.monitors(), now) + &deploys.metrics())
    } else if let Some(name) = line.strip_prefix("POST /deploy?") {
        let name = name.split(' ').next().unwrap_or_default();
        deploys.mark(name, watch.clock.now());
        ("204 No Content", String::new())
    } else {
        ("404 Not Found", "there are /metrics and /deploy?NAME\n".to_owned())
    };
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/plain; version=0.0.4\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).await?;
    stream.shutdown().await
}

impl Deploys {
    const KEPT: usize = 20;

    fn mark(&mut self, name: &str, at: Timestamp) {
        let plain = |c: &char| c.is_ascii_alphanumeric() || "-_.+".contains(*c);
        let name: String = name.chars().filter(plain).take(64).collect();
        println!("{}", serde_json::json!({"event": "deploy", "at": at, "name": name}));
        self.0.retain(|(known, _)| *known != name);
        self.0.push((name, at));
        let old = self.0.len().saturating_sub(Self::KEPT);
        self.0.drain(..old);
    }

    fn metrics(&self) -> String {
        let line = |(name, at): &(String, Timestamp)| {
            format!("lr_deploy_timestamp_seconds{{name=\"{name}\"}} {}\n", at.unix())
        };
        let lines: String = self.0.iter().map(line).collect();
        format!(
            "# HELP lr_deploy_timestamp_seconds when something was deployed\n# TYPE lr_deploy_timestamp_seconds gauge\n{lines}"
        )
    }
}
