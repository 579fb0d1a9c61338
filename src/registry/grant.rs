//! The exchange with a token service: with `GET` and a password, or with `POST` and an identity token (OAuth 2).
//!
//! No redirect is followed: what proves our account goes where it was meant to go, or nowhere (threats T-2, T-3).

use std::sync::{Arc, Mutex, PoisonError};

use http::{HeaderValue, Method, StatusCode};
use url::Url;

use super::error::Error;
use super::exchange::{is_passing, refusal, unauthorized};
use super::fetch::{Failed, Fetcher, Incoming, Outgoing, retry_after};
use super::flight::{Flights, NoResult};
use super::keyring::{Grant, Key, Keyring};
use super::redirect::Follow;
use super::secret::Secret;
use super::token::{self, Granted};
use super::trace::{EntryKind, Trace};
use super::transport::Purpose;

/// A failure, and whether it may be worth another try at once.
type Refused = (Error, bool);

/// The token services of one registry.
#[derive(Default)]
pub(crate) struct TokenServices {
    flights: Flights<Question, Result<Granted, Refused>>,
    /// The one that knows no `POST`: it is not tried there again.
    get_alone: Arc<Mutex<Option<Url>>>,
}

/// What readers may be waiting for together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Question {
    pub(crate) realm: Url,
    pub(crate) service: Option<String>,
    pub(crate) scopes: Vec<String>,
}

impl TokenServices {
    /// Asks for a token, together with whoever wants the same one.
    pub(crate) async fn ask(
        &self,
        fetcher: &Arc<Fetcher>,
        trace: &Trace,
        keyring: &Arc<Keyring>,
        question: Question,
    ) -> Result<Granted, Failed> {
        let exchange = Exchange {
            fetcher: Arc::clone(fetcher),
            trace: trace.clone(),
            keyring: Arc::clone(keyring),
            question: question.clone(),
            get_alone: Arc::clone(&self.get_alone),
        };
        let (result, _) = self.flights.join(question, None, || async move { exchange.run().await }).await;
        match result {
            Ok(Ok(granted)) => Ok(granted),
            Ok(Err((error, transient))) => Err(Failed { error, transient, dead: false }),
            Err(NoResult::Deadline | NoResult::Stopped) => Err(Failed::for_good(Error::Stopped)),
        }
    }
}

/// One exchange.
struct Exchange {
    fetcher: Arc<Fetcher>,
    trace: Trace,
    keyring: Arc<Keyring>,
    question: Question,
    get_alone: Arc<Mutex<Option<Url>>>,
}

impl Exchange {
    /// Asks; and once more where other credentials are there than those that were refused.
    async fn run(&self) -> Result<Granted, Refused> {
        let grant = self.keyring.grant(&self.question.realm);
        let generation = grant.generation;
        let anonymous = matches!(grant.key, Key::Nothing);
        match self.with(grant).await {
            Err((Error::Unauthorized { .. }, _)) if !anonymous && self.keyring.renew(generation).await => {
                self.with(self.keyring.grant(&self.question.realm)).await
            }
            other => other,
        }
    }

    async fn with(&self, grant: Grant) -> Result<Granted, Refused> {
        match grant.key {
            Key::Nothing => self.get(None).await,
            Key::Basic(header) => self.get(Some(header)).await,
            Key::Refresh { basic, .. } if self.knows_no_post() => self.get(basic).await,
            Key::Refresh { token, basic } => {
                let (refused, status) = match self.post(&token).await {
                    Ok(granted) => {
                        if let Some(newer) = granted.refresh.clone().filter(|newer| *newer != token) {
                            self.keyring.rotate(&self.question.realm, newer, grant.generation);
                        }
                        return Ok(granted);
                    }
                    Err(refused) => refused,
                };
                // So do services answer that know the other form alone.
                if !matches!(status.map(|status| status.as_u16()), Some(400 | 401 | 404 | 405)) {
                    return Err(refused);
                }
                match self.get(basic).await {
                    Ok(granted) => {
                        *self.lock() = Some(self.question.realm.clone());
                        Ok(granted)
                    }
                    Err(second @ (Error::Unauthorized { .. } | Error::RateLimited { .. }, _)) => Err(second),
                    Err(_) => Err(refused),
                }
            }
        }
    }

    async fn get(&self, basic: Option<HeaderValue>) -> Result<Granted, Refused> {
        let Question { realm, service, scopes } = &self.question;
        let signed_in = basic.is_some();
        let mut outgoing = self.outgoing(token::exchange_url(realm, service.as_deref(), scopes));
        outgoing.authorization = basic;
        read(self.fetch(&outgoing).await?, signed_in)
    }

    /// Asks with an identity token; a refusal comes with its status.
    async fn post(&self, token: &Secret) -> Result<Granted, (Refused, Option<StatusCode>)> {
        let Question { realm, service, scopes } = &self.question;
        let mut outgoing = self.outgoing(realm.clone());
        outgoing.method = Method::POST;
        outgoing.form = Some(token::refresh_form(service.as_deref(), scopes, token));
        let incoming = self.fetch(&outgoing).await.map_err(|refused| (refused, None))?;
        let status = incoming.status;
        read(incoming, true).map_err(|refused| (refused, Some(status)))
    }

    fn outgoing(&self, url: Url) -> Outgoing {
        let mut outgoing = Outgoing::get(EntryKind::TokenExchange, url, self.fetcher.limits.token_bytes);
        outgoing.accept = "application/json";
        outgoing.follow = Follow::Never;
        outgoing.purpose = Purpose::Token;
        outgoing
    }

    async fn fetch(&self, outgoing: &Outgoing) -> Result<Incoming, Refused> {
        self.fetcher.fetch(&self.trace, outgoing).await.map_err(|failed| (failed.error, failed.transient))
    }

    fn knows_no_post(&self) -> bool {
        self.lock().as_ref() == Some(&self.question.realm)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Url>> {
        self.get_alone.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a service's answer means.
fn read(incoming: Incoming, signed_in: bool) -> Result<Granted, Refused> {
    let status = incoming.status;
    let form = incoming.request.method == "POST";
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
        // An identity token that is not valid any more (RFC 6749 §5.2).
        StatusCode::BAD_REQUEST if form => Err((unauthorized(incoming, signed_in, false), false)),
        StatusCode::TOO_MANY_REQUESTS => {
            let wait = retry_after(&incoming.headers);
            Err((refusal(incoming, wait), false))
        }
        _ if status.is_server_error() => Err((refusal(incoming, None), transient)),
        _ => Err((incoming.invalid(format!("the token service answered with status {}", status.as_u16())), false)),
    }
}
