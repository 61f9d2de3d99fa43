//! The rules that a kept state was made by.

use super::log::hex;
use crate::config::Plan;
use sha2::{Digest, Sha256};

/// A number for everything in a plan that decides what is kept: the version of this library, the configuration without
/// what only says where rows are read and who reads them, and the model. The day is not among it.
pub(super) fn number(plan: &Plan) -> String {
    let mut config = serde_json::to_value(&plan.config).unwrap_or_default();
    if let Some(config) = config.as_object_mut() {
        for beside in ["roles", "subscribers", "purposes", "retention", "decisions", "rulings"] {
            config.remove(beside);
        }
        if let Some(general) = config.get_mut("rcu").and_then(|v| v.as_object_mut()) {
            general.remove("as_of");
        }
        for source in config.get_mut("sources").and_then(|v| v.as_object_mut()).into_iter().flatten() {
            if let Some(source) = source.1.as_object_mut() {
                source.remove("path");
                source.remove("purposes");
                source.remove("accounts");
            }
        }
    }
    let mut parts = vec![env!("CARGO_PKG_VERSION").to_owned(), config.to_string()];
    parts.push(serde_json::to_string(&plan.model).unwrap_or_default());
    // Texts of files are not part of a configuration that is written down.
    let mut lists = plan.config.lists.clone();
    parts.extend(lists.files().into_iter().map(|l| l.text.clone().unwrap_or_default()));
    parts.push(format!("{:?}", plan.config.survivorship.file_locks));
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hex(hash.finalize().into())
}
