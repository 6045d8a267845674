//! What Zonemaster's engine recorded: questions to servers, and what came back.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv6Addr};
use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use hickory_proto::op::Message;
use hickory_proto::rr::{Name, RecordType};
use serde_json::Value;

/// One test case of Zonemaster's: scenarios, and the servers that they meet.
pub(crate) struct Suite {
    pub(crate) name: String,
    pub(crate) scenarios: Vec<Scenario>,
    pub(crate) servers: BTreeMap<IpAddr, Server>,
}

/// A zone, and what the engine should say of it.
#[derive(Clone)]
pub(crate) struct Scenario {
    pub(crate) name: String,
    pub(crate) zone: String,
    pub(crate) mandatory: Vec<String>,
    pub(crate) forbidden: Vec<String>,
    pub(crate) roots: Vec<IpAddr>,
    /// Name servers that are to be taken for granted, with their addresses.
    pub(crate) delegation: BTreeMap<String, Vec<IpAddr>>,
    /// Upstream knows that its own engine does not manage this one.
    pub(crate) todo: bool,
    /// Why it is not run here.
    pub(crate) left_out: Option<&'static str>,
}

type Key = (String, String);

/// What one server was heard to say; `None` is silence.
#[derive(Default)]
pub(crate) struct Server {
    exchanges: HashMap<Key, Vec<Exchange>>,
}

struct Exchange {
    tcp: bool,
    edns: bool,
    response: Option<Vec<u8>>,
}

/// The folder of the recordings, where there is one.
pub(crate) fn folder() -> Option<PathBuf> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(2);
    let mut folders = above.map(|dir| dir.join("shared/data/dns/zonemaster"));
    folders.find(|folder| folder.exists())
}

impl Suite {
    pub(crate) fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let suite: Value = serde_json::from_str(&text).unwrap();
        let mut servers: BTreeMap<IpAddr, Server> = BTreeMap::new();
        for (address, server) in suite["servers"].as_object().into_iter().flatten() {
            let server_at = servers.entry(address_of(address)).or_default();
            for exchange in server["exchanges"].as_array().into_iter().flatten() {
                server_at.learn(exchange);
            }
        }
        let hints = &suite["hints"];
        let scenarios = suite["scenarios"].as_array().unwrap();
        Self {
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            scenarios: scenarios.iter().map(|scenario| Scenario::read(scenario, hints)).collect(),
            servers,
        }
    }

    /// What a server says to a question: as recorded; else as recorded with other flags; else as
    /// recorded at its other address. Where nobody recorded it, what follows from what was.
    pub(crate) fn reply(&self, at: IpAddr, question: &Question) -> Said<'_> {
        let here: Vec<&Server> = [Some(at), twin(at)]
            .into_iter()
            .flatten()
            .filter_map(|at| self.servers.get(&at))
            .collect();
        if let Some(said) = here.iter().find_map(|server| server.reply(question)) {
            return said.map_or(Said::Nothing, Said::Bytes);
        }
        // A referral is the same whatever is asked for at or below the zone that it refers to, and a
        // server that was silent about a zone is so whatever is asked for in it.
        fn above<'a>(name: &&'a str) -> Option<&'a str> {
            match name.split_once('.') {
                Some((_, rest)) => Some(rest),
                None => (!name.is_empty()).then_some(""),
            }
        }
        for name in std::iter::successors(Some(question.name.as_str()), above) {
            let known: Vec<_> = here.iter().flat_map(|server| server.about(name)).collect();
            if known.is_empty() {
                continue;
            }
            let messages = known.iter().flatten().filter(|bytes| may_refer(bytes));
            let messages = messages.filter_map(|bytes| Message::from_vec(bytes).ok());
            let referral = messages.into_iter().find(|m| refers(m, &question.name, 0).is_some());
            return match referral {
                Some(referral) => Said::Referral(referral),
                None if known.iter().all(Option::is_none) => Said::Nothing,
                None => Said::Unknown,
            };
        }
        Said::Unknown
    }

    /// All that was ever received.
    pub(crate) fn responses(&self) -> impl Iterator<Item = &[u8]> {
        let exchanges = self.servers.values().flat_map(|server| server.exchanges.values());
        exchanges.flatten().filter_map(|exchange| exchange.response.as_deref())
    }
}

/// What a server says.
pub(crate) enum Said<'a> {
    Bytes(&'a [u8]),
    Referral(Message),
    Nothing,
    /// Nobody knows.
    Unknown,
}

/// A question as it reached a server.
pub(crate) struct Question {
    pub(crate) name: String,
    pub(crate) rtype: String,
    pub(crate) tcp: bool,
    pub(crate) edns: bool,
}

impl Server {
    fn learn(&mut self, exchange: &Value) {
        // Some were recorded of another class, and others without a question that is known.
        let (Some(name), Some(rtype)) = (exchange["qname"].as_str(), exchange["qtype"].as_str())
        else {
            return;
        };
        if !matches!(exchange["qclass"].as_str(), None | Some("IN")) {
            return;
        }
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        self.exchanges.entry((name, rtype.to_owned())).or_default().push(Exchange {
            tcp: exchange["tcp"].as_bool().unwrap_or_default(),
            edns: exchange["edns_size"].as_u64().unwrap_or_default() > 0,
            response: exchange["response"].as_str().map(base64),
        });
    }

    fn reply(&self, question: &Question) -> Option<Option<&[u8]>> {
        let key = (question.name.clone(), question.rtype.clone());
        let recorded = self.exchanges.get(&key)?;
        let closest = recorded
            .iter()
            .max_by_key(|exchange| (exchange.tcp == question.tcp, exchange.edns == question.edns));
        closest.map(|exchange| exchange.response.as_deref())
    }
}

impl Server {
    /// Whether it was never heard of.
    pub(crate) fn is_dead(&self) -> bool {
        self.exchanges.values().flatten().all(|exchange| exchange.response.is_none())
    }

    /// All that was recorded of questions about `name`.
    fn about(&self, name: &str) -> impl Iterator<Item = Option<&[u8]>> {
        let types = ["NS", "SOA", "A", "AAAA", "MX", "PTR", "DS", "DNSKEY"];
        let recorded = types
            .into_iter()
            .filter_map(move |rtype| self.exchanges.get(&(name.to_owned(), rtype.to_owned())));
        recorded.flatten().map(|exchange| exchange.response.as_deref())
    }
}

impl Scenario {
    fn read(scenario: &Value, hints: &Value) -> Self {
        let tags = |key: &str| {
            let tags = scenario[key].as_array().into_iter().flatten();
            tags.map(|tag| tag.as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let own = &scenario["hints"];
        let hints = if own.is_object() { own } else { hints };
        let roots = hints.as_object().into_iter().flat_map(|hints| hints.values());
        let roots = roots.flat_map(|addresses| addresses.as_array().unwrap());
        let mut roots: Vec<_> = roots.map(|ip| address_of(ip.as_str().unwrap())).collect();
        roots.sort_by_key(IpAddr::is_ipv6);
        let zone = scenario["zone"].as_str().unwrap().trim_end_matches('.').to_ascii_lowercase();
        let given_keys = scenario["undelegated_ds"].as_array().is_some_and(|ds| !ds.is_empty());
        Self {
            name: scenario["name"].as_str().unwrap().to_owned(),
            mandatory: tags("mandatory"),
            forbidden: tags("forbidden"),
            roots,
            delegation: delegation(&scenario["undelegated_ns"]),
            todo: scenario["todo"].as_bool().unwrap_or_default(),
            left_out: match zone.as_str() {
                _ if scenario["testable"] == false => Some("upstream does not run it either"),
                _ if given_keys => Some("DS records cannot be given, only seen"),
                zone if !zone.contains('.') => Some("a top-level domain or the root"),
                zone if zone.ends_with(".arpa") => Some("a domain for reverse look-ups"),
                _ => None,
            },
            zone,
        }
    }
}

/// `{name: [address]}`, or `["name/address"]`.
fn delegation(value: &Value) -> BTreeMap<String, Vec<IpAddr>> {
    let mut delegation: BTreeMap<String, Vec<IpAddr>> = BTreeMap::new();
    for (name, addresses) in value.as_object().into_iter().flatten() {
        let addresses = addresses.as_array().unwrap().iter();
        let addresses = addresses.map(|ip| address_of(ip.as_str().unwrap()));
        delegation.entry(name.clone()).or_default().extend(addresses);
    }
    for entry in value.as_array().into_iter().flatten() {
        let (name, address) = entry.as_str().unwrap().split_once('/').unzip();
        let name = name.or(entry.as_str()).unwrap().to_owned();
        delegation.entry(name).or_default().extend(address.map(address_of));
    }
    delegation
}

fn address_of(text: &str) -> IpAddr {
    text.parse().unwrap_or_else(|_| panic!("{text} is no address"))
}

/// The same server over the other family: 127.14.6.31 is fda1:b2:c3:0:127:14:6:31.
fn twin(address: IpAddr) -> Option<IpAddr> {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, d] = v4.octets();
            format!("fda1:b2:c3:0:{a}:{b}:{c}:{d}").parse().ok()
        }
        IpAddr::V6(v6) => {
            let [0xfda1, 0xb2, 0xc3, 0, a, b, c, d] = v6.segments() else { return None };
            format!("{a:x}.{b:x}.{c:x}.{d:x}").parse().ok()
        }
    }
    .filter(|twin| Ipv6Addr::LOCALHOST != *twin)
}

pub(crate) fn text(name: &Name) -> String {
    name.to_ascii().trim_end_matches('.').to_ascii_lowercase()
}

/// Whether a header is that of a referral, before the rest is read: no AA bit, no answers, and records
/// of authority.
fn may_refer(bytes: &[u8]) -> bool {
    matches!(bytes, [_, _, flags, _, _, _, 0, 0, more, count, ..]
        if flags & 4 == 0 && (*more, *count) != (0, 0))
}

/// How many labels the zone has to which a message refers, if it is nearer to the name.
pub(crate) fn refers(message: &Message, wanted: &str, cut: usize) -> Option<usize> {
    if message.metadata.authoritative || !message.answers.is_empty() {
        return None;
    }
    let servers = message.authorities.iter().find(|r| r.record_type() == RecordType::NS)?;
    let zone = text(&servers.name);
    let labels = zone.split('.').filter(|label| !label.is_empty()).count();
    let towards = zone.is_empty() || wanted == zone || wanted.ends_with(&format!(".{zone}"));
    (towards && labels > cut).then_some(labels)
}

fn base64(text: &str) -> Vec<u8> {
    BASE64.decode(text.as_bytes()).unwrap()
}
