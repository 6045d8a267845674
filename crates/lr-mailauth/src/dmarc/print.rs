use std::fmt;

use super::{Policy, Psd, Record};

impl Policy {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Quarantine => "quarantine",
            Self::Reject => "reject",
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("v=DMARC1")?;
        for (name, policy) in [("p", self.p), ("sp", self.sp), ("np", self.np)] {
            policy.iter().try_for_each(|policy| write!(f, "; {name}={policy}"))?;
        }
        let flags =
            [("adkim=s", self.strict_dkim), ("aspf=s", self.strict_spf), ("t=y", self.testing)];
        flags.iter().filter(|flag| flag.1).try_for_each(|flag| write!(f, "; {}", flag.0))?;
        match self.psd {
            Psd::Yes => f.write_str("; psd=y")?,
            Psd::No => f.write_str("; psd=n")?,
            Psd::Unknown => {}
        }
        self.pct.iter().try_for_each(|pct| write!(f, "; pct={pct}"))?;
        self.fo.iter().try_for_each(|fo| write!(f, "; fo={fo}"))?;
        for (name, uris) in [("rua", &self.rua), ("ruf", &self.ruf)] {
            if !uris.is_empty() {
                write!(f, "; {name}={}", uris.join(","))?;
            }
        }
        Ok(())
    }
}
