//! Runs the structure tests of a file: which files exist, what they hold, what the config says, which licences there
//! are. Commands are not run, and named instead.
//!
//! Verdicts are those of container-structure-test with `--driver tar`, but where that looks at another file than a
//! container would: it follows absolute links into the file system that it runs on, knows no owners, and takes the mode
//! of the root from the folder that it unpacks into.

mod document;
mod files;
mod metadata;
mod patterns;

use crate::image::ImageConfig;
use crate::workspace::OpenImage;

pub(super) use document::StructureFile;

use document::{ANY_OWNER, ContentTest, ExistenceTest, LicenceTest};
use files::{TestedFiles, mode_text, with_variables};
use patterns::compiled;

/// The folder of Debian's packages.
const DEBIAN_ROOT: &str = "usr/share/doc";
/// A package whose licence is not looked at.
const PASSED_OVER: &str = "libgnutls30";
/// Words that a licence must not have.
const REFUSED: [&str; 2] = ["AGPL", "WTFPL"];

/// The result of a test.
pub(super) struct TestResult {
    /// The kind of test, and its name.
    pub(super) name: String,
    /// The path that it is about.
    pub(super) path: Option<String>,
    /// Reasons why it fails.
    pub(super) errors: Vec<String>,
}

/// Runs all tests of a file that need no command.
pub(super) async fn run(file: &StructureFile, image: &OpenImage) -> Vec<TestResult> {
    let config = image.config().map(|document| &document.config);
    let mut files = TestedFiles::new(image);
    let mut results = Vec::new();
    for test in &file.file_existence_tests {
        results.push(existence(test, config, &files));
    }
    for test in &file.file_content_tests {
        results.push(content(test, &mut files, image).await);
    }
    for test in &file.license_tests {
        results.push(licences(test, &mut files, image).await);
    }
    if let Some(test) = &file.metadata_test {
        results.push(TestResult {
            name: "metadata".to_owned(),
            path: None,
            errors: match config {
                Some(config) => metadata::run(test, config),
                None => vec!["the image has no config that can be read".to_owned()],
            },
        });
    }
    results
}

/// Returns a line for each command, which is not run.
pub(super) fn not_run(file: &StructureFile) -> Vec<String> {
    let named = file.command_tests.iter().map(|test| {
        let name = &test.name;
        format!("command test {name:?} was not run: no command is run here")
    });
    named.collect()
}

/// Returns the complaint about a test without a name or a path.
fn incomplete(name: &str, path: &str) -> Option<String> {
    match (name, path) {
        ("", _) => Some("the test has no name".to_owned()),
        (_, "") => Some("the test has no path".to_owned()),
        _ => None,
    }
}

fn existence(
    test: &ExistenceTest,
    config: Option<&ImageConfig>,
    files: &TestedFiles<'_>,
) -> TestResult {
    let mut result = TestResult {
        name: format!("file existence: {}", test.name),
        path: Some(test.path.clone()),
        errors: Vec::from_iter(incomplete(&test.name, &test.path)),
    };
    if !result.errors.is_empty() {
        return result;
    }
    let path = with_variables(&test.path, config);
    let Some(info) = files.at(&path) else {
        if test.should_exist {
            result
                .errors
                .push("it should exist, and does not".to_owned());
        }
        return result;
    };
    if !test.should_exist {
        result
            .errors
            .push("it should not exist, and does".to_owned());
    }
    let mode = mode_text(&info);
    if !test.permissions.is_empty() && test.permissions != mode {
        let wanted = &test.permissions;
        result
            .errors
            .push(format!("its permissions are {mode}, and not {wanted}"));
    }
    let bits = match test.is_executable_by.as_str() {
        "" => None,
        "any" => Some(0o111),
        "owner" => Some(0o100),
        "group" => Some(0o010),
        "other" => Some(0o001),
        odd => {
            result
                .errors
                .push(format!("isExecutableBy has no value {odd:?}"));
            None
        }
    };
    if bits.is_some_and(|bits| info.mode & bits == 0) {
        let who = &test.is_executable_by;
        result
            .errors
            .push(format!("it is not executable by {who}: {mode}"));
    }
    for (what, wanted, found) in [("user", test.uid, info.uid), ("group", test.gid, info.gid)] {
        if wanted != ANY_OWNER && wanted != i64::from(found) {
            result
                .errors
                .push(format!("its {what} is {found}, and not {wanted}"));
        }
    }
    result
}

async fn content(test: &ContentTest, files: &mut TestedFiles<'_>, image: &OpenImage) -> TestResult {
    let mut result = TestResult {
        name: format!("file content: {}", test.name),
        path: Some(test.path.clone()),
        errors: Vec::from_iter(incomplete(&test.name, &test.path)),
    };
    if !result.errors.is_empty() {
        return result;
    }
    let text = match files
        .text(&test.path, image.limits().structure.file_bytes)
        .await
    {
        Ok(text) => text,
        Err(reason) => {
            result.errors.push(reason);
            return result;
        }
    };
    let expected = test.expected_contents.iter().map(|regex| (regex, true));
    let excluded = test.excluded_contents.iter().map(|regex| (regex, false));
    for (regex, should_match) in expected.chain(excluded) {
        match (compiled(regex), should_match) {
            (Err(reason), _) => result.errors.push(reason),
            (Ok(compiled), _) if compiled.is_match(&text) == should_match => {}
            (Ok(_), true) => result.errors.push(format!("{regex:?} is not in it")),
            (Ok(_), false) => result.errors.push(format!("{regex:?} is in it")),
        }
    }
    result
}

async fn licences(
    test: &LicenceTest,
    files: &mut TestedFiles<'_>,
    image: &OpenImage,
) -> TestResult {
    let mut errors = Vec::new();
    let mut paths = Vec::new();
    if test.debian {
        match files.directories(DEBIAN_ROOT) {
            None => errors.push(format!("/{DEBIAN_ROOT} is no directory")),
            Some(names) => {
                let names = names.into_iter().filter(|name| name != PASSED_OVER);
                paths.extend(names.map(|name| format!("/{DEBIAN_ROOT}/{name}/copyright")));
            }
        }
    }
    paths.extend(test.files.iter().cloned());
    let limits = image.limits().structure;
    let n_beyond = paths.len().saturating_sub(limits.licences);
    if n_beyond > 0 {
        errors.push(format!(
            "{n_beyond} licences are beyond the bound and not read"
        ));
    }
    for path in paths.iter().take(limits.licences) {
        match files.text(path, limits.file_bytes).await {
            Err(reason) => errors.push(format!("{path}: {reason}")),
            Ok(text) => {
                let text = text.to_uppercase();
                let refused = REFUSED.iter().find(|word| text.contains(**word));
                errors.extend(refused.map(|word| format!("{path} names the licence {word}")));
            }
        }
    }
    TestResult {
        name: "licences".to_owned(),
        path: None,
        errors,
    }
}
