//! Scanning what is in memory, and a tree: `cargo bench --bench secrets`.
//!
//! The texts are sources of the crates that cargo has downloaded, without binary files, and minified
//! bundles of packages that npm downloads; what cannot be had is left out, and said. On one thread, file
//! by file, as embedders scan. `--bench trees` compares with other scanners.

use std::fs;
use std::hint::black_box;
use std::path::Path;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use launch_ready::core::Context;
use launch_ready::secrets::{Policy, scan_file_bytes, scan_tree};
use launch_ready_benches::corpora;

fn scan(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("secrets");
    group.sample_size(10);
    let folder = std::env::temp_dir().join(format!("launch-ready-bench-{}", std::process::id()));
    let (sources, bundles) = (folder.join("sources"), folder.join("bundles"));
    match corpora::sources(&sources, 12) {
        Ok(()) => in_memory(&mut group, "in memory, sources of crates", &sources),
        Err(why) => println!("sources of crates: left out, {why}"),
    }
    match corpora::bundles(&bundles) {
        Ok(()) => in_memory(&mut group, "in memory, minified bundles", &bundles),
        Err(why) => println!("minified bundles: left out, {why}"),
    }
    let _ = fs::remove_dir_all(&folder);

    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let (policy, cx) = (Policy::new(), Context::new());
    let seen = scan_tree(&root, &policy, &cx).expect("the workspace can be read");
    group.throughput(Throughput::Bytes(seen.bytes));
    group.bench_function("tree of this workspace", |bencher| {
        bencher.iter(|| scan_tree(black_box(&root), &policy, &cx));
    });
    group.finish();
}

fn in_memory(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, folder: &Path) {
    let is_text = |text: &[u8]| !text.iter().take(8 << 10).any(|byte| *byte == 0);
    let texts: Vec<_> = corpora::files(folder)
        .into_iter()
        .filter_map(|file| Some((file.to_string_lossy().into_owned(), fs::read(&file).ok()?)))
        .filter(|(_, text)| is_text(text))
        .collect();
    let policy = Policy::new();
    group.throughput(Throughput::Bytes(texts.iter().map(|(_, text)| text.len() as u64).sum()));
    group.bench_function(name, |bencher| {
        bencher.iter(|| -> usize {
            let secrets = |(path, text): &(String, Vec<u8>)| {
                scan_file_bytes(path, black_box(text), &policy).len()
            };
            texts.iter().map(secrets).sum()
        });
    });
}

criterion_group!(benches, scan);
criterion_main!(benches);
