//! Persons in companies: who belongs to which, and what is the company's and not the person's.

use super::{Companies, Origin};
use crate::field::{self, COMPANY_FIELDS, FieldIx};
use crate::intern::Pool;
use crate::matching::MergeScope;
use crate::normalize::company::company_key_into;
use crate::records::{FieldColumn, Mark, Record, Records, Slot};
use std::collections::{BTreeMap, BTreeSet};

/// A person's record that belongs to a company. What it is there (role and days) the record itself says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contact {
    /// The record of the person.
    pub person: Record,
    /// The company.
    pub company: u32,
}

/// Every record of a person with its company: that of the account it names, else the one it speaks of.
pub(super) fn of_people(found: &Companies, people: &Records, account_of: &[Option<Record>]) -> Vec<Contact> {
    let mut of_account: Vec<u32> = Vec::new();
    let mut contacts = Vec::new();
    for (r, origin) in found.origins.iter().enumerate() {
        let company = found.clusters.of[r];
        match origin {
            // Accounts keep their order among themselves.
            Origin::Account(_) => of_account.push(company),
            Origin::Mention(person) => contacts.push(Contact { person: *person, company }),
        }
    }
    for person in 0..people.len() as Record {
        if let Some(account) = account_of.get(person as usize).copied().flatten() {
            contacts.push(Contact { person, company: of_account[account as usize] });
        }
    }
    contacts.sort_unstable_by_key(|c| c.person);
    contacts
}

/// The company of each contact as a key: the id of its legal unit when more than a name is known of it, and the key of
/// its name.
pub(super) fn employers(found: &Companies, people: &Records) -> FieldColumn {
    if found.contacts.is_empty() {
        return FieldColumn::default();
    }
    let n = people.len();
    let empty = || Slot { ids: vec![0; n], marks: vec![Mark::default(); n] };
    let mut column = FieldColumn { pool: Pool::default(), slots: vec![empty(), empty()] };
    let of_company: Vec<(u32, u32)> = (0..found.clusters.len())
        .map(|c| {
            let more = found.clusters.members(c).iter().any(|r| {
                matches!(found.origins[*r as usize], Origin::Account(_))
                    || found.records.field(field::POSTCODE).id(*r) != 0
                    || COMPANY_FIELDS
                        .iter()
                        .any(|f| *f != field::COMPANY_NAME && found.records.field(*f).id(*r) != 0)
            });
            let id = if more { column.pool.intern(&found.group_id(c)) } else { 0 };
            let name = found.text(field::COMPANY_NAME, c).map_or(0, |t| name_key(t, &mut column.pool));
            (id, name)
        })
        .collect();
    let own = people.field(field::COMPANY_NAME);
    for contact in &found.contacts {
        let r = contact.person as usize;
        let (id, name) = of_company[contact.company as usize];
        column.slots[0].ids[r] = id;
        // The name that the contact gives, which may be another than the company's first one.
        column.slots[1].ids[r] = own.text(contact.person).map_or(name, |t| name_key(t, &mut column.pool));
    }
    column
}

/// A name's key, marked so that it is no id.
fn name_key(name: &str, pool: &mut Pool) -> u32 {
    let mut key = String::from("=");
    company_key_into(name, &mut key);
    if key.len() > 1 { pool.intern(&key) } else { 0 }
}

/// Where a value stands, by slot and record, and the last and first names beside it.
type Bearers = (Vec<(usize, Record)>, BTreeSet<(u32, u32)>);

/// Takes the e-mails and telephones of accounts out of the keys of persons: a telephone that is no mobile always, an
/// e-mail or a mobile when several persons bear it (a sole trader's may be its own). Returns the number of values.
pub(super) fn bar_own_contacts(accounts: &Records, people: &mut Records, scope: MergeScope) -> u64 {
    let scope_field = match scope {
        MergeScope::Group => None,
        MergeScope::Company => Some(field::COMPANY),
        MergeScope::Brand => Some(field::BRAND),
    };
    let scope_of = |records: &Records, r: Record| -> String {
        scope_field.and_then(|f| records.field(f).text(r)).unwrap_or("").to_owned()
    };
    let key_of = |f: FieldIx, text: &str| {
        let mut key = String::new();
        match f {
            field::EMAIL => crate::normalize::email::key_into(text, &mut key),
            _ => key.push_str(text),
        }
        key
    };
    // A number is the company's in whichever field of telephones it stands.
    let group = |f: FieldIx| if f == field::EMAIL { 0u8 } else { 1 };
    let mut own: BTreeSet<(u8, String, String)> = BTreeSet::new();
    let mut texts: BTreeSet<(u8, String)> = BTreeSet::new();
    let fields = [field::EMAIL, field::MOBILE, field::LANDLINE];
    for f in fields {
        let column = accounts.field(f);
        for r in 0..accounts.len() as Record {
            for (id, _) in column.values(r) {
                let key = key_of(f, column.pool.get(id));
                texts.insert((group(f), key.clone()));
                own.insert((group(f), key, scope_of(accounts, r)));
            }
        }
    }
    if own.is_empty() {
        return 0;
    }
    let mut barred_values = BTreeSet::new();
    for f in fields {
        let column = people.field(f);
        let known: Vec<Option<String>> = (0..column.pool.len() as u32)
            .map(|id| Some(key_of(f, column.pool.get(id))).filter(|k| texts.contains(&(group(f), k.clone()))))
            .collect();
        // Where each value of a company stands, and whose names stand beside it.
        let mut bearers: BTreeMap<(String, String), Bearers> = BTreeMap::new();
        for (slot, s) in column.slots.iter().enumerate() {
            for (r, id) in s.ids.iter().enumerate() {
                let Some(key) = known.get(*id as usize).and_then(Option::as_ref) else { continue };
                let r = r as Record;
                let within = scope_of(people, r);
                if !own.contains(&(group(f), key.clone(), within.clone())) {
                    continue;
                }
                let (places, names) = bearers.entry((within, key.clone())).or_default();
                places.push((slot, r));
                let name = (people.field(field::LAST_NAME).id(r), people.field(field::FIRST_NAME).id(r));
                if name != (0, 0) {
                    names.insert(name);
                }
            }
        }
        for ((within, key), (places, names)) in bearers {
            if f != field::LANDLINE && names.len() < 2 {
                continue;
            }
            barred_values.insert((group(f), within, key));
            for (slot, r) in places {
                people.fields[f].slots[slot].marks[r as usize].set_shared();
            }
        }
    }
    barred_values.len() as u64
}
