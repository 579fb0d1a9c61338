//! What follows from the formats: pure functions over `oci`.
