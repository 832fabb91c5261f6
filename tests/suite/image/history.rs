//! Histories: the command of each layer, and how a command is shown.

use lamina::image::{HistoryEntry, match_history, shown_command};
use wasm_bindgen_test::wasm_bindgen_test;

/// Checks the match of history and layers. `history` has a letter for each entry: `L` claims a layer, `e` is empty.
/// `expected` has the layer's number or `-`.
fn check_match(history: &str, n_layers: usize, expected: &str, code: &str) {
    let entries: Vec<HistoryEntry> = history
        .chars()
        .map(|c| HistoryEntry {
            empty_layer: c == 'e',
            ..HistoryEntry::default()
        })
        .collect();
    let matched = match_history(&entries, n_layers);
    let actual: String = matched
        .layer_of
        .iter()
        .map(|layer| layer.map_or("-".to_owned(), |layer| layer.to_string()))
        .collect();
    assert_eq!(actual, expected, "{history:?} over {n_layers} layers");
    let actual = matched.oddity.as_ref().map_or("", |oddity| oddity.code());
    assert_eq!(actual, code, "{history:?} over {n_layers} layers");
    for (entry, layer) in matched.layer_of.iter().enumerate() {
        if let Some(layer) = layer {
            assert_eq!(matched.entry_of(*layer), Some(entry));
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_02_the_kth_entry_made_layer_k() {
    check_match("LL", 2, "01", "");
    check_match("LeLe", 2, "0-1-", "");
    check_match("eeLeeeLLeeLeLeLLLe", 8, "--0---12--3-4-567-", "");
    check_match("", 0, "", "");
    check_match("ee", 0, "--", "");
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_03_what_does_not_match_is_not_shifted() {
    check_match("", 3, "", "no-history");
    check_match("L", 3, "-", "history-mismatch");
    check_match("LLLL", 3, "----", "history-mismatch");
    check_match("LeL", 1, "---", "history-mismatch");
    check_match("LeL", 3, "012", "history-guessed");
}

fn check_shown(raw: &str, text: &str, build_args: &[&str]) {
    let shown = shown_command(raw);
    assert_eq!(shown.text, text, "from {raw:?}");
    assert_eq!(shown.build_args, build_args, "from {raw:?}");
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_11_commands_as_written() {
    check_shown("/bin/sh -c #(nop)  CMD [\"bash\"]", "CMD [\"bash\"]", &[]);
    check_shown(
        "/bin/sh -c #(nop) ADD file:ab in / ",
        "ADD file:ab in /",
        &[],
    );
    check_shown("/bin/sh -c apt-get update", "RUN apt-get update", &[]);
    check_shown("/bin/sh -c echo '#(nop)'", "RUN echo '#(nop)'", &[]);
    check_shown("RUN /bin/sh -c make # buildkit", "RUN make", &[]);
    check_shown("COPY a b # buildkit", "COPY a b", &[]);
    check_shown("CMD [\"sh\"]", "CMD [\"sh\"]", &[]);
    check_shown("|1 A=b /bin/sh -c make", "RUN make", &["A=b"]);
    check_shown("|2 A=b c D= /bin/sh -c make", "RUN make", &["A=b c", "D="]);
    check_shown(
        "RUN |1 A=b /bin/sh -c make # buildkit",
        "RUN make",
        &["A=b"],
    );
    check_shown("|1 A=b make it", "RUN make it", &["A=b"]);
    check_shown("cmd /S /C dir", "RUN dir", &[]);
    check_shown("bazel build ...", "bazel build ...", &[]);
    check_shown("", "", &[]);
    check_shown("|", "|", &[]);
    check_shown("|99999999999999999999 a", "|99999999999999999999 a", &[]);
    check_shown("|9 é", "RUN ", &["é"]);
}
