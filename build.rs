//! Lets the linker keep what the page's build takes its parts apart by: `scripts/wasm/wasm-bindgen` needs to know which
//! function names which.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = std::env::var("CARGO_CFG_TARGET_ARCH");
    if target.as_deref() == Ok("wasm32") {
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
}
