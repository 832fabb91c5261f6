//! Runs the analyses of an image. Those that read many files are in a part of the program of their own.

use crate::protocol::{AnalysisKind, Findings, Problem, ask};

use super::apart::another_part;
use super::{Session, World};

impl<W: World> Session<W> {
    pub(super) async fn analyse(&self, question: ask::Analyse) -> Result<Findings, Problem> {
        let image = question.image;
        match question.kind {
            AnalysisKind::Overview => Findings::pack(&self.overview(image)?),
            AnalysisKind::Space => Findings::pack(&self.space(image)?),
            AnalysisKind::Documents => Findings::pack(&self.documents(image)?),
            AnalysisKind::System => Findings::pack(&self.system(image).await?),
            AnalysisKind::Secrets
            | AnalysisKind::Safety
            | AnalysisKind::Packages
            | AnalysisKind::Dockerfile => Err(another_part()),
        }
    }

    pub(super) async fn search(&self, question: ask::Analyse) -> Result<Findings, Problem> {
        let image = question.image;
        match question.kind {
            AnalysisKind::Secrets => Findings::pack(&self.secrets(image).await?),
            AnalysisKind::Safety => Findings::pack(&self.safety(image).await?),
            AnalysisKind::Packages => Findings::pack(&self.packages(image).await?),
            AnalysisKind::Dockerfile => Findings::pack(&self.dockerfile(image)?),
            AnalysisKind::Overview
            | AnalysisKind::Space
            | AnalysisKind::Documents
            | AnalysisKind::System => Err(another_part()),
        }
    }
}
