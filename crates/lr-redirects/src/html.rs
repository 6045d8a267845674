//! HTML as browsers tokenize it (WHATWG, section 13.2.5).

use html5gum::{DefaultEmitter, Token, Tokenizer};

/// One piece of a page.
pub(crate) enum Piece {
    Open(Tag),
    Close(String),
    Text(String),
}

/// A start tag. Of an attribute that is given twice the first counts.
pub(crate) struct Tag {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
}

impl Tag {
    /// The value of an attribute, its character references decoded.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let attribute = self.attributes.iter().find(|(key, _)| key == name)?;
        Some(&attribute.1)
    }

    /// Whether an attribute that is a list of words has this one.
    pub(crate) fn has_word(&self, name: &str, word: &str) -> bool {
        let words = self.get(name).unwrap_or_default().split_ascii_whitespace();
        words.into_iter().any(|other| other.eq_ignore_ascii_case(word))
    }
}

/// The pieces of a page: what stands in comments, scripts and text areas is no tag.
pub(crate) fn pieces(html: &[u8]) -> impl Iterator<Item = Piece> {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    Tokenizer::new_with_emitter(html, emitter).filter_map(|token| {
        let Ok(token) = token;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match token {
            Token::StartTag(tag) => {
                let attributes = tag.attributes.iter();
                Some(Piece::Open(Tag {
                    name: text(&tag.name),
                    attributes: attributes.map(|(key, value)| (text(key), text(value))).collect(),
                }))
            }
            Token::EndTag(tag) => Some(Piece::Close(text(&tag.name))),
            Token::String(string) => Some(Piece::Text(text(&string))),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Case {
        id: String,
        html: String,
        want: Vec<String>,
    }

    /// What a reader that only searches for `<img` gets wrong.
    #[test]
    fn no_trap_catches_the_tokenizer() {
        let cases: Vec<Case> =
            serde_json::from_str(include_str!("../tests/data/html-cases.json")).unwrap();
        assert_eq!(cases.len(), 28);
        for case in cases {
            let mut found = Vec::new();
            for piece in pieces(case.html.as_bytes()) {
                let Piece::Open(tag) = piece else { continue };
                for name in ["src", "href", "srcset", "srcdoc"] {
                    found.extend(tag.get(name).map(|value| format!("{}@{name}={value}", tag.name)));
                }
            }
            assert_eq!(found, case.want, "{}", case.id);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_tokenized(html in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = pieces(&html).count();
        }
    }
}
