//! A registry that sends its readers elsewhere.

use super::fault::Fault;
use super::site::SITE;
use super::support::logs::Logs;
use super::support::{Reply, digest_of};

#[test]
fn places_that_nobody_trusts_are_named_and_not_asked() {
    const NEVER_ASKED: &str = "/v2/never/asked/manifests/1";
    let elsewhere = SITE.registry("good");
    let origin = elsewhere.origin();
    let host = &origin["http://".len()..];
    for (repository, location, shown) in [
        ("redirects/port", format!("http://{host}{NEVER_ASKED}"), host),
        ("redirects/inside", "http://169.254.169.254/latest/meta-data/".to_owned(), "169.254.169.254"),
        ("redirects/file", "file:///etc/passwd".to_owned(), "file:///etc/passwd"),
        ("redirects/user", format!("http://user:pass-in-location@{host}{NEVER_ASKED}"), host),
    ] {
        let digest = digest_of(repository.as_bytes());
        let request = format!("/v2/{repository}/manifests/{digest}");
        SITE.registry("refusing").on(&request, Reply::redirect(307, &location));
        let page = format!("{repository}@{digest}");
        let says = ["It leads to", shown];
        let fault = Fault {
            registry: "refusing",
            page: &page,
            api: "/-/api/image/",
            status: 502,
            code: "redirect_refused",
            heading: "The registry sends the request elsewhere, where Strata does not follow",
            request: &request,
            says: &says,
        };
        let page = fault.check();
        assert!(!page.text().contains("pass-in-location"), "{}", page.text());
        assert!(!Logs::of_process().text().contains("pass-in-location"));
        assert!(elsewhere.received_for(NEVER_ASKED).is_empty());
    }
}
