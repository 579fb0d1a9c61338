//! Answers that no HTTP server of good will sends, byte by byte (threat T-29).

use strata::oci::RepositoryName;
use strata::registry::{Client, Document, Error, Request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

use super::support::{digest_of, raw_listener};
use super::{client_with, digest, repository, settings, tag};

const BODY: &str = "{\"schemaVersion\":2}";

async fn manifest(client: &Client) -> Result<Document, Error> {
    client.manifest(&Request::new(), &repository(), &tag("1")).await
}

async fn of(answer: String) -> Result<Document, Error> {
    let mut settings = settings(raw_listener(answer.leak().as_bytes()).await);
    settings.limits.retries = 0;
    settings.limits.idle = std::time::Duration::from_millis(300);
    manifest(&client_with(settings)).await
}

/// Fails when a client takes one of two lengths for the other: what comes after the shorter one would be the next answer.
#[tokio::test]
async fn answers_that_end_twice_are_refused_or_end_once() {
    let chunked = format!("{:x}\r\n{BODY}\r\n0\r\n\r\n", BODY.len());
    // The chunks count, as the specification has it (RFC 9112, section 6.3), or nothing does.
    let both = format!("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n{chunked}");
    match of(both).await {
        Ok(document) => assert_eq!(document.bytes, BODY),
        Err(error) => assert!(matches!(error, Error::Unreachable { .. }), "{error:?}"),
    }
    for head in [
        "Content-Length: 3\r\nContent-Length: 19",
        "Content-Length: 3, 19",
        "Content-Length: -1",
        "Content-Length: +19",
        "Content-Length: 0x13",
        "Content-Length: 99999999999999999999999",
        "Transfer-Encoding: identity, chunked\r\nTransfer-Encoding: x",
        "Transfer-Encoding: gzip",
    ] {
        let answer = of(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{BODY}")).await;
        assert!(answer.is_err(), "{head}: {answer:?}");
    }
    for chunk in ["-1", "+13", "0x13", "13 ", "ffffffffffffffffff", "zz", "1_3"] {
        let answer = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}\r\n{BODY}\r\n0\r\n\r\n");
        if let Ok(document) = of(answer).await {
            assert_eq!(document.bytes, BODY, "{chunk}");
        }
    }
}

/// Fails when interim answers are read without an end, or taken for the answer.
#[tokio::test]
async fn answers_before_the_answer_have_an_end() {
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{BODY}", BODY.len());
    let few = "HTTP/1.1 103 Early Hints\r\nLink: <http://evil.example/>\r\n\r\n".repeat(3);
    assert_eq!(of(format!("{few}{answer}")).await.unwrap().bytes, BODY);
    // A flood never becomes an answer.
    let url = flooding("HTTP/1.1 100 Continue\r\n\r\n").await;
    let mut settings = settings(url);
    settings.limits.retries = 0;
    settings.limits.connect = std::time::Duration::from_millis(300);
    settings.limits.first_byte = std::time::Duration::from_millis(300);
    let error = manifest(&client_with(settings)).await.unwrap_err();
    assert!(matches!(error, Error::Timeout { .. } | Error::Unreachable { .. }), "{error:?}");
    // An upgrade that nobody asked for is none.
    let error = of("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n".to_owned()).await.unwrap_err();
    assert!(!matches!(error, Error::NotFound { .. }), "{error:?}");
}

/// Fails when what stands behind an answer is read as the answer to the next question.
#[tokio::test]
async fn bytes_after_an_answer_are_not_the_next_one() {
    let smuggled = "{\"schemaVersion\":2,\"smuggled\":true}";
    let second = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{smuggled}", smuggled.len());
    for first in [
        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{BODY}", BODY.len()),
        "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n".to_owned(),
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n".to_owned(),
    ] {
        let mut settings = settings(raw_listener(format!("{first}{second}").leak().as_bytes()).await);
        settings.limits.retries = 0;
        let client = client_with(settings);
        for _ in 0..3 {
            if let Ok(document) = client.manifest(&Request::new().refreshing(true), &repository(), &tag("1")).await {
                assert_eq!(document.bytes, BODY, "{first}");
            }
        }
        // The second answer is not taken for what another repository has.
        let other: RepositoryName = "other/app".parse().unwrap();
        let asked = digest(&digest_of(BODY.as_bytes()));
        if let Ok(document) = client.manifest(&Request::new(), &other, &asked).await {
            assert_eq!(document.bytes, BODY, "{first}");
        }
    }
    // A status without a body has none, whatever follows.
    let answer = of(format!("HTTP/1.1 204 No Content\r\nContent-Type: application/json\r\n\r\n{BODY}")).await;
    assert!(answer.is_err(), "{answer:?}");
}

/// A server that sends the same over and over.
async fn flooding(piece: &'static str) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 1024]).await;
                while stream.write_all(piece.as_bytes()).await.is_ok() {
                    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
                }
            });
        }
    });
    Url::parse(&format!("http://{address}")).unwrap()
}
