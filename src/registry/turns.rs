//! A number of places that are given out fairly: among those who wait, every reader gets one in turn.
//!
//! With one line for all, a reader who asks for a thousand things at once makes everybody else wait for all of them (threat
//! T-24). Here each reader has a line of its own, and places go around the lines. Where places are held for long, a reader can be
//! held to a share of them besides.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::asker::Reader;

/// The places, and who waits for one. Clones share them.
#[derive(Clone)]
pub struct Turns {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    longest: usize,
    /// Most places of one reader.
    share: usize,
}

#[derive(Default)]
struct State {
    /// Places that nobody has. While there are any, only those wait who have their share.
    free: usize,
    /// Places that each reader has.
    held: HashMap<Reader, usize>,
    /// The lines of those who wait, the next one first. None is empty.
    lines: VecDeque<Line>,
    waiting: usize,
    last_ticket: u64,
}

struct Line {
    reader: Reader,
    tickets: VecDeque<(u64, oneshot::Sender<Place>)>,
}

/// A place. Dropping it hands it on.
pub struct Place {
    /// Nothing once it has been handed back.
    shared: Option<Arc<Shared>>,
    reader: Reader,
}

impl Turns {
    /// So many places, at least one; at most `longest` wait for one.
    #[must_use]
    pub fn new(places: usize, longest: usize) -> Self {
        Self::with_share(places, longest, usize::MAX)
    }

    /// The same for what a reader can hold as long as it likes: none has more than half of the places, rounded up.
    #[must_use]
    pub fn in_shares(places: usize, longest: usize) -> Self {
        Self::with_share(places, longest, places.div_ceil(2).max(1))
    }

    fn with_share(places: usize, longest: usize, share: usize) -> Self {
        let state = State { free: places.max(1), ..State::default() };
        Self { shared: Arc::new(Shared { state: Mutex::new(state), longest, share }) }
    }

    /// A place; nothing where too many wait, or where this reader has half of all who may wait already.
    pub async fn place(&self, reader: Reader) -> Option<Place> {
        let (ticket, receiver) = {
            let mut state = self.shared.lock();
            if state.free > 0 && state.is_within(reader, self.shared.share) {
                state.take(reader);
                return Some(Place { shared: Some(Arc::clone(&self.shared)), reader });
            }
            state.enter(reader, self.shared.longest)?
        };
        let _leave = Leave { shared: &self.shared, reader, ticket };
        receiver.await.ok()
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.shared.lock().waiting
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change is whole: a panic elsewhere cannot have left half of one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a reader's place back, and gives it to the next who waits.
    fn hand_on(self: Arc<Self>, reader: Reader) {
        let mut state = self.lock();
        state.give_back(reader);
        while let Some((reader, next)) = state.next(self.share) {
            drop(state);
            let Err(mut back) = next.send(Place { shared: Some(Arc::clone(&self)), reader }) else { return };
            // That one has just gone away.
            back.shared = None;
            state = self.lock();
            state.give_back(reader);
        }
    }
}

impl State {
    fn is_within(&self, reader: Reader, share: usize) -> bool {
        !reader.is_known() || self.held.get(&reader).is_none_or(|held| *held < share)
    }

    fn take(&mut self, reader: Reader) {
        self.free -= 1;
        *self.held.entry(reader).or_default() += 1;
    }

    fn give_back(&mut self, reader: Reader) {
        self.free += 1;
        if let Entry::Occupied(mut held) = self.held.entry(reader) {
            *held.get_mut() -= 1;
            if *held.get() == 0 {
                held.remove();
            }
        }
    }

    fn enter(&mut self, reader: Reader, longest: usize) -> Option<(u64, oneshot::Receiver<Place>)> {
        let line = self.lines.iter().position(|line| line.reader == reader);
        let own = line.and_then(|line| self.lines.get(line)).map_or(0, |line| line.tickets.len());
        if self.waiting >= longest || (reader.is_known() && own >= longest.div_ceil(2)) {
            return None;
        }
        self.last_ticket += 1;
        self.waiting += 1;
        let (sender, receiver) = oneshot::channel();
        let ticket = (self.last_ticket, sender);
        match line.and_then(|line| self.lines.get_mut(line)) {
            Some(line) => line.tickets.push_back(ticket),
            None => self.lines.push_back(Line { reader, tickets: VecDeque::from([ticket]) }),
        }
        Some((self.last_ticket, receiver))
    }

    /// Takes the first out of the first line whose reader may have one more place, and puts the rest of that line behind all others.
    fn next(&mut self, share: usize) -> Option<(Reader, oneshot::Sender<Place>)> {
        if self.free == 0 {
            return None;
        }
        let position = self.lines.iter().position(|line| self.is_within(line.reader, share))?;
        let mut line = self.lines.remove(position)?;
        let (_, sender) = line.tickets.pop_front()?;
        let reader = line.reader;
        self.waiting -= 1;
        self.take(reader);
        if !line.tickets.is_empty() {
            self.lines.push_back(line);
        }
        Some((reader, sender))
    }

    fn leave(&mut self, reader: Reader, ticket: u64) {
        let Some(position) = self.lines.iter().position(|line| line.reader == reader) else { return };
        let Some(line) = self.lines.get_mut(position) else { return };
        let before = line.tickets.len();
        line.tickets.retain(|(number, _)| *number != ticket);
        self.waiting -= before - line.tickets.len();
        if line.tickets.is_empty() {
            self.lines.remove(position);
        }
    }
}

/// Takes somebody out of the line who waits no longer.
struct Leave<'a> {
    shared: &'a Shared,
    reader: Reader,
    ticket: u64,
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.shared.lock().leave(self.reader, self.ticket);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(shared) = self.shared.take() {
            shared.hand_on(self.reader);
        }
    }
}

impl fmt::Debug for Turns {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Turns({} waiting)", self.waiting())
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Place")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures::FutureExt as _;
    use tokio::time::timeout;

    use super::*;

    fn reader(number: u8) -> Reader {
        Reader::at([192, 0, 2, number].into())
    }

    /// With one line, the second reader comes last.
    #[tokio::test]
    async fn places_go_around_the_readers() {
        let turns = Turns::new(1, 100);
        let held = turns.place(reader(1)).await.unwrap();
        let (order, mut served) = tokio::sync::mpsc::unbounded_channel();
        for (number, count) in [(1, 5), (2, 1), (3, 2)] {
            for _ in 0..count {
                let (turns, order) = (turns.clone(), order.clone());
                tokio::spawn(async move {
                    let _place = turns.place(reader(number)).await.unwrap();
                    order.send(number).unwrap();
                });
                tokio::task::yield_now().await;
            }
        }
        drop((held, order));
        let mut all = Vec::new();
        while let Some(number) = served.recv().await {
            all.push(number);
        }
        assert_eq!(all, [1, 2, 3, 1, 3, 1, 1, 1]);
    }

    #[tokio::test]
    async fn one_reader_takes_half_of_the_waiting_places() {
        let turns = Turns::new(1, 4);
        let _held = turns.place(reader(1)).await.unwrap();
        let mut waiting: Vec<_> = (0..2).map(|_| Box::pin(turns.place(reader(1)))).collect();
        for place in &mut waiting {
            assert!(place.now_or_never().is_none());
        }
        assert!(turns.place(reader(1)).now_or_never().unwrap().is_none(), "a third one of the same reader");
        let mut other: Vec<_> = (2..4).map(|number| Box::pin(turns.place(reader(number)))).collect();
        for place in &mut other {
            assert!(place.now_or_never().is_none());
        }
        assert!(turns.place(reader(9)).now_or_never().unwrap().is_none(), "a fifth one");
        assert_eq!(turns.waiting(), 4);
    }

    /// Otherwise one reader who takes long has all places, and everybody else none.
    #[tokio::test]
    async fn one_reader_holds_half_of_the_places_where_there_are_shares() {
        let turns = Turns::in_shares(4, 100);
        let own = [turns.place(reader(1)).await.unwrap(), turns.place(reader(1)).await.unwrap()];
        let mut third = Box::pin(turns.place(reader(1)));
        assert!(third.as_mut().now_or_never().is_none());
        // It waits although there are places, and holds nobody up.
        let others = [turns.place(reader(2)).await.unwrap(), turns.place(reader(3)).await.unwrap()];
        let mut fourth = Box::pin(turns.place(reader(4)));
        assert!(fourth.as_mut().now_or_never().is_none());
        let [first, second] = others;
        drop(first);
        let fourth = fourth.as_mut().now_or_never().unwrap().unwrap();
        assert!(third.as_mut().now_or_never().is_none(), "the share is still taken");
        drop(second);
        assert!(third.as_mut().now_or_never().is_none());
        drop(own);
        let third = third.as_mut().now_or_never().unwrap().unwrap();
        assert_eq!(turns.shared.lock().free, 2);
        assert_eq!(turns.waiting(), 0);
        drop((third, fourth));
        // Those whose address says nothing are many.
        let mut unknown = Vec::new();
        for _ in 0..4 {
            unknown.push(turns.place(Reader::default()).await.unwrap());
        }
        drop(unknown);
        assert!(turns.shared.lock().held.is_empty());
    }

    #[tokio::test]
    async fn who_leaves_leaves_nothing_behind() {
        let turns = Turns::new(1, 1);
        let held = turns.place(Reader::default()).await.unwrap();
        for number in 0..50 {
            assert!(timeout(Duration::from_millis(1), turns.place(reader(number))).await.is_err());
        }
        assert_eq!(turns.waiting(), 0);
        drop(held);
        drop(turns.place(reader(1)).await.unwrap());
        assert_eq!(turns.shared.lock().free, 1);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn no_place_is_lost_where_readers_come_and_go() {
        let turns = Turns::in_shares(3, 1_000);
        let readers = (0..300_u16).map(|number| {
            let turns = turns.clone();
            tokio::spawn(async move {
                let patience = Duration::from_micros(u64::from(number % 7) * 200);
                let own = reader(u8::try_from(number % 5).unwrap_or_default());
                if let Ok(Some(_place)) = timeout(patience, turns.place(own)).await {
                    tokio::time::sleep(Duration::from_micros(300)).await;
                }
            })
        });
        futures::future::join_all(readers).await;
        let state = turns.shared.lock();
        assert_eq!((state.free, state.waiting, state.lines.len(), state.held.len()), (3, 0, 0, 0));
    }
}
