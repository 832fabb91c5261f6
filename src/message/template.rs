//! Texts with places for values.

/// True if a text names each of its `n` places, `{0}` to `{n-1}`, and no other. `{0:1 layer|# layers}` takes the
/// first form for the value 1, and otherwise the second, with the value in place of `#`.
pub const fn has_places(text: &str, n: usize) -> bool {
    let mut rest = text.as_bytes();
    let mut seen = 0_u32;
    while let [first, tail @ ..] = rest {
        if let (b'{', [digit @ b'0'..=b'9', b'}' | b':', ..]) = (*first, tail) {
            seen |= 1 << (*digit - b'0');
        }
        rest = tail;
    }
    seen == (1 << n) - 1
}

/// Returns the text with the values in its places.
pub fn fill_template(text: &str, values: &[impl AsRef<str>]) -> String {
    let mut filled = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let place = after.split_once('}').and_then(|(place, tail)| {
            let (number, forms) = place.split_once(':').unwrap_or((place, "#|#"));
            let value = values.get(number.parse::<usize>().ok()?)?.as_ref();
            let (one, several) = forms.split_once('|')?;
            Some((if value == "1" { one } else { several }, value, tail))
        });
        match place {
            Some((form, value, tail)) => {
                let (start, end) = form.split_once('#').unwrap_or((form, ""));
                let value = if start.len() < form.len() { value } else { "" };
                filled.extend([start, value, end]);
                rest = tail;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_never_read_as_a_place() {
        for (text, values, filled) in [
            ("{1} of {0}", &["{1}", "a"][..], "a of {1}"),
            ("{0} {0:#|#s}", &["#"], "# #s"),
            ("{2} {x} {", &["a"], "{2} {x} {"),
            ("${{0}} is", &["A"], "${A} is"),
            ("{1:# file|# files} of {0}", &["3", "1"], "1 file of 3"),
        ] {
            assert_eq!(fill_template(text, values), filled);
        }
    }

    #[test]
    fn a_text_names_each_place_once_or_more() {
        for (text, n, holds) in [
            ("", 0, true),
            ("{x} {", 0, true),
            ("{0} of {1:1 layer|# layers}", 2, true),
            ("{1} {0} {1}", 2, true),
            ("{0}", 0, false),
            ("none", 1, false),
            ("{1}", 1, false),
            ("{0} {2}", 2, false),
        ] {
            assert_eq!(has_places(text, n), holds, "{text}");
        }
    }
}
