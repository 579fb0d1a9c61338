//! Readers take turns at a registry (threat T-24).

use std::time::Duration;

use strata::registry::{Asker, Limits, Reader, Request};

use super::support::{Fixture, Reply};
use super::{client_with, limits, settings, tag};

fn reader(number: u8) -> Request {
    let asker = Asker { reader: Reader::at([192, 0, 2, number].into()), ..Asker::default() };
    Request { asker, ..Request::new() }
}

/// With one line for all, the second reader's list is read last.
#[tokio::test]
async fn a_reader_with_one_list_does_not_wait_for_another_s_hundred() {
    let fixture = Fixture::start().await;
    fixture.script(|_| Some(Reply::json(r#"{"tags":["1"]}"#).after(Duration::from_millis(20))));
    let mut settings = settings(fixture.url());
    settings.limits = Limits { concurrency: 1, ..limits() };
    let client = client_with(settings);
    let read = |number: u8, repository: String| {
        let client = client.clone();
        async move { client.tags(&reader(number), &repository.parse().unwrap()).await.unwrap() }
    };
    let crawl: Vec<_> = (0..30).map(|page| tokio::spawn(read(1, format!("crawl/{page}")))).collect();
    while fixture.received().is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    read(2, "other/page".to_owned()).await;
    let before = fixture.received().len();
    assert!(before <= 8, "{before} requests came first");
    for page in crawl {
        page.await.unwrap();
    }
}

/// With one line for all, the second reader's document is asked for last.
#[tokio::test]
async fn a_reader_with_one_question_does_not_wait_for_another_s_hundred() {
    let fixture = Fixture::start().await;
    fixture.script(|_| Some(Reply::error(404, "MANIFEST_UNKNOWN", "none").after(Duration::from_millis(20))));
    let mut settings = settings(fixture.url());
    settings.limits = Limits { concurrency: 1, ..limits() };
    let client = client_with(settings);
    let ask = |number: u8, repository: String| {
        let client = client.clone();
        async move { client.manifest(&reader(number), &repository.parse().unwrap(), &tag("1")).await.unwrap_err() }
    };
    let crawl: Vec<_> = (0..20).map(|page| tokio::spawn(ask(1, format!("crawl/{page}")))).collect();
    while fixture.received().is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    ask(2, "other/page".to_owned()).await;
    let before = fixture.received().len();
    assert!(before <= 6, "{before} requests came first");
    for page in crawl {
        page.await.unwrap();
    }
    assert_eq!(fixture.received().len(), 21);
}
