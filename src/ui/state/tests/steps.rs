//! Tests Back and Forward: which moves are steps of the browser's history, and where a step back leads.

use super::*;
use crate::protocol::{PlatformChoice, PlatformRow};
use crate::ui::state::image::ImagePart as Part;

/// The browser's history as the page's effects make it, with a cursor.
struct Walk {
    page: Page,
    entries: Vec<String>,
    at: usize,
}

impl Walk {
    /// Starts in an open image of a registry.
    fn in_image() -> Walk {
        let mut walk = Walk {
            page: Page::new(),
            entries: vec!["#/".to_owned()],
            at: 0,
        };
        walk.does(Action::Typed("r.test:5000/demo/app:1.0".to_owned()));
        walk.answers(remote_image(1));
        walk
    }

    fn does(&mut self, action: Action) {
        self.page.act(action);
        self.takes();
    }

    fn answers(&mut self, answer: Result<Answer, Problem>) {
        self.page.answer(answer);
        self.takes();
    }

    fn takes(&mut self) {
        for effect in &self.page.effects {
            let Effect::WriteHash { hash, is_new } = effect else {
                continue;
            };
            if *is_new {
                self.entries.truncate(self.at + 1);
                self.entries.push(hash.clone());
                self.at += 1;
            } else {
                self.entries[self.at].clone_from(hash);
            }
        }
    }

    fn goes(&mut self, place: &str, pace: MoveKind) {
        let route = Route::parse(&format!("#/x/y:1?{place}"));
        let place = route.place().cloned().unwrap_or_default();
        self.page.moves(place, pace);
        self.takes();
    }

    fn back(&mut self) -> String {
        self.at -= 1;
        self.does(Action::Hash(self.entries[self.at].clone()));
        self.here()
    }

    fn forward(&mut self) -> String {
        self.at += 1;
        self.does(Action::Hash(self.entries[self.at].clone()));
        self.here()
    }

    /// Returns the current place in the image, or the whole hash elsewhere.
    fn here(&self) -> String {
        let hash = self.page.hash();
        assert_eq!(
            hash, self.entries[self.at],
            "the address bar says where one is"
        );
        match hash.strip_prefix("#/http://r.test:5000/demo/app:1.0") {
            Some(rest) => rest.trim_start_matches('?').to_owned(),
            None => hash,
        }
    }
}

#[test]
fn part_layer_path_and_link_target_are_steps_and_back_returns_to_each() {
    let mut walk = Walk::in_image();
    let way = [
        "part=space",
        "view=upto:0&path=/usr/bin/ping",
        "view=layer:2&path=/usr/bin/ping",
        "view=layer:2&path=/usr/bin/iputils",
        "view=layer:2",
    ];
    for place in way {
        walk.goes(place, MoveKind::Step);
        assert_eq!(walk.here(), place);
    }
    for place in way.iter().rev().skip(1) {
        assert_eq!(walk.back(), *place);
    }
    assert_eq!(walk.back(), "", "the image as it opened");
    for place in way {
        assert_eq!(walk.forward(), place);
    }
    let shown = walk.page.state.selected_tab().map(|tab| tab.body.clone());
    let Some(Body::Image(image)) = shown else {
        panic!("the image is still open");
    };
    assert_eq!(image.state.place().part, Part::Files);
    assert_eq!(walk.page.tabs(), "[image]");
}

#[test]
fn a_walk_by_keys_is_one_step_whatever_its_length() {
    let mut walk = Walk::in_image();
    walk.goes("path=/a", MoveKind::Step);
    for path in ["path=/b", "path=/c", "path=/d"] {
        walk.goes(path, MoveKind::Walk);
        // A late answer belongs to the same step.
        walk.goes(&format!("{path}1"), MoveKind::Follow);
    }
    assert_eq!(walk.back(), "path=/a");
    assert_eq!(walk.forward(), "path=/d1");
    // A walk after another action or after Back is a new one.
    walk.goes("path=/e", MoveKind::Walk);
    walk.goes("path=/f", MoveKind::Walk);
    assert_eq!(walk.back(), "path=/d1");
}

#[test]
fn another_tab_and_another_platform_are_steps() {
    let mut walk = Walk::in_image();
    let rows = ["linux/amd64", "linux/arm64"].map(|platform| PlatformRow {
        digest: None,
        choice: PlatformChoice::parse(platform).expect("is a platform"),
        selected: platform == "linux/amd64",
        image: None,
    });
    if let Some(Body::Image(tab)) = walk.page.state.tabs.first_mut().map(|tab| &mut tab.body) {
        tab.state.make_mut().image.make_mut().platforms = rows.to_vec();
    }
    let tab = walk.page.state.selected;
    walk.goes("path=/a", MoveKind::Step);
    walk.does(Action::Platform {
        tab,
        platform: arm64(),
        image: None,
    });
    walk.answers(remote_image(2));
    assert_eq!(walk.here(), "platform=linux/arm64&path=/a");
    walk.at -= 1;
    let before = walk.entries[walk.at].clone();
    assert!(before.ends_with("platform=linux/amd64&path=/a"), "{before}");
    walk.does(Action::Hash(before));
    walk.answers(remote_image(3));
    assert_eq!(walk.here(), "platform=linux/amd64&path=/a");
    walk.does(Action::NewTab);
    walk.does(Action::Select(tab));
    assert_eq!(walk.back(), "#/");
    assert_eq!(walk.back(), "platform=linux/amd64&path=/a");
    assert_eq!(walk.page.state.selected, tab);
}

#[test]
fn back_stays_in_the_tab_when_another_shows_the_same_image() {
    let mut page = Page::new();
    page.act(given(1, "a.tar")).answer(archive(1));
    page.answer(Ok(Answer::Image(view(1, None))));
    page.act(given(2, "a.tar")).answer(archive(1));
    page.answer(Ok(Answer::Image(view(1, None))));
    assert_eq!(page.tabs(), "image [image]");
    page.act(Action::Hash("#file=a.tar&id=test:1&part=space".to_owned()));
    assert_eq!(page.tabs(), "image [image]");
}

#[test]
fn an_address_that_is_made_exact_is_no_further_step() {
    let mut page = Page::new();
    let written = |page: &Page| {
        page.effects.iter().find_map(|effect| match effect {
            Effect::WriteHash { hash, is_new } => Some((hash.clone(), *is_new)),
            _ => None,
        })
    };
    page.act(Action::Typed("r.test:5000/demo/app:1.0".to_owned()));
    let typed = ("#/r.test:5000/demo/app:1.0".to_owned(), true);
    assert_eq!(written(&page), Some(typed));
    page.answer(remote_image(1));
    let exact = ("#/http://r.test:5000/demo/app:1.0".to_owned(), false);
    assert_eq!(written(&page), Some(exact));
}

/// The address bar may be two steps further by then, and the next step of Forward would be lost.
#[test]
fn a_place_that_the_address_bar_asks_for_is_not_written_back() {
    let mut walk = Walk::in_image();
    let image = ImageKey(1);
    let written = |walk: &Walk| {
        walk.page.effects.iter().find_map(|effect| match effect {
            Effect::WriteHash { is_new, .. } => Some(*is_new),
            _ => None,
        })
    };
    let go = |part| {
        let place = ImagePlace {
            part,
            ..ImagePlace::default()
        };
        Action::Image {
            image,
            action: ImageAction::Go(place),
        }
    };
    let hash = "#/http://r.test:5000/demo/app:1.0?part=space".to_owned();
    walk.page.act(Action::Hash(hash));
    assert_eq!(written(&walk), None);
    assert_eq!(
        walk.page.state.image(image).expect("it is open").tab,
        Part::Space
    );
    walk.page.act(go(Part::Space));
    assert_eq!(written(&walk), None, "nothing has changed");
    // A link on the page leads somewhere, and is written.
    walk.page.act(go(Part::Files));
    assert_eq!(written(&walk), Some(true));
    walk.page.act(go(Part::Space));
    assert_eq!(written(&walk), Some(true));
}
