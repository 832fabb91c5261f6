//! The corpus of secrets and of what is none: a path and a text a line, with the rule that must find it.
//!
//! In the texts `%aN` stands for N letters and digits made by chance, `%hN` for hex, `%UN` for capital letters and
//! digits, `%bN` for base32, `%wN` for letters, digits, `_` and `-`, `%sN` for base64, `%gPREFIX` for a token with
//! GitHub's checksum, `%GN` for one of Grafana, `%A` for a key of age, `%kN` for the lines of a key of N bytes, `%KN` for
//! the same with line ends spelt out, `%pN` for a key of OpenPGP, `%oN` and `%OxN` for one of OpenSSH, plain and
//! encrypted, and `%lN` for a login of Docker. So no line of this file has the form of a secret itself.

use base64::Engine as _;

use super::checksum::tests::{of_age, of_grafana, with_crc32};
use super::keys::tests::{of_der, of_openssh, of_pgp};
use super::probe::tests::searched;

/// Texts in which a rule must find a secret, as `RULE PATH TEXT`; `\n` is a line end.
const TRUE: &str = r#"
    private-key             root/.ssh/id_rsa            -----BEGIN RSA %PRIVATE KEY-----\n%k609\n-----END RSA %PRIVATE KEY-----\n
    private-key             root/.ssh/id_ed25519        -----BEGIN OPENSSH %PRIVATE KEY-----\n%o140\n-----END OPENSSH %PRIVATE KEY-----\n
    private-key             etc/ssl/private/a.key       -----BEGIN %PRIVATE KEY-----\n%k1214\n-----END %PRIVATE KEY-----\n
    private-key             etc/a.pem                   -----BEGIN CERTIFICATE-----\n%s64\n-----END CERTIFICATE-----\n-----BEGIN EC %PRIVATE KEY-----\n%k119\n-----END EC %PRIVATE KEY-----
    private-key             app/gcp.json                {"type": "service_account", "private_key": "-----BEGIN %PRIVATE KEY-----\\n%K1214\\n-----END %PRIVATE KEY-----\\n"}
    private-key             root/key.asc                -----BEGIN PGP %PRIVATE KEY BLOCK-----\nVersion: x\n\n%p300\n=Ab1+\n-----END PGP %PRIVATE KEY BLOCK-----
    private-key             app/conf.yaml               key: |\n  -----BEGIN %PRIVATE KEY-----\n  %k180\n  -----END %PRIVATE KEY-----\n
    age-key                 root/keys.txt               # created: x\n%A\n
    age-key                 root/key                    %A
    aws-access-key-id       app/settings.py             AWS_KEY = "AKIA%b16"
    aws-access-key-id       root/.aws/credentials       [default]\naws_access_key_id = ASIA%b16\n
    aws-secret-access-key   root/.aws/credentials       aws_secret_access_key = %s40\n
    aws-secret-access-key   app/run.sh                  export AWS_SECRET_ACCESS_KEY=%s40\n
    azure-storage-key       app/appsettings.json        "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=%s86==;EndpointSuffix=x"
    azure-storage-key       app/x.conf                  conn=AccountKey=%s86==
    google-api-key          app/main.js                 const key = "AIza%w35";
    google-api-key          app/config.xml              <string>AIza%w35</string>
    github-token            app/.git/config             url = https://x:%gghp_@github.com/a/b
    github-token            root/.config/hosts.yml      oauth_token: %ggho_
    github-token            app/ci.sh                   TOKEN=%gghs_
    github-token            app/a.txt                   (%gghu_)
    github-fine-grained-token app/a.txt                 github_pat_%a22_%a59
    github-fine-grained-token app/b.env                 T=github_pat_%a22_%a59\n
    gitlab-token            app/a.yml                   token: glpat-%w20
    gitlab-token            app/b.yml                   url: https://oauth2:glpat-%w20@gitlab.example/a.git
    npm-token               root/.npmrc                 //r.example/:_authToken=%gnpm_\n
    npm-token               app/a.sh                    npm config set t %gnpm_
    pypi-token              root/.pypirc                [x]\npassword = pypi-AgEIcHlwaS5vcmc%w120\n
    pypi-token              app/a.sh                    TWINE=pypi-AgENdGVzdC5weXBpLm9yZw%w120
    rubygems-key            root/.gem/credentials       :rubygems_api_key: rubygems_%h48
    rubygems-key            app/x                       k rubygems_%h48 k
    docker-token            app/login.sh                docker login -p dckr_pat_%w27
    docker-token            app/x                       dckr_oat_%w32
    slack-token             app/x.py                    slack("xoxb-738291046512-930182746501-%a24")
    slack-token             app/y.py                    xoxp-7382910465-9301827465-5501827463-%h32
    stripe-key              app/x.rb                    Stripe.api_key = 'sk_live_%a24'
    stripe-key              app/y.rb                    rk_live_%a99
    sendgrid-key            app/x                       SENDGRID=SG.%w22.%w43
    sendgrid-key            app/y                       "SG.%w22.%w43"
    hugging-face-token      root/.cache/token           hf_%a34
    hugging-face-token      app/x.py                    login(token="hf_%a34")
    digitalocean-token      app/x                       dop_v1_%h64
    digitalocean-token      app/y                       t: doo_v1_%h64\n
    vault-token             root/.vault-token           hvs.%w90
    vault-token             app/x                       VAULT=hvb.%w140
    anthropic-key           app/x                       key=sk-ant-api03-%w93AA
    anthropic-key           app/y                       sk-ant-admin01-%w93AA
    openai-key              app/x                       OPENAI=sk-%a20T3BlbkFJ%a20
    openai-key              app/y                       sk-proj-%w60T3BlbkFJ%w60
    databricks-token        root/.databrickscfg         token = dapi%h32
    databricks-token        app/x                       dapi%h32
    shopify-token           app/x                       shpat_%h32
    shopify-token           app/y                       shpss_%h32
    grafana-token           app/x                       %G32
    grafana-token           app/y                       bearer %G32\n
    new-relic-key           app/x                       NRAK-%U27
    new-relic-key           app/y.yml                   user_key: NRAK-%U27
    credential-file         root/.netrc                 machine a login b password %a12\n
    credential-file         root/.git-credentials       https://me:%a12@git.example\n
    credential-file         etc/pip.conf                [global]\nindex-url = https://me:%a16@pypi.example/simple\n
    credential-file         etc/apt/auth.conf.d/x       machine apt.example login x password %a16\n
    docker-login            run/containers/auth.json    {"auths": {"r.example": {"auth": "%l24"}}}
    docker-login            root/.docker/config.json    {"auths": {"r.example": {"auth": "%l24"}}}
    kubeconfig              root/.kube/config           users:\n- user:\n    token: %a40\n
    kubeconfig              etc/kubernetes/admin.conf   users:\n- user:\n    client-key-data: %s200\n
    gitlab-token            app/c.yml                   glpat-%w40.01.%h7x0
    variable                app/db.env                  DATABASE_URL=postgres://me:%a16@db/app # of the test\n
    variable                app/.env                    DB_PASSWORD=%a12\n
    variable                srv/.env.production         JWT_SECRET='%a32'\n
"#;

/// Texts without a secret, or with one that is told apart (`example`, `encrypted`), in the same form: first the rule
/// that must not find it, or `-` for any.
const FALSE: &str = r#"
    -                          etc/ssl/certs/a.pem         -----BEGIN CERTIFICATE-----\n%s64\n%s64\n-----END CERTIFICATE-----\n
    private-key                root/.ssh/id_rsa.pub        ssh-rsa AAAAB3NzaC1yc2E%s200 me@host
    private-key                etc/ssh/key.pub             -----BEGIN PUBLIC KEY-----\n%s64\n-----END PUBLIC KEY-----
    private-key                usr/lib/python3/ssl.py      if line.startswith("-----BEGIN RSA %PRIVATE KEY-----"):
    private-key                usr/lib/pem.go              "-----BEGIN %PRIVATE KEY-----\n" + body + "-----END %PRIVATE KEY-----\n"
    private-key                etc/a.tmpl                  -----BEGIN %PRIVATE KEY-----\n{{ key }}\n-----END %PRIVATE KEY-----
    private-key                root/pub.asc                -----BEGIN PGP PUBLIC KEY BLOCK-----\n\n%s64\n-----END PGP PUBLIC KEY BLOCK-----
    example                    usr/share/doc/x/k.pem       -----BEGIN %PRIVATE KEY-----\n%k300\n-----END %PRIVATE KEY-----
    example                    usr/lib/x/tests/k.pem       -----BEGIN %PRIVATE KEY-----\n%k300\n-----END %PRIVATE KEY-----
    example                    app/README.md               export T=%gghp_
    example                    app/testdata/a              AKIA%b16
    encrypted                  root/.ssh/id                -----BEGIN ENCRYPTED %PRIVATE KEY-----\n%k300\n-----END ENCRYPTED %PRIVATE KEY-----
    encrypted                  root/.ssh/id2               -----BEGIN RSA %PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: x\n\n%s64\n%s64\n-----END RSA %PRIVATE KEY-----
    encrypted                  root/.ssh/id3               -----BEGIN OPENSSH %PRIVATE KEY-----\n%Ox200\n-----END OPENSSH %PRIVATE KEY-----
    private-key                app/x                       -----BEGIN RSA %PRIVATE KEY-----\n%s64\n%s64\n-----END RSA %PRIVATE KEY-----
    private-key                app/x                       -----BEGIN RSA %PRIVATE KEY-----\nMIIEpAIBAAKCAQEA%s48\n...\n-----END RSA %PRIVATE KEY-----
    aws-access-key-id          app/x                       AKIAIOSFODNN7EXAMPLE
    aws-access-key-id          app/x                       AKIA%b15
    aws-access-key-id          app/x                       AKIA%b17
    aws-access-key-id          app/x                       XAKIA%b16
    aws-access-key-id          app/x                       AKIAAAAAAAAAAAAAAAAA
    aws-secret-access-key      app/x                       aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
    aws-secret-access-key      app/x                       aws_secret_access_key = os.environ["A"]
    aws-secret-access-key      app/x                       secret_access_key_length = 40
    azure-storage-key          app/x                       AccountKey=<your key here>
    azure-storage-key          app/x                       AccountKey=%s40
    azure-storage-key          app/x                       AccountKey=Eby8vdM02xNOcqFlqUwJPLlm%s62==
    google-api-key             app/x                       AIza%w20
    google-api-key             app/x                       AIza%w60
    github-token               app/x                       ghp_%a36
    github-token               app/x                       ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
    github-token               app/x                       gho_%a20
    npm-token                  app/x                       npm_%a36
    npm-token                  usr/lib/npm/x.js            npm_config_registry npm_package_version npm_lifecycle_event
    github-fine-grained-token  app/x                       github_pat_%a22
    gitlab-token               app/x                       glpat-xxxxxxxxxxxxxxxxxxxx
    gitlab-token               app/x                       glpat-%w10
    pypi-token                 app/x                       pypi-AgEIcHlwaS5vcmc
    rubygems-key               app/x                       rubygems_version
    rubygems-key               app/x                       rubygems_%h40
    docker-token               app/x                       dckr_pat_your-token-goes-here-please
    slack-token                app/x                       xoxb-your-slack-bot-token-goes-here
    slack-token                app/x                       xoxb-not-a-token
    stripe-key                 app/x                       sk_test_%a24
    stripe-key                 app/x                       sk_live_%a10
    sendgrid-key               app/x                       SG.%w22
    sendgrid-key               app/x                       SG.com.example.service.registry.client.configuration.of.everything.x1
    hugging-face-token         usr/lib/x.py                hf_hub_download hf_transfer_is_enabled_by_default_now
    digitalocean-token         app/x                       dop_v1_%h10
    vault-token                app/x                       hvs.short
    anthropic-key              app/x                       sk-ant-api03-%w20
    openai-key                 app/x                       sk-learn-0.24.1-and-some-more-words-which-are-no-key-at-all
    databricks-token           app/x                       dapi%h20
    shopify-token              app/x                       shpat_%h12
    grafana-token              app/x                       glsa_%a32_00000000
    new-relic-key              app/x                       NRAK-%U10
    age-key                    app/x                       AGE-SECRET-KEY-1%U20
    age-key                    app/x                       AGE-SECRET-KEY-1%U58
    docker-login               root/.docker/config.json    {"auths": {"r.example": {"auth": "%a24"}}}
    credential-file            etc/apt/sources.list        deb https://deb.example/debian stable main
    kubeconfig                 usr/lib/x/kubernetes/c.py   token: Optional[str] = None
    gitlab-token               app/x                       gldt-%w10
    key-store                  app/x                       key-store.p12 is protected by a passphrase
    key-store                  app/trust.p12               0 certificates, and no key
    variable                   app/x                       DISABLED_PASSWORD_CHECK=%a12
    variable                   srv/.env                    MAX_TOKENS=1048576\nTOKEN_URL=https://issuer.example/%a20\nSECRET_PROVIDER=%a12\n
    credential-file            root/.npmrc                 registry=https://r.example/\n//r.example/:_authToken=${NPM_TOKEN}\n
    credential-file            root/.netrc                 machine a login b password $PASSWORD\n
    credential-file            root/.pypirc                [distutils]\nindex-servers = a\n
    docker-login               root/.docker/config.json    {"auths": {"r.example": {}}, "credsStore": "pass"}
    kubeconfig                 root/.kube/config           users:\n- user:\n    tokenFile: /var/run/secrets/token\n
    variable                   app/.env                    DB_PASSWORD=changeme\nTOKEN=\nGPG_KEY=%U40\nDB_HOST=db\n
    variable                   app/.env.example            DB_PASSWORD=%a12\n
    -                          etc/lsb-release             DISTRIB_ID=Debian\n
    -                          usr/share/a.txt             0123456789abcdef0123456789abcdef%h200
    -                          app/x                       eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.%w43
    -                          app/lock.json               "integrity": "sha512-%s86=="
"#;

/// Characters made by chance, the same in every run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next() as u8).collect()
    }

    fn text(&mut self, of: &str, len: usize) -> String {
        let of: Vec<char> = of.chars().collect();
        (0..len)
            .map(|_| of[self.next() as usize % of.len()])
            .collect()
    }
}

const DIGITS: &str = "0123456789";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Writes a text of the tables out.
fn written(text: &str, chance: &mut Chance) -> String {
    let text = text
        .replace("\\\\n", "\u{1}")
        .replace("\\n", "\n")
        .replace('\u{1}', "\\n")
        .replace("%PRIVATE", "PRIVATE");
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('%') {
        out += before;
        let (kind, tail) = after.split_at(1);
        let is_of = |c: &char| {
            if kind == "g" {
                c.is_alphabetic() || *c == '_'
            } else {
                c.is_ascii_digit() || (kind == "O" && *c == 'x')
            }
        };
        let word: String = tail.chars().take_while(is_of).collect();
        rest = &tail[word.len()..];
        let len = word.trim_start_matches('x').parse().unwrap_or(0);
        let alnum = [DIGITS, LOWER, UPPER].concat();
        out += &match kind {
            "a" => chance.text(&alnum, len),
            "h" => chance.text("0123456789abcdef", len),
            "U" => chance.text(&[DIGITS, UPPER].concat(), len),
            "b" => chance.text(&["234567", UPPER].concat(), len),
            // A dash at the end would end a sentence.
            "w" => chance.text(&[&alnum, "_-"].concat(), len - 1) + &chance.text(&alnum, 1),
            "s" => chance.text(&[&alnum, "+/"].concat(), len),
            "g" => with_crc32(&word, &chance.text(&alnum, 30)),
            "G" => of_grafana(&chance.text(&alnum, len)),
            "A" => of_age(
                &(0..52)
                    .map(|_| chance.next() as usize % 32)
                    .collect::<Vec<_>>(),
            ),
            "k" => of_der(&chance.bytes(len), "\n"),
            "K" => of_der(&chance.bytes(len), "\\n"),
            "p" => of_pgp(&chance.bytes(len)),
            "o" => of_openssh("none", &chance.bytes(len)),
            "O" => of_openssh("aes256-ctr", &chance.bytes(len)),
            "l" => {
                let login = format!("me:{}", chance.text(&alnum, len));
                base64::prelude::BASE64_STANDARD.encode(login)
            }
            other => panic!("%{other} is unknown"),
        };
    }
    out + rest
}

fn lines(table: &str) -> impl Iterator<Item = (&str, &str, &str)> {
    table
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| {
            let (expected, rest) = line
                .split_once(char::is_whitespace)
                .expect("a line has a rule");
            let (path, text) = rest
                .trim_start()
                .split_once(char::is_whitespace)
                .expect("and a path");
            (expected, path, text.trim_start())
        })
}

/// Checks a table with texts of several chances.
fn check(table: &str, holds: fn(&str, &[(String, String)]) -> bool) -> usize {
    let mut wrong = Vec::new();
    for seed in 1..=20 {
        let mut chance = Chance(seed);
        for (expected, path, text) in lines(table) {
            let text = written(text, &mut chance);
            let found = searched(path, text.as_bytes());
            if !holds(expected, &found) {
                wrong.push(format!("{expected} {path} {text:?}: {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    lines(table).count()
}

#[test]
fn no_secret_of_the_corpus_is_missed() {
    let n = check(TRUE, |rule, found| {
        found
            .iter()
            .any(|(found, standing)| found == rule && standing == "secret")
    });
    assert!(n >= 60, "{n} cases");
    for rule in super::SecretRule::ALL {
        let n = lines(TRUE)
            .filter(|(word, ..)| *word == rule.word())
            .count();
        // A key store is no text; `credentials` has its cases.
        assert!(n > 0 || *rule == super::SecretRule::KeyStore, "{rule:?}");
    }
}

#[test]
fn nothing_else_of_the_corpus_is_an_alarm() {
    let n = check(FALSE, |expected, found| match expected {
        "example" | "encrypted" => {
            !found.is_empty() && found.iter().all(|(_, standing)| standing == expected)
        }
        _ => found.is_empty(),
    });
    assert!(n >= 60, "{n} cases");
    for rule in super::SecretRule::ALL {
        let mut words = lines(FALSE).map(|(word, ..)| word);
        assert!(words.any(|word| word == rule.word()), "{rule:?}");
    }
}
