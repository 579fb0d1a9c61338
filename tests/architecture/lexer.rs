//! Rust's words, as far as paths need them: comments and characters are left out, texts are one word each.

/// A word, or a sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// The text; `::` is one sign, and texts keep their quotes.
    pub(crate) text: String,
    /// The line, from 1.
    pub(crate) line: usize,
}

impl Token {
    /// Whether it is this word or sign.
    pub(crate) fn is_word(&self, text: &str) -> bool {
        self.text == text
    }

    /// Whether it is a name or keyword.
    pub(crate) fn is_name(&self) -> bool {
        self.text.starts_with(|first: char| first.is_alphabetic() || first == '_')
    }
}

/// All words of a file.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { rest: text, line: 1, tokens: Vec::new() };
    while lexer.step() {}
    lexer.tokens
}

struct Lexer<'a> {
    rest: &'a str,
    line: usize,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn step(&mut self) -> bool {
        let Some(first) = self.rest.chars().next() else {
            return false;
        };
        if first.is_whitespace() {
            self.skip(first.len_utf8());
        } else if self.rest.starts_with("//") {
            self.skip(self.rest.find('\n').unwrap_or(self.rest.len()));
        } else if self.rest.starts_with("/*") {
            self.skip(block_comment(self.rest));
        } else if let Some((start, length)) = text_at(self.rest) {
            let token = Token { text: self.rest[start..length].trim_matches('#').to_owned(), line: self.line };
            self.tokens.push(token);
            self.skip(length);
        } else if let Some(length) = character_at(self.rest) {
            self.skip(length);
        } else if first == '\'' {
            let length = 1 + name_length(&self.rest[1..]);
            self.take(length);
        } else if name_length(self.rest) > 0 {
            self.take(name_length(self.rest));
        } else if self.rest.starts_with("::") {
            self.take(2);
        } else {
            self.take(first.len_utf8());
        }
        true
    }

    fn take(&mut self, length: usize) {
        self.tokens.push(Token { text: self.rest[..length].to_owned(), line: self.line });
        self.skip(length);
    }

    fn skip(&mut self, length: usize) {
        self.line += self.rest[..length].matches('\n').count();
        self.rest = &self.rest[length..];
    }
}

/// Letters, digits and underscores.
fn name_length(text: &str) -> usize {
    text.find(|character: char| !character.is_alphanumeric() && character != '_').unwrap_or(text.len())
}

/// Block comments nest.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// Where a text's quotes begin after its prefix, and where the whole of it ends: `"a"`, `b"a"`, `r#"a"#`, `c"a"`.
fn text_at(text: &str) -> Option<(usize, usize)> {
    let quote_follows = |prefix: &&str| text.strip_prefix(*prefix).is_some_and(|rest| rest.starts_with(['"', '#']));
    let prefix = ["", "b", "r", "br", "c", "cr"].into_iter().find(quote_follows)?.len();
    if text[..prefix].ends_with('r') {
        let hashes = text[prefix..].bytes().take_while(|byte| *byte == b'#').count();
        let start = prefix + hashes;
        text[start..].strip_prefix('"')?;
        let closing = format!("\"{}", "#".repeat(hashes));
        let end = text[start + 1..].find(&closing).map_or(text.len(), |end| start + 1 + end + closing.len());
        return Some((start, end));
    }
    let body = text[prefix..].strip_prefix('"')?;
    let mut escaped = false;
    for (offset, character) in body.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some((prefix, prefix + 1 + offset + 1)),
            _ => {}
        }
    }
    Some((prefix, text.len()))
}

/// The length of `'x'`, `'\n'`, `b'x'`; a lifetime is none.
fn character_at(text: &str) -> Option<usize> {
    let prefix = usize::from(text.starts_with("b'"));
    let body = text[prefix..].strip_prefix('\'')?;
    let first = body.chars().next()?;
    if first == '\\' {
        let end = body[2..].find('\'')?;
        return Some(prefix + 1 + 2 + end + 1);
    }
    body[first.len_utf8()..].starts_with('\'').then_some(prefix + 1 + first.len_utf8() + 1)
}
