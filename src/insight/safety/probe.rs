//! The machine that finds what makes an image less safe: it wants the files of accounts, takes their bytes, and ends
//! in a [`SafetyList`].

use std::collections::BTreeMap;

use super::config::{self, ImageUser};
use super::passwords::{AccountFile, uid_of};
use super::tree;
use super::{SafetyFinding, SafetyList, SafetyPlace, SafetyRule};
use crate::bounds::SafetyLimits;
use crate::image::{HistoryEntry, ImageConfig};
use crate::insight::system::{FileGap, Gap};
use crate::layer::EntryKind;
use crate::message::Message;
use crate::overlay::{EntryPlace, LayerIdx, Union, View};

/// A file of accounts whose content is wanted.
#[derive(Clone, Debug)]
pub struct SafetyFile {
    /// The place of its content.
    pub content: EntryPlace,
    /// The number of bytes that are wanted: all of the file, up to a bound.
    pub len_bytes: u64,
    size_bytes: u64,
    path: Vec<u8>,
    layer: LayerIdx,
    file: AccountFile,
}

/// An analysis in progress. It owns all that it needs, and borrows nothing of the image.
pub struct SafetyProbe {
    limits: SafetyLimits,
    wanted: Vec<SafetyFile>,
    /// Number of findings that are kept of each rule.
    kept: BTreeMap<SafetyRule, usize>,
    /// The user, if there is a config.
    user: Option<ImageUser>,
    /// The number of the user's name, once `/etc/passwd` was read.
    uid: Option<u32>,
    list: SafetyList,
}

impl SafetyProbe {
    /// Looks at the paths of a view. Without a config, neither user nor ports are known.
    pub fn new(
        union: &Union,
        view: View,
        config: Option<&ImageConfig>,
        limits: SafetyLimits,
    ) -> SafetyProbe {
        let mut probe = SafetyProbe {
            limits,
            wanted: Vec::new(),
            kept: BTreeMap::new(),
            user: config.map(ImageUser::of),
            uid: None,
            list: SafetyList::default(),
        };
        tree::of_view(union, view, &mut |finding| probe.keep(finding));
        if let Some(config) = config {
            config::of_config(config, &mut |finding| probe.keep(finding));
        }
        probe.want(union, view, AccountFile::Shadow);
        probe.want(union, view, AccountFile::Passwd);
        probe
    }

    /// Looks at the steps of the history, each with the layer that it made.
    pub fn history<'h>(&mut self, steps: impl Iterator<Item = (&'h HistoryEntry, Option<usize>)>) {
        for (step, (entry, layer)) in steps.enumerate() {
            let layer = layer.map(LayerIdx::at);
            config::of_step(step, entry, layer, &mut |finding| self.keep(finding));
        }
    }

    /// Adds a gap that is known from elsewhere.
    pub fn note(&mut self, gap: Gap) {
        self.list.gaps.push(gap);
    }

    /// Returns the files that are wanted.
    pub fn wanted(&self) -> &[SafetyFile] {
        &self.wanted
    }

    /// Takes the first bytes of a wanted file, or the reason why there are none.
    pub fn take(&mut self, at: usize, read: Result<&[u8], FileGap>) {
        let Some(wanted) = self.wanted.get(at).cloned() else {
            return;
        };
        let bytes = match read {
            Ok(bytes) => bytes,
            Err(why) => return self.miss(wanted.path, why),
        };
        let mut lines = bytes;
        let read_bytes = bytes.len() as u64;
        if read_bytes < wanted.size_bytes {
            let size_bytes = wanted.size_bytes;
            let why = FileGap::Cut {
                read_bytes,
                size_bytes,
            };
            self.miss(wanted.path.clone(), why);
            // The last line may go on.
            let end = memchr::memrchr(b'\n', bytes).unwrap_or(0);
            lines = bytes.get(..end).unwrap_or_default();
        }
        wanted.file.opened(lines, &mut |rule, name| {
            let (path, layer) = (wanted.path.clone(), wanted.layer);
            let place = SafetyPlace::Account { path, layer, name };
            self.keep(SafetyFinding { rule, place });
        });
        if let (AccountFile::Passwd, Some(ImageUser::Named(name))) = (wanted.file, &self.user) {
            self.uid = uid_of(name, lines);
        }
    }

    /// Returns the findings.
    pub fn finish(mut self) -> SafetyList {
        let root = match self.user.take() {
            Some(ImageUser::Root(written)) => Some(written),
            Some(ImageUser::Named(name)) if self.uid == Some(0) => Some(name),
            _ => None,
        };
        if let Some(value) = root {
            let place = SafetyPlace::Config { value };
            let rule = SafetyRule::RootUser;
            self.keep(SafetyFinding { rule, place });
        }
        let mut list = self.list;
        list.findings.sort_unstable();
        list.gaps.sort_unstable();
        list.gaps.dedup();
        list
    }

    fn want(&mut self, union: &Union, view: View, file: AccountFile) {
        let asked = file.path().as_bytes();
        let Ok(id) = union.resolve(asked, view) else {
            let link = union.lookup(asked).filter(|id| union.shows(*id, view));
            if link.is_some() {
                self.miss(asked.to_vec(), FileGap::LeadsNowhere);
            }
            return;
        };
        let Some(info) = union.node(id, view) else {
            return;
        };
        let path = union.path(id);
        if info.kind != EntryKind::File {
            return self.miss(path, FileGap::NotFile);
        }
        let Some(content) = info.content else {
            let reason = Message::content_nowhere();
            return self.miss(path, FileGap::Failed { reason });
        };
        self.wanted.push(SafetyFile {
            content,
            len_bytes: info.size_bytes.min(self.limits.accounts_bytes),
            size_bytes: info.size_bytes,
            path,
            layer: info.layer,
            file,
        });
    }

    fn miss(&mut self, path: Vec<u8>, why: FileGap) {
        self.note(Gap::File { path, why });
    }

    /// Keeps a finding, unless there are too many of its rule.
    fn keep(&mut self, finding: SafetyFinding) {
        let n = self.kept.entry(finding.rule).or_default();
        if *n < self.limits.findings {
            *n += 1;
            self.list.findings.push(finding);
        } else {
            let more = self.list.left_out.entry(finding.rule).or_default();
            *more = more.saturating_add(1);
        }
    }
}
