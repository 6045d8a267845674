//! The redirect matrix as a table that a person can read.

use std::fmt::Write as _;

use lr_core::Text;

use crate::{Ends, HopRow, Row, Summary};

/// The longest URL that is shown whole.
const WIDTH: usize = 72;

/// Ways to the same path, from each scheme and host.
struct Group {
    title: String,
    rows: Vec<[String; 4]>,
}

impl Summary {
    /// The matrix as text in columns: for each path a line for every scheme and host where a way
    /// begins. Where it ends, the path is left out if it is the same.
    #[must_use]
    pub fn to_text(&self) -> String {
        let groups = self.groups();
        let rows = || groups.iter().flat_map(|group| &group.rows);
        let width =
            |column: usize| rows().map(|row| row[column].chars().count()).max().unwrap_or_default();
        let (a, b, c) = (width(0), width(1), width(2));
        let mut text = self.heading();
        for Group { title, rows } in &groups {
            let _ = writeln!(text, "\n{title}");
            for [start, way, end, notes] in rows {
                let line = format!("  {start:a$}  {way:b$}  {end:c$}  {notes}");
                text.push_str(line.trim_end());
                text.push('\n');
            }
        }
        text
    }

    /// The matrix as a Markdown table.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut text = self.heading();
        text.push_str("\n| path | from | way | to | notes |\n|---|---|---|---|---|\n");
        for Group { title, rows } in self.groups() {
            // The path stands once, beside the first of its rows.
            let titles = std::iter::once(title.as_str()).chain(std::iter::repeat(""));
            for (title, row) in titles.zip(&rows) {
                for cell in std::iter::once(title).chain(row.iter().map(String::as_str)) {
                    let _ = write!(text, "| {} ", escaped(cell));
                }
                text.push_str("|\n");
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
        text
    }

    fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for row in &self.matrix {
            let (origin, path) = split(&row.start);
            let title = format!("{}  {}", row.purpose, short(path));
            let cells = cells(row, origin, path);
            match groups.iter_mut().find(|group| group.title == title) {
                Some(group) => group.rows.push(cells),
                None => groups.push(Group { title, rows: vec![cells] }),
            }
        }
        groups
    }
}

/// What would end a cell or begin markup, shown as it is.
fn escaped(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len());
    for char in cell.chars() {
        match char {
            '<' => text.push_str("&lt;"),
            '\\' | '|' | '`' | '[' | '*' | '_' => text.extend(['\\', char]),
            char => text.push(char),
        }
    }
    text
}

/// Scheme and host of a URL, and the rest of it.
fn split(url: &str) -> (&str, &str) {
    let authority = url.find("://").map_or(0, |at| at + 3);
    url.split_at(url[authority..].find(['/', '?']).map_or(url.len(), |at| authority + at))
}

fn cells(row: &Row, origin: &str, path: &str) -> [String; 4] {
    let way: Vec<_> = row.hops.iter().map(hop).collect();
    let end = match split(&row.final_url) {
        _ if row.final_url == row.start => "itself".to_owned(),
        (end, same) if same == path => short(end),
        _ => short(&row.final_url),
    };
    [short(origin), way.join(" → "), end, notes(row)]
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
    fn the_table_is_aligned_and_grouped_by_path() {
        assert_eq!(
            summary().to_text(),
            "canonical host: shop.test (all home pages that answer end there)\n\n\
             home  /\n\
             \u{20} http://shop.test   301 → 200  https://shop.test  HSTS, cookie `sid` over plain HTTP, 0 ms\n\
             \u{20} https://shop.test  200        itself             HSTS, 0 ms\n\n\
             deep  /a|b\n\
             \u{20} https://shop.test  302        itself             loop, 0 ms\n"
        );
    }

    #[test]
    fn markdown_is_not_broken_by_what_is_shown() {
        let markdown = summary().to_markdown();
        assert!(markdown.contains("\n| path | from | way | to | notes |\n|---|---|---|---|---|\n"));
        assert!(
            markdown.contains("| deep  /a\\|b | https://shop.test | 302 | itself | loop, 0 ms |")
        );
        assert!(markdown.contains("|  | https://shop.test | 200 | itself | HSTS, 0 ms |"));
    }

    #[test]
    fn urls_are_split_after_the_host() {
        for (url, parts) in [
            ("https://h/a?b", ("https://h", "/a?b")),
            ("https://h", ("https://h", "")),
            ("https://h?x=/y", ("https://h", "?x=/y")),
            ("nothing", ("nothing", "")),
        ] {
            assert_eq!(split(url), parts);
        }
    }
}
