//! `redirects` as scripts use it: tables, lists, comparisons, sites that are not open yet.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use launch_ready::redirects::Summary;
use lr_lab::{Lab, Launch, Reply, Request};

/// A lab, and the binary led into it.
struct Shell {
    lab: Lab,
    dir: PathBuf,
    flags: Vec<String>,
}

impl Shell {
    async fn new(name: &str, launch: Launch) -> Self {
        let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("redirects-{name}"));
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir).expect("the target folder can be written");
        let lab = Lab::builder().launch(launch).start().await.expect("the lab starts");
        std::fs::write(dir.join("ca.pem"), lab.ca_pem()).expect("the folder can be written");
        let mut flags = vec!["--ca".into(), dir.join("ca.pem").display().to_string()];
        flags.extend(["--now".into(), lab.now().to_string()]);
        for server in &lab.network().nameservers {
            flags.extend(["--nameserver".into(), server.to_string()]);
        }
        for route in &lab.network().routes {
            flags.extend(["--route".into(), route.to_string()]);
        }
        Self { lab, dir, flags }
    }

    fn file(&self, name: &str, text: &str) -> String {
        std::fs::write(self.dir.join(name), text).expect("the folder can be written");
        self.path(name)
    }

    fn path(&self, name: &str) -> String {
        self.dir.join(name).display().to_string()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut path = std::env::current_exe().expect("a test runs from a file");
        path.pop();
        path.pop();
        path.push("examples/redirects");
        assert!(path.exists(), "{} is missing: run `cargo build --examples`", path.display());
        let mut command = Command::new(path);
        command.env_remove("LAUNCH_READY_BASIC_AUTH").env_remove("LAUNCH_READY_BEARER");
        command.stdin(Stdio::null()).args(&self.flags).arg("shop.test").args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the example runs")
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("output is UTF-8")
}

fn summary(output: &Output) -> Summary {
    let json = text(&output.stdout);
    serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json} {output:?}"))
}

/// A shop whose `/old` leads to `to`.
fn moved(to: &'static str) -> Launch {
    Launch::healthy("shop.test").edit_site("shop.test", |site| {
        site.get("/old", Reply::redirect(301, to)).get("/new", Reply::text("new"))
    })
}

#[tokio::test]
async fn the_matrix_is_a_table() {
    let shell = Shell::new("table", moved("/about")).await;
    let table = text(&shell.run(&["--table", "text"]).stdout);
    assert!(table.starts_with("canonical host: shop.test ("), "{table}");
    assert!(
        table.contains("\nhome  /\n  http://shop.test       308 → 200  https://shop.test"),
        "{table}"
    );
    assert!(table.lines().all(|line| line.chars().count() <= 120), "{table}");
    let table = text(&shell.run(&["--table", "markdown"]).stdout);
    assert!(table.contains("| http://www.shop.test | 308 → 200 | https://shop.test |"), "{table}");
    let summary = summary(&shell.run(&["--table", "json"]));
    assert_eq!(summary.canonical.as_deref(), Some("shop.test"));
}

#[tokio::test]
async fn a_list_is_resumed() {
    let shell = Shell::new("list", moved("/about")).await;
    let list = "/old /about\n/missing /about\n/old /about\n/blog/* /news/:splat\n";
    let (list, results) = (shell.file("_redirects", list), shell.path("results.jsonl"));
    let run = |more: &[&str]| {
        let mut command = shell.command(&["--old-urls", &list]);
        command.env("LAUNCH_READY_BEARER", "open-sesame").args(more);
        command.output().expect("the example runs")
    };
    let first = run(&["--results", &results]);
    let told = text(&first.stderr);
    assert_eq!(first.status.code(), Some(1), "{told}");
    assert!(told.contains("Lost: https://shop.test/missing lands at"), "{told}");
    assert!(told.contains("1 landed") && told.contains("1 repeated"), "{told}");
    assert!(told.contains("_redirects:4: skipped, a pattern"), "{told}");
    assert!(told.contains("1 skipped") && !told.contains("open-sesame"), "{told}");

    let asked = shell.lab.requests().len();
    let second = run(&["--results", &results]);
    assert!(text(&second.stderr).contains("2 URLs are known"), "{}", text(&second.stderr));
    assert_eq!(shell.lab.requests().len(), asked);
    let against = run(&["--against", &results, "--by-path"]);
    assert!(text(&against.stderr).contains("0 changed"), "{}", text(&against.stderr));
}

#[tokio::test]
async fn each_format_is_read_and_what_is_wrong_has_its_place() {
    let shell = Shell::new("formats", moved("/about")).await;
    for (name, list) in [
        ("_redirects", "/old /about\n/x"),
        (
            "vercel.json",
            r#"{"redirects": [{"source": "/old", "destination": "/about"},
            {"source": "/x/:y", "destination": "/"}]}"#,
        ),
        ("old.map", "/old /about;\n~^/x /y;"),
        ("old.csv", "/old,/about\nx,/y"),
        (
            "sitemap.xml",
            "<urlset><url><loc>https://shop.test/old</loc></url>\n<url><loc>x</loc></url></urlset>",
        ),
        ("old.txt", "/old /about\nx"),
    ] {
        let file = shell.file(name, list);
        let output = shell.run(&["--old-urls", &file]);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{name}: {told}");
        assert!(told.contains("1 landed") && told.contains("1 skipped"), "{name}: {told}");
        assert!(told.contains(&format!("{name}:2: skipped, ")), "{name}: {told}");
    }
    let broken = shell.file("broken.json", "{\n\"redirects\": 1}");
    let output = shell.run(&["--old-urls", &broken]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("broken.json: line 2: not a vercel.json"), "{output:?}");
    let output = shell.run(&["--old-urls", "/nowhere.csv"]);
    assert!(text(&output.stderr).contains("/nowhere.csv: "), "{output:?}");
}

/// Production, and staging at the same names by `--route`.
#[tokio::test]
async fn staging_and_production_are_compared() {
    let production = Shell::new("production", moved("/about")).await;
    let staging = Shell::new("staging", moved("/new")).await;
    let list = production.file("old.txt", "/old\n/about\n");
    let results = production.path("results.jsonl");
    let output = production.run(&["--old-urls", &list, "--results", &results]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let output = staging.run(&["--old-urls", &list, "--against", &results]);
    let told = text(&output.stderr);
    assert!(told.contains("1 changed"), "{told}");
    assert!(
        told.contains("changed: https://shop.test/old landed at https://shop.test/about"),
        "{told}"
    );

    // The matrix too, before and after.
    let before = text(&production.run(&["--table", "json", "--page", "/old"]).stdout);
    let before = production.file("before.json", &before);
    let same = production.run(&["--against", &before, "--page", "/old"]);
    assert_eq!(same.status.code(), Some(0), "{}", text(&same.stderr));
    let other = staging.run(&["--against", &before, "--page", "/old"]);
    assert_eq!(other.status.code(), Some(1));
    let told = text(&other.stderr);
    let change = "changed: http://shop.test/old ended at https://shop.test/about (308 → 301 → 200), \
        and now at https://shop.test/new (308 → 301 → 200)";
    assert!(told.contains(change), "{told}");
}

#[tokio::test]
async fn what_is_not_open_yet_is_opened_from_the_environment() {
    let launch = Launch::healthy("shop.test").edit_site("shop.test", |site| {
        site.get("/", |request: &Request| match request.header("authorization") {
            Some("Basic bWU6b3Blbg==" | "Bearer open-sesame") => {
                Reply::html("<title>Hello</title>")
            }
            _ => Reply::status(401),
        })
        .http(|request: &Request| match request.header("authorization") {
            // What was sent in plain text is known to everybody.
            Some(_) => Reply::status(500),
            None => Reply::redirect(308, format!("https://shop.test{}", request.path_and_query)),
        })
    });
    let shell = Shell::new("closed", launch).await;
    let end = |variable: Option<(&str, &str)>| {
        let mut command = shell.command(&["--table", "json"]);
        command.envs(variable);
        let output = command.output().expect("the example runs");
        assert!(!text(&output.stdout).contains("open-sesame"));
        let summary = summary(&output);
        let home = summary.matrix.iter().find(|row| row.start == "http://shop.test/");
        home.and_then(|row| row.final_status)
    };
    assert_eq!(end(None), Some(401));
    assert_eq!(end(Some(("LAUNCH_READY_BASIC_AUTH", "me:open"))), Some(200));
    assert_eq!(end(Some(("LAUNCH_READY_BEARER", "open-sesame"))), Some(200));
}

#[tokio::test]
async fn versions_and_families_are_asked_for_apart() {
    let launch = Launch::healthy("shop.test").edit_site("shop.test", |site| {
        site.get("/", |request: &Request| match request.address.is_ipv6() {
            true => Reply::html("<title>Welcome to nginx!</title>"),
            false => Reply::html("<title>Shop</title>"),
        })
    });
    let shell = Shell::new("apart", launch).await;
    for version in [1, 2] {
        let summary = summary(&shell.run(&["--table", "json", "--http", &version.to_string()]));
        let secure = summary.matrix.iter().flat_map(|row| &row.hops).filter(|hop| hop.tls);
        let spoken: Vec<_> = secure.filter_map(|hop| hop.http).collect();
        assert!(!spoken.is_empty() && spoken.iter().all(|http| *http == version), "{spoken:?}");
    }
    let report = text(&shell.run(&["--each-family", "--format", "json"]).stdout);
    assert!(report.contains("redirects/families-agree @ shop.test"), "{report}");
}
