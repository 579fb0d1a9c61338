//! Addresses of this site that spell no text.

use super::fault::{image_opens, lines_of};
use super::site::{SITE, get};

#[test]
fn a_path_that_is_not_utf_8_once_decoded_is_a_400_that_asks_nobody() {
    let asked = SITE.registry("refusing").received().iter().filter(|received| received.path.contains("utf")).count();
    for target in
        ["/refusing/utf/%ff", "/refusing/utf/%c3%28:1", "/refusing/utf/app:%ff", "/refusing/utf:1/-/%ff", "/%ff/"]
    {
        let page = get(target);
        let expected = if target.contains("/-/") { 404 } else { 400 };
        assert_eq!(page.status, expected, "{target}");
        page.says(&["What you can do", "repositories"]);
        let answered: Vec<_> =
            lines_of(page.request_id()).into_iter().filter(|line| line["message"] == "answered").collect();
        assert_eq!(answered.len(), 1, "{answered:?}");
        assert_eq!(
            (answered[0]["status"].as_u64(), answered[0]["path"].as_str()),
            (Some(expected.into()), Some(target))
        );
    }
    for target in ["/-/api/tags/refusing/utf/%ff", "/-/api/image/refusing/utf:%ff", "/-/api/raw/refusing/utf%ff@x"] {
        let answer = get(target);
        let error = answer.json()["error"].take();
        assert_eq!((answer.status, error["code"].as_str()), (400, Some("invalid_request")), "{target}: {error}");
        assert_eq!(error["request"]["id"], answer.request_id());
    }
    let later = SITE.registry("refusing").received().iter().filter(|received| received.path.contains("utf")).count();
    assert_eq!(asked, later);
    image_opens("good");
}

#[test]
fn a_query_that_is_not_utf_8_is_read_as_far_as_it_can_be() {
    for (target, status) in
        [("/-/search?q=%ff%fe", 302), ("/good/app/web?filter=%ff", 200), ("/good/app/web:1.0?platform=%ff", 400)]
    {
        image_opens("good");
        assert_eq!(get(target).status, status, "{target}");
    }
}
