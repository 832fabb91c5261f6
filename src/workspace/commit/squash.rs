//! Squashes the upper layers of an image into one: the savings, and the resulting image.

use super::super::NoContainer;
use super::copying::Copying;
use super::writing::{Progress, write_layer};
use super::{Below, Change, CommitError, CommitOrder, check, finish};
use crate::build::container::{Refused, Written};
use crate::image::ImagePath;
use crate::io::Spool;
use crate::layer::EntryKind;
use crate::source::FoundImage;

use super::super::OpenImage;

/// The effect of a squash, computed beforehand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SquashPlan {
    /// The lowest layer that is replaced.
    pub from: usize,
    /// Number of layers that are replaced by one.
    pub n_layers: usize,
    /// Their compressed size in bytes.
    pub stored_bytes: u64,
    /// Bytes of all files in them.
    pub content_bytes: u64,
    /// Bytes of their files that a higher layer hides or replaces. The squash drops these.
    pub dead_bytes: u64,
    /// Bytes of all files in the new layer.
    pub new_content_bytes: u64,
}

/// A squash that can run while the image is browsed.
pub struct SquashTask {
    /// The effect of the squash.
    pub plan: SquashPlan,
    below: Below,
    written: Written,
}

impl OpenImage {
    /// Prepares a squash of all layers from `from` on. The container layer is not included: it is committed first.
    ///
    /// # Errors
    /// When there are not two such layers, some cannot be read, or they hide names that no whiteout can name.
    pub fn squash_task(&self, from: usize) -> Result<SquashTask, CommitError> {
        self.check_config()?;
        self.check_readable()?;
        let n_layers = self.layers().len();
        // What is missing from the union would be missing from the new image.
        let layers = 0..n_layers;
        if let Some(layer) = layers.into_iter().find(|at| !self.left_out(*at).is_empty()) {
            return Err(CommitError::Image(NoContainer::Incomplete { layer }));
        }
        if from.saturating_add(2) > n_layers {
            return Err(CommitError::NoSuchLayers { from });
        }
        let written = Written::merged(self.union(), from, n_layers, self.limits());
        let written = written.map_err(|why| Refused {
            edit: 0,
            path: ImagePath::root(),
            why,
        })?;
        let mut plan = SquashPlan {
            from,
            n_layers: n_layers.saturating_sub(from),
            stored_bytes: 0,
            content_bytes: 0,
            dead_bytes: 0,
            new_content_bytes: written.content_bytes(),
        };
        for read in (from..n_layers).filter_map(|layer| self.read_layer(layer)) {
            plan.stored_bytes = plan.stored_bytes.saturating_add(read.stored_bytes);
            let files = read.index.entries();
            let files = files.filter(|entry| entry.kind == EntryKind::File);
            let sizes = files.map(|entry| entry.size_bytes);
            plan.content_bytes = sizes.fold(plan.content_bytes, u64::saturating_add);
        }
        let seen = written.entries.iter().filter(|entry| {
            let place = entry.copied_content();
            place.is_some_and(|place| place.layer.0 as usize >= from)
        });
        let seen_bytes = seen.map(|entry| entry.size_bytes);
        let seen_bytes = seen_bytes.fold(0, u64::saturating_add);
        plan.dead_bytes = plan.content_bytes.saturating_sub(seen_bytes);
        Ok(SquashTask {
            plan,
            below: Below::of(self),
            written,
        })
    }
}

impl SquashTask {
    /// Makes the new image and writes its layer to `spool`. `progress` receives the file bytes written so far.
    ///
    /// # Errors
    /// As [`super::CommitTask::run`].
    pub async fn run(
        self,
        order: &CommitOrder,
        spool: Box<dyn Spool>,
        progress: Progress<'_>,
    ) -> Result<FoundImage, CommitError> {
        check(order)?;
        let source = Copying::new(&self.below.layers, None);
        let made = write_layer(&self.written, source, order.compression, spool, progress);
        let layer = Some(made.await?);
        let change = Change {
            n_kept: self.plan.from,
            layer,
            order,
        };
        finish(self.below, change).await
    }
}
