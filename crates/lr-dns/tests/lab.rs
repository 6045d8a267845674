//! Whole checks over real sockets.
use lr_dns::DnsCheck;
use lr_lab::{Lab, Zone};
#[tokio::test]
async fn healthy() {
    let zone = Zone::new("shop.test").records("@ A 11.0.0.7\n@ AAAA 2a0e:b107:9::7\nwww CNAME @\n@ CAA 0 issue \"letsencrypt.org\"\napp A 11.0.0.8");
    let lab = Lab::builder().zone(zone).start().await.unwrap();
    let run = lr_core::run(&DnsCheck::new("shop.test"), &lab.context()).await;
    for q in lab.queries() { println!("{:?} {} {} {} {}", q.at, q.server, q.address, q.name, q.record_type); }
    for o in &run.outcomes { println!("{} {} {:?}", o.rule, o.subject, o.verdict); }
    for f in &run.findings { println!("{} {}", f.key, f.detail); }
    println!("{:#?} {} queries {:?}", run.data, lab.queries().len(), run.error);
}
