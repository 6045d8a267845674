use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

/// What kind of address one is, by the IANA special-purpose registries (RFC 6890 and its updates).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AddressClass {
    /// Globally reachable unicast.
    Public,
    /// `127.0.0.0/8`, `::1`.
    Loopback,
    /// RFC 1918, RFC 4193 (unique local), RFC 6598 (shared by carriers).
    Private,
    /// RFC 3927, RFC 4291: reaches only the same link, and cloud metadata services.
    LinkLocal,
    /// A metadata or host service of a cloud behind a public-looking address.
    Metadata,
    /// Multicast.
    Multicast,
    /// For documentation only (RFC 5737, RFC 3849, RFC 9637).
    Documentation,
    /// Unspecified, broadcast, benchmarking, discard, transition or otherwise reserved.
    Reserved,
}

impl AddressClass {
    /// Classifies `ip`; an IPv4 address inside an IPv6 one (mapped, NAT64, 6to4) is judged itself.
    #[must_use]
    pub fn of(ip: IpAddr) -> Self {
        match ip {
            IpAddr::V4(ip) => of_v4(ip),
            IpAddr::V6(ip) => of_v6(ip),
        }
    }

    /// Whether anyone on the Internet can reach such an address.
    #[must_use]
    pub fn is_public(self) -> bool {
        self == Self::Public
    }
}

impl fmt::Display for AddressClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Public => "public",
            Self::Loopback => "loopback",
            Self::Private => "private",
            Self::LinkLocal => "link-local",
            Self::Metadata => "cloud metadata",
            Self::Multicast => "multicast",
            Self::Documentation => "documentation",
            Self::Reserved => "reserved",
        })
    }
}

fn of_v4(ip: Ipv4Addr) -> AddressClass {
    match ip.octets() {
        [127, ..] => AddressClass::Loopback,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] => {
            AddressClass::Private
        }
        [169, 254, ..] => AddressClass::LinkLocal,
        // Azure's host service answers only inside a virtual machine, from a public range.
        [168, 63, 129, 16] => AddressClass::Metadata,
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => AddressClass::Documentation,
        // Anycast addresses of RFC 7723 and RFC 8155 inside a reserved block.
        [192, 0, 0, 9 | 10] => AddressClass::Public,
        [224..=239, ..] => AddressClass::Multicast,
        [0 | 240..=255, ..] | [192, 0, 0, _] | [192, 88, 99, _] | [198, 18 | 19, ..] => {
            AddressClass::Reserved
        }
        _ => AddressClass::Public,
    }
}

fn of_v6(ip: Ipv6Addr) -> AddressClass {
    let segments = ip.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        of_v4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        [0, 0, 0, 0, 0, 0, 0, 1] => AddressClass::Loopback,
        [0, 0, 0, 0, 0, 0xffff, high, low] => embedded(high, low),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        [0x2002, high, low, ..] => embedded(high, low),
        [0xfc00..=0xfdff, ..] => AddressClass::Private,
        [0xfe80..=0xfeff, ..] => AddressClass::LinkLocal,
        [0xff00..=0xffff, ..] => AddressClass::Multicast,
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0x0fff, ..] => AddressClass::Documentation,
        // 2001::/23 holds protocol assignments; of these only a few are reachable (RFC 9602 et al.).
        [0x2001, 1, 0, 0, 0, 0, 0, 1..=3] => AddressClass::Public,
        [0x2001, 0x3, ..] | [0x2001, 0x4, 0x112, ..] | [0x2001, 0x20..=0x3f, ..] => {
            AddressClass::Public
        }
        [0x2001, 0..=0x1ff, ..] => AddressClass::Reserved,
        // Global unicast is 2000::/3; everything else is not assigned to anyone.
        [0x2000..=0x3fff, ..] => AddressClass::Public,
        _ => AddressClass::Reserved,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_addresses_are_not_public() {
        for (text, class) in [
            ("1.1.1.1", AddressClass::Public),
            ("127.0.0.53", AddressClass::Loopback),
            ("::1", AddressClass::Loopback),
            ("::ffff:127.0.0.1", AddressClass::Loopback),
            ("64:ff9b::10.0.0.1", AddressClass::Private),
            ("2002:c0a8:0101::1", AddressClass::Private),
            ("::ffff:8.8.8.8", AddressClass::Public),
            ("::127.0.0.1", AddressClass::Reserved),
            ("10.1.2.3", AddressClass::Private),
            ("172.32.0.1", AddressClass::Public),
            ("172.31.0.1", AddressClass::Private),
            ("100.100.100.200", AddressClass::Private),
            ("fd00:ec2::254", AddressClass::Private),
            ("169.254.169.254", AddressClass::LinkLocal),
            ("fe80::1", AddressClass::LinkLocal),
            ("168.63.129.16", AddressClass::Metadata),
            ("192.0.2.1", AddressClass::Documentation),
            ("2001:db8::1", AddressClass::Documentation),
            ("3fff::1", AddressClass::Documentation),
            ("239.1.1.1", AddressClass::Multicast),
            ("ff02::1", AddressClass::Multicast),
            ("0.0.0.0", AddressClass::Reserved),
            ("255.255.255.255", AddressClass::Reserved),
            ("198.18.0.1", AddressClass::Reserved),
            ("192.0.0.9", AddressClass::Public),
            ("2001::1", AddressClass::Reserved),
            ("64:ff9b:1::1", AddressClass::Reserved),
            ("100::1", AddressClass::Reserved),
            ("2606:4700::1111", AddressClass::Public),
        ] {
            let ip = text.parse().unwrap();
            assert_eq!(AddressClass::of(ip), class, "{text}");
        }
    }
}
