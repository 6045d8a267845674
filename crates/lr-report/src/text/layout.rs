use anstyle::{AnsiColor, Color, Style};
use lr_core::Severity;
use unicode_width::UnicodeWidthStr;

use super::TextStyle;

/// A page that is being written, line by line, never wider than its style allows.
pub(super) struct Page {
    style: TextStyle,
    text: String,
}

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = color(AnsiColor::Green);

const fn color(color: AnsiColor) -> Style {
    Style::new().bold().fg_color(Some(Color::Ansi(color)))
}

impl Page {
    pub(super) fn new(style: TextStyle) -> Self {
        Self { style, text: String::new() }
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    pub(super) fn width(&self) -> usize {
        self.style.width
    }

    /// Text at the left, and at the right if both fit.
    pub(super) fn title(&mut self, left: &str, right: &str) {
        let gap = self.width().saturating_sub(left.width() + right.width());
        let left_painted = self.styled(BOLD, left);
        match gap {
            0 | 1 => self.line(&left_painted),
            _ => self.line(&format!("{left_painted}{:gap$}{}", "", self.styled(DIM, right))),
        }
        self.line("");
    }

    pub(super) fn heading(&mut self, text: &str) {
        self.line("");
        self.line(&self.styled(BOLD, &text.to_uppercase()));
    }

    pub(super) fn line(&mut self, text: &str) {
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }

    /// Words wrapped at the page's width, every line indented; escape sequences take no room.
    pub(super) fn paragraph(&mut self, indent: usize, text: &str) {
        self.hanging(indent, indent, "", text);
    }

    /// Like a paragraph, with `label` before the first line and the others indented by `hang`.
    pub(super) fn hanging(&mut self, indent: usize, hang: usize, label: &str, text: &str) {
        let mut line = format!("{:indent$}{label}", "");
        let mut empty = true;
        let room = self.width().saturating_sub(hang).max(8);
        for word in text.split_whitespace().flat_map(|word| broken(word, room)) {
            let longer = if empty { format!("{line}{word}") } else { format!("{line} {word}") };
            // Widths are not additive: joining characters can change them.
            if visible(&longer) > self.width() && !line.trim().is_empty() {
                self.line(&line);
                line = format!("{:hang$}{word}", "");
            } else {
                line = longer;
            }
            empty = false;
        }
        self.line(&line);
    }

    /// Rows of cells under a header, columns as wide as needed, long cells shortened.
    pub(super) fn table(&mut self, header: &[String], rows: &[Vec<String>]) {
        let widths = self.column_widths(header, rows);
        let head = row(header, &widths);
        self.line(&self.styled(DIM, head.trim_end()));
        for cells in rows {
            self.line(&row(cells, &widths));
        }
    }

    /// What each column would like, and less for the widest until all fit.
    fn column_widths(&self, header: &[String], rows: &[Vec<String>]) -> Vec<usize> {
        let mut widths: Vec<usize> = header.iter().map(|cell| cell.width()).collect();
        for row in rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.width());
            }
        }
        let room = self.width().saturating_sub(2 * widths.len());
        while widths.iter().sum::<usize>() > room {
            match widths.iter_mut().max() {
                Some(widest) if *widest > 4 => *widest -= 1,
                _ => break,
            }
        }
        widths
    }

    pub(super) fn good(&self, text: &str) -> String {
        self.styled(GOOD, text)
    }

    pub(super) fn bold(&self, text: &str) -> String {
        self.styled(BOLD, text)
    }

    pub(super) fn dim(&self, text: &str) -> String {
        self.styled(DIM, text)
    }

    /// Dims word by word, so that the text can still be wrapped.
    pub(super) fn dim_words(&self, text: &str) -> String {
        text.split(' ').map(|word| self.dim(word)).collect::<Vec<_>>().join(" ")
    }

    pub(super) fn paint(&self, severity: Severity, text: &str) -> String {
        let style = match severity {
            Severity::Critical => color(AnsiColor::Red).invert(),
            Severity::High => color(AnsiColor::Red),
            Severity::Medium => color(AnsiColor::Yellow),
            Severity::Low => color(AnsiColor::Cyan),
            Severity::Info => color(AnsiColor::Blue),
        };
        self.styled(style, text)
    }

    fn styled(&self, style: Style, text: &str) -> String {
        match self.style.color {
            true => format!("{style}{text}{style:#}"),
            false => text.into(),
        }
    }
}

fn row(cells: &[String], widths: &[usize]) -> String {
    let mut line = String::from(" ");
    for (cell, &width) in cells.iter().zip(widths) {
        let cell = shortened(cell, width);
        let pad = width.saturating_sub(cell.width());
        line.push_str(&format!(" {cell}{:pad$} ", ""));
    }
    line
}

/// A word in pieces of at most `room` columns.
fn broken(word: &str, room: usize) -> Vec<String> {
    if visible(word) <= room || word.contains('\u{1b}') {
        return vec![word.into()];
    }
    let mut pieces = vec![String::new()];
    for char in word.chars() {
        let piece = pieces.last_mut().expect("starts with one piece");
        piece.push(char);
        if piece.width() > room && piece.chars().count() > 1 {
            piece.pop();
            pieces.push(char.into());
        }
    }
    pieces
}

/// At most `width` columns, the end replaced by an ellipsis.
fn shortened(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.into();
    }
    let mut short = String::from("…");
    for char in text.chars() {
        short.insert(short.len() - '…'.len_utf8(), char);
        if short.width() > width {
            short.remove(short.len() - '…'.len_utf8() - char.len_utf8());
            break;
        }
    }
    short
}

/// Columns that text takes, escape sequences of our own not counted.
fn visible(text: &str) -> usize {
    let mut rest = text;
    let mut width = 0;
    while let Some(at) = rest.find('\u{1b}') {
        width += rest[..at].width();
        rest = rest[at..].find('m').map_or("", |end| &rest[at + end + 1..]);
    }
    width + rest.width()
}
