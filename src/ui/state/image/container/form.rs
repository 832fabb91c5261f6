//! Holds the small form above the tree: for a new file, directory or link, a new name, or new permissions.

use super::reduce::dir_of;
use crate::protocol::{ContainerRequest, EditOrder, TreeRow, TypedPath, hex};
use crate::ui::state::image::mode_octal;
use crate::ui::state::image::panel::{parent_of, path_text};

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
    /// Path in hex: the parent directory of something new, or the path to change.
    pub path_hex: String,
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
        let path_hex = match row {
            Some(row) if is_new => dir_of(row).to_owned(),
            Some(row) => row.path_hex.clone(),
            None if is_new => String::new(),
            None => return None,
        };
        let name = match row {
            Some(row) if kind == FormKind::Rename => row.name.text.clone(),
            _ => String::new(),
        };
        let of_row = |text: &dyn Fn(&TreeRow) -> String| row.map(text).unwrap_or_default();
        Some(EditForm {
            kind,
            path: path_text(&path_hex),
            path_hex,
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

    /// Returns the edit to request and the path in hex to go to afterwards; `None` if nothing is changed.
    pub(super) fn order(&self) -> Result<Option<(EditOrder, Option<String>)>, FormProblem> {
        if self.kind == FormKind::Attributes {
            return self.attributes();
        }
        if let Some(problem) = name_problem(&self.name) {
            return Err(problem);
        }
        let dir_hex = match self.kind {
            FormKind::Rename => parent_of(&self.path_hex).unwrap_or_default(),
            _ => &self.path_hex,
        };
        let path = TypedPath {
            dir_hex: dir_hex.to_owned(),
            text: self.name.clone(),
        };
        let goes_to = Some(typed_hex(&path));
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
                path_hex: self.path_hex.clone(),
                to: path,
            },
        };
        Ok(Some((order, goes_to)))
    }

    fn attributes(&self) -> Result<Option<(EditOrder, Option<String>)>, FormProblem> {
        let mode = u16::from_str_radix(&self.mode, 8).ok();
        let mode = mode
            .filter(|mode| *mode <= 0o7777)
            .ok_or(FormProblem::Mode)?;
        let (uid, gid) = self.owner.split_once(':').ok_or(FormProblem::Owner)?;
        let number = |text: &str| text.trim().parse::<u32>().map_err(|_| FormProblem::Owner);
        let order = EditOrder::Attributes {
            path_hex: self.path_hex.clone(),
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

/// Returns the whole path in hex.
fn typed_hex(path: &TypedPath) -> String {
    let text = path.text.trim_end_matches('/');
    match text.strip_prefix('/') {
        Some(whole) => hex(whole.as_bytes()),
        None if path.dir_hex.is_empty() => hex(text.as_bytes()),
        None => format!("{}2f{}", path.dir_hex, hex(text.as_bytes())),
    }
}
