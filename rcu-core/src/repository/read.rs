//! What is known of a person beside the golden values, as a batch would write it.

use super::evaluate::{has_facts, nobody, tables};
use super::ledger::totals;
use super::standing::{KeptFact, Standing};
use super::store::{Ordinal, Space, Store};
use super::{Person, Repository, scores};
use crate::aggregate::Totals;
use crate::error::Error;
use crate::facts::owner_key;
use crate::ingest::Input;
use std::collections::{BTreeMap, BTreeSet};

impl<S: Store> Repository<S> {
    /// Where a person stands, without what depends on all others. Whoever took the golden id in since is meant.
    ///
    /// # Errors
    /// Those of the store.
    pub fn standing(&self, golden_id: &str) -> Result<Option<Standing>, Error> {
        match self.store.named(golden_id)?.and_then(|n| n.person) {
            Some(number) => Ok(Some(self.store.standing(number)?.unwrap_or_default())),
            None => Ok(None),
        }
    }

    /// The aggregates of a person by column, as outputs write them; those without a value are left out. Scores are among
    /// all people of the moment.
    ///
    /// # Errors
    /// Those of the store.
    pub fn figures(&self, golden_id: &str) -> Result<Option<BTreeMap<String, String>>, Error> {
        let Some(standing) = self.standing(golden_id)? else { return Ok(None) };
        let mut all = nobody(&self.plan);
        all.extend(standing.figures);
        all.retain(|_, text| !text.is_empty());
        if let Some(scored) = standing.rfm.get("")
            && let Some(found) = scores::scores(&self.store, &self.plan.config.aggregates, "", scored)?
        {
            all.extend(scores::columns(found, scored).map(|(name, text)| (name.to_owned(), text)));
        }
        for (kind, names) in scores::units(&self.store)? {
            let own = standing.units.get(&kind);
            let status = |name: &String| {
                let own = own.and_then(|u| u.get(name)).and_then(|u| u.get("status")).cloned();
                own.unwrap_or_else(|| "prospect".to_owned())
            };
            let statuses: BTreeMap<&String, String> = names.keys().map(|name| (name, status(name))).collect();
            all.insert(format!("status_by_{kind}"), serde_json::to_string(&statuses).unwrap_or_default());
        }
        Ok(Some(all))
    }

    /// Scores of a person among the customers of a brand, as three digits, when brands are scored.
    ///
    /// # Errors
    /// Those of the store.
    pub fn brand_scores(&self, golden_id: &str) -> Result<BTreeMap<String, String>, Error> {
        let mut all = BTreeMap::new();
        for (brand, scored) in self.standing(golden_id)?.map(|s| s.rfm).unwrap_or_default() {
            if !brand.is_empty()
                && let Some(found) =
                    scores::scores(&self.store, &self.plan.config.aggregates, &brand, &scored)?
            {
                all.insert(brand, format!("{}{}{}", found.r, found.f, found.m));
            }
        }
        Ok(all)
    }

    /// Rows of all families that name a record of a person, as they were delivered, by source and identifier.
    ///
    /// # Errors
    /// Those of the store.
    pub fn facts_of(&self, person: &Person) -> Result<Vec<KeptFact>, Error> {
        let mut found: BTreeSet<Ordinal> = BTreeSet::new();
        if has_facts(&self.plan, &self.store)? {
            for o in &person.members {
                if let Some(kept) = self.store.record(*o)? {
                    let key = owner_key(kept.record.source, &kept.record.id);
                    found.extend(self.store.keyed(Space::Facts, key)?);
                }
            }
        }
        let mut facts = Vec::new();
        for o in found {
            facts.extend(self.store.fact(o)?);
        }
        facts.sort_by(|a, b| (a.source, &a.key).cmp(&(b.source, &b.key)));
        Ok(facts)
    }

    /// All kept rows of families other than customers, one table of each source: what a batch needs to build the same.
    ///
    /// # Errors
    /// Those of the store.
    pub fn fact_rows(&self) -> Result<Vec<Input>, Error> {
        let mut facts: BTreeMap<Ordinal, KeptFact> = BTreeMap::new();
        self.store.each_fact(&mut |o, f| {
            facts.insert(o, f);
        })?;
        Ok(tables(&self.plan, &facts)?.0)
    }

    /// Money of the kept transactions and where it went: what came in is what is attributed, that of orphans and that of
    /// sales without a customer, to the cent.
    ///
    /// # Errors
    /// Those of the store.
    pub fn revenue(&self) -> Result<Totals, Error> {
        totals(&self.store)
    }
}
