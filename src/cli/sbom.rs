//! `lamina sbom`: prints the packages of one image as a software bill of materials.

use std::io::{BufWriter, Write as _};

use clap::{Args, ValueEnum};

use crate::image::Created;
use crate::workspace::{LayerCache, SbomFormat, SbomSource, damage_of, sbom};

use super::chosen::Chosen;
use super::error::Error;
use super::inspect::{packages_of, system_of};
use super::load::{load_whole, tell};
use super::one_image::one_image;
use super::output::write_json;
use super::{Outcome, complain, system_line};

#[derive(Args, Debug)]
pub(super) struct SbomArguments {
    #[command(flatten)]
    pub(super) chosen: Chosen,
    /// The format of the document
    #[arg(long, value_enum, default_value_t = FormatName::Spdx)]
    pub(super) format: FormatName,
    /// The time of the document, such as 2026-01-31T12:00:00Z [default: that of the image]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(super) created: Option<Created>,
}

/// A format by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FormatName {
    /// SPDX 2.3 as JSON
    Spdx,
    /// CycloneDX 1.6 as JSON
    Cyclonedx,
}

fn time(text: &str) -> Result<Created, String> {
    let created = Created::new(text);
    match created.at {
        Some(_) => Ok(created),
        None => Err("write it as 2026-01-31T12:00:00Z".to_owned()),
    }
}

/// Prints the document. What was not read is told on standard error, and in the document.
pub(super) async fn run(arguments: &SbomArguments) -> Result<Outcome, Error> {
    let limits = arguments.chosen.limits();
    let found = one_image(&arguments.chosen, None, &limits).await?;
    let n_layers = found.layers.len();
    let mut cache = LayerCache::default();
    let image = load_whole(found, &limits, &mut cache).await;
    let unknown = |why: crate::workspace::NoAnalysis| Error::Choice(why.to_string());
    let list = packages_of(&image).await.map_err(unknown)?;
    let system = system_of(&image).await.map_err(unknown)?;
    let source = SbomSource {
        image: &image,
        list: &list,
        release: &system.distribution.release,
        created: arguments.created.as_ref().and_then(|created| created.at),
    };
    let format = match arguments.format {
        FormatName::Spdx => SbomFormat::Spdx,
        FormatName::Cyclonedx => SbomFormat::CycloneDx,
    };
    let mut out = BufWriter::new(std::io::stdout().lock());
    write_json(&mut out, &sbom(&source, format))?;
    out.flush()?;
    if list.n_left_out > 0 {
        let n = list.n_left_out;
        complain(&format!("{n} packages are beyond the bounds and left out"));
    }
    if let Some(gaps) = system_line::gaps(&list.gaps) {
        complain(&gaps);
    }
    Ok(tell(&image, &damage_of(&image, n_layers)))
}
