//! Pages taken apart as a browser's parser would: tags with their attributes, text, and what scripts hold.

/// A page.
#[derive(Debug, Default)]
pub(crate) struct Html {
    pub(crate) tags: Vec<Tag>,
    /// All text between tags, entities as their characters.
    pub(crate) text: String,
    /// What stands in `script` and `style`, as it is.
    pub(crate) raw: Vec<String>,
}

/// An opening tag.
#[derive(Debug)]
pub(crate) struct Tag {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
}

impl Tag {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Html {
    pub(crate) fn read(page: &[u8]) -> Self {
        let mut html = Self::default();
        let mut rest = std::str::from_utf8(page).unwrap();
        while let Some(start) = rest.find('<') {
            html.text.push_str(&characters(&rest[..start]));
            rest = &rest[start..];
            if let Some(after) = rest.strip_prefix("<!--") {
                rest = after.split_once("-->").map_or("", |(_, after)| after);
            } else if rest.starts_with("</") || rest.starts_with("<!") {
                rest = rest.split_once('>').map_or("", |(_, after)| after);
            } else if rest[1..].starts_with(|letter: char| letter.is_ascii_alphabetic()) {
                let (tag, after) = tag(&rest[1..]);
                rest = after;
                if matches!(tag.name.as_str(), "script" | "style") {
                    let end = format!("</{}", tag.name);
                    let (raw, after) = rest.split_once(&end).unwrap_or((rest, ""));
                    html.raw.push(raw.to_owned());
                    rest = after.split_once('>').map_or("", |(_, after)| after);
                }
                html.tags.push(tag);
            } else {
                html.text.push('<');
                rest = &rest[1..];
            }
        }
        html.text.push_str(&characters(rest));
        html
    }

    /// The tags of a name.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &Tag> {
        self.tags.iter().filter(move |tag| tag.name == name)
    }
}

/// Reads a tag behind its `<`.
fn tag(text: &str) -> (Tag, &str) {
    let end = text.find(|letter: char| letter.is_ascii_whitespace() || letter == '>' || letter == '/').unwrap();
    let mut tag = Tag { name: text[..end].to_ascii_lowercase(), attributes: Vec::new() };
    let mut rest = &text[end..];
    loop {
        rest = rest.trim_start_matches(|letter: char| letter.is_ascii_whitespace() || letter == '/');
        if let Some(after) = rest.strip_prefix('>') {
            return (tag, after);
        }
        let end = rest
            .find(|letter: char| letter.is_ascii_whitespace() || matches!(letter, '=' | '>' | '/'))
            .unwrap_or_else(|| panic!("a tag without an end: {rest}"));
        let name = rest[..end].to_ascii_lowercase();
        rest = &rest[end..];
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            (value, rest) = match after.chars().next() {
                Some(quote @ ('"' | '\'')) => after[1..].split_once(quote).unwrap(),
                _ => after.split_at(after.find(|letter: char| letter.is_ascii_whitespace() || letter == '>').unwrap()),
            };
        }
        tag.attributes.push((name, characters(value)));
    }
}

/// Entities as their characters.
fn characters(text: &str) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (entity, character)| text.replace(entity, character))
}

#[test]
fn a_page_is_taken_apart_as_a_browser_does() {
    let html = Html::read(
        br#"<!doctype html><p class=a title="x > y">1 &lt; 2</p><!-- <b> --><script>"<i>"</script>< 3<br/>"#,
    );
    let names: Vec<_> = html.tags.iter().map(|tag| tag.name.as_str()).collect();
    assert_eq!(names, ["p", "script", "br"]);
    assert_eq!(html.tags[0].attribute("title"), Some("x > y"));
    assert_eq!((html.text.as_str(), html.raw.as_slice()), ("1 < 2< 3", &["\"<i>\"".to_owned()][..]));
}
