use lr_core::Rule;

/// Every rule of every check that this build has, in the order of the checks.
pub fn catalogue() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.iter().flat_map(|rules| rules.iter().copied())
}

static FAMILIES: &[&[&Rule]] = &[
    #[cfg(feature = "dns")]
    lr_dns::RULES,
    #[cfg(feature = "redirects")]
    lr_redirects::RULES,
    #[cfg(feature = "tls")]
    lr_tls::RULES,
    #[cfg(feature = "mailauth")]
    lr_mailauth::RULES,
    #[cfg(feature = "mailauth")]
    lr_mailauth::message::MESSAGE_RULES,
    #[cfg(feature = "secrets")]
    lr_secrets::RULES,
    #[cfg(feature = "latency")]
    lr_latency::RULES,
];
