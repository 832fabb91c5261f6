//! The lines of the guide, with what the reader typed filled in.
//!
//! People paste them into a shell, so nothing but plain names goes into one: what else is typed is replaced by an
//! example.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::ui::feature::doctor::commands::is_plain;
use crate::ui::feature::doctor::recipes::distribution;
use crate::ui::state::Guide;

const EXAMPLE_HOST: &str = "registry.example.com";
const EXAMPLE_IMAGE: &str = "team/app:1.0";

/// The port that the guide's registry has unless another is typed.
const PORT: u16 = 5000;

/// The names that go into the lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// The host, with its port.
    pub host: Host,
    /// Repository and tag.
    pub image: String,
}

/// The host of a registry that may stand in a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// The host's name or address, the latter in brackets if it is one of IPv6.
    name: String,
    port: u16,
    /// True if it was typed with `https://`.
    has_tls: bool,
}

impl Host {
    /// Parses what was typed, without what follows the port. `None` if it is no plain host.
    pub fn parse(typed: &str) -> Option<Host> {
        let typed = typed.trim();
        let (scheme, rest) = typed.split_once("://").unwrap_or(("", typed));
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !port.ends_with(']') => (name, port),
            _ => (host, ""),
        };
        let address = name
            .strip_prefix('[')
            .and_then(|name| name.strip_suffix(']'));
        let is_known = match address {
            Some(address) => address.parse::<Ipv6Addr>().is_ok(),
            None => is_plain(name) && !name.contains([':', '@', '_', '/']),
        };
        let port = match port {
            "" => Some(PORT),
            port if port.bytes().all(|byte| byte.is_ascii_digit()) => port.parse().ok(),
            _ => None,
        };
        Some(Host {
            name: is_known.then(|| name.to_owned())?,
            port: port.filter(|port| *port > 0)?,
            has_tls: match scheme {
                "https" => true,
                "http" | "" => false,
                _ => return None,
            },
        })
    }

    /// Returns name and port, as they stand before the image.
    pub fn authority(&self) -> String {
        format!("{}:{}", self.name, self.port)
    }

    /// Returns the address that a check asks.
    pub fn address(&self) -> String {
        match self.has_tls {
            true => format!("https://{}", self.authority()),
            false => self.authority(),
        }
    }

    /// True if it is this machine, which docker asks without TLS.
    pub fn is_local(&self) -> bool {
        let is_loopback = |address: Ipv4Addr| address.is_loopback();
        self.name == "localhost" || self.name == "[::1]" || self.name.parse().is_ok_and(is_loopback)
    }

    /// Returns the address and port of the machine at which docker offers a port of a container: a local registry is
    /// offered to nobody else.
    fn published(&self) -> String {
        match (self.is_local(), self.name.as_str()) {
            (false, _) => self.port.to_string(),
            (true, "localhost") => format!("127.0.0.1:{}", self.port),
            (true, _) => self.authority(),
        }
    }
}

/// Returns the name of an image with a tag. `None` if it is not plain.
pub fn image_of(typed: &str) -> Option<String> {
    let typed = typed.trim();
    let typed = typed.strip_suffix(':').unwrap_or(typed);
    let (path, last) = typed.rsplit_once('/').unwrap_or(("", typed));
    let fits = is_plain(typed) && !typed.contains('@') && !path.contains(':');
    match last.split_once(':') {
        _ if !fits => None,
        None => Some(format!("{typed}:latest")),
        Some((name, tag)) => {
            (!name.is_empty() && !tag.contains(':') && !tag.starts_with(['.', '-']))
                .then(|| typed.to_owned())
        }
    }
}

impl Names {
    /// Returns the names that the reader typed, or examples.
    pub fn of(guide: &Guide) -> Names {
        let example = || Host {
            name: EXAMPLE_HOST.to_owned(),
            port: PORT,
            has_tls: false,
        };
        Names {
            host: Host::parse(&guide.host).unwrap_or_else(example),
            image: image_of(&guide.image).unwrap_or_else(|| EXAMPLE_IMAGE.to_owned()),
        }
    }

    fn repository(&self) -> &str {
        self.image
            .rsplit_once(':')
            .map_or(&self.image, |(name, _)| name)
    }

    /// Returns the registry's configuration for pages of `origin`.
    pub fn config(&self, origin: &str) -> String {
        let config = distribution(origin);
        let http = config.replace("addr: 127.0.0.1:5000", "addr: :5000");
        format!(
            "version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: /var/lib/registry\n  delete:\n    enabled: true\n{http}"
        )
    }

    /// Returns the command that runs the registry.
    pub fn run(&self) -> String {
        self.run_with("")
    }

    fn run_with(&self, volume: &str) -> String {
        format!(
            "docker run -d --restart=always --name registry -p {published}:5000 \\\n  -v /srv/registry:/var/lib/registry \\\n  -v \"$PWD/config.yml:/etc/docker/registry/config.yml:ro\" \\\n{volume}  registry:2",
            published = self.host.published()
        )
    }

    /// Returns the command that makes the file of passwords.
    pub fn passwords(&self) -> String {
        "docker run --rm --entrypoint htpasswd httpd:2 -Bbn NAME PASSWORD > passwords".to_owned()
    }

    /// Returns the lines of the configuration that make the registry ask for a password.
    pub fn auth(&self) -> String {
        "auth:\n  htpasswd:\n    realm: registry\n    path: /etc/docker/registry/passwords"
            .to_owned()
    }

    /// Returns the commands that run the registry anew, with its passwords, and log in.
    pub fn run_closed(&self) -> String {
        let volume = "  -v \"$PWD/passwords:/etc/docker/registry/passwords:ro\" \\\n";
        let run = self.run_with(volume);
        let host = self.host.authority();
        format!("docker rm -f registry\n{run}\ndocker login {host}")
    }

    /// Returns the lines for docker's daemon.json.
    pub fn daemon(&self) -> String {
        let host = self.host.authority();
        format!("{{\n  \"insecure-registries\": [\"{host}\"]\n}}")
    }

    /// Returns the commands that push the image.
    pub fn push(&self) -> String {
        let (host, image) = (self.host.authority(), &self.image);
        format!("docker tag {image} {host}/{image}\ndocker push {host}/{image}")
    }

    /// Returns the commands that list what the registry holds.
    pub fn list(&self) -> String {
        let scheme = if self.host.has_tls { "https" } else { "http" };
        let (host, repository) = (self.host.authority(), self.repository());
        format!(
            "curl {scheme}://{host}/v2/_catalog\ncurl {scheme}://{host}/v2/{repository}/tags/list"
        )
    }

    /// Returns the commands that run the image on another machine.
    pub fn pull(&self) -> String {
        let (host, image) = (self.host.authority(), &self.image);
        format!("docker pull {host}/{image}\ndocker run --rm -it {host}/{image}")
    }

    /// Returns the commands and the line that make docker ask a copy of Docker Hub first.
    pub fn mirror(&self) -> String {
        let name = &self.host.name;
        format!(
            "docker run -d --restart=always --name hub -p 5002:5000 \\\n  -e REGISTRY_PROXY_REMOTEURL=https://registry-1.docker.io \\\n  -v /srv/hub:/var/lib/registry registry:2\n\n# /etc/docker/daemon.json\n{{\n  \"registry-mirrors\": [\"http://{name}:5002\"],\n  \"insecure-registries\": [\"{name}:5002\"]\n}}"
        )
    }
}

/// A registry of a cloud, with the form of its names.
pub struct Cloud {
    /// Host to log in to.
    pub host: &'static str,
    /// The name before the image's own.
    pub namespace: &'static str,
    /// The command that logs in.
    pub login: &'static str,
}

/// Docker Hub, GHCR, Alibaba Cloud, ECR and Harbor, in this order.
pub const CLOUDS: [Cloud; 5] = [
    Cloud {
        host: "docker.io",
        namespace: "NAMESPACE",
        login: "docker login",
    },
    Cloud {
        host: "ghcr.io",
        namespace: "OWNER",
        login: "echo $TOKEN | docker login ghcr.io --username OWNER --password-stdin",
    },
    Cloud {
        host: "registry.cn-hangzhou.aliyuncs.com",
        namespace: "NAMESPACE",
        login: "docker login registry.cn-hangzhou.aliyuncs.com",
    },
    Cloud {
        host: "ACCOUNT.dkr.ecr.REGION.amazonaws.com",
        namespace: "",
        login: "aws ecr get-login-password --region REGION | docker login --username AWS --password-stdin ACCOUNT.dkr.ecr.REGION.amazonaws.com",
    },
    Cloud {
        host: "harbor.example.com",
        namespace: "PROJECT",
        login: "docker login harbor.example.com",
    },
];

impl Cloud {
    /// Returns the whole name of an image there.
    pub fn name(&self, names: &Names) -> String {
        let last = names.image.rsplit('/').next().unwrap_or_default();
        match self.namespace {
            "" => format!("{}/{last}", self.host),
            namespace => format!("{}/{namespace}/{last}", self.host),
        }
    }

    /// Returns the commands that publish an image there.
    pub fn commands(&self, names: &Names) -> String {
        let (login, name, image) = (self.login, self.name(names), &names.image);
        format!("{login}\ndocker tag {image} {name}\ndocker push {name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(host: &str, image: &str) -> Names {
        Names::of(&Guide {
            host: host.to_owned(),
            image: image.to_owned(),
            ..Guide::default()
        })
    }

    #[test]
    fn commands_have_what_was_typed() {
        let typed = names(" https://r.example:5001/ ", "shop/web:2");
        assert_eq!(
            typed.push(),
            "docker tag shop/web:2 r.example:5001/shop/web:2\ndocker push r.example:5001/shop/web:2"
        );
        assert!(typed.run().contains("-p 5001:5000"));
        assert!(
            typed
                .list()
                .contains("https://r.example:5001/v2/shop/web/tags/list")
        );
        let plain = names("r.example:5001", "shop/web:2").list();
        assert!(plain.contains("http://r.example:5001/v2/shop/web/tags/list"));
        assert!(typed.daemon().contains("[\"r.example:5001\"]"));
        assert!(names("localhost:5000", "a").host.is_local());
        assert!(names("127.0.0.1:5000", "a").host.is_local());
        assert_eq!(names("r.example", "a").image, "a:latest");
    }

    #[test]
    fn nothing_strange_goes_into_a_command() {
        for strange in ["a; rm -rf /", "$(id)", "-v", "", "a\nb", "a'b", "a\"b"] {
            assert_eq!(
                names(strange, strange),
                names("registry.example.com:5000", "team/app:1.0"),
                "{strange}"
            );
        }
    }

    fn check_host(typed: &str, authority: &str, published: &str) {
        let names = names(typed, "app:");
        assert_eq!(names.image, "app:latest");
        assert_eq!(names.host.authority(), authority, "{typed}");
        let port = format!(" -p {published}:5000 ");
        assert!(names.run().contains(&port), "{typed}: {}", names.run());
        assert!(names.run_closed().contains(&port), "{typed}");
        let mirror = format!("[\"http://{}:5002\"]", names.host.name);
        assert!(names.mirror().contains(&mirror), "{typed}");
    }

    #[test]
    fn a_host_has_a_port_and_no_path() {
        check_host("r.example", "r.example:5000", "5000");
        check_host("http://r.example/v2/?a#b", "r.example:5000", "5000");
        check_host("r.example:443/team/app:1", "r.example:443", "443");
        check_host("localhost", "localhost:5000", "127.0.0.1:5000");
        check_host("127.0.0.2:80", "127.0.0.2:80", "127.0.0.2:80");
        check_host("[::1]", "[::1]:5000", "[::1]:5000");
        check_host("[2001:db8::1]:5001", "[2001:db8::1]:5001", "5001");
        assert!(!names("127.example:80", "a").host.is_local());
        let asks = |typed| Host::parse(typed).map(|host| host.address());
        assert_eq!(
            asks("https://r.example").as_deref(),
            Some("https://r.example:5000")
        );
        for wrong in [
            "r.example:0",
            "r.example:99999",
            "r.example:+1",
            "r.example:a",
            "[::1",
            "[x]",
            "::1",
            "ftp://r.example",
            "me:secret@r.example",
            "a_b",
            "-a",
            ":5000",
            "https://",
        ] {
            assert_eq!(Host::parse(wrong), None, "{wrong}");
        }
        for wrong in [
            "a:b:c",
            "a:",
            "a:-b",
            "a/-b",
            "h:5/a",
            "a@sha256:1",
            "a//b",
            "/a",
            ":1",
        ] {
            let image = image_of(wrong);
            assert_eq!(
                image,
                (wrong == "a:").then(|| "a:latest".to_owned()),
                "{wrong}"
            );
        }
    }

    #[test]
    fn the_configuration_is_the_one_that_the_tests_start() {
        let config = names("r.example:5000", "a").config("https://lamina.example");
        assert!(config.contains("Access-Control-Allow-Origin: ['https://lamina.example']"));
        assert!(config.contains("addr: :5000") && !config.contains("127.0.0.1"));
    }

    #[test]
    fn a_cloud_has_its_own_form_of_name() {
        let typed = names("r.example", "team/app:1.0");
        let forms: Vec<String> = CLOUDS.iter().map(|cloud| cloud.name(&typed)).collect();
        assert_eq!(
            forms,
            [
                "docker.io/NAMESPACE/app:1.0",
                "ghcr.io/OWNER/app:1.0",
                "registry.cn-hangzhou.aliyuncs.com/NAMESPACE/app:1.0",
                "ACCOUNT.dkr.ecr.REGION.amazonaws.com/app:1.0",
                "harbor.example.com/PROJECT/app:1.0",
            ]
        );
    }
}
