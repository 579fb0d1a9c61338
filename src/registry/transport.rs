//! The connections: three pools. One for the registry itself, the only one that shows a client certificate; one for other origins
//! that the operator has named; one that reaches public addresses only.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::tls::Certificate;
use reqwest::{Client, ClientBuilder, redirect};
use thiserror::Error;
use url::{Host, Url};

use super::address::is_public;
use super::certificates::{ClientCertificate, authorities};
use super::origin::{Origin, OriginError, Scheme};
use super::settings::RegistrySettings;

/// How we name ourselves to registries.
const USER_AGENT: &str = concat!("strata/", env!("CARGO_PKG_VERSION"));

/// How long an unused connection is kept.
const KEEP: Duration = Duration::from_mins(1);

/// Why a registry's client cannot be set up. All of these are the operator's to mend.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SetupError {
    /// The registry's URL.
    #[error("the URL of registry {registry} cannot be used: {problem}")]
    Url {
        /// The registry's name.
        registry: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The file of certificates.
    #[error("the certificates for registry {registry} in {path} cannot be used: {problem}")]
    CaFile {
        /// The registry's name.
        registry: String,
        /// The file.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
    /// What Strata shows of itself.
    #[error("the client certificate for registry {registry} cannot be used: {problem}")]
    ClientCertificate {
        /// The registry's name.
        registry: String,
        /// What is wrong with it.
        problem: String,
    },
    /// TLS cannot be had.
    #[error("TLS cannot be set up for registry {registry}: {problem}")]
    Tls {
        /// The registry's name.
        registry: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// The pools of one registry.
pub(crate) struct Transport {
    /// The registry's own origin.
    pub(crate) own: Origin,
    realms: Vec<Origin>,
    redirects: Vec<Origin>,
    /// Shows the client certificate, if there is one.
    home: Client,
    /// Shows none. Made when first needed, like the other one: most registries never lead elsewhere, and reading the system's
    /// certificates takes a while.
    open: OnceLock<Result<Client, String>>,
    guarded: OnceLock<Result<Client, String>>,
    certificates: Vec<Certificate>,
    connect: Duration,
}

/// What a URL is asked for, by which it is decided whether its address may be private.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The registry itself, and where it redirects to.
    Content,
    /// A token service.
    Token,
}

/// The address that a URL leads to is not public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the address is not public")]
pub(crate) struct NotPublic;

/// Why there is no connection for a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoPool {
    /// Its host is an address that is not public.
    NotPublic,
    /// TLS cannot be had.
    Tls(String),
}

impl Transport {
    pub(crate) fn new(settings: &RegistrySettings) -> Result<Self, SetupError> {
        // An error says that another provider is installed already: then that one is used.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let own = check_url(settings)?;
        let certificates = read_certificates(settings)?;
        let (realms, redirects) = (settings.trusted_realms.clone(), settings.trusted_redirects.clone());
        let connect = settings.limits.connect;
        let identity = settings.client_certificate.as_ref().map(ClientCertificate::read).transpose();
        let identity =
            identity.map_err(|problem| SetupError::ClientCertificate { registry: settings.name.clone(), problem })?;
        let shown = identity.is_some();
        let tls = realms.iter().chain(&redirects).chain([&own]).any(|origin| origin.scheme() == Scheme::Https);
        let mut builder = builder(connect, &certificates);
        if let Some(identity) = identity {
            builder = builder.identity(identity);
        }
        if !tls {
            // Nothing but plain http passes here: no need for the system's certificates, nor for there to be any.
            builder = builder.tls_certs_only([]);
        }
        let home = builder
            .build()
            .map_err(|error| SetupError::Tls { registry: settings.name.clone(), problem: causes(&error) })?;
        // Without a certificate of our own, one pool serves all that is named.
        let open = if shown { OnceLock::new() } else { OnceLock::from(Ok(home.clone())) };
        Ok(Self { own, realms, redirects, home, open, guarded: OnceLock::new(), certificates, connect })
    }

    /// Whether the operator has named the origin for this: only there may addresses be private.
    pub(crate) fn is_named(&self, origin: &Origin, purpose: Purpose) -> bool {
        let named = match purpose {
            Purpose::Content => &self.redirects,
            Purpose::Token => &self.realms,
        };
        *origin == self.own || named.contains(origin)
    }

    /// The pool for a URL. A client certificate is shown to the registry's own origin, and only as long as the request has not
    /// been led elsewhere: `away` says that it has (threat T-4).
    pub(crate) fn pool(&self, url: &Url, purpose: Purpose, away: bool) -> Result<&Client, NoPool> {
        let origin = Origin::of(url).ok();
        if !away && origin.as_ref() == Some(&self.own) {
            return Ok(&self.home);
        }
        if origin.is_some_and(|origin| self.is_named(&origin, purpose)) {
            let made = self
                .open
                .get_or_init(|| builder(self.connect, &self.certificates).build().map_err(|error| causes(&error)));
            return made.as_ref().map_err(|problem| NoPool::Tls(problem.clone()));
        }
        // A resolver is not asked about literal addresses.
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            _ => None,
        };
        if literal.is_some_and(|address| !is_public(address)) {
            return Err(NoPool::NotPublic);
        }
        self.guarded
            .get_or_init(|| {
                builder(self.connect, &self.certificates)
                    .dns_resolver(PublicResolver(look_up))
                    .build()
                    .map_err(|error| causes(&error))
            })
            .as_ref()
            .map_err(|problem| NoPool::Tls(problem.clone()))
    }
}

fn builder(connect: Duration, certificates: &[Certificate]) -> ClientBuilder {
    Client::builder()
        .user_agent(USER_AGENT)
        // Redirects are followed by our own rules, and proxies of the environment are not used (threat T-31).
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .referer(false)
        .connect_timeout(connect)
        .pool_idle_timeout(KEEP)
        .tcp_nodelay(true)
        .tls_certs_merge(certificates.iter().cloned())
}

fn check_url(settings: &RegistrySettings) -> Result<Origin, SetupError> {
    let refuse = |problem: &str| SetupError::Url { registry: settings.name.clone(), problem: problem.to_owned() };
    let origin = Origin::of(&settings.url).map_err(|error| match error {
        OriginError::Credentials => {
            refuse("a user name or password does not belong into a URL: use the settings for them")
        }
        other => refuse(&other.to_string()),
    })?;
    if settings.url.query().is_some() || settings.url.fragment().is_some() {
        return Err(refuse("it ends with the path"));
    }
    Ok(origin)
}

fn read_certificates(settings: &RegistrySettings) -> Result<Vec<Certificate>, SetupError> {
    let Some(path) = &settings.ca_file else { return Ok(Vec::new()) };
    authorities(path).map_err(|problem| SetupError::CaFile {
        registry: settings.name.clone(),
        path: path.display().to_string(),
        problem,
    })
}

/// An error with its causes, which reqwest does not print by itself.
pub(crate) fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let said = cause.to_string();
        if !text.contains(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        source = cause.source();
    }
    text
}

/// Resolves names, and leaves out the addresses that are not public. The connection goes to exactly these, so that a name
/// cannot change its mind between the check and the connection (threat T-6).
struct PublicResolver<L>(L);

/// Asks the system for the addresses of a name.
async fn look_up(name: String) -> io::Result<Vec<SocketAddr>> {
    Ok(tokio::net::lookup_host((name, 0)).await?.collect())
}

impl<L, F> Resolve for PublicResolver<L>
where
    L: Fn(String) -> F + Send + Sync,
    F: Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'static,
{
    fn resolve(&self, name: Name) -> Resolving {
        let found = (self.0)(name.as_str().to_owned());
        Box::pin(async move {
            let found = found.await?;
            let public: Vec<_> = found.iter().copied().filter(|address| is_public(address.ip())).collect();
            match (found.is_empty(), public.is_empty()) {
                (false, true) => Err(NotPublic.into()),
                (true, _) => Err(io::Error::other("the name has no address").into()),
                _ => Ok(Box::new(public.into_iter()) as Addrs),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::ptr;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::net::TcpListener;

    use super::*;

    /// A resolver whose name has these addresses, one answer after the other.
    fn resolver(answers: Vec<Vec<&'static str>>) -> PublicResolver<impl Fn(String) -> Answer + Send + Sync> {
        let turn = AtomicUsize::new(0);
        PublicResolver(move |_| {
            let answer = &answers[turn.fetch_add(1, Ordering::SeqCst).min(answers.len() - 1)];
            let found = answer.iter().map(|text| SocketAddr::new(text.parse().unwrap(), 0)).collect();
            std::future::ready(Ok(found))
        })
    }

    type Answer = std::future::Ready<io::Result<Vec<SocketAddr>>>;

    /// Threat T-6: what was checked is what is connected to. Fails when the resolver hands on what it was told.
    #[tokio::test]
    async fn a_name_that_changes_its_mind_leads_to_no_private_address() {
        let resolver = resolver(vec![
            vec!["8.8.8.8"],
            vec!["127.0.0.1"],
            vec!["8.8.8.8", "10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2606:4700::1111"],
            vec!["169.254.169.254", "fd00::1"],
            vec![],
        ]);
        let mut answers = Vec::new();
        for _ in 0..5 {
            let found = resolver.resolve("rebound.example".parse().unwrap()).await;
            answers.push(match found {
                Ok(found) => Ok(found.map(|address| address.ip().to_string()).collect::<Vec<_>>()),
                Err(error) => Err(error.is::<NotPublic>()),
            });
        }
        let public = |texts: &[&str]| Ok(texts.iter().map(ToString::to_string).collect());
        assert_eq!(
            answers,
            [public(&["8.8.8.8"]), Err(true), public(&["8.8.8.8", "2606:4700::1111"]), Err(true), Err(false)]
        );
    }

    /// The same through the whole client: nobody comes to a server on this machine, however its name was found.
    #[tokio::test]
    async fn a_name_of_this_machine_gets_no_connection() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let visitors = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&visitors);
        tokio::spawn(async move {
            while listener.accept().await.is_ok() {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = builder(Duration::from_secs(1), &[])
            .tls_certs_only([])
            .dns_resolver(resolver(vec![vec!["127.0.0.1"], vec!["::ffff:127.0.0.1"]]))
            .build()
            .unwrap();
        for _ in 0..3 {
            assert!(client.get(format!("http://rebound.example:{port}/")).send().await.is_err());
        }
        assert_eq!(visitors.load(Ordering::SeqCst), 0);
    }

    /// The pool that shows the certificate is the registry's own, and only until a request has been led away from it.
    #[test]
    fn the_own_pool_is_for_requests_that_have_not_been_elsewhere() {
        let mut settings = RegistrySettings::new("r", Url::parse("http://registry.example").unwrap());
        settings.trusted_redirects = vec!["http://storage.example".parse().unwrap()];
        let transport = Transport::new(&settings).unwrap();
        let is_home = |url: &str, away| {
            let url = Url::parse(url).unwrap();
            transport.pool(&url, Purpose::Content, away).is_ok_and(|pool| ptr::eq(pool, &raw const transport.home))
        };
        assert!(is_home("http://registry.example/v2/a/blobs/x", false));
        assert!(!is_home("http://registry.example/v2/a/blobs/x", true));
        for url in ["http://storage.example/x", "http://registry.example:81/", "https://registry.example/"] {
            assert!(!is_home(url, false), "{url}");
        }
    }
}
