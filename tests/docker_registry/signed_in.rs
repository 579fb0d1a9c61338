//! Registries that want to know who reads them: by tokens of a service, or by a certificate.

use strata::registry::{AuthKind, Credentials, Error, ManifestReference, RegistrySettings, Request, Secret};
use strata::server::settings::{Arguments, Settings, Shown};

use super::server::{Access, Maker, Server};
use super::support::{Fixture, Reply};
use super::token_service::TokenService;
use super::{PASSWORD, USER, client, name, read_all, tag};

const IDENTITY: &str = "identity-token-of-the-reader";

/// A registry with a token service, filled; and settings that trust the service.
async fn with_tokens(maker: Maker) -> Option<(Server, TokenService, RegistrySettings)> {
    let service = TokenService::start(USER, PASSWORD, IDENTITY).await?;
    let access = Access::Token { realm: service.realm(), bundle: service.bundle(), user: USER, password: PASSWORD };
    let server = Server::start_by(maker, access)?;
    server.fill();
    service.take_asked();
    let mut settings = RegistrySettings::new("tokens", server.url());
    let realm: url::Url = service.realm().parse().unwrap();
    settings.trusted_realms = vec![realm.origin().ascii_serialization().parse().unwrap()];
    Some((server, service, settings))
}

async fn tokens_are_exchanged(maker: Maker) {
    let Some((server, service, settings)) = with_tokens(maker).await else { return };
    let trusted = settings.trusted_realms;
    let password = Credentials::new(USER, Secret::new(PASSWORD));
    let identity = Credentials::identity_token(None, Secret::new(IDENTITY));
    for (credentials, method) in [(password, "GET"), (identity, "POST")] {
        let reader = client(&server, |settings| {
            settings.credentials = Some(credentials);
            settings.trusted_realms.clone_from(&trusted);
        });
        service.take_asked();
        read_all(&reader, &server).await;
        // One token for each scope, and the least that it needs; skopeo asks beside us, always with GET.
        let asked = service.take_asked();
        let scopes = ["registry:catalog:*", "repository:app/web:pull", "repository:tools/tags/list:pull"];
        for scope in scopes {
            assert!(asked.contains(&format!("{method} known {scope}")), "{scope}: {asked:?}");
        }
        let posts = asked.iter().filter(|line| line.starts_with("POST")).count();
        assert_eq!(posts, if method == "POST" { scopes.len() } else { 0 });
        let probe = reader.check(&Request::new()).await.unwrap();
        assert!(
            matches!(&probe.auth, AuthKind::Bearer { realm } if realm.starts_with(&service.realm())),
            "{:?}",
            probe.auth
        );
        assert!(matches!(probe.sign_in, Some(Ok(()))), "{:?}", probe.sign_in);
    }

    for wrong in [Credentials::new(USER, Secret::new("wrong")), Credentials::identity_token(None, Secret::new("wrong"))]
    {
        let reader = client(&server, |settings| {
            settings.credentials = Some(wrong);
            settings.trusted_realms.clone_from(&trusted);
        });
        let error = reader.manifest(&Request::new(), &name("app/web"), &tag("1.0")).await.unwrap_err();
        assert!(matches!(error, Error::Unauthorized { rejected: true, .. }), "{error:?}");
    }

    // Without the operator's word the service is another origin, and gets nothing.
    service.take_asked();
    let doubting = client(&server, |settings| {
        settings.credentials = Some(Credentials::new(USER, Secret::new(PASSWORD)));
    });
    let error = doubting.manifest(&Request::new(), &name("app/web"), &tag("1.0")).await.unwrap_err();
    assert!(matches!(error, Error::RealmRefused { .. }), "{error:?}");
    assert_eq!(service.take_asked(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_exchanged_for_debians_registry() {
    tokens_are_exchanged(Maker::Debian).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_exchanged_for_distribution_3() {
    tokens_are_exchanged(Maker::Distribution).await;
}

#[tokio::test]
async fn a_registry_that_asks_for_a_certificate_is_shown_one() {
    let Some(server) = Server::start(Access::ClientCertificate) else { return };
    server.fill();
    let reader = client(&server, |settings| {
        settings.ca_file = Some(server.certificate());
        settings.client_certificate = Some(server.client_certificate());
    });
    read_all(&reader, &server).await;

    let without = client(&server, |settings| settings.ca_file = Some(server.certificate()));
    let error = without.manifest(&Request::new(), &name("app/web"), &tag("1.0")).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
}

/// Neither where a redirect leads nor at a token service elsewhere, though the operator has named both: with the certificate in
/// their pool, too, both requests came through.
#[tokio::test]
async fn a_certificate_is_shown_to_no_other_origin() {
    let Some(server) = Server::start(Access::ClientCertificate) else { return };
    server.fill();
    let elsewhere = server.url();
    let origin: strata::registry::Origin = elsewhere.origin().ascii_serialization().parse().unwrap();
    let fixture = Fixture::start().await;
    let reader = |registry: url::Url| {
        client(&server, |settings| {
            settings.url = registry;
            settings.ca_file = Some(server.certificate());
            settings.client_certificate = Some(server.client_certificate());
            settings.trusted_redirects = vec![origin.clone()];
            settings.trusted_realms = vec![origin.clone()];
        })
    };
    let home = reader(elsewhere.clone());
    let document = home.manifest(&Request::new(), &name("app/web"), &tag("1.0")).await.unwrap();
    let by_digest = ManifestReference::Digest(document.digest.clone());
    let path = format!("/v2/app/web/manifests/{}", document.digest);
    fixture.on(&path, Reply::redirect(307, elsewhere.join(&path).unwrap().as_str()));
    let led = reader(fixture.url());
    let error = led.manifest(&Request::new(), &name("app/web"), &by_digest).await.unwrap_err();
    let Error::Unreachable { request, .. } = &error else { panic!("{error:?}") };
    assert_eq!(request.statuses, [307]);

    let realm = elsewhere.join("/v2/").unwrap();
    fixture.on("/v2/app/web/tags/list", Reply::challenge(&format!("Bearer realm=\"{realm}\"")));
    let error = led.tags(&Request::new(), &name("app/web")).await.unwrap_err();
    let Error::Unreachable { request, .. } = &error else { panic!("{error:?}") };
    assert!(request.url.starts_with(realm.as_str()) && request.statuses.is_empty(), "{request:?}");
}

#[test]
fn a_certificate_is_found_in_dockers_folder_and_mistakes_are_told_with_their_line() {
    let Some(server) = Server::start(Access::ClientCertificate) else { return };
    let read = |text: &str| {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let config = Some(file.path().display().to_string());
        Settings::read(&Arguments { config, ..Arguments::default() }, &|_| None).map_err(|error| error.to_string())
    };
    let folder = server.certificates_folder();
    let url = server.url();
    let settings = read(&format!("certs_dir = '{}'\n[[registries]]\nurl = '{url}'\n", folder.display())).unwrap();
    let Shown::Registries(registries) = settings.shown else { panic!("a registry") };
    let own = folder.join(&url[url::Position::BeforeHost..url::Position::AfterPort]);
    assert_eq!(registries[0].ca_file, Some(own.join("ca.crt")));
    assert_eq!(registries[0].client_certificate.as_ref().unwrap().key_file, own.join("client.key"));

    let file = |name: &str| own.join(name).display().to_string();
    let (certificate, key, authority) = (file("client.cert"), file("client.key"), file("ca.crt"));
    for (certificate, key, said) in [
        (&certificate, None, "line 3, `client_cert_file`: a client certificate needs its key too"),
        (&certificate, Some(&certificate), "line 3, `client_cert_file`: there is no private key in"),
        (&key, Some(&key), "line 3, `client_cert_file`: there is no certificate in"),
        // The key of another certificate.
        (&authority, Some(&key), "line 3, `client_cert_file`: the key in"),
    ] {
        let key = key.map(|key| format!("client_key_file = '{key}'\n")).unwrap_or_default();
        let error =
            read(&format!("[[registries]]\nurl = '{url}'\nclient_cert_file = '{certificate}'\n{key}")).unwrap_err();
        assert!(error.contains(said), "{error}");
        assert!(!error.contains("BEGIN"), "{error}");
    }
}
