mod dns_hosts;
mod edges;
mod hosting;
mod sites;

use self::dns_hosts::DNS_HOSTS;
use self::edges::EDGES;
use self::hosting::HOSTING;
use self::sites::SITES;
use super::{Provider, Takeover};

/// Providers by the names and addresses that their customers are told to use.
///
/// Suffixes come from cdncheck and nuclei-templates (MIT), subjack (Apache-2.0), the list of
/// can-i-take-over-xyz (CC-BY-4.0, see `README.md` beside this file) and the providers' own
/// documentation; addresses from the latter only. Whether a zone that is refused can be claimed was
/// compared with can-i-take-over-dns. Rows whose source is documentation alone were not looked up again.
pub(super) fn providers() -> impl Iterator<Item = &'static Provider> {
    [EDGES, HOSTING, SITES, DNS_HOSTS].into_iter().flatten()
}
