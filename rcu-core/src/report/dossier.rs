//! The page of what is kept of one person, for that person.

use crate::picture::{escape, page};
use crate::repository::Dossier;
use std::fmt::Write as _;

/// The page. It holds everything in clear: it is for the person alone.
pub fn of_dossier(dossier: &Dossier) -> String {
    let mut t = String::with_capacity(16 * 1024);
    let title = "What we keep of you";
    let _ = write!(t, "<h1>{title}</h1>");
    for (heading, lines) in dossier.sections() {
        let _ = write!(t, "<h2>{}</h2><ul>", escape(&heading));
        for line in lines {
            let _ = write!(t, "<li>{}</li>", escape(&line));
        }
        t.push_str("</ul>");
    }
    page(title, &t)
}
