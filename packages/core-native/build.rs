//! Sets the linker up for a Node addon, and hands over the version.

use std::io::{Error, ErrorKind};

/// The one place that a release writes the version to.
const MANIFEST: &str = "package.json";

fn main() -> Result<(), Error> {
    napi_build::setup();
    println!("cargo:rerun-if-changed={MANIFEST}");
    let manifest = std::fs::read_to_string(MANIFEST)?;
    let version = version_in(&manifest)
        .ok_or_else(|| Error::new(ErrorKind::InvalidData, format!("{MANIFEST} has no version")))?;
    println!("cargo:rustc-env=HEADGATE_VERSION={version}");
    Ok(())
}

/// The first `"version": "…"`: npm and changesets write it before whatever could have another.
fn version_in(manifest: &str) -> Option<&str> {
    let (_, after) = manifest.split_once("\"version\"")?;
    after.split('"').nth(1)
}
