//! Mail authentication of a domain: `cargo run --example mailauth -- example.com`; or of a received
//! message: `cargo run --example mailauth -- --message file.eml`.

use std::fs::File;
use std::io::Read;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cli::{Args, Failure};
use launch_ready::Audit;
use launch_ready::mailauth::message::{Envelope, MessageCheck, MessagePolicy, selectors};

/// Will mail arrive, and can nobody else send in the domain's name?
#[derive(clap::Args, Clone, Debug)]
struct Flags {
    /// A DKIM selector in use (repeatable)
    #[arg(long, value_name = "NAME")]
    selector: Vec<String>,

    /// The domain neither sends nor receives mail
    #[arg(long)]
    parked: bool,

    /// The domain sends 5000 messages a day or more
    #[arg(long)]
    bulk_sender: bool,

    /// Who may send: a provider, an included domain, or an address range (repeatable)
    #[arg(long, value_name = "PROVIDER")]
    approve: Vec<String>,

    /// A received message to look at, beside the target or instead of it
    #[arg(long, value_name = "FILE")]
    message: Option<PathBuf>,

    /// Address of the host that handed the message in [default: as in the topmost Received]
    #[arg(long, value_name = "IP", requires = "message")]
    client_ip: Option<IpAddr>,

    /// Its MAIL FROM [default: as in Return-Path]
    #[arg(long, value_name = "ADDRESS", requires = "message")]
    mail_from: Option<String>,

    /// Its HELO [default: as in the topmost Received]
    #[arg(long, value_name = "NAME", requires = "message")]
    helo: Option<String>,
}

impl Flags {
    fn envelope(&self) -> Envelope {
        let envelope = Envelope::default();
        let envelope = self.client_ip.into_iter().fold(envelope, Envelope::client_ip);
        let envelope = self.mail_from.iter().fold(envelope, |to, sender| to.mail_from(sender));
        self.helo.iter().fold(envelope, |to, name| to.helo(name))
    }

    fn check(&self, message: &Message) -> MessageCheck {
        let policy = MessagePolicy::default();
        let policy = if self.bulk_sender { policy.bulk(true) } else { policy };
        let check = MessageCheck::new(&message.name, message.raw.as_slice());
        check.envelope(self.envelope()).with_policy(policy)
    }
}

struct Message {
    name: String,
    raw: Vec<u8>,
}

impl Message {
    /// Reads a message; of one that is too large only enough to see that it is.
    fn read(path: &Path) -> Result<Self, Failure> {
        const ENOUGH: u64 = (64 << 20) + 1;
        let name = path.display().to_string();
        let mut raw = Vec::new();
        File::open(path)
            .and_then(|file| file.take(ENOUGH).read_to_end(&mut raw))
            .map_err(|error| Failure(format!("{name} cannot be read: {error}")))?;
        Ok(Self { name, raw })
    }

    /// The selectors that the message shows to be in use for a domain.
    fn selectors(&self, domain: &str) -> impl Iterator<Item = String> {
        let found = selectors(&self.raw).into_iter();
        found.filter(move |(signer, _)| signer == domain).map(|(_, selector)| selector)
    }
}

fn main() -> ExitCode {
    cli::main(|Args { flags, .. }: &Args<Flags>, job| {
        let message = flags.message.as_deref().map(Message::read).transpose()?;
        let is_alone = job.target.is_empty() && job.site.is_none();
        let audit = match &message {
            Some(message) if is_alone => Audit::new(&message.name),
            _ => {
                let mut site = job.site()?;
                let selectors = &mut site.mail.selectors;
                selectors.extend(flags.selector.iter().cloned());
                selectors.extend(message.iter().flat_map(|one| one.selectors(&site.domain)));
                let check = site.mailauth().parked(flags.parked).bulk_sender(flags.bulk_sender);
                let check = flags.approve.iter().fold(check, |check, sender| check.approve(sender));
                Audit::new(&site.domain).with(check)
            }
        };
        Ok(match &message {
            Some(message) => audit.with(flags.check(message)),
            None => audit,
        })
    })
}
