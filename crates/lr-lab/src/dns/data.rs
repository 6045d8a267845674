use std::collections::{BTreeMap, BTreeSet};

use hickory_proto::rr::{LowerName, Name, Record, RecordType};

/// The records of a zone as one server has them.
#[derive(Clone, Debug)]
pub(crate) struct ZoneData {
    pub(crate) origin: LowerName,
    nodes: BTreeMap<LowerName, BTreeMap<RecordType, Vec<Record>>>,
    /// Addresses of name servers below delegations: not data of this zone, only ever additional.
    pub(crate) glue: BTreeMap<LowerName, Vec<Record>>,
    /// Names that exist, among them those that only have names below them.
    existing: BTreeSet<LowerName>,
}

impl ZoneData {
    pub(crate) fn new(origin: Name) -> Self {
        Self {
            existing: BTreeSet::from([LowerName::from(&origin)]),
            origin: origin.into(),
            nodes: BTreeMap::new(),
            glue: BTreeMap::new(),
        }
    }

    /// Adds a record, unless there is the same already.
    pub(crate) fn add(&mut self, record: Record) {
        let name = LowerName::from(&record.name);
        let node = self.nodes.entry(name.clone()).or_default();
        let set = node.entry(record.record_type()).or_default();
        if !set.contains(&record) {
            set.push(record);
        }
        self.note(name);
    }

    /// Removes the records of a name, or only those of one type.
    pub(crate) fn remove(&mut self, name: &Name, record_type: Option<RecordType>) {
        let name = LowerName::from(name);
        if let Some(node) = self.nodes.get_mut(&name) {
            node.retain(|kind, _| record_type.is_some_and(|wanted| wanted != *kind));
            if node.is_empty() {
                self.nodes.remove(&name);
            }
        }
        self.existing = BTreeSet::from([self.origin.clone()]);
        for name in self.nodes.keys().cloned().collect::<Vec<_>>() {
            self.note(name);
        }
    }

    /// A name exists, and with it all names between it and the origin.
    fn note(&mut self, mut name: LowerName) {
        while self.origin.zone_of(&name) && self.existing.insert(name.clone()) {
            name = name.base_name();
        }
    }

    /// The records of a name and type.
    pub(crate) fn get(&self, name: &LowerName, record_type: RecordType) -> &[Record] {
        self.nodes.get(name).and_then(|node| node.get(&record_type)).map_or(&[], Vec::as_slice)
    }

    /// All records of a name.
    pub(crate) fn all(&self, name: &LowerName) -> impl Iterator<Item = &Record> {
        self.nodes.get(name).into_iter().flat_map(|node| node.values().flatten())
    }

    /// All records of the zone.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Record> {
        self.nodes.values().flat_map(|node| node.values().flatten())
    }

    /// Whether the name exists, be it as an empty non-terminal (RFC 4592, section 2.2.2).
    pub(crate) fn exists(&self, name: &LowerName) -> bool {
        self.existing.contains(name)
    }
}
