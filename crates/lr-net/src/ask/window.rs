//! The questions of a sweep that wait for their answers, in places and buffers that are used again.

use std::hash::{BuildHasher, RandomState};
use std::time::Instant;

use crate::ask::Question;

/// Questions under way at once: memory does not grow with the number of questions, and as many small
/// answers fit into the buffer of a socket as it is set by default.
pub(super) const WINDOW: usize = 256;

/// Questions that go through one socket, and so from one port.
pub(super) const PER_SOCKET: usize = 4096;

/// Size of a header (RFC 1035, section 4.1.1).
const HEADER: usize = 12;

pub(super) struct Window {
    places: Vec<Place>,
    free: Vec<u16>,
    /// The place of the question with an id; `NOBODY` if there is none.
    by_id: Vec<u16>,
    random: Random,
    count: u32,
}

const NOBODY: u16 = u16::MAX;

/// One question, or room for one.
struct Place {
    question: Option<Question>,
    /// Tells this question from others that were here.
    number: u32,
    first: Instant,
    attempts: u8,
    packet: Vec<u8>,
}

impl Window {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        let place = |_| Place {
            question: None,
            number: 0,
            first: now,
            attempts: 0,
            packet: Vec::with_capacity(300),
        };
        Self {
            places: (0..WINDOW).map(place).collect(),
            free: (0..WINDOW).rev().filter_map(|place| u16::try_from(place).ok()).collect(),
            by_id: vec![NOBODY; 1 << 16],
            random: Random::new(),
            count: 0,
        }
    }

    pub(super) fn has_room(&self) -> bool {
        !self.free.is_empty()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.free.len() == WINDOW
    }

    /// Takes a question in; gives its number and packet. There must be room.
    pub(super) fn open(&mut self, question: Question, now: Instant) -> (u32, &[u8]) {
        let place = self.free.pop().expect("the caller has looked for room");
        let mut id = self.random.next() as u16;
        while self.by_id[usize::from(id)] != NOBODY {
            id = id.wrapping_add(1);
        }
        self.by_id[usize::from(id)] = place;
        // The lower part of a number says where the question is.
        self.count = self.count.wrapping_add(1);
        let number = self.count << 8 | u32::from(place);
        let place = &mut self.places[usize::from(place)];
        write(&question, id, &mut self.random, &mut place.packet);
        place.question = Some(question);
        place.number = number;
        place.first = now;
        place.attempts = 1;
        (number, &place.packet)
    }

    /// Whether a question still waits.
    pub(super) fn waits(&self, number: u32) -> bool {
        let place = &self.places[place_of(number)];
        place.number == number && place.question.is_some()
    }

    /// The question to which a packet is an answer, and whether the name came back in other letters: it
    /// must have the id of one, be a response, and repeat the question if any.
    pub(super) fn asked(&self, packet: &[u8]) -> Option<(u32, bool)> {
        let header = packet.first_chunk::<HEADER>()?;
        let place = self.by_id[usize::from(u16::from_be_bytes([header[0], header[1]]))];
        if place == NOBODY || header[2] & 0x80 == 0 {
            return None;
        }
        let place = &self.places[usize::from(place)];
        match u16::from_be_bytes([header[4], header[5]]) {
            0 => Some((place.number, false)),
            1 => {
                let own = question_in(&place.packet);
                let theirs = packet.get(HEADER..HEADER + own.len())?;
                // Lengths of labels are no letters.
                theirs.eq_ignore_ascii_case(own).then(|| (place.number, theirs != own))
            }
            _ => None,
        }
    }

    /// Lets a question go that waits.
    pub(super) fn close(&mut self, number: u32) -> (Question, Instant) {
        let at = place_of(number);
        let place = &mut self.places[at];
        let id = u16::from_be_bytes([place.packet[0], place.packet[1]]);
        self.by_id[usize::from(id)] = NOBODY;
        self.free.extend(u16::try_from(at));
        (place.question.take().expect("only what waits is closed"), place.first)
    }

    /// How often a question that waits was sent, and its packet.
    pub(super) fn again(&mut self, number: u32) -> Option<(&mut u8, &[u8])> {
        if !self.waits(number) {
            return None;
        }
        let place = &mut self.places[place_of(number)];
        Some((&mut place.attempts, &place.packet))
    }

    /// Lets all questions go.
    pub(super) fn drain(&mut self) -> Vec<Question> {
        let waiting = self.places.iter().filter(|place| place.question.is_some());
        let waiting: Vec<u32> = waiting.map(|place| place.number).collect();
        waiting.into_iter().map(|number| self.close(number).0).collect()
    }
}

fn place_of(number: u32) -> usize {
    (number & 0xff) as usize
}

/// The question of a packet of ours: it ends before the EDNS record, if there is one.
fn question_in(packet: &[u8]) -> &[u8] {
    let end = if packet[11] == 1 { packet.len() - EDNS } else { packet.len() };
    &packet[HEADER..end]
}

/// Size of an OPT record without options (RFC 6891, section 6.1.2).
const EDNS: usize = 11;

/// The packet of a question, without detours: header, question, EDNS.
fn write(question: &Question, id: u16, random: &mut Random, packet: &mut Vec<u8>) {
    packet.clear();
    packet.extend(id.to_be_bytes());
    packet.push(u8::from(question.recursion_desired));
    packet.push(u8::from(question.checking_disabled) << 4);
    packet.extend([0, 1, 0, 0, 0, 0, 0, u8::from(question.edns.is_some())]);
    let (mut bits, mut left) = (0, 0);
    for label in question.name.iter() {
        // A label of a name has 63 bytes at most.
        packet.push(label.len() as u8);
        for byte in label {
            if left == 0 {
                (bits, left) = (random.next(), 64);
            }
            let turn = question.mixed_case && byte.is_ascii_alphabetic() && bits & 1 == 1;
            packet.push(if turn { byte ^ 0x20 } else { *byte });
            (bits, left) = (bits >> 1, left - 1);
        }
    }
    packet.push(0);
    packet.extend(u16::from(question.rtype).to_be_bytes());
    packet.extend([0, 1]);
    if let Some(size) = question.edns {
        packet.extend([0, 0, 41]);
        packet.extend(size.to_be_bytes());
        packet.extend([0, 0, u8::from(question.dnssec_ok) << 7, 0, 0, 0]);
    }
}

/// Numbers that nobody can guess: a keyed hash of a counter, the key from the system.
struct Random {
    key: RandomState,
    counter: u64,
}

impl Random {
    fn new() -> Self {
        Self { key: RandomState::new(), counter: 0 }
    }

    fn next(&mut self) -> u64 {
        self.counter += 1;
        self.key.hash_one(self.counter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hickory_proto::op::Message;
    use hickory_proto::rr::RecordType;

    fn question(name: &str) -> Question {
        Question::new(name, RecordType::AAAA).unwrap()
    }

    #[test]
    fn packets_are_what_others_read() {
        let mut window = Window::new();
        for question in [
            question("www.shop.test").recursive(),
            question("shop.test").plain(),
            question("a.b.c.shop.test").with_dnssec(),
            Question { checking_disabled: true, ..question(".") },
        ] {
            let (_, packet) = window.open(question.clone(), Instant::now());
            let message = Message::from_vec(packet).unwrap();
            let (own, theirs) = (question.message(), message.clone());
            assert_eq!(own.queries, theirs.queries);
            assert_eq!(own.metadata.recursion_desired, theirs.metadata.recursion_desired);
            assert_eq!(own.metadata.checking_disabled, theirs.metadata.checking_disabled);
            let edns = |message: &Message| {
                message.edns.as_ref().map(|edns| (edns.max_payload(), edns.flags().dnssec_ok))
            };
            assert_eq!(edns(&own), edns(&theirs));
        }
    }

    #[test]
    fn answers_find_their_questions_once() {
        let mut window = Window::new();
        let (number, packet) = window.open(question("www.shop.test"), Instant::now());
        let mut answer = packet.to_vec();
        assert_eq!(window.asked(&answer), None, "a question is no answer");
        answer[2] |= 0x80;
        assert_eq!(window.asked(&answer), Some((number, false)));
        let mut lower = answer.clone();
        lower[HEADER..].make_ascii_lowercase();
        assert_eq!(window.asked(&lower).map(|(number, _)| number), Some(number));
        let mut other = answer.clone();
        other[HEADER + 1] = b'x';
        assert_eq!(window.asked(&other), None);
        for length in 0..HEADER + 10 {
            assert_eq!(window.asked(&answer[..length]), None, "{length}");
        }
        assert!(window.waits(number));
        assert_eq!(window.close(number).0.name, question("www.shop.test").name);
        assert!(window.is_empty() && !window.waits(number));
        assert_eq!(window.asked(&answer), None);
    }

    #[test]
    fn places_are_used_again() {
        let mut window = Window::new();
        let mut numbers = Vec::new();
        while window.has_room() {
            numbers.push(window.open(question("a.test"), Instant::now()).0);
        }
        assert_eq!(numbers.len(), WINDOW);
        let (attempts, _) = window.again(numbers[7]).unwrap();
        *attempts += 1;
        window.close(numbers[7]);
        assert!(window.again(numbers[7]).is_none());
        let (number, _) = window.open(question("b.test"), Instant::now());
        assert!(number != numbers[7] && window.waits(number) && !window.waits(numbers[7]));
        assert_eq!(window.drain().len(), WINDOW);
        assert!(window.is_empty());
    }
}
