//! The redirect matrix as a table that a person can read.

use std::fmt::Write as _;

use lr_core::Text;

use crate::{Ends, HopRow, Row, Summary};

/// The longest URL that is shown whole.
const WIDTH: usize = 72;

impl Summary {
    /// The matrix as text in columns, a line for each way in.
    #[must_use]
    pub fn to_text(&self) -> String {
        let rows = self.table();
        let width = |column: usize| {
            rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
        };
        let widths = [width(0), width(1), width(2)];
        let mut text = self.heading();
        for [start, way, end, notes] in &rows {
            let (a, b, c) = (widths[0], widths[1], widths[2]);
            let line = format!("{start:a$}  {way:b$}  {end:c$}  {notes}");
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    /// The matrix as a Markdown table.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut text = self.heading();
        for (number, row) in self.table().iter().enumerate() {
            for cell in row {
                // What would end a cell or begin markup is shown as it is.
                let cell = cell.replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;");
                let cell = cell.replace('`', "\\`").replace('[', "\\[");
                let _ = write!(text, "| {cell} ");
            }
            text.push_str("|\n");
            if number == 0 {
                text.push_str("|---|---|---|---|\n");
            }
        }
        text
    }

    fn heading(&self) -> String {
        let mut text = match &self.canonical {
            Some(host) => format!("canonical host: {host} ({})\n", self.canonical_because),
            None => format!("no canonical host: {}\n", self.canonical_because),
        };
        for line in &self.contradictions {
            let _ = writeln!(text, "- {line}");
        }
        text.push('\n');
        text
    }

    fn table(&self) -> Vec<[String; 4]> {
        let head = ["from", "way", "to", "notes"].map(str::to_owned);
        std::iter::once(head).chain(self.matrix.iter().map(cells)).collect()
    }
}

fn cells(row: &Row) -> [String; 4] {
    let way: Vec<_> = row.hops.iter().map(hop).collect();
    let end = match row.final_url == row.start {
        true => "itself".to_owned(),
        false => short(&row.final_url),
    };
    [short(&row.start), way.join(" → "), end, notes(row)]
}

fn hop(hop: &HopRow) -> String {
    match (&hop.status, &hop.error) {
        (Some(status), _) => status.to_string(),
        (None, _) => "×".into(),
    }
}

fn notes(row: &Row) -> String {
    let mut notes: Vec<String> = Vec::new();
    match row.ends {
        Ends::Ok => {}
        Ends::Loop => notes.push("loop".into()),
        Ends::TooMany => notes.push("no end".into()),
        Ends::Error => notes.push("error".into()),
        Ends::Refused => notes.push("port closed".into()),
        Ends::Unreachable | Ends::Forbidden => {
            let error = row.hops.last().and_then(|hop| hop.error.clone());
            notes.push(error.unwrap_or_else(|| Text::new("not reached")).to_string());
        }
    }
    if row.final_url.starts_with("http://") && row.final_status.is_some_and(|s| s < 300) {
        notes.push("plain HTTP".into());
    }
    let secure = row.hops.iter().filter(|hop| hop.tls && hop.status.is_some());
    if row.hops.last().is_some_and(|hop| hop.tls) && secure.clone().all(|hop| !hop.hsts.is_empty())
    {
        notes.push("HSTS".into());
    }
    if let Some(cookie) = row.hops.iter().find(|hop| !hop.tls && !hop.cookies.is_empty()) {
        notes.push(format!("cookie `{}` over plain HTTP", cookie.cookies[0].name));
    }
    let time: u64 = row.hops.iter().filter_map(|hop| hop.elapsed_ms).sum();
    notes.push(format!("{time} ms"));
    notes.join(", ")
}

/// A URL of bounded length, its end left out.
fn short(url: &str) -> String {
    let url = Text::new(url).to_string();
    match url.char_indices().nth(WIDTH) {
        Some((at, _)) => format!("{}…", &url[..at]),
        None => url,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Answer, Purpose, Snapshot};

    fn summary() -> Summary {
        let (a, b) = ("http://shop.test/", "https://shop.test/");
        let odd = "https://shop.test/a|b";
        let snapshot = Snapshot::new("shop.test")
            .start(a, Purpose::Home)
            .start(b, Purpose::Home)
            .start(odd, Purpose::Deep)
            .saw(a, Answer::redirect(a, 301, b).with_cookie("sid=1"))
            .saw(b, Answer::status(200).with_hsts("max-age=1"))
            .saw(odd, Answer::redirect(odd, 302, odd));
        Summary::of(&snapshot)
    }

    #[test]
    fn the_table_is_aligned() {
        assert_eq!(
            summary().to_text(),
            "canonical host: shop.test (all home pages that answer end there)\n\n\
             from                   way        to                  notes\n\
             http://shop.test/      301 → 200  https://shop.test/  HSTS, cookie `sid` over plain HTTP, 0 ms\n\
             https://shop.test/     200        itself              HSTS, 0 ms\n\
             https://shop.test/a|b  302        itself              loop, 0 ms\n"
        );
    }

    #[test]
    fn markdown_is_not_broken_by_what_is_shown() {
        let markdown = summary().to_markdown();
        assert!(markdown.contains("| from | way | to | notes |\n|---|---|---|---|\n"));
        assert!(markdown.contains("| https://shop.test/a\\|b | 302 | itself | loop, 0 ms |"));
    }
}
