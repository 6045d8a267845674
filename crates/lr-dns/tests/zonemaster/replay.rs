//! The recorded servers on loopback, each at a port of its own, and a resolver that asks them.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hickory_proto::op::{Message, MessageType, ResponseCode};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use lr_core::{Context, Limits, Network, Route, Timestamp};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};

use crate::recording::{Question, Said, Scenario, Suite, refers, text};

/// How long a question that nobody recorded is waited for. Nothing is waited for in the usual case,
/// so that a busy machine has time enough for what was.
const PATIENCE: Duration = Duration::from_millis(2500);

/// Servers of a suite that listen.
pub(crate) struct Replay {
    suite: Arc<Suite>,
    routes: Vec<Route>,
}

impl Replay {
    pub(crate) async fn start(suite: Suite) -> Self {
        let suite = Arc::new(suite);
        let mut routes = Vec::new();
        for address in suite.servers.keys().copied() {
            let (udp, tcp) = both().await;
            routes.push(Route::new(&address.to_string(), 53, udp.local_addr().unwrap()));
            tokio::spawn(serve_udp(Arc::clone(&suite), address, udp));
            tokio::spawn(serve_tcp(Arc::clone(&suite), address, tcp));
        }
        Self { suite, routes }
    }

    /// The network as a scenario meets it.
    pub(crate) async fn context(&self, scenario: &Scenario) -> Context {
        let resolver = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let mut network = Network::default();
        network.nameservers = vec![resolver.local_addr().unwrap()];
        network.routes.clone_from(&self.routes);
        network.only_routed = true;
        tokio::spawn(resolve(Arc::clone(&self.suite), scenario.clone(), resolver));
        let mut limits = Limits::default();
        limits.exchange = PATIENCE;
        let now = Timestamp::from_unix(1_709_294_400);
        Context::new()
            .with_network(network)
            .with_limits(limits)
            .with_clock(lr_core::Clock::fixed(now))
    }
}

/// UDP and TCP at one port.
async fn both() -> (UdpSocket, TcpListener) {
    loop {
        let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()).await {
            return (udp, tcp);
        }
    }
}

async fn serve_udp(suite: Arc<Suite>, at: IpAddr, socket: UdpSocket) {
    let mut buffer = vec![0; 4096];
    while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
        if let Some(answer) = answer(&suite, at, &buffer[..length], false) {
            let _ = socket.send_to(&answer, from).await;
        }
    }
}

async fn serve_tcp(suite: Arc<Suite>, at: IpAddr, listener: TcpListener) {
    while let Ok((mut stream, _)) = listener.accept().await {
        let suite = Arc::clone(&suite);
        tokio::spawn(async move {
            let length = stream.read_u16().await.ok()?;
            let mut request = vec![0; length.into()];
            stream.read_exact(&mut request).await.ok()?;
            let Some(answer) = answer(&suite, at, &request, true) else {
                // Open and silent, as a server is that drops questions.
                tokio::time::sleep(PATIENCE).await;
                return None;
            };
            stream.write_u16(u16::try_from(answer.len()).ok()?).await.ok()?;
            stream.write_all(&answer).await.ok()
        });
    }
}

/// The recorded bytes with the id and the spelling of this question; nothing where nothing was
/// recorded.
fn answer(suite: &Suite, at: IpAddr, request: &[u8], tcp: bool) -> Option<Vec<u8>> {
    let asked = Message::from_vec(request).ok()?;
    let query = asked.queries.first()?;
    let question = Question {
        name: text(&query.name),
        rtype: query.query_type.to_string(),
        tcp,
        edns: asked.edns.is_some(),
    };
    let mut bytes = match suite.reply(at, &question) {
        Said::Bytes(bytes) => bytes.to_vec(),
        Said::Referral(mut referral) => {
            referral.metadata.id = asked.metadata.id;
            referral.queries.clone_from(&asked.queries);
            return referral.to_vec().ok();
        }
        Said::Nothing => return None,
        // What says least of what a server can say: it may be over in a moment.
        Said::Unknown => {
            let mut failure =
                Message::new(asked.metadata.id, MessageType::Response, asked.metadata.op_code);
            failure.queries.clone_from(&asked.queries);
            failure.metadata.response_code = ResponseCode::ServFail;
            return failure.to_vec().ok();
        }
    };
    bytes.get_mut(..2)?.copy_from_slice(&request[..2]);
    // Names that are the same but for their letters have the same length.
    let end = 12 + query.name.to_ascii().len().max(1) + 1;
    let own = request.get(12..end)?;
    if bytes.get(12..end)?.eq_ignore_ascii_case(own) {
        bytes[12..end].copy_from_slice(own);
    }
    Some(bytes)
}

/// A resolver for one scenario, which knows nothing but the roots.
async fn resolve(suite: Arc<Suite>, scenario: Scenario, socket: UdpSocket) {
    let mut buffer = vec![0; 4096];
    while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
        let Ok(asked) = Message::from_vec(&buffer[..length]) else { continue };
        let Some(query) = asked.queries.first() else { continue };
        let mut answer =
            Message::new(asked.metadata.id, MessageType::Response, asked.metadata.op_code);
        answer.queries.clone_from(&asked.queries);
        answer.metadata.recursion_available = true;
        let mut walk = Walk { suite: &suite, scenario: &scenario, left: 60 };
        match walk.find(&query.name, query.query_type, 0) {
            Some((code, records)) => {
                answer.metadata.response_code = code;
                answer.answers = records;
            }
            None => answer.metadata.response_code = ResponseCode::ServFail,
        }
        if let Ok(bytes) = answer.to_vec() {
            let _ = socket.send_to(&bytes, from).await;
        }
    }
}

/// One resolution, within the recording.
struct Walk<'a> {
    suite: &'a Suite,
    scenario: &'a Scenario,
    left: usize,
}

impl Walk<'_> {
    fn find(
        &mut self,
        name: &Name,
        rtype: RecordType,
        depth: usize,
    ) -> Option<(ResponseCode, Vec<Record>)> {
        let wanted = text(name);
        let mut servers = self.scenario.roots.clone();
        // What is to be taken for granted is known before anything is asked.
        for (host, addresses) in &self.scenario.delegation {
            if *host == wanted && !addresses.is_empty() {
                return Some((ResponseCode::NoError, given(name, rtype, addresses)));
            }
        }
        let zone = &self.scenario.zone;
        let inside = wanted == *zone || wanted.ends_with(&format!(".{zone}"));
        if inside && !self.scenario.delegation.is_empty() {
            servers = self.given_servers(depth);
        }
        let mut cut = 0;
        while depth < 6 {
            let mut next = None;
            for server in std::mem::take(&mut servers) {
                self.left = self.left.checked_sub(1)?;
                let question = Question {
                    name: wanted.clone(),
                    rtype: rtype.to_string(),
                    tcp: false,
                    edns: false,
                };
                let heard = match self.suite.reply(server, &question) {
                    Said::Bytes(bytes) => Message::from_vec(bytes).ok(),
                    Said::Referral(referral) => Some(referral),
                    Said::Nothing | Said::Unknown => None,
                };
                let Some(message) = heard else { continue };
                let code = message.metadata.response_code;
                if message.metadata.authoritative
                    && matches!(code, ResponseCode::NoError | ResponseCode::NXDomain)
                {
                    return Some((code, self.follow(name, rtype, message, depth)));
                }
                if let Some(lower) = refers(&message, &wanted, cut) {
                    next = Some((lower, message));
                    break;
                }
            }
            let (lower, message) = next?;
            cut = lower;
            servers = self.addresses(&message, depth);
        }
        None
    }

    fn follow(
        &mut self,
        name: &Name,
        rtype: RecordType,
        message: Message,
        depth: usize,
    ) -> Vec<Record> {
        let mut records = message.answers;
        let alias = records.iter().find_map(|record| match &record.data {
            RData::CNAME(target) if record.name == *name => Some(target.0.clone()),
            _ => None,
        });
        let whole = records.iter().any(|record| record.record_type() == rtype);
        if let Some(target) = alias.filter(|_| !whole) {
            records
                .extend(self.find(&target, rtype, depth + 1).into_iter().flat_map(|found| found.1));
        }
        records
    }

    fn given_servers(&mut self, depth: usize) -> Vec<IpAddr> {
        let given = self.scenario.delegation.clone();
        let hosts = given.into_iter().flat_map(|(host, addresses)| match addresses.is_empty() {
            false => addresses,
            true => self.host(&host, depth),
        });
        hosts.collect()
    }

    fn host(&mut self, host: &str, depth: usize) -> Vec<IpAddr> {
        let zone = &self.scenario.zone;
        if *host == *zone || host.ends_with(&format!(".{zone}")) {
            return Vec::new();
        }
        let name = Name::from_ascii(format!("{host}.")).unwrap();
        let found = [RecordType::A, RecordType::AAAA]
            .into_iter()
            .filter_map(|rtype| self.find(&name, rtype, depth + 1).map(|(_, records)| records));
        let records: Vec<_> = found.flatten().collect();
        records.iter().filter_map(|record| record.data.ip_addr()).collect()
    }

    fn addresses(&mut self, message: &Message, depth: usize) -> Vec<IpAddr> {
        let hosts: Vec<Name> = message
            .authorities
            .iter()
            .filter_map(|record| match &record.data {
                RData::NS(host) => Some(host.0.clone()),
                _ => None,
            })
            .collect();
        let glue = message.additionals.iter().filter(|record| hosts.contains(&record.name));
        let mut addresses: Vec<_> = glue.filter_map(|record| record.data.ip_addr()).collect();
        if addresses.is_empty() {
            for host in hosts {
                for rtype in [RecordType::A, RecordType::AAAA] {
                    let found = self.find(&host, rtype, depth + 1);
                    let records = found.map(|(_, records)| records).unwrap_or_default();
                    addresses.extend(records.iter().filter_map(|record| record.data.ip_addr()));
                }
            }
        }
        addresses
    }
}

fn given(name: &Name, rtype: RecordType, addresses: &[IpAddr]) -> Vec<Record> {
    let data = addresses.iter().filter_map(|address| match (address, rtype) {
        (IpAddr::V4(v4), RecordType::A) => Some(RData::A((*v4).into())),
        (IpAddr::V6(v6), RecordType::AAAA) => Some(RData::AAAA((*v6).into())),
        _ => None,
    });
    data.map(|data| Record::from_rdata(name.clone(), 3600, data)).collect()
}

/// Port 53 of a root server.
pub(crate) fn port_53(address: &IpAddr) -> SocketAddr {
    SocketAddr::new(*address, 53)
}

/// Scenarios by suite, for the count at the end.
pub(crate) type Tally = BTreeMap<String, (usize, usize)>;
