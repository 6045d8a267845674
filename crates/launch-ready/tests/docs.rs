//! The catalogue is complete, and what is generated from it is current.
//!
//! `UPDATE_DOCS=1 cargo test -p launch-ready --all-features --test docs` writes the files anew.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use launch_ready::catalogue;
use launch_ready::core::{Rule, Stage};

fn docs(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(path)
}

/// Compares a generated file with the one in the repository, or writes it.
fn current(path: &str, generated: &str) {
    let path = docs(path);
    #[allow(clippy::disallowed_methods, reason = "how a person asks for the files")]
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(path, generated).unwrap();
        return;
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert!(there == generated, "{} is stale; see the head of this test", path.display());
}

/// The rules by family: what stands before the slash.
fn families() -> BTreeMap<&'static str, Vec<&'static Rule>> {
    let mut families: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for rule in catalogue() {
        families.entry(rule.id.split_once('/').unwrap().0).or_default().push(rule);
    }
    families
}

#[test]
fn every_rule_is_told_completely() {
    for rule in catalogue() {
        let texts = [rule.title, rule.failure, rule.impact, rule.fix];
        assert!(texts.iter().all(|text| text.len() > 8), "{} lacks a text", rule.id);
        assert!(texts[0] != texts[1], "{} says the same either way", rule.id);
        assert!(!rule.references.is_empty(), "{} has no reference", rule.id);
        for (label, url) in rule.references {
            assert!(!label.is_empty() && url.starts_with("https://"), "{}: {url}", rule.id);
        }
        for text in texts {
            assert!(!text.ends_with('.'), "{}: headlines have no full stop: {text}", rule.id);
        }
    }
}

#[test]
fn ids_are_unique_and_never_reused() {
    let ids: Vec<&str> = catalogue().map(|rule| rule.id).collect();
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len(), "an id is used twice");

    let ledger = fs::read_to_string(docs("rules/ids.txt")).unwrap_or_default();
    let mut known: BTreeMap<&str, bool> = BTreeMap::new();
    for line in ledger.lines().filter(|line| !line.starts_with('#')) {
        let (id, retired) = match line.strip_suffix(" retired") {
            Some(id) => (id, true),
            None => (line, false),
        };
        assert!(!(retired && unique.contains(id)), "{id} is retired and must not come back");
        known.insert(id, retired);
    }
    for id in &unique {
        known.insert(id, false);
    }
    let mut next =
        String::from("# Every rule id there ever was. An id is retired, never reused.\n");
    for (id, retired) in known {
        let retired = if retired || !unique.contains(id) { " retired" } else { "" };
        writeln!(next, "{id}{retired}").unwrap();
    }
    current("rules/ids.txt", &next);
}

#[test]
fn pages_are_current() {
    let mut index = String::from(
        "# Rules\n\nA rule is a sentence that holds when things are fine. Generated from the \
         catalogues; the same as\n`cargo run --example rules`.\n",
    );
    for (family, rules) in families() {
        writeln!(index, "\n## [{family}]({family}.md)\n\n| rule | severity | holds when |")
            .unwrap();
        index.push_str("|---|---|---|\n");
        for rule in &rules {
            let (id, severity) = (rule.id, severity(rule));
            writeln!(
                index,
                "| [`{id}`]({family}.md#{}) | {severity} | {} |",
                anchor(id),
                rule.title
            )
            .unwrap();
        }
        current(&format!("rules/{family}.md"), &page(family, &rules));
    }
    current("rules/README.md", &index);
}

#[test]
fn schema_is_current() {
    current("report.schema.json", &launch_ready::report::report_schema());
}

fn page(family: &str, rules: &[&Rule]) -> String {
    let mut page = format!("# Rules of `{family}`\n");
    for rule in rules {
        let stage = match rule.stage {
            Stage::Stable => String::new(),
            stage => format!(" · {}", format!("{stage:?}").to_lowercase()),
        };
        write!(
            page,
            "\n## `{}`\n\n**{}{stage}** · {}\n\n- When it fails: {}\n- Why it matters: {}\n- What to do: {}\n",
            rule.id,
            severity(rule),
            rule.title,
            rule.failure,
            rule.impact,
            rule.fix,
        )
        .unwrap();
        let links: Vec<String> =
            rule.references.iter().map(|(label, url)| format!("[{label}]({url})")).collect();
        writeln!(page, "- See {}", links.join("; ")).unwrap();
    }
    page
}

fn severity(rule: &Rule) -> String {
    format!("{:?}", rule.severity).to_lowercase()
}

/// How GitHub and rustdoc name a heading that is one code span.
fn anchor(id: &str) -> String {
    id.replace('/', "")
}
