//! Sign-in: anonymous, with user name and password, or with tokens (distribution's token authentication).
//!
//! Credentials go to the registry's own origin and to realms that pass [`super::realm`], and nowhere else. Of several
//! challenges the first Bearer one that can be used is, else Basic: for the registry's own origin alone, as always.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use http::{HeaderValue, StatusCode};
use moka::future::Cache;
use url::Url;

use super::challenge::Challenge;
use super::error::Error;
use super::exchange::unauthorized;
use super::fetch::{Failed, Fetcher, Incoming};
use super::grant::{Question, TokenServices};
use super::keyring::{Keyring, Scheme};
use super::origin::Origin;
use super::probe::AuthKind;
use super::realm::{self, Refused};
use super::scope::Scope;
use super::settings::RegistrySettings;
use super::token;
use super::trace::Trace;

/// Signs requests in to one registry.
pub(crate) struct Authenticator {
    url: Url,
    trusted: Vec<Origin>,
    keyring: Arc<Keyring>,
    learned: Mutex<Learned>,
    tokens: Cache<Scope, Kept>,
    services: TokenServices,
    /// Whether our account has been accepted for something: a refusal then says what it may not see.
    proved: AtomicBool,
}

/// How the registry wanted it the last time. Saves the request that would only be answered with a challenge.
#[derive(Default)]
struct Learned {
    usual: Option<Method>,
    /// For the catalog, where that is another way: Harbor wants a password for it, and tokens for everything else.
    catalog: Option<Method>,
}

/// A way to sign in.
#[derive(Clone, PartialEq, Eq)]
enum Method {
    Basic,
    /// With a token that the operator gave.
    GivenToken,
    Bearer {
        realm: Url,
        service: Option<String>,
    },
}

#[derive(Clone)]
struct Kept {
    header: HeaderValue,
    until: Instant,
    /// The credentials that it was granted for.
    generation: u64,
}

/// What a request is signed in with.
#[derive(Clone)]
pub(crate) struct Pass {
    /// The `Authorization` header.
    pub(crate) header: HeaderValue,
    /// The credentials that the header is made of; nothing for a token that was granted.
    pub(crate) own: Option<u64>,
}

impl Pass {
    /// Whether it is a token that a service has granted.
    pub(crate) fn is_granted(&self) -> bool {
        self.own.is_none()
    }
}

impl Authenticator {
    pub(crate) fn new(settings: &RegistrySettings) -> Self {
        Self {
            url: settings.url.clone(),
            trusted: settings.trusted_realms.clone(),
            keyring: Arc::new(Keyring::new(settings)),
            learned: Mutex::default(),
            tokens: Cache::builder().max_capacity(settings.limits.tokens).build(),
            services: TokenServices::default(),
            proved: AtomicBool::new(false),
        }
    }

    pub(crate) fn has_credentials(&self) -> bool {
        self.keyring.has_credentials()
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
        self.keyring.freshen().await;
        let learned = self.lock().of(scope);
        match &learned {
            None => Ok(None),
            Some(Method::Basic) => Ok(self.own(Scheme::Basic)),
            Some(Method::GivenToken) => Ok(self.own(Scheme::Bearer)),
            Some(Method::Bearer { realm, service }) => {
                if let Some(kept) = self.kept(scope).await {
                    return Ok(Some(kept));
                }
                let scopes: Vec<_> = scope.text().into_iter().collect();
                match self.token(fetcher, trace, scope, realm, service.as_deref(), &scopes).await {
                    Ok(pass) => Ok(Some(pass)),
                    // It has asked to wait, or the work was ended: that says nothing about the way.
                    Err(failed) if matches!(failed.error, Error::RateLimited { .. } | Error::Stopped) => Err(failed),
                    Err(failed) => {
                        self.lock().forget(scope, learned.as_ref());
                        let later = failed.transient || matches!(failed.error, Error::Timeout { .. });
                        if later { Err(failed) } else { Ok(None) }
                    }
                }
            }
        }
    }

    /// Answers the challenges of a 401. `sent` is what the refused request was signed in with; `asked` is its URL.
    pub(crate) async fn answer(
        &self,
        fetcher: &Arc<Fetcher>,
        trace: &Trace,
        scope: &Scope,
        sent: Option<Pass>,
        asked: &Url,
        incoming: Incoming,
    ) -> Result<Pass, Failed> {
        if let Some(sent) = sent.as_ref().filter(|sent| sent.is_granted()) {
            self.forget(scope, sent).await;
        }
        let own = sent.as_ref().and_then(|sent| sent.own);
        // What the credentials themselves were refused for is not tried with the same ones again.
        let used_up = match own {
            Some(generation) => !self.keyring.renew(generation).await,
            None => false,
        };
        let challenges = Challenge::read_all(&incoming.headers);
        let mut refused: Option<Refused> = None;
        let mut unusable: Option<Failed> = None;
        for challenge in challenges.iter().filter(|challenge| challenge.is("Bearer")) {
            if let Some(given) = self.own(Scheme::Bearer) {
                if used_up {
                    continue;
                }
                self.lock().learn(scope, Method::GivenToken);
                return Ok(given);
            }
            let Some(realm) = challenge.parameter("realm") else { continue };
            match realm::judge(realm, asked, &fetcher.transport.own, &self.trusted) {
                Err(refusal) => refused = refused.or(Some(refusal)),
                Ok(realm) => {
                    // Whoever was refused with the same old token has a new one already.
                    if let Some(kept) = self.kept(scope).await {
                        return Ok(kept);
                    }
                    let service = challenge.parameter("service").map(str::to_owned);
                    let scopes = token::scopes(challenge, scope);
                    match self.token(fetcher, trace, scope, &realm, service.as_deref(), &scopes).await {
                        Ok(pass) => {
                            self.lock().learn(scope, Method::Bearer { realm, service });
                            return Ok(pass);
                        }
                        Err(failed) if is_unusable(&failed.error) => unusable = unusable.or(Some(failed)),
                        Err(failed) => return Err(failed),
                    }
                }
            }
        }
        let basic = challenges.iter().any(|challenge| challenge.is("Basic"));
        if let Some(pass) = self.own(Scheme::Basic).filter(|_| basic && !used_up) {
            self.lock().learn(scope, Method::Basic);
            return Ok(pass);
        }
        if let Some(failed) = unusable {
            return Err(failed);
        }
        match refused {
            Some((realm, reason)) if !basic => {
                incoming.note("the token service is not trusted", None);
                let request = Box::new(incoming.request);
                let error = Error::RealmRefused { request, realm, setting: "trusted_realms", reason };
                Err(Failed::for_good(error))
            }
            _ => Err(self.refusal(scope, sent.as_ref(), false, incoming)),
        }
    }

    /// Whether an answer refuses what the request was signed in with. A registry whose passwords end after some hours (Amazon
    /// ECR) answers with 403 then.
    pub(crate) async fn is_refusal(&self, incoming: &Incoming, sent: Option<&Pass>) -> bool {
        match (incoming.status, sent.and_then(|sent| sent.own)) {
            (StatusCode::UNAUTHORIZED, _) => true,
            (StatusCode::FORBIDDEN, Some(generation)) => self.keyring.renew(generation).await,
            _ => false,
        }
    }

    /// Whether it is worth to ask once more, because the credentials that were refused are not those of now.
    pub(crate) async fn is_renewed(&self, refused: &Pass) -> bool {
        match refused.own {
            Some(generation) => self.keyring.renew(generation).await,
            None => false,
        }
    }

    /// Notes that the registry took what it was sent: our account, or a token that was granted to it.
    pub(crate) fn accept(&self, sent: Option<&Pass>) {
        if sent.is_some() && self.has_credentials() {
            self.proved.store(true, Ordering::Relaxed);
        }
    }

    /// The end: what was sent is refused. `granted` where a token was refused before it.
    pub(crate) fn refusal(&self, scope: &Scope, sent: Option<&Pass>, granted: bool, incoming: Incoming) -> Failed {
        let token = granted || sent.is_some_and(Pass::is_granted);
        // An account that reads everything else has the right password: it may not see the catalog.
        let hidden = token || (*scope == Scope::Catalog && self.proved.load(Ordering::Relaxed));
        let rejected = !hidden && sent.is_some_and(|sent| sent.own.is_some());
        if rejected {
            self.proved.store(false, Ordering::Relaxed);
        }
        Failed::for_good(unauthorized(incoming, rejected, hidden))
    }

    /// The header that is made of the credentials themselves.
    fn own(&self, scheme: Scheme) -> Option<Pass> {
        self.keyring.header(scheme).map(|(header, generation)| Pass { header, own: Some(generation) })
    }

    /// The token that is kept for a scope.
    async fn kept(&self, scope: &Scope) -> Option<Pass> {
        let generation = self.keyring.generation();
        let usable = |kept: &Kept| Instant::now() < kept.until && kept.generation == generation;
        let kept = self.tokens.get(scope).await.filter(usable)?;
        Some(Pass { header: kept.header, own: None })
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

    fn lock(&self) -> MutexGuard<'_, Learned> {
        self.learned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks for a token and keeps it.
    async fn token(
        &self,
        fetcher: &Arc<Fetcher>,
        trace: &Trace,
        scope: &Scope,
        realm: &Url,
        service: Option<&str>,
        scopes: &[String],
    ) -> Result<Pass, Failed> {
        let question = Question { realm: realm.clone(), service: service.map(str::to_owned), scopes: scopes.to_vec() };
        let granted = self.services.ask(fetcher, trace, &self.keyring, question).await?;
        let kept = Kept {
            header: granted.header.clone(),
            until: Instant::now() + granted.life,
            generation: self.keyring.generation(),
        };
        self.tokens.insert(scope.clone(), kept).await;
        Ok(Pass { header: granted.header, own: None })
    }
}

impl Learned {
    fn of(&self, scope: &Scope) -> Option<Method> {
        let catalog = self.catalog.as_ref().filter(|_| *scope == Scope::Catalog);
        catalog.or(self.usual.as_ref()).cloned()
    }

    fn learn(&mut self, scope: &Scope, method: Method) {
        if *scope == Scope::Catalog && self.usual.as_ref().is_some_and(|usual| *usual != method) {
            self.catalog = Some(method);
        } else {
            self.usual = Some(method);
        }
    }

    /// Forgets a way, unless another one has been learned meanwhile.
    fn forget(&mut self, scope: &Scope, outdated: Option<&Method>) {
        if *scope == Scope::Catalog && self.catalog.as_ref() == outdated {
            self.catalog = None;
        }
        if self.usual.as_ref() == outdated {
            self.usual = None;
        }
    }
}

/// Whether a token service is of no use at all, so that the next challenge may have its turn. Not where it refuses our
/// account, which another way would only have refused once more; nor where it may answer later.
fn is_unusable(error: &Error) -> bool {
    matches!(
        error,
        Error::InvalidResponse { .. }
            | Error::RealmRefused { .. }
            | Error::RedirectRefused { .. }
            | Error::TooLarge { .. }
    )
}
