//! Each kind of failure in words: what happened, the likely cause, the way out.

mod en;
mod zh;

use super::Language;
use crate::protocol::ProblemCode;

/// What the page says about one kind of failure; the object and the exact message stand beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProblemText {
    /// What happened, as a title.
    pub title: &'static str,
    /// The likely cause.
    pub cause: &'static str,
    /// What to do, step by step or one thing or another; may be empty.
    pub way_out: &'static [&'static str],
}

/// Words for a kind of failure.
pub fn problem_text(language: Language, code: ProblemCode) -> ProblemText {
    match language {
        Language::English => en::text(code),
        Language::Chinese => zh::text(code),
    }
}

/// What a registry must be told so that this page may read it: for `config.yml` of CNCF distribution.
pub fn cors_config(origin: &str) -> String {
    format!(
        "http:\n  headers:\n    Access-Control-Allow-Origin: ['{origin}']\n    Access-Control-Allow-Methods: [GET, HEAD, OPTIONS]\n    Access-Control-Allow-Headers: [Authorization, Accept, Range]\n    Access-Control-Expose-Headers: [Docker-Content-Digest, Link, Content-Range, Accept-Ranges, WWW-Authenticate, Retry-After]\n    Access-Control-Max-Age: ['7200']\n"
    )
}

/// What keeps a registry from redirecting downloads to its storage.
pub const REDIRECT_CONFIG: &str = "storage:\n  redirect:\n    disable: true\n";

/// The commands that save an image of Docker Hub to a file: Docker's two, and skopeo's one.
pub fn save_commands(subject: &str) -> (String, String) {
    let name = subject
        .split_once("://")
        .map_or(subject, |(_, rest)| rest)
        .trim();
    let plain = ["registry-1.docker.io/", "index.docker.io/", "docker.io/"]
        .iter()
        .find_map(|host| name.strip_prefix(host))
        .unwrap_or(name);
    let plain = plain.strip_prefix("library/").unwrap_or(plain);
    let is_name = |c: char| c.is_ascii_alphanumeric() || "._-/:@".contains(c);
    // Only what is a plain reference goes into a command line that people paste.
    let plain = match plain {
        "" => "alpine:latest",
        other if !other.chars().all(is_name) || other.starts_with('-') => "alpine:latest",
        other => other,
    };
    let has_version = plain
        .rsplit('/')
        .next()
        .is_some_and(|last| last.contains([':', '@']));
    let image = if has_version {
        plain.to_owned()
    } else {
        format!("{plain}:latest")
    };
    let full = if image.split(['@', ':']).next().is_some_and(|name| name.contains('/')) {
        format!("docker.io/{image}")
    } else {
        format!("docker.io/library/{image}")
    };
    let file: String = image
        .rsplit('/')
        .next()
        .unwrap_or("image")
        .replace([':', '@'], "-");
    (
        format!("docker pull {image}\ndocker save -o {file}.tar {image}"),
        format!("skopeo copy docker://{full} docker-archive:{file}.tar"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_commands(subject: &str, save: &str, copy: &str) {
        let (docker, skopeo) = save_commands(subject);
        assert_eq!((docker.lines().last(), skopeo.as_str()), (Some(save), copy));
    }

    #[test]
    fn commands_save_what_was_asked_for() {
        check_commands(
            "alpine",
            "docker save -o alpine-latest.tar alpine:latest",
            "skopeo copy docker://docker.io/library/alpine:latest docker-archive:alpine-latest.tar",
        );
        check_commands(
            "https://docker.io/library/nginx:1.27",
            "docker save -o nginx-1.27.tar nginx:1.27",
            "skopeo copy docker://docker.io/library/nginx:1.27 docker-archive:nginx-1.27.tar",
        );
        check_commands(
            "docker.io/team/app:2",
            "docker save -o app-2.tar team/app:2",
            "skopeo copy docker://docker.io/team/app:2 docker-archive:app-2.tar",
        );
        check_commands(
            "a; rm -rf /",
            "docker save -o alpine-latest.tar alpine:latest",
            "skopeo copy docker://docker.io/library/alpine:latest docker-archive:alpine-latest.tar",
        );
    }

    #[test]
    fn the_configuration_names_one_origin() {
        let config = cors_config("https://lamina.example");
        assert!(config.contains("Allow-Origin: ['https://lamina.example']"));
    }
}
