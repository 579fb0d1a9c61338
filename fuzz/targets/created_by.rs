//! Texts of histories.
#![no_main]

use libfuzzer_sys::fuzz_target;
use strata::anatomy::dockerfile::{Instruction, dockerfile};
use strata::anatomy::{secrets, text};
use strata::oci::History;

fuzz_target!(|created_by: &str| {
    let instruction = Instruction::parse(created_by);
    let _ = (instruction.is_empty(), instruction.is("RUN"));
    assert!(secrets::ranges(created_by).iter().all(|range| created_by.get(range.clone()).is_some()));
    let whole: String = secrets::stretches(created_by, 0..created_by.len(), &secrets::ranges(created_by))
        .iter()
        .map(|stretch| stretch.text)
        .collect();
    assert_eq!(whole, created_by, "nothing is lost under a cover");
    assert!(!text::visible_line(created_by).contains(strata::oci::is_hidden));
    let step = History { created_by: Some(created_by.to_owned()), ..History::default() };
    assert!(dockerfile(&[step.clone(), step]).starts_with("# Approximate"));
});
