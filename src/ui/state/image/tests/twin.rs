//! Tests of the commands that tell what the page shows.

use super::{image, layer, read};
use crate::protocol::{Check, Origin, TreeView};
use crate::ui::state::ImagePlace;
use crate::ui::state::image::{ImageAction, ImagePart, ImageState, TreeAction};

fn opened() -> ImageState {
    let mut view = image((0..3).map(|n| layer(n, read(Check::Ok))).collect());
    view.address = Some("https://registry.example.com/app:1".to_owned());
    ImageState::new(view, &ImagePlace::default())
}

#[test]
fn each_view_has_its_command() {
    let place = "registry.example.com/app:1";
    for (part, view, command) in [
        (ImagePart::Overview, TreeView::Layer(1), "inspect"),
        (ImagePart::Files, TreeView::Union, "ls"),
        (ImagePart::Files, TreeView::UpTo(1), "ls --upto 1"),
        (ImagePart::Files, TreeView::Layer(2), "ls --layer 2"),
        (ImagePart::Space, TreeView::Union, "check"),
        (ImagePart::Raw, TreeView::Union, "inspect --json"),
    ] {
        let mut state = opened();
        state.reduce(ImageAction::Tree(TreeAction::View(view)));
        state.reduce(ImageAction::ShowTab(part));
        let expected = format!("lamina {command} {place}");
        assert_eq!(state.twin("FILE"), Some(expected));
    }
    let mut state = opened();
    state.reduce(ImageAction::ShowTab(ImagePart::Commit));
    assert_eq!(state.twin("FILE"), None);
    // The container layer is the page's alone.
    state.reduce(ImageAction::Tree(TreeAction::View(TreeView::Layer(3))));
    assert_eq!(state.twin("FILE"), None);
}

#[test]
fn a_file_is_named_as_a_shell_reads_it() {
    let twin = |file: Option<&str>, name: &str, origin| {
        let mut view = image(vec![layer(0, read(Check::Ok))]);
        view.file_name = file.map(str::to_owned);
        view.names.push(name.to_owned());
        view.origin = origin;
        ImageState::new(view, &ImagePlace::default()).twin("FILE")
    };
    assert_eq!(
        twin(Some("my app.tar"), "app:1", Origin::DockerArchive).as_deref(),
        Some("lamina inspect --ref app:1 'my app.tar'")
    );
    assert_eq!(
        twin(None, "app:1", Origin::DockerArchive).as_deref(),
        Some("lamina inspect --ref app:1 FILE")
    );
    assert_eq!(twin(None, "app:1", Origin::Committed), None);
    for (name, command) in [
        ("-rf.tar", Some("lamina inspect --ref app:1 ./-rf.tar")),
        ("redis", Some("lamina inspect --ref app:1 ./redis")),
        ("a\u{15}touch x\n.tar", None),
        ("a\u{1b}[201~.tar", None),
        ("\u{202e}rat.tar", None),
    ] {
        let told = twin(Some(name), "app:1", Origin::DockerArchive);
        assert_eq!(told.as_deref(), command, "{name:?}");
    }
    assert_eq!(twin(Some("a.tar"), "a\u{15}x", Origin::DockerArchive), None);
}
