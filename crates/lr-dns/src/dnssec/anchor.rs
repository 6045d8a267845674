use data_encoding::{BASE64_NOPAD, HEXLOWER_PERMISSIVE};
use hickory_proto::dnssec::DigestType;
use hickory_proto::dnssec::crypto::Digest;

use super::name::Name;
use super::record::{Dnskey, Ds};

/// Keys that are trusted without proof, and names below which nothing is (RFC 7646).
#[derive(Clone, Debug)]
pub struct Anchors {
    digests: Vec<(Name, Ds)>,
    exempt: Vec<Name>,
}

/// The key-signing keys of the root zone: KSK-2017 and KSK-2024, as IANA publishes them at
/// <https://data.iana.org/root-anchors/root-anchors.xml> (RFC 7958).
const IANA: [&str; 2] = [
    ". DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
    ". DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16",
];

impl Default for Anchors {
    /// The keys of the root zone.
    fn default() -> Self {
        Self::none().with(IANA[0]).with(IANA[1])
    }
}

impl Anchors {
    /// No anchor: nothing can be shown to be secure.
    #[must_use]
    pub fn none() -> Self {
        Self { digests: Vec::new(), exempt: Vec::new() }
    }

    /// Adds a DS or DNSKEY record in presentation form, such as `. IN DS 20326 8 2 E06D…`.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn add(&mut self, text: &str) -> Result<(), String> {
        let text = text.split(';').next().unwrap_or_default();
        let space = |letter: char| letter.is_whitespace() || matches!(letter, '(' | ')');
        let words: Vec<&str> = text.split(space).filter(|word| !word.is_empty()).collect();
        let is = |kind: &str| words.iter().position(|word| word.eq_ignore_ascii_case(kind));
        let bad = |what: &str| format!("`{text}` is no trust anchor: {what}");
        let owner = words.first().and_then(|owner| Name::from_text(owner));
        let owner = owner.ok_or_else(|| bad("it does not begin with a name"))?;
        let digest = if let Some(at) = is("DS") {
            digest(&words[at + 1..]).ok_or_else(|| bad("it has not the fields of a DS record"))?
        } else if let Some(at) = is("DNSKEY") {
            let key = key(&words[at + 1..]);
            let digest = key.and_then(|key| digest_of(&owner, &key));
            digest.ok_or_else(|| bad("it has not the fields of a DNSKEY record"))?
        } else {
            return Err(bad("it is neither a DS nor a DNSKEY record"));
        };
        self.digests.push((owner, digest));
        Ok(())
    }

    /// Takes nothing at or below a name for signed (a negative trust anchor, RFC 7646). Whether the
    /// text is a name.
    pub fn exempt(&mut self, name: &str) -> bool {
        let name = Name::from_text(name);
        let known = name.is_some();
        self.exempt.extend(name);
        known
    }

    fn with(mut self, text: &str) -> Self {
        let added = self.add(text);
        debug_assert!(added.is_ok(), "{added:?}");
        self
    }

    /// The deepest anchor at or above a name.
    pub(crate) fn above(&self, name: &Name) -> Option<&Name> {
        let above = self.digests.iter().map(|(owner, _)| owner).filter(|at| name.is_within(at));
        above.max_by_key(|at| at.count())
    }

    /// The digests of the keys of an anchor.
    pub(crate) fn at(&self, zone: &Name) -> Vec<Ds> {
        let own = self.digests.iter().filter(|(owner, _)| owner == zone);
        own.map(|(_, digest)| digest.clone()).collect()
    }

    pub(crate) fn is_exempt(&self, name: &Name) -> bool {
        let nearest = self.exempt.iter().filter(|at| name.is_within(at)).map(Name::count).max();
        // A positive anchor below a negative one counts (RFC 7646, section 3).
        nearest.is_some_and(|exempt| self.above(name).is_none_or(|at| at.count() <= exempt))
    }
}

/// `20326 8 2 E06D…`, the algorithm as a number or by its mnemonic.
fn digest(words: &[&str]) -> Option<Ds> {
    let [tag, algorithm, kind, digest @ ..] = words else { return None };
    Some(Ds {
        tag: tag.parse().ok()?,
        algorithm: self::algorithm(algorithm)?,
        digest_type: kind.parse().ok()?,
        digest: hex(&digest.concat()).filter(|digest| !digest.is_empty())?,
    })
}

/// `257 3 8 AwEAAa…`
fn key(words: &[&str]) -> Option<Dnskey> {
    let [flags, protocol, algorithm, key @ ..] = words else { return None };
    let mut data = flags.parse::<u16>().ok()?.to_be_bytes().to_vec();
    data.push(protocol.parse().ok()?);
    data.push(self::algorithm(algorithm)?);
    data.extend(base64(&key.concat()).filter(|key| !key.is_empty())?);
    Dnskey::read(&data)
}

fn digest_of(owner: &Name, key: &Dnskey) -> Option<Ds> {
    let digest = Digest::new(&[owner.wire(), &key.data].concat(), DigestType::SHA256).ok()?;
    let digest = digest.as_ref().to_vec();
    Some(Ds { tag: key.tag, algorithm: key.algorithm, digest_type: 2, digest })
}

/// RFC 4034, appendix A.1, and IANA's registry.
fn algorithm(text: &str) -> Option<u8> {
    let known = [
        ("RSAMD5", 1),
        ("DSA", 3),
        ("RSASHA1", 5),
        ("DSA-NSEC3-SHA1", 6),
        ("RSASHA1-NSEC3-SHA1", 7),
        ("RSASHA256", 8),
        ("RSASHA512", 10),
        ("ECDSAP256SHA256", 13),
        ("ECDSAP384SHA384", 14),
        ("ED25519", 15),
        ("ED448", 16),
    ];
    let by_name = known.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
    by_name.map(|(_, number)| *number).or_else(|| text.parse().ok())
}

/// Bytes by hexadecimal digits.
pub(crate) fn hex(text: &str) -> Option<Vec<u8>> {
    HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()
}

/// With or without padding, as zone files have it.
fn base64(text: &str) -> Option<Vec<u8>> {
    BASE64_NOPAD.decode(text.trim_end_matches('=').as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hickory_proto::dnssec::rdata::DNSKEY;
    use hickory_proto::dnssec::{PublicKeyBuf, TrustAnchors};
    use hickory_proto::serialize::binary::BinEncodable;

    /// The keys of the root zone as others hold them have the digests that are written here.
    #[test]
    fn the_root_keys_are_those_that_others_trust() {
        let known = Anchors::default().at(&Name::root());
        let keys: Vec<PublicKeyBuf> =
            (0..).map_while(|at| TrustAnchors::default().get(at).cloned()).collect();
        assert_eq!(keys.len(), known.len());
        for key in keys {
            let data = DNSKEY::new(true, true, false, key).to_bytes().unwrap();
            let key = Dnskey::read(&data).unwrap();
            let digest = digest_of(&Name::root(), &key).unwrap();
            assert!(known.contains(&digest), "{}", key.tag);
        }
    }

    #[test]
    fn anchors_are_read_or_refused() {
        let mut anchors = Anchors::none();
        anchors.add("example.com. 3600 IN DS 30899 RSASHA1 1 f7ed618f24d5 e5202927").unwrap();
        anchors.add("example.net. IN DNSKEY 257 3 13 ( AA AA ) ; key").unwrap();
        let name = |text| Name::from_text(text).unwrap();
        assert_eq!(anchors.above(&name("www.example.com")), Some(&name("example.com")));
        assert_eq!(anchors.above(&name("example.org")), None);
        assert_eq!(anchors.at(&name("example.com"))[0].algorithm, 5);
        for bad in
            ["", "a..b DS 1 8 2 00", ". DS 1 8 2", ". DS 1 8 2 0", ". A 1", ". DNSKEY 1 3 8 ?"]
        {
            assert!(anchors.add(bad).is_err(), "{bad}");
        }
        assert!(anchors.exempt("com") && !anchors.exempt("a..b"));
        assert!(anchors.is_exempt(&name("a.com")) && !anchors.is_exempt(&name("example.com")));
    }
}
