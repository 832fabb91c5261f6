//! Export of a single layer.

use lamina::workspace::{Draft, OpenImage, layer_as_stored, layer_as_tar};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::{bzip2, docker_save, gzip, zstd};
use crate::support::{run, tar_of};

use super::{Store, archive_of, bytes_of, go_on, images, read_all};

fn check(image: &OpenImage, layer: usize, stored: &[u8], tar: &[u8]) {
    let export = run(layer_as_stored(Draft::of(image), layer, &|_| go_on()));
    assert_eq!(bytes_of(export, image).unwrap(), stored);
    let export = run(layer_as_tar(Draft::of(image), layer, &|_| go_on()));
    assert_eq!(bytes_of(export, image).unwrap(), tar);
}

#[wasm_bindgen_test(unsupported = test)]
fn ex_12_a_layer_comes_as_it_is_stored_or_as_the_tar_that_it_is() {
    let (base, top) = (tar_of("a = @300000"), tar_of("b = 2"));
    for store in [<[u8]>::to_vec, gzip, zstd, bzip2] as [Store; 4] {
        let archive = archive_of(&[&base, &top], store);
        let unread = images(&archive).remove(0);
        check(&unread, 0, &store(&base), &base);
        check(&read_all(unread), 1, &store(&top), &top);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_layer_that_is_not_there_is_named() {
    let image = images(&docker_save(&[], &[&tar_of("a = 1")]).tar()).remove(0);
    let export = run(layer_as_tar(Draft::of(&image), 1, &|_| go_on()));
    let error = bytes_of(export, &image).unwrap_err();
    assert!(error.to_string().contains("layer 1"), "{error}");
}
