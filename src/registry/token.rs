//! Tokens: what they are asked for with, and what a service's answer says (distribution's token authentication, both forms).

use std::time::Duration;

use http::HeaderValue;
use serde_json::Value;
use url::Url;

use super::challenge::Challenge;
use super::scope::Scope;
use super::secret::Secret;

/// What a token lives where the service does not say; shorter lives are taken for as long, as
/// the token specification has it.
const SHORTEST: Duration = Duration::from_mins(1);

/// Longest life believed.
const LONGEST: Duration = Duration::from_hours(24);

/// How much earlier than its end a token is given up, for clocks and ways that differ.
const MARGIN: Duration = Duration::from_secs(10);

/// Longest token that is put into a header, in bytes.
const MAX_TOKEN: usize = 16 * 1024;

/// Most scopes asked for at once.
const MAX_SCOPES: usize = 4;

/// How we name ourselves where a service wants to know.
const CLIENT: &str = "strata";

/// A token that was granted.
#[derive(Clone)]
pub(crate) struct Granted {
    /// The whole header, marked as sensitive.
    pub(crate) header: HeaderValue,
    /// How long it may be used.
    pub(crate) life: Duration,
    /// The identity token that takes the place of the one that was sent.
    pub(crate) refresh: Option<Secret>,
}

/// Reads a token service's answer.
///
/// The token is never looked into, since it need not be a JWT, only checked to be fit for a header (threat T-27).
pub(crate) fn read(body: &[u8]) -> Result<Granted, &'static str> {
    let document: Value = serde_json::from_slice(body).map_err(|_| "the token service's answer is not JSON")?;
    let text = |name: &str| document.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let token = text("token").or_else(|| text("access_token")).ok_or("the token service's answer has no token")?;
    if token.len() > MAX_TOKEN {
        return Err("the token is too long");
    }
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("the token has characters that cannot stand in a header");
    }
    let mut header =
        HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| "the token cannot stand in a header")?;
    header.set_sensitive(true);
    let seconds = match document.get("expires_in") {
        Some(Value::Number(number)) => number.as_u64().unwrap_or_default(),
        Some(Value::String(text)) => text.parse().unwrap_or_default(),
        _ => 0,
    };
    let life = Duration::from_secs(seconds).clamp(SHORTEST, LONGEST).saturating_sub(MARGIN);
    let refresh = text("refresh_token").filter(|token| token.len() <= MAX_TOKEN).map(Secret::new);
    Ok(Granted { header, life, refresh })
}

/// The scopes to ask for: what the challenge names, as far as it is needed for reading, or else what the request needs.
///
/// A registry may have its own name for a repository, and may want more than one scope. It does not get more than the right
/// to read out of our account (ask for the least).
pub(crate) fn scopes(challenge: &Challenge, scope: &Scope) -> Vec<String> {
    let wanted = challenge.parameter("scope").unwrap_or_default();
    let mut scopes: Vec<_> =
        wanted.split_ascii_whitespace().filter_map(|wanted| readable(wanted, scope)).take(MAX_SCOPES).collect();
    if scopes.is_empty() {
        scopes.extend(scope.text());
    }
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}

/// A scope cut down to reading; nothing for one that has none of it, or does not belong to the request.
fn readable(wanted: &str, scope: &Scope) -> Option<String> {
    // The type stands left of the first colon, the actions right of the last; the name may have colons itself.
    let (kind, rest) = wanted.split_once(':')?;
    let (name, actions) = rest.rsplit_once(':')?;
    let mut actions = actions.split(',');
    match scope {
        Scope::Pull(_) if kind == "repository" || kind.starts_with("repository(") => {
            actions.any(|action| action == "pull" || action == "*").then(|| format!("{kind}:{name}:pull"))
        }
        Scope::Catalog if kind == "registry" && name == "catalog" => {
            actions.any(|action| action == "*").then(|| format!("{kind}:{name}:*"))
        }
        _ => None,
    }
}

/// The URL of the exchange.
pub(crate) fn exchange_url(realm: &Url, service: Option<&str>, scopes: &[String]) -> Url {
    let mut url = realm.clone();
    {
        let mut query = url.query_pairs_mut();
        if let Some(service) = service {
            query.append_pair("service", service);
        }
        for scope in scopes {
            query.append_pair("scope", scope);
        }
    }
    if url.query() == Some("") {
        url.set_query(None);
    }
    url
}

/// The body of the exchange of an identity token (OAuth 2's refresh grant, RFC 6749 §6, as docker's clients send it).
pub(crate) fn refresh_form(service: Option<&str>, scopes: &[String], token: &Secret) -> Secret {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "refresh_token");
    if let Some(service) = service {
        form.append_pair("service", service);
    }
    form.append_pair("client_id", CLIENT);
    if !scopes.is_empty() {
        form.append_pair("scope", &scopes.join(" "));
    }
    form.append_pair("refresh_token", token.reveal());
    Secret::from(form.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scopes_of(wanted: &str, scope: &Scope) -> Vec<String> {
        let parameters = vec![("scope".to_owned(), wanted.to_owned())];
        scopes(&Challenge { scheme: "Bearer".to_owned(), parameters }, scope)
    }

    #[test]
    fn both_names_of_the_token_are_read() {
        for body in [r#"{"token":"abc"}"#, r#"{"access_token":"abc"}"#, r#"{"token":"","access_token":"abc"}"#] {
            assert_eq!(read(body.as_bytes()).unwrap().header, "Bearer abc", "{body}");
        }
    }

    #[test]
    fn a_life_is_never_shorter_than_a_minute_and_ends_early() {
        for (expires, seconds) in [
            ("", 50),
            (r#","expires_in":5"#, 50),
            (r#","expires_in":300"#, 290),
            (r#","expires_in":"300""#, 290),
            (r#","expires_in":-1"#, 50),
            (r#","expires_in":1e300"#, 50),
            (r#","expires_in":99999999999"#, 24 * 3600 - 10),
        ] {
            let granted = read(format!("{{\"token\":\"t\"{expires}}}").as_bytes()).unwrap();
            assert_eq!(granted.life, Duration::from_secs(seconds), "{expires}");
        }
    }

    #[test]
    fn what_cannot_stand_in_a_header_is_refused() {
        for token in ["a\\nb", "a\\r\\nX-Evil: 1", "a b", "é", "\\u0000"] {
            assert!(read(format!("{{\"token\":\"{token}\"}}").as_bytes()).is_err(), "{token}");
        }
        assert!(read(format!("{{\"token\":\"{}\"}}", "x".repeat(20_000)).as_bytes()).is_err());
        for body in ["", "<html>", "{}", r#"{"token":3}"#, r#"{"token":""}"#] {
            assert!(read(body.as_bytes()).is_err(), "{body}");
        }
    }

    #[test]
    fn tokens_are_not_printed() {
        let granted = read(br#"{"token":"hunter2"}"#).unwrap();
        assert!(!format!("{:?}", granted.header).contains("hunter2"));
    }

    #[test]
    fn only_reading_is_asked_for() {
        let pull = Scope::Pull("a/b".parse().unwrap());
        assert_eq!(scopes_of("", &pull), ["repository:a/b:pull"]);
        assert_eq!(scopes_of("repository:prefix/a/b:pull,push,delete", &pull), ["repository:prefix/a/b:pull"]);
        assert_eq!(scopes_of("repository(plugin):a/b:pull", &pull), ["repository(plugin):a/b:pull"]);
        assert_eq!(scopes_of("repository:host:5000/a:pull", &pull), ["repository:host:5000/a:pull"]);
        assert_eq!(scopes_of("repository:x:push registry:catalog:*", &pull), ["repository:a/b:pull"]);
        assert_eq!(scopes_of("repository:z:pull repository:a:pull repository:z:pull", &pull).len(), 2);
        assert_eq!(scopes_of("registry:catalog:*", &Scope::Catalog), ["registry:catalog:*"]);
        assert_eq!(scopes_of("repository:a:pull", &Scope::Catalog), ["registry:catalog:*"]);
        assert_eq!(scopes_of("repository:a:pull", &Scope::Nothing), [""; 0]);
    }

    #[test]
    fn the_query_is_added_to_the_realms_own() {
        let realm = Url::parse("https://h/token?account=x").unwrap();
        let url = exchange_url(&realm, Some("reg"), &["repository:a/b:pull".to_owned()]);
        assert_eq!(url.as_str(), "https://h/token?account=x&service=reg&scope=repository%3Aa%2Fb%3Apull");
        assert_eq!(exchange_url(&Url::parse("https://h/t").unwrap(), None, &[]).as_str(), "https://h/t");
    }

    #[test]
    fn a_newer_identity_token_is_read_and_an_empty_one_is_none() {
        for (body, expected) in [
            (r#"{"access_token":"a","refresh_token":"r"}"#, Some("r")),
            (r#"{"access_token":"a","refresh_token":""}"#, None),
            (r#"{"access_token":"a","refresh_token":7}"#, None),
        ] {
            let granted = read(body.as_bytes()).unwrap();
            assert_eq!(granted.refresh.as_ref().map(Secret::reveal), expected, "{body}");
        }
    }

    #[test]
    fn a_form_has_one_scope_and_is_not_printed() {
        let scopes = ["repository:a/b:pull".to_owned(), "repository:c:pull".to_owned()];
        let form = refresh_form(Some("reg"), &scopes, &Secret::new("a&b=c"));
        assert_eq!(
            form.reveal(),
            "grant_type=refresh_token&service=reg&client_id=strata&scope=repository%3Aa%2Fb%3Apull+repository%3Ac%3Apull&refresh_token=a%26b%3Dc"
        );
        assert!(!format!("{form:?}").contains("a%26"));
        assert!(!refresh_form(None, &[], &Secret::new("x")).reveal().contains("scope"));
    }
}
