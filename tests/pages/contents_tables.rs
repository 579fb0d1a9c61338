//! Layers that bring a table of contents of their own: it says what they hold, and is shown while they are read.

use std::sync::atomic::Ordering;
use std::time::Duration;

use strata::layers::{Disagreements, IndexStore, LayerReader, ReaderSettings, TableForm};
use strata::oci::{Descriptor, Manifest};
use strata::registry::{Client, ManifestReference, Request};
use strata::service::{Service, ServiceSettings};
use strata::view::address::ImageView;
use strata::view::files::{FilesQuery, FilesView, LayerState};
use strata::view::image::{ImageContent, ImageQuery};

use super::support::{Sample, reference, repository, tag};

const REPOSITORY: &str = "platform/appliance";
const FORMS: [(&str, TableForm); 2] =
    [("4.1.0-estargz", TableForm::Estargz), ("4.1.0-zstd-chunked", TableForm::ZstdChunked)];

async fn layers(client: &Client, text: &str) -> Vec<Descriptor> {
    let by_tag = ManifestReference::Tag(tag(text));
    let document = client.manifest(&Request::new(), &repository(REPOSITORY), &by_tag).await.unwrap();
    match Manifest::parse(&document.bytes, Some(&document.media_type)).unwrap() {
        Manifest::Image(image) => image.layers,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn tables_of_the_sample_say_what_its_layers_hold() {
    let sample = Sample::start().await;
    let (client, request, name) = (sample.client("sample"), Request::new(), repository(REPOSITORY));
    let reader = LayerReader::new(ReaderSettings::default(), IndexStore::in_memory(10_000_000));
    for (text, form) in FORMS {
        let mut listed = 0;
        for layer in layers(&client, text).await {
            let table = reader.table(&client, &request, &name, &layer).await.unwrap().unwrap();
            assert_eq!(table.form, form);
            let reading = reader.read(&client, &request, &name, layer.digest.as_ref().unwrap(), &layer);
            let index = reading.ended().await.unwrap();
            assert_eq!(table.compare(&index.files), Disagreements::default(), "{text}");
            listed += table.files.len();
        }
        assert!(listed > 10, "{text}: {listed}");
    }
}

async fn files(service: &Service, asked: &ImageQuery) -> FilesView {
    match service.image(asked).await.unwrap().content.content {
        ImageContent::Files(files) => *files,
        other => panic!("{other:?}"),
    }
}

/// One layer is read at a time, so that these wait behind those of another image when their tables have come.
#[tokio::test]
async fn a_layer_is_shown_by_its_table_until_it_was_read() {
    let remark = "What is shown is from the layer's own table";
    let sample = Sample::start().await;
    let mut settings = ServiceSettings::default();
    settings.layers.at_once = 1;
    for (text, _) in FORMS {
        let service = Service::new(vec![sample.client("sample")], settings.clone());
        let query = |image: &str| ImageQuery { view: ImageView::Files, ..ImageQuery::new(reference(image)) };
        let (other, whole) = (query("payments/api:1.10.1"), query(&format!("{REPOSITORY}:{text}")));
        assert_eq!(files(&service, &other).await.layers.len(), 10);
        let second = files(&service, &whole).await.layers[1].digest.clone();
        let alone = ImageQuery { files: FilesQuery { layer: second, ..FilesQuery::default() }, ..whole.clone() };
        sample.log.delay.store(100, Ordering::SeqCst);
        service.start_reading(&other, false).await.unwrap();
        service.start_reading(&whole, false).await.unwrap();
        let (mut shown_by_table, mut is_known) = (false, false);
        while !is_known {
            let view = files(&service, &alone).await;
            is_known = matches!(view.layers[1].state, LayerState::Known { .. });
            if view.remarks.iter().any(|text| text.starts_with(remark)) {
                let paths: Vec<_> = view.rows.iter().map(|row| row.path.as_bytes()).collect();
                assert!(paths.contains(&&b"etc"[..]) && paths.contains(&&b"usr"[..]), "{paths:?}");
                assert!(view.is_provisional && !is_known);
                shown_by_table = true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(shown_by_table, "{text}");
        sample.log.delay.store(0, Ordering::SeqCst);
        // The archive counts from then on, and says the same.
        let view = files(&service, &alone).await;
        assert!(!view.remarks.iter().any(|text| text.contains("own table")), "{:?}", view.remarks);
    }
}
