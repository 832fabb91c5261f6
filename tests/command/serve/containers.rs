//! Containers of the engines on this machine: an image stands for each while it is exported, and is removed in any case.

use std::io::Write as _;
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use lamina::io::{EngineCause, EngineItem, EngineNews, EngineOrder};

use super::orders::{ARCHIVE_BYTES, archive, cause, engine, last, listed, order_bytes};
use super::{page, served};

/// Answers as an engine with containers does. An image that stands for one has the container's name as its ID.
fn containers(path: &str, stream: &mut UnixStream) {
    let list = r#"[
        {"Id":"aa11","Names":["/web"],"Image":"app:1","State":"running","Created":5},
        {"Id":"bb22","Names":["/old"],"Image":"app:1","State":"exited","Created":9},
        {"Id":"../evil","Names":["/evil"],"Image":"app:1","State":"exited","Created":1}]"#;
    let whole = archive("0123456789");
    let (status, body) = match path {
        "/images/json" => (200, b"[]".as_slice()),
        "/containers/json?all=true" => (200, list.as_bytes()),
        "/images/web/get" => (200, whole.as_slice()),
        "/images/cut/get" => (200, &whole[..700]),
        "/images/endless/get" => {
            stream.write_all(b"HTTP/1.0 200 OK\r\n\r\n").unwrap();
            while stream.write_all(&[0; 1024]).is_ok() {
                std::thread::sleep(Duration::from_millis(20));
            }
            return;
        }
        _ if path.starts_with("/commit?container=refused&") => {
            (500, br#"{"message":"the disk is full"}"#.as_slice())
        }
        _ if path.starts_with("/commit?container=gone&") => (404, b"{}".as_slice()),
        _ if path.starts_with("/commit?container=odd&") => {
            (201, br#"{"Id":"../containers/x"}"#.as_slice())
        }
        _ if path.starts_with("/commit?container=") => {
            let name = path["/commit?container=".len()..].split('&').next();
            let json = format!(r#"{{"Id":"{}"}}"#, name.unwrap());
            let head = "HTTP/1.0 201 Created\r\n\r\n";
            return stream
                .write_all(format!("{head}{json}").as_bytes())
                .unwrap();
        }
        _ => (404, b"{}".as_slice()),
    };
    let answer = [format!("HTTP/1.0 {status} X\r\n\r\n").as_bytes(), body].concat();
    stream.write_all(&answer).unwrap_or(());
}

fn open(engine: &str, container: &str) -> EngineOrder {
    EngineOrder::Open {
        engine: engine.to_owned(),
        item: EngineItem::Container(container.to_owned()),
    }
}

/// Waits until the image that stands for a container is removed.
fn wait_for_removal(asked: &Receiver<String>, name: &str) {
    let removal = format!("/images/{name}?noprune=true");
    while asked.recv_timeout(Duration::from_secs(20)).expect(name) != removal {}
}

#[test]
fn a_container_is_exported_as_an_image_that_is_removed_whatever_comes_of_it() {
    let folder = page("containers");
    let socket = folder.join("docker.sock");
    let asked = engine(&socket, containers);
    let host = format!("unix://{}", socket.display());
    let (served, key) = served(&folder, &[("DOCKER_HOST", &host), ("CONTAINER_HOST", "")]);
    let found = listed(&served, &key, &host).unwrap().containers.unwrap();
    let all = found.containers.iter();
    let all = all.map(|one| format!("{} {} {} {}", one.id, one.name, one.image, one.is_running));
    let all: Vec<String> = all.collect();
    assert_eq!(all, ["bb22 old app:1 false", "aa11 web app:1 true"]);
    assert_eq!(found.n_left_out, 1, "an ID that is a path");

    // It changes, so it is exported anew each time.
    for number in [0, 1] {
        let ready = EngineNews::Ready(number, ARCHIVE_BYTES);
        assert_eq!(last(&served, &key, &open(&host, "web")), ready);
        wait_for_removal(&asked, "web");
    }
    for (name, expected, is_written) in [
        ("cut", EngineCause::CutOff, true),
        ("refused", EngineCause::Other, false),
        ("gone", EngineCause::NoSuchImage, false),
        ("odd", EngineCause::Odd, false),
        ("../images/x", EngineCause::NoSuchImage, false),
        ("web&pause=true", EngineCause::NoSuchImage, false),
    ] {
        let news = last(&served, &key, &open(&host, name));
        assert_eq!(cause(&news), expected, "{name}");
        if is_written {
            wait_for_removal(&asked, name);
        }
    }

    // A page that goes.
    let mut stream = TcpStream::connect(&served.host).unwrap();
    let order = order_bytes(&served, &key, &open(&host, "endless"), b"");
    stream.write_all(&order).unwrap();
    while asked.recv_timeout(Duration::from_secs(20)).unwrap() != "/images/endless/get" {}
    drop(stream);
    wait_for_removal(&asked, "endless");
}
