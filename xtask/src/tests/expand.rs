//! Tests of braces in a recipe's paths.

use crate::sample::recipe::expand::expand;

fn check(pattern: &str, expected: &str) {
    let text = match expand(pattern) {
        Ok(all) => all
            .iter()
            .map(|one| one.fill(&format!("{}=$1$2", one.path)))
            .collect::<Vec<_>>()
            .join(" "),
        Err(reason) => reason,
    };
    assert_eq!(text, expected, "{pattern}");
}

#[test]
fn braces_stand_for_lists_and_ranges() {
    check("etc/hosts", "etc/hosts=$1$2");
    check("{a,b}.txt", "a.txt=a$2 b.txt=b$2");
    check("{09..11}", "09=09$2 10=10$2 11=11$2");
    check("{a,b}/{1..2}", "a/1=a1 a/2=a2 b/1=b1 b/2=b2");
}

#[test]
fn wrong_braces_are_refused() {
    check("{a", "a { without its }");
    check("{1..x}", "{1..x}: \"x\" is no number");
    check(
        "{3..1}",
        "{3..1}: counts up from the first number to the last",
    );
    check(
        "{1..4294967295}",
        "{1..4294967295}: counts up from the first number to the last",
    );
    check(
        "{1..3000}/{1..3000}",
        "the braces stand for 9000000 entries, more than a layer may have",
    );
}
