//! Access control of the registry in memory, and its token server.

use lamina::io::{HttpRequest, Response};

use super::registry::Registry;

impl Registry {
    pub(super) fn is_let_in(&self, request: &HttpRequest, path: &str) -> bool {
        let field = request.headers.get("authorization").unwrap_or_default();
        if self.password.is_some() {
            return Some(field) == self.password;
        }
        let token = field.strip_prefix("Bearer ").unwrap_or_default();
        let repository = ["/manifests/", "/blobs/", "/tags/"]
            .iter()
            .find_map(|part| Some(path.split_once(part)?.0));
        let scope = repository.map_or("registry:catalog:*".to_owned(), |name| {
            let actions = match Registry::is_write(request, path) {
                true => "pull,push",
                false => "pull",
            };
            format!("repository:{name}:{actions}")
        });
        let scope = if path.is_empty() {
            String::new()
        } else {
            scope
        };
        let needed = self.needed_scope.unwrap_or(&scope);
        let is_good = self
            .memory
            .tokens
            .borrow()
            .get(token)
            .is_some_and(|scopes| {
                scopes
                    .split(' ')
                    .any(|s| s == needed || s == format!("{needed},push"))
            });
        if self.tokens_expire {
            self.memory.tokens.borrow_mut().remove(token);
        }
        is_good
    }

    pub(super) fn token(&self, request: &HttpRequest, query: &str) -> Response {
        if let Some((status, body)) = self.token_answer {
            return self.reply(request, status, &[], body.as_bytes());
        }
        let form = String::from_utf8_lossy(&request.body);
        if let Some(password) = self.token_password {
            if self.ignores_forms && request.method == lamina::io::Method::Post {
                let challenge = [("WWW-Authenticate", "Basic realm=\"tokens\"")];
                return self.reply(request, 401, &challenge, b"");
            }
            let is_right = match request.method {
                lamina::io::Method::Post => match self.token_form {
                    None => return self.reply(request, 405, &[], b""),
                    Some(needed) => form.contains(needed),
                },
                _ => request.headers.get("authorization") == Some(password),
            };
            if !is_right {
                return self.reply(request, 401, &[], b"");
            }
        }
        let scopes = query
            .split('&')
            .chain(form.split('&'))
            .filter_map(|pair| pair.strip_prefix("scope="));
        let scopes: Vec<_> = scopes.map(|scope| scope.replace("%20", " ")).collect();
        self.memory.n_tokens.set(self.memory.n_tokens.get() + 1);
        let token = format!("token{}", self.memory.n_tokens.get());
        let body = format!(r#"{{"token":"{token}","expires_in":300}}"#);
        self.memory
            .tokens
            .borrow_mut()
            .insert(token, scopes.join(" "));
        self.reply(request, 200, &[], body.as_bytes())
    }
}
