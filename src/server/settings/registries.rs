//! The registries: from flags, or from the settings file.

use url::Url;

use super::arguments::CommandLine;
use super::certificates;
use super::credentials::{Half, Halves};
use super::error::{Place, Problems, Said, SettingsError, shown};
use super::file::RegistryTable;
use super::limits::{AllLimits, apply};
use super::names;
use super::source::Source;
use crate::oci::RepositoryName;
use crate::registry::{Origin, RegistrySettings};

/// The registry of Docker Hub.
const HUB_REGISTRY: &str = "registry-1.docker.io";

/// Names that people know it by.
const HUB_NAMES: [&str; 3] = ["docker.io", "index.docker.io", "registry.hub.docker.com"];

/// A registry, and what is still to be read for it.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) settings: RegistrySettings,
    pub(super) place: Place,
    pub(super) halves: Halves,
    named: bool,
}

/// The registries of the command line.
pub(super) fn from_command_line(
    urls: &[Said],
    line: &CommandLine<'_>,
    limits: &AllLimits,
) -> Result<Vec<Draft>, SettingsError> {
    let file = |flag, value: &Option<String>| {
        line.one(flag, value.as_ref()).map(|said| Said::new(said.path(None), said.place))
    };
    let ca_file = file("--ca-file", &line.arguments.ca_file).map(certificates::authorities).transpose()?;
    let client_certificate = certificates::of_client(
        file("--client-cert-file", &line.arguments.client_cert_file),
        file("--client-key-file", &line.arguments.client_key_file),
    )?;
    if let (Some(_), [_, .., second]) = (&client_certificate, urls) {
        return Err(second.wrong(
            "with several registries it is not clear who is shown the client certificate; give it in the settings file",
        ));
    }
    let realms = line.many("--trusted-realm", &line.arguments.trusted_realms);
    let mut drafts = Vec::new();
    for url in urls {
        let mut settings = RegistrySettings::new("", registry_url(url)?);
        settings.limits = limits.registry.clone();
        settings.ca_file.clone_from(&ca_file);
        settings.client_certificate.clone_from(&client_certificate);
        settings.pull_name = hub_name(&settings.url);
        settings.trusted_realms = origins(&realms)?;
        drafts.push(Draft { settings, place: url.place.clone(), halves: Halves::default(), named: false });
    }
    Ok(drafts)
}

/// The registries of the settings file.
pub(super) fn from_file(
    tables: &[RegistryTable],
    source: &Source,
    limits: &AllLimits,
) -> Result<Vec<Draft>, SettingsError> {
    let mut problems = Problems::default();
    let drafts = tables.iter().filter_map(|table| problems.take(from_table(table, source, limits))).collect();
    problems.end()?;
    Ok(drafts)
}

fn from_table(table: &RegistryTable, source: &Source, limits: &AllLimits) -> Result<Draft, SettingsError> {
    let said = |value: &Option<_>| value.as_ref().map(|value| source.said(value));
    let file = |value: &Option<_>| said(value).map(|said| Said::new(said.path(Some(source.folder())), said.place));
    let all = |values: &[_]| values.iter().map(|value| source.said(value)).collect::<Vec<Said>>();

    let url = source.said(&table.url);
    let name = said(&table.name);
    if let Some(name) = name.as_ref().filter(|name| !names::is_name(&name.value)) {
        return Err(name.wrong(format!(
            "`{}` cannot name a registry; allowed are lower case letters and digits, separated by `.`, `_` or `-`",
            shown(&name.value)
        )));
    }
    let mut limits = limits.clone();
    apply(&table.limits, source, &mut limits, true)?;

    let mut settings = RegistrySettings::new(name.as_ref().map_or("", |name| &name.value), registry_url(&url)?);
    settings.limits = limits.registry;
    let pull_name = said(&table.pull_name).as_ref().map(pull_name).transpose()?;
    settings.pull_name = pull_name.or_else(|| hub_name(&settings.url));
    settings.ca_file = file(&table.ca_file).map(certificates::authorities).transpose()?;
    settings.client_certificate = certificates::of_client(file(&table.client_cert_file), file(&table.client_key_file))?;
    settings.trusted_realms = origins(&all(&table.trusted_realms))?;
    settings.trusted_redirects = origins(&all(&table.trusted_redirects))?;
    for repository in all(&table.repositories) {
        let name: RepositoryName = repository.parse("a repository's name, for example `library/nginx`")?;
        settings.repositories.push(name);
    }
    let halves = Halves {
        username: only_one([
            said(&table.username).map(Half::Value),
            file(&table.username_file).map(Half::File),
            said(&table.username_env).map(Half::Variable),
        ])?,
        password: only_one([
            file(&table.password_file).map(Half::File),
            said(&table.password_env).map(Half::Variable),
        ])?,
        identity_token: only_one([
            file(&table.identity_token_file).map(Half::File),
            said(&table.identity_token_env).map(Half::Variable),
        ])?,
    };
    Ok(Draft { settings, place: url.place, halves, named: name.is_some() })
}

/// The one way that was used to give a value.
fn only_one<const N: usize>(ways: [Option<Half>; N]) -> Result<Option<Half>, SettingsError> {
    let mut given = ways.into_iter().flatten();
    match (given.next(), given.next()) {
        (first, None) => Ok(first),
        (_, Some(second)) => {
            Err(SettingsError::new(second.place(), "the same is given in another way just above; one is enough"))
        }
    }
}

/// Gives names to the registries that have none, and refuses one that is given twice.
pub(super) fn name_all(drafts: &mut [Draft]) -> Result<(), SettingsError> {
    let mut taken: Vec<String> = Vec::new();
    for draft in drafts.iter().filter(|draft| draft.named) {
        if taken.contains(&draft.settings.name) {
            return Err(SettingsError::new(
                &draft.place,
                format!("another registry has the name `{}` already; names must be different", draft.settings.name),
            ));
        }
        taken.push(draft.settings.name.clone());
    }
    for draft in drafts.iter_mut().filter(|draft| !draft.named) {
        draft.settings.name = names::unique(names::from_url(&draft.settings.url), &taken);
        taken.push(draft.settings.name.clone());
    }
    Ok(())
}

/// The address of a registry: http or https, without anything secret, without `/v2/`.
fn registry_url(said: &Said) -> Result<Url, SettingsError> {
    let text = said.value.trim();
    let wrong = |problem: &str| {
        said.wrong(format!(
            "`{}` {problem}; allowed is a URL like https://registry.example or http://127.0.0.1:5000",
            shown(text)
        ))
    };
    if !text.contains("://") {
        return Err(wrong("does not begin with https:// or http://"));
    }
    let mut url = Url::parse(text).map_err(|_| wrong("is not a URL"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("contains a user name or password, which belong into files or environment variables"));
    }
    Origin::of(&url).map_err(|error| wrong(&format!("cannot be a registry: {error}")))?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("has something after its path"));
    }
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix("/v2").unwrap_or(path).to_owned();
    url.set_path(&path);
    // People call Docker Hub by a name at which there is no registry.
    if url.scheme() == "https" && url.port().is_none() && url.host_str().is_some_and(|host| HUB_NAMES.contains(&host)) {
        url.set_host(Some(HUB_REGISTRY)).map_err(|_| wrong("cannot be a registry"))?;
        url.set_path("");
    }
    Ok(url)
}

/// What Docker Hub is called in pull commands.
fn hub_name(url: &Url) -> Option<String> {
    let hub = url.scheme() == "https" && url.host_str() == Some(HUB_REGISTRY) && url.port().is_none();
    hub.then(|| HUB_NAMES[0].to_owned())
}

/// The host that people pull from, as it stands in a pull command.
fn pull_name(said: &Said) -> Result<String, SettingsError> {
    let text = said.value.trim();
    let as_url = Url::parse(&format!("https://{text}")).ok();
    let plain = as_url.is_some_and(|url| {
        url.host_str().is_some() && url.path() == "/" && url.query().is_none() && url.username().is_empty()
    });
    if plain && !text.contains(['/', '@', '?', '#']) {
        return Ok(text.to_owned());
    }
    Err(said.wrong(format!(
        "`{}` is not a host; allowed is what stands first in a pull command, for example `registry.example:5000`",
        shown(text)
    )))
}

fn origins(said: &[Said]) -> Result<Vec<Origin>, SettingsError> {
    said.iter()
        .map(|said| {
            said.value.trim().parse().map_err(|error| {
                said.wrong(format!(
                    "`{}` is not allowed here: {error}; allowed is scheme, host and port, for example \
                     https://auth.example",
                    shown(&said.value)
                ))
            })
        })
        .collect()
}
