//! Numbers and times at the ends of their types, and past them (threat V-9).

use serde_json::json;

use super::site::{page, put_image, sound_config};

/// Fails when sums overflow, or a time that is none is taken for one.
#[test]
fn numbers_at_the_ends_of_their_types_are_shown_or_said_to_be_none() {
    for (name, created, size) in [
        ("epoch", "1970-01-01T00:00:00Z", u64::MAX),
        ("zero", "0001-01-01T00:00:00Z", u64::MAX / 2),
        ("far", "292277026596-12-04T15:30:08Z", i64::MAX.unsigned_abs()),
        ("nine", "9999-12-31T23:59:60Z", 1 << 53),
        ("offset", "2026-01-01T00:00:00+99:99", 0),
        ("words", "NaN", 1),
        ("empty", "", 1),
        ("digits", "99999999999999999999999", 1),
        ("negative", "-2026-01-01T00:00:00Z", 1),
    ] {
        let mut config = sound_config();
        config["created"] = json!(created);
        config["history"][0]["created"] = json!(created);
        config["config"] = json!({ "Healthcheck": {
            "Test": ["CMD", "x"], "Interval": i64::MAX, "Timeout": i64::MIN, "StartPeriod": 1.5, "Retries": u64::MAX,
        } });
        put_image("numbers/image", name, &config.to_string(), |manifest| {
            let layer = manifest["layers"][0].take();
            manifest["layers"] = json!([layer, layer, layer]);
            for layer in manifest["layers"].as_array_mut().into_iter().flatten() {
                layer["size"] = json!(size);
            }
        });
        for view in ["", "/-/config", "/-/raw", "?as=dockerfile"] {
            page(&format!("/numbers/image:{name}{view}"));
        }
        page(&format!("/-/compare?from=numbers/image:epoch&to=numbers/image:{name}"));
        page(&format!("/-/api/image/numbers/image:{name}"));
    }
    page("/numbers/image");
    page("/numbers/image?details=0");
    page("/numbers/image?sort=size");
    page("/numbers/image?sort=newest");
    page("/numbers/image:words/-/config").says(&["NaN"]);
    page("/numbers/image:far/-/config").says(&["292277026596"]);
}
