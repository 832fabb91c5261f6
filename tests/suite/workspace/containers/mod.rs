//! The container layer as the page requests it: edits, undo, the list of changes, storage, and the new image.

mod commits;
mod edits;

use std::rc::Rc;

use lamina::bounds::Limits;
use lamina::engine::{PickedInput, Served};
use lamina::io::{Bytes, MemoryStore, Room};
use lamina::protocol::{
    Answer, Change, ContainerRequest, ContainerView, EditOrder, ImageView, Problem, Request,
    RequestId, TypedPath, ask,
};

use crate::archive::fixture::docker_save;
use crate::support::{run, tar_of};

use super::world::{Asked, at, container_room};

pub(super) const LAYERS: &str =
    "etc/\netc/hosts = 127.0.0.1\nusr/\nusr/bin/\nusr/bin/tool = old\n---\netc/motd = hello";

/// Opens an image with a container layer that is kept in this store.
pub(super) fn opened_in(store: &MemoryStore) -> (Asked, ImageView) {
    let tars: Vec<_> = LAYERS.split("---").map(tar_of).collect();
    let tars: Vec<_> = tars.iter().map(Vec::as_slice).collect();
    let nothing = MemoryStore::new(Room {
        bytes: 0,
        lasts: false,
    });
    let asked = Asked::with_containers(store.clone(), nothing, None, Limits::DEFAULT);
    let image = asked.open(docker_save(&["demo:1"], &tars).tar());
    (asked, image)
}

pub(super) fn started() -> (Asked, ImageView) {
    let (asked, image) = opened_in(&container_room());
    layer(&asked, &image, ContainerRequest::Start);
    (asked, image)
}

pub(super) fn asked_with(
    asked: &Asked,
    image: &ImageView,
    ask: ContainerRequest,
    files: &[&str],
) -> Result<Option<ContainerView>, Problem> {
    let request = Request::Container(ask::Container {
        image: image.key,
        ask,
    });
    let files = files.iter().map(|text| PickedInput {
        bytes: Rc::new(Bytes::new(text.as_bytes())),
    });
    let served: Served<Vec<u8>> = run(asked.session.serve(RequestId(1), request, files.collect()))?;
    match served.answer {
        Answer::Container(answer) => Ok(answer),
        other => panic!("a container was asked about: {other:?}"),
    }
}

pub(super) fn container(
    asked: &Asked,
    image: &ImageView,
    ask: ContainerRequest,
) -> Result<Option<ContainerView>, Problem> {
    asked_with(asked, image, ask, &[])
}

pub(super) fn layer(asked: &Asked, image: &ImageView, ask: ContainerRequest) -> ContainerView {
    container(asked, image, ask)
        .unwrap()
        .expect("there is a layer")
}

pub(super) fn edit(order: EditOrder) -> ContainerRequest {
    ContainerRequest::Edit { edits: vec![order] }
}

pub(super) fn typed(dir: &str, text: &str) -> TypedPath {
    TypedPath {
        dir: at(dir),
        text: text.to_owned(),
    }
}

pub(super) fn text(path: &str, text: &str) -> ContainerRequest {
    edit(EditOrder::Text {
        path_key: at(path),
        text: text.to_owned(),
    })
}

/// Returns the output of `docker diff`.
pub(super) fn diff(view: &ContainerView) -> String {
    let line = |row: &lamina::protocol::ChangeRow| {
        let letter = match row.change {
            Change::Added => 'A',
            Change::Changed => 'C',
            Change::Deleted => 'D',
        };
        format!("{letter} {}", row.path.text)
    };
    view.changes.iter().map(line).collect::<Vec<_>>().join("\n")
}
