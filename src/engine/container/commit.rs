//! Makes new images: of the container layer, of a changed configuration alone, or of several squashed layers.

use crate::build::commit::{NewCompression, apply_changes};
use crate::engine::cancel::Cancel;
use crate::engine::session::Place;
use crate::engine::{Session, World, view};
use crate::image::RuntimeConfig;
use crate::message::Message;
use crate::protocol::{
    CommitForm, ConfigField, ImageKey, ImageView, Problem, ProblemCode, SquashView, count,
};
use crate::source::FoundImage;
use crate::workspace::{CommitError, CommitOrder, OpenImage};

use super::names::checked;
use super::refused;

impl<W: World> Session<W> {
    pub(in super::super) async fn commit(
        &self,
        image: ImageKey,
        form: CommitForm,
        cancel: &Cancel,
    ) -> Result<ImageView, Problem> {
        let shown = self.shown(image)?;
        let task = shown
            .borrow()
            .image
            .commit_task()
            .map_err(|e| problem(&e))?;
        let order = self.order(&shown.borrow().image, form)?;
        let made = task
            .run(&order, self.world.spool(), &|_| cancel.check())
            .await;
        self.committed(made.map_err(|error| problem(&error))?)
    }

    pub(in super::super) async fn squash(
        &self,
        image: ImageKey,
        from: u32,
        form: CommitForm,
        cancel: &Cancel,
    ) -> Result<ImageView, Problem> {
        let shown = self.shown(image)?;
        let task = shown.borrow().image.squash_task(from as usize);
        let task = task.map_err(|error| problem(&error))?;
        let order = self.order(&shown.borrow().image, form)?;
        let made = task
            .run(&order, self.world.spool(), &|_| cancel.check())
            .await;
        self.committed(made.map_err(|error| problem(&error))?)
    }

    fn order(&self, image: &OpenImage, form: CommitForm) -> Result<CommitOrder, Problem> {
        let settings = match form.fields.is_empty() {
            true => None,
            false => Some(settings(image, &form.fields)?),
        };
        Ok(CommitOrder {
            settings,
            author: form.author,
            message: form.message,
            created_by: CommitOrder::CREATED_BY.to_owned(),
            created: self.now(),
            compression: match form.gzip {
                true => NewCompression::Gzip,
                false => NewCompression::Plain,
            },
            names: checked(form.names, &[])?,
        })
    }

    fn committed(&self, made: FoundImage) -> Result<ImageView, Problem> {
        let names = made.names.clone();
        let key = self.show(OpenImage::new(made, self.limits), Place::Committed);
        self.take_from_others(key, &names);
        let shown = self.shown(key)?;
        let view = view::image_view(key, &shown.borrow());
        Ok(view)
    }

    pub(in super::super) fn squash_plan(
        &self,
        image: ImageKey,
        from: u32,
    ) -> Result<SquashView, Problem> {
        let shown = self.shown(image)?;
        let task = shown.borrow().image.squash_task(from as usize);
        let plan = task.map_err(|error| problem(&error))?.plan;
        Ok(SquashView {
            from: count(plan.from),
            n_layers: count(plan.n_layers),
            before_bytes: plan.content_bytes,
            after_bytes: plan.new_content_bytes,
        })
    }
}

fn problem(error: &CommitError) -> Problem {
    if let CommitError::Merged(why) = error {
        return refused(why.clone());
    }
    let code = match error.is_cancelled() {
        true => ProblemCode::Cancelled,
        false => ProblemCode::Refused,
    };
    Problem::new(code, Message::none(), error)
}

/// Returns the image's settings with the form's fields. A field's text replaces the whole field: a removed line is
/// gone, which `docker commit --change` cannot do with lists.
fn settings(image: &OpenImage, fields: &[(ConfigField, String)]) -> Result<RuntimeConfig, Problem> {
    let config = image
        .config()
        .and_then(|config| config.config.config.as_ref());
    let mut settings = config.cloned().unwrap_or_default();
    for (field, text) in fields {
        set(&mut settings, *field, text.trim())?;
    }
    Ok(settings)
}

fn set(settings: &mut RuntimeConfig, field: ConfigField, text: &str) -> Result<(), Problem> {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let all = || lines().map(str::to_owned).collect::<Vec<String>>();
    match field {
        ConfigField::Env => settings.env = all(),
        ConfigField::OnBuild => settings.on_build = all(),
        ConfigField::Volume => {
            settings.volumes = all();
            settings.volumes.sort();
            settings.volumes.dedup();
        }
        ConfigField::Label => {
            let pair = |line: &str| {
                let (key, value) = line.split_once('=').unwrap_or((line, ""));
                (key.to_owned(), value.to_owned())
            };
            settings.labels = lines().map(pair).collect();
        }
        ConfigField::User => text.clone_into(&mut settings.user),
        ConfigField::WorkDir => text.clone_into(&mut settings.working_dir),
        ConfigField::StopSignal => text.clone_into(&mut settings.stop_signal),
        ConfigField::Expose => {
            settings.exposed_ports.clear();
            for port in lines() {
                instruct(settings, field, port)?;
            }
        }
        ConfigField::Cmd => {
            settings.cmd.clear();
            instruct(settings, field, text)?;
        }
        ConfigField::Entrypoint => {
            // Docker clears the command when the entry point changes. The form shows both fields, and means both.
            let cmd = std::mem::take(&mut settings.cmd);
            settings.entrypoint.clear();
            instruct(settings, field, text)?;
            settings.cmd = cmd;
        }
        ConfigField::Healthcheck => {
            settings.healthcheck = None;
            instruct(settings, field, text)?;
        }
    }
    Ok(())
}

/// Applies one instruction of a Dockerfile; does nothing for an empty text.
fn instruct(settings: &mut RuntimeConfig, field: ConfigField, text: &str) -> Result<(), Problem> {
    if text.is_empty() {
        return Ok(());
    }
    let instruction = format!("{} {}", field.word(), text.replace(['\r', '\n'], " "));
    apply_changes(settings, &instruction).map_err(|error| {
        Problem::new(
            ProblemCode::Refused,
            Message::verbatim(field.word()),
            &error,
        )
    })
}
