//! The system of an image as the page asks for it.

use lamina::protocol::{Basis, ProblemCode, System};
use wasm_bindgen_test::wasm_bindgen_test;

use super::world::Asked;
use crate::archive::fixture::docker_save;
use crate::support::tar_of;

#[wasm_bindgen_test(unsupported = test)]
fn the_page_gets_the_system_with_the_layer_of_each_finding() {
    let asked = Asked::new(None);
    let base = tar_of("etc/\netc/os-release = ID=alpine\\nPRETTY_NAME=\"Alpine Linux v3.20\"\\n");
    let top = tar_of("etc/passwd = root:x:0:0:root:/root:/bin/sh\\nbad\\n");
    let image = asked.open(docker_save(&["a:1"], &[&base, &top]).tar());
    let system: System = asked.findings(image.key).unwrap();
    let distribution = &system.distribution;
    assert_eq!(distribution.basis, Basis::OsRelease);
    assert_eq!(distribution.release.pretty_name, "Alpine Linux v3.20");
    assert_eq!(distribution.file.as_ref().unwrap().layer.0, 0);
    let users = &system.users;
    assert_eq!(users.file.as_ref().unwrap().layer.0, 1);
    assert_eq!((users.n, users.n_malformed), (1, 1));
    assert_eq!(users.first[0].name, "root");
    assert_eq!(system.gaps, []);
}

#[wasm_bindgen_test(unsupported = test)]
fn an_image_of_which_nothing_is_read_has_no_system_yet() {
    let asked = Asked::new(None);
    let image = asked.found(docker_save(&["a:1"], &[&tar_of("a = 1")]).tar());
    let problem = asked.findings::<System>(image.key).unwrap_err();
    assert_eq!(problem.code, ProblemCode::NotFound);
}
