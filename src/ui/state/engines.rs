//! The container engines of this machine on the start page: their images, and those that are being exported.

use crate::protocol::{
    EngineContainer, EngineImage, EngineItem, EngineNews, EngineOrder, EngineTrouble, LocalEngine,
};

/// Images or containers that are shown of a long list before all of it is wanted.
const FIRST_SHOWN: usize = 8;
/// Images that are exported at once. A browser opens few connections to one host, and the page needs others.
const MOST_AT_ONCE: usize = 2;

/// The engines as the start page has them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Engines {
    /// The engines: those that answer first, each as it was told last.
    pub known: Vec<LocalEngine>,
    /// The reason that they were not told.
    pub lost: Option<EngineTrouble>,
    /// True while they are asked.
    pub is_asking: bool,
    /// True once all were told.
    pub is_whole: bool,
    /// The images that are being exported, or were not.
    pub exports: Vec<EngineExport>,
    /// The text that the images' names contain.
    pub filter: String,
    /// True if all of a long list are wanted.
    pub shows_all: bool,
    /// The addresses of those that were told since they are asked.
    told: Vec<String>,
}

/// An image or a container of an engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemAt {
    /// The engine's address.
    pub engine: String,
    /// The name or ID, under which it is opened.
    pub item: EngineItem,
    /// The name that its tab gets.
    pub title: String,
}

impl ItemAt {
    /// Returns an engine's image.
    pub fn image(engine: &LocalEngine, image: &EngineImage) -> ItemAt {
        ItemAt {
            engine: engine.address.clone(),
            item: EngineItem::Image(image.name().to_owned()),
            title: image.name().to_owned(),
        }
    }

    /// Returns an engine's container. It is opened by its ID, for another one may have its name by now.
    pub fn container(engine: &LocalEngine, container: &EngineContainer, title: String) -> ItemAt {
        ItemAt {
            engine: engine.address.clone(),
            item: EngineItem::Container(container.id.clone()),
            title,
        }
    }

    /// Returns the order that exports it.
    pub fn order(&self) -> EngineOrder {
        EngineOrder::Open {
            engine: self.engine.clone(),
            item: self.item.clone(),
        }
    }
}

/// An image or a container that was wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct EngineExport {
    /// The image.
    pub at: ItemAt,
    /// Its way here.
    pub state: ExportState,
}

/// The way of an image from its engine.
#[derive(Clone, Debug, PartialEq)]
pub enum ExportState {
    /// It waits for others.
    Waits,
    /// It comes, with the bytes so far.
    Comes(u64),
    /// It did not come.
    Failed(EngineTrouble),
}

/// Something that happened around the engines.
#[derive(Clone, Debug, PartialEq)]
pub enum EnginesAction {
    /// The engines are asked.
    Ask,
    /// One of them answered, or all did.
    Listed(EngineNews),
    /// An image was chosen.
    Open(ItemAt),
    /// Its export has come further.
    Exported(ItemAt, EngineNews),
    /// Its export was cancelled.
    Cancel(ItemAt),
    /// A filter was typed.
    Filter(String),
    /// All of a long list are wanted.
    ShowAll,
}

impl Engines {
    /// Applies what happened.
    pub fn reduce(&mut self, action: EnginesAction) {
        match action {
            EnginesAction::Ask => {
                self.is_asking = true;
                self.told.clear();
            }
            EnginesAction::Listed(news) => self.listed(news),
            EnginesAction::Open(at) => {
                self.forget(&at);
                let state = ExportState::Waits;
                self.exports.push(EngineExport { at, state });
            }
            EnginesAction::Exported(at, news) => match news {
                EngineNews::Ready(..) => self.forget(&at),
                EngineNews::Passed(n_bytes) => self.set(&at, ExportState::Comes(n_bytes)),
                EngineNews::Failed(trouble) => self.set(&at, ExportState::Failed(trouble)),
                _ => {}
            },
            EnginesAction::Cancel(at) => self.forget(&at),
            EnginesAction::Filter(text) => self.filter = text,
            EnginesAction::ShowAll => self.shows_all = true,
        }
        self.begin_next();
    }

    fn listed(&mut self, news: EngineNews) {
        match news {
            EngineNews::Engine(engine) => {
                self.lost = None;
                self.told.push(engine.address.clone());
                put(&mut self.known, engine);
            }
            EngineNews::Listed => {
                let told = std::mem::take(&mut self.told);
                self.known.retain(|engine| told.contains(&engine.address));
                self.lost = None;
                self.is_asking = false;
                self.is_whole = true;
            }
            EngineNews::Failed(trouble) => {
                self.lost = Some(trouble);
                self.is_asking = false;
            }
            _ => {}
        }
    }

    fn forget(&mut self, at: &ItemAt) {
        self.exports.retain(|export| export.at != *at);
    }

    /// Sets the state of an export that was not cancelled.
    fn set(&mut self, at: &ItemAt, state: ExportState) {
        if let Some(export) = self.exports.iter_mut().find(|export| export.at == *at) {
            export.state = state;
        }
    }

    /// Lets exports that wait begin, as far as there is room.
    fn begin_next(&mut self) {
        let n_coming = self.coming().count();
        let waiting = self.exports.iter_mut();
        let waiting = waiting.filter(|export| export.state == ExportState::Waits);
        for export in waiting.take(MOST_AT_ONCE.saturating_sub(n_coming)) {
            export.state = ExportState::Comes(0);
        }
    }

    /// Returns the images that are being exported.
    pub fn coming(&self) -> impl Iterator<Item = &ItemAt> {
        let comes = |export: &&EngineExport| matches!(export.state, ExportState::Comes(_));
        self.exports.iter().filter(comes).map(|export| &export.at)
    }

    /// Returns the state of an image's export; `None` if it was not wanted.
    pub fn export(&self, at: &ItemAt) -> Option<&ExportState> {
        let export = self.exports.iter().find(|export| export.at == *at)?;
        Some(&export.state)
    }

    /// True if a filter is typed, or an engine has more images than are seen at a glance.
    pub fn has_filter(&self) -> bool {
        let mut images = self.known.iter().flat_map(|engine| &engine.listed);
        let mut containers = self.known.iter().flat_map(|engine| &engine.containers);
        !self.filter.is_empty()
            || images.any(|list| list.images.len() > FIRST_SHOWN)
            || containers.any(|list| list.containers.len() > FIRST_SHOWN)
    }

    /// Returns the images or containers of a list that are shown, and the number of those that are not though the filter
    /// takes them.
    pub fn shown<'a, T: Nameable>(&self, list: &'a [T]) -> (Vec<&'a T>, usize) {
        let filter = self.filter.trim().to_lowercase();
        let is_wanted = |one: &&T| {
            let mut names = one.names();
            filter.is_empty() || names.any(|name| name.to_lowercase().contains(&filter))
        };
        let mut wanted: Vec<&T> = list.iter().filter(is_wanted).collect();
        let n_wanted = wanted.len();
        if !self.shows_all && filter.is_empty() {
            wanted.truncate(FIRST_SHOWN);
        }
        let n_left = n_wanted - wanted.len();
        (wanted, n_left)
    }
}

/// Something of an engine that is filtered by its names.
pub trait Nameable {
    /// Returns the names, and the ID.
    fn names(&self) -> impl Iterator<Item = &String>;
}

impl Nameable for EngineImage {
    fn names(&self) -> impl Iterator<Item = &String> {
        self.names.iter().chain([&self.id])
    }
}

impl Nameable for EngineContainer {
    fn names(&self) -> impl Iterator<Item = &String> {
        [&self.name, &self.image, &self.id].into_iter()
    }
}

/// Puts an engine in the place that it had, or else behind the others of its kind: those that answer stand first.
pub(super) fn put(known: &mut Vec<LocalEngine>, engine: LocalEngine) {
    let is_same = |one: &&mut LocalEngine| one.address == engine.address;
    match known.iter_mut().find(is_same) {
        Some(one) => *one = engine,
        None => known.push(engine),
    }
    known.sort_by_key(|engine| engine.listed.is_err());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{EngineCause, EngineContainers, EngineKind, EngineList};

    fn image(name: &str) -> EngineImage {
        EngineImage {
            id: format!("sha256:{name}"),
            names: vec![name.to_owned()],
            n_names_left_out: 0,
            size_bytes: Some(1),
            created_seconds: 0,
        }
    }

    fn engine(address: &str, images: Option<Vec<EngineImage>>) -> EngineNews {
        let list = |images| EngineList {
            images,
            n_left_out: 0,
        };
        EngineNews::Engine(LocalEngine {
            kind: EngineKind::Docker,
            address: address.to_owned(),
            listed: images.map(list).ok_or_else(trouble),
            containers: Ok(EngineContainers::default()),
        })
    }

    fn trouble() -> EngineTrouble {
        EngineTrouble {
            cause: EngineCause::NotRunning,
            said: String::new(),
        }
    }

    fn at(image: &str) -> ItemAt {
        ItemAt {
            engine: "unix:///a".to_owned(),
            item: EngineItem::Image(image.to_owned()),
            title: image.to_owned(),
        }
    }

    fn addresses(engines: &Engines) -> String {
        let known = engines.known.iter();
        let known: Vec<&str> = known.map(|engine| &*engine.address).collect();
        known.join(" ")
    }

    #[test]
    fn engines_are_shown_as_they_answer_and_those_that_do_stand_first() {
        let mut engines = Engines::default();
        engines.reduce(EnginesAction::Ask);
        assert!(engines.is_asking && !engines.is_whole);
        engines.reduce(EnginesAction::Listed(engine("a", None)));
        assert_eq!(addresses(&engines), "a");
        engines.reduce(EnginesAction::Listed(engine("b", Some(Vec::new()))));
        engines.reduce(EnginesAction::Listed(engine("c", Some(Vec::new()))));
        assert_eq!(addresses(&engines), "b c a");
        engines.reduce(EnginesAction::Listed(EngineNews::Listed));
        assert!(!engines.is_asking && engines.is_whole);

        // Asked again: each stays until all are told, and one that has gone goes then.
        engines.reduce(EnginesAction::Ask);
        engines.reduce(EnginesAction::Listed(engine("c", Some(Vec::new()))));
        assert_eq!(addresses(&engines), "b c a");
        engines.reduce(EnginesAction::Listed(engine("a", Some(Vec::new()))));
        engines.reduce(EnginesAction::Listed(EngineNews::Listed));
        assert_eq!(addresses(&engines), "c a");

        engines.reduce(EnginesAction::Ask);
        engines.reduce(EnginesAction::Listed(EngineNews::Failed(trouble())));
        assert_eq!(addresses(&engines), "c a", "what was known stays");
        assert_eq!(engines.lost, Some(trouble()));
    }

    #[test]
    fn a_long_list_is_shown_by_its_first_or_by_what_is_typed() {
        let images: Vec<EngineImage> = (0..20).map(|n| image(&format!("app{n}:1"))).collect();
        let mut engines = Engines::default();
        let names = |engines: &Engines| engines.shown(&images).0.len();
        assert_eq!((names(&engines), engines.shown(&images).1), (8, 12));
        engines.reduce(EnginesAction::Filter(" APP1 ".to_owned()));
        assert_eq!(names(&engines), 11);
        engines.reduce(EnginesAction::Filter("app3:1".to_owned()));
        assert_eq!(names(&engines), 1);
        engines.reduce(EnginesAction::Filter(String::new()));
        engines.reduce(EnginesAction::ShowAll);
        assert_eq!(names(&engines), 20);
    }

    #[test]
    fn containers_are_found_by_their_own_name_and_that_of_their_image() {
        let container = |name: &str, image: &str| EngineContainer {
            id: format!("id-of-{name}"),
            name: name.to_owned(),
            image: image.to_owned(),
            is_running: true,
            created_seconds: 0,
        };
        let all = [container("web", "shop:1"), container("db", "postgres:16")];
        for (filter, expected) in [
            ("", 2),
            ("WEB", 1),
            ("postgres", 1),
            ("id-of-db", 1),
            ("x", 0),
        ] {
            let mut engines = Engines::default();
            engines.reduce(EnginesAction::Filter(filter.to_owned()));
            assert_eq!(engines.shown(&all).0.len(), expected, "{filter}");
        }
    }

    #[test]
    fn a_filter_that_is_typed_can_always_be_cleared() {
        let images = |n: usize| Some((0..n).map(|n| image(&format!("app{n}:1"))).collect());
        let mut engines = Engines::default();
        engines.reduce(EnginesAction::Listed(engine("a", images(9))));
        assert!(engines.has_filter());
        engines.reduce(EnginesAction::Filter("app3".to_owned()));
        engines.reduce(EnginesAction::Listed(engine("a", images(2))));
        assert!(engines.has_filter(), "it hides both");
        engines.reduce(EnginesAction::Filter(String::new()));
        assert!(!engines.has_filter());
    }

    #[test]
    fn an_export_comes_fails_or_is_cancelled() {
        let mut engines = Engines::default();
        engines.reduce(EnginesAction::Open(at("a")));
        engines.reduce(EnginesAction::Open(at("b")));
        engines.reduce(EnginesAction::Exported(at("a"), EngineNews::Passed(7)));
        assert_eq!(engines.export(&at("a")), Some(&ExportState::Comes(7)));
        engines.reduce(EnginesAction::Exported(
            at("a"),
            EngineNews::Failed(trouble()),
        ));
        assert_eq!(
            engines.export(&at("a")),
            Some(&ExportState::Failed(trouble()))
        );
        // Another try.
        engines.reduce(EnginesAction::Open(at("a")));
        assert_eq!(engines.export(&at("a")), Some(&ExportState::Comes(0)));
        engines.reduce(EnginesAction::Cancel(at("a")));
        // A step that was on its way.
        engines.reduce(EnginesAction::Exported(at("a"), EngineNews::Passed(9)));
        assert_eq!(engines.export(&at("a")), None);
        engines.reduce(EnginesAction::Exported(at("b"), EngineNews::Ready(0, 1)));
        assert_eq!(engines.exports, []);
    }

    #[test]
    fn two_exports_come_at_once_and_the_others_wait_their_turn() {
        let mut engines = Engines::default();
        let coming = |engines: &Engines| {
            let coming = engines.coming().map(|at| at.item.name().to_owned());
            coming.collect::<Vec<_>>().join(" ")
        };
        for name in ["a", "b", "c", "d", "e"] {
            engines.reduce(EnginesAction::Open(at(name)));
        }
        assert_eq!(coming(&engines), "a b");
        engines.reduce(EnginesAction::Cancel(at("c")));
        assert_eq!(coming(&engines), "a b", "one that waited is cancelled");
        engines.reduce(EnginesAction::Exported(at("b"), EngineNews::Ready(0, 1)));
        assert_eq!(coming(&engines), "a d");
        let failed = EngineNews::Failed(trouble());
        engines.reduce(EnginesAction::Exported(at("a"), failed));
        assert_eq!(coming(&engines), "d e");
    }
}
