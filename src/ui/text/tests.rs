//! Tests of the messages of every language.

use super::*;
use crate::protocol::{FieldType, Notice, Warning};

fn tables(text: &Text) -> Vec<(&'static str, &'static str)> {
    let Text {
        image,
        push,
        container,
        ..
    } = text;
    let all = [
        image.all(),
        push.all(),
        push.sign_in.all(),
        container.all(),
        overview::OverviewWords::of(text.language).all(),
        space::Space::of(text.language).all(),
        system::SystemWords::of(text.language).all(),
        guide::GuideWords::of(text.language).all(),
        engines::EngineWords::of(text.language).all(),
        extension::ExtensionWords::of(text.language).all(),
        keeping::KeepingWords::of(text.language).all(),
        packages::PackageWords::of(text.language).all(),
        dockerfile::DockerfileWords::of(text.language).all(),
        palette::PaletteWords::of(text.language).all(),
        findings::FindingWords::of(text.language).all(),
        dockerfile::DockerfileWords::of(text.language).all(),
    ];
    all.into_iter().flatten().collect()
}

#[test]
fn no_message_is_empty() {
    for language in Language::ALL {
        for (name, message) in tables(language.text()) {
            assert!(!message.is_empty(), "{language:?}: {name}");
        }
    }
}

#[test]
fn each_number_in_english_has_a_singular() {
    let nouns = "layers entries rows bytes files directories others names lines paths warnings \
                 programs minutes hours days months years";
    for noun in nouns.split(' ').filter(|noun| !noun.is_empty()) {
        let plural = format!("}} {noun}");
        for (name, message) in tables(Text::english()) {
            assert!(!message.contains(&plural), "{name}: {message}");
        }
    }
}

#[test]
fn a_language_is_found_by_its_tag() {
    for (tag, language) in [
        ("en", Language::English),
        ("en-GB", Language::English),
        ("zh", Language::Chinese),
        ("zh-CN", Language::Chinese),
        ("ZH_tw", Language::Chinese),
        ("tlh", Language::English),
        ("", Language::English),
    ] {
        assert_eq!(Language::of_tag(tag), language, "{tag}");
    }
    for language in Language::ALL {
        assert_eq!(Language::of_tag(language.tag()), *language);
        assert_eq!(language.text().language, *language);
    }
}

#[test]
fn the_page_without_javascript_speaks_as_many_languages() {
    let page = include_str!("../../../index.html");
    let (_, rest) = page
        .split_once("<noscript>")
        .expect("it says why nothing is there");
    let (words, _) = rest.split_once("</noscript>").expect("it ends");
    assert_eq!(words.split(" · ").count(), Language::ALL.len());
}

#[test]
fn warnings_are_worded_in_the_readers_language() {
    let check = |notice, subject: &str, english: &str, chinese: &str| {
        let row = Warning::new(notice, subject.as_bytes());
        let said = |language: Language| image::warning(language.text().image, &row);
        assert_eq!(said(Language::English), english);
        assert_eq!(said(Language::Chinese), chinese);
    };
    check(
        Notice::TrailingGarbage { at: 12 },
        "etc/hosts",
        "etc/hosts: after the compressed data, from stored byte 12, come bytes that are ignored",
        "etc/hosts：压缩数据之后，从第 12 个存储字节起还有内容，已忽略",
    );
    // The figures are in another order in each language.
    check(
        Notice::TooManyNames {
            n_names: 30,
            n_shown: 12,
        },
        "",
        "an image has 30 names, of which 12 are shown: the others are too many or too long",
        "镜像显示其 30 个名称中的 12 个；其余过多或过长",
    );
    // A registry's own words, with a character that hides what follows.
    let text = "gone\u{202e}".to_owned();
    let shown = visible::visible_text(&text);
    check(Notice::RegistryWarning { text }, "", &shown, &shown);
    check(
        Notice::WrongType {
            expected: FieldType::Texts,
        },
        "config.Env",
        "config.Env: the field is not a list of texts and was left out",
        "config.Env：该字段不是文本列表，已略去",
    );
}

#[test]
fn a_problem_is_worded_in_the_readers_language() {
    let name = Message::edit_refused(Message::edit_name_long(255_u32), "a\u{202e}b");
    let check = |message: &Message, english: &str, chinese: &str| {
        let words = |language: Language| said(language.text().shell.said, message);
        assert_eq!(words(Language::English), english);
        assert_eq!(words(Language::Chinese), chinese);
    };
    check(
        &name,
        "the name is longer than 255 bytes: /a⟨U+202E⟩b",
        "名称超过 255 个字节：/a⟨U+202E⟩b",
    );
    check(
        &Message::malformed(Message::layer(3_u32), Message::no_digest()),
        "layer 3 is malformed: it has no digest",
        "第 3 层 格式有误：它没有摘要",
    );
    // A registry's own words stand as they are.
    check(&Message::from("DENIED: no"), "DENIED: no", "DENIED: no");
}

/// Names, terms and file names that stay as they are in Chinese.
const TERMS: &str = "
    tar PAX GNU m ms retries gzip zstd bzip deflate xz zip rar ar RPM cpio squashfs lz lzma lzip compress Z ELF WebAssembly
    Singularity Apptainer SIF PDF PNG HTML XML JSON json CRC NUL FIFO UTF base64 sha hex algorithm
    OCI Docker docker podman Podman containerd skopeo kaniko crane nginx BuildKit Dockerfile CNCF distribution
    distroless Debian AUFS overlay vfs overlayfs fs Linux ENV CMD NONE SIGTERM
    registry Registry manifest index config diff_id diff_ids digest layer layers referrers rootfs type layout
    repositories schema os architecture variant v Config
    http https URL CORS OPTIONS GET POST Location TLS ID UID GID API
    Access Control Allow Origin Expose Headers always client max body size relativeurls
    Lamina lamina inspect ls limit ls VALUE root tcp udp sctp name value
    dir save load serve export history diff commit change pull copy FOLDER FILE artifact SHA dive
    Ctrl Shift Esc Delete A C D F S Z shell Shell PowerShell Init Lines ONBUILD SBOM UTC attestation label latest
    Hub GitHub GHCR Amazon ECR Harbor Server archive base entries null true z blob headers
    PKCS age AWS Azure Google GitLab npm PyPI RubyGems Slack Stripe SendGrid Hugging Face DigitalOcean Vault Anthropic
    OpenAI Databricks Shopify Grafana New Relic Kubernetes
    SSH FROM here windows amd64 linux arm arm64 KiB MB GB kB B s
    owner kind mode deleted overwritten M file link device pipe setuid setgid sticky exec writable yes no
";

/// Returns the runs of Latin letters in a text that are no term, path, option or command in it.
fn foreign_words(text: &str) -> Vec<String> {
    let terms: Vec<&str> = TERMS.split_whitespace().collect();
    let is_word = |c: char| c.is_ascii_alphabetic();
    // What stands between grave accents is a command; what has a dot or a slash is a name.
    let prose: String = text.split('`').step_by(2).collect::<Vec<_>>().join(" ");
    let outside = |c: char| !c.is_ascii_graphic() || matches!(c, ',' | ';' | '(' | ')' | '"');
    let names = prose
        .split(outside)
        .filter(|word| !word.contains(['.', '/', '_', '=', '$', '<', '@', ':']));
    let runs = names.flat_map(|name| {
        name.split(|c| !is_word(c))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    });
    runs.filter(|run| !run.is_empty() && !terms.contains(&run.as_str()))
        .collect()
}

#[test]
fn the_chinese_page_has_no_english_but_terms_and_what_tools_printed() {
    let text = Language::Chinese.text();
    let mut wrong = Vec::new();
    let mut check = |place: &str, words: &str| {
        let foreign = foreign_words(words);
        if !foreign.is_empty() {
            wrong.push(format!("{place}: {} in {words}", foreign.join(" ")));
        }
    };
    for (name, message) in tables(text) {
        check(name, message);
    }
    for code in Code::ALL {
        check(code.english(), (text.shell.said)(*code));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
