//! A registry that asks to wait longer than a reader does.

use std::time::Duration;

use strata::registry::{Error, Limits, Request};

use super::support::{Fixture, Reply};
use super::{client_with, repository, settings};

#[tokio::test]
async fn a_list_that_asks_for_more_patience_than_its_reader_has_says_so() {
    let fixture = Fixture::start().await;
    let busy = Reply::error(429, "TOOMANYREQUESTS", "slow down").header("retry-after", "20");
    fixture.on("/v2/app/web/tags/list", busy);
    let mut settings = settings(fixture.url());
    settings.limits = Limits { retries: 3, total: Duration::from_mins(1), ..settings.limits };
    let request = Request::new().within(Duration::from_secs(10));
    let error = client_with(settings).tags(&request, &repository()).await.unwrap_err();
    assert!(matches!(error, Error::RateLimited { retry_after: Some(wait), .. } if wait.as_secs() == 20), "{error}");
    assert_eq!(fixture.received().len(), 1);
}
