//! One page of a list: `{"tags": […]}` or `{"repositories": […]}`, read name by name so that a page cannot fill the memory.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// What stood on a page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page<T> {
    /// The names that keep to the grammar, in the page's order.
    pub(crate) names: Vec<T>,
    /// How many others there were: not text, or against the grammar.
    pub(crate) invalid: usize,
    /// Whether there were more names than are read from one page.
    pub(crate) cut: bool,
}

/// Reads the member `name`. `null` is an empty list, as several registries write it.
pub(crate) fn read<T: FromStr>(body: &[u8], name: &'static str, limit: usize) -> Result<Page<T>, String> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let page = Document { name, limit, names: PhantomData }
        .deserialize(&mut deserializer)
        .map_err(|error| format!("the list is not as it should be: {error}"))?;
    deserializer.end().map_err(|error| format!("the list is not as it should be: {error}"))?;
    page.ok_or_else(|| format!("the list has no member `{name}`"))
}

struct Document<T> {
    name: &'static str,
    limit: usize,
    names: PhantomData<T>,
}

impl<'de, T: FromStr> DeserializeSeed<'de> for Document<T> {
    type Value = Option<Page<T>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: FromStr> Visitor<'de> for Document<T> {
    type Value = Option<Page<T>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut page = None;
        while let Some(member) = members.next_key::<std::borrow::Cow<'de, str>>()? {
            if member != self.name {
                members.next_value::<IgnoredAny>()?;
            } else if page.is_some() {
                return Err(A::Error::custom(format!("the member `{}` stands twice", self.name)));
            } else {
                page = Some(members.next_value_seed(Names { limit: self.limit, names: PhantomData })?);
            }
        }
        Ok(page)
    }
}

/// `1 name`, `2000 names`
pub(crate) fn names_in_words(number: usize) -> String {
    if number == 1 { "1 name".to_owned() } else { format!("{number} names") }
}

struct Names<T> {
    limit: usize,
    names: PhantomData<T>,
}

impl<'de, T: FromStr> DeserializeSeed<'de> for Names<T> {
    type Value = Page<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: FromStr> Visitor<'de> for Names<T> {
    type Value = Page<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of names")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Page { names: Vec::new(), invalid: 0, cut: false })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut page = Page { names: Vec::new(), invalid: 0, cut: false };
        loop {
            if page.names.len() >= self.limit {
                while elements.next_element::<IgnoredAny>()?.is_some() {
                    page.cut = true;
                }
                return Ok(page);
            }
            match elements.next_element::<Element<T>>()? {
                None => return Ok(page),
                Some(Element(Some(name))) => page.names.push(name),
                Some(Element(None)) => page.invalid += 1,
            }
        }
    }
}

/// A name, or something else that stands in its place.
struct Element<T>(Option<T>);

impl<'de, T: FromStr> Deserialize<'de> for Element<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ElementVisitor(PhantomData))
    }
}

struct ElementVisitor<T>(PhantomData<T>);

impl<'de, T: FromStr> Visitor<'de> for ElementVisitor<T> {
    type Value = Element<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Element(text.parse().ok()))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Element(None))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Element(None))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Element(None))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Element(None))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Element(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Element(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Element(None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oci::Tag;

    fn tags(body: &str) -> Result<Vec<String>, String> {
        read::<Tag>(body.as_bytes(), "tags", 1000).map(|page| page.names.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn lists_are_read_with_whatever_stands_beside_them() {
        assert_eq!(tags(r#"{"name":"a","tags":["b","a"]}"#).unwrap(), ["b", "a"]);
        assert_eq!(tags(r#"{"child":[],"manifest":{"x":{"tag":[]}},"tags":["a"]}"#).unwrap(), ["a"]);
        assert_eq!(tags(r#"{"name":"a","tags":null}"#).unwrap(), [""; 0]);
        assert_eq!(tags(r#"{"tags":["\u0061"]}"#).unwrap(), ["a"]);
    }

    #[test]
    fn other_documents_are_refused() {
        for body in [
            "",
            "<html>",
            "[]",
            "{}",
            r#"{"name":"a"}"#,
            r#"{"tags":"a"}"#,
            r#"{"tags":{}}"#,
            r#"{"tags":["a"]"#,
            r#"{"tags":[]} x"#,
            r#"{"tags":["a"],"tags":["b"]}"#,
        ] {
            assert!(tags(body).is_err(), "{body}");
        }
    }

    #[test]
    fn names_against_the_grammar_are_counted_and_left_out() {
        let body = r#"{"tags":["ok","../x","",null,3,-1,1.5,true,{"a":1},[1],"a b","é"]}"#;
        let page = read::<Tag>(body.as_bytes(), "tags", 1000).unwrap();
        assert_eq!((page.names.len(), page.invalid, page.cut), (1, 11, false));
    }

    #[test]
    fn a_page_is_cut_at_its_limit() {
        let names: Vec<_> = (0..50).map(|number| format!("\"t{number}\"")).collect();
        let page = read::<Tag>(format!("{{\"tags\":[{}]}}", names.join(",")).as_bytes(), "tags", 20).unwrap();
        assert_eq!((page.names.len(), page.cut), (20, true));
        let page = read::<Tag>(format!("{{\"tags\":[{}]}}", names.join(",")).as_bytes(), "tags", 50).unwrap();
        assert_eq!((page.names.len(), page.cut), (50, false));
    }
}
