//! Extended headers: what could not be said in a header's own fields (POSIX.1-2017 pax, "pax Extended Header").

use std::collections::HashSet;

use super::Damage;
use super::sparse::Records;
use crate::anatomy::files::Timestamp;

/// The records of one extended header that a reader of layers needs. Of a key that is given twice the last one counts.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pax {
    pub(super) path: Option<Vec<u8>>,
    pub(super) link_path: Option<Vec<u8>>,
    pub(super) size: Option<i64>,
    pub(super) user: Option<i64>,
    pub(super) group: Option<i64>,
    pub(super) modified: Option<Timestamp>,
    /// Name without its prefix, and value. In the order of their last record.
    pub(super) attributes: Vec<(Vec<u8>, Vec<u8>)>,
    pub(super) sparse: Records,
}

/// What keys of extended attributes begin with. Libarchive writes each under `LIBARCHIVE.xattr.` besides, its name percent-encoded and
/// its value in base64; no runtime reads that, so that no container has an attribute that stands there alone.
const SCHILY: &[u8] = b"SCHILY.xattr.";
/// What keys begin with that speak of a file with holes.
const SPARSE: &[u8] = b"GNU.sparse.";

impl Pax {
    /// # Errors
    ///
    /// [`Damage::Record`] for what Go's reader refuses, and with it every runtime.
    pub(super) fn read(mut data: &[u8]) -> Result<Pax, Damage> {
        let mut pax = Pax::default();
        while !data.is_empty() {
            let (key, value, rest) = record(data).ok_or(Damage::Record)?;
            data = rest;
            pax.take(key, value)?;
        }
        pax.settle();
        Ok(pax)
    }

    /// Of attributes that are given twice only the last one stays, and an empty value unsets, as it does for every key.
    fn settle(&mut self) {
        let mut known = HashSet::with_capacity(self.attributes.len());
        let mut kept = std::mem::take(&mut self.attributes);
        kept.reverse();
        kept.retain(|(name, value)| known.insert(name.clone()) && !value.is_empty());
        kept.reverse();
        self.attributes = kept;
    }

    fn take(&mut self, key: &[u8], value: &[u8]) -> Result<(), Damage> {
        if let Some(name) = key.strip_prefix(SCHILY) {
            self.attributes.push((name.to_vec(), value.to_vec()));
            return Ok(());
        }
        if let Some(key) = key.strip_prefix(SPARSE) {
            return self.sparse.take(key, value);
        }
        let text = || (!value.is_empty()).then(|| value.to_vec());
        match key {
            b"path" => self.path = text(),
            b"linkpath" => self.link_path = text(),
            b"size" => self.size = integer(value)?,
            b"uid" => self.user = integer(value)?,
            b"gid" => self.group = integer(value)?,
            b"mtime" => {
                self.modified = if value.is_empty() { None } else { Some(timestamp(value).ok_or(Damage::Record)?) }
            }
            _ => {}
        }
        Ok(())
    }
}

/// `length key=value\n`, where the length counts all of it: a value may hold any byte, line ends too.
fn record(data: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = data.iter().position(|byte| *byte == b' ')?;
    let length: usize = std::str::from_utf8(&data[..space]).ok()?.parse().ok()?;
    let (record, rest) = data.split_at_checked(length)?;
    let body = record.get(space + 1..)?.strip_suffix(b"\n")?;
    let equals = body.iter().position(|byte| *byte == b'=')?;
    let (key, value) = (&body[..equals], &body[equals + 1..]);
    let is_name = matches!(key, b"path" | b"linkpath" | b"uname" | b"gname");
    let is_valid = !key.is_empty() && !(if is_name { value } else { key }).contains(&0);
    is_valid.then_some((key, value, rest))
}

fn integer(value: &[u8]) -> Result<Option<i64>, Damage> {
    if value.is_empty() {
        return Ok(None);
    }
    let number = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
    number.map(Some).ok_or(Damage::Record)
}

/// Seconds with a fraction, as an extended header has them: `1350244992.023960108`. Digits beyond nanoseconds are cut.
fn timestamp(value: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(value).ok()?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let seconds: i64 = whole.parse().ok()?;
    if !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let nanoseconds = fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
    let nanoseconds = nanoseconds.fold(0_u32, |value, digit| value * 10 + u32::from(digit - b'0'));
    if whole.starts_with('-') && nanoseconds > 0 {
        // -1.25 is a quarter before -1: two seconds back and three quarters on.
        return Some(Timestamp { seconds: seconds.checked_sub(1)?, nanoseconds: 1_000_000_000 - nanoseconds });
    }
    Some(Timestamp { seconds, nanoseconds })
}

/// Records as they are written.
#[cfg(test)]
pub(super) fn written(records: &[(&str, &[u8])]) -> Vec<u8> {
    let mut data = Vec::new();
    for (key, value) in records {
        let body = key.len() + value.len() + 3;
        let mut length = body + 1;
        while length != body + length.to_string().len() {
            length += 1;
        }
        data.extend(length.to_string().into_bytes());
        data.push(b' ');
        data.extend(key.bytes());
        data.push(b'=');
        data.extend(*value);
        data.push(b'\n');
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_end_in_a_value_begins_no_record() {
        let read =
            Pax::read(&written(&[("comment", b"\n13 path=evil\n"), ("SCHILY.xattr.user.a", b"\n\0\xff")])).unwrap();
        assert_eq!(read.path, None);
        assert_eq!(read.attributes, [(b"user.a".to_vec(), b"\n\0\xff".to_vec())]);
    }

    #[test]
    fn the_last_record_of_a_key_counts_and_an_empty_one_unsets() {
        let read =
            Pax::read(&written(&[("path", b"first"), ("path", b"second"), ("uid", b"7"), ("uid", b"")])).unwrap();
        assert_eq!(read.path.as_deref(), Some(&b"second"[..]));
        assert_eq!(read.user, None);
        let read = Pax::read(&written(&[("SCHILY.xattr.user.overlay.origin", b"")])).unwrap();
        assert_eq!(read.attributes, []);
    }

    #[test]
    fn times_have_fractions_and_lie_before_1970() {
        let time = |text: &[u8]| timestamp(text).map(|time| (time.seconds, time.nanoseconds));
        assert_eq!(time(b"1350244992.023960108"), Some((1_350_244_992, 23_960_108)));
        assert_eq!(time(b"7."), Some((7, 0)));
        assert_eq!(time(b"-1.25"), Some((-2, 750_000_000)));
        assert_eq!(time(b"-0.5"), Some((-1, 500_000_000)));
        assert_eq!(time(b"1.0000000009"), Some((1, 0)));
        assert_eq!(time(b"1.x"), None);
        assert_eq!(time(b""), None);
    }

    #[test]
    fn broken_records_are_refused() {
        for data in
            [&b"7 a=b"[..], b"99 a=b\n", b"6 a=bc", b"5 ab\n", b"x a=b\n", b"6 =bc\n", b"11 path=a\0b\n", b"5\n"]
        {
            assert_eq!(Pax::read(data), Err(Damage::Record), "{}", data.escape_ascii());
        }
        assert_eq!(Pax::read(&written(&[("size", b"12x")])), Err(Damage::Record));
    }
}
