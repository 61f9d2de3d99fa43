use std::path::Path;

pub fn compile(_data: &Path, _out: &Path) {}
