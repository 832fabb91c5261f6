//! Makes the linker keep relocations, by which `scripts/wasm/wasm-bindgen` finds out which function refers to which
//! when it splits the page into parts. Has the command built anew when the page in it is another.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is_set = |name| std::env::var_os(name).is_some();
    if is_set("CARGO_FEATURE_PARTS") {
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
    // The names in it change with every other file of the page. A test build reads the folder when it runs.
    if is_set("CARGO_FEATURE_CLI") && std::env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo::rerun-if-changed=dist/index.html");
    }
}
