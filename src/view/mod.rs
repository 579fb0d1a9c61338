//! What a page shows and the JSON API answers: plain types, one file a page.
