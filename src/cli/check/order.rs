//! The order of a check: bounds, budgets, the allow-list and the baseline, out of arguments and files.

use std::path::PathBuf;

use time::Date;

use crate::cli::error::Error;
use crate::cli::native::SystemClock;
use crate::insight::Bounds;
use crate::io::Clock as _;

use super::allow::{AllowList, today};
use super::arguments::CheckArguments;
use super::baseline::Baseline;
use super::bound::{CountBound, PathBudget, SizeBound};
use super::dive_ci;
use super::structure::StructureFile;
use super::text_file::{refused, text_of};

/// Bytes of a file of rules.
const MOST_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// The order.
pub(super) struct Order {
    pub(super) bounds: Bounds,
    pub(super) budgets: Vec<PathBudget>,
    pub(super) structure: Vec<StructureFile>,
    pub(super) allow: AllowList,
    pub(super) today: Date,
    /// The baseline, and the most growth over it.
    pub(super) baseline: Option<(Baseline, Option<u64>)>,
}

impl Order {
    /// Reads the files that the arguments name, and the baseline.
    pub(super) async fn of(arguments: &CheckArguments) -> Result<Order, Error> {
        let allow = match &arguments.allow {
            None => AllowList::default(),
            Some(path) => AllowList::parse(&text_of(path, MOST_FILE_BYTES)?)
                .map_err(|reason| refused(path, &reason))?,
        };
        let read = |path: &PathBuf| {
            let text = text_of(path, MOST_FILE_BYTES)?;
            StructureFile::parse(&text).map_err(|reason| refused(path, &reason))
        };
        let structure = arguments.structure.iter().map(read);
        let structure = structure.collect::<Result<_, _>>()?;
        let bounds = bounds(arguments)?;
        let baseline = match (&arguments.baseline, arguments.most_growth) {
            (Some(place), Some(SizeBound(bound))) => {
                Some((Baseline::open(place, &arguments.chosen).await?, bound))
            }
            _ => None,
        };
        Ok(Order {
            bounds,
            budgets: arguments.highest_path_bytes.clone(),
            structure,
            allow,
            today: today(SystemClock.unix_millis()),
            baseline,
        })
    }
}

/// Returns the bounds: those of the arguments first, then those of the file, then the defaults.
fn bounds(arguments: &CheckArguments) -> Result<Bounds, Error> {
    let mut bounds = Bounds::DEFAULT;
    if let Some(path) = &arguments.config {
        let text = text_of(path, MOST_FILE_BYTES)?;
        dive_ci::read(&text, &mut bounds).map_err(|reason| refused(path, &reason))?;
    }
    if let Some(bound) = arguments.lowest_efficiency {
        bounds.lowest_efficiency = bound.0;
    }
    if let Some(bound) = arguments.highest_user_wasted_percent {
        bounds.highest_user_wasted_percent = bound.0;
    }
    let sizes: [(&mut Option<u64>, Option<SizeBound>); 5] = [
        (
            &mut bounds.highest_wasted_bytes,
            arguments.highest_wasted_bytes,
        ),
        (&mut bounds.highest_dead_bytes, arguments.highest_dead_bytes),
        (
            &mut bounds.highest_visible_bytes,
            arguments.highest_visible_bytes,
        ),
        (
            &mut bounds.highest_layer_download,
            arguments.highest_layer_download,
        ),
        (
            &mut bounds.highest_layer_content,
            arguments.highest_layer_content,
        ),
    ];
    for (to, bound) in sizes {
        if let Some(bound) = bound {
            *to = bound.0;
        }
    }
    let counts: [(&mut Option<u64>, Option<CountBound>); 5] = [
        (&mut bounds.highest_packages, arguments.highest_packages),
        (&mut bounds.highest_secrets, arguments.highest_secrets),
        (&mut bounds.highest_setuid, arguments.highest_setuid),
        (
            &mut bounds.highest_world_writable,
            arguments.highest_world_writable,
        ),
        (&mut bounds.highest_passwords, arguments.highest_passwords),
    ];
    for (to, bound) in counts {
        if let Some(bound) = bound {
            *to = bound.0;
        }
    }
    bounds.not_root |= arguments.not_root;
    Ok(bounds)
}
