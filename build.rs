//! Makes the linker keep relocations, by which `scripts/wasm/wasm-bindgen` finds out which function refers to which
//! when it splits the page into parts.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = std::env::var("CARGO_CFG_TARGET_ARCH");
    if target.as_deref() == Ok("wasm32") {
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
}
