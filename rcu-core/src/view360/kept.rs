//! Pages of the people of a repository.

use super::{View360, Viewer, index_facts};
use crate::error::Error;
use crate::repository::{Repository, Store};

/// Everything known of one person of a repository, found by a golden id, also of one that was taken in, or by a record
/// written as `source:record id`; none when there is nobody. Show it as a role may see it: [`View360::for_role`].
///
/// # Errors
/// [`Error::UnknownSource`]; those of the store.
pub fn view_of_kept<S: Store>(repository: &Repository<S>, id: &str) -> Result<Option<View360>, Error> {
    let Some(portrait) = repository.portrait(id)? else { return Ok(None) };
    let (plan, run) = (repository.plan(), &portrait.run);
    let facts = index_facts(plan, run, &portrait.inputs)?;
    let viewer = Viewer::new(plan, run).with_facts(&portrait.inputs, &facts);
    viewer.view(&portrait.golden_id).map(Some)
}
