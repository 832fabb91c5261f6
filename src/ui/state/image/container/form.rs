//! Holds the small form above the tree: for a new file, directory or link, a new name, or new permissions.

use super::reduce::dir_of;
use crate::protocol::{ContainerRequest, EditOrder, ImagePath, TreeRow, TypedPath};
use crate::ui::state::image::mode_octal;

/// Purpose of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "they say it")]
pub enum FormKind {
    NewFile,
    NewDir,
    NewLink,
    Rename,
    Attributes,
}

/// A field of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "they say it")]
pub enum FormField {
    Name,
    Target,
    Mode,
    Owner,
}

/// Reason why a form's text is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormProblem {
    /// The name is missing.
    NoName,
    /// The name starts with `.wh.`, so it would delete a path instead of creating one.
    Whiteout,
    /// `.` and `..` are not names.
    Dots,
    /// The link's target is missing.
    NoTarget,
    /// Permission bits are up to four octal digits.
    Mode,
    /// An owner is `user:group`, in numbers.
    Owner,
}

/// A form that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditForm {
    /// Purpose of the form.
    pub kind: FormKind,
    /// The parent directory of something new, or the path to change.
    pub path_key: ImagePath,
    /// Readable form of that path.
    pub path: String,
    /// A name, or a whole path.
    pub name: String,
    /// Target of a link.
    pub target: String,
    /// Permission bits as octal digits.
    pub mode: String,
    /// Owner as `user:group`, in numbers.
    pub owner: String,
    /// Reason why the text is rejected.
    pub problem: Option<FormProblem>,
    /// Name before a change.
    old_name: String,
}

impl EditForm {
    /// Opens a form for the chosen row, or for the root if none is chosen; `None` if it makes no sense.
    pub(super) fn open(kind: FormKind, row: Option<&TreeRow>) -> Option<EditForm> {
        let is_new = matches!(
            kind,
            FormKind::NewFile | FormKind::NewDir | FormKind::NewLink
        );
        let path_key = match row {
            Some(row) if is_new => dir_of(row),
            Some(row) => row.path_key.clone(),
            None if is_new => ImagePath::root(),
            None => return None,
        };
        let name = match row {
            Some(row) if kind == FormKind::Rename => row.name.text.clone(),
            _ => String::new(),
        };
        let of_row = |text: &dyn Fn(&TreeRow) -> String| row.map(text).unwrap_or_default();
        Some(EditForm {
            kind,
            path: format!("/{path_key}"),
            path_key,
            old_name: name.clone(),
            name,
            target: String::new(),
            mode: of_row(&|row| mode_octal(row.mode)),
            owner: of_row(&|row| format!("{}:{}", row.uid, row.gid)),
            problem: None,
        })
    }

    pub(super) fn set(&mut self, field: FormField, text: String) {
        let place = match field {
            FormField::Name => &mut self.name,
            FormField::Target => &mut self.target,
            FormField::Mode => &mut self.mode,
            FormField::Owner => &mut self.owner,
        };
        *place = text;
        // An impossible name is reported at once, everything else when the form is submitted.
        self.problem = name_problem(&self.name).filter(|problem| *problem != FormProblem::NoName);
    }

    /// Returns the edit to request and the path to go to afterwards; `None` if nothing is changed.
    pub(super) fn order(&self) -> Result<Option<(EditOrder, Option<ImagePath>)>, FormProblem> {
        if self.kind == FormKind::Attributes {
            return self.attributes();
        }
        if let Some(problem) = name_problem(&self.name) {
            return Err(problem);
        }
        let path = TypedPath {
            dir: match self.kind {
                FormKind::Rename => self.path_key.parent().unwrap_or_default(),
                _ => self.path_key.clone(),
            },
            text: self.name.clone(),
        };
        let goes_to = whole(&path);
        let order = match self.kind {
            FormKind::NewFile => EditOrder::NewFile { path },
            FormKind::NewDir => EditOrder::NewDir { path },
            FormKind::NewLink if self.target.is_empty() => return Err(FormProblem::NoTarget),
            FormKind::NewLink => EditOrder::Symlink {
                path,
                target: self.target.clone(),
            },
            FormKind::Rename if self.name == self.old_name => return Ok(None),
            FormKind::Rename | FormKind::Attributes => EditOrder::Rename {
                path_key: self.path_key.clone(),
                to: path,
            },
        };
        Ok(Some((order, goes_to)))
    }

    fn attributes(&self) -> Result<Option<(EditOrder, Option<ImagePath>)>, FormProblem> {
        let mode = u16::from_str_radix(&self.mode, 8).ok();
        let mode = mode
            .filter(|mode| *mode <= 0o7777)
            .ok_or(FormProblem::Mode)?;
        let (uid, gid) = self.owner.split_once(':').ok_or(FormProblem::Owner)?;
        let number = |text: &str| text.trim().parse::<u32>().map_err(|_| FormProblem::Owner);
        let order = EditOrder::Attributes {
            path_key: self.path_key.clone(),
            mode: Some(mode),
            owner: Some((number(uid)?, number(gid)?)),
        };
        Ok(Some((order, None)))
    }
}

/// Wraps one edit in a request.
pub(super) fn edit(order: EditOrder) -> ContainerRequest {
    ContainerRequest::Edit { edits: vec![order] }
}

/// Returns why a name, or a name in a path, is impossible.
pub fn name_problem(text: &str) -> Option<FormProblem> {
    let mut names = text.split('/').filter(|name| !name.is_empty()).peekable();
    if names.peek().is_none() {
        return Some(FormProblem::NoName);
    }
    names.find_map(|name| match name {
        "." | ".." => Some(FormProblem::Dots),
        name if name.starts_with(".wh.") => Some(FormProblem::Whiteout),
        _ => None,
    })
}

/// Returns the whole path; `None` if it holds what no path can hold.
fn whole(path: &TypedPath) -> Option<ImagePath> {
    let bytes = match path.text.strip_prefix('/') {
        Some(whole) => whole.as_bytes().to_vec(),
        None => [path.dir.as_bytes(), b"/", path.text.as_bytes()].concat(),
    };
    ImagePath::normalise(&bytes).ok()
}
