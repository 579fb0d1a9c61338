//! What a registry is signed in to with, as it is now.
//!
//! Files are read again where a sign-in is refused, and from time to time, because something else may write into them: some
//! passwords hold for hours only. A token service may give a newer identity token for an older one; that is kept in memory
//! alone. Neither ever stands in a log line.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use url::Url;

use super::credentials::{Credentials, Proof, Renewal};
use super::secret::Secret;
use super::settings::RegistrySettings;

/// How long credentials from files are used before the files are looked at again.
const FRESH: Duration = Duration::from_secs(30);

/// How long reading them may take. It is a matter of microseconds, unless their file system is at another machine.
const PATIENCE: Duration = Duration::from_secs(2);

/// The credentials of one registry.
pub(crate) struct Keyring {
    registry: String,
    state: Mutex<State>,
    renewal: Option<Renewal>,
    /// One reader of the files at a time.
    reading: tokio::sync::Mutex<()>,
}

struct State {
    given: Option<Credentials>,
    /// What a token service gave for the identity token, and where: it is shown there alone.
    rotated: Option<(Url, Secret)>,
    /// Which credentials these are: grows with every change.
    generation: u64,
    read: Instant,
}

/// What a token service gets.
pub(crate) struct Grant {
    pub(crate) key: Key,
    /// Of which credentials it was made.
    pub(crate) generation: u64,
}

/// What proves our account to a token service.
pub(crate) enum Key {
    /// Nothing: the reader is anonymous, or what there is belongs to the registry itself.
    Nothing,
    /// An `Authorization` header.
    Basic(HeaderValue),
    /// An identity token; with the header that says the same to services that know no exchange of tokens.
    Refresh { token: Secret, basic: Option<HeaderValue> },
}

impl Keyring {
    pub(crate) fn new(settings: &RegistrySettings) -> Self {
        Self {
            registry: settings.name.clone(),
            state: Mutex::new(State {
                given: settings.credentials.clone(),
                rotated: None,
                generation: 0,
                read: Instant::now(),
            }),
            renewal: settings.renewal.clone(),
            reading: tokio::sync::Mutex::default(),
        }
    }

    /// Whether there are any.
    pub(crate) fn has_credentials(&self) -> bool {
        self.lock().given.is_some()
    }

    /// Which credentials are in use.
    pub(crate) fn generation(&self) -> u64 {
        self.lock().generation
    }

    /// The `Authorization` header for the registry itself, and of which credentials it is: of a password with Basic, of a
    /// registry token with Bearer. An identity token has none.
    pub(crate) fn header(&self, scheme: Scheme) -> Option<(HeaderValue, u64)> {
        let state = self.lock();
        let header = match (scheme, state.given.as_ref()?) {
            (Scheme::Basic, given) => match given.proof() {
                Proof::Password(password) => basic(given.username(), password),
                _ => None,
            },
            (Scheme::Bearer, given) => match given.proof() {
                Proof::RegistryToken(token) => sensitive(&format!("Bearer {}", token.reveal())),
                _ => None,
            },
        };
        Some((header?, state.generation))
    }

    /// What the token service at `realm` gets.
    pub(crate) fn grant(&self, realm: &Url) -> Grant {
        let state = self.lock();
        let key = match state.given.as_ref() {
            None => Key::Nothing,
            Some(given) => match given.proof() {
                Proof::RegistryToken(_) => Key::Nothing,
                Proof::Password(password) => basic(given.username(), password).map_or(Key::Nothing, Key::Basic),
                Proof::IdentityToken(token) => {
                    let rotated = state.rotated.as_ref().filter(|(known, _)| known == realm).map(|(_, token)| token);
                    let token = rotated.unwrap_or(token).clone();
                    let basic = basic(given.username(), &token);
                    Key::Refresh { token, basic }
                }
            },
        };
        Grant { key, generation: state.generation }
    }

    /// Keeps the identity token that a token service gave for another one. It is no change of the account.
    pub(crate) fn rotate(&self, realm: &Url, newer: Secret, generation: u64) {
        let mut state = self.lock();
        if state.generation == generation {
            state.rotated = Some((realm.clone(), newer));
        }
    }

    /// After a refusal of the credentials of this generation: whether there are others by now, so that it is worth one more
    /// try. Reads their files, where there are any.
    pub(crate) async fn renew(&self, refused: u64) -> bool {
        let _one = self.reading.lock().await;
        {
            let mut state = self.lock();
            if state.generation != refused {
                return true;
            }
            // What a service gave may have come to its end before what the operator gave.
            if state.rotated.take().is_some() {
                state.generation += 1;
                return true;
            }
        }
        self.read_again().await
    }

    /// Looks at the files again where that was a while ago.
    pub(crate) async fn freshen(&self) {
        if self.renewal.is_none() || self.lock().read.elapsed() < FRESH {
            return;
        }
        // Who finds another one reading goes on with what there is.
        if let Ok(_one) = self.reading.try_lock() {
            self.read_again().await;
        }
    }

    async fn read_again(&self) -> bool {
        let Some(renewal) = self.renewal.clone() else { return false };
        let reading = tokio::task::spawn_blocking(move || renewal.read());
        let read = match tokio::time::timeout(PATIENCE, reading).await {
            Ok(Ok(read)) => read,
            Ok(Err(_)) | Err(_) => Err("reading them takes too long".to_owned()),
        };
        let registry = self.registry.as_str();
        let mut state = self.lock();
        state.read = Instant::now();
        match read {
            Err(problem) => tracing::warn!(registry, problem, "credentials cannot be read again; the older ones stay"),
            Ok(read) if read == state.given => {}
            Ok(Some(newer)) if state.given.as_ref().is_some_and(|given| given.is_of_same_account(&newer)) => {
                tracing::info!(registry, account = newer.account(), "credentials have changed");
                state.given = Some(newer);
                state.rotated = None;
                state.generation += 1;
                return true;
            }
            // What is kept in memory was read for the account that is known (threat T-20).
            Ok(_) => tracing::warn!(registry, "credentials are of another account now; they are used after a restart"),
        }
        false
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change is whole: a panic elsewhere cannot have left half of one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The two schemes that are spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Basic,
    Bearer,
}

fn basic(username: &str, secret: &Secret) -> Option<HeaderValue> {
    sensitive(&format!("Basic {}", STANDARD.encode(format!("{username}:{}", secret.reveal()))))
}

fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn keyring(credentials: Credentials, renewal: Option<Renewal>) -> Keyring {
        let url = Url::parse("https://registry.example").unwrap();
        let settings = RegistrySettings { credentials: Some(credentials), renewal, ..RegistrySettings::new("r", url) };
        Keyring::new(&settings)
    }

    fn password(text: &str) -> Credentials {
        Credentials::new("reader", Secret::new(text))
    }

    fn token_at(keyring: &Keyring, realm: &Url) -> String {
        match keyring.grant(realm).key {
            Key::Refresh { token, .. } => token.reveal().to_owned(),
            _ => panic!("no identity token"),
        }
    }

    #[tokio::test]
    async fn a_newer_identity_token_is_for_the_service_that_gave_it() {
        let keyring = keyring(Credentials::identity_token(None, Secret::new("first")), None);
        let (one, two) = (Url::parse("https://a/token").unwrap(), Url::parse("https://b/token").unwrap());
        keyring.rotate(&one, Secret::new("second"), 0);
        assert_eq!((token_at(&keyring, &one).as_str(), token_at(&keyring, &two).as_str()), ("second", "first"));
        // Refused, the one of the settings has its turn, once.
        assert!(keyring.renew(0).await);
        assert_eq!(token_at(&keyring, &one), "first");
        assert!(!keyring.renew(1).await);
        // An answer to what was asked with older credentials changes nothing.
        keyring.rotate(&one, Secret::new("late"), 0);
        assert_eq!(token_at(&keyring, &one), "first");
    }

    #[tokio::test]
    async fn files_are_read_once_for_all_who_were_refused() {
        let reads = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&reads);
        let renewal = Renewal::new([], move || {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok(Some(password("newer")))
        });
        let keyring = keyring(password("older"), Some(renewal));
        let (one, two) = tokio::join!(keyring.renew(0), keyring.renew(0));
        assert!(one && two);
        assert_eq!(reads.load(Ordering::SeqCst), 1);
        // The newer ones are refused too: they are read once more, found the same, and that is the end.
        assert!(!keyring.renew(1).await);
        assert_eq!(reads.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn another_account_does_not_take_the_place_of_this_one() {
        for read in [
            Ok(Some(Credentials::new("other", Secret::new("p")))),
            Ok(Some(Credentials::identity_token(Some("reader".to_owned()), Secret::new("p")))),
            Ok(None),
            Err("it is gone".to_owned()),
        ] {
            let keyring = keyring(password("older"), Some(Renewal::new([], move || read.clone())));
            assert!(!keyring.renew(0).await);
            assert_eq!(keyring.generation(), 0);
            assert!(keyring.header(Scheme::Basic).is_some());
        }
    }
}
