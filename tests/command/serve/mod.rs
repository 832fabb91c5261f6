//! `lamina serve` and `lamina open` as a browser and its enemies see them: bytes in and out of sockets.

mod attacks;
mod containerd;
mod containers;
mod engines;
mod hosts;
mod loads;
mod open;
mod orders;
mod page;
mod relay;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::folder;

/// A running server, ended when the test does.
struct Served {
    child: Child,
    /// `host:port`.
    host: String,
    token: String,
    said: Arc<Mutex<String>>,
    folder: PathBuf,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Makes a folder with a page of two files.
fn page(name: &str) -> PathBuf {
    let folder = folder(name).canonicalize().unwrap();
    let page = folder.join("page");
    std::fs::create_dir_all(page.join("v2")).unwrap();
    std::fs::write(page.join("index.html"), "<!doctype html><p>page</p>").unwrap();
    std::fs::write(page.join("app-0123456789abcdef.js"), "0123456789").unwrap();
    std::fs::write(page.join("v2/_catalog"), "{}").unwrap();
    std::fs::write(folder.join("outside"), "secret").unwrap();
    folder
}

/// Starts `lamina serve` on any port; returns it with the key of a page.
fn served(folder: &Path, env: &[(&str, &str)]) -> (Served, String) {
    let served = start(folder, &["serve", "--port", "0"], env);
    let (key, _) = session(&served);
    (served, key)
}

/// Starts `lamina` with arguments; a program in the folder is found first.
fn start(folder: &Path, arguments: &[&str], env: &[(&str, &str)]) -> Served {
    let path = std::env::var("PATH").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_lamina"));
    command
        .args(arguments)
        .arg("--page")
        .arg(folder.join("page"))
        .env("PATH", format!("{}:{path}", folder.display()))
        .env("HOME", folder)
        // What a killed program leaves behind.
        .env("TMPDIR", folder)
        .env("DOCKER_CONFIG", folder)
        .env("XDG_CONFIG_HOME", folder.join("config"))
        .env("CONTAINERD_ADDRESS", folder.join("containerd.sock"));
    for name in [
        "XDG_RUNTIME_DIR",
        "DOCKER_HOST",
        "DOCKER_CONTEXT",
        "CONTAINER_HOST",
        "REGISTRY_AUTH_FILE",
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "BROWSER",
    ] {
        command.env_remove(name);
    }
    let mut child = command
        .envs(env.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let said = Arc::new(Mutex::new(String::new()));
    let (heard, stderr) = (Arc::clone(&said), child.stderr.take().unwrap());
    std::thread::spawn(move || {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            heard.lock().unwrap().push_str(&format!("{line}\n"));
        }
    });
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = match env.iter().any(|(name, _)| *name == "DISPLAY") {
        true => std::fs::read_to_string(until(|| folder.join("opened"))).unwrap(),
        false => lines.next().unwrap().unwrap(),
    };
    // The addresses for further tabs.
    std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    let address = first.trim().strip_prefix("http://").unwrap();
    let (host, token) = address.split_once("/#lamina-token=").unwrap();
    Served {
        child,
        host: host.to_owned(),
        token: token.to_owned(),
        said,
        folder: folder.to_owned(),
    }
}

/// Waits for a file to be there.
fn until(path: impl Fn() -> PathBuf) -> PathBuf {
    for _ in 0..200 {
        if std::fs::metadata(path()).is_ok_and(|found| found.len() > 0) {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    path()
}

/// Starts `lamina serve` on a free port.
fn serve(name: &str) -> Served {
    start(&page(name), &["serve", "--port", "0"], &[])
}

/// An answer: its status, header fields in lower case, and body.
#[derive(Debug)]
struct Told {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Told {
    fn get(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(own, _)| own == name);
        found.map_or("", |(_, value)| value)
    }

    /// Returns the sentence of an error that the relay answers with.
    fn problem(&self) -> String {
        type Error = (lamina::io::ErrorKind, lamina::message::Message);
        let (_, detail) = postcard::from_bytes::<Error>(&self.body).unwrap();
        detail.to_string()
    }

    /// Returns the status of a registry, or the relay's own with a sentence.
    fn line(&self) -> String {
        match self.get("lamina-status") {
            "" => format!("{} {}", self.status, String::from_utf8_lossy(&self.body)),
            status => format!("registry {status}"),
        }
    }
}

/// Sends bytes and reads the one answer.
fn send(host: &str, bytes: &[u8]) -> Told {
    let mut stream = TcpStream::connect(host).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(40)))
        .unwrap();
    // Who is refused may be hung up on before all is sent.
    let _ = stream.write_all(bytes);
    read(&mut BufReader::new(stream))
}

/// Reads one answer.
fn read(stream: &mut BufReader<TcpStream>) -> Told {
    let mut line = String::new();
    stream.read_line(&mut line).unwrap();
    let status = line
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or(0);
    let mut told = Told {
        status,
        headers: Vec::new(),
        body: Vec::new(),
    };
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
            break;
        }
        let (name, value) = line
            .trim_end()
            .split_once(": ")
            .unwrap_or((line.trim_end(), ""));
        told.headers
            .push((name.to_ascii_lowercase(), value.to_owned()));
    }
    if let Ok(len) = told.get("content-length").parse::<u64>() {
        stream.take(len).read_to_end(&mut told.body).unwrap_or(0);
    } else if told.get("transfer-encoding") == "chunked" {
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).unwrap_or(0);
            let len = u64::from_str_radix(line.trim(), 16).unwrap_or(0);
            if len == 0 {
                break;
            }
            stream.take(len).read_to_end(&mut told.body).unwrap_or(0);
            stream.read_line(&mut String::new()).unwrap_or(0);
        }
    }
    told
}

/// Returns a request as a browser sends it from the server's own page.
fn request(served: &Served, path: &str, fields: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let host = &served.host;
    let mut text = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nSec-Fetch-Site: same-origin\r\nUser-Agent: a browser\r\nCookie: a=b\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in fields {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    [text.as_bytes(), body].concat()
}

/// Exchanges the token for a key, and tells what the page is told beside it.
fn session(served: &Served) -> (String, serde_json::Value) {
    let told = send(
        &served.host,
        &request(served, "/session", &[("Lamina-Token", &served.token)], b""),
    );
    assert_eq!(told.status, 200, "{told:?}");
    assert_eq!(told.get("cache-control"), "no-store");
    let session: serde_json::Value = serde_json::from_slice(&told.body).unwrap();
    (session["key"].as_str().unwrap().to_owned(), session)
}

/// Asks a registry by the relay.
fn ask(
    served: &Served,
    key: &str,
    (registry, method, url): (&str, &str, &str),
    fields: &[(&str, &str)],
    body: &[u8],
) -> Told {
    let own = [
        ("Lamina-Key", key),
        ("Lamina-Registry", registry),
        ("Lamina-Method", method),
        ("Lamina-Target", url),
    ];
    send(
        &served.host,
        &request(served, "/relay", &[&own, fields].concat(), body),
    )
}
