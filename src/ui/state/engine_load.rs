//! Loading an image of the page into a container engine of this machine.

use super::engines::put;
use crate::protocol::{EngineKind, EngineNews, EngineTrouble, LoadedImage, LocalEngine, Problem};

/// The form, and the load that it started.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EngineLoad {
    /// The engines that answer and take images, as far as they were told.
    pub engines: Vec<LocalEngine>,
    /// True once all were told.
    pub is_whole: bool,
    /// The reason that they were not told.
    pub lost: Option<EngineTrouble>,
    /// The names to load the image under, as typed; the image's own if empty.
    pub names: String,
    /// The engine that was chosen last.
    pub into: EngineKind,
    /// The load's state.
    pub phase: LoadPhase,
}

/// The state of a load.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum LoadPhase {
    /// Nothing was loaded.
    #[default]
    Idle,
    /// The image is written as an archive.
    Making,
    /// The engine has taken this many bytes, of so many.
    Going(u64, u64),
    /// The engine has the image.
    Done(Vec<LoadedImage>),
    /// The archive could not be written.
    NotMade(Problem),
    /// The engine did not take it.
    Failed(EngineTrouble),
}

/// Something that happened in the form.
#[derive(Clone, Debug, PartialEq)]
pub enum LoadAction {
    /// An engine answered, or all did.
    Listed(EngineNews),
    /// Names were typed.
    Names(String),
    /// An engine of this kind was chosen.
    Start(EngineKind),
    /// The archive is written, with its length in bytes.
    Made(u64),
    /// The archive could not be written.
    NotMade(Problem),
    /// The load has come further.
    Heard(EngineNews),
    /// The load was cancelled.
    Cancel,
}

impl EngineLoad {
    /// True while an image is on its way.
    pub fn is_busy(&self) -> bool {
        matches!(self.phase, LoadPhase::Making | LoadPhase::Going(..))
    }

    /// Applies what happened.
    pub fn reduce(&mut self, action: LoadAction) {
        match action {
            LoadAction::Listed(news) => self.listed(news),
            LoadAction::Names(names) => self.names = names,
            LoadAction::Start(into) => {
                self.into = into;
                self.phase = LoadPhase::Making;
            }
            LoadAction::Cancel => self.phase = LoadPhase::Idle,
            // Steps that were on their way when it was cancelled.
            _ if !self.is_busy() => {}
            LoadAction::Made(size_bytes) => self.phase = LoadPhase::Going(0, size_bytes),
            LoadAction::NotMade(problem) => self.phase = LoadPhase::NotMade(problem),
            LoadAction::Heard(news) => self.heard(news),
        }
    }

    fn listed(&mut self, news: EngineNews) {
        match news {
            EngineNews::Engine(engine)
                if engine.listed.is_ok() && engine.kind != EngineKind::Containerd =>
            {
                put(&mut self.engines, engine);
            }
            EngineNews::Listed => self.is_whole = true,
            EngineNews::Failed(trouble) => self.lost = Some(trouble),
            _ => {}
        }
    }

    fn heard(&mut self, news: EngineNews) {
        self.phase = match (news, &self.phase) {
            (EngineNews::Passed(n_bytes), LoadPhase::Going(_, size_bytes)) => {
                LoadPhase::Going(n_bytes, *size_bytes)
            }
            (EngineNews::Loaded(images), _) => LoadPhase::Done(images),
            (EngineNews::Failed(trouble), _) => LoadPhase::Failed(trouble),
            _ => return,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{EngineCause, EngineContainers, EngineList, Message, ProblemCode};

    fn trouble() -> EngineTrouble {
        EngineTrouble {
            cause: EngineCause::Other,
            said: "no space".to_owned(),
        }
    }

    #[test]
    fn only_engines_that_answer_and_take_images_are_offered() {
        let engine = |address: &str, kind, listed| {
            let address = address.to_owned();
            EngineNews::Engine(LocalEngine {
                kind,
                address,
                containers: Ok(EngineContainers::default()),
                listed,
            })
        };
        let list = EngineList::default;
        let mut load = EngineLoad::default();
        for news in [
            engine("unix:///a", EngineKind::Docker, Err(trouble())),
            engine("unix:///b", EngineKind::Podman, Ok(list())),
            engine("containerd:///c#d", EngineKind::Containerd, Ok(list())),
            EngineNews::Listed,
        ] {
            assert!(!load.is_whole);
            load.reduce(LoadAction::Listed(news));
        }
        assert!(load.is_whole);
        assert_eq!(load.engines.len(), 1);
        assert_eq!(load.engines[0].address, "unix:///b");
    }

    #[test]
    fn a_load_goes_its_way() {
        let done = vec![LoadedImage {
            name: "a:1".to_owned(),
            id: None,
        }];
        let problem = Problem::new(ProblemCode::StorageFull, Message::none(), Message::none());
        let heard = LoadAction::Heard;
        for (steps, expected) in [
            (vec![], LoadPhase::Making),
            (vec![LoadAction::Made(9)], LoadPhase::Going(0, 9)),
            (
                vec![LoadAction::Made(9), heard(EngineNews::Passed(4))],
                LoadPhase::Going(4, 9),
            ),
            (
                vec![LoadAction::Made(9), heard(EngineNews::Loaded(done.clone()))],
                LoadPhase::Done(done.clone()),
            ),
            (
                vec![LoadAction::Made(9), heard(EngineNews::Failed(trouble()))],
                LoadPhase::Failed(trouble()),
            ),
            (
                vec![LoadAction::NotMade(problem.clone())],
                LoadPhase::NotMade(problem.clone()),
            ),
            // What was on its way when it was cancelled.
            (
                vec![LoadAction::Cancel, LoadAction::Made(9)],
                LoadPhase::Idle,
            ),
            (
                vec![
                    LoadAction::Made(9),
                    LoadAction::Cancel,
                    heard(EngineNews::Passed(4)),
                ],
                LoadPhase::Idle,
            ),
        ] {
            let mut load = EngineLoad::default();
            load.reduce(LoadAction::Start(EngineKind::Podman));
            for step in steps.clone() {
                load.reduce(step);
            }
            assert_eq!(load.phase, expected, "{steps:?}");
        }
    }
}
