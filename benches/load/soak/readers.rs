//! The readers: each opens one page after the other, with a moment to read it in between.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use super::trouble::LARGE;
use crate::client::Connection;
use crate::registry::{REPOSITORY, TAGS, tag};

/// How long a reader looks at a page.
const LOOK: Duration = Duration::from_millis(100);

/// Longest that a reader waits for a page. Strata's own limit is shorter.
const PATIENCE: Duration = Duration::from_secs(45);

/// What the readers saw.
#[derive(Default)]
pub(crate) struct Seen {
    /// How many answers had each status; 0 stands for none.
    statuses: BTreeMap<u16, usize>,
    /// Milliseconds of each page of the healthy registry.
    healthy: Vec<f64>,
    /// Failures that no registry is the cause of.
    pub(crate) own_failures: usize,
    /// The first of them.
    pub(crate) examples: Vec<String>,
}

impl Seen {
    pub(crate) fn answers(&self) -> usize {
        self.statuses.values().sum()
    }

    pub(crate) fn statuses(&self) -> String {
        let mut text = String::new();
        for (status, count) in &self.statuses {
            let comma = if text.is_empty() { "" } else { ", " };
            let _ = write!(text, "{comma}{status}: {count}");
        }
        text
    }

    pub(crate) fn healthy(&self, quantile: f64) -> f64 {
        let mut latencies = self.healthy.clone();
        latencies.sort_by(f64::total_cmp);
        let last = latencies.len().saturating_sub(1);
        latencies.get((last as f64 * quantile).round() as usize).copied().unwrap_or_default()
    }
}

/// All readers of a soak.
pub(crate) struct Readers {
    seen: Arc<Mutex<Seen>>,
    stop: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Readers {
    /// `upstream` is the host by which Strata calls the registry that misbehaves.
    pub(crate) fn start(address: SocketAddr, upstream: &str, count: usize) -> Self {
        let seen = Arc::<Mutex<Seen>>::default();
        let stop = Arc::<AtomicBool>::default();
        let pages = Arc::new(AtomicUsize::new(0));
        let tasks = (0..count)
            .map(|_| {
                let (seen, stop, pages) = (Arc::clone(&seen), Arc::clone(&stop), Arc::clone(&pages));
                let upstream = upstream.to_owned();
                tokio::spawn(async move {
                    let mut connection = None;
                    while !stop.load(Ordering::SeqCst) {
                        let number = pages.fetch_add(1, Ordering::SeqCst);
                        read(address, &upstream, &mut connection, &page(number), &seen).await;
                        tokio::time::sleep(LOOK).await;
                    }
                })
            })
            .collect();
        Self { seen, stop, tasks }
    }

    /// What they saw so far, in words.
    pub(crate) fn told(&self) -> String {
        let seen = self.seen.lock().unwrap();
        format!("{}; healthy p99 {:.1} ms", seen.statuses(), seen.healthy(0.99))
    }

    pub(crate) async fn stop(self) -> Seen {
        self.stop.store(true, Ordering::SeqCst);
        for task in self.tasks {
            task.await.unwrap();
        }
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

/// The address of a page, of the healthy registry and the other one in turn.
fn page(number: usize) -> String {
    let registry = if number.is_multiple_of(2) { "healthy" } else { "troubled" };
    let choice = number / 2;
    let repository = format!("{registry}/{REPOSITORY}");
    let (one, other) = (tag(choice * 7 % TAGS), tag(choice * 13 % TAGS));
    if registry == "troubled" && choice.is_multiple_of(250) {
        return format!("/{registry}/{}", LARGE[choice / 250 % LARGE.len()]);
    }
    match choice % 12 {
        0 => format!("/{registry}/"),
        1 => format!("/{repository}"),
        2 => format!("/{repository}?filter={}", choice % 10),
        3..=5 => format!("/{repository}:{one}"),
        6 => format!("/{repository}:{one}/-/config"),
        7 => format!("/{repository}:{one}/-/raw"),
        8 => format!("/-/compare?from={repository}:{one}&to={repository}:{other}"),
        9 => format!("/-/api/image/{repository}:{other}"),
        10 => format!("/-/api/tags/{repository}?limit=100"),
        _ => format!("/-/registry?registry={registry}"),
    }
}

async fn read(
    address: SocketAddr,
    upstream: &str,
    connection: &mut Option<Connection>,
    target: &str,
    seen: &Mutex<Seen>,
) {
    let mut open = match connection.take() {
        Some(open) => open,
        None => Connection::open(address).await,
    };
    let begin = Instant::now();
    let answer = tokio::time::timeout(PATIENCE, open.ask(target)).await;
    let elapsed = begin.elapsed().as_secs_f64() * 1e3;
    let is_healthy = target.contains("healthy");
    let (status, text) = match answer {
        Ok(Ok(answer)) => {
            *connection = Some(open);
            (answer.status(), answer.text())
        }
        Ok(Err(error)) => (0, error.to_string()),
        Err(_) => (0, "no answer in time".to_owned()),
    };
    // A registry's trouble is 502, or 504 where it took too long, and the page says so.
    let is_upstreams = !is_healthy && matches!(status, 404 | 502 | 504) && text.contains(upstream);
    let is_good = status == 200 || is_upstreams;
    let mut seen = seen.lock().unwrap();
    *seen.statuses.entry(status).or_default() += 1;
    if is_healthy && status == 200 {
        seen.healthy.push(elapsed);
    }
    if !is_good {
        seen.own_failures += 1;
        if seen.examples.len() < 5 {
            let begin: String = text.chars().take(2_000).collect();
            seen.examples.push(format!("{target}: {status}: {begin}"));
        }
    }
}
