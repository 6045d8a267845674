//! How rare four bytes are in programs and documents, by the pairs of which they are made.

/// For each pair of classes the negative binary logarithm of its share, as a letter: `a` for one pair in
/// one or two, `k` for one in a thousand. Classes are the letters, digits, spaces, and all other bytes.
/// Counted over 24 MB of Rust and JavaScript.
const PAIRS: [&[u8; 29]; 29] = [
    b"nkijnljqkplijipjphihkmlklolki",
    b"konokpqsimpjookoskmljprtltmhk",
    b"inmniloilqjjmohmpjliknprmvmli",
    b"jnmkhmjojqqlnnklpkklknmnmumjh",
    b"ikiikjkmlnnijgkjjghhljkijrlhg",
    b"konlkjlritsjnljotkkmkrprnvmji",
    b"monpioomksomllmopkklmpqspspki",
    b"jqonipsqjuqompkoqlmllqownpokj",
    b"kkjjkikrosojjgikqkiipksmuknml",
    b"psutlttvqvputvostsksptwutttqo",
    b"npnoioppkvrppnoprplnoupwrvolj",
    b"immjhkmqivoinoinrnkkjmpulqkji",
    b"ilnmioppkrpllnjiqnlmkprspvolj",
    b"jnihhkinkpkjmlikolhhjlnqmqnih",
    b"lljjnjlpkokjigkishkjjlknqrpkj",
    b"ipnliopmktmjnojlqikjhmqrlvnmi",
    b"qssppsqurstrqrqsqrrtktuvtsqpk",
    b"inklglknisklkjhlpjjiklnnksnih",
    b"knjmhnmjiqkllmjjpljgjomokplih",
    b"hnjmhkpihrnlllikqijjjmnmirmhg",
    b"mhlljmktlwtikiokviijqtvmuuiom",
    b"jrnoimppkvpmoomnsoontrsntumnl",
    b"lpoplpsmkttoplkorlmmqspstvqlk",
    b"momnmlrmnvmmprolppojrqqspvklj",
    b"ponnonqrnurlmlnirnllqqnsvspki",
    b"psrvkvsrpvwsuvpvuvttuwuvprqqo",
    b"nnnnnmprqsprporprpqplqrjttfhg",
    b"ijhjiilkhmljjijhniihijkmnphce",
    b"iihiiikkikkjiijimihhijkloniee",
];

/// The rarer, the higher.
pub(crate) fn of(gram: &[u8]) -> u32 {
    gram.windows(2).map(|pair| u32::from(PAIRS[class(pair[0])][class(pair[1])] - b'a')).sum()
}

fn class(byte: u8) -> usize {
    match byte {
        b'a'..=b'z' => usize::from(byte - b'a'),
        b'A'..=b'Z' => usize::from(byte - b'A'),
        b'0'..=b'9' => 26,
        b' ' | b'\n' | b'\t' => 27,
        _ => 28,
    }
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn what_words_share_is_common() {
        assert!(of(b"nsul") > of(b"cons"));
        assert!(of(b"zqxj") > of(b"tion"));
    }
}
