//! A sitemap of any length, tag by tag.

use std::io::BufRead;

use super::{Entry, SourceError, chunks, url};

/// What stands between `<loc>` and `</loc>`.
pub(super) fn read<'r>(
    reader: impl BufRead + 'r,
) -> impl Iterator<Item = Result<Entry, SourceError>> + 'r {
    let mut reading = Reading::default();
    chunks::of(reader, b'>').filter_map(move |chunk| match chunk {
        Ok((line, text)) => reading.tag(line, &text).map(Ok),
        Err(error) => Some(Err(error)),
    })
}

#[derive(Default)]
struct Reading {
    /// Whether the URLs are those of further sitemaps.
    is_index: bool,
    /// The element `<loc>` that has begun, and its line.
    open: Option<(usize, String)>,
}

impl Reading {
    fn tag(&mut self, line: usize, text: &str) -> Option<Entry> {
        let tag = text.rfind('<').map_or("", |at| &text[at..]);
        self.is_index |= tag.starts_with("<sitemapindex");
        if tag == "<loc>" {
            // Where the tag stands, and not the text before it.
            self.open = Some((line + text.matches('\n').count(), tag.into()));
            return None;
        }
        let (_, element) = self.open.as_mut()?;
        element.push_str(text);
        if !text.ends_with("</loc>") {
            self.open = self.open.take().filter(|(_, text)| text.len() as u64 <= chunks::LIMIT);
            return None;
        }
        let (line, element) = self.open.take()?;
        let found = crate::sitemap::locations(&element).next()?;
        Some(Entry::of(
            line,
            match self.is_index {
                true => Err("the URL of another sitemap"),
                false => url(&found, None),
            },
        ))
    }
}
