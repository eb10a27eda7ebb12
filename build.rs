//! Follows the content that is compiled in, and gives the Windows program its icon, manifest and version.

use std::env;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=questions");
    println!("cargo::rerun-if-changed=packaging/windows/whetstone.manifest");
    println!("cargo::rerun-if-changed=assets/icon/whetstone.ico");
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "windows") {
        let mut resource = winresource::WindowsResource::new();
        resource.set_icon("assets/icon/whetstone.ico");
        resource.set_manifest_file("packaging/windows/whetstone.manifest");
        resource.set("ProductName", "Whetstone");
        resource.set("FileDescription", "Whetstone: study for the senior backend interview");
        resource.set("LegalCopyright", "MIT OR Apache-2.0, the Whetstone developers");
        resource.compile()?;
    }
    Ok(())
}
