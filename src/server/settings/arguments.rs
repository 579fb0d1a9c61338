//! The command line, and the environment variables that stand for its flags.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::error::{Place, Said};

/// Looks an environment variable up.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

const AFTER_HELP: &str = "\
Every flag can also be given as an environment variable: STRATA_ and its name in capitals, `-` written as `_`
(STRATA_LISTEN, STRATA_PUBLIC_URL). Lists are separated by commas there. A flag is stronger than its environment
variable, that is stronger than the settings file, and that is stronger than the default.

Credentials are never a flag's value, because everyone on a machine can read its command lines:
  STRATA_USERNAME, STRATA_PASSWORD             user name and password
  STRATA_IDENTITY_TOKEN                        a token that the registry's token service exchanges (OAuth 2)
  --username-file, --password-file,
  --identity-token-file                        files that hold them, for example mounted secrets
  --docker-config                              docker's config.json, its `auths`
With several registries, each one's credentials stand in the settings file or in docker's config.json.

Examples:
  strata                                       the sample registry
  strata --registry http://127.0.0.1:5000      a registry on this machine
  strata --registry https://registry.example --ca-file ca.pem --docker-config ~/.docker/config.json
  strata --layout ./images                     OCI image layouts in the folders below ./images
  strata --config strata.toml                  several registries, limits, everything else
  strata config check --config strata.toml     is all of that right?";

/// Shows what a container registry really holds.
///
/// Strata reads a registry and shows its repositories, tags, multi-platform indexes, images and layers in a browser. It
/// changes nothing there. Without any setting it serves a small sample registry of its own.
#[derive(Debug, Clone, Parser)]
#[command(name = "strata", version, about, after_help = AFTER_HELP, max_term_width = 120)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Invocation {
    /// What to do instead of serving.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What is set.
    #[command(flatten)]
    pub arguments: Arguments,
}

/// What can be done besides serving.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Ask the Strata that runs with the same settings whether it is ready; the exit code says it
    Health(Box<Arguments>),
    /// About the settings
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Tell the parts of texts apart, for the Strata that has started this
    #[command(hide = true)]
    Highlight,
}

/// What can be done with the settings.
#[derive(Debug, Clone, Subcommand)]
pub enum ConfigCommand {
    /// Read the settings and every file that they name, and say whether they can be used. Nothing is asked over the network
    Check(Box<Arguments>),
}

#[derive(Debug, Clone, Default, Args)]
#[expect(missing_docs, reason = "a comment here would stand in the help, in place of the program's")]
pub struct Arguments {
    /// A registry to show, beginning with https:// or, for plain text, http://. Can be given several times
    #[arg(long = "registry", value_name = "URL", help_heading = "What to show")]
    pub registries: Vec<String>,
    /// Serve the OCI image layouts in the folders below this one, each as a repository
    #[arg(long, value_name = "DIR", help_heading = "What to show")]
    pub layout: Option<String>,
    /// Read settings from this TOML file
    #[arg(long, value_name = "FILE", help_heading = "What to show")]
    pub config: Option<String>,

    /// File with the user name for the registry
    #[arg(long, value_name = "FILE", help_heading = "How to reach it")]
    pub username_file: Option<String>,
    /// File with the password for the registry
    #[arg(long, value_name = "FILE", help_heading = "How to reach it")]
    pub password_file: Option<String>,
    /// File with an identity token, which the registry's token service exchanges for others (OAuth 2)
    #[arg(long, value_name = "FILE", help_heading = "How to reach it")]
    pub identity_token_file: Option<String>,
    /// docker's config.json: its `auths` are used for every registry without other credentials
    #[arg(long, value_name = "FILE", help_heading = "How to reach it")]
    pub docker_config: Option<String>,
    /// Certificates in PEM that are trusted beside the system's own
    #[arg(long, value_name = "FILE", help_heading = "How to reach it")]
    pub ca_file: Option<String>,
    /// Certificate in PEM that Strata shows to a registry that asks for one
    #[arg(long, value_name = "FILE", help_heading = "How to reach it")]
    pub client_cert_file: Option<String>,
    /// The certificate's private key in PEM, not encrypted
    #[arg(long, value_name = "FILE", help_heading = "How to reach it")]
    pub client_key_file: Option<String>,
    /// docker's folder of certificates, for example /etc/docker/certs.d: in it, for each registry, HOST:PORT/ca.crt, client.cert and client.key
    #[arg(long, value_name = "DIR", help_heading = "How to reach it")]
    pub certs_dir: Option<String>,
    /// A token service that may get the credentials though it is not the registry's own host, written like a URL. Can be given several times
    #[arg(long = "trusted-realm", value_name = "URL", help_heading = "How to reach it")]
    pub trusted_realms: Vec<String>,

    /// Address and port to listen on [default: 127.0.0.1:3000]
    #[arg(long, value_name = "ADDRESS:PORT", help_heading = "How to serve")]
    pub listen: Option<String>,
    /// The address under which people reach Strata, for link previews and as an allowed host name
    #[arg(long, value_name = "URL", help_heading = "How to serve")]
    pub public_url: Option<String>,
    /// The path below which Strata is served where it shares its host with others: /strata [default: the public URL's]
    #[arg(long, value_name = "PATH", help_heading = "How to serve")]
    pub base_path: Option<String>,
    /// A host name that requests may name, beside localhost, addresses and the public URL's. Can be given several times
    #[arg(long = "allowed-host", value_name = "NAME", help_heading = "How to serve")]
    pub allowed_hosts: Vec<String>,
    /// Address or network (10.0.0.0/8) of a reverse proxy whose X-Forwarded- headers are believed. Can be given several times
    #[arg(long = "trusted-proxy", value_name = "NETWORK", help_heading = "How to serve")]
    pub trusted_proxies: Vec<String>,

    /// Where figures for Prometheus are served: on (at /-/metrics of the site), off, or an address and port of their own [default: on]
    #[arg(long, value_name = "WHERE", help_heading = "How to serve")]
    pub metrics: Option<String>,

    /// Folder in which indexes of layers are kept [default: strata in the user's cache folder]
    #[arg(long, value_name = "DIR", help_heading = "How to serve")]
    pub cache_dir: Option<String>,

    /// How log lines are written: text or json [default: text]
    #[arg(long, value_name = "FORMAT", help_heading = "Logs")]
    pub log_format: Option<String>,
    /// Least important lines that are written: error, warn, info or debug [default: info]
    #[arg(long, value_name = "LEVEL", help_heading = "Logs")]
    pub log_level: Option<String>,
}

/// Flags and environment variables as one.
pub(super) struct CommandLine<'a> {
    pub(super) arguments: &'a Arguments,
    pub(super) environment: Environment<'a>,
}

impl CommandLine<'_> {
    /// A flag with one value, or its environment variable.
    pub(super) fn one(&self, flag: &'static str, value: Option<&String>) -> Option<Said> {
        match value {
            Some(value) => Some(Said::new(value.clone(), Place::Flag(flag))),
            None => self.variable(&variable_of(flag)),
        }
    }

    /// A flag that can be repeated, or its environment variable with commas.
    pub(super) fn many(&self, flag: &'static str, values: &[String]) -> Vec<Said> {
        if !values.is_empty() {
            return values.iter().map(|value| Said::new(value.clone(), Place::Flag(flag))).collect();
        }
        let Some(list) = self.variable(&variable_of(flag)) else {
            return Vec::new();
        };
        list.value
            .split(',')
            .map(str::trim)
            .filter(|value| !value.is_empty())
            .map(|value| Said::new(value.to_owned(), list.place.clone()))
            .collect()
    }

    /// An environment variable; an empty one counts as not set.
    pub(super) fn variable(&self, name: &str) -> Option<Said> {
        let value = (self.environment)(name).filter(|value| !value.is_empty())?;
        Some(Said::new(value, Place::Environment(name.to_owned())))
    }
}

impl Said {
    /// The value as a path, relative to `folder` where it is relative.
    pub(super) fn path(&self, folder: Option<&std::path::Path>) -> PathBuf {
        folder.map_or_else(|| PathBuf::from(&self.value), |folder| folder.join(&self.value))
    }
}

/// The environment variable that stands for a flag.
fn variable_of(flag: &str) -> String {
    format!("STRATA_{}", flag.trim_start_matches('-').replace('-', "_").to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn help_names_every_flag_and_no_secret_flag() {
        Invocation::command().debug_assert();
        let help = Invocation::command().render_help().to_string();
        for flag in ["--registry", "--layout", "--config", "--listen", "--ca-file", "--public-url", "--docker-config"] {
            assert!(help.contains(flag), "{flag}");
        }
        assert!(!help.contains("--password <"));
    }

    #[test]
    fn flags_have_environment_variables() {
        assert_eq!(variable_of("--public-url"), "STRATA_PUBLIC_URL");
    }

    #[test]
    fn flag_is_stronger_than_its_variable() {
        let arguments = Arguments { listen: Some("127.0.0.1:1".to_owned()), ..Arguments::default() };
        let environment = |name: &str| (name == "STRATA_LISTEN").then(|| "127.0.0.1:2".to_owned());
        let line = CommandLine { arguments: &arguments, environment: &environment };
        assert_eq!(line.one("--listen", arguments.listen.as_ref()).unwrap().value, "127.0.0.1:1");
        assert_eq!(line.one("--listen", None).unwrap().value, "127.0.0.1:2");
        assert_eq!(line.one("--layout", None), None);
    }
}
