use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address and a prefix length, as in `ip4:192.0.2.0/24`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IpNetwork {
    /// The address as written, host bits included.
    pub address: IpAddr,
    /// Length of the prefix in bits.
    pub prefix: u8,
}

impl IpNetwork {
    /// The range of `address` under a prefix of so many bits; longer ones are cut to the family's.
    #[must_use]
    pub fn new(address: IpAddr, prefix: u8) -> Self {
        let width = if address.is_ipv4() { 32 } else { 128 };
        Self { address, prefix: prefix.min(width) }
    }

    /// The first address of the range.
    #[must_use]
    pub fn first(self) -> IpAddr {
        match self.address {
            IpAddr::V4(ip) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.prefix)).unwrap_or(0);
                Ipv4Addr::from_bits(ip.to_bits() & mask).into()
            }
            IpAddr::V6(ip) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.prefix)).unwrap_or(0);
                Ipv6Addr::from_bits(ip.to_bits() & mask).into()
            }
        }
    }

    /// The numbers of the first and the last address of the range.
    pub(crate) fn bounds(self) -> (u128, u128) {
        let (first, width) = match self.first() {
            IpAddr::V4(ip) => (u128::from(ip.to_bits()), 32),
            IpAddr::V6(ip) => (ip.to_bits(), 128),
        };
        let rest = u128::MAX.checked_shr(128 - width + u32::from(self.prefix)).unwrap_or(0);
        (first, first | rest)
    }

    /// Whether an address is in the range. One of the other family never is.
    #[must_use]
    pub fn contains(self, address: IpAddr) -> bool {
        address.is_ipv4() == self.address.is_ipv4()
            && Self::new(address, self.prefix).first() == self.first()
    }

    /// Whether all addresses of another range are in this one.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        self.prefix <= other.prefix && self.contains(other.first())
    }

    /// Whether bits are set that the prefix does not cover.
    #[must_use]
    pub fn has_host_bits(self) -> bool {
        self.first() != self.address
    }
}

impl fmt::Display for IpNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, width) = if self.address.is_ipv4() { ("ip4", 32) } else { ("ip6", 128) };
        write!(f, "{name}:{}", self.address)?;
        if self.prefix == width { Ok(()) } else { write!(f, "/{}", self.prefix) }
    }
}
