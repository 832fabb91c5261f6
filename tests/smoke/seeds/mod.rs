//! Seeds for fuzzing: small inputs of every form that the targets know, made with the suites' fixtures.

mod databases;
mod images;
mod languages;
mod layers;
mod texts;
mod tocs;

/// Returns the seeds of a target, the same in every run.
pub(crate) fn of(target: &str) -> Vec<Vec<u8>> {
    match target {
        "archive" => images::archives(),
        "image" => images::images(),
        "toc" => tocs::tocs(),
        "tar" => layers::tars(),
        "gzip" => layers::gzips(),
        "zstd" => layers::zstds(),
        "documents" => texts::documents(),
        "reference" => texts::references(),
        "challenge" => texts::challenges(),
        "link" => texts::links(),
        "dpkg" => databases::dpkg(),
        "apk" => databases::apk(),
        "rpm" => databases::rpm(),
        "python" => languages::python(),
        "npm" => languages::npm(),
        "program" => languages::programs(),
        "jar" => languages::jars(),
        other => panic!("there is no target {other}"),
    }
}
