//! Benchmarks of the parts of reading an image, under criterion: `cargo bench --bench parts_native`.

mod parts;

use criterion::{Criterion, Throughput};
use parts::{Amount, parts};

fn main() {
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    let mut group = criterion.benchmark_group("parts");
    for mut part in parts() {
        group.throughput(match part.amount {
            Amount::Bytes(bytes) => Throughput::Bytes(bytes),
            Amount::Entries(entries) => Throughput::Elements(entries),
        });
        group.bench_function(part.name, |bencher| bencher.iter(&mut part.turn));
    }
    group.finish();
    criterion.final_summary();
}
