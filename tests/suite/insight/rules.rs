//! The rules of `lamina check`: kept at their bound, broken beyond it.

use lamina::insight::{Bounds, Figure, Rule, RuleStatus, Ruling, analyse, apply_rules};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{ALL, union_of};

const OFF: Bounds = Bounds {
    lowest_efficiency: None,
    highest_wasted_bytes: None,
    highest_user_wasted_percent: None,
    highest_dead_bytes: None,
    ..Bounds::DEFAULT
};

/// Checks each rule's verdict, in dive's order: `+` kept, `-` broken, `.` switched off.
fn check(layers: &str, bounds: Bounds, expected: &str) {
    let analysis = analyse(&union_of(layers), ALL).unwrap();
    let rulings = apply_rules(&analysis, &bounds);
    let sign = |status| match status {
        RuleStatus::Pass => '+',
        RuleStatus::Fail => '-',
        RuleStatus::Off => '.',
    };
    let actual: String = rulings.iter().map(|ruling| sign(ruling.status)).collect();
    assert_eq!(actual, expected, "{bounds:?} of\n{layers}");
    let names = rulings.map(|ruling| ruling.rule.name());
    assert_eq!(
        names,
        [
            "lowestEfficiency",
            "highestWastedBytes",
            "highestUserWastedPercent",
            "highestDeadBytes"
        ]
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn each_rule_holds_at_its_bound_and_not_beyond() {
    // Score 0.75, 20 bytes wasted, which is a quarter of the bytes above the base, 10 bytes dead.
    let layers = "a = @10\nb = @10\n---\na = @10\nc = @30\n---\nd = @40";
    check(layers, OFF, "....");
    check(layers, Bounds::DEFAULT, "+.-.");
    for (score, wasted, percent, dead, expected) in [
        (0.9, 20, 0.25, 10, "++++"),
        (0.91, 19, 0.24, 9, "----"),
        (0.0, 0, 1.0, u64::MAX, "+-++"),
    ] {
        let bounds = Bounds {
            lowest_efficiency: Some(score),
            highest_wasted_bytes: Some(wasted),
            highest_user_wasted_percent: Some(percent),
            highest_dead_bytes: Some(dead),
            ..OFF
        };
        check(layers, bounds, expected);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn an_image_without_waste_keeps_every_rule() {
    let none = Bounds {
        lowest_efficiency: Some(1.0),
        highest_wasted_bytes: Some(0),
        highest_user_wasted_percent: Some(0.0),
        highest_dead_bytes: Some(0),
        ..OFF
    };
    check("a = @10\n---\nb = @10", none, "++++");
    check("", none, "++++");
    // Infinity exceeds any bound.
    check(
        "a = @10\n---\n.wh.a",
        Bounds {
            highest_user_wasted_percent: Some(1.0),
            ..OFF
        },
        "..-.",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_ruling_tells_value_and_bound() {
    let analysis = analyse(&union_of("a = @10\n---\na = @30"), ALL).unwrap();
    let rulings = apply_rules(&analysis, &Bounds::DEFAULT);
    assert_eq!(rulings[0].value, Figure::Part(0.25));
    assert_eq!(rulings[0].bound, Some(Figure::Part(0.9)));
    assert_eq!(rulings[1].value, Figure::Bytes(40));
    assert_eq!(rulings[1].bound, None);
    assert_eq!(rulings[3].value, Figure::Bytes(10));
}

#[wasm_bindgen_test(unsupported = test)]
fn things_are_counted_where_that_is_asked_for() {
    let ruling = |n_secrets, bound| Ruling::at_most(Rule::HighestSecrets, n_secrets, bound).status;
    assert_eq!(ruling(3, None), RuleStatus::Off);
    assert_eq!(ruling(3, Some(3)), RuleStatus::Pass);
    assert_eq!(ruling(1, Some(0)), RuleStatus::Fail);
}
