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
