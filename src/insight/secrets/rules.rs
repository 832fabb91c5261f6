//! The rules by which secrets are known, each with the source of its form.

use serde::{Deserialize, Serialize};

macro_rules! rules {
    ($($(#[doc = $doc:literal])* $rule:ident $word:literal,)*) => {
        /// A rule that finds secrets.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum SecretRule {
            $($(#[doc = $doc])* $rule,)*
        }

        impl SecretRule {
            /// All rules.
            pub const ALL: &[SecretRule] = &[$(SecretRule::$rule,)*];

            /// Returns the word for reports.
            pub fn word(self) -> &'static str {
                match self { $(SecretRule::$rule => $word,)* }
            }
        }
    };
}

rules! {
    /// A private key in PEM (RFC 7468, section 10 and 11; RFC 1421; OpenSSH's PROTOCOL.key; RFC 9580 for PGP).
    PrivateKey "private-key",
    /// A private key in a file of PKCS #12 (RFC 7292).
    KeyStore "key-store",
    /// A secret key of age, with its checksum (the age file encryption format, version 1; BIP 173).
    AgeKey "age-key",
    /// An access key ID of AWS (IAM's user guide: prefixes of unique IDs).
    AwsKeyId "aws-access-key-id",
    /// A secret access key of AWS (the CLI's user guide: configuration and credential files).
    AwsSecret "aws-secret-access-key",
    /// A key of an Azure storage account (Azure Storage's documentation: connection strings).
    AzureKey "azure-storage-key",
    /// An API key of Google Cloud (Google's documentation of API keys).
    GoogleKey "google-api-key",
    /// A token of GitHub, with its checksum ("Behind GitHub's new authentication token formats", 2021).
    GithubToken "github-token",
    /// A fine-grained token of GitHub (GitHub's documentation of token prefixes).
    GithubFineToken "github-fine-grained-token",
    /// A token of GitLab (GitLab's overview of tokens and their prefixes).
    GitlabToken "gitlab-token",
    /// A token of npm, with its checksum (npm's changelog of 2021: the form of GitHub's).
    NpmToken "npm-token",
    /// A token of PyPI (its help: a macaroon that begins with the name of the index).
    PypiToken "pypi-token",
    /// A key of RubyGems (its guides: API keys).
    RubygemsKey "rubygems-key",
    /// An access token of Docker (Docker's documentation of access tokens).
    DockerToken "docker-token",
    /// A token of Slack (Slack's documentation of token types).
    SlackToken "slack-token",
    /// A live key of Stripe (Stripe's documentation of API keys).
    StripeKey "stripe-key",
    /// A key of SendGrid (SendGrid's documentation of API keys).
    SendgridKey "sendgrid-key",
    /// A token of Hugging Face (its documentation of user access tokens).
    HuggingFaceToken "hugging-face-token",
    /// A token of DigitalOcean (its documentation of token prefixes).
    DigitalOceanToken "digitalocean-token",
    /// A token of HashiCorp Vault (Vault's documentation of token prefixes).
    VaultToken "vault-token",
    /// A key of Anthropic (its documentation of API keys).
    AnthropicKey "anthropic-key",
    /// A key of OpenAI (the mark that all of its keys hold).
    OpenaiKey "openai-key",
    /// A token of Databricks (its documentation of personal access tokens).
    DatabricksToken "databricks-token",
    /// A token of Shopify (its changelog of 2020: prefixes).
    ShopifyToken "shopify-token",
    /// A service account token of Grafana, with its checksum (Grafana's source: `satokengen`).
    GrafanaToken "grafana-token",
    /// A key of New Relic (its documentation of user keys).
    NewRelicKey "new-relic-key",
    /// A password or token in a file that is there for one: `.npmrc`, `.pypirc`, `.netrc` and the like.
    CredentialFile "credential-file",
    /// The login of a registry in Docker's configuration.
    DockerLogin "docker-login",
    /// A key or token of a Kubernetes client (its documentation of kubeconfig files).
    Kubeconfig "kubeconfig",
    /// A variable whose name says that it is secret, in `.env`, ENV, a label or a build argument.
    Variable "variable",
}

/// A form of tokens: a prefix, and so many characters of a set.
pub(super) struct TokenForm {
    pub(super) rule: SecretRule,
    pub(super) prefix: &'static str,
    /// The characters after the prefix.
    pub(super) part: Part,
    /// Least and most characters after the prefix.
    pub(super) len: (usize, usize),
    /// True if the whole token holds by its own checks.
    pub(super) holds: fn(&[u8]) -> bool,
}

const fn form(
    rule: SecretRule,
    prefix: &'static str,
    part: Part,
    len: (usize, usize),
    holds: fn(&[u8]) -> bool,
) -> TokenForm {
    TokenForm {
        rule,
        prefix,
        part,
        len,
        holds,
    }
}

/// A set of characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Alnum,
    Word,
    Name,
    Dotted,
    Hex,
    Base32,
    Upper,
    Base64,
}

impl Part {
    /// The number of sets.
    pub(super) const N: usize = Part::Base64 as usize + 1;

    /// True for a character of the set.
    pub(super) fn has(self, byte: u8) -> bool {
        let is_alnum = byte.is_ascii_alphanumeric();
        match self {
            Part::Alnum => is_alnum,
            Part::Word => is_alnum || byte == b'_',
            Part::Name => is_alnum || matches!(byte, b'_' | b'-'),
            Part::Dotted => is_alnum || matches!(byte, b'_' | b'-' | b'.'),
            Part::Hex => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
            Part::Base32 => matches!(byte, b'A'..=b'Z' | b'2'..=b'7'),
            Part::Upper => matches!(byte, b'A'..=b'Z' | b'0'..=b'9'),
            Part::Base64 => is_alnum || matches!(byte, b'+' | b'/' | b'='),
        }
    }
}

fn any(_: &[u8]) -> bool {
    true
}

use super::checksum::{bech32, grafana, six_of_crc32};
use Part::{Alnum, Base32, Base64, Dotted, Hex, Name, Upper, Word};
use SecretRule as R;

fn is_sendgrid(token: &[u8]) -> bool {
    let mut parts = token.split(|&byte| byte == b'.').map(<[u8]>::len);
    [parts.next(), parts.next(), parts.next(), parts.next()] == [Some(2), Some(22), Some(43), None]
}

fn is_openai(token: &[u8]) -> bool {
    memchr::memmem::find(token, b"T3BlbkFJ").is_some()
}

fn is_slack(token: &[u8]) -> bool {
    let digits = token.iter().filter(|byte| byte.is_ascii_digit()).count();
    let dashes = token.iter().filter(|&&byte| byte == b'-').count();
    digits >= 8 && dashes >= 2
}

fn is_azure(token: &[u8]) -> bool {
    // The key of the storage emulator is in its documentation.
    let is_known = token.starts_with(b"AccountKey=Eby8vdM02xNOcqFlqUwJPLlm");
    token.ends_with(b"==") && !is_known
}

fn is_fine_github(token: &[u8]) -> bool {
    token.get("github_pat_".len() + 22) == Some(&b'_')
}

fn is_anthropic(token: &[u8]) -> bool {
    token.ends_with(b"AA")
}

/// True for a token of twenty characters, or for one that says where it belongs: a text, a point, two digits of its
/// length and seven of its checksum, with a point or two in newer ones.
fn is_gitlab(token: &[u8]) -> bool {
    let mut parts = token.splitn(2, |&byte| byte == b'.');
    let (body, tail) = (parts.next().unwrap_or_default(), parts.next());
    let is_digit = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_lowercase() || *byte == b'.';
    tail.is_none_or(|tail| body.len() >= 27 && tail.len() >= 9 && tail.iter().all(is_digit))
}

/// All forms. Those of one prefix stand after each other.
pub(super) static FORMS: &[TokenForm] = &[
    form(R::AgeKey, "AGE-SECRET-KEY-1", Upper, (58, 58), bech32),
    form(R::AwsKeyId, "AKIA", Base32, (16, 16), any),
    form(R::AwsKeyId, "ASIA", Base32, (16, 16), any),
    form(R::AzureKey, "AccountKey=", Base64, (88, 88), is_azure),
    form(R::GoogleKey, "AIza", Name, (35, 35), any),
    form(R::GithubToken, "ghp_", Alnum, (36, 36), six_of_crc32),
    form(R::GithubToken, "gho_", Alnum, (36, 36), six_of_crc32),
    form(R::GithubToken, "ghu_", Alnum, (36, 36), six_of_crc32),
    form(R::GithubToken, "ghs_", Alnum, (36, 36), six_of_crc32),
    form(R::GithubToken, "ghr_", Alnum, (36, 76), six_of_crc32),
    form(
        R::GithubFineToken,
        "github_pat_",
        Word,
        (82, 82),
        is_fine_github,
    ),
    form(R::GitlabToken, "glpat-", Dotted, (20, 320), is_gitlab),
    form(R::GitlabToken, "gldt-", Dotted, (20, 320), is_gitlab),
    form(R::GitlabToken, "glrt-", Dotted, (20, 320), is_gitlab),
    form(R::GitlabToken, "glptt-", Name, (40, 40), any),
    form(R::GitlabToken, "glsoat-", Name, (20, 64), any),
    form(R::GitlabToken, "glagent-", Name, (50, 64), any),
    form(R::GitlabToken, "gloas-", Name, (64, 64), any),
    form(R::NpmToken, "npm_", Alnum, (36, 36), six_of_crc32),
    form(R::PypiToken, "pypi-AgEIcHlwaS5vcmc", Name, (50, 1000), any),
    form(
        R::PypiToken,
        "pypi-AgENdGVzdC5weXBpLm9yZw",
        Name,
        (50, 1000),
        any,
    ),
    form(R::RubygemsKey, "rubygems_", Hex, (48, 48), any),
    form(R::DockerToken, "dckr_pat_", Name, (27, 27), any),
    form(R::DockerToken, "dckr_oat_", Name, (32, 32), any),
    form(R::SlackToken, "xoxb-", Name, (30, 200), is_slack),
    form(R::SlackToken, "xoxp-", Name, (30, 200), is_slack),
    form(R::SlackToken, "xoxa-", Name, (30, 200), is_slack),
    form(R::SlackToken, "xoxr-", Name, (30, 200), is_slack),
    form(R::SlackToken, "xapp-", Name, (30, 200), is_slack),
    form(R::StripeKey, "sk_live_", Alnum, (24, 247), any),
    form(R::StripeKey, "rk_live_", Alnum, (24, 247), any),
    form(R::SendgridKey, "SG.", Dotted, (66, 66), is_sendgrid),
    form(R::HuggingFaceToken, "hf_", Alnum, (34, 34), any),
    form(R::DigitalOceanToken, "dop_v1_", Hex, (64, 64), any),
    form(R::DigitalOceanToken, "doo_v1_", Hex, (64, 64), any),
    form(R::DigitalOceanToken, "dor_v1_", Hex, (64, 64), any),
    form(R::VaultToken, "hvs.", Name, (24, 200), any),
    form(R::VaultToken, "hvb.", Name, (24, 300), any),
    form(
        R::AnthropicKey,
        "sk-ant-api03-",
        Name,
        (95, 95),
        is_anthropic,
    ),
    form(
        R::AnthropicKey,
        "sk-ant-admin01-",
        Name,
        (95, 95),
        is_anthropic,
    ),
    form(R::OpenaiKey, "sk-", Name, (48, 250), is_openai),
    form(R::DatabricksToken, "dapi", Hex, (32, 32), any),
    form(R::ShopifyToken, "shpat_", Hex, (32, 32), any),
    form(R::ShopifyToken, "shpca_", Hex, (32, 32), any),
    form(R::ShopifyToken, "shppa_", Hex, (32, 32), any),
    form(R::ShopifyToken, "shpss_", Hex, (32, 32), any),
    form(R::GrafanaToken, "glsa_", Word, (41, 41), grafana),
    form(R::NewRelicKey, "NRAK-", Upper, (27, 27), any),
];
