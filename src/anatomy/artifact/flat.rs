//! Objects in objects as rows of names and values.

use serde_json::Value;

use super::MAX_ROWS;
use super::read::clipped;

/// Deepest member of an object that gets a row of its own.
const DEPTH: usize = 5;
/// Most members that are looked at. One of value `null` adds no row, so that their number alone would not end the work.
const MAX_MEMBERS: usize = 10_000;

/// What has been added so far.
#[derive(Default)]
pub(super) struct Flat {
    pub(super) rows: Vec<(String, String)>,
    members: usize,
}

impl Flat {
    /// Adds a value's rows, at most [`MAX_ROWS`] of them.
    ///
    /// # Errors
    ///
    /// Which limit ended it, as a sentence without its full stop.
    pub(super) fn add(&mut self, value: &Value) -> Result<(), String> {
        self.below("", value, 0)
    }

    fn below(&mut self, name: &str, value: &Value, depth: usize) -> Result<(), String> {
        let text = match value {
            Value::Object(members) if depth < DEPTH && !members.is_empty() => {
                return members.iter().try_for_each(|(member, value)| {
                    self.members += 1;
                    if self.members > MAX_MEMBERS {
                        return Err(format!("only the first {MAX_MEMBERS} members are looked at"));
                    }
                    self.below(&way(name, member), value, depth + 1)
                });
            }
            _ if self.rows.len() >= MAX_ROWS => return Err(format!("only the first {MAX_ROWS} values are shown")),
            Value::Null => return Ok(()),
            Value::String(text) => clipped(text),
            Value::Array(values) if values.iter().all(Value::is_string) => {
                let texts: Vec<_> = values.iter().filter_map(Value::as_str).take(MAX_ROWS).collect();
                clipped(&texts.join(", "))
            }
            other => clipped(&other.to_string()),
        };
        let name = if name.is_empty() { "value".to_owned() } else { name.to_owned() };
        self.rows.push((name, text));
        Ok(())
    }
}

/// The way to a member, cut at every step: each member below it copies it once more.
fn way(name: &str, member: &str) -> String {
    let member = clipped(member);
    if name.is_empty() { member } else { clipped(&format!("{name}.{member}")) }
}
