//! What Strata proves itself with to a registry or its token service, and where that is read again.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use super::secret::Secret;

/// The user name by which docker says that what stands in place of a password is an identity token.
const TOKEN_USER: &str = "<token>";

/// An account, and what proves that it is ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    username: Option<String>,
    proof: Proof,
}

/// What proves an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// A password, for the registry itself (RFC 7617) or for its token service.
    Password(Secret),
    /// A token that a token service takes in exchange for others: OAuth 2's refresh token, docker's `identitytoken`.
    IdentityToken(Secret),
    /// A token that the registry itself takes: docker's `registrytoken`.
    RegistryToken(Secret),
}

impl Credentials {
    /// A user name and a password; for the user name `<token>` an identity token, as docker's helper programs have it.
    pub fn new(username: impl Into<String>, password: Secret) -> Self {
        let username = username.into();
        if username == TOKEN_USER {
            return Self::identity_token(None, password);
        }
        Self { username: Some(username), proof: Proof::Password(password) }
    }

    /// An identity token, and the user name that belongs to it where there is one.
    #[must_use]
    pub fn identity_token(username: Option<String>, token: Secret) -> Self {
        let username = username.filter(|username| !username.is_empty() && username != TOKEN_USER);
        Self { username, proof: Proof::IdentityToken(token) }
    }

    /// A registry token.
    #[must_use]
    pub fn registry_token(token: Secret) -> Self {
        Self { username: None, proof: Proof::RegistryToken(token) }
    }

    /// Who signs in, for people: the user name, or what kind of token it is.
    pub fn account(&self) -> &str {
        self.username.as_deref().unwrap_or(match self.proof {
            Proof::Password(_) => "",
            Proof::IdentityToken(_) => "identity token",
            Proof::RegistryToken(_) => "registry token",
        })
    }

    /// Who signs in, as a part of cache keys (threat T-20). A token without a user name does not say whose it is, so each is an
    /// account of its own; its hash is worth nothing outside this process.
    pub(crate) fn identity(&self) -> String {
        static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        match (&self.username, &self.proof) {
            (Some(username), _) => username.clone(),
            (None, Proof::Password(secret) | Proof::IdentityToken(secret) | Proof::RegistryToken(secret)) => {
                format!("{} {:016x}", self.account(), KEY.hash_one(secret.reveal()))
            }
        }
    }

    /// The user name as HTTP sends it beside the proof.
    pub(crate) fn username(&self) -> &str {
        self.username.as_deref().unwrap_or(TOKEN_USER)
    }

    /// What proves the account.
    pub fn proof(&self) -> &Proof {
        &self.proof
    }

    /// Whether the other ones are of the same account in the same way, so that they may take the place of these.
    pub(crate) fn is_of_same_account(&self, other: &Self) -> bool {
        self.username == other.username && std::mem::discriminant(&self.proof) == std::mem::discriminant(&other.proof)
    }
}

/// How credentials are read.
type Read = dyn Fn() -> Result<Option<Credentials>, String> + Send + Sync;

/// Reads credentials again from where they came from: some registries' passwords hold for hours only, and something else writes
/// new ones into the file. It may block for as long as reading small files takes.
#[derive(Clone)]
pub struct Renewal {
    files: Arc<[PathBuf]>,
    read: Arc<Read>,
}

impl Renewal {
    /// The files that are read, and what reads them. An error says which file or what in it is wrong, and nothing of what
    /// stands there.
    pub fn new(
        files: impl IntoIterator<Item = PathBuf>,
        read: impl Fn() -> Result<Option<Credentials>, String> + Send + Sync + 'static,
    ) -> Self {
        Self { files: files.into_iter().collect(), read: Arc::new(read) }
    }

    /// Reads them.
    pub(crate) fn read(&self) -> Result<Option<Credentials>, String> {
        (self.read)()
    }
}

/// Two are the same where they read the same files.
impl PartialEq for Renewal {
    fn eq(&self, other: &Self) -> bool {
        self.files == other.files
    }
}

impl Eq for Renewal {}

impl fmt::Debug for Renewal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Renewal").field(&self.files).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dockers_name_for_tokens_means_one() {
        let token = || Secret::new("hunter2");
        let identity = Credentials::identity_token(None, token());
        assert_eq!(Credentials::new("<token>", token()), identity);
        assert_eq!(Credentials::identity_token(Some("<token>".to_owned()), token()), identity);
        assert_eq!((identity.account(), identity.username()), ("identity token", "<token>"));
        let named = Credentials::identity_token(Some("00000000-0000-0000-0000-000000000000".to_owned()), token());
        assert_eq!(named.account(), named.username());
        assert!(!identity.is_of_same_account(&named));
        assert!(!identity.is_of_same_account(&Credentials::registry_token(token())));
        assert!(!format!("{identity:?}").contains("hunter2"));
    }

    /// Fails when a token without a user name is the account of every other one; a newer password is the same account's.
    #[test]
    fn each_token_without_a_name_is_an_account_of_its_own() {
        let of = |credentials: Credentials| credentials.identity();
        let registry = |token: &str| of(Credentials::registry_token(Secret::new(token)));
        let identity = |name: Option<&str>, token: &str| {
            of(Credentials::identity_token(name.map(str::to_owned), Secret::new(token)))
        };
        assert_eq!(registry("hunter2"), registry("hunter2"));
        assert_ne!(registry("hunter2"), registry("hunter3"));
        assert_ne!(identity(None, "hunter2"), identity(None, "hunter3"));
        assert_ne!(identity(None, "hunter2"), registry("hunter2"));
        assert_eq!(identity(Some("reader"), "hunter2"), identity(Some("reader"), "hunter3"));
        assert_eq!(of(Credentials::new("reader", Secret::new("hunter2"))), "reader");
        assert!(!registry("hunter2").contains("hunter2"));
    }
}
