use std::net::IpAddr;

use hickory_proto::rr::rdata::{MX, NULL, TXT};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use hickory_proto::serialize::txt::Parser;

use crate::Error;
use crate::dns::data::ZoneData;
use crate::dns::fault::Fault;
use crate::dns::name::{fqdn, host, is_at_or_below};
use crate::dns::signing::Signing;

/// A DNS zone: its records, who serves it, and what they do wrong.
///
/// Without an SOA or NS records of its own, a zone gets an SOA and two name servers `ns1` and
/// `ns2` on different networks. The parent zone (a top-level domain, made when needed) delegates
/// to it, with glue, so that the delegation can be walked from the root.
///
/// ```
/// use lr_lab::{Fault, Zone};
///
/// let zone = Zone::new("other.test")
///     .records("@   A     11.0.0.7
///               www CNAME @
///               *.w TXT   \"any name below w\"")
///     .records_on("ns2.other.test", "@ A 11.0.0.8")
///     .fault("ns1.other.test", Fault::NotAuthoritative)
///     .name_fault("slow", "TXT", Fault::Silent);
/// # let _ = zone;
/// ```
#[derive(Clone, Debug)]
pub struct Zone {
    pub(crate) origin: String,
    edits: Vec<Edit>,
    edits_on: Vec<(String, Edit)>,
    pub(crate) faults: Vec<(String, Fault)>,
    pub(crate) name_faults: Vec<(String, String, Fault)>,
    pub(crate) delegation: Delegation,
    pub(crate) glue: Vec<(String, IpAddr)>,
    pub(crate) signing: Option<Signing>,
}

/// What the parent says about a zone.
#[derive(Clone, Debug, Default)]
pub(crate) enum Delegation {
    /// The zone's own NS records.
    #[default]
    Own,
    /// These name servers instead.
    To(Vec<String>),
    /// Nothing: the name does not exist for the parent.
    Absent,
}

#[derive(Clone, Debug)]
enum Edit {
    Add(String),
    AddTxt(String, Vec<Vec<u8>>),
    AddAddress(String, IpAddr),
    AddMx(String, u16, String),
    Replace(String),
    Remove(String, String),
}

impl Zone {
    /// A zone with this origin, such as `"shop.test"`, and no records yet.
    #[must_use]
    pub fn new(origin: &str) -> Self {
        Self {
            origin: host(origin),
            edits: Vec::new(),
            edits_on: Vec::new(),
            faults: Vec::new(),
            name_faults: Vec::new(),
            delegation: Delegation::Own,
            glue: Vec::new(),
            signing: None,
        }
    }

    /// Adds records, one a line as in a zone file: `NAME [TTL] TYPE DATA`.
    ///
    /// Names without a trailing dot are relative to the origin, `@` is the origin, the TTL is 300
    /// unless given. Every line names its owner, so lines may be indented.
    #[must_use]
    pub fn records(mut self, lines: &str) -> Self {
        self.edits.push(Edit::Add(lines.to_owned()));
        self
    }

    /// Adds a TXT record of exactly these strings, each at most 255 arbitrary bytes.
    #[must_use]
    pub fn txt<S: AsRef<[u8]>>(mut self, name: &str, strings: impl IntoIterator<Item = S>) -> Self {
        let strings = strings.into_iter().map(|s| s.as_ref().to_vec()).collect();
        self.edits.push(Edit::AddTxt(name.to_owned(), strings));
        self
    }

    /// Adds the address of a name that may be of any printable bytes, blanks and slashes included.
    #[must_use]
    pub fn address(mut self, name: &str, address: IpAddr) -> Self {
        self.edits.push(Edit::AddAddress(name.to_owned(), address));
        self
    }

    /// Adds a mail host, both names as in [`Self::address`].
    #[must_use]
    pub fn mx(mut self, name: &str, preference: u16, host: &str) -> Self {
        self.edits.push(Edit::AddMx(name.to_owned(), preference, host.to_owned()));
        self
    }

    /// Like [`Self::records`], but first removes what there is of the same names and types.
    #[must_use]
    pub fn replace(mut self, lines: &str) -> Self {
        self.edits.push(Edit::Replace(lines.to_owned()));
        self
    }

    /// Removes the records of a name and type; type `"ANY"` removes the name.
    #[must_use]
    pub fn remove(mut self, name: &str, record_type: &str) -> Self {
        self.edits.push(Edit::Remove(name.to_owned(), record_type.to_owned()));
        self
    }

    /// On one name server these records replace those of the same names and types.
    #[must_use]
    pub fn records_on(mut self, server: &str, lines: &str) -> Self {
        self.edits_on.push((host(server), Edit::Replace(lines.to_owned())));
        self
    }

    /// One name server lacks the records of a name and type; type `"ANY"` means the whole name.
    #[must_use]
    pub fn missing_on(mut self, server: &str, name: &str, record_type: &str) -> Self {
        self.edits_on.push((host(server), Edit::Remove(name.to_owned(), record_type.to_owned())));
        self
    }

    /// Gives one name server a fault, for this zone. `"*"` stands for all of them.
    #[must_use]
    pub fn fault(mut self, server: &str, fault: Fault) -> Self {
        self.faults.push((host(server), fault));
        self
    }

    /// Every name server, and the recursor, has this fault for one name and type (`"ANY"`: all).
    #[must_use]
    pub fn name_fault(mut self, name: &str, record_type: &str, fault: Fault) -> Self {
        self.name_faults.push((name.to_owned(), record_type.to_owned(), fault));
        self
    }

    /// The parent delegates to these name servers instead of those the zone names itself.
    #[must_use]
    pub fn delegated_to<S: AsRef<str>>(mut self, servers: impl IntoIterator<Item = S>) -> Self {
        let servers = servers.into_iter().map(|s| host(s.as_ref())).collect();
        self.delegation = Delegation::To(servers);
        self
    }

    /// The parent does not delegate the zone: for everyone else it does not exist.
    #[must_use]
    pub fn undelegated(mut self) -> Self {
        self.delegation = Delegation::Absent;
        self
    }

    /// The parent's glue for a name server is this address instead of the right one.
    #[must_use]
    pub fn glue(mut self, server: &str, address: IpAddr) -> Self {
        self.glue.push((host(server), address));
        self
    }

    /// Signs the zone (DNSSEC), well or badly.
    #[must_use]
    pub fn signed(mut self, signing: Signing) -> Self {
        self.signing = Some(signing);
        self
    }

    /// Puts records before everything that the zone was told so far.
    pub(crate) fn begin_with(mut self, lines: String) -> Self {
        self.edits.insert(0, Edit::Add(lines));
        self
    }

    /// The records that every server of the zone has, before defaults are added.
    pub(crate) fn base(&self) -> Result<ZoneData, Error> {
        let mut data = ZoneData::new(self.name(&self.origin)?);
        for edit in &self.edits {
            self.apply(edit, &mut data)?;
        }
        Ok(data)
    }

    /// The records that one server has.
    pub(crate) fn on(&self, server: &str, base: &ZoneData) -> Result<ZoneData, Error> {
        let mut data = base.clone();
        for (_, edit) in self.edits_on.iter().filter(|(name, _)| name == server) {
            self.apply(edit, &mut data)?;
        }
        Ok(data)
    }

    /// Whether the test has removed this itself, so that no default replaces it.
    pub(crate) fn has_removed(&self, wanted: RecordType) -> bool {
        self.edits.iter().any(|edit| match edit {
            Edit::Remove(name, record_type) => {
                (name == "@" || host(name) == self.origin)
                    && record_type.eq_ignore_ascii_case(&wanted.to_string())
            }
            _ => false,
        })
    }

    /// Reads records relative to this zone.
    pub(crate) fn parse(&self, lines: &str) -> Result<Vec<Record>, Error> {
        let (spf, other): (Vec<_>, Vec<_>) = lines.lines().partition(|line| is_spf(line));
        let mut records = self.parse_known(&other, lines)?;
        // The parser does not know type SPF, which has the data of a TXT record (RFC 7208, 3.1).
        let spf: Vec<_> = spf.iter().map(|line| line.replacen(" SPF ", " TXT ", 1)).collect();
        let spf: Vec<_> = spf.iter().map(String::as_str).collect();
        records.extend(self.parse_known(&spf, lines)?.into_iter().map(as_spf));
        Ok(records)
    }

    fn parse_known(&self, lines: &[&str], all: &str) -> Result<Vec<Record>, Error> {
        let text: String = std::iter::once("$TTL 300".to_owned())
            .chain(lines.iter().map(|line| self.with_origin(line)))
            .flat_map(|line| [line, "\n".to_owned()])
            .collect();
        let (_, sets) = Parser::new(text, None, Some(self.name(&self.origin)?))
            .parse()
            .map_err(|error| self.unreadable(all, &error.to_string()))?;
        let records = sets.into_values().flat_map(|set| set.into_parts().records);
        Ok(records.map(split_long_strings).collect())
    }

    /// A name relative to this zone, absolute if it ends in a dot, is `@`, or is at or below the
    /// origin already.
    pub(crate) fn name(&self, name: &str) -> Result<Name, Error> {
        let relative = host(name);
        let absolute = match name {
            "@" => self.origin.clone(),
            _ if name.ends_with('.') || is_at_or_below(&relative, &self.origin) => relative,
            _ if self.origin == "." => relative,
            _ => format!("{relative}.{}", self.origin),
        };
        fqdn(&absolute).ok_or_else(|| self.unreadable(name, "not a domain name"))
    }

    /// A type by its mnemonic or `TYPE1234`; `None` for `ANY` and `*`.
    pub(crate) fn record_type(&self, text: &str) -> Result<Option<RecordType>, Error> {
        match text.to_ascii_uppercase().as_str() {
            "ANY" | "*" => Ok(None),
            text => match text.strip_prefix("TYPE").and_then(|number| number.parse::<u16>().ok()) {
                Some(number) => Ok(Some(RecordType::from(number))),
                None => {
                    text.parse().map(Some).map_err(|_| self.unreadable(text, "not a record type"))
                }
            },
        }
    }

    /// A line with `@` in its data, which the parser does not know there, written out.
    fn with_origin(&self, line: &str) -> String {
        let line = line.trim();
        let quoted = line.find('"').unwrap_or(line.len());
        let (words, quoted) = line.split_at(quoted);
        let origin = format!("{}.", self.origin.trim_end_matches('.'));
        let words = words.split_inclusive(char::is_whitespace).enumerate();
        let words = words.map(|(place, word)| match word.trim_end() {
            "@" if place > 0 => word.replace('@', &origin),
            _ => word.to_owned(),
        });
        words.chain([quoted.to_owned()]).collect()
    }

    fn apply(&self, edit: &Edit, data: &mut ZoneData) -> Result<(), Error> {
        match edit {
            Edit::Add(lines) => self.parse(lines)?.into_iter().for_each(|r| data.add(r)),
            Edit::AddTxt(name, strings) => {
                let strings = strings.iter().map(Vec::as_slice).collect();
                let text = RData::TXT(TXT::from_bytes(strings));
                data.add(Record::from_rdata(self.name(name)?, 300, text));
            }
            Edit::AddAddress(name, address) => {
                data.add(Record::from_rdata(self.name(name)?, 300, (*address).into()));
            }
            Edit::AddMx(name, preference, host) => {
                let mx = RData::MX(MX::new(*preference, self.name(host)?));
                data.add(Record::from_rdata(self.name(name)?, 300, mx));
            }
            Edit::Replace(lines) => {
                let records = self.parse(lines)?;
                for record in &records {
                    data.remove(&record.name, Some(record.record_type()));
                }
                records.into_iter().for_each(|r| data.add(r));
            }
            Edit::Remove(name, record_type) => {
                data.remove(&self.name(name)?, self.record_type(record_type)?);
            }
        }
        Ok(())
    }

    fn unreadable(&self, text: &str, reason: &str) -> Error {
        Error::Records { zone: self.origin.clone(), reason: format!("`{text}`: {reason}") }
    }
}

/// Whether a line is a record of type SPF (99).
fn is_spf(line: &str) -> bool {
    let unquoted = line.split('"').next().unwrap_or_default();
    unquoted.split_whitespace().skip(1).take(3).any(|word| word == "SPF")
}

/// A TXT record with its type changed to SPF.
fn as_spf(mut record: Record) -> Record {
    if let RData::TXT(txt) = &record.data {
        let strings = txt.txt_data.iter();
        let data: Vec<u8> =
            strings.flat_map(|s| std::iter::once(s.len() as u8).chain(s.iter().copied())).collect();
        record.data = RData::Unknown { code: RecordType::from(99), rdata: NULL::with(data) };
    }
    record
}

/// A TXT string holds at most 255 bytes; longer ones are split, as every zone editor does.
fn split_long_strings(mut record: Record) -> Record {
    if let RData::TXT(txt) = &record.data
        && txt.txt_data.iter().any(|string| string.len() > 255)
    {
        let chunks = txt.txt_data.iter().flat_map(|string| string.chunks(255)).collect();
        record.data = RData::TXT(TXT::from_bytes(chunks));
    }
    record
}
