//! Scanning this workspace's own sources, in memory and as a tree: `cargo bench --bench secrets`.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use launch_ready::core::Context;
use launch_ready::secrets::{Policy, scan_bytes, scan_tree};

fn scan(criterion: &mut Criterion) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let policy = Policy::new();

    let mut sources = Vec::new();
    read(&root, &mut sources);
    let once = sources.clone();
    while sources.len() < 8 << 20 {
        sources.extend_from_slice(&once);
    }
    let mut group = criterion.benchmark_group("secrets");
    group.throughput(Throughput::Bytes(sources.len() as u64));
    group.bench_function("in memory", |bencher| {
        bencher.iter(|| scan_bytes(black_box(&sources), &policy));
    });

    let cx = Context::new();
    let seen = scan_tree(&root, &policy, &cx).expect("the workspace can be read");
    group.throughput(Throughput::Bytes(seen.bytes));
    group.bench_function("tree", |bencher| {
        bencher.iter(|| scan_tree(black_box(&root), &policy, &cx));
    });
    group.finish();
}

/// All Rust sources below `folder`, one after the other.
fn read(folder: &Path, into: &mut Vec<u8>) {
    let entries = fs::read_dir(folder).expect("the workspace can be read");
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            read(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.extend(fs::read(&path).unwrap_or_default());
        }
    }
}

criterion_group!(benches, scan);
criterion_main!(benches);
