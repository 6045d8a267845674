//! Many names at once from the command line: `dns --targets names.txt`.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use lr_lab::{Lab, Zone};

fn example() -> Command {
    let mut path = std::env::current_exe().expect("a test runs from a file");
    path.pop();
    path.pop();
    path.push("examples");
    path.push("dns");
    assert!(path.exists(), "{} is missing: run `cargo build --examples`", path.display());
    let mut command = Command::new(path);
    command.stdin(Stdio::null());
    command
}

fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).expect("the target folder can be written");
    path
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("output is UTF-8")
}

async fn run(lab: &Lab, arguments: &[&str]) -> Output {
    let mut command = example();
    command.args(arguments).args(["--nameserver", &lab.recursor().to_string()]);
    tokio::task::spawn_blocking(move || command.output().expect("the example runs"))
        .await
        .expect("the example is waited for")
}

async fn lab(zone: Zone) -> Lab {
    Lab::builder().zone(zone).start().await.expect("the lab starts")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_name_of_a_file_has_a_line() {
    let lab =
        lab(Zone::new("shop.test").records("@ A 11.0.0.7\nwww CNAME @\n@ MX 10 mx\n@ MX 20 mx"))
            .await;
    let names = "shop.test\n\n# a comment\nWWW.shop.test\nnobody.shop.test\na..b\n";
    let names = file("names.txt", names).display().to_string();
    let output = run(&lab, &["--targets", &names]).await;
    assert!(output.status.success(), "{}", text(&output.stderr));
    let mut lines: Vec<_> = text(&output.stdout).lines().collect();
    lines.sort_unstable();
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert!(lines[0].starts_with("a..b\tA\t-\t"), "{lines:?}");
    assert_eq!(lines[1], "nobody.shop.test\tA\tNXDOMAIN\t");
    assert_eq!(lines[2], "shop.test\tA\tNOERROR\t11.0.0.7");
    assert_eq!(lines[3], "www.shop.test\tA\tNOERROR\t11.0.0.7");
    let output = run(&lab, &["--targets", &names, "--type", "mx"]).await;
    let mx = text(&output.stdout).lines().find(|line| line.starts_with("shop.test"));
    assert_eq!(mx, Some("shop.test\tMX\tNOERROR\t10 mx.shop.test,20 mx.shop.test"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_many_lines_come_out_as_names_go_in() {
    let lab = lab(Zone::new("shop.test").records("* A 11.0.0.7")).await;
    let names: String = (0..3000).map(|number| format!("host{number}.shop.test\n")).collect();
    let names = file("many.txt", &names).display().to_string();
    let output = run(&lab, &["--targets", &names]).await;
    assert!(output.status.success(), "{}", text(&output.stderr));
    let lines: std::collections::BTreeSet<_> = text(&output.stdout).lines().collect();
    assert_eq!(lines.len(), 3000);
    assert!(lines.iter().all(|line| line.ends_with("\tNOERROR\t11.0.0.7")), "{:?}", lines.first());
}

#[test]
fn what_cannot_be_done_is_said() {
    let names = file("one.txt", "shop.test\n").display().to_string();
    for (arguments, says) in [
        (vec!["--targets", "/nowhere/names.txt", "--nameserver", "127.0.0.1:9"], "cannot be read"),
        (
            vec!["--targets", &names, "--type", "nonsense", "--nameserver", "127.0.0.1:9"],
            "record type",
        ),
        (vec!["--targets", &names, "shop.test"], "cannot be used with"),
    ] {
        let output = example().args(&arguments).output().expect("the example runs");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let error = text(&output.stderr);
        assert!(error.contains(says), "{arguments:?}: {error}");
    }
}

/// Roots can be given more than once, and delegations are walked from them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn roots_are_repeatable() {
    let lab =
        lab(Zone::new("shop.test").records("@ A 11.0.0.7\nwww CNAME @\n@ CAA 0 issue \"ca.test\""))
            .await;
    let mut arguments = vec!["shop.test".to_owned(), "--now".to_owned(), lab.now().to_string()];
    for root in lab.roots() {
        arguments.extend(["--roots".to_owned(), std::net::SocketAddr::new(root, 53).to_string()]);
    }
    for route in &lab.network().routes {
        arguments.extend(["--route".to_owned(), route.to_string()]);
    }
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    lab.clear_log();
    let output = run(&lab, &arguments).await;
    assert_eq!(output.status.code(), Some(0), "{}{}", text(&output.stdout), text(&output.stderr));
    let asked: std::collections::BTreeSet<_> =
        lab.queries().into_iter().map(|q| q.server).collect();
    assert!(
        asked.contains("a.root-servers.net") || asked.contains("b.root-servers.net"),
        "{asked:?}"
    );
}
