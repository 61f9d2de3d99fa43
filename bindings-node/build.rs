//! Link arguments of a Node addon, and the folder where the macros leave the TypeScript of each item.

use std::path::Path;

fn main() {
    napi_build::setup();
    // The macros run inside the compiler and read this variable; `build.mjs` finds the folder through cargo.
    if let Some(out) = std::env::var_os("OUT_DIR") {
        let types = Path::new(&out).join("types");
        if std::fs::create_dir_all(&types).is_ok() {
            println!("cargo::rustc-env=NAPI_TYPE_DEF_TMP_FOLDER={}", types.display());
        }
    }
}
