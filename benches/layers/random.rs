//! Files of an indexed layer, opened one by one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};
use strata::anatomy::files::FileRef;
use strata::layers::LayerIndex;
use strata::registry::{Client, Request};
use tokio::sync::{Semaphore, mpsc};

use crate::stored::{Registry, Stored, repository};
use crate::table::Table;

const FILES: usize = 1_000;

/// Opens a thousand files of 8 to 32 KiB in no order.
pub(crate) async fn measure(registry: &Registry, layer: &Stored, index: &LayerIndex, table: &mut Table) {
    let client = crate::client(registry);
    let of_size = |file: &FileRef<'_>| file.digest().is_some() && (8 << 10..32 << 10).contains(&file.size());
    let files: Vec<_> = index.files.iter().filter(of_size).collect();
    let (mut bytes, mut largest, mut time, mut opened) = (0, 0, Duration::ZERO, 0_u32);
    let mut place = 0;
    while opened < u32::try_from(FILES.min(files.len())).unwrap() {
        place = (place + 7_919) % files.len();
        let begin = Instant::now();
        let read = open(&client, layer, index, files[place]).await;
        time += begin.elapsed();
        bytes += read;
        largest = largest.max(read);
        opened += 1;
    }
    let mean = bytes as f64 / f64::from(opened) / 1e6;
    table.row(
        &format!("{opened} files of 8 to 32 KiB: bytes from the registry, mean / largest"),
        "≤ 0.4 MB / ≤ 1.2 MB",
        &format!("{mean:.2} MB / {:.2} MB", largest as f64 / 1e6),
        mean <= 0.4 && largest <= 1_200_000,
    );
    let mean = time.as_secs_f64() * 1e3 / f64::from(opened);
    table.row("the same: time, mean", "≤ 15 ms", &format!("{mean:.1} ms"), mean <= 15.0);
}

/// Opens a file, checks it, and says how many bytes it took.
async fn open(client: &Client, layer: &Stored, index: &LayerIndex, file: FileRef<'_>) -> u64 {
    let location = index.locate(file).unwrap();
    let range = location.stored();
    let (sender, mut pieces) = mpsc::channel(16);
    let (request, repository, descriptor) = (Request::new(), repository(), layer.descriptor());
    let fetched = client.layer(&request, &repository, &descriptor, range.start, Some(range.end), sender);
    let unpacked = async {
        let mut contents = location.contents(Arc::new(Semaphore::new(1))).unwrap();
        let mut hash = Sha256::new();
        while let Some(piece) = pieces.recv().await {
            contents.feed(&piece, &mut |bytes| hash.update(bytes)).unwrap();
        }
        let hash: [u8; 32] = hash.finalize().into();
        assert_eq!((contents.left(), Some(&hash)), (0, file.digest()), "the file is what it was");
    };
    let (fetched, ()) = tokio::join!(fetched, unpacked);
    fetched.unwrap();
    range.end - range.start
}
