//! Sign-in: anonymous, with user name and password, or with tokens (distribution's token authentication).
//!
//! Credentials go to the registry's own origin and to realms that pass [`super::realm`], and nowhere else.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, StatusCode};
use moka::future::Cache;
use url::Url;

use super::challenge::Challenge;
use super::error::Error;
use super::exchange::{is_passing, refusal, unauthorized};
use super::fetch::{Failed, Fetcher, Incoming, Outgoing, retry_after};
use super::flight::{Flights, NoResult};
use super::origin::Origin;
use super::probe::AuthKind;
use super::realm::{self, Refused};
use super::redirect::Follow;
use super::scope::Scope;
use super::settings::RegistrySettings;
use super::token::{self, Granted};
use super::trace::{EntryKind, Trace};
use super::transport::Purpose;

/// Signs requests in to one registry.
pub(crate) struct Authenticator {
    url: Url,
    trusted: Vec<Origin>,
    /// The `Authorization` header made of the credentials.
    basic: Option<HeaderValue>,
    /// How the registry wanted it the last time. Saves the request that would only be answered with a challenge.
    learned: Mutex<Option<Method>>,
    tokens: Cache<Scope, Kept>,
    flights: Flights<TokenRequest, Result<Granted, (Error, bool)>>,
}

/// A way to sign in.
#[derive(Clone, PartialEq, Eq)]
enum Method {
    Basic,
    Bearer { realm: Url, service: Option<String> },
}

#[derive(Clone)]
struct Kept {
    header: HeaderValue,
    until: Instant,
}

/// What readers may be waiting for together.
#[derive(Clone, PartialEq, Eq, Hash)]
struct TokenRequest {
    url: Url,
}

/// What a request is signed in with.
#[derive(Clone)]
pub(crate) struct Pass {
    /// The `Authorization` header.
    pub(crate) header: HeaderValue,
    /// Whether it is a token.
    pub(crate) token: bool,
}

impl Authenticator {
    pub(crate) fn new(settings: &RegistrySettings) -> Self {
        let basic = settings.credentials.as_ref().and_then(|credentials| {
            let pair = format!("{}:{}", credentials.username, credentials.password().reveal());
            let mut value = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(pair))).ok()?;
            value.set_sensitive(true);
            Some(value)
        });
        Self {
            url: settings.url.clone(),
            trusted: settings.trusted_realms.clone(),
            basic,
            learned: Mutex::default(),
            tokens: Cache::builder().max_capacity(settings.limits.tokens).build(),
            flights: Flights::default(),
        }
    }

    pub(crate) fn has_credentials(&self) -> bool {
        self.basic.is_some()
    }

    /// What to send along at once, as far as the registry's ways are known. A token is asked for where it is missing.
    ///
    /// Where none is to be had, what was known may be out of date: the token service has moved, or the registry's name for what
    /// is asked for is not the one that we guess. Then it is forgotten and nothing is sent along, so that the registry's own
    /// challenge says how it is. A service that cannot be reached or takes too long is not asked twice for that at once.
    pub(crate) async fn pass(
        &self,
        fetcher: &Arc<Fetcher>,
        trace: &Trace,
        scope: &Scope,
    ) -> Result<Option<Pass>, Failed> {
        let learned = self.learned.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match &learned {
            None => Ok(None),
            Some(Method::Basic) => Ok(self.basic.clone().map(|header| Pass { header, token: false })),
            Some(Method::Bearer { realm, service }) => {
                if let Some(kept) = self.kept(scope).await {
                    return Ok(Some(kept));
                }
                let scopes: Vec<_> = scope.text().into_iter().collect();
                match self.token(fetcher, trace, scope, realm, service.as_deref(), &scopes).await {
                    Ok(header) => Ok(Some(Pass { header, token: true })),
                    // It has asked to wait, or the work was ended: that says nothing about the way.
                    Err(failed) if matches!(failed.error, Error::RateLimited { .. } | Error::Stopped) => Err(failed),
                    Err(failed) => {
                        self.unlearn(learned.as_ref());
                        let later = failed.transient || matches!(failed.error, Error::Timeout { .. });
                        if later { Err(failed) } else { Ok(None) }
                    }
                }
            }
        }
    }

    /// Answers the challenges of a 401. `sent` is what the refused request was signed in with.
    pub(crate) async fn answer(
        &self,
        fetcher: &Arc<Fetcher>,
        trace: &Trace,
        scope: &Scope,
        sent: Option<Pass>,
        incoming: Incoming,
    ) -> Result<Pass, Failed> {
        if let Some(sent) = &sent {
            self.forget(scope, sent).await;
        }
        let challenges = Challenge::read_all(&incoming.headers);
        let mut refused: Option<Refused> = None;
        for challenge in challenges.iter().filter(|challenge| challenge.is("Bearer")) {
            let Some(realm) = challenge.parameter("realm") else { continue };
            match realm::judge(realm, &self.url, &fetcher.transport.own, &self.trusted) {
                Err(refusal) => refused = refused.or(Some(refusal)),
                Ok(realm) => {
                    // Whoever was refused with the same old token has a new one already.
                    if let Some(kept) = self.kept(scope).await {
                        return Ok(kept);
                    }
                    let service = challenge.parameter("service").map(str::to_owned);
                    let scopes = token::scopes(challenge, scope);
                    let header = self.token(fetcher, trace, scope, &realm, service.as_deref(), &scopes).await?;
                    self.learn(Method::Bearer { realm, service });
                    return Ok(Pass { header, token: true });
                }
            }
        }
        let basic = challenges.iter().any(|challenge| challenge.is("Basic"));
        let tried = sent.is_some_and(|pass| !pass.token);
        match (&self.basic, refused) {
            (Some(header), _) if basic && !tried => {
                self.learn(Method::Basic);
                Ok(Pass { header: header.clone(), token: false })
            }
            (_, Some((realm, reason))) if !basic => {
                incoming.note("the token service is not trusted", None);
                let request = Box::new(incoming.request);
                let error = Error::RealmRefused { request, realm, setting: "trusted_realms", reason };
                Err(Failed::for_good(error))
            }
            _ => {
                let error = unauthorized(incoming, self.has_credentials() && basic, false);
                Err(Failed::for_good(error))
            }
        }
    }

    /// The token that is kept for a scope.
    async fn kept(&self, scope: &Scope) -> Option<Pass> {
        let kept = self.tokens.get(scope).await.filter(|kept| Instant::now() < kept.until)?;
        Some(Pass { header: kept.header, token: true })
    }

    /// Gives up a token that was refused. A newer one stays.
    pub(crate) async fn forget(&self, scope: &Scope, refused: &Pass) {
        if self.kept(scope).await.is_some_and(|kept| kept.header == refused.header) {
            self.tokens.invalidate(scope).await;
        }
    }

    /// How the registry wanted to be signed in to: the realm, where it wants tokens.
    pub(crate) fn describe(&self, challenges: &[Challenge]) -> AuthKind {
        let mut bearer = challenges.iter().filter(|challenge| challenge.is("Bearer"));
        if let Some(realm) = bearer.find_map(|challenge| challenge.parameter("realm")) {
            let shown = self
                .url
                .join(realm)
                .map_or_else(|_| super::text::visible(realm, 200), |url| super::text::redacted(&url));
            return AuthKind::Bearer { realm: shown };
        }
        if challenges.iter().any(|challenge| challenge.is("Basic")) {
            return AuthKind::Basic;
        }
        let schemes: Vec<_> = challenges.iter().map(|challenge| challenge.scheme.as_str()).collect();
        AuthKind::Other(super::text::visible(&schemes.join(", "), 200))
    }

    fn learn(&self, method: Method) {
        *self.learned.lock().unwrap_or_else(PoisonError::into_inner) = Some(method);
    }

    /// Forgets a way to sign in, unless another one has been learned meanwhile.
    fn unlearn(&self, outdated: Option<&Method>) {
        let mut learned = self.learned.lock().unwrap_or_else(PoisonError::into_inner);
        if learned.as_ref() == outdated {
            *learned = None;
        }
    }

    /// Asks for a token, together with whoever wants the same one, and keeps it.
    async fn token(
        &self,
        fetcher: &Arc<Fetcher>,
        trace: &Trace,
        scope: &Scope,
        realm: &Url,
        service: Option<&str>,
        scopes: &[String],
    ) -> Result<HeaderValue, Failed> {
        let url = token::exchange_url(realm, service, scopes);
        let work = {
            let (fetcher, trace, url, basic) = (Arc::clone(fetcher), trace.clone(), url.clone(), self.basic.clone());
            async move { exchange(&fetcher, &trace, url, basic).await }
        };
        let (result, _) = self.flights.join(TokenRequest { url }, None, || work).await;
        match result {
            Ok(Ok(granted)) => {
                let kept = Kept { header: granted.header.clone(), until: Instant::now() + granted.life };
                self.tokens.insert(scope.clone(), kept).await;
                Ok(granted.header)
            }
            Ok(Err((error, transient))) => Err(Failed { error, transient, dead: false }),
            Err(NoResult::Deadline | NoResult::Stopped) => Err(Failed::for_good(Error::Stopped)),
        }
    }
}

/// One exchange. No redirect is followed: the credentials go where they were meant to go, or nowhere.
async fn exchange(
    fetcher: &Fetcher,
    trace: &Trace,
    url: Url,
    basic: Option<HeaderValue>,
) -> Result<Granted, (Error, bool)> {
    let signed_in = basic.is_some();
    let mut outgoing = Outgoing::get(EntryKind::TokenExchange, url, fetcher.limits.token_bytes);
    outgoing.accept = "application/json";
    outgoing.authorization = basic;
    outgoing.follow = Follow::Never;
    outgoing.purpose = Purpose::Token;
    let incoming = fetcher.fetch(trace, &outgoing).await.map_err(|failed| (failed.error, failed.transient))?;
    let status = incoming.status;
    let transient = is_passing(status.as_u16());
    match status {
        StatusCode::OK => match token::read(&incoming.body) {
            Ok(granted) => {
                incoming.note("token granted", None);
                Ok(granted)
            }
            Err(problem) => Err((incoming.invalid(problem), false)),
        },
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err((unauthorized(incoming, signed_in, false), false)),
        StatusCode::TOO_MANY_REQUESTS => {
            let wait = retry_after(&incoming.headers);
            Err((refusal(incoming, wait), false))
        }
        _ if status.is_server_error() => Err((refusal(incoming, None), transient)),
        _ => Err((incoming.invalid(format!("the token service answered with status {}", status.as_u16())), false)),
    }
}
