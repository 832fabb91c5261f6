//! The configurations that let a page of another address read and write a registry.
//!
//! They are the files of `deploy/`, which the end-to-end tests start, with this page's origin in place of theirs.

const DISTRIBUTION: &str = include_str!("../../../../deploy/docker-registry.yml");
const NGINX: &str = include_str!("../../../../deploy/nginx/cors.conf");
const CADDY: &str = include_str!("../../../../deploy/caddy/cors.Caddyfile");

/// The address of the registry in the recipes of the proxies.
const BEHIND: &str = "127.0.0.1:5000";

/// A server whose configuration is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "they are names")]
pub enum Server {
    Distribution,
    Nginx,
    Caddy,
    Zot,
    Harbor,
    Gitea,
}

/// Evidence for a recipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The recipe is started by the tests of this project, with these versions.
    Tried(&'static str),
    /// The server cannot do it by itself, as this source says; the recipe is a proxy that is tried.
    ByProxy(&'static str),
    /// No lines for `/v2/` suffice, as this source says, since its tokens come from elsewhere.
    TokensApart(&'static str),
}

impl Server {
    /// The servers in front of a registry, which can answer for it.
    pub const PROXIES: &[Server] = &[Server::Nginx, Server::Caddy];

    /// All servers, the most common first.
    pub const ALL: &[Server] = &[
        Server::Distribution,
        Server::Nginx,
        Server::Caddy,
        Server::Harbor,
        Server::Gitea,
        Server::Zot,
    ];

    /// Returns the server's name.
    pub fn name(self) -> &'static str {
        match self {
            Server::Distribution => "CNCF distribution (registry:2, registry:3)",
            Server::Nginx => "nginx",
            Server::Caddy => "Caddy",
            Server::Zot => "zot",
            Server::Harbor => "Harbor",
            Server::Gitea => "Gitea",
        }
    }

    /// Returns what the recipe stands on.
    pub fn evidence(self) -> Evidence {
        match self {
            Server::Distribution => Evidence::Tried("distribution 2.8"),
            Server::Nginx => Evidence::Tried("nginx 1.22, distribution 2.8"),
            Server::Caddy => Evidence::Tried("Caddy 2.6, distribution 2.8"),
            Server::Zot => Evidence::ByProxy("zot 2.1, pkg/api/routes.go"),
            Server::Harbor => Evidence::TokensApart("goharbor/harbor#14029"),
            Server::Gitea => Evidence::ByProxy("go-gitea/gitea#33219"),
        }
    }

    /// Returns the configuration for pages of `origin`; `None` if none suffices.
    pub fn config(self, origin: &str) -> Option<String> {
        Some(match self {
            Server::Distribution => distribution(origin),
            Server::Nginx => nginx(origin, BEHIND),
            Server::Caddy => CADDY.replace(
                "Access-Control-Allow-Origin *",
                &format!("Access-Control-Allow-Origin {origin}"),
            ),
            Server::Zot => nginx(origin, "127.0.0.1:8080"),
            Server::Harbor => return None,
            // Its tokens come from /v2/token, which the lines cover.
            Server::Gitea => nginx(origin, "127.0.0.1:3000"),
        })
    }
}

/// Returns the lines for CNCF distribution.
pub fn distribution(origin: &str) -> String {
    let lines = DISTRIBUTION.split_once("\nhttp:\n");
    let http = lines.map_or(DISTRIBUTION, |(_, rest)| rest);
    format!("http:\n{http}").replace("['*']", &format!("['{origin}']"))
}

fn nginx(origin: &str, behind: &str) -> String {
    let of_origin = format!("set $lamina_origin \"{origin}\"");
    NGINX
        .replace("set $lamina_origin \"*\"", &of_origin)
        .replace(BEHIND, behind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_recipe_names_the_origin_once_and_no_other() {
        for server in Server::ALL {
            let Some(config) = server.config("https://lamina.example") else {
                assert_eq!(
                    *server,
                    Server::Harbor,
                    "its token address is not below /v2/"
                );
                continue;
            };
            let n = config.matches("https://lamina.example").count();
            assert!(n >= 1, "{}: {config}", server.name());
            assert!(!config.contains("Allow-Origin: ['*']"), "{}", server.name());
            assert!(!config.contains("lamina_origin \"*\""), "{}", server.name());
            assert!(!config.contains("Allow-Origin *"), "{}", server.name());
            assert!(
                config.contains("Docker-Content-Digest"),
                "{}",
                server.name()
            );
        }
    }
}
