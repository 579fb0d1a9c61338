//! A text with the values that look like secrets apart, so that they can be covered.

use std::borrow::Cow;
use std::ops::Range;

use super::ranges;

/// What stands in place of a covered value, whatever its length.
pub const COVER: &str = "••••••••";

/// A stretch of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch<'a> {
    /// The text.
    pub text: &'a str,
    /// Whether it looks like a secret.
    pub secret: bool,
}

/// A part of a text in stretches. `secrets` are [`ranges`] of the whole text: a value that the part cuts stays a secret.
pub fn stretches<'a>(text: &'a str, part: Range<usize>, secrets: &[Range<usize>]) -> Vec<Stretch<'a>> {
    let mut stretches = Vec::new();
    let mut push = |range: Range<usize>, secret| {
        if let Some(text) = text.get(range).filter(|text| !text.is_empty()) {
            stretches.push(Stretch { text, secret });
        }
    };
    let first = secrets.partition_point(|secret| secret.end <= part.start);
    let mut start = part.start;
    for secret in secrets.iter().skip(first).take_while(|secret| secret.start < part.end) {
        let (begin, end) = (secret.start.max(part.start), secret.end.min(part.end));
        push(start..begin, false);
        push(begin..end, true);
        start = end;
    }
    push(start..part.end, false);
    stretches
}

/// The text with its secrets covered.
pub fn covered(text: &str) -> Cow<'_, str> {
    let secrets = ranges(text);
    if secrets.is_empty() {
        return Cow::Borrowed(text);
    }
    let stretches = stretches(text, 0..text.len(), &secrets);
    Cow::Owned(stretches.iter().map(|stretch| if stretch.secret { COVER } else { stretch.text }).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_part_of_a_text_has_its_part_of_the_secrets() {
        let text = "a TOKEN=abcdef b";
        let parts = |range| -> Vec<(&str, bool)> {
            stretches(text, range, &ranges(text)).iter().map(|stretch| (stretch.text, stretch.secret)).collect()
        };
        assert_eq!(parts(0..text.len()), [("a TOKEN=", false), ("abcdef", true), (" b", false)]);
        assert_eq!(parts(0..10), [("a TOKEN=", false), ("ab", true)]);
        assert_eq!(parts(10..text.len()), [("cdef", true), (" b", false)]);
        assert_eq!(parts(0..8), [("a TOKEN=", false)]);
        assert_eq!(parts(14..16), [(" b", false)]);
        assert_eq!(parts(3..3), []);
    }

    #[test]
    fn covered_text_has_no_secret() {
        assert_eq!(covered("ENV TOKEN=abc A=b"), format!("ENV TOKEN={COVER} A=b"));
        assert_eq!(covered("make"), "make");
    }

    proptest! {
        #[test]
        fn stretches_put_together_are_the_part(text in "[a-zTOKEN=\"' é-]{0,60}", cut in 0..61_usize) {
            let cut = text.floor_char_boundary(cut);
            let secrets = ranges(&text);
            for part in [0..cut, cut..text.len()] {
                let whole: String = stretches(&text, part.clone(), &secrets).iter().map(|stretch| stretch.text).collect();
                prop_assert_eq!(&whole, &text[part]);
            }
        }
    }
}
