//! Bodies that are handed on as they come: layers, and parts of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_RANGE;
use http::{HeaderMap, HeaderValue, StatusCode};
use tokio::sync::mpsc::Sender;

/// Most bytes that are handed on at once. What waits to be read takes so much memory and no more: the pieces that come are parts
/// of a connection's buffer, which cannot be used again as long as one of them is held.
const PIECE: usize = 64 << 10;

/// Where a body goes, and which part of it.
#[derive(Debug, Clone)]
pub(crate) struct Stream {
    pub(crate) pieces: Sender<Bytes>,
    /// The first byte that is wanted.
    pub(crate) begin: u64,
    /// The byte after the last one that is wanted.
    pub(crate) end: Option<u64>,
    /// Counts the bytes that were handed on.
    pub(crate) given: Arc<AtomicU64>,
    /// Counts the bytes that come before the first one that is wanted.
    pub(crate) unasked: Arc<AtomicU64>,
}

impl Stream {
    /// The header that asks for the part (RFC 9110, section 14.2). None for the whole. One part only: some registries refuse
    /// more.
    pub(crate) fn range(&self) -> Option<HeaderValue> {
        let range = match (self.begin, self.end) {
            (0, None) => return None,
            (begin, None) => format!("bytes={begin}-"),
            (begin, Some(end)) => format!("bytes={begin}-{}", end.saturating_sub(1)),
        };
        HeaderValue::try_from(range).ok()
    }
}

/// An answer on its way to who reads it.
pub(crate) struct Answer<'a> {
    stream: &'a Stream,
    /// Where the next byte stands in the blob.
    at: u64,
}

impl<'a> Answer<'a> {
    /// Where the answer begins. A registry that knows no parts sends everything: what is not wanted is dropped here.
    pub(crate) fn of(stream: &'a Stream, status: StatusCode, headers: &HeaderMap) -> Result<Answer<'a>, String> {
        let at = match status {
            StatusCode::OK => 0,
            StatusCode::PARTIAL_CONTENT => {
                let range = headers.get(CONTENT_RANGE).and_then(|value| value.to_str().ok());
                let begin = range.and_then(first_byte).ok_or("it does not say which part of the blob it is")?;
                if begin > stream.begin {
                    return Err(format!("it begins at byte {begin}, {} was asked for", stream.begin));
                }
                begin
            }
            status => return Err(format!("status {} is not expected here", status.as_u16())),
        };
        Ok(Answer { stream, at })
    }

    /// Hands on what is wanted of a piece. False where nothing more is.
    pub(crate) async fn give(&mut self, piece: Bytes) -> bool {
        let begin = self.at;
        self.at = begin.saturating_add(piece.len() as u64);
        let within = |place: u64| usize::try_from(place.saturating_sub(begin)).unwrap_or(usize::MAX).min(piece.len());
        let (first, last) = (within(self.stream.begin), self.stream.end.map_or(piece.len(), within));
        self.stream.unasked.fetch_add(first as u64, Ordering::Relaxed);
        if first < last {
            for wanted in piece[first..last].chunks(PIECE) {
                if self.stream.pieces.send(Bytes::copy_from_slice(wanted)).await.is_err() {
                    return false;
                }
                self.stream.given.fetch_add(wanted.len() as u64, Ordering::Relaxed);
            }
        }
        self.stream.end.is_none_or(|end| self.at < end)
    }
}

/// The first byte's place of `bytes 100-199/5000` (RFC 9110, section 14.4).
fn first_byte(range: &str) -> Option<u64> {
    range.strip_prefix("bytes ")?.split_once('-')?.0.trim().parse().ok()
}

/// How long a registry may be slower than it should before it is given up.
const WINDOW: Duration = Duration::from_secs(30);

/// Whether bytes come fast enough (threat T-22). Only the time counts in which the registry was waited for.
pub(crate) struct Pace {
    bytes_per_second: u64,
    waited: Duration,
    bytes: u64,
}

impl Pace {
    pub(crate) fn new(bytes_per_second: u64) -> Pace {
        Pace { bytes_per_second, waited: Duration::ZERO, bytes: 0 }
    }

    /// Counts a piece and the time that was waited for it. False once a window has brought too little.
    pub(crate) fn keeps(&mut self, waited: Duration, bytes: usize) -> bool {
        self.waited += waited;
        self.bytes += bytes as u64;
        if self.waited < WINDOW {
            return true;
        }
        let least = self.bytes_per_second.saturating_mul(self.waited.as_secs());
        let keeps = self.bytes >= least;
        (self.waited, self.bytes) = (Duration::ZERO, 0);
        keeps
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;

    fn part(begin: u64, end: Option<u64>) -> (Stream, mpsc::Receiver<Bytes>) {
        let (pieces, receiver) = mpsc::channel(16);
        (Stream { pieces, begin, end, given: Arc::default(), unasked: Arc::default() }, receiver)
    }

    async fn given(begin: u64, end: Option<u64>, range: Option<&str>) -> (Vec<u8>, bool, u64) {
        let (stream, mut receiver) = part(begin, end);
        let mut headers = HeaderMap::new();
        let status = if range.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
        if let Some(range) = range {
            headers.insert(CONTENT_RANGE, HeaderValue::from_str(range).unwrap());
        }
        let mut answer = Answer::of(&stream, status, &headers).unwrap();
        let mut goes_on = true;
        for piece in ["0123", "4567", "89"] {
            goes_on = answer.give(Bytes::from_static(piece.as_bytes())).await;
            if !goes_on {
                break;
            }
        }
        let (counted, unasked) = (stream.given.load(Ordering::Relaxed), stream.unasked.load(Ordering::Relaxed));
        drop(stream);
        let mut bytes = Vec::new();
        while let Some(piece) = receiver.recv().await {
            bytes.extend_from_slice(&piece);
        }
        assert_eq!(counted, bytes.len() as u64);
        (bytes, goes_on, unasked)
    }

    #[tokio::test]
    async fn only_what_is_wanted_is_given_and_what_comes_before_is_counted() {
        assert_eq!(given(0, None, None).await, (b"0123456789".to_vec(), true, 0));
        assert_eq!(given(3, None, None).await, (b"3456789".to_vec(), true, 3));
        assert_eq!(given(3, Some(6), None).await, (b"345".to_vec(), false, 3));
        assert_eq!(given(9, None, None).await, (b"9".to_vec(), true, 9));
        assert_eq!(given(100, Some(106), Some("bytes 100-109/500")).await, (b"012345".to_vec(), false, 0));
        assert_eq!(given(102, None, Some("bytes 100-109/*")).await, (b"23456789".to_vec(), true, 2));
    }

    #[test]
    fn parts_are_asked_for_as_the_standard_says() {
        let range = |begin, end| part(begin, end).0.range().map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(range(0, None), None);
        assert_eq!(range(7, None).as_deref(), Some("bytes=7-"));
        assert_eq!(range(7, Some(9)).as_deref(), Some("bytes=7-8"));
    }

    #[test]
    fn answers_about_other_parts_are_refused() {
        let (stream, _receiver) = part(5, None);
        let of = |status, range: Option<&'static str>| {
            let headers = range.map(|range| (CONTENT_RANGE, HeaderValue::from_static(range))).into_iter().collect();
            Answer::of(&stream, status, &headers).map(|answer| answer.at)
        };
        assert_eq!(of(StatusCode::PARTIAL_CONTENT, Some("bytes 5-9/10")), Ok(5));
        assert!(of(StatusCode::PARTIAL_CONTENT, Some("bytes 6-9/10")).is_err());
        assert!(of(StatusCode::PARTIAL_CONTENT, None).is_err());
        assert!(of(StatusCode::NO_CONTENT, None).is_err());
    }

    #[test]
    fn a_trickle_is_given_up() {
        let mut pace = Pace::new(1_000);
        assert!((0..29).all(|_| pace.keeps(Duration::from_secs(1), 10)));
        assert!(!pace.keeps(Duration::from_secs(1), 10));
        assert!((0..90).all(|_| pace.keeps(Duration::from_secs(1), 1_000)));
    }
}
