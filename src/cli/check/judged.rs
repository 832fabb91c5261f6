//! A ruling with what stands behind it.

use std::collections::BTreeSet;

use time::Date;

use crate::cli::table::{part, size};
use crate::insight::{Figure, Rule, RuleStatus, Ruling};

use super::allow::AllowList;
use super::evidence::Evidence;

/// A ruling with its findings.
pub(super) struct Judged {
    pub(super) ruling: Ruling,
    /// The thing that one of several rulings of a rule is about: a path pattern, or a baseline.
    pub(super) subject: Option<String>,
    /// The findings behind it. Those that are allowed do not count.
    pub(super) evidence: Vec<Evidence>,
    /// Number of findings that are not listed.
    pub(super) n_more: u64,
}

impl Judged {
    /// Judges by a figure alone.
    pub(super) fn plain(ruling: Ruling) -> Judged {
        Judged {
            ruling,
            subject: None,
            evidence: Vec::new(),
            n_more: 0,
        }
    }

    /// Counts the findings that are not allowed.
    pub(super) fn counted(
        rule: Rule,
        bound: Option<u64>,
        mut evidence: Vec<Evidence>,
        n_more: u64,
        allowing: &mut Allowing<'_>,
    ) -> Judged {
        for one in &mut evidence {
            allowing.look_at(one);
        }
        let n = evidence.iter().filter(|one| one.allowed.is_none()).count() as u64;
        Judged {
            ruling: Ruling::at_most(rule, n.saturating_add(n_more), bound),
            subject: None,
            evidence,
            n_more,
        }
    }

    /// True if the rule is broken.
    pub(super) fn fails(&self) -> bool {
        self.ruling.status == RuleStatus::Fail
    }

    /// Returns the rule's name, with the subject.
    pub(super) fn title(&self) -> String {
        match &self.subject {
            None => self.ruling.rule.name().to_owned(),
            Some(subject) => format!("{} {subject}", self.ruling.rule.name()),
        }
    }

    /// Returns the figure for people.
    pub(super) fn value(&self) -> String {
        told(self.ruling.value)
    }

    /// Returns the bound for people; empty if the rule is off.
    pub(super) fn bound(&self) -> String {
        match (self.ruling.rule, self.ruling.bound) {
            (_, None) => String::new(),
            (Rule::LowestEfficiency, Some(bound)) => format!("at least {}", told(bound)),
            (_, Some(bound)) => format!("at most {}", told(bound)),
        }
    }

    /// Returns the findings that count.
    pub(super) fn counting(&self) -> impl Iterator<Item = &Evidence> {
        self.evidence.iter().filter(|one| one.allowed.is_none())
    }
}

/// An allow-list in use.
pub(super) struct Allowing<'a> {
    pub(super) list: &'a AllowList,
    pub(super) today: Date,
    /// A line for each expired entry that would allow something.
    pub(super) expired: BTreeSet<String>,
}

impl Allowing<'_> {
    fn look_at(&mut self, evidence: &mut Evidence) {
        self.list.look_at(evidence, self.today, &mut self.expired);
    }
}

/// Returns the word for reports.
pub(super) fn word(status: RuleStatus) -> &'static str {
    match status {
        RuleStatus::Pass => "pass",
        RuleStatus::Fail => "fail",
        RuleStatus::Off => "off",
    }
}

fn told(figure: Figure) -> String {
    match figure {
        Figure::Part(value) => part(value),
        Figure::Bytes(bytes) => size(bytes),
        Figure::Count(n) => n.to_string(),
    }
}
