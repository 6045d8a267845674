use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::ser::SerializeTuple;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One request. Written as `[at, service, response, end, first byte, reopening, cache]`; what is
/// missing from the fifth on was not seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sample {
    /// When it was to start, in microseconds since measuring the endpoint began.
    pub at_us: u64,
    /// From sending it to its end, in microseconds.
    pub service_us: u64,
    /// From when it was to start, if it had to wait, to its end, in microseconds.
    pub response_us: u64,
    /// What became of it.
    pub end: End,
    /// From sending it to the head of its answer, in microseconds; 0 if there was none.
    pub first_byte_us: u64,
    /// How much of [`Self::service_us`] went into opening a connection, because the server had
    /// closed the one before, in microseconds.
    pub reopening_us: u64,
    /// Whether a cache answered it, if the answer says so.
    pub cache: Option<Cached>,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum End {
    /// It was answered as expected.
    Ok,
    /// It failed.
    Failed,
    /// Its end was not awaited.
    Unfinished,
}

/// Whether an answer came from a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Cached {
    /// It was stored.
    Hit,
    /// It was fetched from the origin.
    Miss,
}

impl Sample {
    /// A sample.
    #[must_use]
    pub fn new(at_us: u64, service_us: u64, response_us: u64, end: End) -> Self {
        Self { at_us, service_us, response_us, end, first_byte_us: 0, reopening_us: 0, cache: None }
    }

    /// The head of its answer came after so many microseconds.
    #[must_use]
    pub fn first_byte_us(self, first_byte_us: u64) -> Self {
        Self { first_byte_us, ..self }
    }

    /// So many microseconds of its service time went into opening a connection again.
    #[must_use]
    pub fn reopening_us(self, reopening_us: u64) -> Self {
        Self { reopening_us, ..self }
    }

    /// Its answer says whether a cache gave it.
    #[must_use]
    pub fn cache(self, cache: Option<Cached>) -> Self {
        Self { cache, ..self }
    }

    /// From the head of the answer to its end, in microseconds.
    #[must_use]
    pub fn body_us(self) -> u64 {
        self.service_us.saturating_sub(self.reopening_us).saturating_sub(self.first_byte_us)
    }
}

impl Serialize for Sample {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bare = *self == Self::new(self.at_us, self.service_us, self.response_us, self.end);
        let mut fields = serializer.serialize_tuple(if bare { 4 } else { 7 })?;
        fields.serialize_element(&self.at_us)?;
        fields.serialize_element(&self.service_us)?;
        fields.serialize_element(&self.response_us)?;
        fields.serialize_element(&self.end)?;
        if !bare {
            fields.serialize_element(&self.first_byte_us)?;
            fields.serialize_element(&self.reopening_us)?;
            fields.serialize_element(&self.cache)?;
        }
        fields.end()
    }
}

impl<'de> Deserialize<'de> for Sample {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Fields)
    }
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = Sample;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("four fields of a sample, or up to seven")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut fields: A) -> Result<Sample, A::Error> {
        let short = |have: usize| serde::de::Error::invalid_length(have, &Self);
        let at_us = fields.next_element()?.ok_or_else(|| short(0))?;
        let service_us = fields.next_element()?.ok_or_else(|| short(1))?;
        let response_us = fields.next_element()?.ok_or_else(|| short(2))?;
        let end = fields.next_element()?.ok_or_else(|| short(3))?;
        Ok(Sample::new(at_us, service_us, response_us, end)
            .first_byte_us(fields.next_element()?.unwrap_or_default())
            .reopening_us(fields.next_element()?.unwrap_or_default())
            .cache(fields.next_element()?.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_older_versions_wrote_is_read() {
        let old: Sample = serde_json::from_str(r#"[1,20,30,"ok"]"#).unwrap();
        assert_eq!(old, Sample::new(1, 20, 30, End::Ok));
        assert_eq!(serde_json::to_string(&old).unwrap(), r#"[1,20,30,"ok"]"#);
        let whole = old.first_byte_us(10).reopening_us(5).cache(Some(Cached::Miss));
        let json = serde_json::to_string(&whole).unwrap();
        assert_eq!(json, r#"[1,20,30,"ok",10,5,"miss"]"#);
        assert_eq!(serde_json::from_str::<Sample>(&json).unwrap(), whole);
        assert_eq!(whole.body_us(), 5);
        for bad in ["[1,2,3]", "[]", "{}", r#"[1,2,3,"gone"]"#] {
            assert!(serde_json::from_str::<Sample>(bad).is_err(), "{bad}");
        }
    }
}
