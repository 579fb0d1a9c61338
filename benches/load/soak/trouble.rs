//! A registry that misbehaves on command, behind a relay that can take it off the network.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::registry::thousand_tags;
use crate::support::{Fixture, Reply, digest_of};

/// What is the matter with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Well,
    /// Each piece of an answer takes 400 ms longer.
    Slow,
    /// Status 500.
    Broken,
    /// It takes the question and says nothing.
    Hanging,
    /// Other bytes than those of the digest.
    WrongBytes,
    /// Nobody listens.
    Gone,
}

impl Kind {
    pub(crate) const ALL: [Self; 6] =
        [Self::Well, Self::Slow, Self::Broken, Self::Hanging, Self::WrongBytes, Self::Gone];
}

/// The registry and the way to it.
pub(crate) struct Trouble {
    address: SocketAddr,
    now: watch::Sender<Kind>,
    _fixture: Fixture,
}

/// Repositories of one large document each: 4 MB of an index, 8 MB of a history.
pub(crate) const LARGE: [&str; 2] = ["bench/index:1", "bench/history:1"];

impl Trouble {
    pub(crate) async fn start() -> Self {
        let fixture = thousand_tags().await;
        put_large(&fixture);
        let now = watch::Sender::new(Kind::Well);
        fixture.script({
            let kind = now.subscribe();
            move |_| match *kind.borrow() {
                Kind::Broken => Some(Reply::error(500, "UNKNOWN", "a disk is full")),
                Kind::Hanging => Some(Reply::ok("").after(Duration::from_hours(1))),
                Kind::WrongBytes => Some(Reply::json("{\"schemaVersion\":2,\"x\":\"wrong\"}")),
                Kind::Well | Kind::Slow | Kind::Gone => None,
            }
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let upstream = fixture.url().socket_addrs(|| None).unwrap()[0];
        tokio::spawn(relay(listener, upstream, now.subscribe()));
        Self { address, now, _fixture: fixture }
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn set(&self, kind: Kind) {
        self.now.send_replace(kind);
    }
}

/// Hands connections on until the registry is to be gone; then they break, and nobody listens until it is back.
async fn relay(listener: TcpListener, upstream: SocketAddr, mut kind: watch::Receiver<Kind>) {
    let address = listener.local_addr().unwrap();
    let mut listening = Some(listener);
    loop {
        if *kind.borrow_and_update() == Kind::Gone {
            listening = None;
            if kind.changed().await.is_err() {
                return;
            }
            continue;
        }
        if listening.is_none() {
            listening = TcpListener::bind(address).await.ok();
        }
        let Some(listener) = &listening else {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        tokio::select! {
            changed = kind.changed() => if changed.is_err() { return },
            Ok((stream, _)) = listener.accept() => {
                tokio::spawn(hand_on(stream, upstream, kind.clone()));
            }
        }
    }
}

/// Hands one connection on.
async fn hand_on(mut reader: TcpStream, upstream: SocketAddr, mut kind: watch::Receiver<Kind>) {
    let Ok(mut registry) = TcpStream::connect(upstream).await else { return };
    let (mut questions, mut to_reader) = reader.split();
    let (mut answers, mut to_registry) = registry.split();
    let slowly = kind.clone();
    let back = async {
        let mut piece = vec![0; 16 * 1024];
        while let Ok(length @ 1..) = answers.read(&mut piece).await {
            if *slowly.borrow() == Kind::Slow {
                tokio::time::sleep(Duration::from_millis(400)).await;
            }
            if to_reader.write_all(&piece[..length]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        _ = kind.wait_for(|kind| *kind == Kind::Gone) => {}
        _ = copy(&mut questions, &mut to_registry) => {}
        () = back => {}
    }
}

fn put_large(fixture: &Fixture) {
    let manifest = "application/vnd.oci.image.manifest.v1+json";
    let index = "application/vnd.oci.image.index.v1+json";
    let entries: Vec<_> = (0..15_000_u32)
        .map(|number| {
            json!({
                "mediaType": manifest, "digest": digest_of(&number.to_le_bytes()), "size": 500,
                "platform": { "os": "linux", "architecture": format!("a{number}") },
            })
        })
        .collect();
    let entries = json!({ "schemaVersion": 2, "mediaType": index, "manifests": entries }).to_string();
    let steps: Vec<_> = (0..100_000)
        .map(|number| json!({ "created_by": format!("RUN make part-{number} # buildkit"), "empty_layer": true }))
        .collect();
    let config = json!({
        "os": "linux", "architecture": "amd64", "history": steps, "rootfs": { "type": "layers", "diff_ids": [] },
    })
    .to_string();
    fixture.content(|content| {
        let digest = content.manifest("bench/index", index, entries.as_bytes());
        content.tag("bench/index", "1", &digest);
        let digest = content.blob("bench/history", config.as_bytes());
        let image = json!({
            "schemaVersion": 2, "mediaType": manifest, "layers": [],
            "config": { "mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest, "size": config.len() },
        });
        let digest = content.manifest("bench/history", manifest, image.to_string().as_bytes());
        content.tag("bench/history", "1", &digest);
    });
}
