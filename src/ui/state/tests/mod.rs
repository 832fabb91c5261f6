//! Runs whole stories of the page as sequences of actions.

mod archives;
mod deaths;
mod guide;
mod images;
mod pair;
mod reload;
mod signed;
mod steps;
mod unsaved;

use super::image::ImageAction;
use super::*;
use crate::protocol::Origin;
use crate::protocol::{
    Answer, ArchiveView, CatalogAnswer, Digest, Event, FoundRow, ImageKey, ImageView, OpenProgress,
    OpenedAddress, PlatformChoice, ProblemCode, RegistryView, RepositoryView, Request, RequestId,
    TagsAnswer, TreeView, ask,
};

/// A page whose worker answers when the test says so.
struct Page {
    state: State,
    effects: Vec<Effect>,
}

impl Page {
    fn new() -> Page {
        // The user has opened things from this registry before.
        let mut state = State::new(Vec::new(), "https://page.example/");
        state.known_hosts.insert("r.test:5000".to_owned());
        Page {
            state,
            effects: Vec::new(),
        }
    }

    /// Applies an action.
    fn act(&mut self, action: Action) -> &mut Page {
        self.effects = self.state.reduce(action);
        self
    }

    /// Returns what a tab has asked.
    fn asked(&self) -> Option<(TabId, RequestId, Request)> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::Ask {
                asker: AskedBy::Tab(tab),
                id,
                request,
                ..
            } => Some((*tab, *id, request.clone())),
            _ => None,
        })
    }

    /// Answers the last request of a tab.
    fn answer(&mut self, answer: Result<Answer, Problem>) -> &mut Page {
        let (tab, id, request) = self.asked().expect("something was asked");
        self.answers_tab(tab, id, request, answer)
    }

    fn answers_tab(
        &mut self,
        tab: TabId,
        id: RequestId,
        request: Request,
        answer: Result<Answer, Problem>,
    ) -> &mut Page {
        self.act(Action::Answered {
            asker: AskedBy::Tab(tab),
            id,
            exchange: Box::new(request.with(answer)),
            bytes: Vec::new(),
        })
    }

    /// The image in the selected tab comes to another place in this way.
    fn moves(&mut self, place: ImagePlace, pace: MoveKind) -> &mut Page {
        let tab = self.state.selected;
        let Some(Body::Image(open)) = self.state.tab_mut(tab).map(|tab| &mut tab.body) else {
            panic!("an image is shown");
        };
        open.state.make_mut().reduce(ImageAction::Go(place));
        self.effects.clear();
        self.state.moved(tab, pace, &mut self.effects);
        self
    }

    fn hash(&self) -> String {
        self.state
            .selected_tab()
            .expect("one is shown")
            .route()
            .to_hash()
    }

    fn tell(&self) -> Vec<Request> {
        let told = self.effects.iter().filter_map(|effect| match effect {
            Effect::Tell(request) => Some(request.clone()),
            _ => None,
        });
        told.collect()
    }

    /// Returns one word for each tab, the selected one in brackets.
    fn tabs(&self) -> String {
        let words: Vec<String> = self
            .state
            .tabs
            .iter()
            .map(|tab| {
                let word = match &tab.body {
                    Body::Guide(_) => "guide",
                    Body::Home => "home",
                    Body::Opening(_) => "opening",
                    Body::Registry(_) => "registry",
                    Body::Repository(_) => "repository",
                    Body::Archive(_) => "archive",
                    Body::Image(_) => "image",
                    Body::Wanted { .. } => "wanted",
                    Body::Linked { .. } => "linked",
                    Body::Later { .. } => "later",
                    Body::Failed { .. } => "failed",
                };
                if tab.id == self.state.selected {
                    format!("[{word}]")
                } else {
                    word.to_owned()
                }
            })
            .collect();
        words.join(" ")
    }
}

fn registry() -> Result<Answer, Problem> {
    Ok(Answer::Address(OpenedAddress::Registry(RegistryView {
        url: "http://r.test:5000".to_owned(),
        host: "r.test:5000".to_owned(),
        catalog: CatalogAnswer {
            offered: true,
            wants_sign_in: false,
            repositories: vec!["demo/app".to_owned()],
            cursor: Some("demo/app".to_owned()),
            is_cut_off: false,
        },
        other_reading: None,
    })))
}

fn repository() -> Result<Answer, Problem> {
    Ok(Answer::Address(OpenedAddress::Repository(RepositoryView {
        url: "http://r.test:5000".to_owned(),
        host: "r.test:5000".to_owned(),
        repository: "demo/app".to_owned(),
        tags: TagsAnswer {
            offered: true,
            tags: vec!["1.0".to_owned()],
            cursor: None,
            is_cut_off: false,
        },
        other_reading: None,
    })))
}

fn view(key: u32, address: Option<&str>) -> ImageView {
    ImageView {
        key: ImageKey(key),
        title: format!("image {key}"),
        address: address.map(str::to_owned),
        file_name: None,
        archive: None,
        names: Vec::new(),
        origin: Origin::DockerArchive,
        image_id: Digest::parse(&format!("test:{key}")).ok(),
        manifest_digest: None,
        index_digest: None,
        platform: None,
        platforms: Vec::new(),
        created: None,
        author: String::new(),
        comment: String::new(),
        stored_bytes: None,
        decoded_bytes: 0,
        n_entries: 0,
        n_layers_ready: 0,
        layers: Vec::new(),
        history: Vec::new(),
        config: None,
        config_problem: None,
        annotations: Vec::new(),
        artifact_type: None,
        artifact: None,
        warnings: Vec::new(),
    }
}

fn remote_image(key: u32) -> Result<Answer, Problem> {
    let view = view(key, Some("http://r.test:5000/demo/app:1.0"));
    Ok(Answer::Address(OpenedAddress::Image(view)))
}

fn archive(n_images: u32) -> Result<Answer, Problem> {
    let row = |number: u32| FoundRow {
        names: Vec::new(),
        image_id: Digest::parse(&format!("test:{number}")).ok(),
        platform: None,
        created: None,
        stored_bytes: None,
        n_layers: 1,
        artifact_type: None,
    };
    Ok(Answer::Archive(ArchiveView {
        archive: 7,
        name: "a.tar".to_owned(),
        images: (0..n_images).map(row).collect(),
        others: Vec::new(),
        warnings: Vec::new(),
        only: None,
    }))
}

fn given(files: u32, name: &str) -> Action {
    Action::Given(vec![Given {
        files: FilesId(files),
        name: name.to_owned(),
        size_bytes: 10,
        served: None,
        folder: None,
        image_id: None,
        handle: None,
    }])
}

fn arm64() -> PlatformChoice {
    PlatformChoice::parse("linux/arm64").expect("is a platform")
}

fn refused() -> Problem {
    Problem::new(ProblemCode::CorsRefused, "r.test", "refused")
}

#[test]
fn from_a_registry_down_to_an_image_and_back() {
    let mut page = Page::new();
    page.act(Action::Typed(" r.test:5000 ".to_owned()))
        .answer(registry());
    assert_eq!(page.hash(), "#/http://r.test:5000");
    page.act(Action::Hash("#/http://r.test:5000/demo/app".to_owned()))
        .answer(repository());
    assert_eq!(page.tabs(), "[repository]");
    page.act(Action::Hash("#/http://r.test:5000/demo/app:1.0".to_owned()));
    assert_eq!(page.tabs(), "repository [opening]");
    page.answer(remote_image(1));
    assert_eq!(page.tabs(), "repository [image]");
    let above = page.state.selected_tab().and_then(|tab| tab.body.parent());
    let repository_above = ("demo/app", "http://r.test:5000/demo/app");
    assert_eq!(
        above.as_ref().map(|(n, a)| (n.as_str(), a.as_str())),
        Some(repository_above)
    );
    page.act(Action::Hash("#/http://r.test:5000/demo/app".to_owned()));
    assert_eq!(page.tabs(), "[repository] image");
    page.act(Action::Hash("#/http://r.test:5000".to_owned()));
    assert_eq!(page.tabs(), "[registry] image");
    assert_eq!(page.asked(), None, "the registry's page was still at hand");
    assert_eq!(page.state.recent.len(), 3);
}

#[test]
fn a_list_gives_way_to_its_own_registry_only() {
    let mut page = Page::new();
    page.act(Action::Typed("r.test:5000".to_owned()))
        .answer(registry());
    page.act(Action::Typed("r.test:5000/demo/app".to_owned()));
    assert_eq!(page.tabs(), "[opening]");
    page.answer(repository());
    page.act(Action::Typed("other.test/app".to_owned()));
    assert_eq!(page.tabs(), "repository [opening]");
}

#[test]
fn a_link_to_a_registry_that_was_never_asked_asks_the_person_first() {
    let mut page = Page::new();
    page.act(Action::Hash(
        "#/http://other.test/app:1?view=layer:0".to_owned(),
    ));
    assert!(page.asked().is_none());
    assert_eq!(page.hash(), "#/http://other.test/app:1?view=layer:0");
    let tab = page.state.selected;
    page.act(Action::OpenLinked(tab));
    let (_, _, Request::OpenAddress(ask::OpenAddress { text, by_link, .. })) =
        page.asked().expect("now it is")
    else {
        panic!("an address is opened");
    };
    // The user has agreed.
    assert_eq!((text.as_str(), by_link), ("http://other.test/app:1", false));
    page.answer(remote_image(1));
    // From then on a link may contact that registry. The page's own origin is always allowed.
    for known in [
        "#/http://other.test/app:2",
        "#/https://page.example/demo/app:1",
    ] {
        page.act(Action::Hash(known.to_owned()));
        assert!(page.asked().is_some(), "{known}");
    }
}

#[test]
fn a_deep_link_opens_its_place() {
    let mut page = Page::new();
    let hash = "#/http://r.test:5000/demo/app:1.0?platform=linux/arm64&view=layer:2&path=/etc";
    page.act(Action::Hash(hash.to_owned()));
    let (_, _, request) = page.asked().expect("it is asked for");
    let expected = Request::OpenAddress(ask::OpenAddress {
        text: "http://r.test:5000/demo/app:1.0".to_owned(),
        platform: arm64(),
        by_link: true,
    });
    assert_eq!(request, expected);
    page.answer(remote_image(1));
    assert_eq!(page.hash(), hash);
    let elsewhere = "#/http://r.test:5000/demo/app:1.0?platform=linux/arm64&path=/usr";
    page.act(Action::Hash(elsewhere.to_owned()));
    assert_eq!(page.hash(), elsewhere);
    assert_eq!((page.asked(), page.tabs().as_str()), (None, "[image]"));
}

#[test]
fn a_second_drop_replaces_one_that_is_still_loading() {
    let mut page = Page::new();
    page.act(given(1, "a.tar"));
    let (tab, id, request) = page.asked().expect("it is asked for");
    page.act(given(2, "b.tar"));
    assert_eq!(page.tabs(), "[opening]");
    assert!(page.effects.contains(&Effect::Cancel(id)));
    assert!(page.effects.contains(&Effect::DropFiles(FilesId(1))));
    let (new_tab, new_id, new_request) = page.asked().expect("it is asked for");
    page.answers_tab(tab, id, request, archive(1));
    assert_eq!(
        page.tell(),
        [Request::CloseArchive(ask::CloseArchive { archive: 7 })]
    );
    page.answers_tab(new_tab, new_id, new_request, archive(1));
    assert_eq!(page.tabs(), "[opening]");
    page.answer(Ok(Answer::Image(view(3, None))));
    assert_eq!(page.tabs(), "[image]");
    assert_eq!(page.hash(), "#file=b.tar&id=test:3");
    page.act(given(4, "c.tar"));
    assert_eq!(page.tabs(), "image [opening]");
}

#[test]
fn a_file_of_before_is_asked_for_and_known_again() {
    let mut page = Page::new();
    let hash = "#file=a.tar&id=test:1&path=/etc";
    page.act(Action::Hash(hash.to_owned()));
    assert_eq!(page.tabs(), "[wanted]");
    assert_eq!(page.hash(), hash);
    page.act(given(1, "renamed.tar")).answer(archive(2));
    let (_, _, request) = page.asked().expect("the image that was wanted");
    assert_eq!(
        request,
        Request::OpenFound(ask::OpenFound {
            archive: 7,
            image: 1
        })
    );
    page.answer(Ok(Answer::Image(view(1, None))));
    assert_eq!(page.hash(), "#file=renamed.tar&id=test:1&path=/etc");
    page.act(Action::Hash("#file=b.tar&id=test:9".to_owned()))
        .act(given(2, "b.tar"))
        .answer(archive(1));
    assert_eq!(page.tabs(), "image [archive]", "it holds another image");
}

#[test]
fn a_handle_is_kept_whenever_it_comes() {
    let mut page = Page::new();
    page.act(given(1, "a.tar"));
    assert!(page.effects.contains(&Effect::KeepHandle(FilesId(1))));
    page.answer(archive(1))
        .answer(Ok(Answer::Image(view(1, None))));
    page.act(Action::HandleKept {
        files: FilesId(1),
        handle: "h".to_owned(),
    });
    assert_eq!(page.state.recent.len(), 1);
    assert_eq!(page.state.recent[0].handle(), Some("h"));
    page.act(Action::ForgetRecent(page.state.recent[0].clone()));
    assert!(page.effects.contains(&Effect::ForgetHandle("h".to_owned())));
}

#[test]
fn another_platform_leaves_what_is_open_until_it_is_there() {
    let mut page = Page::new();
    page.act(Action::Typed("r.test:5000/demo/app:1.0".to_owned()))
        .answer(remote_image(1));
    let platform = || Action::Platform {
        tab: TabId(0),
        platform: arm64(),
        image: None,
    };
    page.act(platform()).answer(Err(refused()));
    assert_eq!(page.tabs(), "[image]");
    assert_eq!(page.state.toasts.len(), 1);
    page.act(platform()).answer(remote_image(2));
    let image = ImageKey(1);
    assert_eq!(page.tell(), [Request::Close(ask::Close { image })]);
    assert_eq!(
        page.hash(),
        "#/http://r.test:5000/demo/app:1.0?platform=linux/arm64"
    );
}

#[test]
fn failures_are_shown_and_tried_again() {
    let mut page = Page::new();
    page.act(Action::Typed("r.test:5000".to_owned()))
        .answer(Err(refused()));
    assert_eq!(page.tabs(), "[failed]");
    assert_eq!(page.hash(), "#/r.test:5000");
    page.act(Action::Retry(page.state.selected))
        .answer(registry());
    assert_eq!(page.tabs(), "[registry]");
}

#[test]
fn cancelling_goes_back() {
    let mut page = Page::new();
    page.act(Action::Typed("r.test:5000".to_owned()));
    let request = page.state.selected_tab().and_then(|tab| tab.opening());
    let request = request.map(|opening| opening.request).expect("asked");
    let progress = OpenProgress::Documents;
    page.act(Action::Told(Event::Opening {
        request,
        progress: progress.clone(),
    }));
    let opening = page.state.selected_tab().and_then(|tab| tab.opening());
    assert_eq!(opening.and_then(|o| o.progress.clone()), Some(progress));
    page.act(Action::CancelOpening(page.state.selected));
    assert_eq!(page.tabs(), "[home]");
    assert!(page.effects.contains(&Effect::Cancel(request)));
    page.act(Action::Typed("r.test:5000".to_owned()))
        .answer(registry())
        .act(Action::go_to("http://r.test:5000/demo/app"));
    page.act(Action::CancelOpening(page.state.selected));
    assert_eq!(page.tabs(), "[registry]");
}

#[test]
fn lists_grow_page_by_page() {
    let mut page = Page::new();
    page.act(Action::Typed("r.test:5000".to_owned()))
        .answer(registry());
    let tab = page.state.selected;
    page.act(Action::More(tab)).answer(Err(refused()));
    page.act(Action::More(tab))
        .answer(Ok(Answer::Catalog(CatalogAnswer {
            offered: true,
            wants_sign_in: false,
            repositories: vec!["demo/app".to_owned(), "demo/base".to_owned()],
            cursor: None,
            is_cut_off: false,
        })));
    let Some(Body::Registry(registry)) = page.state.tab(tab).map(|tab| &tab.body) else {
        panic!("the registry is shown");
    };
    assert_eq!(*registry.repositories.names, ["demo/app", "demo/base"]);
    assert_eq!(registry.repositories.more, More::End);
}
