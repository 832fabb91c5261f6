//! The container layer of an open image: answers requests about it, and returns its state afterwards.
//!
//! `build::container` applies the edits, and `workspace::store` keeps them.

mod commit;
mod config_form;
mod edits;
mod names;
mod text_diff;
mod view;

use crate::message::Message;
use std::cell::RefCell;
use std::rc::Rc;

use crate::build::container::{Journal, Refused};
use crate::image::{Digest, Timestamp};
use crate::io;
use crate::protocol::{
    Answer, ConfigField, ContainerRequest, ContainerView, ImageKey, Problem, ProblemCode,
};
use crate::workspace::{NoContainer, OpenImage};

use super::apart::{Part, Serving, Work};
use super::container_facts::ContainerFacts;
use super::session::Shown;
use super::{PickedInput, Served, Session, World};

impl<W: World> Session<W> {
    /// Returns the state of the container layer. No part is fetched for an image that has none, neither here nor in
    /// the store.
    pub(super) fn look<'a>(&'a self, image: ImageKey, work: Work<'a, W>) -> Serving<'a, W> {
        Box::pin(async move {
            let shown = self.shown(image)?;
            let identity = identity(&shown.borrow().image);
            let has_one = shown.borrow().image.container().is_some();
            let is_kept = match identity {
                Ok(identity) if !has_one => self.holds(&identity).await?,
                _ => false,
            };
            match has_one || is_kept {
                true => self.do_apart(Part::Make, work).await,
                false => Ok(Served::answer(Answer::Container(None))),
            }
        })
    }

    async fn holds(&self, identity: &Digest) -> Result<bool, Problem> {
        let held = self.containers.holds(identity).await;
        held.map_err(|error| kept(&error))
    }

    pub(super) async fn container(
        &self,
        image: ImageKey,
        ask: ContainerRequest,
        files: Vec<PickedInput>,
    ) -> Result<Option<ContainerView>, Problem> {
        let shown = self.shown(image)?;
        match ask {
            ContainerRequest::Look => {
                if shown.borrow().image.container().is_none() {
                    self.restore(&shown).await?;
                }
                self.stands(&shown).await
            }
            ContainerRequest::Start => {
                self.start(&shown).await?;
                self.stands(&shown).await
            }
            ContainerRequest::Edit { edits } => {
                let step = self.step(&shown, edits, files).await?;
                let before = journal(&shown);
                shown.borrow_mut().image.edit(step).map_err(refused)?;
                self.changed(&shown, before).await
            }
            ContainerRequest::Undo => {
                let before = journal(&shown);
                shown.borrow_mut().image.undo();
                self.changed(&shown, before).await
            }
            ContainerRequest::Redo => {
                let before = journal(&shown);
                shown.borrow_mut().image.redo();
                self.changed(&shown, before).await
            }
            ContainerRequest::ThrowAway => {
                let identity = identity(&shown.borrow().image)?;
                self.containers
                    .throw_away(&identity)
                    .await
                    .map_err(|error| kept(&error))?;
                let shown = &mut *shown.borrow_mut();
                shown.image.drop_container();
                shown.container = ContainerFacts::default();
                shown.tree.look_again();
                Ok(None)
            }
        }
    }

    /// Returns the configuration as the commit form shows it.
    pub(super) fn form_fields(
        &self,
        image: ImageKey,
    ) -> Result<Vec<(ConfigField, String)>, Problem> {
        let shown = self.shown(image)?;
        let fields = config_form::form(&shown.borrow().image);
        Ok(fields)
    }

    async fn start(&self, shown: &RefCell<Shown>) -> Result<(), Problem> {
        if shown.borrow().image.container().is_some() {
            return Ok(());
        }
        let contents = Rc::new(self.containers.clone());
        let started = self.now();
        let begun = shown.borrow_mut().image.start_container(started, contents);
        begun.map_err(|why| no_container(&why))?;
        let journal = journal(shown);
        self.keep(shown, &journal).await.inspect_err(|_| {
            shown.borrow_mut().image.drop_container();
        })
    }

    /// Restores the container layer that this browser keeps, if there is one.
    async fn restore(&self, shown: &RefCell<Shown>) -> Result<(), Problem> {
        let Ok(identity) = identity(&shown.borrow().image) else {
            return Ok(());
        };
        let found = self.containers.find(&identity).await;
        let Some(found) = found.map_err(|error| kept(&error))? else {
            return Ok(());
        };
        let contents = Rc::new(self.containers.clone());
        let shown = &mut *shown.borrow_mut();
        let restored = shown.image.restore_container(found.journal, contents);
        let left_out = restored.map_err(|why| no_container(&why))?;
        shown.container = ContainerFacts {
            serial: found.serial,
            lost: match (left_out, found.lacks_content) {
                (Some(refused), _) => Some((&refused).into()),
                (None, true) => Some(Message::new_file_gone()),
                (None, false) => None,
            },
        };
        shown.tree.look_again();
        Ok(())
    }

    /// Keeps a change; undoes it if it cannot be kept.
    async fn changed(
        &self,
        shown: &RefCell<Shown>,
        before: Option<Journal>,
    ) -> Result<Option<ContainerView>, Problem> {
        let now = journal(shown);
        if let Err(problem) = self.keep(shown, &now).await {
            if let Some(before) = before {
                let contents = Rc::new(self.containers.clone());
                let shown = &mut *shown.borrow_mut();
                // This journal was valid a moment ago.
                drop(shown.image.restore_container(before, contents));
                shown.tree.look_again();
            }
            return Err(problem);
        }
        self.stands(shown).await
    }

    async fn keep(&self, shown: &RefCell<Shown>, now: &Option<Journal>) -> Result<(), Problem> {
        let (Some(journal), identity) = (now, identity(&shown.borrow().image)?) else {
            return Ok(());
        };
        let serial = shown.borrow().container.serial;
        let done = self.containers.keep(&identity, journal, serial).await;
        if !done.map_err(|error| kept(&error))? {
            let detail = Message::other_tab_changed();
            return Err(Problem::new(
                ProblemCode::Refused,
                Message::the_container_layer(),
                detail,
            ));
        }
        let shown = &mut *shown.borrow_mut();
        shown.container.serial = serial.saturating_add(1);
        shown.tree.look_again();
        Ok(())
    }

    /// Returns the state of the layer.
    async fn stands(&self, shown: &RefCell<Shown>) -> Result<Option<ContainerView>, Problem> {
        let lasts = self.containers.lasts().await;
        let view = view::container_view(&shown.borrow(), lasts);
        Ok(view)
    }

    /// Returns the time in whole seconds, like Docker's own layers; every tar can represent it.
    fn now(&self) -> Timestamp {
        Timestamp {
            seconds: self.world.clock().unix_millis().div_euclid(1000),
            nanos: 0,
        }
    }
}

fn journal(shown: &RefCell<Shown>) -> Option<Journal> {
    let shown = shown.borrow();
    shown.image.container().map(|layer| layer.journal().clone())
}

/// Returns the digest that identifies an image: its ID, or for a bare root file system that of its only layer.
fn identity(image: &OpenImage) -> Result<Digest, Problem> {
    let found = &image.found;
    let manifest = found.manifest.as_ref().map(|manifest| &manifest.digest);
    let layer = image.diff_id(0).map(|diff_id| &diff_id.0);
    let digest = found.image_id.as_ref().or(manifest).or(layer);
    digest.cloned().ok_or_else(|| {
        let detail = Message::no_identity();
        Problem::new(
            ProblemCode::Unsupported,
            Message::the_container_layer(),
            detail,
        )
    })
}

fn no_container(why: &NoContainer) -> Problem {
    Problem::new(
        ProblemCode::Unsupported,
        Message::the_container_layer(),
        why,
    )
}

fn refused(refused: Refused) -> Problem {
    let path = format!("/{}", refused.path);
    Problem::new(ProblemCode::Refused, Message::verbatim(path), &refused)
}

/// Converts an error of the container store.
fn kept(error: &io::Error) -> Problem {
    let what = Message::the_container_layer();
    let cause = error.clone();
    Problem::from(&crate::source::Error::Io { what, cause })
}
