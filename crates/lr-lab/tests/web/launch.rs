use lr_lab::{Certificate, Lab, Launch, Site};

use crate::client::{connect, get, tls};

fn location(answer: &str) -> Option<&str> {
    answer.lines().find_map(|line| line.strip_prefix("location: "))
}

#[tokio::test]
async fn a_healthy_launch_leads_everyone_to_the_right_page() {
    let lab = Lab::builder().launch(Launch::healthy("shop.test")).start().await.unwrap();
    for from in ["http://shop.test", "http://www.shop.test", "https://www.shop.test"] {
        let answer = get(&lab, &format!("{from}/a/b?c=%2F&d")).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 308 "), "{from}: {answer}");
        assert_eq!(location(&answer), Some("https://shop.test/a/b?c=%2F&d"), "{from}");
    }
    for (url, status) in [
        ("https://shop.test/", "200"),
        ("https://shop.test/no-such-page", "404"),
        ("https://www.shop.test/", "308"),
        ("https://app.shop.test/", "200"),
        ("https://api.shop.test/health", "200"),
    ] {
        let answer = get(&lab, url).await.unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{url}: {answer}");
        let hsts = "strict-transport-security: max-age=63072000; includeSubDomains\r\n";
        assert!(answer.contains(hsts), "{url}: {answer}");
    }
    for host in ["shop.test", "www.shop.test", "app.shop.test", "api.shop.test", "mx1.shop.test"] {
        let addresses = lab.addresses(host);
        assert!(addresses.len() == 2 && addresses[0].is_ipv4() && addresses[1].is_ipv6());
    }
    assert!(connect(&lab, "mx1.shop.test", 25).await.is_ok());
}

#[tokio::test]
async fn launches_do_not_share_addresses() {
    let mut builder = Lab::builder();
    for number in 0..20 {
        builder = builder.launch(Launch::healthy(&format!("site{number}.test")));
    }
    let lab = builder.start().await.unwrap();
    let mut addresses: Vec<_> =
        (0..20).flat_map(|number| lab.addresses(&format!("site{number}.test"))).collect();
    addresses.sort();
    addresses.dedup();
    assert_eq!(addresses.len(), 40);
}

#[tokio::test]
async fn one_thing_can_be_broken_and_the_rest_holds() {
    let launch = Launch::healthy("shop.test")
        .certificate("www.shop.test", Certificate::expired())
        .edit_site("api.shop.test", |site| site.without_https_header("strict-transport-security"))
        .without_site("app.shop.test")
        .site(Site::new("shop.test"));
    let lab = Lab::builder().launch(launch).start().await.unwrap();
    assert!(tls(&lab, "www.shop.test", &[]).await.is_err());
    assert!(tls(&lab, "shop.test", &[]).await.is_ok());
    assert!(connect(&lab, "app.shop.test", 443).await.is_err());
    assert!(!get(&lab, "https://api.shop.test/").await.unwrap().contains("strict-transport"));
    assert!(get(&lab, "https://shop.test/").await.unwrap().starts_with("HTTP/1.1 404"));
}

mod demo {
    use std::time::Instant;

    use lr_lab::demo;

    use super::*;

    #[tokio::test]
    async fn the_demo_has_the_faults_it_says() {
        let lab = Lab::builder().launch(demo::launch()).start().await.unwrap();
        let hop = async |url: &str| {
            let answer = get(&lab, url).await.unwrap();
            (answer[9..12].to_owned(), location(&answer).map(str::to_owned))
        };
        let to = |status: &str, location: &str| (status.to_owned(), Some(location.to_owned()));
        assert_eq!(hop("http://shop.test/a?b").await, to("301", "https://shop.test/"));
        assert_eq!(hop("https://www.shop.test/a?b").await, to("302", "https://shop.test/a?b"));
        assert_eq!(hop("https://shop.test/old-pricing").await, to("301", "/prices"));
        assert_eq!(hop("https://shop.test/prices").await, to("301", "/plans"));
        assert_eq!(hop("https://shop.test/plans").await, to("301", "/pricing"));
        assert_eq!(hop("https://shop.test/company").await, to("308", "/about"));
        assert!(get(&lab, "https://shop.test/").await.unwrap().contains("max-age=300\r\n"));
        for (host, error) in [("api.shop.test", "Expired"), ("app.shop.test", "UnknownIssuer")] {
            let result = format!("{:?}", tls(&lab, host, &[]).await.unwrap_err());
            assert!(result.contains(error), "{host}: {result}");
        }
        assert!(tls(&lab, "www.shop.test", &[]).await.is_ok());
        assert!(lab.addresses("status.shop.test").is_empty());
        let mut slow = Vec::new();
        for number in 0..8 {
            let start = Instant::now();
            get(&lab, "https://shop.test/api/search?q=x").await.unwrap();
            if start.elapsed() >= demo::SLOW {
                slow.push(number);
            }
        }
        assert_eq!(slow, [3]);
    }

    #[tokio::test]
    async fn its_twin_has_none_of_them() {
        let lab = Lab::builder().launch(demo::healthy()).start().await.unwrap();
        for host in demo::HOSTS {
            assert!(tls(&lab, host, &[]).await.is_ok(), "{host}");
        }
        for (old, new) in demo::OLD_URLS {
            let answer = get(&lab, old).await.unwrap();
            let path = new.strip_prefix("https://shop.test").unwrap();
            assert_eq!(location(&answer), Some(path), "{old}");
            assert!(get(&lab, new).await.unwrap().starts_with("HTTP/1.1 200"), "{new}");
        }
        for (url, _) in demo::ENDPOINTS {
            assert!(get(&lab, url).await.unwrap().starts_with("HTTP/1.1 200"), "{url}");
        }
    }

    #[test]
    fn its_source_tree_differs_from_the_clean_one_only_in_secrets() {
        let base = std::env::temp_dir().join(format!("lr-lab-source-{}", std::process::id()));
        let (leaky, clean) = (base.join("leaky"), base.join("clean"));
        demo::source_tree(&leaky).unwrap();
        demo::clean_source_tree(&clean).unwrap();
        let read =
            |dir: &std::path::Path, name: &str| std::fs::read_to_string(dir.join(name)).unwrap();
        for name in [".env", "config/deploy.yml", "src/payments.js"] {
            assert_ne!(read(&leaky, name), read(&clean, name), "{name}");
        }
        for name in ["README.md", "package-lock.json", ".env.example", "src/search.js"] {
            assert_eq!(read(&leaky, name), read(&clean, name), "{name}");
        }
        std::fs::remove_dir_all(base).unwrap();
    }
}
