//! What of a script runs as it is loaded: not its comments and strings, nor functions that wait for
//! somebody to call them. No interpreter: enough to tell a redirect from an application.

/// For each byte whether it is code that runs at once.
pub(crate) fn runs_at_load(script: &str) -> Vec<bool> {
    let mut reader = Reader {
        script,
        bytes: script.as_bytes(),
        at: 0,
        runs: vec![false; script.len()],
        scopes: Vec::new(),
        closed: None,
        declared: Vec::new(),
    };
    while reader.at < reader.bytes.len() {
        reader.step();
    }
    reader.call_what_is_called();
    reader.runs
}

/// Scopes that are told apart; what is nested deeper belongs to the one around it.
const DEPTH: usize = 512;

struct Reader<'s> {
    script: &'s str,
    bytes: &'s [u8],
    at: usize,
    runs: Vec<bool>,
    scopes: Vec<Scope>,
    /// Where the last pair of parentheses began.
    closed: Option<usize>,
    /// Functions with a name that wait: the name, and where the body is.
    declared: Vec<(&'s str, usize, usize)>,
}

struct Scope {
    open: u8,
    begins: usize,
    waits: bool,
    name: Option<(usize, usize)>,
}

impl<'s> Reader<'s> {
    fn step(&mut self) {
        let next = self.bytes.get(self.at + 1);
        match self.bytes[self.at] {
            b'/' if next == Some(&b'/') => self.skip_to("\n"),
            b'/' if next == Some(&b'*') => self.skip_to("*/"),
            b'/' if self.is_regex() => self.quoted(b'/'),
            quote @ (b'"' | b'\'' | b'`') => self.quoted(quote),
            b'=' if next == Some(&b'>') => self.arrow(),
            open @ (b'(' | b'[' | b'{') => self.open(open),
            b')' | b']' | b'}' => self.close(),
            b',' | b';' | b'\n' if self.scopes.last().is_some_and(|scope| scope.open == b'>') => {
                self.scopes.pop();
                self.pass(1);
            }
            _ => self.pass(1),
        }
    }

    /// Goes on over code.
    fn pass(&mut self, bytes: usize) {
        let runs = !self.scopes.last().is_some_and(|scope| scope.waits);
        let end = (self.at + bytes).min(self.bytes.len());
        self.runs[self.at..end].fill(runs);
        self.at = end;
    }

    /// Goes on over what is no code.
    fn skip_to(&mut self, end: &str) {
        let rest = self.script.get(self.at + 2..).unwrap_or_default();
        self.at = rest.find(end).map_or(self.bytes.len(), |found| self.at + 2 + found + end.len());
    }

    fn quoted(&mut self, quote: u8) {
        self.at += 1;
        while let Some(byte) = self.bytes.get(self.at) {
            self.at += 1;
            match *byte {
                b'\\' => self.at += 1,
                b'\n' if quote != b'`' => return,
                byte if byte == quote => return,
                _ => {}
            }
        }
    }

    /// Whether a slash begins a regular expression: nothing stands before it that could be divided.
    fn is_regex(&self) -> bool {
        let before = self.before(self.at).bytes().next_back();
        before.is_none_or(|byte| b"(,=:[!&|?{};".contains(&byte))
    }

    fn before(&self, at: usize) -> &'s str {
        self.script.get(..at).unwrap_or_default().trim_end()
    }

    fn arrow(&mut self) {
        let parameters = match self.before(self.at).ends_with(')') {
            true => self.closed.unwrap_or(self.at),
            false => self.at - last_word(self.before(self.at)).len(),
        };
        let waits = self.waits(parameters);
        self.pass(2);
        let rest = self.script.get(self.at..).unwrap_or_default();
        let space = rest.len() - rest.trim_start().len();
        self.pass(space);
        match self.bytes.get(self.at) {
            Some(b'{') => self.enter(b'{', waits, None),
            _ if self.scopes.len() < DEPTH => {
                self.scopes.push(Scope { open: b'>', begins: self.at, waits, name: None });
            }
            _ => {}
        }
    }

    fn open(&mut self, open: u8) {
        let (mut waits, mut name) = (self.scopes.last().is_some_and(|scope| scope.waits), None);
        let before = self.before(self.at);
        if let (b'{', true, Some(parameters)) = (open, before.ends_with(')'), self.closed) {
            let head = self.before(parameters);
            let word = last_word(head);
            let control = ["if", "for", "while", "switch", "catch", "with"].contains(&word);
            if !word.is_empty() && !control {
                let declared = head[..head.len() - word.len()].trim_end();
                let begins = match word {
                    "function" => head.len() - word.len(),
                    _ if declared.ends_with("function") => {
                        name = Some((head.len() - word.len(), head.len()));
                        declared.len() - "function".len()
                    }
                    _ => usize::MAX,
                };
                waits |= begins == usize::MAX || self.waits(begins);
            }
        }
        self.enter(open, waits, name);
    }

    fn enter(&mut self, open: u8, waits: bool, name: Option<(usize, usize)>) {
        self.pass(1);
        if self.scopes.len() < DEPTH {
            self.scopes.push(Scope { open, begins: self.at - 1, waits, name });
        }
    }

    fn close(&mut self) {
        while self.scopes.last().is_some_and(|scope| scope.open == b'>') {
            self.scopes.pop();
        }
        if let Some(scope) = self.scopes.pop() {
            if scope.open == b'(' {
                self.closed = Some(scope.begins);
            }
            if let (true, Some((from, to))) = (scope.waits, scope.name) {
                self.declared.push((&self.script[from..to], scope.begins, self.at));
            }
        }
        self.pass(1);
    }

    /// Whether the function that begins here waits to be called.
    fn waits(&self, begins: usize) -> bool {
        let before = self.before(begins);
        let before = before.strip_suffix("async").unwrap_or(before).trim_end();
        let around = self.scopes.last().is_some_and(|scope| scope.waits);
        let at_once = match before.chars().next_back() {
            Some('(') => {
                let callee = before[..before.len() - 1].trim_end();
                let word = last_word(callee);
                let group = word.is_empty() && !callee.ends_with([')', ']']);
                group || AT_ONCE.contains(&word)
            }
            Some('!' | '+' | '-' | '~') => true,
            Some('=') => before[..before.len() - 1].trim_end().ends_with("onload"),
            Some(',') => {
                let from = before.floor_char_boundary(before.len().saturating_sub(40));
                ["load'", "load\"", "DOMContentLoaded", "pageshow"]
                    .iter()
                    .any(|event| before[from..].contains(event))
            }
            _ => last_word(before) == "void",
        };
        around || !at_once
    }

    /// Bodies of functions that code which runs calls by their names.
    fn call_what_is_called(&mut self) {
        for (name, begins, ends) in std::mem::take(&mut self.declared) {
            let call = format!("{name}(");
            let called = self.script.match_indices(&call).any(|(at, _)| {
                let before = self.script[..at].trim_end();
                let whole = last_word(&self.script[..at]).is_empty();
                self.runs[at] && whole && !before.ends_with("function")
            });
            if called {
                self.runs[begins..ends].fill(true);
            }
        }
    }
}

/// Functions that call at once, or as soon as the page is there, what they are given.
const AT_ONCE: [&str; 7] = [
    "$",
    "jQuery",
    "ready",
    "setTimeout",
    "requestAnimationFrame",
    "queueMicrotask",
    "setImmediate",
];

/// The name at the end of a text.
fn last_word(text: &str) -> &str {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    &text[text.trim_end_matches(is_word).len()..]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Which of the calls `a()`, `b()` … run.
    fn running(script: &str) -> String {
        let runs = runs_at_load(script);
        let calls = script.match_indices("()").filter(|(at, _)| *at > 0 && runs[at - 1]);
        calls
            .filter_map(|(at, _)| script[..at].chars().next_back())
            .filter(|c| c.is_ascii_lowercase())
            .collect()
    }

    #[test]
    fn what_runs_is_told_from_what_waits() {
        for (script, expected) in [
            ("a(); { b() } if (x) { c() } else d()", "abcd"),
            ("// a()\n/* b() */ c(); 'd()'; \"e\\\"()\"; `f()`", "c"),
            ("x = /a()[/]/; b()", "b"),
            ("function x1() { a() } b()", "b"),
            ("function x1() { a() } b(); x1()", "ab"),
            ("var x1 = function () { a() }; b()", "b"),
            ("var x1 = () => { a() }; b()", "b"),
            ("var x1 = y => a(); b()", "b"),
            ("(function () { a() })(); (() => { b() })(); !function () { c() }()", "abc"),
            ("(async () => { a() })()", "a"),
            ("$(function () { a() }); $(document).ready(function () { b() })", "ab"),
            ("window.onload = function () { a() }; x.onclick = function () { b() }", "a"),
            ("addEventListener('load', () => a()); addEventListener('click', () => b())", "a"),
            ("setTimeout(function () { a() }, 0); fetch(u).then(() => { b() })", "a"),
            ("class X { G() { a() } } var o = { G() { b() } }", ""),
            ("(function () { function y() { a() } b() })()", "b"),
        ] {
            assert_eq!(running(script).replace('y', ""), expected, "{script}");
        }
    }

    proptest! {
        #[test]
        fn any_script_is_read(script in "([(){}\\[\\],;=>/*'\"`\\\\ \n$aé]|function |=>|//|load'){0,40}") {
            prop_assert_eq!(runs_at_load(&script).len(), script.len());
        }
    }
}
