//! Sends hellos and keeps what comes back.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use lr_net::{Connection, Target as Address};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{sleep, timeout};

use super::Look;
use crate::config::Target;
use crate::probe::plan::{self, FIRST};
use crate::probe::reply::{self, Flight, KeyExchange, MOST_BYTES, Progress};
use crate::probe::{group_name, suites};
use crate::{Answer, Cause, Der, HelloSeen, Obstacle, Probe, ProbeSeen, Version};

/// How often a hello that failed is sent again.
const ROUNDS: u32 = 2;

/// Connections at once to a server that is overburdened.
const GENTLE: usize = 3;

/// A hello, what came back, and the chain in it.
pub(super) struct Asked {
    pub(super) seen: ProbeSeen,
    pub(super) chain: Vec<Der>,
    took: Duration,
    /// A failure that says nothing of the hello: its own before it was answered, or that of an
    /// ordinary one beside it.
    chance: Option<Cause>,
}

/// Everything that hellos show: the first ones all at once, then what they suggest.
pub(super) async fn explore(look: &Look, target: &Target, address: Address) -> Vec<Asked> {
    let ask = Asker { look, target, address };
    let mut asked = ask.all(FIRST.to_vec(), look.per_address, None).await;
    let is_shaky = |one: &Asked| plan::is_shaky(&one.seen);
    let pace = match asked.iter().filter(|one| is_shaky(one)).count() {
        // A dead host costs one timeout, and one that speaks no TLS no more.
        1.. if asked.iter().all(|one| one.seen.answer.hello().is_none()) => return asked,
        0 => look.per_address,
        _ => GENTLE,
    };
    ask.again(&mut asked, ROUNDS, None).await;
    let seen: Vec<_> = asked.iter().map(|one| one.seen.clone()).collect();
    let follow_ups = plan::follow_ups(&seen, look.every_group);
    let known = usual(&asked);
    let mut more = ask.all(follow_ups, pace, known).await;
    ask.again(&mut more, ROUNDS, known).await;
    asked.append(&mut more);
    doubt(&mut asked, &[]);
    asked
}

/// Whether the server copes with hellos of TLS 1.3, and with large ones. Asked where a handshake
/// as browsers make it did not succeed.
pub(super) async fn tolerance(
    look: &Look,
    target: &Target,
    address: Address,
    known: &[Asked],
) -> Vec<Asked> {
    let ask = Asker { look, target, address };
    let took = usual(known);
    let mut asked = ask.all(vec![Probe::Small, Probe::Large], GENTLE, took).await;
    // More depends on it, and a server that answers now and then has more chances to.
    ask.again(&mut asked, ROUNDS + 1, took).await;
    doubt(&mut asked, known);
    asked
}

/// Of a server that fails one time and answers another, no failure means anything, however often it
/// came: every second connection may be refused, and every second hello be the ordinary one.
fn doubt(asked: &mut [Asked], known: &[Asked]) {
    let chances = |slow: bool| {
        let all = known.iter().chain(&*asked).filter_map(|one| one.chance);
        all.filter(|cause| is_slow(*cause) == slow).count()
    };
    // One answer that comes late is chance.
    let (sheds, lags) = (chances(false) > 0, chances(true) > 1);
    for one in asked {
        if let Answer::Failed(obstacle) = &one.seen.answer
            && (sheds && !is_slow(obstacle.cause) || lags && is_slow(obstacle.cause))
        {
            one.seen.again = 0;
        }
    }
}

fn is_slow(cause: Cause) -> bool {
    matches!(cause, Cause::Silent | Cause::Timeout)
}

/// The time that an answer takes: the median.
fn usual<'a>(asked: impl IntoIterator<Item = &'a Asked>) -> Option<Duration> {
    let answered = asked.into_iter().filter(|one| !plan::is_shaky(&one.seen));
    let mut times: Vec<_> = answered.map(|one| one.took).collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}

/// How long a hello is waited for where others take so long: a server that answers in 20 ms is not
/// waited for seconds.
fn patience(usual: Duration) -> Duration {
    usual * 6 + Duration::from_millis(300)
}

/// Asks one address.
struct Asker<'a> {
    look: &'a Look,
    target: &'a Target,
    address: Address,
}

impl Asker<'_> {
    /// Sends hellos, so many at once. Once most are answered, or if it is known how long an answer
    /// takes, the rest is not waited for much longer.
    async fn all(&self, probes: Vec<Probe>, at_once: usize, known: Option<Duration>) -> Vec<Asked> {
        let time = self.look.net.context().exchange_time();
        let started = Instant::now();
        let waves = u32::try_from(probes.len().div_ceil(at_once.max(1))).unwrap_or(u32::MAX);
        let asks = probes.iter().copied().enumerate();
        let asks = asks.map(|(place, probe)| async move { (place, self.one(probe, time).await) });
        let mut asks = stream::iter(asks).buffer_unordered(at_once);
        let mut done: Vec<Option<Asked>> = probes.iter().map(|_| None).collect();
        loop {
            let most = done.iter().flatten().count() * 2 >= probes.len();
            let usual = usual(done.iter().flatten()).filter(|_| most).max(known);
            let left = usual.map(|took| (patience(took) * waves).saturating_sub(started.elapsed()));
            match timeout(left.unwrap_or(Duration::MAX), asks.next()).await {
                Ok(Some((place, asked))) => done[place] = Some(asked),
                Ok(None) | Err(_) => break,
            }
        }
        let silent = |probe| {
            let why = format!("{}: no answer to a hello in time", self.target.host);
            let answer = Answer::Failed(Obstacle::new(Cause::Silent, why));
            let seen = ProbeSeen::new(probe, answer);
            Asked { seen, chain: Vec::new(), took: started.elapsed(), chance: None }
        };
        done.into_iter()
            .zip(&probes)
            .map(|(one, probe)| one.unwrap_or_else(|| silent(*probe)))
            .collect()
    }

    /// Sends hellos that failed for no telling reason once more, slowly and not many at once. That
    /// a hello fails again counts only if an ordinary one is answered right after it.
    async fn again(&self, asked: &mut [Asked], rounds: u32, known: Option<Duration>) {
        let cx = self.look.net.context();
        let usual = usual(&*asked).max(known);
        for round in 1..=rounds {
            let shaky: Vec<_> =
                (0..asked.len()).filter(|place| plan::is_shaky(&asked[*place].seen)).collect();
            let most = cx.exchange_time();
            if shaky.is_empty() || most.is_zero() {
                break;
            }
            let time = usual.map_or(most, patience).min(most);
            sleep((Duration::from_millis(150) * round).min(most / 8)).await;
            let asks = shaky.into_iter().map(|place| {
                let probe = asked[place].seen.probe;
                async move {
                    let (again, control) = match round % 2 {
                        1 => self.before_control(probe, time).await,
                        _ => self.after_control(probe, time).await,
                    };
                    (place, again, control)
                }
            });
            let answers: Vec<_> = stream::iter(asks).buffered(GENTLE).collect().await;
            for (place, again, control) in answers {
                match control {
                    None => {
                        let chance = asked[place].seen.answer.obstacle().map(|one| one.cause);
                        asked[place] = Asked { chance, ..again };
                    }
                    Some(control) if !plan::is_shaky(&control.seen) => asked[place].seen.again += 1,
                    Some(control) => {
                        asked[place].chance = control.seen.answer.obstacle().map(|one| one.cause);
                    }
                }
            }
        }
    }

    /// A hello, and if it fails an ordinary one.
    async fn before_control(&self, probe: Probe, time: Duration) -> (Asked, Option<Asked>) {
        let again = self.one(probe, time).await;
        let control = match plan::is_shaky(&again.seen) {
            true => Some(self.one(Probe::Tls12, time).await),
            false => None,
        };
        (again, control)
    }

    /// The other way round, and twice: a server that refuses every second connection must not seem
    /// to refuse this hello.
    async fn after_control(&self, probe: Probe, time: Duration) -> (Asked, Option<Asked>) {
        let control = self.one(Probe::Tls12, time).await;
        let mut again = self.one(probe, time).await;
        if plan::is_shaky(&again.seen) {
            again = self.one(probe, time).await;
        }
        let control = plan::is_shaky(&again.seen).then_some(control);
        (again, control)
    }

    async fn one(&self, probe: Probe, time: Duration) -> Asked {
        let Self { look, target, address } = *self;
        let started = Instant::now();
        let (answer, chain) = match look.open(target, address).await {
            Ok((connection, _place)) => {
                let hello = plan::bytes(probe, &target.host, look.random());
                // Opening took of the check's time, not of this exchange's.
                let time = time.min(look.net.context().exchange_time());
                exchange(connection, &target.host, probe, &hello, time).await
            }
            Err(obstacle) => (Answer::Failed(obstacle), Vec::new()),
        };
        let seen = ProbeSeen::new(probe, answer);
        Asked { seen, chain, took: started.elapsed(), chance: None }
    }
}

/// How a reading ended before the server had said everything.
enum Stop {
    Time,
    End,
    Broke(std::io::Error),
    Limit,
}

async fn exchange(
    mut connection: Connection,
    host: &str,
    probe: Probe,
    hello: &[u8],
    time: Duration,
) -> (Answer, Vec<Der>) {
    let peer = format!("{host} ({})", connection.address);
    let stream = &mut connection.stream;
    let mut bytes = Vec::new();
    let reading = async {
        if let Err(error) = stream.write_all(hello).await {
            return Some(Stop::Broke(error));
        }
        let mut buffer = vec![0; 16 << 10];
        // Bytes that must have come before it is worth reading again.
        let mut next = 1;
        loop {
            match stream.read(&mut buffer).await {
                Ok(0) => return Some(Stop::End),
                Ok(read) => bytes.extend_from_slice(&buffer[..read]),
                Err(error) => return Some(Stop::Broke(error)),
            }
            if bytes.len() >= next && is_whole(probe, &bytes) {
                return None;
            }
            // One byte at a time must not cost a reading each.
            next = if bytes.len() < 4096 { 1 } else { bytes.len() + bytes.len() / 8 };
            if bytes.len() > MOST_BYTES {
                return Some(Stop::Limit);
            }
        }
    };
    let stop = timeout(time, reading).await.unwrap_or(Some(Stop::Time));
    conclude(probe, &peer, &bytes, stop)
}

fn is_whole(probe: Probe, bytes: &[u8]) -> bool {
    match probe {
        Probe::Ssl2 => reply::speaks_ssl2(bytes).is_some(),
        _ => !matches!(reply::read(bytes), Progress::Partial(_)),
    }
}

impl Answer {
    /// Reads what a server sent in answer to a hello before it closed the connection, and the chain
    /// of certificates in it: DER, end entity first.
    #[must_use]
    pub fn read(probe: Probe, bytes: &[u8]) -> (Self, Vec<Der>) {
        conclude(probe, "the server", bytes, None)
    }
}

fn conclude(probe: Probe, peer: &str, bytes: &[u8], stop: Option<Stop>) -> (Answer, Vec<Der>) {
    let failed = |cause, what: &str| {
        (Answer::Failed(Obstacle::new(cause, format!("{peer}: {what}"))), Vec::new())
    };
    if probe == Probe::Ssl2 {
        match reply::speaks_ssl2(bytes) {
            Some(true) => {
                return (Answer::Hello(Box::new(HelloSeen::new(Version::Ssl2, ""))), Vec::new());
            }
            // It speaks of something else, if only to refuse.
            Some(false) => return (Answer::Alert(70), Vec::new()),
            None => {}
        }
    } else {
        match reply::read(bytes) {
            Progress::Whole(flight) => return hello(peer, flight),
            Progress::Alert(_, flight) | Progress::Partial(flight) if flight.hello.is_some() => {
                return hello(peer, flight);
            }
            Progress::Alert(alert, _) => return (Answer::Alert(alert), Vec::new()),
            Progress::NotTls => return failed(Cause::NotTls, "the answer is not TLS"),
            Progress::Broken(why) => return failed(Cause::Broken, why),
            Progress::Partial(_) => {}
        }
    }
    match stop {
        Some(Stop::Time) => failed(Cause::Silent, "no answer to a hello in time"),
        Some(Stop::Limit) => failed(Cause::Broken, "the answer does not end"),
        Some(Stop::Broke(error)) if error.kind() == ErrorKind::ConnectionReset => {
            failed(Cause::Reset, "the connection is reset")
        }
        Some(Stop::Broke(error)) => failed(Cause::Reset, &format!("the connection broke: {error}")),
        Some(Stop::End) | None => failed(Cause::Closed, "the server closes the connection"),
    }
}

fn hello(peer: &str, flight: Flight) -> (Answer, Vec<Der>) {
    let Flight { hello: Some(hello), chain, staple, client_certificate, key_exchange } = flight
    else {
        let what = format!("{peer}: there is no ServerHello");
        return (Answer::Failed(Obstacle::new(Cause::Broken, what)), Vec::new());
    };
    let version = match hello.version {
        0x0300 => Version::Ssl3,
        0x0301 => Version::Tls10,
        0x0302 => Version::Tls11,
        0x0303 => Version::Tls12,
        0x0304 => Version::Tls13,
        other => {
            let what = format!("{peer}: the server chose the unknown version 0x{other:04x}");
            return (Answer::Failed(Obstacle::new(Cause::Broken, what)), Vec::new());
        }
    };
    let (dh_bits, curve) = match key_exchange {
        Some(KeyExchange::FiniteField(bits)) => (Some(bits), None),
        Some(KeyExchange::Curve(curve)) => (None, Some(curve)),
        None => (None, None),
    };
    let seen = HelloSeen {
        version,
        suite: suites::name(hello.suite),
        compressed: hello.compression != 0,
        group: hello.group.or(curve).map(group_name),
        dh_bits,
        alpn: hello.alpn,
        staple,
        client_certificate,
        secure_renegotiation: hello.extensions.contains(&0xff01),
        extended_master_secret: hello.extensions.contains(&23),
        timestamps: hello.timestamps,
        chain: None,
    };
    (Answer::Hello(Box::new(seen)), chain)
}
