//! Through which window each literal is seen, and which windows share a bit of the filter.

use crate::engine::grams::Literal;

/// Codes of three bytes, five bits each: letters without their case.
pub(super) const CODES: usize = 1 << 15;
/// Windows share so many bits.
const BITS: usize = 8;
/// More codes than these are many.
const MANY: u32 = 64;
/// So far into a literal a window is looked for.
const LONGEST: isize = 64;

/// For each pair of codes of one byte the negative binary logarithm of its share, as a letter: `a` for
/// one pair in one or two, `k` for one in a thousand. Counted over 85 MB of Rust and 35 MB of minified
/// JavaScript, of equal weight.
const PAIRS: [&[u8; 32]; 32] = [
    b"eiiijjikjijljjjiijjihjkjlmlikiom",
    b"kmkjjllkkknlijiojlijhlmmlknmmkom",
    b"kkllljlmljknikkklmkkljmlnllllkom",
    b"kjmlnjmpjkokknmimnklilnnmnmlmmpm",
    b"jklmkhmnkjmokmkjmmllllnnnmllmlol",
    b"hjjjikjljjlmijhlkkhihmkkjljlljnk",
    b"kkmmmkjmjjooklkjnmklljnnnnmmmmpn",
    b"kllnojonkknpknllnpllllqqqpkmmmpm",
    b"kjklliklkhmmllkklmkkjllnnmmlnmol",
    b"jkljjjjkmjkmijhilnkiiokplpjiljol",
    b"gnolnlnpnkjponmkmpnmnnnoqpqmnlqp",
    b"lmmonkoollpmmnmnonnmnoppppnnomqn",
    b"hijlkhkmkiimikkjkkkjjjkmlklkmlpl",
    b"ljknlinomknokkljjlmkmknnomnonmlm",
    b"ijkiiikijjkljkjjjmkihjllmlklmlpj",
    b"iklkjmkllkkljjhijohkjjkknplnnmom",
    b"ljlmmilolknoinlkjkjkijlmimmlkknl",
    b"mlmnnmnqnlopkomokkkllkklmmnmmlon",
    b"jilkkhlkjimljkiikljjjklmlkkllknl",
    b"ikkkmhlmjimmjmijjlkjhkmmmlklmkok",
    b"iikklhlohhmnjljikmijjjmmmjjllknj",
    b"mlkkmjlknlnojkiojmijjllllmnmmmqn",
    b"njmnnjnnnkoolomllllmlmmmmmnnmnpn",
    b"llnnoknqkkoqkollmmlmmmmmmmnomnrn",
    b"llllmlmpmlnokmmnjllmkllmllmnlmpm",
    b"knlnnmnolmnokllmjmmllnmmmmlnmmpm",
    b"ilklmklolknommlkmnlmlnnmpoilnptm",
    b"jmlkmllnnkinlmlmklklkmlonommplpp",
    b"knmonnommnoopomolpnnmiopkqqoknro",
    b"jlkmmlkllkjnjmkmlmlmknmnnnmknikn",
    b"kpopppqpmonqmppqooppoqqqqqompnmr",
    b"ollllklnmloollllknlkkmlmoomnpmom",
];

/// A window may hold a literal if the first mark of its first code and the second mark of its second code,
/// which share a byte, have a bit in common. Each code in a text is both, so its marks lie side by side.
pub(super) struct Filter {
    pub(super) marks: Box<[[u8; 2]; CODES]>,
}

/// A window of five bytes through which a literal is seen when it begins at an even position, or at an
/// odd one.
pub(super) struct View {
    pub(super) literal: usize,
    /// Where the window begins, from the beginning of the literal.
    pub(super) offset: isize,
    first: Codes,
    second: Codes,
    share: f32,
}

/// What three bytes may be: the bits of each.
#[derive(Clone, Copy)]
struct Codes([u32; 3]);

/// The two windows of each literal, the rarest that it has.
pub(super) fn views(literals: &[Literal]) -> (Vec<View>, Filter) {
    let odds = odds();
    let mut views = Vec::with_capacity(2 * literals.len());
    for (number, literal) in literals.iter().enumerate() {
        views.extend([0, 1].map(|parity| rarest(number, literal, parity, &odds)));
    }
    views.sort_by(|a, b| b.share.total_cmp(&a.share));
    let filter = Filter::new(&views, &odds);
    (views, filter)
}

impl Filter {
    /// The common windows first, each with the bit with which it lets least pass by chance.
    fn new(views: &[View], odds: &[f32]) -> Self {
        let marks = vec![[0; 2]; CODES].try_into().unwrap_or_else(|_| Box::new([[0; 2]; CODES]));
        let mut filter = Self { marks };
        let mut shares = [(0.0, 0.0); BITS];
        shares[0].1 = 0.5;
        for view in views {
            // What is hardly told by its last three bytes lets least pass beside others like it.
            if view.second.len() > MANY {
                filter.set(view, 0);
                continue;
            }
            let grown = |bit: usize| {
                let (first, second) = shares[bit];
                let added = |codes: Codes, side: usize| -> f32 {
                    let new = codes.iter().filter(|code| filter.marks[*code][side] >> bit & 1 == 0);
                    new.map(|code| odds[code]).sum()
                };
                let grown = (first + added(view.first, 0), second + added(view.second, 1));
                (grown.0 * grown.1 - first * second, grown)
            };
            let best = (0..BITS).map(|bit| (bit, grown(bit)));
            let Some((bit, (_, grown))) = best.min_by(|a, b| a.1.0.total_cmp(&b.1.0)) else {
                continue;
            };
            shares[bit] = grown;
            filter.set(view, bit);
        }
        filter
    }

    fn set(&mut self, view: &View, bit: usize) {
        view.first.iter().for_each(|code| self.marks[code][0] |= 1 << bit);
        view.second.iter().for_each(|code| self.marks[code][1] |= 1 << bit);
    }
}

impl Codes {
    fn len(self) -> u32 {
        self.0.iter().map(|bits| bits.count_ones()).product()
    }

    fn iter(self) -> impl Iterator<Item = usize> {
        let [low, middle, high] = self.0;
        ones(high).flat_map(move |high| {
            ones(middle)
                .flat_map(move |middle| ones(low).map(move |low| low | middle << 5 | high << 10))
        })
    }

    fn share(self, odds: &[f32]) -> f32 {
        self.iter().map(|code| odds[code]).sum()
    }
}

/// The positions of the bits that are set.
fn ones(mut bits: u32) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let one = (bits != 0).then(|| bits.trailing_zeros() as usize)?;
        bits &= bits - 1;
        Some(one)
    })
}

/// The window of `literal` that lets least pass, at an even distance from its beginning or an odd one.
fn rarest(number: usize, literal: &Literal, parity: isize, odds: &[f32]) -> View {
    let length = literal.bytes.len().cast_signed();
    // Of short ones every byte counts, the one before them too.
    let begin = if parity == 1 && length < 6 { -1 } else { parity };
    let view = |offset: isize| {
        let codes = |from: isize| Codes([0, 1, 2].map(|at| literal.symbols(from + at)));
        let (first, second) = (codes(offset), codes(offset + 2));
        let share = first.share(odds) * second.share(odds);
        View { literal: number, offset, first, second, share }
    };
    let last = (length - 5).min(LONGEST);
    (begin + 2..=last)
        .step_by(2)
        .map(view)
        .fold(view(begin), |best, next| if next.share < best.share { next } else { best })
}

/// How often three codes follow each other, from how often two do.
fn odds() -> Vec<f32> {
    let pair = |a: usize, b: usize| 0.5_f32.powi(i32::from(PAIRS[a][b] - b'a'));
    let pairs: [[f32; 32]; 32] = std::array::from_fn(|a| std::array::from_fn(|b| pair(a, b)));
    let singles: [f32; 32] = std::array::from_fn(|a| pairs[a].iter().sum());
    let share = |code: usize| {
        let (a, b, c) = (code & 31, code >> 5 & 31, code >> 10);
        pairs[a][b] * pairs[b][c] / singles[b]
    };
    (0..CODES).map(share).collect()
}
