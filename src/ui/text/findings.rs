//! The texts of the Findings tab. They lie in the part of the program that draws it, as those of the Packages tab do.

use crate::protocol::SecretRule;

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
}

impl FindingWords {
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
