//! Each kind of failure in words: the event, the likely cause and the way out.

mod en;
mod zh;

use super::shell::Shell;
use crate::protocol::{ProblemCode, names_a_registry};

/// The words for one kind of failure. The page shows the object and the exact message next to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProblemText {
    /// The event, as a title.
    pub title: &'static str,
    /// The likely cause.
    pub cause: &'static str,
    /// Advice, as steps or as alternatives; may be empty.
    pub way_out: &'static [&'static str],
}

pub(super) use en::text as english;
pub(super) use zh::text as chinese;

/// Returns the words for a kind of failure.
pub fn problem_text(text: &Shell, code: ProblemCode) -> ProblemText {
    (text.explain)(code)
}

/// Returns the CORS headers that let this page read a registry, for `config.yml` of CNCF distribution.
pub fn cors_config(origin: &str) -> String {
    format!(
        "http:\n  headers:\n    Access-Control-Allow-Origin: ['{origin}']\n    Access-Control-Allow-Methods: [GET, HEAD, OPTIONS, POST, PATCH, PUT, DELETE]\n    Access-Control-Allow-Headers: [Authorization, Accept, Content-Type, Content-Range, Range]\n    Access-Control-Expose-Headers: [Docker-Content-Digest, Location, Link, Range, Content-Range, Accept-Ranges, WWW-Authenticate, Retry-After]\n    Access-Control-Max-Age: ['7200']\n"
    )
}

/// Returns the lines with which nginx answers a browser's preflights for the registry behind it.
pub fn preflight_config(origin: &str) -> String {
    format!(
        "# nginx\nlocation /v2/ {{\n  if ($request_method = OPTIONS) {{\n    add_header Access-Control-Allow-Origin '{origin}';\n    add_header Access-Control-Allow-Methods 'GET, HEAD, POST, PATCH, PUT, DELETE';\n    add_header Access-Control-Allow-Headers 'Authorization, Accept, Content-Type, Content-Range, Range';\n    return 204;\n  }}\n  client_max_body_size 0;\n  proxy_pass http://registry:5000;\n}}\n"
    )
}

/// The setting that keeps a registry from redirecting downloads to its storage.
pub const REDIRECT_CONFIG: &str = "storage:\n  redirect:\n    disable: true\n";

/// Returns the commands that save an image to a file, Docker's two and skopeo's one. `None` if the subject is not a
/// plain reference, since nothing else may go into a command line that people paste.
pub fn save_commands(subject: &str) -> Option<(String, String)> {
    let name = subject.split_once("://").map_or(subject, |(_, rest)| rest);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-/:@".contains(c);
    let fits = name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(is_plain)
        && !name.contains("/v2/");
    if !fits || names_a_registry(name) {
        return None;
    }
    let hub = ["registry-1.docker.io/", "index.docker.io/", "docker.io/"]
        .iter()
        .find_map(|host| name.strip_prefix(host));
    let name = hub.unwrap_or(name);
    let name = name.strip_prefix("library/").unwrap_or(name);
    let (path, last) = name.rsplit_once('/').unwrap_or(("", name));
    if last.is_empty() {
        return None;
    }
    let has_version = last.contains([':', '@']);
    let image = if has_version {
        name.to_owned()
    } else {
        format!("{name}:latest")
    };
    let first = path.split('/').next().unwrap_or("");
    let has_host = first.contains(['.', ':']) || first == "localhost";
    let full = match (has_host, path.is_empty()) {
        (true, _) => image.clone(),
        (false, false) => format!("docker.io/{image}"),
        (false, true) => format!("docker.io/library/{image}"),
    };
    let last = image.rsplit('/').next().unwrap_or("image");
    let file = last.replace([':', '@'], "-");
    Some((
        format!("docker pull {image}\ndocker save -o {file}.tar {image}"),
        format!("skopeo copy docker://{full} docker-archive:{file}.tar"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_commands(subject: &str, save: &str, copy: &str) {
        let (docker, skopeo) = save_commands(subject).expect("it is a plain reference");
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
            "ghcr.io/team/app:2",
            "docker save -o app-2.tar ghcr.io/team/app:2",
            "skopeo copy docker://ghcr.io/team/app:2 docker-archive:app-2.tar",
        );
    }

    #[test]
    fn nothing_strange_goes_into_a_command() {
        for subject in [
            "a; rm -rf /",
            "-v",
            "",
            "https://h.io/v2/a/b/manifests/1",
            "a/",
            "registry.example.com:5000",
            "http://localhost:5000",
        ] {
            assert_eq!(save_commands(subject), None, "{subject}");
        }
    }

    #[test]
    fn the_configuration_names_one_origin() {
        let config = cors_config("https://lamina.example");
        assert!(config.contains("Allow-Origin: ['https://lamina.example']"));
    }
}
