use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// What a name server does wrong, for a whole zone or for single names.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Never answers, over UDP or TCP (which accepts and stays silent).
    Silent,
    /// Answers REFUSED.
    Refused,
    /// Answers SERVFAIL.
    ServFail,
    /// Answers FORMERR to questions with EDNS, as servers from before EDNS do.
    FormErrOnEdns,
    /// Drops questions with EDNS.
    DropEdns,
    /// Answers with bytes that are no DNS message.
    Garbage,
    /// Answers every UDP question with TC=1 and no records; TCP works.
    Truncate,
    /// Answers every UDP question with TC=1 and no records; TCP refuses to answer.
    TruncateNoTcp,
    /// Answers over UDP; TCP accepts connections and stays silent.
    NoTcp,
    /// Answers with the right data, but without the AA bit.
    NotAuthoritative,
    /// Refers every question to the root.
    UpwardReferral,
    /// Answers with another message ID than the one asked with.
    WrongId,
    /// Answers about the lower-case name: 0x20 is not preserved.
    LowerCase,
    /// Answers NXDOMAIN where the name exists and has no records of the type asked for.
    NxDomainForNoData,
    /// Offers recursion (RA) to everybody, and has an answer for names of other zones.
    OpenRecursion,
    /// Gives the whole zone (AXFR) to everybody.
    OpenTransfer,
    /// Has its records in another order each time, as many servers do: no fault at all.
    Rotate,
    /// Answers with one record of a set at a time, each in its turn, as those do that balance load.
    OneByOne,
    /// Answers this much later.
    Delay(Duration),
    /// Drops this many questions, then works.
    DropFirst(u32),
    /// Answers questions whose name and type these records have with them, with AA set. Names are
    /// relative to the zone, as in [`Zone::records`](crate::Zone::records).
    Lie(String),
}

/// A fault as it is armed in a running server: with what it needs to count.
#[derive(Debug)]
pub(crate) struct Armed {
    pub(crate) fault: Fault,
    seen: AtomicU32,
}

impl Armed {
    pub(crate) fn new(fault: Fault) -> Self {
        Self { fault, seen: AtomicU32::new(0) }
    }

    /// How many questions there were before this one.
    pub(crate) fn turn(&self) -> usize {
        usize::try_from(self.seen.fetch_add(1, Ordering::Relaxed)).unwrap_or(0)
    }

    /// Whether this question is one of the first `count` ones.
    pub(crate) fn is_among_first(&self, count: u32) -> bool {
        self.seen.fetch_add(1, Ordering::Relaxed) < count
    }
}
