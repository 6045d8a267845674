use std::cmp::Ordering;
use std::fmt;

/// A domain name in canonical form (RFC 4034, section 6.2): on the wire, uncompressed, lower case.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Name(Vec<u8>);

/// Longest name on the wire (RFC 1035, section 2.3.4).
const MAX_NAME: usize = 255;
const MAX_LABEL: usize = 63;

impl Name {
    #[cfg(test)]
    pub(crate) fn root() -> Self {
        Self(vec![0])
    }

    /// A name as people write it, with or without the dot at the end; escapes as in RFC 1035,
    /// section 5.1.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        let text = if text == "." { "" } else { text };
        let mut wire = Vec::with_capacity(text.len() + 2);
        let mut label = Vec::new();
        let mut bytes = text.bytes();
        let mut ended = true;
        while let Some(byte) = bytes.next() {
            ended = byte == b'.';
            match byte {
                b'.' => push_label(&mut wire, &std::mem::take(&mut label))?,
                b'\\' => label.push(escaped(&mut bytes)?),
                byte => label.push(byte),
            }
        }
        if !ended {
            push_label(&mut wire, &label)?;
        }
        wire.push(0);
        (wire.len() <= MAX_NAME).then_some(Self(wire))
    }

    /// The name that begins at `at` in a message, and where it ends. Pointers lead backwards only
    /// (RFC 1035, section 4.1.4), so there is an end.
    pub(crate) fn read(message: &[u8], at: usize) -> Option<(Self, usize)> {
        let mut wire = Vec::new();
        let (mut from, mut next, mut limit) = (at, None, at);
        loop {
            match *message.get(from)? {
                0 => {
                    wire.push(0);
                    return (wire.len() <= MAX_NAME)
                        .then_some((Self(wire), next.unwrap_or(from + 1)));
                }
                length if length & 0xc0 == 0xc0 => {
                    let low = *message.get(from + 1)?;
                    let to = usize::from(length & 0x3f) << 8 | usize::from(low);
                    next = next.or(Some(from + 2));
                    if to >= limit {
                        return None;
                    }
                    (from, limit) = (to, to);
                }
                length if usize::from(length) <= MAX_LABEL => {
                    let end = from + 1 + usize::from(length);
                    push_label(&mut wire, message.get(from + 1..end)?)?;
                    from = end;
                }
                _ => return None,
            }
            if wire.len() > MAX_NAME {
                return None;
            }
        }
    }

    pub(crate) fn wire(&self) -> &[u8] {
        &self.0
    }

    /// The labels from left to right, without the root's.
    pub(crate) fn labels(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = self.0.as_slice();
        std::iter::from_fn(move || {
            let (length, tail) = rest.split_first().filter(|(length, _)| **length != 0)?;
            let (label, tail) = tail.split_at(usize::from(*length));
            rest = tail;
            Some(label)
        })
    }

    /// How many labels there are, without the root's.
    pub(crate) fn count(&self) -> usize {
        self.labels().count()
    }

    pub(crate) fn is_root(&self) -> bool {
        self.0.len() == 1
    }

    pub(crate) fn is_wildcard(&self) -> bool {
        self.0.starts_with(b"\x01*")
    }

    /// The number that the Labels field of a signature counts (RFC 4034, section 3.1.3).
    pub(crate) fn signed_labels(&self) -> usize {
        self.count() - usize::from(self.is_wildcard())
    }

    pub(crate) fn parent(&self) -> Option<Self> {
        let length = usize::from(*self.0.first()?);
        (length != 0).then(|| Self(self.0[1 + length..].to_vec()))
    }

    /// The rightmost labels; the name itself if it has no more.
    pub(crate) fn last_labels(&self, count: usize) -> Self {
        let skip: usize = self
            .labels()
            .take(self.count().saturating_sub(count))
            .map(|label| label.len() + 1)
            .sum();
        Self(self.0[skip..].to_vec())
    }

    /// Whether it is `zone` or below it.
    pub(crate) fn is_within(&self, zone: &Self) -> bool {
        self.count() >= zone.count() && self.last_labels(zone.count()) == *zone
    }

    pub(crate) fn is_below(&self, zone: &Self) -> bool {
        self != zone && self.is_within(zone)
    }

    /// `*` below it.
    pub(crate) fn wildcard(&self) -> Option<Self> {
        self.child(b"*")
    }

    fn child(&self, label: &[u8]) -> Option<Self> {
        let mut wire = Vec::with_capacity(self.0.len() + label.len() + 1);
        push_label(&mut wire, label)?;
        wire.extend_from_slice(&self.0);
        (wire.len() <= MAX_NAME).then_some(Self(wire))
    }

    /// The deepest name that both are within.
    pub(crate) fn common(&self, other: &Self) -> Self {
        let (mine, theirs): (Vec<_>, Vec<_>) = (self.labels().collect(), other.labels().collect());
        let same = mine.iter().rev().zip(theirs.iter().rev()).take_while(|(a, b)| a == b).count();
        self.last_labels(same)
    }

    /// The name with `to` in place of the ancestor `from` (RFC 6672, section 2.2); `None` if it gets
    /// too long.
    pub(crate) fn moved(&self, from: &Self, to: &Self) -> Option<Self> {
        let kept = self.0.len().checked_sub(from.0.len())?;
        let wire = [&self.0[..kept], &to.0].concat();
        (wire.len() <= MAX_NAME).then_some(Self(wire))
    }
}

fn push_label(wire: &mut Vec<u8>, label: &[u8]) -> Option<()> {
    let length = u8::try_from(label.len()).ok().filter(|length| (1..=63).contains(length))?;
    wire.push(length);
    wire.extend(label.iter().map(u8::to_ascii_lowercase));
    Some(())
}

fn escaped(bytes: &mut impl Iterator<Item = u8>) -> Option<u8> {
    let first = bytes.next()?;
    if !first.is_ascii_digit() {
        return Some(first);
    }
    let digits = [first, bytes.next()?, bytes.next()?];
    let number = digits.iter().try_fold(0u16, |number, digit| {
        digit.is_ascii_digit().then(|| number * 10 + u16::from(digit - b'0'))
    })?;
    u8::try_from(number).ok()
}

/// The canonical order of names (RFC 4034, section 6.1).
impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        let (mine, theirs): (Vec<_>, Vec<_>) = (self.labels().collect(), other.labels().collect());
        mine.iter().rev().cmp(theirs.iter().rev())
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// As everywhere in this crate: without the trailing dot; the root is a dot.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_root() {
            return f.write_str(".");
        }
        for (index, label) in self.labels().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            for byte in label {
                match byte {
                    b'.' | b'\\' => write!(f, "\\{}", char::from(*byte))?,
                    b'!'..=b'~' => write!(f, "{}", char::from(*byte))?,
                    byte => write!(f, "\\{byte:03}")?,
                }
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::from_text(text).unwrap()
    }

    /// The example of RFC 4034, section 6.1.
    #[test]
    fn names_have_the_order_of_the_standard() {
        let order = [
            "example",
            "a.example",
            "yljkjljk.a.example",
            "Z.a.example",
            "zABC.a.EXAMPLE",
            "z.example",
            "\\001.z.example",
            "*.z.example",
            "\\200.z.example",
        ];
        let names: Vec<_> = order.iter().map(|text| name(text)).collect();
        assert!(names.is_sorted());
        assert_eq!(names[4].to_string(), "zabc.a.example");
        assert_eq!(names[8].to_string(), "\\200.z.example");
    }

    #[test]
    fn names_are_cut_and_moved() {
        let www = name("www.a.example.");
        assert_eq!(www.parent().unwrap(), name("a.example"));
        assert_eq!(www.last_labels(1), name("example"));
        assert!(www.is_within(&www) && !www.is_below(&www) && www.is_below(&Name::root()));
        assert!(!name("wwwa.example").is_within(&name("a.example")));
        assert_eq!(www.common(&name("b.A.example")), name("a.example"));
        assert_eq!(www.moved(&name("example"), &Name::root()).unwrap(), name("www.a"));
        let long = name(&"abcdefgh.".repeat(28));
        assert_eq!(www.moved(&name("example"), &long), None);
        assert_eq!(name("*.a").signed_labels(), 1);
        for bad in ["a..b", ".a", "\\2", "\\999.a", &"a".repeat(64), &"a.".repeat(128)] {
            assert_eq!(Name::from_text(bad), None, "{bad}");
        }
    }

    #[test]
    fn pointers_end() {
        // `a` at 0, then a name that points to it, one to itself, and one forwards.
        let message = [1, b'A', 0, 1, b'b', 0xc0, 0, 0xc0, 7, 0xc0, 12, 0, 0];
        assert_eq!(Name::read(&message, 3).unwrap(), (name("b.a"), 7));
        assert_eq!(Name::read(&message, 7), None);
        assert_eq!(Name::read(&message, 9), None);
        assert_eq!(Name::read(&message, 99), None);
    }
}
