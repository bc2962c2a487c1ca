//! Which binaries of headgate's the process has loaded. Two copies of the package bring one each, and each has a
//! registry of shared names of its own: whoever shares asks here for the one that all have to use.

use napi_derive::napi;
use std::ffi::{CStr, c_char};

/// What stands before the version in the file, where a release reads it without running it.
const MARK: &str = "headgate native ";

/// That of the package, which takes no binary of another one.
const VERSION: &CStr = {
    let marked = concat!("headgate native ", env!("HEADGATE_VERSION"), "\0").as_bytes();
    match CStr::from_bytes_with_nul(marked.split_at(MARK.len()).1) {
        Ok(version) => version,
        Err(_) => c"unknown",
    }
};

/// By this symbol a binary is known, whatever its file is called.
#[unsafe(no_mangle)]
extern "C" fn headgate_native_version() -> *const c_char {
    VERSION.as_ptr()
}

/// A binary of headgate's in this process.
#[napi(object)]
pub(super) struct LoadedBinary {
    /// The path that it was loaded by.
    pub path: String,
    pub version: String,
    /// It is the one that answers.
    pub own: bool,
}

/// The version that this binary was built of.
#[napi]
pub(super) fn version() -> String {
    VERSION.to_string_lossy().into_owned()
}

/// All binaries of headgate's that any thread of the process has loaded, in the order in which it did. None where
/// the system doesn't tell.
#[napi(catch_unwind)]
pub(super) fn loaded() -> Vec<LoadedBinary> {
    system::libraries().iter().filter_map(|path| system::known(path)).collect()
}

#[cfg(target_os = "linux")]
mod system {
    use super::{LoadedBinary, headgate_native_version};
    use std::ffi::{CStr, CString, c_char, c_int, c_void};
    use std::mem::transmute;

    /// The paths of all libraries that are loaded, first come first.
    pub(super) fn libraries() -> Vec<CString> {
        let mut paths: Vec<CString> = Vec::new();
        // Safety: `note` takes the pointer for what it is here, and the call ends before `paths` is used again.
        unsafe { libc::dl_iterate_phdr(Some(note), (&raw mut paths).cast()) };
        paths
    }

    unsafe extern "C" fn note(library: *mut libc::dl_phdr_info, _size: usize, paths: *mut c_void) -> c_int {
        // Safety: the system hands over a library that it holds, whose path ends with a zero, and the `paths` that
        // `libraries` gave it.
        let (path, paths) = unsafe { ((*library).dlpi_name, &mut *paths.cast::<Vec<CString>>()) };
        if !path.is_null() {
            // Safety: as above.
            paths.push(unsafe { CStr::from_ptr(path) }.to_owned());
        }
        0
    }

    /// A library that has the symbol; nothing is loaded for it.
    pub(super) fn known(path: &CStr) -> Option<LoadedBinary> {
        if path.is_empty() {
            return None; // the program itself
        }
        // Safety: the path ends with a zero, and what is loaded already runs nothing when it is asked for again.
        let library = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_LAZY | libc::RTLD_NOLOAD) };
        if library.is_null() {
            return None;
        }
        // Safety: the library is held, and the name ends with a zero.
        let symbol = unsafe { libc::dlsym(library, c"headgate_native_version".as_ptr()) };
        let known = (!symbol.is_null()).then(|| {
            // Safety: no other library has that name, and every version of it has this signature.
            let version: extern "C" fn() -> *const c_char = unsafe { transmute(symbol) };
            LoadedBinary {
                path: path.to_string_lossy().into_owned(),
                // Safety: it is a constant of the library, and ends with a zero.
                version: unsafe { CStr::from_ptr(version()) }.to_string_lossy().into_owned(),
                own: symbol == headgate_native_version as *mut c_void,
            }
        });
        // Safety: gives back what `dlopen` counted above; Node holds the library on.
        unsafe { libc::dlclose(library) };
        known
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use super::LoadedBinary;
    use std::ffi::{CStr, CString};

    pub(super) fn libraries() -> Vec<CString> {
        Vec::new()
    }

    pub(super) fn known(_: &CStr) -> Option<LoadedBinary> {
        None
    }
}
