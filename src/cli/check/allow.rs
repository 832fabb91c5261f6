//! The allow-list: findings that do not count, each with a reason and the last day on which that holds.

use std::collections::BTreeSet;

use serde::Deserialize;
use time::format_description::well_known::Iso8601;
use time::{Date, OffsetDateTime};

use super::evidence::{Allowed, Evidence};
use super::pattern::PathPattern;

/// The list.
#[derive(Clone, Debug, Default)]
pub(super) struct AllowList {
    entries: Vec<AllowEntry>,
}

#[derive(Clone, Debug)]
struct AllowEntry {
    what: What,
    /// The kind of findings, such as `setuid`; of all kinds if there is none.
    rule: Option<String>,
    reason: String,
    until: Date,
}

#[derive(Clone, Debug)]
enum What {
    Path(PathPattern),
    Fingerprint(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    allow: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    path: Option<String>,
    fingerprint: Option<String>,
    rule: Option<String>,
    reason: String,
    until: String,
}

impl AllowList {
    /// Parses a list.
    pub(super) fn parse(text: &str) -> Result<AllowList, String> {
        let document: Document = super::yaml::read(text)?;
        let entries = (1..).zip(document.allow).map(|(number, written)| {
            entry(written).map_err(|reason| format!("entry {number}: {reason}"))
        });
        Ok(AllowList {
            entries: entries.collect::<Result<_, _>>()?,
        })
    }

    /// Allows a finding if an entry does that today. Returns a line for each entry that would allow it and is expired.
    pub(super) fn look_at(
        &self,
        evidence: &mut Evidence,
        today: Date,
        expired: &mut BTreeSet<String>,
    ) {
        for entry in &self.entries {
            if !entry.fits(evidence) {
                continue;
            }
            if today <= entry.until {
                evidence.allowed = Some(Allowed {
                    reason: entry.reason.clone(),
                    until: entry.until.to_string(),
                });
            } else {
                expired.insert(entry.told());
            }
        }
    }
}

impl AllowEntry {
    fn fits(&self, evidence: &Evidence) -> bool {
        let is_of_rule = self.rule.as_ref().is_none_or(|rule| rule == evidence.kind);
        is_of_rule
            && match &self.what {
                What::Path(pattern) => evidence
                    .path
                    .as_ref()
                    .is_some_and(|path| pattern.fits(path)),
                What::Fingerprint(fingerprint) => *fingerprint == evidence.fingerprint,
            }
    }

    fn told(&self) -> String {
        let what = match &self.what {
            What::Path(pattern) => pattern.text(),
            What::Fingerprint(fingerprint) => fingerprint.clone(),
        };
        let until = self.until;
        format!(
            "{what} was allowed until {until} and is no more ({})",
            self.reason
        )
    }
}

fn entry(written: Written) -> Result<AllowEntry, String> {
    let what = match (written.path, written.fingerprint) {
        (Some(path), None) => What::Path(PathPattern::parse(&path)?),
        (None, Some(fingerprint)) => What::Fingerprint(fingerprint),
        _ => return Err("it has a path or a fingerprint, one of both".to_owned()),
    };
    if written.reason.trim().is_empty() {
        return Err("a reason is asked for".to_owned());
    }
    let until = Date::parse(&written.until, &Iso8601::DATE).map_err(|_| {
        let until = &written.until;
        format!("a day such as 2027-06-30 is asked for, and not {until:?}")
    })?;
    Ok(AllowEntry {
        what,
        rule: written.rule,
        reason: written.reason,
        until,
    })
}

/// Returns the day, by the system's clock and in UTC.
pub(super) fn today(unix_millis: i64) -> Date {
    let now = OffsetDateTime::from_unix_timestamp(unix_millis / 1_000);
    now.unwrap_or(OffsetDateTime::UNIX_EPOCH).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(kind: &'static str, path: &str) -> Evidence {
        let path = Some(path.as_bytes().to_vec());
        Evidence::of_bytes(kind, String::new(), path, None, String::new())
    }

    #[test]
    fn entries_allow_by_path_rule_and_fingerprint_until_their_last_day() {
        let print = evidence("setuid", "bin/ping").fingerprint;
        let list = AllowList::parse(&format!(
            "allow:\n  - path: /usr/bin/su\n    rule: setuid\n    reason: cron\n    until: 2027-06-30\n  \
             - {{path: '**/*.pem', reason: tests, until: '2020-01-01'}}\n  \
             - fingerprint: '{print}'\n    reason: probes\n    until: 2027-06-30\n"
        ));
        let list = list.expect("it is a list");
        let look = |kind, path: &str, day: &str| {
            let mut expired = BTreeSet::new();
            let mut evidence = evidence(kind, path);
            let day = Date::parse(day, &Iso8601::DATE).expect("it is a day");
            list.look_at(&mut evidence, day, &mut expired);
            let allowed = evidence.allowed.map(|allowed| allowed.reason);
            (
                allowed.unwrap_or_default(),
                expired.into_iter().next().unwrap_or_default(),
            )
        };
        let (none, cron) = (String::new(), "cron".to_owned());
        assert_eq!(
            look("setuid", "usr/bin/su", "2027-06-30"),
            (cron, none.clone())
        );
        assert_eq!(
            look("setgid", "usr/bin/su", "2027-06-30"),
            (none.clone(), none.clone())
        );
        assert_eq!(look("setuid", "bin/ping", "2027-01-01").0, "probes");
        let (allowed, expired) = look("private-key", "a/b.pem", "2020-01-02");
        assert_eq!(allowed, "");
        assert_eq!(
            expired,
            "**/*.pem was allowed until 2020-01-01 and is no more (tests)"
        );
    }

    #[test]
    fn incomplete_entries_are_refused() {
        for (text, reason) in [
            ("allow:\n  - {path: /a, until: 2027-01-01}", "reason"),
            ("allow:\n  - {path: /a, reason: x}", "until"),
            (
                "allow:\n  - {path: /a, reason: ' ', until: 2027-01-01}",
                "entry 1: a reason",
            ),
            (
                "allow:\n  - {reason: x, until: 2027-01-01}",
                "entry 1: it has a path",
            ),
            (
                "allow:\n  - {path: /a, reason: x, until: never}",
                "entry 1: a day such as",
            ),
            (
                "allow:\n  - {path: /, reason: x, until: 2027-01-01}",
                "entry 1: a path such as",
            ),
            ("alow: []", "alow"),
            ("- a", ""),
            ("", ""),
        ] {
            let error = AllowList::parse(text).expect_err(text);
            assert!(error.contains(reason), "{text:?}: {error}");
        }
    }
}
