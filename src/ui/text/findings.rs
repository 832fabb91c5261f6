//! The texts of the Findings tab. They lie in the part of the program that draws it, as those of the Packages tab do.

use crate::protocol::{SafetyRule, SecretRule};

messages! {
    /// The texts of the Findings tab.
    FindingWords {}
    waiting computing title title_why nothing nothing_why n_secrets n_apart searched searched_why(1) cut(1)
    binary(1) more(1) show_more(1) what place found_in hidden value show hide live overwritten deleted env label history secret encrypted
    example apart apart_why revoke go(1) line(1) private_key key_store age_key aws_key_id aws_secret
    azure_key google_key github_token github_fine_token gitlab_token npm_token pypi_token rubygems_key
    docker_token slack_token stripe_key sendgrid_key hugging_face_token digitalocean_token vault_token
    anthropic_key openai_key databricks_token shopify_token grafana_token new_relic_key credential_file
    docker_login kubeconfig variable
    safety safety_why safety_nothing safety_detail configuration
    empty_password empty_password_do password_hash password_hash_do root_user root_user_do setuid setuid_do setgid
    setgid_do capabilities capabilities_do writable_file writable_file_do writable_dir writable_dir_do sudo sudo_do
    ssh_server ssh_server_do remote_add remote_add_do exposed_port exposed_port_do no_healthcheck no_healthcheck_do
}

impl FindingWords {
    /// Returns the name of what a rule about safety finds, and what to do about it.
    pub fn safety_rule(&self, rule: SafetyRule) -> (&'static str, &'static str) {
        match rule {
            SafetyRule::EmptyPassword => (self.empty_password, self.empty_password_do),
            SafetyRule::PasswordHash => (self.password_hash, self.password_hash_do),
            SafetyRule::RootUser => (self.root_user, self.root_user_do),
            SafetyRule::Setuid => (self.setuid, self.setuid_do),
            SafetyRule::Setgid => (self.setgid, self.setgid_do),
            SafetyRule::Capabilities => (self.capabilities, self.capabilities_do),
            SafetyRule::WritableFile => (self.writable_file, self.writable_file_do),
            SafetyRule::WritableDir => (self.writable_dir, self.writable_dir_do),
            SafetyRule::Sudo => (self.sudo, self.sudo_do),
            SafetyRule::SshServer => (self.ssh_server, self.ssh_server_do),
            SafetyRule::RemoteAdd => (self.remote_add, self.remote_add_do),
            SafetyRule::ExposedPort => (self.exposed_port, self.exposed_port_do),
            SafetyRule::NoHealthcheck => (self.no_healthcheck, self.no_healthcheck_do),
        }
    }

    /// Returns the name of what a rule finds.
    pub fn rule(&self, rule: SecretRule) -> &'static str {
        match rule {
            SecretRule::PrivateKey => self.private_key,
            SecretRule::KeyStore => self.key_store,
            SecretRule::AgeKey => self.age_key,
            SecretRule::AwsKeyId => self.aws_key_id,
            SecretRule::AwsSecret => self.aws_secret,
            SecretRule::AzureKey => self.azure_key,
            SecretRule::GoogleKey => self.google_key,
            SecretRule::GithubToken => self.github_token,
            SecretRule::GithubFineToken => self.github_fine_token,
            SecretRule::GitlabToken => self.gitlab_token,
            SecretRule::NpmToken => self.npm_token,
            SecretRule::PypiToken => self.pypi_token,
            SecretRule::RubygemsKey => self.rubygems_key,
            SecretRule::DockerToken => self.docker_token,
            SecretRule::SlackToken => self.slack_token,
            SecretRule::StripeKey => self.stripe_key,
            SecretRule::SendgridKey => self.sendgrid_key,
            SecretRule::HuggingFaceToken => self.hugging_face_token,
            SecretRule::DigitalOceanToken => self.digitalocean_token,
            SecretRule::VaultToken => self.vault_token,
            SecretRule::AnthropicKey => self.anthropic_key,
            SecretRule::OpenaiKey => self.openai_key,
            SecretRule::DatabricksToken => self.databricks_token,
            SecretRule::ShopifyToken => self.shopify_token,
            SecretRule::GrafanaToken => self.grafana_token,
            SecretRule::NewRelicKey => self.new_relic_key,
            SecretRule::CredentialFile => self.credential_file,
            SecretRule::DockerLogin => self.docker_login,
            SecretRule::Kubeconfig => self.kubeconfig,
            SecretRule::Variable => self.variable,
        }
    }
}
