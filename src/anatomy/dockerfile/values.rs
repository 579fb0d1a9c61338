//! Values as builders print them with Go's formats, and as a Dockerfile has them.

/// Reads `["a" "b"]` as Go prints a list of texts (`%q`), and `["a", "b"]` as JSON has it.
pub(super) fn quoted_list(text: &str) -> Option<(Vec<String>, &str)> {
    let mut rest = text.trim_start().strip_prefix('[')?;
    let mut values = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', ',']);
        if let Some(after) = rest.strip_prefix(']') {
            return Some((values, after));
        }
        let (value, after) = quoted(rest)?;
        values.push(value);
        rest = after;
    }
}

/// Reads one `"text"` with Go's escapes.
pub(super) fn quoted(text: &str) -> Option<(String, &str)> {
    let body = text.strip_prefix('"')?;
    let mut bytes = Vec::new();
    let mut characters = body.char_indices();
    while let Some((position, character)) = characters.next() {
        match character {
            '"' => return Some((String::from_utf8_lossy(&bytes).into_owned(), &body[position + 1..])),
            '\\' => {
                let (_, escape) = characters.next()?;
                match code(escape, &mut characters)? {
                    Code::Byte(byte) => bytes.push(byte),
                    Code::Character(character) => bytes.extend(character.encode_utf8(&mut [0; 4]).as_bytes()),
                }
            }
            other => bytes.extend(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    None
}

enum Code {
    Byte(u8),
    Character(char),
}

/// What an escape stands for.
fn code(escape: char, characters: &mut std::str::CharIndices<'_>) -> Option<Code> {
    let mut hexadecimal = |digits: usize| -> Option<u32> {
        (0..digits).try_fold(0_u32, |number, _| Some(number << 4 | characters.next()?.1.to_digit(16)?))
    };
    Some(match escape {
        'a' => Code::Byte(7),
        'b' => Code::Byte(8),
        't' => Code::Byte(9),
        'n' => Code::Byte(10),
        'v' => Code::Byte(11),
        'f' => Code::Byte(12),
        'r' => Code::Byte(13),
        'x' => Code::Byte(u8::try_from(hexadecimal(2)?).ok()?),
        'u' => Code::Character(char::from_u32(hexadecimal(4)?)?),
        'U' => Code::Character(char::from_u32(hexadecimal(8)?)?),
        other => Code::Character(other),
    })
}

/// A list as a Dockerfile's exec form: JSON.
pub(super) fn exec_form(values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| serde_json::Value::from(value.as_str()).to_string()).collect();
    format!("[{}]", values.join(", "))
}

/// One line: what would break it is written as an escape.
pub(super) fn one_line(text: &str) -> String {
    text.replace('\r', "\\r").replace('\n', "\\n")
}

/// A value for the right side of `NAME=`: in quotes where it has to be.
pub(super) fn value(text: &str) -> String {
    let plain =
        |character: char| !character.is_whitespace() && !matches!(character, '"' | '\'' | '\\' | '$' | '#' | '`');
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    if text.len() > 1 && text.starts_with('"') && text.ends_with('"') && !text.contains(['\n', '\r']) {
        return text.to_owned();
    }
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\' | '$') {
            quoted.push('\\');
        }
        match character {
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// A health check as Go prints it: `&{["CMD-SHELL" "curl …"] "30s" "3s" "0s" '\x03'}`, with one duration more since the
/// start interval came. `None` where it is anything else.
pub(super) fn healthcheck(text: &str) -> Option<String> {
    let body = text.strip_prefix('&').unwrap_or(text).strip_prefix('{')?.trim_end().strip_suffix('}')?;
    let (check, rest) = quoted_list(body)?;
    let mut rest = rest.trim_start();
    let mut durations = Vec::new();
    while let Some((duration, after)) = quoted(rest) {
        durations.push(duration);
        rest = after.trim_start();
    }
    let (interval, timeout, start_period, start_interval) = match durations.as_slice() {
        [interval, timeout, start_period] => (interval, timeout, start_period, None),
        [interval, timeout, start_period, start_interval] => (interval, timeout, start_period, Some(start_interval)),
        _ => return None,
    };
    let mut words = Vec::new();
    for (option, duration) in [
        ("interval", Some(interval)),
        ("timeout", Some(timeout)),
        ("start-period", Some(start_period)),
        ("start-interval", start_interval),
    ] {
        if let Some(duration) = duration.filter(|duration| *duration != "0s" && !duration.contains(char::is_whitespace))
        {
            words.push(format!("--{option}={duration}"));
        }
    }
    match retries(rest)? {
        0 => {}
        retries => words.push(format!("--retries={retries}")),
    }
    match check.as_slice() {
        [none] if none == "NONE" => return Some("NONE".to_owned()),
        [shell, command] if shell == "CMD-SHELL" => words.push(format!("CMD {}", one_line(command))),
        [exec, command @ ..] if exec == "CMD" => words.push(format!("CMD {}", exec_form(command))),
        _ => return None,
    }
    Some(words.join(" "))
}

/// A number that Go has printed as a character: `'\x03'`.
fn retries(text: &str) -> Option<u32> {
    let body = text.strip_prefix('\'')?.strip_suffix('\'')?;
    let mut characters = body.char_indices();
    let (_, first) = characters.next()?;
    let number = if first == '\\' {
        let (_, escape) = characters.next()?;
        match code(escape, &mut characters)? {
            Code::Byte(byte) => u32::from(byte),
            Code::Character(character) => u32::from(character),
        }
    } else {
        u32::from(first)
    };
    characters.next().is_none().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_go_and_of_json_are_read() {
        let list = |text| quoted_list(text).map(|(values, _)| values);
        let expected = Some(vec!["nginx".to_owned(), "-g".to_owned(), "daemon off;".to_owned()]);
        assert_eq!(list(r#"["nginx" "-g" "daemon off;"]"#), expected);
        assert_eq!(list(r#"["nginx", "-g", "daemon off;"]"#), expected);
        assert_eq!(list(r#"["a\"b\\\n\x41\u00e9"]"#), Some(vec!["a\"b\\\nAé".to_owned()]));
        assert_eq!(list("[]"), Some(vec![]));
        for broken in ["[", "", "[a b]", r#"["a"#, r#"["a\"#, r#"["\x4"]"#, r#"["\uD800"]"#] {
            assert_eq!(list(broken), None, "{broken}");
        }
    }

    #[test]
    fn values_are_quoted_where_they_have_to_be() {
        assert_eq!(value("1.2"), "1.2");
        assert_eq!(value(""), r#""""#);
        assert_eq!(value("one two"), r#""one two""#);
        assert_eq!(value(r#"say "hi" $you"#), r#""say \"hi\" \$you""#);
        assert_eq!(value("a\nRUN evil"), r#""a\nRUN evil""#);
        assert_eq!(value(r#""quoted already""#), r#""quoted already""#);
    }

    #[test]
    fn health_checks_are_written_back() {
        assert_eq!(
            healthcheck(r#"&{["CMD-SHELL" "curl -f http://localhost/ || exit 1"] "30s" "3s" "0s" '\x03'}"#).as_deref(),
            Some("--interval=30s --timeout=3s --retries=3 CMD curl -f http://localhost/ || exit 1")
        );
        assert_eq!(
            healthcheck(r#"{["CMD" "/check" "-q"] "0s" "1m0s" "5s" "1s" '\n'}"#).as_deref(),
            Some(r#"--timeout=1m0s --start-period=5s --start-interval=1s --retries=10 CMD ["/check", "-q"]"#)
        );
        assert_eq!(healthcheck(r#"&{["NONE"] "0s" "0s" "0s" '\x00'}"#).as_deref(), Some("NONE"));
        assert_eq!(healthcheck("CMD curl"), None);
        assert_eq!(healthcheck(r#"&{["CMD-SHELL" "x"] "30s" '\x03'}"#), None);
    }
}
