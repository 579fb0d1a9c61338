//! What Strata signs in with, and what must not be told of it.

use super::*;

#[test]
fn password_in_the_file_is_refused_with_the_way_out() {
    let text = "[[registries]]\nurl = \"https://registry.example\"\npassword = \"hunter2\"";
    assert_eq!(
        Case::of_file(text).read().unwrap_err(),
        "strata.toml, line 3, `password`: a password is never written into this file; allowed are `password_file` and \
         `password_env`"
    );
}

#[test]
fn settings_do_not_show_secrets_when_printed() {
    let case = Case::of_registries(&["https://registry.example"])
        .with("STRATA_USERNAME", "reader")
        .with("STRATA_PASSWORD", "hunter2");
    let settings = case.read().unwrap();
    assert!(!format!("{settings:?}").contains("hunter2"));
    assert_eq!(case.registries()[0].credentials, Some(Credentials::new("reader", Secret::new("hunter2"))));
}

#[test]
fn credentials_come_from_files_too() {
    let mut case = Case::of_registries(&["https://registry.example"]);
    case.arguments.username_file = Some(case.write("user", "reader\r\n"));
    case.arguments.password_file = Some(case.write("password", "two words \n"));
    assert_eq!(case.registries()[0].credentials, Some(Credentials::new("reader", Secret::new("two words "))));
    case.arguments.password_file = Some(case.write("password", "\n"));
    assert_eq!(case.read().unwrap_err(), "--password-file: it is empty");
}

#[test]
fn credentials_of_the_command_line_need_one_registry() {
    let case = Case::of_registries(&["https://a.example", "https://b.example"])
        .with("STRATA_USERNAME", "reader")
        .with("STRATA_PASSWORD", "hunter2");
    let message = case.read().unwrap_err();
    assert!(message.starts_with("environment variable STRATA_USERNAME: with several registries"), "{message}");
}

#[test]
fn environment_is_stronger_than_the_file_for_its_one_registry() {
    let text = "[[registries]]\nurl = \"https://registry.example\"\nusername = \"old\"\npassword_env = \"TOKEN\"";
    let case = Case::of_file(text).with("TOKEN", "hunter2").with("STRATA_USERNAME", "new");
    assert_eq!(case.registries()[0].credentials, Some(Credentials::new("new", Secret::new("hunter2"))));
    let message = Case::of_file(text).read().unwrap_err();
    assert_eq!(message, "strata.toml, line 4, `password_env`: the environment variable TOKEN is not set");
}

#[test]
fn docker_config_serves_registries_without_other_credentials() {
    let mut case = Case::of_registries(&["https://a.example", "https://b.example:8443", "https://c.example"]);
    // me:hunter2
    case.arguments.docker_config =
        Some(case.write("config.json", r#"{"auths":{"b.example:8443":{"auth":"bWU6aHVudGVyMg=="}}}"#));
    let found: Vec<bool> = case.registries().iter().map(|registry| registry.credentials.is_some()).collect();
    assert_eq!(found, [false, true, false]);
    assert!(case.read().unwrap().warnings().is_empty());

    case.arguments.docker_config = Some(case.write("config.json", r#"{"credHelpers":{"a.example":"gcloud"}}"#));
    let warnings = case.read().unwrap().warnings();
    assert!(warnings[0].starts_with("Docker's config.json for a.example: `credHelpers` names"), "{warnings:?}");
    case.arguments.docker_config = Some(case.write("config.json", "hunter2"));
    assert_eq!(case.read().unwrap_err(), "--docker-config: config.json is not a docker config: it is no JSON object");
}

#[test]
fn tokens_of_docker_config_are_credentials_and_are_read_again() {
    let mut case = Case::of_registries(&["https://a.example", "https://b.example"]);
    let file = case.write(
        "config.json",
        r#"{"auths":{"a.example":{"identitytoken":"hunter2"},"b.example":{"registrytoken":"hunter3"}}}"#,
    );
    case.arguments.docker_config = Some(file);
    let registries = case.registries();
    assert_eq!(registries[0].credentials, Some(Credentials::identity_token(None, Secret::new("hunter2"))));
    assert_eq!(registries[1].credentials, Some(Credentials::registry_token(Secret::new("hunter3"))));
    assert!(case.read().unwrap().warnings().is_empty());
    case.write("config.json", r#"{"auths":{"a.example":{"identitytoken":"hunter4"}}}"#);
    let renewal = registries[0].renewal.clone().unwrap();
    assert_eq!(renewal.read(), Ok(Some(Credentials::identity_token(None, Secret::new("hunter4")))));
    case.write("config.json", "hunter5");
    assert!(!renewal.read().unwrap_err().contains("hunter5"));
}

#[test]
fn an_identity_token_comes_from_file_or_variable_and_stands_alone() {
    let identity =
        |user: Option<&str>| Some(Credentials::identity_token(user.map(str::to_owned), Secret::new("hunter2")));
    let case = Case::of_registries(&["https://a.example"]).with("STRATA_IDENTITY_TOKEN", "hunter2");
    assert_eq!(case.registries()[0].credentials, identity(None));
    assert!(case.registries()[0].renewal.is_none());
    let mut case = Case::of_registries(&["https://a.example"]).with("STRATA_USERNAME", "me");
    case.arguments.identity_token_file = Some(case.write("token", "hunter2\n"));
    assert_eq!(case.registries()[0].credentials, identity(Some("me")));
    let renewal = case.registries()[0].renewal.clone().unwrap();
    case.write("token", "hunter3\n");
    assert_eq!(renewal.read(), Ok(Some(Credentials::identity_token(Some("me".to_owned()), Secret::new("hunter3")))));
    case.write("token", "");
    assert!(renewal.read().unwrap_err().ends_with("token: it is empty"));

    let text = "[[registries]]\nurl = \"https://a.example\"\nidentity_token_env = \"TOKEN\"";
    assert_eq!(Case::of_file(text).with("TOKEN", "hunter2").registries()[0].credentials, identity(None));
    let both = format!("{text}\nusername = \"me\"\npassword_env = \"TOKEN\"");
    assert_eq!(
        Case::of_file(&both).with("TOKEN", "hunter2").read().unwrap_err(),
        "strata.toml, line 3, `identity_token_env`: a password and an identity token are two ways to sign in; one is enough"
    );
    // What the command line says takes the place of the file's other way.
    let case = Case::of_file("[[registries]]\nurl = \"https://a.example\"\nusername = \"me\"\npassword_env = \"P\"");
    let case = case.with("P", "hunter3").with("STRATA_IDENTITY_TOKEN", "hunter2");
    assert_eq!(case.registries()[0].credentials, identity(Some("me")));
}

#[test]
fn passwords_of_files_are_read_again() {
    let mut case = Case::of_registries(&["https://a.example"]).with("STRATA_USERNAME", "AWS");
    case.arguments.password_file = Some(case.write("password", "first"));
    let renewal = case.registries()[0].renewal.clone().unwrap();
    case.write("password", "second\n");
    assert_eq!(renewal.read(), Ok(Some(Credentials::new("AWS", Secret::new("second")))));
    let case =
        Case::of_registries(&["https://a.example"]).with("STRATA_USERNAME", "AWS").with("STRATA_PASSWORD", "first");
    assert!(case.registries()[0].renewal.is_none());
}

#[test]
fn certificates_that_cannot_be_used_are_told_with_their_line() {
    let start = "[[registries]]\nurl = \"https://a.example\"\n";
    for (text, message) in [
        ("ca_file = \"nothing.pem\"", "strata.toml, line 3, `ca_file`: nothing.pem cannot be used: it cannot be read"),
        ("ca_file = \"strata.toml\"", "strata.toml, line 3, `ca_file`: strata.toml cannot be used: there is no"),
        (
            "client_cert_file = \"ca.pem\"",
            "strata.toml, line 3, `client_cert_file`: a client certificate needs its key too",
        ),
        ("client_key_file = \"ca.pem\"", "strata.toml, line 3, `client_key_file`: a key needs its client certificate"),
        (
            "client_cert_file = \"ca.pem\"\nclient_key_file = \"ca.pem\"",
            "strata.toml, line 3, `client_cert_file`: there is no private key in ca.pem",
        ),
        (
            "client_cert_file = \"ca.pem\"\nclient_key_file = \"none.pem\"",
            "strata.toml, line 3, `client_cert_file`: none.pem: it cannot be read",
        ),
    ] {
        let case = Case::of_file(&format!("{start}{text}"));
        case.write("ca.pem", AUTHORITY);
        let error = case.read().unwrap_err();
        assert!(error.starts_with(message), "{error}");
    }
}

#[test]
fn dockers_folder_of_certificates_is_read_by_host_and_port() {
    let mut case = Case::of_registries(&["https://a.example", "https://b.example:8443", "https://c.example"]);
    for host in ["a.example", "b.example:8443", "c.example:8443"] {
        fs::create_dir_all(case.folder.path().join("certs.d").join(host)).unwrap();
        case.write(&format!("certs.d/{host}/ca.crt"), AUTHORITY);
    }
    case.arguments.certs_dir = Some(case.folder.path().join("certs.d").display().to_string());
    let found: Vec<_> = case.registries().into_iter().map(|registry| registry.ca_file.is_some()).collect();
    assert_eq!(found, [true, true, false]);
    case.write("certs.d/a.example/client.cert", AUTHORITY);
    assert!(case.read().unwrap_err().starts_with("--certs-dir: a client certificate needs its key too"));
}

#[test]
fn credentials_on_a_public_address_give_a_loud_warning() {
    let case = |listen: &str, url: &str| {
        let mut case = Case::of_registries(&[url]).with("STRATA_USERNAME", "reader").with("STRATA_PASSWORD", "hunter2");
        case.arguments.listen = Some(listen.to_owned());
        case
    };
    let public = case("0.0.0.0:80", "https://registry.example").read().unwrap().warnings();
    assert_eq!(public.len(), 1);
    assert!(public[0].contains("trusted_proxies") && public[0].contains("0.0.0.0:80"), "{}", public[0]);
    assert!(case("127.0.0.1:80", "https://registry.example").read().unwrap().warnings().is_empty());
    let behind = case("0.0.0.0:80", "https://registry.example").with("STRATA_TRUSTED_PROXY", "10.0.0.1");
    assert!(behind.read().unwrap().warnings().is_empty());
    let plain = case("127.0.0.1:80", "http://registry.example").read().unwrap().warnings();
    assert!(plain[0].contains("plain text"), "{plain:?}");
}

#[test]
fn no_message_repeats_a_secret() {
    for text in [
        "[[registries]]\nurl = \"https://me:hunter2@registry.example\"",
        "[[registries]]\nurl = \"https://registry.example\"\npassword = \"hunter2\"",
        "[[registries]]\nurl = \"https://registry.example\"\nusername = \"me\"\npassword_env = \"hunter2\"",
        "[[registries]]\nurl = \"https://registry.example\"\nusername = \"me\"\npassword_file = [\"hunter2\"]",
        "[[registries]]\nurl = \"https://registry.example\"\npassword = hunter2",
        "[[registries]]\nurl = [\"https://me:hunter2@registry.example\"]",
    ] {
        let message = Case::of_file(text).read().unwrap_err();
        assert!(!message.contains("hunter2"), "{message}");
    }
    for url in ["https://me:hunter2@registry.example", "me:hunter2@registry.example"] {
        let message = Case::of_registries(&[url]).read().unwrap_err();
        assert!(!message.contains("hunter2"), "{message}");
    }
}
