//! Tests images that were made here: marked, kept, asked about, and never lost silently.

use super::*;
use crate::protocol::{ArchiveView, Digest, PushedView, Throughput};

const KEY: ImageKey = ImageKey(5);

impl Page {
    /// Commits, and returns the number of the write that keeps the image.
    fn commits(&mut self) -> RequestId {
        self.act(Action::Committed(view(5, None)));
        self.writing().expect("it is written")
    }

    fn writing(&self) -> Option<RequestId> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::KeepImage { image, id, .. } if *image == KEY => Some(*id),
            _ => None,
        })
    }

    /// The write succeeded, into this file.
    fn is_kept(&mut self, id: RequestId, files: u32, handle: &str) -> &mut Page {
        self.act(Action::ImageKept {
            image: KEY,
            id,
            given: Given {
                files: FilesId(files),
                name: "image 5.unsaved".to_owned(),
                size_bytes: 100,
                served: None,
                folder: None,
                image_id: None,
                handle: Some(handle.to_owned()),
            },
        })
    }

    fn made_and_kept() -> Page {
        let mut page = Page::running();
        let id = page.commits();
        page.is_kept(id, 1, "unsaved/a");
        page
    }

    /// Returns the page after a reload: the recent list is kept, and the address bar names the image.
    fn reloaded(mut self) -> Page {
        let (recent, hash) = (std::mem::take(&mut self.state.recent), self.hash());
        let mut page = Page::running();
        page.state.recent = recent;
        page.act(Action::Hash(hash));
        page
    }

    /// The browser opens the kept file that was asked for, and the worker opens the archive in it.
    fn opens_kept(&mut self, files: u32) -> &mut Page {
        let asked = self.effects.iter().find_map(|effect| match effect {
            Effect::OpenHandle { handle, image_id } => Some((handle.clone(), image_id.clone())),
            _ => None,
        });
        let (handle, image_id) = asked.expect("the file is asked for");
        self.act(Action::Given(vec![Given {
            files: FilesId(files),
            name: "image 5.unsaved".to_owned(),
            size_bytes: 100,
            served: None,
            folder: None,
            image_id,
            handle: Some(handle),
        }]));
        let Answer::Archive(ArchiveView {
            archive,
            mut images,
            ..
        }) = archive(1).expect("it is one")
        else {
            unreachable!("it is an archive");
        };
        images
            .iter_mut()
            .for_each(|row| row.image_id = Digest::parse("test:5").ok());
        self.answer(Ok(Answer::Archive(ArchiveView {
            archive,
            name: "image 5.unsaved".to_owned(),
            images,
            others: Vec::new(),
            warnings: Vec::new(),
            only: Some(Box::new(view(5, None))),
        })))
    }

    /// Returns `kept`, `being kept`, `in its tab alone` or `saved` for the selected tab, and the number
    /// of unsaved entries.
    fn unsaved(&self) -> (&'static str, usize) {
        let tab = self.state.selected_tab().expect("one is shown");
        let state = match tab.unsaved() {
            None => "saved",
            Some(unsaved) if unsaved.is_kept() => "kept",
            Some(unsaved) if unsaved.is_being_written() => "being kept",
            Some(_) => "in its tab alone",
        };
        let lines = self.state.recent.iter().filter(|line| line.is_unsaved());
        (state, lines.count())
    }

    /// Returns the kept files that are removed.
    fn forgets(&self) -> Vec<&str> {
        let forgotten = self.effects.iter().filter_map(|effect| match effect {
            Effect::ForgetHandle(key) => Some(key.as_str()),
            _ => None,
        });
        forgotten.collect()
    }

    fn closes(&mut self) -> Option<LossQuestion> {
        let tab = self.state.selected;
        self.act(Action::CloseTab(tab));
        self.state.loss_question()
    }

    fn answers(&mut self, answer: LossAnswer) -> &mut Page {
        self.act(Action::AnswerLoss(answer))
    }

    fn saves(&mut self) -> &mut Page {
        let saved = SavedAs {
            name: "chosen.tar".to_owned(),
            size_bytes: 90,
            handle: Some("picked".to_owned()),
        };
        self.act(Action::ImageSaved(KEY, saved))
    }

    fn is_renamed(&mut self, name: &str) -> RequestId {
        let named = Event::Named {
            image: KEY,
            names: vec![name.to_owned()],
            title: name.to_owned(),
        };
        self.act(Action::Told(named.clone()));
        let effects = std::mem::take(&mut self.effects);
        self.act(Action::Told(named));
        assert_eq!(self.writing(), None, "the names are what they were");
        self.effects = effects;
        self.writing().expect("it is written anew")
    }
}

fn no_room() -> Problem {
    Problem::new(ProblemCode::StorageFull, "image 5", "the disk is full")
}

#[test]
fn a_committed_image_is_kept_and_a_reload_opens_it_without_a_question() {
    let mut page = Page::running();
    let id = page.commits();
    assert_eq!(page.unsaved(), ("being kept", 0));
    assert!(
        page.state.has_unkept(),
        "the browser asks before it is left"
    );
    page.is_kept(id, 1, "unsaved/a");
    assert_eq!(page.unsaved(), ("kept", 1));
    assert!(!page.state.has_unkept());
    let mut page = page.reloaded();
    page.opens_kept(1);
    assert_eq!(
        (page.tabs().as_str(), page.unsaved()),
        ("[image]", ("kept", 1))
    );
}

#[test]
fn a_death_of_the_worker_opens_it_again_from_what_is_kept() {
    let mut page = Page::made_and_kept();
    page.dies().comes_up();
    let (_, _, request) = page.asked().expect("it is asked for");
    assert!(matches!(request, Request::OpenFile(_)), "{request:?}");
}

#[test]
fn what_no_place_keeps_is_said_to_be_gone_and_no_file_is_asked_for() {
    let mut page = Page::running();
    let id = page.commits();
    let (image, problem) = (KEY, no_room());
    page.act(Action::ImageNotKept { image, id, problem });
    assert_eq!(page.unsaved(), ("in its tab alone", 0));
    assert_eq!(page.state.toasts.len(), 1, "the reason is told");
    assert!(page.state.has_unkept());
    assert!(!page.closes().expect("it is asked about").can_keep);
    page.answers(LossAnswer::Cancel);
    page.dies().comes_up();
    let Some(Body::Wanted {
        file, handle: None, ..
    }) = page.state.selected_tab().map(|tab| &tab.body)
    else {
        panic!("{}", page.tabs());
    };
    assert!(file.is_made_here());
}

#[test]
fn closing_its_tab_asks() {
    let mut page = Page::made_and_kept();
    let asked = page.closes();
    assert_eq!(page.tabs(), "home [image]");
    assert!(asked.expect("it is asked about").can_keep);
    page.answers(LossAnswer::Cancel);
    assert_eq!(
        (page.tabs().as_str(), page.unsaved()),
        ("home [image]", ("kept", 1))
    );
    page.closes();
    page.answers(LossAnswer::Keep);
    assert_eq!(
        (page.tabs().as_str(), page.unsaved()),
        ("[home]", ("saved", 1))
    );
    // The list reopens it, and the tab then has it.
    let handle = "unsaved/a".to_owned();
    let image_id = Digest::parse("test:5").ok();
    page.act(Action::Reopen {
        handle: handle.clone(),
        image_id: image_id.clone(),
    });
    page.opens_kept(2);
    assert_eq!(page.unsaved(), ("kept", 1));
    page.act(Action::NewTab)
        .act(Action::Reopen { handle, image_id });
    assert_eq!(page.tabs(), "[image] home", "it is shown, not opened twice");
    page.closes();
    page.answers(LossAnswer::Discard);
    assert_eq!(page.forgets(), ["unsaved/a"]);
    assert_eq!(
        (page.tabs().as_str(), page.unsaved()),
        ("[home]", ("saved", 0))
    );
}

#[test]
fn forgetting_its_line_asks() {
    let mut page = Page::made_and_kept();
    let line = page.state.recent.first().cloned().expect("it is listed");
    page.act(Action::ForgetRecent(line.clone()))
        .answers(LossAnswer::Cancel);
    assert_eq!(page.unsaved(), ("kept", 1));
    page.act(Action::ForgetRecent(line))
        .answers(LossAnswer::Discard);
    assert_eq!(page.forgets(), ["unsaved/a"]);
    assert_eq!(page.unsaved(), ("in its tab alone", 0));
}

#[test]
fn what_is_discarded_while_it_is_written_is_not_kept() {
    let mut page = Page::running();
    let id = page.commits();
    page.closes();
    page.answers(LossAnswer::Discard);
    page.is_kept(id, 1, "unsaved/a");
    assert_eq!(page.forgets(), ["unsaved/a"]);
    assert_eq!(page.unsaved(), ("saved", 0));
}

#[test]
fn a_saved_image_is_the_file_that_it_was_saved_as() {
    let mut page = Page::made_and_kept();
    page.saves();
    assert_eq!(page.forgets(), ["unsaved/a"]);
    assert_eq!(page.unsaved(), ("saved", 0));
    assert_eq!(page.hash(), "#file=chosen.tar&id=test:5");
    assert_eq!(page.closes(), None);
    let handle = page.state.recent.first().and_then(|line| line.handle());
    assert_eq!(handle, Some("picked"), "the list opens the file");
}

#[test]
fn a_pushed_image_is_the_one_in_the_registry() {
    let mut page = Page::made_and_kept();
    let pushed = PushedView {
        registry: "http://r.test:5000".to_owned(),
        repository: "demo/app".to_owned(),
        tags: vec!["2".to_owned()],
        digest: Digest::sha256_of(b"d"),
        n_sent: 1,
        n_spared: 0,
        sent: Throughput {
            bytes: 1,
            millis: 2_000,
        },
        compressed: None,
    };
    page.act(Action::ImagePushed(KEY, pushed));
    assert_eq!(page.forgets(), ["unsaved/a"]);
    assert_eq!(page.unsaved(), ("saved", 0));
    assert_eq!(page.hash(), "#/http://r.test:5000/demo/app:2");
    assert_eq!(page.closes(), None);
}

#[test]
fn other_tags_are_kept_and_what_is_read_from_stays_until_the_next_load() {
    let mut page = Page::made_and_kept();
    let (stale, newest) = (page.is_renamed("new:1"), page.is_renamed("new:2"));
    assert_eq!(page.unsaved(), ("being kept", 1));
    page.is_kept(newest, 3, "unsaved/c");
    assert_eq!(page.forgets(), ["unsaved/a"]);
    page.is_kept(stale, 2, "unsaved/b");
    assert_eq!(
        (page.forgets(), page.unsaved()),
        (vec!["unsaved/b"], ("kept", 1))
    );
    // Once it is reopened, its worker reads from the file.
    let mut page = page.reloaded();
    page.opens_kept(1);
    let id = page.is_renamed("new:3");
    page.is_kept(id, 2, "unsaved/d");
    assert_eq!(page.forgets(), Vec::<&str>::new());
    let later = Effect::ForgetHandleLater("unsaved/c".to_owned());
    assert!(page.effects.contains(&later), "{:?}", page.effects);
    assert_eq!(page.unsaved(), ("kept", 1));
}

#[test]
fn the_list_says_what_is_kept_and_never_forgets_it_for_others() {
    let mut page = Page::made_and_kept();
    let more = |key: &str, name: &str| (format!("unsaved/{key}"), name.to_owned(), 7);
    page.act(Action::KeptFound(vec![
        more("a", "image 5.unsaved"),
        more("z", "other.unsaved"),
    ]));
    assert_eq!(page.unsaved(), ("kept", 2));
    let image = page.state.selected;
    for n in 0..30 {
        page.act(given(10 + n, &format!("{n}.tar")))
            .answer(archive(2));
    }
    page.act(Action::Select(image));
    assert_eq!(page.unsaved(), ("kept", 2));
    let mut page = page.reloaded();
    page.act(Action::KeptFound(vec![more("z", "other.unsaved")]));
    assert_eq!(page.unsaved(), ("saved", 1));
    let wanted = page.state.selected_tab().map(|tab| &tab.body);
    assert!(matches!(wanted, Some(Body::Wanted { handle: None, .. })));
}
