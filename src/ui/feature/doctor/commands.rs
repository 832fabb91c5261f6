//! The commands that bring an image to Lamina where a page cannot read it.

use crate::protocol::names_a_registry;

/// Commands that bring an image to Lamina, whatever its registry allows to pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commands {
    /// Opens it through this machine.
    pub lamina: String,
    /// Saves it to a file with Docker.
    pub docker: String,
    /// Saves it to a file without a Docker engine.
    pub skopeo: String,
}

/// Returns the commands for an image. `None` if `subject` is not a plain reference, since nothing else may go into a
/// command line that people paste.
pub fn commands(subject: &str) -> Option<Commands> {
    let name = subject.split_once("://").map_or(subject, |(_, rest)| rest);
    if name.contains("/v2/") || names_a_registry(name) {
        return None;
    }
    let hub = ["registry-1.docker.io/", "index.docker.io/", "docker.io/"]
        .iter()
        .find_map(|host| name.strip_prefix(host));
    let name = hub.unwrap_or(name);
    let name = name.strip_prefix("library/").unwrap_or(name);
    if !is_plain(name) {
        return None;
    }
    let (path, last) = name.rsplit_once('/').unwrap_or(("", name));
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
    Some(Commands {
        lamina: format!("lamina open {image}"),
        docker: format!("docker pull {image}\ndocker save -o {file}.tar {image}"),
        skopeo: format!("skopeo copy docker://{full} docker-archive:{file}.tar"),
    })
}

/// True if a name may stand in a command line that people paste: letters, digits and the signs of references alone, and
/// no component that a program takes for an option.
pub fn is_plain(name: &str) -> bool {
    let is_sign = |c: char| c.is_ascii_alphanumeric() || "._-:@".contains(c);
    name.split('/').all(|component| {
        component.starts_with(|c: char| c.is_ascii_alphanumeric()) && component.chars().all(is_sign)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_commands(subject: &str, save: &str, copy: &str) {
        let commands = commands(subject).expect("it is a plain reference");
        let docker = commands.docker.lines().last();
        assert_eq!((docker, commands.skopeo.as_str()), (Some(save), copy));
        let opened = commands.lamina.strip_prefix("lamina open ");
        assert!(
            opened.is_some_and(|image| save.ends_with(image)),
            "{subject}"
        );
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
            "docker.io/-v",
            "docker.io/library/-v",
            "r.example/team/-v",
            "r.example//app",
            "",
            "https://h.io/v2/a/b/manifests/1",
            "a/",
            "registry.example.com:5000",
            "http://localhost:5000",
        ] {
            assert_eq!(commands(subject), None, "{subject}");
        }
    }
}
