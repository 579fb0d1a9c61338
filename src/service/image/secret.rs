//! Values that look like secrets, so that a page covers them until asked. A help for whoever looks over a shoulder, not a
//! protection: the registry serves them to everybody who may pull.

/// Words that names of secrets have as a part between `_`, `-` and `.`.
const WORDS: [&str; 14] = [
    "PASSWORD",
    "PASSWD",
    "PASS",
    "PWD",
    "PASSPHRASE",
    "SECRET",
    "SECRETS",
    "TOKEN",
    "APIKEY",
    "CREDENTIAL",
    "CREDENTIALS",
    "PRIVATEKEY",
    "ACCESSKEY",
    "AUTH",
];
/// Pairs of such words.
const PAIRS: [(&str, &str); 8] = [
    ("API", "KEY"),
    ("ACCESS", "KEY"),
    ("PRIVATE", "KEY"),
    ("SECRET", "KEY"),
    ("ENCRYPTION", "KEY"),
    ("SIGNING", "KEY"),
    ("ACCOUNT", "KEY"),
    ("MASTER", "KEY"),
];
/// Endings after which a name speaks about a secret and is none: a path, a length, a switch.
const HARMLESS: [&str; 10] = ["FILE", "PATH", "DIR", "LENGTH", "TTL", "URL", "TYPE", "NAME", "ENABLED", "METHOD"];
/// Beginnings of values that are secrets by their own form.
const BEGINNINGS: [&str; 13] = [
    "-----BEGIN ",
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "xapp-",
    "sk_live_",
    "sk-",
    "npm_",
    "AKIA",
];
/// Shortest value that a beginning makes a secret, in bytes.
const SHORTEST: usize = 16;

/// Whether a variable, label or annotation looks like a secret.
pub(super) fn is_likely(name: &str, value: &str) -> bool {
    !value.is_empty() && (names_secret(name) && !is_harmless_value(value) || is_secret_value(value))
}

fn names_secret(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let words: Vec<&str> = upper.split(['_', '-', '.', '/']).filter(|word| !word.is_empty()).collect();
    if words.last().is_some_and(|last| HARMLESS.contains(last)) {
        return false;
    }
    let single = words.iter().any(|word| WORDS.contains(word));
    // `PWD` alone is the working directory.
    let pair = words.windows(2).any(|pair| matches!(pair, [left, right] if PAIRS.contains(&(left, right))));
    (single && upper != "PWD" && upper != "OLDPWD") || pair || upper.ends_with("PASSWORD")
}

/// Switches and references say nothing that has to be covered.
fn is_harmless_value(value: &str) -> bool {
    matches!(value.to_ascii_lowercase().as_str(), "true" | "false" | "yes" | "no" | "on" | "off" | "0" | "1" | "none")
        || value.starts_with('$')
        || value.starts_with("/run/secrets/")
}

fn is_secret_value(value: &str) -> bool {
    (value.len() >= SHORTEST && BEGINNINGS.iter().any(|beginning| value.starts_with(beginning)))
        || value.contains("PRIVATE KEY-----")
        || has_password(value)
}

/// `scheme://user:password@host`
fn has_password(value: &str) -> bool {
    let Some((_, rest)) = value.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let Some((user, _)) = authority.rsplit_once('@') else { return false };
    user.split_once(':').is_some_and(|(_, password)| !password.is_empty() && !password.starts_with('$'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likely_secrets_are_covered() {
        for (name, value) in [
            ("DB_PASSWORD", "hunter2"),
            ("PGPASSWORD", "x"),
            ("GITHUB_TOKEN", "abc"),
            ("aws.secret-access-key", "abc"),
            ("API_KEY", "abc"),
            ("NOTE", "ghp_0123456789abcdef0123"),
            ("DATABASE_URL", "postgres://app:hunter2@db/app"),
            ("KEY", "-----BEGIN RSA PRIVATE KEY-----"),
        ] {
            assert!(is_likely(name, value), "{name}={value}");
        }
    }

    #[test]
    fn ordinary_values_are_shown() {
        for (name, value) in [
            ("PATH", "/usr/bin"),
            ("PWD", "/app"),
            ("PASSWORD", ""),
            ("DB_PASSWORD_FILE", "/run/secrets/db"),
            ("TOKEN_TTL", "60"),
            ("AUTH", "true"),
            ("GPG_KEY", "A035C8C19219BA821ECEA86B64E628F8D684696D"),
            ("COMPASS", "north"),
            ("HOMEPAGE", "https://example.com/a:b@c"),
            ("MONKEY", "banana"),
            ("DATABASE_URL", "postgres://app@db/app"),
        ] {
            assert!(!is_likely(name, value), "{name}={value}");
        }
    }
}
