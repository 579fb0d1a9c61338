//! How long the sample registry takes to be generated: it is made at every start, within 100 ms.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use strata::embedded::Layout;

fn generate(criterion: &mut Criterion) {
    criterion.bench_function("sample registry", |bencher| bencher.iter(|| black_box(Layout::sample())));
}

criterion_group!(benches, generate);
criterion_main!(benches);
