//! The throw-away domains, ten thousand of them, as one fst set. The other lists are short text, read when the
//! tables are first used, by the same functions that an installation extends them with.

use std::path::Path;

pub fn compile(data: &Path, out: &Path) {
    let path = data.join("email/disposable.txt");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let domains = text.lines().filter(|l| !l.starts_with('#') && !l.is_empty()).map(str::to_owned);
    super::write_set(out, "email_disposable.fst", domains.collect());
}
