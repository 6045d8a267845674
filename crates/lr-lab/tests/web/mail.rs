use lr_lab::{Certificate, Lab, MailFault, MailHost};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use crate::client::{anything, connect, exchange, hangs};

async fn lab() -> Lab {
    Lab::builder()
        .mail_host(MailHost::new("good.test"))
        .mail_host(MailHost::new("plain.test").without_starttls())
        .mail_host(MailHost::new("wrong.test").certificate(Certificate::self_signed()))
        .mail_host(MailHost::new("silent.test").fault(MailFault::Silent))
        .mail_host(MailHost::new("closed.test").fault(MailFault::Unavailable))
        .mail_host(MailHost::new("later.test").fault(MailFault::StartTlsUnavailable))
        .start()
        .await
        .unwrap()
}

#[tokio::test]
async fn mail_hosts_greet_and_offer_what_they_have() {
    let lab = lab().await;
    let talk = async |host: &str, lines: &str| {
        exchange(connect(&lab, host, 25).await.unwrap(), lines.as_bytes()).await.unwrap()
    };
    let good = talk("good.test", "EHLO me\r\nQUIT\r\n").await;
    assert!(good.starts_with("220 good.test ESMTP\r\n") && good.contains("250-STARTTLS\r\n"));
    assert!(good.ends_with("221 good.test bye\r\n"));
    let plain = talk("plain.test", "EHLO me\r\nSTARTTLS\r\nQUIT\r\n").await;
    assert!(!plain.contains("250-STARTTLS") && plain.contains("502 "), "{plain}");
    assert!(talk("closed.test", "EHLO me\r\nQUIT\r\n").await.starts_with("554 "));
    assert!(talk("later.test", "EHLO me\r\nSTARTTLS\r\nQUIT\r\n").await.contains("454 "));
    assert!(hangs(talk("silent.test", "EHLO me\r\n")).await);
    assert_eq!(lab.smtp()[0].command, "EHLO me");
    assert!(lab.connections().iter().all(|connection| connection.port == 25));
}

#[tokio::test]
async fn starttls_leads_to_an_encrypted_session() {
    let lab = lab().await;
    let mut stream = BufReader::new(connect(&lab, "good.test", 25).await.unwrap());
    let mut line = String::new();
    stream.read_line(&mut line).await.unwrap();
    stream.write_all(b"STARTTLS\r\n").await.unwrap();
    stream.read_line(&mut line).await.unwrap();
    assert!(line.ends_with("220 go ahead\r\n"), "{line}");
    let stream = anything(stream.into_inner(), "good.test", &lab).await.unwrap();
    assert_eq!(stream.get_ref().1.peer_certificates().unwrap().len(), 2);
    let answer = exchange(stream, b"EHLO me\r\nQUIT\r\n").await.unwrap();
    assert!(answer.starts_with("250-good.test") && !answer.contains("STARTTLS"), "{answer}");
    let commands: Vec<_> = lab.smtp().into_iter().map(|c| (c.command, c.encrypted)).collect();
    assert_eq!(
        commands,
        [("STARTTLS", false), ("EHLO me", true), ("QUIT", true)].map(|(c, e)| (c.to_owned(), e))
    );
}
