//! Packs the verdict of a layer's reading, its damage and its warnings.
//!
//! A verdict comes back exactly as it was packed. The caller judges it against the current claims.

use super::error::PackedError;
use super::read::Unpacker;
use super::write::Packer;
use crate::bounds::LayerLimits;
use crate::image::{DiffId, Digest};
use crate::layer::{Error, LayerReading, LeftOut, Verdict, Warning, Warnings};

pub(super) struct Facts {
    pub(super) digest: Digest,
    pub(super) diff_id: DiffId,
    pub(super) verdict: Verdict,
    pub(super) damage: Option<Error>,
    pub(super) warnings: Warnings,
    pub(super) left_out: LeftOut,
}

pub(super) fn pack(packer: &mut Packer, reading: &LayerReading) {
    packer.typed(&(&reading.digest, &reading.diff_id, &reading.verdict));
    packer.typed(&(&reading.damage, &reading.left_out));
    let warnings = &reading.warnings;
    packer.typed(&(warnings.n_dropped, warnings.kept.len() as u64));
    for warning in &warnings.kept {
        packer.typed(warning);
    }
}

pub(super) fn unpack(
    unpacker: &mut Unpacker<'_>,
    limits: &LayerLimits,
) -> Result<Facts, PackedError> {
    let (digest, diff_id, verdict) = unpacker.typed()?;
    let (damage, left_out) = unpacker.typed()?;
    // One at a time: what is beyond the limit takes no memory.
    let (n_dropped, n_kept): (u64, u64) = unpacker.typed()?;
    let mut warnings = Warnings::default();
    for _ in 0..n_kept {
        let warning: Warning = unpacker.typed()?;
        warnings.push(warning, limits.warnings);
    }
    warnings.n_dropped = warnings.n_dropped.saturating_add(n_dropped);
    Ok(Facts {
        digest,
        diff_id,
        verdict,
        damage,
        warnings,
        left_out,
    })
}
