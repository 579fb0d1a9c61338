//! Sizes and counts in words. Sizes are decimal, as registries and docker print them: 1 MB = 1,000,000 bytes.

use std::cmp::Ordering;

/// Units above the byte, each a thousand of the one before.
const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];

/// A size for reading: `626 B`, `1.2 kB`, `29.1 MB`, `342 MB`.
pub fn decimal(bytes: u64) -> String {
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let bytes = u128::from(bytes);
    let mut unit: u128 = 1000;
    for name in UNITS {
        // A unit fits if the size still fits after rounding, so that 999,999 bytes are 1.0 MB and not 1000 kB.
        let tenths = (bytes * 10 + unit / 2) / unit;
        if tenths < 1000 {
            return format!("{}.{} {name}", tenths / 10, tenths % 10);
        }
        let whole = (bytes + unit / 2) / unit;
        if whole < 1000 {
            return format!("{whole} {name}");
        }
        unit *= 1000;
    }
    // 2⁶⁴ bytes are 18.4 EB, so that a unit was found above.
    format!("{bytes} B")
}

/// A size to the byte: `29,126,278 bytes`.
pub fn exact(bytes: u64) -> String {
    counted(bytes, "byte")
}

/// How much larger or smaller `to` is than `from`: `+41.4 MB`, `−12 B`, `±0 B`.
pub fn difference(from: u64, to: u64) -> String {
    match to.cmp(&from) {
        Ordering::Greater => format!("+{}", decimal(to - from)),
        Ordering::Less => format!("\u{2212}{}", decimal(from - to)),
        Ordering::Equal => "±0 B".to_owned(),
    }
}

/// The same to the byte: `+41,400,000 bytes`.
pub fn exact_difference(from: u64, to: u64) -> String {
    match to.cmp(&from) {
        Ordering::Greater => format!("+{}", exact(to - from)),
        Ordering::Less => format!("\u{2212}{}", exact(from - to)),
        Ordering::Equal => "±0 bytes".to_owned(),
    }
}

/// A noun for so many of it: `layer`, `layers`, `repositories`. Nouns in `y` are taken to have a consonant before it.
pub fn plural(number: u64, noun: &str) -> String {
    match noun.strip_suffix('y') {
        _ if number == 1 => noun.to_owned(),
        Some(stem) => format!("{stem}ies"),
        None => format!("{noun}s"),
    }
}

/// So many of a thing: `1 layer`, `2,300 tags`.
pub fn counted(number: u64, noun: &str) -> String {
    format!("{} {}", count(number), plural(number, noun))
}

/// A number with a comma between thousands: `50,000`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The share of a part in a whole: `41%`. `0%` and `100%` are said only where they are exact, and nothing of nothing is
/// `0%`.
pub fn percent(part: u64, whole: u64) -> String {
    if part == 0 || whole == 0 {
        return "0%".to_owned();
    }
    let rounded = (u128::from(part) * 100 + u128::from(whole) / 2) / u128::from(whole);
    match rounded {
        0 => "<1%".to_owned(),
        100 if part < whole => ">99%".to_owned(),
        rounded => format!("{rounded}%"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sizes_read_as_registries_print_them() {
        for (bytes, text) in [
            (0, "0 B"),
            (626, "626 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (1_249, "1.2 kB"),
            (1_250, "1.3 kB"),
            (29_126_278, "29.1 MB"),
            (99_949_999, "99.9 MB"),
            (99_950_000, "100 MB"),
            (342_000_000, "342 MB"),
            (999_499, "999 kB"),
            (999_500, "1.0 MB"),
            (999_999_999, "1.0 GB"),
            (1_100_000_000, "1.1 GB"),
            (u64::MAX, "18.4 EB"),
        ] {
            assert_eq!(decimal(bytes), text, "{bytes}");
        }
    }

    #[test]
    fn exact_sizes_and_counts_have_separators() {
        assert_eq!(exact(29_126_278), "29,126,278 bytes");
        assert_eq!(exact(1), "1 byte");
        assert_eq!(exact(0), "0 bytes");
        assert_eq!(count(999), "999");
        assert_eq!(count(1000), "1,000");
        assert_eq!(count(u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn differences_have_a_sign() {
        assert_eq!(difference(69_700_000, 70_500_000), "+800 kB");
        assert_eq!(difference(638, 626), "−12 B");
        assert_eq!(difference(7, 7), "±0 B");
        assert_eq!(difference(u64::MAX, 0), "−18.4 EB");
        assert_eq!(exact_difference(0, 1), "+1 byte");
        assert_eq!(exact_difference(2000, 0), "−2,000 bytes");
    }

    #[test]
    fn shares_are_whole_percents() {
        assert_eq!(percent(41, 100), "41%");
        assert_eq!(percent(1, 1_000_000), "<1%");
        assert_eq!(percent(999_999, 1_000_000), ">99%");
        assert_eq!(percent(5, 5), "100%");
        assert_eq!(percent(0, 0), "0%");
        assert_eq!(percent(1, 0), "0%");
    }

    proptest! {
        #[test]
        fn sizes_stay_short_and_the_exact_form_keeps_every_digit(bytes: u64) {
            prop_assert!(decimal(bytes).chars().count() <= 7, "{}", decimal(bytes));
            let digits: String = exact(bytes).chars().filter(char::is_ascii_digit).collect();
            prop_assert_eq!(digits, bytes.to_string());
        }
    }
}
