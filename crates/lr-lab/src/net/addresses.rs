//! Nominal addresses: public-looking ones that exist only inside the lab.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Hands out nominal addresses that nobody else uses, each on a network of its own: a /24 of
/// 11.200.0.0/13 and a /48 of 2a0e:b107::/32.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    taken: BTreeSet<IpAddr>,
    next: u16,
}

impl Pool {
    /// Keeps an address from being handed out.
    pub(crate) fn take(&mut self, address: IpAddr) {
        self.taken.insert(address);
    }

    /// A pair of addresses for one host.
    pub(crate) fn pair(&mut self) -> (Ipv4Addr, Ipv6Addr) {
        loop {
            let [high, low] = self.next.to_be_bytes();
            let v4 = Ipv4Addr::new(11, 200 | (high & 7), low, 10);
            let v6 = Ipv6Addr::new(0x2a0e, 0xb107, 0x1000 + self.next, 0, 0, 0, 0, 0x10);
            self.next += 1;
            if self.taken.insert(v4.into()) && self.taken.insert(v6.into()) {
                return (v4, v6);
            }
        }
    }
}

/// Whether the lab may answer for an address. Special addresses are left alone, so that an address
/// policy can be tested with them: no route leads there unless a site asks for it.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_documentation()
                || a == 0
                || a >= 224
                || (a == 100 && (64..128).contains(&b))
                || (a == 198 && (18..20).contains(&b))
                || (a == 192 && b == 0 && c == 0))
        }
        IpAddr::V6(v6) => {
            let [first, second, ..] = v6.segments();
            first & 0xe000 == 0x2000
                && !(first == 0x2001 && (second < 0x200 || second == 0xdb8))
                && first != 0x2002
                && first != 0x3fff
        }
    }
}
