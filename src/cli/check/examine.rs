//! Applies the rules to one image.

use std::collections::BTreeSet;

use crate::cli::error::Error;
use crate::cli::inspect::{packages_of, safety_of, secrets_of};
use crate::cli::secrets_table::cut;
use crate::cli::select::title;
use crate::cli::system_line::gaps;
use crate::cli::table::size;
use crate::image::{Platform, escape, shown_command};
use crate::insight::packages::Standing;
use crate::insight::safety::SafetyRule;
use crate::insight::secrets::SecretList;
use crate::insight::{Analysis, Rule, Ruling, apply_rules};
use crate::overlay::LayerIdx;
use crate::workspace::{NoAnalysis, OpenImage, analysis_of, secrets_of_config};

use super::budget;
use super::checked::{Checked, Figures};
use super::evidence::Evidence;
use super::judged::{Allowing, Judged};
use super::order::Order;
use super::structure;

/// Largest paths that are named behind a figure.
const MOST_NAMED: usize = 10;

/// The rules about safety that are counted together.
const RIGHTS: [SafetyRule; 3] = [
    SafetyRule::Setuid,
    SafetyRule::Setgid,
    SafetyRule::Capabilities,
];
const WRITABLE: [SafetyRule; 2] = [SafetyRule::WritableFile, SafetyRule::WritableDir];
const PASSWORDS: [SafetyRule; 2] = [SafetyRule::EmptyPassword, SafetyRule::PasswordHash];

/// Applies the rules. `damage` is what is known to be wrong with the image.
pub(super) async fn examine(
    image: &OpenImage,
    order: &Order,
    damage: Vec<String>,
) -> Result<Checked, Error> {
    let mut examination = Examination {
        image,
        order,
        secrets: secrets_of_config(image),
        damage,
        notes: Vec::new(),
        judged: Vec::new(),
        figures: None,
    };
    let allowing = &mut Allowing {
        list: &order.allow,
        today: order.today,
        expired: BTreeSet::new(),
    };
    let outcome = match examination.judge_space()? {
        Ok(()) => examination.judge_files(allowing).await,
        Err(reason) => Err(reason),
    };
    let Examination {
        damage,
        mut notes,
        judged,
        figures,
        ..
    } = examination;
    notes.extend(std::mem::take(&mut allowing.expired));
    let platform = image.found.platform.as_ref();
    Ok(Checked {
        title: title(&image.found),
        image_id: image.found.image_id.as_ref().map(ToString::to_string),
        platform: platform.map(Platform::without_version),
        damage,
        judged: outcome.map(|()| judged),
        notes,
        figures,
    })
}

/// An examination in progress.
struct Examination<'a> {
    image: &'a OpenImage,
    order: &'a Order,
    /// The secrets of the config, which are masked in the lines of the history.
    secrets: SecretList,
    damage: Vec<String>,
    notes: Vec<String>,
    judged: Vec<Judged>,
    figures: Option<Figures>,
}

impl Examination<'_> {
    /// Returns the line of the history that made a layer, with the secrets in it masked.
    fn line(&self, layer: LayerIdx) -> String {
        let entry = self.image.history_of(layer.0 as usize);
        let command = entry.map(|entry| shown_command(&entry.created_by).text);
        command.map_or_else(String::new, |command| self.secrets.masked(&command))
    }

    /// Applies the rules about bytes.
    fn judge_space(&mut self) -> Result<Result<(), NoAnalysis>, Error> {
        let analysis = match analysis_of(self.image) {
            Ok(analysis) => analysis,
            Err(reason) => return Ok(Err(reason)),
        };
        let visible_bytes = analysis.live_bytes();
        self.figures = Some(Figures {
            visible_bytes,
            content_bytes: analysis.stored_bytes,
            dead_bytes: analysis.dead_bytes,
            download_bytes: self.image.stored_bytes(),
        });
        let bounds = &self.order.bounds;
        for ruling in apply_rules(&analysis, bounds) {
            let evidence = self.of_waste(ruling.rule, &analysis);
            let mut judged = Judged::plain(ruling);
            if judged.fails() {
                judged.evidence = evidence;
            }
            self.judged.push(judged);
        }
        if let Some(bound) = bounds.highest_visible_bytes {
            let rule = Rule::HighestVisibleBytes;
            let ruling = Ruling::at_most_bytes(rule, visible_bytes, Some(bound));
            self.judged.push(Judged::plain(ruling));
        }
        let downloads = self.image.layers().iter().enumerate();
        let downloads = downloads.map(|(layer, _)| {
            let read = self.image.read_layer(layer);
            read.map_or(0, |read| read.stored_bytes)
        });
        let downloads: Vec<u64> = downloads.collect();
        let contents = analysis.layers.iter().map(|layer| layer.stored_bytes);
        for (rule, bound, bytes) in [
            (
                Rule::HighestLayerDownload,
                bounds.highest_layer_download,
                downloads,
            ),
            (
                Rule::HighestLayerContent,
                bounds.highest_layer_content,
                contents.collect(),
            ),
        ] {
            if bound.is_some() {
                let judged = self.of_largest_layer(rule, bound, &bytes);
                self.judged.push(judged);
            }
        }
        for budget in &self.order.budgets {
            self.judged.push(budget::judge(self.image, budget));
        }
        if let Some((baseline, bound)) = &self.order.baseline {
            let before = baseline.visible_bytes(&self.image.found);
            let before = before.map_err(Error::Choice)?;
            let growth = visible_bytes.saturating_sub(before);
            let ruling = Ruling::at_most_bytes(Rule::MostGrowth, growth, *bound);
            self.judged.push(Judged {
                subject: Some(format!("over {}", baseline.name)),
                ..Judged::plain(ruling)
            });
        }
        Ok(Ok(()))
    }

    /// Returns the largest paths behind a figure of waste.
    fn of_waste(&self, rule: Rule, analysis: &Analysis) -> Vec<Evidence> {
        if rule == Rule::HighestDeadBytes {
            let dead = analysis.dead.iter().take(MOST_NAMED).map(|dead| {
                let told = format!(
                    "{} of /{} in layer {} that layer {} hides",
                    size(dead.bytes),
                    escape(&dead.path),
                    dead.stored_by.0,
                    dead.hidden_by.0
                );
                let line = self.line(dead.stored_by);
                let path = Some(dead.path.clone());
                Evidence::of_bytes("dead-bytes", told, path, Some(dead.stored_by.0), line)
            });
            return dead.collect();
        }
        let wasted = analysis.dive.wasted.iter().take(MOST_NAMED).map(|wasted| {
            let (bytes, path) = (size(wasted.bytes), escape(&wasted.path));
            let told = format!("{bytes} in {} copies of /{path}", wasted.copies);
            let path = Some(wasted.path.clone());
            Evidence::of_bytes("wasted-bytes", told, path, None, String::new())
        });
        wasted.collect()
    }

    fn of_largest_layer(&self, rule: Rule, bound: Option<u64>, bytes: &[u64]) -> Judged {
        let largest = bytes.iter().copied().max().unwrap_or_default();
        let layers = (0..).map(LayerIdx).zip(bytes);
        let beyond = layers.filter(|(_, bytes)| bound.is_some_and(|bound| **bytes > bound));
        let evidence = beyond.map(|(layer, bytes)| {
            let told = format!("layer {} has {}", layer.0, size(*bytes));
            Evidence::of_bytes("layer-bytes", told, None, Some(layer.0), self.line(layer))
        });
        Judged {
            evidence: evidence.collect(),
            ..Judged::plain(Ruling::at_most_bytes(rule, largest, bound))
        }
    }

    /// Runs the structure tests.
    async fn judge_structure(&mut self) {
        for file in &self.order.structure {
            for test in structure::run(file, self.image).await {
                let path = test
                    .path
                    .map(|path| path.trim_start_matches('/').to_owned());
                let path = path.map(String::into_bytes);
                let evidence = test.errors.iter().map(|error| {
                    let told = format!("{}: {error}", test.name);
                    let kind = "structure-test";
                    Evidence::of_bytes(kind, told, path.clone(), None, String::new())
                });
                let n_errors = test.errors.len() as u64;
                let ruling = Ruling::at_most(Rule::StructureTest, n_errors, Some(0));
                let evidence = evidence.collect();
                self.judged.push(Judged {
                    evidence,
                    subject: Some(test.name),
                    ..Judged::plain(ruling)
                });
            }
            self.notes.extend(structure::not_run(file));
        }
    }

    /// Applies the rules that read files. What could not be read for one of them is damage.
    async fn judge_files(&mut self, allowing: &mut Allowing<'_>) -> Result<(), NoAnalysis> {
        let bounds = self.order.bounds;
        if bounds.highest_packages.is_some() {
            let list = packages_of(self.image).await?;
            let n = list.standing(Standing::Installed).count() as u64;
            let n = n.saturating_add(u64::from(list.n_left_out));
            let unread = gaps(&list.gaps).map(|gaps| format!("not searched for packages: {gaps}"));
            self.damage.extend(unread);
            let ruling = Ruling::at_most(Rule::HighestPackages, n, bounds.highest_packages);
            self.judged.push(Judged::plain(ruling));
        }
        if bounds.highest_secrets.is_some() {
            let list = secrets_of(self.image).await?;
            let found = list.findings.iter().filter(|one| one.standing.is_secret());
            let evidence = found.map(|finding| {
                let mut evidence = Evidence::of_secret(finding, String::new());
                let line = evidence.layer.map(|layer| self.line(LayerIdx(layer)));
                evidence.made_by = line.unwrap_or_default();
                evidence
            });
            self.judged.push(Judged::counted(
                Rule::HighestSecrets,
                bounds.highest_secrets,
                evidence.collect(),
                list.n_left_out,
                allowing,
            ));
            self.notes.extend(cut(&list));
            let unread = gaps(&list.gaps).map(|gaps| format!("not searched for secrets: {gaps}"));
            self.damage.extend(unread);
        }
        let of_safety = [
            (Rule::HighestSetuid, bounds.highest_setuid, &RIGHTS[..]),
            (
                Rule::HighestWorldWritable,
                bounds.highest_world_writable,
                &WRITABLE,
            ),
            (Rule::HighestPasswords, bounds.highest_passwords, &PASSWORDS),
            (
                Rule::NotRoot,
                bounds.not_root.then_some(0),
                &[SafetyRule::RootUser],
            ),
        ];
        if of_safety.iter().any(|(_, bound, _)| bound.is_some()) {
            let list = safety_of(self.image).await?;
            for (rule, bound, kinds) in of_safety {
                if bound.is_none() {
                    continue;
                }
                let found = list.findings.iter();
                let found = found.filter(|finding| kinds.contains(&finding.rule));
                let evidence = found.map(|finding| Evidence::of_safety(finding, &list));
                let evidence: Vec<Evidence> = evidence.collect();
                let n_more = list.n_of(kinds).saturating_sub(evidence.len() as u64);
                self.judged
                    .push(Judged::counted(rule, bound, evidence, n_more, allowing));
            }
            let unread = gaps(&list.gaps).map(|gaps| format!("not looked at for safety: {gaps}"));
            self.damage.extend(unread);
        }
        self.judge_structure().await;
        Ok(())
    }
}
