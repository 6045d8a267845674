//! Enemies: each look at them ends in time, takes in no more than it should, and says what they are.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "support/bed.rs"]
mod bed;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bed::Bed;
use bed::made::{self, HOST};
use lr_core::{CheckRun, Limits, Verdict};
use lr_tls::TlsCheck;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Bytes that may stand in the kernel's buffers between an enemy and us, for each connection.
const IN_FLIGHT: usize = 8 << 20;

/// A server that does this with every connection after it has read the hello, and the bytes that it
/// got rid of.
async fn enemy<F>(answer: fn(TcpStream, Arc<AtomicUsize>) -> F) -> (SocketAddr, Arc<AtomicUsize>)
where
    F: Future<Output = Option<()>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&sent);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let counter = Arc::clone(&counter);
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 4096]).await;
                answer(stream, counter).await
            });
        }
    });
    (address, sent)
}

async fn looked(bed: &Bed, address: SocketAddr, within: Duration) -> CheckRun {
    let cx = bed.context(&[(HOST, 443, address)]).with_limits(Limits::within(within));
    let check = TlsCheck::new([HOST]).with_roots(bed.roots.clone());
    let started = Instant::now();
    let run = lr_core::run(&check, &cx.with_time_left(within)).await;
    // An exchange may take a quarter of the time, and a look a few of them.
    assert!(started.elapsed() < within * 5, "{:?}", started.elapsed());
    assert_eq!(run.error, None);
    assert!(check_decided(&run));
    run
}

fn check_decided(run: &CheckRun) -> bool {
    lr_tls::RULES.iter().all(|rule| run.outcomes.iter().any(|one| one.rule == rule.id))
}

fn handshake(run: &CheckRun) -> (Verdict, String) {
    let verdict = run.outcomes.iter().find(|one| one.rule == "tls/handshake").unwrap();
    let finding = run.findings.iter().find(|one| one.rule == "tls/handshake");
    let detail = finding.map_or_else(String::new, |one| one.detail.to_string());
    (verdict.verdict.clone(), detail)
}

async fn pour(stream: &mut TcpStream, bytes: &[u8], sent: &AtomicUsize) -> Option<()> {
    stream.write_all(bytes).await.ok()?;
    sent.fetch_add(bytes.len(), Ordering::Relaxed);
    Some(())
}

const SHORT: Duration = Duration::from_secs(4);

/// A ServerHello of TLS 1.2 in a record (RFC 5246, section 7.4.1.3).
fn server_hello() -> Vec<u8> {
    let mut hello = vec![22, 3, 3, 0, 44, 2, 0, 0, 40, 3, 3];
    hello.extend([9; 32]);
    hello.extend([0, 0xc0, 0x2b, 0, 0, 0]);
    hello
}

#[tokio::test]
async fn endless_garbage_is_not_tls() {
    let bed = Bed::new().await;
    let (address, sent) = enemy(|mut stream, sent| async move {
        let garbage: Vec<u8> = (0..4096u32).map(|n| (n * 167 % 251 + 40) as u8).collect();
        while pour(&mut stream, &garbage, &sent).await.is_some() {}
        Some(())
    })
    .await;
    let run = looked(&bed, address, SHORT).await;
    let (verdict, detail) = handshake(&run);
    assert_eq!(verdict, Verdict::Fail);
    assert!(detail.contains("not TLS"), "{detail}");
    assert!(sent.load(Ordering::Relaxed) < 16 * IN_FLIGHT);
}

/// A ServerHello of TLS 1.2, and then HelloRequests without end (RFC 5246, section 7.4.1.1).
#[tokio::test]
async fn an_endless_handshake_is_cut_off() {
    let bed = Bed::new().await;
    let (address, sent) = enemy(|mut stream, sent| async move {
        pour(&mut stream, &server_hello(), &sent).await?;
        let requests = [22, 3, 3, 0, 4, 0, 0, 0, 0].repeat(500);
        while pour(&mut stream, &requests, &sent).await.is_some() {}
        Some(())
    })
    .await;
    let (verdict, detail) = handshake(&looked(&bed, address, SHORT).await);
    assert_eq!(verdict, Verdict::Fail);
    assert!(detail.contains("breaks the protocol"), "{detail}");
    assert!(sent.load(Ordering::Relaxed) < 16 * IN_FLIGHT);
}

/// A message of 1 MB in records of ordinary size.
#[tokio::test]
async fn a_message_of_a_megabyte_is_not_swallowed() {
    let bed = Bed::new().await;
    let (address, sent) = enemy(|mut stream, sent| async move {
        pour(&mut stream, &server_hello(), &sent).await?;
        pour(&mut stream, &[22, 3, 3, 0, 4, 11, 0x10, 0, 0], &sent).await?;
        let mut record = vec![22, 3, 3, 0x40, 0];
        record.resize(5 + 0x4000, 0);
        for _ in 0..64 {
            pour(&mut stream, &record, &sent).await?;
        }
        stream.read(&mut [0; 64]).await.ok().map(|_| ())
    })
    .await;
    let (verdict, detail) = handshake(&looked(&bed, address, SHORT).await);
    assert_eq!(verdict, Verdict::Fail);
    assert!(detail.contains("larger than clients take in"), "{detail}");
    assert!(sent.load(Ordering::Relaxed) < 16 * IN_FLIGHT);
}

/// A record may have 2^14 bytes, and a little more when encrypted (RFC 8446, section 5).
#[tokio::test]
async fn a_record_that_is_too_large_is_refused() {
    let bed = Bed::new().await;
    let (address, _) = enemy(|mut stream, sent| async move {
        let mut record = vec![22, 3, 3, 0xff, 0xff, 2, 0, 0xff, 0xff];
        record.resize(5 + 0xffff, 0);
        pour(&mut stream, &record, &sent).await
    })
    .await;
    let (verdict, detail) = handshake(&looked(&bed, address, SHORT).await);
    assert_eq!(verdict, Verdict::Fail, "{detail}");
    assert!(detail.contains("breaks the protocol"), "{detail}");
}

#[tokio::test]
async fn one_byte_a_second_decides_nothing() {
    let bed = Bed::new().await;
    let (address, _) = enemy(|mut stream, sent| async move {
        let mut drips = [22, 3, 3, 0x40, 0, 2].into_iter();
        while pour(&mut stream, &[drips.next().unwrap_or(0)], &sent).await.is_some() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        Some(())
    })
    .await;
    let (verdict, _) = handshake(&looked(&bed, address, SHORT).await);
    assert!(matches!(verdict, Verdict::Inconclusive { .. }), "{verdict:?}");
}

#[tokio::test]
async fn ten_thousand_names_are_too_large_for_clients() {
    let bed = Bed::new().await;
    let names: Vec<_> = (0..10_000).map(|n| format!("h{n}.shop.test")).collect();
    let chain = bed.made.with(|params| params.subject_alt_names = made::dns(&names));
    assert!(chain[0].len() > 140_000);
    let address = bed.server(chain).with_mock(|_| ()).serve().await;
    let run = looked(&bed, address, Duration::from_secs(12)).await;
    let (verdict, detail) = handshake(&run);
    assert_eq!(verdict, Verdict::Fail);
    assert!(detail.contains("larger than clients take in"), "{detail}");
    // The certificate is seen all the same.
    let name = run.findings.iter().find(|one| one.rule == "tls/name");
    assert!(name.is_some_and(|one| one.detail.as_str().contains("more")), "{:?}", run.findings);
}

#[tokio::test]
async fn a_hundred_intermediates_are_named() {
    let bed = Bed::new().await;
    let mut chain = bed.made.with(|_| ());
    chain.extend(bed.made.strangers(100));
    let address = bed.server(chain).serve().await;
    let run = looked(&bed, address, Duration::from_secs(12)).await;
    let rules: Vec<_> = run.findings.iter().map(|one| one.rule.as_str()).collect();
    assert_eq!(rules, ["tls/chain-order"], "{:?}", run.findings);
    let detail = run.findings[0].detail.as_str();
    assert!(detail.contains("issued none of the others") && detail.len() < 4000, "{detail}");
}
