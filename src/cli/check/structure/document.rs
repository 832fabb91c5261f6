//! A file of structure tests, in the schema 2.0.0 of GoogleContainerTools/container-structure-test.

use serde::Deserialize;
use serde::de::IgnoredAny;

/// The version that is read.
const VERSION: &str = "2.0.0";

/// The tests of a file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::cli::check) struct StructureFile {
    schema_version: String,
    #[serde(default, rename = "globalEnvVars")]
    _global_env_vars: Option<IgnoredAny>,
    #[serde(default, rename = "containerRunOptions")]
    _container_run_options: Option<IgnoredAny>,
    #[serde(default)]
    pub(super) command_tests: Vec<CommandTest>,
    #[serde(default)]
    pub(super) file_existence_tests: Vec<ExistenceTest>,
    #[serde(default)]
    pub(super) file_content_tests: Vec<ContentTest>,
    #[serde(default)]
    pub(super) metadata_test: Option<MetadataTest>,
    #[serde(default)]
    pub(super) license_tests: Vec<LicenceTest>,
}

/// A command, which is not run here.
#[derive(Debug, Deserialize)]
pub(super) struct CommandTest {
    #[serde(default)]
    pub(super) name: String,
}

/// A file that is there or not, with its mode and owner.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct ExistenceTest {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) path: String,
    #[serde(default = "yes")]
    pub(super) should_exist: bool,
    #[serde(default)]
    pub(super) permissions: String,
    #[serde(default = "any_owner")]
    pub(super) uid: i64,
    #[serde(default = "any_owner")]
    pub(super) gid: i64,
    #[serde(default)]
    pub(super) is_executable_by: String,
}

/// The content of a file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct ContentTest {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) path: String,
    #[serde(default)]
    pub(super) expected_contents: Vec<String>,
    #[serde(default)]
    pub(super) excluded_contents: Vec<String>,
}

/// A test of the config.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct MetadataTest {
    #[serde(default, alias = "env")]
    pub(super) env_vars: Vec<NamedValue>,
    #[serde(default)]
    pub(super) unbound_env_vars: Vec<NamedValue>,
    #[serde(default)]
    pub(super) labels: Vec<NamedValue>,
    #[serde(default)]
    pub(super) exposed_ports: Vec<String>,
    #[serde(default)]
    pub(super) unexposed_ports: Vec<String>,
    #[serde(default)]
    pub(super) entrypoint: Option<Vec<String>>,
    #[serde(default)]
    pub(super) cmd: Option<Vec<String>>,
    #[serde(default)]
    pub(super) workdir: String,
    #[serde(default)]
    pub(super) volumes: Vec<String>,
    #[serde(default)]
    pub(super) unmounted_volumes: Vec<String>,
    #[serde(default)]
    pub(super) user: String,
}

/// A variable or a label.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct NamedValue {
    #[serde(default)]
    pub(super) key: String,
    #[serde(default)]
    pub(super) value: String,
    #[serde(default)]
    pub(super) is_regex: bool,
}

/// The licences of Debian's packages, or of files.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LicenceTest {
    #[serde(default)]
    pub(super) debian: bool,
    #[serde(default)]
    pub(super) files: Vec<String>,
}

fn yes() -> bool {
    true
}

/// The number that stands for any owner.
pub(super) const ANY_OWNER: i64 = -1;

fn any_owner() -> i64 {
    ANY_OWNER
}

impl StructureFile {
    /// Parses a file of YAML or JSON.
    pub(in crate::cli::check) fn parse(text: &str) -> Result<StructureFile, String> {
        let file: StructureFile = super::super::yaml::read(text)?;
        let version = &file.schema_version;
        if version != VERSION {
            return Err(format!(
                "schemaVersion {VERSION} is read, and not {version:?}"
            ));
        }
        let n_tests = file.command_tests.len()
            + file.file_existence_tests.len()
            + file.file_content_tests.len()
            + file.license_tests.len()
            + usize::from(file.metadata_test.is_some());
        match n_tests {
            0 => Err("there are no tests in it".to_owned()),
            _ => Ok(file),
        }
    }
}
