//! Tests of the formats: grammar of names, and documents good, odd and refused.

mod configs;
mod documents;
mod limits;
mod names;
mod platforms;
