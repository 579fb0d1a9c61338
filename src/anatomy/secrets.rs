//! Values that look like secrets, in environment, labels and build arguments.
//!
//! A help against showing them by accident, no security: whoever may read the registry may read them (V-10).
//!
//! - this file: whether a named value looks like a secret
//! - `search`: where a text has such values
//! - `cover`: a text in stretches, those values apart

mod cover;
mod search;

pub use cover::{COVER, Stretch, covered, stretches};
pub(in crate::anatomy) use search::of_pair;
pub use search::ranges;

/// Most bytes of one value that are looked through.
const MAX_LENGTH: usize = 1 << 16;

/// Words of a name that tell of a secret.
const WORDS: &str = "TOKEN PASSWORD PASSWD PASSPHRASE PASSCODE SECRET SECRETS APIKEY CREDENTIAL CREDENTIALS PRIVATEKEY \
    SECRETKEY ACCESSKEY";

/// Words that do so only at a name's end: `DB_PASS`, but not `PASS_THROUGH`; `PWD` by itself is a directory.
const LAST_WORDS: &str = "PASS PWD PW";

/// Words that do so before `KEY`.
const KEYS: &str = "API PRIVATE SECRET ACCESS ENCRYPTION SIGNING AUTH MASTER LICENSE SSH DEPLOY ACCOUNT";

/// Last words of names that speak about a secret without being one: `TOKEN_TTL`, `PASSWORD_FILE`.
const ABOUT: &str = "TTL FILE FILES PATH DIR DIRECTORY URL URI ENDPOINT HOST PORT NAME ID EXPIRY EXPIRES EXPIRATION LIFETIME \
    TIMEOUT LENGTH SIZE LIMIT TYPE ALGORITHM HEADER PREFIX MIN MAX COUNT ENABLED DISABLED REQUIRED POLICY \
    VERSION FORMAT FIELD ISSUER AUDIENCE INTERVAL ROTATION PROVIDER STORE BACKEND MODE METHOD SCOPE SCOPES \
    REF STDIN";

/// Beginnings of tokens that services hand out, and how many characters follow at least.
const SHAPES: &[(&str, usize)] = &[
    ("AKIA", 16),
    ("ASIA", 16),
    ("AIza", 35),
    ("ghp_", 30),
    ("gho_", 30),
    ("ghu_", 30),
    ("ghs_", 30),
    ("ghr_", 30),
    ("github_pat_", 22),
    ("glpat-", 20),
    ("xoxb-", 10),
    ("xoxp-", 10),
    ("xoxa-", 10),
    ("xoxr-", 10),
    ("xoxs-", 10),
    ("sk_live_", 16),
    ("rk_live_", 16),
    ("sk-", 32),
    ("npm_", 30),
    ("pypi-AgE", 30),
    ("dckr_pat_", 20),
    ("hf_", 30),
    ("hvs.", 20),
    ("dop_v1_", 40),
    ("SG.", 40),
];

/// Whether a named value looks like a secret: by its name, unless the value is plainly none, or by its shape.
pub fn looks_secret(name: &str, value: &str) -> bool {
    (is_secret_name(name) && !is_harmless(value)) || has_secret_shape(value)
}

/// The beginning of a text, cut between characters.
fn bounded(text: &str) -> &str {
    if text.len() <= MAX_LENGTH {
        return text;
    }
    let end = (0..=MAX_LENGTH).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    &text[..end]
}

fn among(words: &str, word: &str) -> bool {
    words.split_whitespace().any(|known| known == word)
}

fn is_secret_name(name: &str) -> bool {
    let words = words(name);
    let Some((last, before)) = words.split_last() else {
        return false;
    };
    if among(ABOUT, last) {
        return false;
    }
    let key = |pair: &[String]| pair[1] == "KEY" && among(KEYS, &pair[0]);
    words.iter().any(|word| among(WORDS, word))
        || words.windows(2).any(key)
        || (among(LAST_WORDS, last) && !before.is_empty())
}

/// The words of a name in upper case: `dbPassword`, `DB_PASSWORD` and `db.password` are one.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut after_lower = false;
    for character in name.chars().take(256) {
        let new_word = character.is_ascii_uppercase() && after_lower;
        if (!character.is_ascii_alphabetic() || new_word) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if character.is_ascii_alphabetic() {
            word.push(character.to_ascii_uppercase());
        }
        after_lower = character.is_ascii_lowercase();
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Whether a value is plainly no secret: nothing, a switch, a path, or the name of another variable.
fn is_harmless(value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'']);
    let switch = ["true", "false", "yes", "no", "on", "off", "none", "null", "0", "1"];
    value.is_empty()
        || switch.iter().any(|switch| switch.eq_ignore_ascii_case(value))
        || value.starts_with(['/', '$', '<'])
        || value.starts_with("file:")
}

fn has_secret_shape(value: &str) -> bool {
    let value = bounded(value);
    if value.contains("-----BEGIN ") && value.contains("PRIVATE KEY-----") {
        return true;
    }
    let word_end = |character: char| !(character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '.'));
    value.split(word_end).any(is_token) || has_password(value)
}

fn is_token(word: &str) -> bool {
    let shape = |(prefix, length): &(&str, usize)| {
        let rest = word.strip_prefix(prefix).unwrap_or_default();
        // Words of a language have no digits, tokens nearly always do.
        rest.len() >= *length && rest.bytes().any(|byte| byte.is_ascii_digit())
    };
    SHAPES.iter().any(shape) || is_web_token(word)
}

/// A JSON web token (RFC 7519): three parts in base64, the first two of which are JSON objects.
fn is_web_token(word: &str) -> bool {
    let mut parts = word.split('.');
    let object = |part: Option<&str>| part.is_some_and(|part| part.starts_with("eyJ") && part.len() > 10);
    object(parts.next()) && object(parts.next()) && parts.next().is_some() && parts.next().is_none()
}

/// `scheme://user:password@host`
fn has_password(value: &str) -> bool {
    value.split("://").skip(1).any(|rest| {
        let authority = rest.split(['/', '?', '#', ' ', '"', '\'']).next().unwrap_or_default();
        let user = authority.rsplit_once('@').map(|(user, _)| user);
        user.and_then(|user| user.split_once(':')).is_some_and(|(_, password)| !is_harmless(password))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair_looks_secret(pair: &str) -> bool {
        let (name, value) = pair.split_once('=').unwrap();
        looks_secret(name, value)
    }

    #[test]
    fn names_tell_of_secrets() {
        for pair in [
            "DEPLOY_TOKEN=abc",
            "PASSWORD=changeme",
            "POSTGRES_PASSWORD=x",
            "dbPassword=x",
            "db.passwd=x",
            "DB_PASS=x",
            "MYSQL_PWD=x",
            "AWS_SECRET_ACCESS_KEY=x",
            "API_KEY=x",
            "apiKey=x",
            "STRIPE_APIKEY=x",
            "SECRET_KEY_BASE=x",
            "JWT_SECRET=x",
            "GITHUB_TOKEN=\"x\"",
            "PRIVATE_KEY=x",
            "TOKEN_V2=x",
            "PASSWORD_1=x",
            "CREDENTIALS=x",
        ] {
            assert!(pair_looks_secret(pair), "{pair}");
        }
    }

    #[test]
    fn names_about_secrets_are_none() {
        for pair in [
            "TOKEN_TTL=3600",
            "PASSWORD_FILE=/run/secrets/x",
            "POSTGRES_PASSWORD_FILE=/run/secrets/x",
            "PWD=/app",
            "OLDPWD=/",
            "PATH=/usr/bin",
            "GPG_KEY=E3FF2839C048B25C084DEBE9B26995E310250568",
            "PUBLIC_KEY=x",
            "KEYBOARD=us",
            "TOKENIZERS_PARALLELISM=false",
            "MAX_TOKENS=4096",
            "ALLOW_EMPTY_PASSWORD=yes",
            "PASSWORD=",
            "SECRET=$OTHER",
            "SECRET=/run/secrets/x",
            "PASS_THROUGH=x",
            "COMPASS=north",
            "AWS_ACCESS_KEY_ID=x",
            "SECRET_NAME=x",
            "MAINTAINER=Ann Example <ann@example.com>",
            "HOMEPAGE=https://example.com/a:b@c",
            "SSO_TOKEN_URL=https://a.example",
        ] {
            assert!(!pair_looks_secret(pair), "{pair}");
        }
    }

    #[test]
    fn values_tell_of_secrets_by_their_shape() {
        let letters = "abcdefghijklmnopqrstuvwxyz0123456789ABCD";
        for value in [
            "AKIAIOSFODNN7EXAMPLE".to_owned(),
            format!("ghp_{}", &letters[..36]),
            format!("x {} y", format_args!("glpat-{}", &letters[6..32])),
            "-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----".to_owned(),
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl".to_owned(),
            "postgres://user:hunter2@db/app".to_owned(),
        ] {
            assert!(looks_secret("ANYTHING", &value), "{value}");
        }
        for value in [
            "AKIA",
            "ghp_short1",
            "sk-learn-is-a-name-of-a-library-without-digits",
            "a.b.c",
            "postgres://user@db/app",
            "postgres://user:$PASSWORD@db/app",
            "https://example.com:8080/a@b",
            "-----BEGIN CERTIFICATE-----",
            "",
        ] {
            assert!(!looks_secret("ANYTHING", value), "{value}");
        }
    }
}
