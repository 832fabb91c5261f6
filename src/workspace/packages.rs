//! The packages of an open image: the databases of its layers, read in one pass.

use crate::insight::packages::{PackageList, PackageProbe};
use crate::insight::system::{Gap, LayerGap};
use crate::overlay::LayerIdx;

use super::pass::Pass;
use super::system::layer_gaps;
use super::{LayerStatus, NoAnalysis, OpenImage, Watch};

/// The analysis of an image's packages, with the contents that it wants. It borrows nothing of the image.
pub struct PackagesTask {
    probe: PackageProbe,
    pass: Pass,
}

/// The databases that were read, before they are held against the file system.
pub struct ReadPackages {
    probe: PackageProbe,
}

/// Begins the analysis of an image's packages, as far as its layers are read.
///
/// An uncommitted container layer on top is not counted.
///
/// # Errors
/// If the image is an artifact, or none of its layers is read yet.
pub fn packages_task(image: &OpenImage) -> Result<PackagesTask, NoAnalysis> {
    let gaps = layer_gaps(image)?;
    let top = LayerIdx::at(image.n_applied().saturating_sub(1));
    let mut probe = PackageProbe::new(image.union(), top, image.limits().packages);
    gaps.into_iter().for_each(|gap| probe.note(gap));
    // What a layer's own table of contents claims is no reading.
    for (layer, status) in image.layers().iter().enumerate() {
        if matches!(status, LayerStatus::Listed(_)) {
            let (layer, why) = (LayerIdx::at(layer), LayerGap::Unread);
            probe.note(Gap::Layer { layer, why });
        }
    }
    let wanted = probe.all_wanted().iter();
    let wanted = wanted.map(|wanted| (wanted.content, wanted.len_bytes));
    Ok(PackagesTask {
        pass: Pass::new(image, wanted),
        probe,
    })
}

impl PackagesTask {
    /// Reads what is wanted. What cannot be read becomes one of the findings' gaps.
    pub async fn read(self, watch: Watch<'_>) -> ReadPackages {
        let mut probe = self.probe;
        let mut take = |number: usize, read: Result<&[u8], _>| probe.take(number, read);
        self.pass.run(watch, &mut take).await;
        ReadPackages { probe }
    }
}

impl ReadPackages {
    /// Returns the findings, by the image of which the task was begun.
    pub fn finish(self, image: &OpenImage) -> PackageList {
        self.probe.finish(image.union())
    }
}
