//! Files with holes: the map says which stretches of a file its archive has (GNU tar manual, "Storing Sparse Files").
//!
//! There are four ways to write a map down. Each is checked as Go's `archive/tar` checks it, and then forgotten: holes are never
//! filled.

use super::Damage;
use super::block::{BLOCK, number};

/// Most bytes of a map that stands before the contents, as Go's reader has it.
const MAP_BYTES: usize = 1 << 20;
/// Bytes for one stretch in a header of GNU tar's old form: its place, and as many for its length.
const STRETCH: usize = 24;

/// A map as far as it was read: stretches in order, none of which overlap.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Map {
    /// Where the last stretch ends, counted with the holes before it.
    end: i64,
    /// Bytes of all stretches.
    bytes: i64,
}

impl Map {
    fn add(&mut self, place: i64, length: i64) -> Result<(), Damage> {
        if place < self.end || length < 0 {
            return Err(Damage::SparseMap);
        }
        self.end = place.checked_add(length).ok_or(Damage::SparseMap)?;
        self.bytes += length;
        Ok(())
    }

    /// Goes on with what a block of GNU tar's old form has, up to the first stretch that is empty.
    pub(super) fn add_fields(&mut self, fields: &[u8]) -> Result<(), Damage> {
        for field in fields.chunks_exact(STRETCH).take_while(|field| field[0] != 0) {
            let (place, length) = field.split_at(STRETCH / 2);
            let (place, length) = number(place).zip(number(length)).ok_or(Damage::SparseMap)?;
            self.add(place, length)?;
        }
        Ok(())
    }

    /// Whether it is the map of a file of this size, with its holes, of which so many bytes are in the archive.
    pub(super) fn fits(self, size: u64, stored_size: u64) -> bool {
        u64::try_from(self.end).is_ok_and(|end| end <= size)
            && u64::try_from(self.bytes).is_ok_and(|bytes| bytes == stored_size)
    }
}

/// How much of an entry's map has been read when its header has.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// All of it.
    Whole(Map),
    /// GNU tar's old form: more of it stands in the next block, before the contents.
    Fields(Map),
    /// Version 1.0: it is the begin of the contents.
    Text(Text),
}

impl Reading {
    /// Goes on with the next block.
    pub(super) fn feed(self, block: &[u8; BLOCK]) -> Result<Reading, Damage> {
        match self {
            Reading::Whole(_) => Ok(self),
            Reading::Fields(mut map) => {
                map.add_fields(&block[..504])?;
                Ok(if block[504] == 0 { Reading::Whole(map) } else { Reading::Fields(map) })
            }
            Reading::Text(text) => text.feed(block),
        }
    }
}

/// A map of version 1.0: decimal numbers, each with a line end behind it. The first says how many stretches follow, each a place and a
/// length; zeros fill the last block.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Text {
    /// Bytes that were read.
    bytes: usize,
    /// The digits of the number that is not whole yet.
    digits: Vec<u8>,
    /// Stretches that are still to come.
    left: Option<i64>,
    place: Option<i64>,
    map: Map,
}

impl Text {
    fn feed(mut self, block: &[u8; BLOCK]) -> Result<Reading, Damage> {
        self.bytes += BLOCK;
        if self.bytes > MAP_BYTES {
            return Err(Damage::SparseMap);
        }
        for byte in block {
            if *byte == b'\n' {
                self.take_number()?;
            } else {
                self.digits.push(*byte);
            }
            if self.left == Some(0) {
                return Ok(Reading::Whole(self.map));
            }
        }
        Ok(Reading::Text(self))
    }

    fn take_number(&mut self) -> Result<(), Damage> {
        let number = decimal(&self.digits)?;
        self.digits.clear();
        match (&mut self.left, self.place.take()) {
            (None, _) if number < 0 => return Err(Damage::SparseMap),
            (None, _) => self.left = Some(number),
            (Some(_), None) => self.place = Some(number),
            (Some(left), Some(place)) => {
                *left -= 1;
                self.map.add(place, number)?;
            }
        }
        Ok(())
    }
}

/// What an extended header says of a file with holes. Nothing given is empty.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Records {
    major: Vec<u8>,
    minor: Vec<u8>,
    /// The file's own name: that of the header is one that readers without maps shall see.
    pub(super) name: Vec<u8>,
    size: Vec<u8>,
    real_size: Vec<u8>,
    count: Vec<u8>,
    map: Vec<u8>,
    /// Of version 0.0, which repeats a record for each number: the numbers with commas between them, and how many they are.
    repeated: Vec<u8>,
    repetitions: usize,
}

impl Records {
    /// Takes a record whose key begins with `GNU.sparse.`, by what follows there.
    pub(super) fn take(&mut self, key: &[u8], value: &[u8]) -> Result<(), Damage> {
        let field = match key {
            b"major" => &mut self.major,
            b"minor" => &mut self.minor,
            b"name" => &mut self.name,
            b"size" => &mut self.size,
            b"realsize" => &mut self.real_size,
            b"numblocks" => &mut self.count,
            b"map" => &mut self.map,
            b"offset" | b"numbytes" => return self.repeat(key == b"offset", value),
            _ => return Ok(()),
        };
        *field = value.to_vec();
        Ok(())
    }

    /// A place and a length come in turns.
    fn repeat(&mut self, is_place: bool, value: &[u8]) -> Result<(), Damage> {
        if is_place != self.repetitions.is_multiple_of(2) || value.contains(&b',') {
            return Err(Damage::Record);
        }
        if self.repetitions > 0 {
            self.repeated.push(b',');
        }
        self.repeated.extend_from_slice(value);
        self.repetitions += 1;
        Ok(())
    }

    /// How an entry's map is to be read. None where these records are those of no version: then the entry is as its header says,
    /// whatever name and size stand here.
    pub(super) fn reading(&self) -> Result<Option<Reading>, Damage> {
        let map = if self.repetitions > 0 { &self.repeated } else { &self.map };
        match (self.major.as_slice(), self.minor.as_slice()) {
            (b"1", b"0") => Ok(Some(Reading::Text(Text::default()))),
            (b"0", b"0" | b"1") => self.whole(map).map(Some),
            // What wrote these versions first did not say so.
            (b"", b"") if !map.is_empty() => self.whole(map).map(Some),
            _ => Ok(None),
        }
    }

    fn whole(&self, map: &[u8]) -> Result<Reading, Damage> {
        // Nothing between no commas is no number.
        let mut numbers = map.split(|byte| *byte == b',').filter(|_| !map.is_empty()).map(decimal);
        let (mut read, mut count) = (Map::default(), 0_i64);
        while let Some(place) = numbers.next() {
            let length = numbers.next().ok_or(Damage::SparseMap)?;
            read.add(place?, length?)?;
            count += 1;
        }
        if decimal(&self.count)? == count { Ok(Reading::Whole(read)) } else { Err(Damage::SparseMap) }
    }

    /// The file's size with its holes, where it is said.
    pub(super) fn size(&self) -> Result<Option<i64>, Damage> {
        match [&self.size, &self.real_size].into_iter().find(|size| !size.is_empty()) {
            Some(size) => decimal(size).map(Some),
            None => Ok(None),
        }
    }
}

fn decimal(digits: &[u8]) -> Result<i64, Damage> {
    std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()).ok_or(Damage::SparseMap)
}
