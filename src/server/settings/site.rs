//! Where people reach this site: its public address and its base path.
//!
//! The public URL is the whole address, so its path is the base path. Either is enough; given both, they say the same.

use url::Url;

use super::error::{Said, SettingsError, shown};
use crate::view::BasePath;

const ALLOWED_URL: &str = "allowed is a URL such as https://strata.example or https://tools.example/strata";
const ALLOWED_PATH: &str = "a path of letters, digits, `.`, `_`, `~` and `-`, for example /strata";

/// Public URL and base path from what was said of both.
pub(super) fn read(
    public_url: Option<&Said>,
    base_path: Option<&Said>,
) -> Result<(Option<Url>, BasePath), SettingsError> {
    let said_path = base_path.map(|said| said.parse::<BasePath>(ALLOWED_PATH)).transpose()?;
    let Some(said_url) = public_url else {
        return Ok((None, said_path.unwrap_or_default()));
    };
    let (url, path_of_url) = public(said_url)?;
    if let (Some(said), Some(path)) = (base_path, &said_path)
        && *path != path_of_url
    {
        let message = format!(
            "`{}` is not the path of the public URL {}, which is the whole address that people use; allowed is one of the \
             two, or both with the same path",
            shown(&said.value),
            shown(&said_url.value),
        );
        return Err(said.wrong(message));
    }
    Ok((Some(url), path_of_url))
}

/// The address that people use, and its path.
fn public(said: &Said) -> Result<(Url, BasePath), SettingsError> {
    let wrong = || said.wrong(format!("`{}` is not the address of a site; {ALLOWED_URL}", shown(&said.value)));
    let url = Url::parse(said.value.trim()).map_err(|_| wrong())?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.host_str().is_some()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    let path = url.path().parse().map_err(|_| wrong())?;
    if plain { Ok((url, path)) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::super::error::Place;
    use super::*;

    fn place(public_url: &str, base_path: &str) -> Result<(Option<String>, String), String> {
        let said = |name, text: &str| (!text.is_empty()).then(|| Said::new(text.to_owned(), Place::Flag(name)));
        read(said("--public-url", public_url).as_ref(), said("--base-path", base_path).as_ref())
            .map(|(url, path)| (url.map(String::from), path.to_string()))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_public_urls_path_is_the_base_path() {
        for (public_url, base_path, url, path) in [
            ("", "", None, ""),
            ("", "/strata", None, "/strata"),
            ("", "/strata/", None, "/strata"),
            ("", "/", None, ""),
            ("https://a.example", "", Some("https://a.example/"), ""),
            ("https://a.example", "/", Some("https://a.example/"), ""),
            ("https://a.example/strata", "", Some("https://a.example/strata"), "/strata"),
            ("https://a.example/x/strata/", "/x/strata", Some("https://a.example/x/strata/"), "/x/strata"),
        ] {
            assert_eq!(place(public_url, base_path), Ok((url.map(str::to_owned), path.to_owned())));
        }
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        for (public_url, base_path, message) in [
            ("strata.example", "", "--public-url: `strata.example` is not the address of a site"),
            ("https://a.example/a%20b", "", "--public-url: `https://a.example/a%20b` is not the address of a site"),
            ("https://a.example/?x", "", "--public-url: `https://a.example/?x` is not the address of a site"),
            ("", "strata", "--base-path: `strata` is not allowed here; allowed is a path of letters"),
            ("", "/a/../b", "--base-path: `/a/../b` is not allowed here"),
            (
                "https://a.example",
                "/strata",
                "--base-path: `/strata` is not the path of the public URL https://a.example",
            ),
            ("https://a.example/x", "/strata", "--base-path: `/strata` is not the path of the public URL"),
        ] {
            let error = place(public_url, base_path).unwrap_err();
            assert!(error.starts_with(message), "{error}");
        }
    }
}
