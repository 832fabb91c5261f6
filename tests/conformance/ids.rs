//! Ids of lines: their form in a list, in a test's name and in a title.
//!
//! The sections are defined here, and nowhere else.

/// A section of the page.
pub(crate) struct Section {
    /// Name of its list in `tests/conformance/`.
    pub(crate) list: &'static str,
    pub(crate) title: &'static str,
    /// Number of lines for each prefix of its ids.
    pub(crate) n_lines: &'static [(&'static str, u8)],
}

/// The sections in the page's order.
pub(crate) const SECTIONS: &[Section] = &[
    section("rules", "Rules that decide most cases", &[("R", 10)]),
    section("archive", "Archives", &[("AF", 36)]),
    section("media_types", "Media types", &[("MT", 14)]),
    section("layers", "Layers and their union", &[("LS", 47)]),
    section("tar", "Tar", &[("TF", 23)]),
    section(
        "compression",
        "Compression",
        &[("GZ", 7), ("ZS", 7), ("XZ", 1)],
    ),
    section("digests", "Digests", &[("DG", 11)]),
    section("config", "Configs", &[("CF", 16)]),
    section("commit", "Commit, export and push", &[("EX", 13)]),
];

const fn section(
    list: &'static str,
    title: &'static str,
    n_lines: &'static [(&'static str, u8)],
) -> Section {
    Section {
        list,
        title,
        n_lines,
    }
}

/// Prefixes of lines that are in no list. Their tests are ignored.
const OTHERS: &[&str] = &["RP", "BR"];

/// The number of a line: `AF-08`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Id {
    pub(crate) prefix: String,
    pub(crate) number: u8,
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{:02}", self.prefix, self.number)
    }
}

/// True if a list should contain the id, provided that it is a line at all.
pub(crate) fn is_listed(id: &Id) -> bool {
    !OTHERS.contains(&id.prefix.as_str())
}

/// Splits `AF-08 rest` or, with `_` for `-`, `af_08_rest`: one or two letters and two digits make an id.
pub(crate) fn split_id(text: &str, dash: char) -> Option<(Id, &str)> {
    let (prefix, rest) = text.split_once(dash)?;
    let digits = rest.get(..2)?;
    let rest = rest.get(2..)?;
    let in_case = if dash == '_' {
        prefix.bytes().all(|b| b.is_ascii_lowercase())
    } else {
        prefix.bytes().all(|b| b.is_ascii_uppercase())
    };
    let is_id = (1..=2).contains(&prefix.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !rest.starts_with(|c: char| c.is_ascii_alphanumeric());
    if !in_case || !is_id {
        return None;
    }
    let id = Id {
        prefix: prefix.to_ascii_uppercase(),
        number: digits.parse().ok()?,
    };
    Some((id, rest))
}

/// Returns the ids at the beginning of a test's name: `af_07_af_11_...` and `dg_02_and_06_...` have two.
pub(crate) fn ids_of_name(name: &str) -> Vec<Id> {
    let mut ids: Vec<Id> = Vec::new();
    let mut rest = name;
    loop {
        let again = match (ids.last(), rest.strip_prefix("and_")) {
            (Some(last), Some(number)) => {
                format!("{}_{number}", last.prefix.to_ascii_lowercase())
            }
            _ => rest.to_owned(),
        };
        let Some((id, after)) = split_id(&again, '_') else {
            return ids;
        };
        ids.push(id);
        let after = after.strip_prefix('_').unwrap_or(after).len();
        rest = &rest[rest.len() - after..];
    }
}

#[test]
fn names_begin_with_their_ids() {
    let check = |name: &str, ids: &str| {
        let actual: Vec<_> = ids_of_name(name).iter().map(Id::to_string).collect();
        assert_eq!(actual.join(" "), ids, "{name}");
    };
    check("af_01_takes_off_any_compression", "AF-01");
    check("af_07_af_11_the_list", "AF-07 AF-11");
    check("dg_02_and_06_claims", "DG-02 DG-06");
    check("cf_12_mt_10_a_platform", "CF-12 MT-10");
    check("r_03", "R-03");
    check("rp_11_mt_14_types", "RP-11 MT-14");
    check("af_1_name", "");
    check("af_010_name", "");
    check("af_01name", "");
    check("takes_af_01", "");
    assert!(is_listed(&id_of("MT-14")) && !is_listed(&id_of("RP-11")));
}

/// Returns the id for a test case of this module.
pub(crate) fn id_of(text: &str) -> Id {
    split_id(text, '-').expect("the test names a known id").0
}
