//! Lets the linker keep what the page's build takes its parts apart by: `scripts/wasm/wasm-bindgen` needs to know which
//! function names which.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_PARTS").is_some() {
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
}
