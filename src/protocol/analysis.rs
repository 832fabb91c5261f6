//! Analyses of an image: one question for all of them, and one list that says what each finds.
//!
//! Findings cross packed. The parts of the program that make and draw them know their types; what a first look fetches
//! does not, and does not grow with the number of analyses.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{
    Dockerfile, Documents, OverviewAnswer, PackageList, Problem, ProblemCode, SafetyList,
    SecretList, SpaceAnswer, Strata, StrataGap, System,
};
use crate::message::Message;

/// The result of an analysis.
pub trait Analysed: Serialize + DeserializeOwned {
    /// The analysis.
    const KIND: AnalysisKind;
}

macro_rules! analyses {
    ($($(#[$about:meta])* $kind:ident -> $found:ty,)*) => {
        /// An analysis.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum AnalysisKind {
            $($(#[$about])* $kind,)*
        }

        $(
            impl Analysed for $found {
                const KIND: AnalysisKind = AnalysisKind::$kind;
            }
        )*
    };
}

analyses! {
    /// The summary of an image.
    Overview -> OverviewAnswer,
    /// Live and dead bytes.
    Space -> SpaceAnswer,
    /// The system in the image.
    System -> System,
    /// The packages in the image.
    Packages -> PackageList,
    /// The secrets in the image.
    Secrets -> SecretList,
    /// The findings about the image's safety.
    Safety -> SafetyList,
    /// The documents.
    Documents -> Documents,
    /// The Dockerfile, rebuilt.
    Dockerfile -> Dockerfile,
}

impl AnalysisKind {
    /// True if it waits for the layers.
    pub fn reads_layers(self) -> bool {
        self != AnalysisKind::Documents
    }

    /// True if the part of the program for contents answers it: it reads many files, or a first look does without it.
    pub fn is_of_contents(self) -> bool {
        matches!(
            self,
            AnalysisKind::Packages
                | AnalysisKind::Secrets
                | AnalysisKind::Safety
                | AnalysisKind::Dockerfile
        )
    }
}

/// The findings of an analysis, packed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    kind: AnalysisKind,
    packed: Vec<u8>,
}

impl Findings {
    /// Packs findings.
    ///
    /// # Errors
    /// If they cannot be packed, which no findings of this program are.
    pub fn pack<F: Analysed>(found: &F) -> Result<Findings, Problem> {
        match postcard::to_allocvec(found) {
            Ok(packed) => Ok(Findings {
                kind: F::KIND,
                packed,
            }),
            Err(_) => Err(other()),
        }
    }

    /// Unpacks findings.
    ///
    /// # Errors
    /// If they are of another analysis, or of another build of the program.
    pub fn unpack<F: Analysed>(&self) -> Result<F, Problem> {
        let found = (self.kind == F::KIND).then(|| postcard::from_bytes(&self.packed).ok());
        found.flatten().ok_or_else(other)
    }

    /// Unpacks the strata alone, which findings of [`AnalysisKind::Overview`] begin with; `None` for other findings.
    pub fn strata(&self) -> Option<Result<Strata, StrataGap>> {
        let strata = postcard::take_from_bytes(&self.packed).ok();
        let (strata, _) = strata.filter(|_| self.kind == AnalysisKind::Overview)?;
        Some(strata)
    }
}

fn other() -> Problem {
    Problem::new(
        ProblemCode::Internal,
        Message::none(),
        Message::another_answer(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_come_back_as_their_own_type_alone() {
        let packed = Findings::pack(&System::default()).expect("they are packed");
        assert_eq!(packed.unpack::<System>(), Ok(System::default()));
        let problem = packed
            .unpack::<SpaceAnswer>()
            .expect_err("they are of another kind");
        assert_eq!(problem.code, ProblemCode::Internal);
        assert_eq!(packed.strata(), None);
    }

    #[test]
    fn strata_are_unpacked_without_the_rest() {
        let strata = Strata {
            content_bytes: 300,
            dead_bytes: 100,
            layers: Vec::new(),
            hides_bytes: Vec::new(),
        };
        let whole = OverviewAnswer {
            strata: Ok(strata.clone()),
            overview: None,
        };
        let packed = Findings::pack(&whole).expect("they are packed");
        assert_eq!(packed.strata(), Some(Ok(strata)));
        assert_eq!(packed.unpack(), Ok(whole));
    }
}
