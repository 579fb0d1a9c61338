//! A client of HTTP/1.1 that costs next to nothing, so that the load leaves the cores to what is measured.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A connection that is kept open.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    pub(crate) accept_encoding: &'static str,
}

/// An answer that has been read whole.
pub(crate) struct Answer {
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn status(&self) -> u16 {
        self.head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: Vec::with_capacity(256 * 1024), accept_encoding: "identity" }
    }

    /// The answer to a `GET`, which must be a good one.
    pub(crate) async fn get(&mut self, target: &str) -> Answer {
        let encoding = self.accept_encoding;
        let request = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: {encoding}\r\n\r\n");
        self.exchange(&request).await
    }

    pub(crate) async fn post(&mut self, target: &str, body: &str) -> Answer {
        let length = body.len();
        let request = format!(
            "POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: \
             {length}\r\n\r\n{body}"
        );
        self.exchange(&request).await
    }

    /// The answer to a `GET`, whatever it says.
    pub(crate) async fn ask(&mut self, target: &str) -> io::Result<Answer> {
        let encoding = self.accept_encoding;
        let request = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: {encoding}\r\n\r\n");
        self.try_exchange(&request).await
    }

    async fn exchange(&mut self, request: &str) -> Answer {
        let answer = self.try_exchange(request).await.unwrap();
        assert_eq!(answer.status(), 200, "{request}{}", answer.head);
        answer
    }

    async fn try_exchange(&mut self, request: &str) -> io::Result<Answer> {
        self.stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        let head_end = loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
            self.read().await?;
        };
        let head = String::from_utf8_lossy(&self.buffer[..head_end]).into_owned();
        let answer = Answer { head, body: Vec::new() };
        let body = if let Some(length) = answer.header("content-length") {
            let end = head_end + length.parse::<usize>().unwrap();
            while self.buffer.len() < end {
                self.read().await?;
            }
            self.buffer[head_end..end].to_vec()
        } else {
            while !self.buffer.ends_with(b"0\r\n\r\n") {
                self.read().await?;
            }
            unchunked(&self.buffer[head_end..])
        };
        Ok(Answer { body, ..answer })
    }

    async fn read(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the connection was closed")),
            _ => Ok(()),
        }
    }
}

fn find(bytes: &[u8], pattern: &[u8]) -> Option<usize> {
    bytes.windows(pattern.len()).position(|window| window == pattern)
}

/// The body of a chunked message.
fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::with_capacity(rest.len());
    while let Some(end) = find(rest, b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        if size == 0 {
            break;
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 2 + size + 2..];
    }
    body
}

/// What came of some seconds of load.
pub(crate) struct Load {
    /// Milliseconds of each answer, ascending.
    latencies: Vec<f64>,
    elapsed: Duration,
    /// Bytes of one body.
    pub(crate) bytes: usize,
}

impl Load {
    pub(crate) fn quantile(&self, quantile: f64) -> f64 {
        let last = self.latencies.len() - 1;
        self.latencies[((last as f64 * quantile).round() as usize).min(last)]
    }

    pub(crate) fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.elapsed.as_secs_f64()
    }
}

/// Asks for one target over and over, on each connection as fast as it answers.
pub(crate) async fn hammer(address: SocketAddr, target: &str, connections: usize, time: Duration) -> Load {
    let start = Instant::now();
    let tasks: Vec<_> = (0..connections)
        .map(|_| {
            let target = target.to_owned();
            tokio::spawn(async move {
                let mut connection = Connection::open(address).await;
                let (mut latencies, mut bytes) = (Vec::new(), 0);
                while start.elapsed() < time {
                    let begin = Instant::now();
                    bytes = connection.get(&target).await.body.len();
                    latencies.push(begin.elapsed().as_secs_f64() * 1e3);
                }
                (latencies, bytes)
            })
        })
        .collect();
    let mut load = Load { latencies: Vec::new(), elapsed: Duration::ZERO, bytes: 0 };
    for task in tasks {
        let (latencies, bytes) = task.await.unwrap();
        load.latencies.extend(latencies);
        load.bytes = bytes;
    }
    load.elapsed = start.elapsed();
    load.latencies.sort_by(f64::total_cmp);
    load
}

/// Style, script and wasm that a page names.
pub(crate) fn assets_of(html: &str) -> Vec<String> {
    let mut assets: Vec<String> = html
        .split('"')
        .filter(|value| {
            value.starts_with("/-/assets/") && [".css", ".js", ".wasm"].iter().any(|end| value.ends_with(end))
        })
        .map(str::to_owned)
        .collect();
    assets.sort();
    assets.dedup();
    assets
}

/// The fonts that a style names and that a page in English loads.
pub(crate) fn latin_fonts_of(style: &str, folder: &str) -> Vec<String> {
    let mut fonts: Vec<String> =
        style
            .split("url(")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
            .map(|url| url.trim_matches(['"', '\'']))
            .filter(|url| url.ends_with(".woff2") && !url.contains("-ext"))
            .map(|url| {
                if url.starts_with('/') { url.to_owned() } else { format!("{folder}/{}", url.trim_start_matches("./")) }
            })
            .collect();
    fonts.sort();
    fonts.dedup();
    fonts
}
