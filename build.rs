//! Makes the linker keep relocations, by which `scripts/wasm/wasm-bindgen` finds out which function refers to which
//! when it splits the page into parts.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_PARTS").is_some() {
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
}
