//! Companies and their contacts (`domain.md` §3.5, §3.7): a level of its own beside persons, matched by the same passes,
//! comparisons and clusters.
//!
//! A record of a company is a row of a company source (an account), or what a row of customers says of the company it
//! belongs to (a mention). Companies are found before persons, since the company a contact belongs to is one of the
//! contact's keys. A cluster is an establishment where a SIRET is known; clusters of one SIREN are one legal unit.

mod contacts;
mod gather;
mod group;
mod spec;

pub use contacts::Contact;
pub use gather::Origin;
pub use spec::CompanySpec;

use crate::error::Error;
use crate::field::{self, COMPANY_FIELDS};
use crate::identity;
use crate::matching::blocking::{self, Link, PassReport};
use crate::matching::cluster::{self, Clusters, RefusedLink};
use crate::matching::decide::{CompiledPass, Judge};
use crate::matching::prepare::{Prepared, Setting};
use crate::matching::ruling::{Located, Rulings};
use crate::progress::Progress;
use crate::records::{Record, RecordIndex, Records};
use crate::survivorship::{self, Golden, Survivorship};
use serde::Serialize;

/// What finding companies depends on besides the records.
#[derive(Debug)]
pub struct CompanySetup<'a> {
    /// What comparing companies depends on.
    pub setting: Setting<'a>,
    /// Passes over companies.
    pub passes: &'a [CompiledPass],
    /// How golden values are chosen.
    pub survivorship: Survivorship<'a>,
    /// Source names by position.
    pub sources: &'a [&'a str],
    /// Decisions of stewards; those on two accounts are about companies.
    pub rulings: &'a Rulings,
}

/// Companies found.
#[derive(Debug, Clone, Default)]
pub struct Companies {
    /// Records of companies.
    pub records: Records,
    /// Where each comes from.
    pub origins: Vec<Origin>,
    /// Which records are one company.
    pub clusters: Clusters,
    /// Id of each company.
    pub ids: Vec<String>,
    /// Legal unit of each company, as the smallest company in it.
    pub groups: Vec<u32>,
    /// Links and review pairs, in rank order.
    pub links: Vec<Link>,
    /// Golden values and where they come from.
    pub golden: Golden,
    /// Persons' records that belong to a company, ascending.
    pub contacts: Vec<Contact>,
    /// Decisions of stewards on companies.
    pub rulings: Located,
    /// Counts.
    pub summary: CompanySummary,
}

/// Counts of companies and contacts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct CompanySummary {
    /// Records of companies.
    pub records: u64,
    /// Of these, rows of company sources; the others are named by rows of customers.
    pub accounts: u64,
    /// Companies found; an establishment each, where a SIRET is known.
    pub companies: u64,
    /// Legal units: companies of one SIREN are one.
    pub legal_units: u64,
    /// Records in the largest company.
    pub largest_company: u64,
    /// Records of persons that belong to a company.
    pub contact_records: u64,
    /// Passes in order.
    pub passes: Vec<PassReport>,
    /// Pairs of companies left to the steward.
    pub review_pairs: u64,
    /// Links refused because two companies would have met.
    pub refused_links: u64,
    /// Records whose SIRET is not of their SIREN; the SIRET is believed.
    pub siren_conflicts: u64,
    /// Records of customers whose account no row of a company source is.
    pub unknown_accounts: u64,
    /// E-mails and telephones of companies that contacts bear too: they make no key for a person.
    pub own_contact_values: u64,
}

/// Finds the companies of a run, says in each record of a person which company it belongs to, and takes the companies'
/// own e-mails and telephones out of the keys of persons.
///
/// # Errors
/// [`Error::Argument`] when stewards join and keep apart the same companies.
pub fn resolve(
    setup: &CompanySetup,
    accounts: &Records,
    people: &mut Records,
    progress: &dyn Progress,
) -> Result<Companies, Error> {
    progress.stage("companies", accounts.len() as u64);
    let (account_of, unknown_accounts) = named_accounts(accounts, people);
    let speaks = |r: Record| COMPANY_FIELDS.iter().any(|f| people.field(*f).id(r) != 0);
    let mentions: Vec<Record> = (0..people.len() as Record)
        .filter(|r| account_of.get(*r as usize).is_none_or(|a| a.is_none()) && speaks(*r))
        .collect();
    let (mut records, origins) = gather::gather(accounts, people, &mentions);
    let siren_conflicts = gather::complete_sirens(&mut records);
    let prepared = Prepared::new(&setup.setting, &records);
    let judge = Judge { spec: setup.setting.spec, model: None };
    let (links, passes) = blocking::run(setup.passes, &prepared, &judge, progress);
    let rulings = located(setup, &records, &origins);
    rulings.check(setup.sources, &prepared)?;
    let clusters = cluster::resolve_found(&prepared, &links, None, &rulings);
    let clusters = group::by_name(&prepared, &origins, clusters);
    let links = cluster::rank(links, &clusters, &rulings, &prepared);
    let groups = group::legal_units(&prepared, &clusters);
    let ids = identity::company_ids(setup.sources, &records, &clusters);
    let golden = survivorship::build(&setup.survivorship, &prepared, &clusters);
    drop(prepared);

    let mut found = Companies { ids, groups, links, golden, rulings, ..Companies::default() };
    found.summary = summarise(&clusters, &found, passes);
    found.summary.accounts = accounts.len() as u64;
    found.summary.siren_conflicts = siren_conflicts;
    found.summary.unknown_accounts = unknown_accounts;
    (found.records, found.origins, found.clusters) = (records, origins, clusters);
    found.contacts = contacts::of_people(&found, people, &account_of);
    found.summary.contact_records = found.contacts.len() as u64;
    people.employer = contacts::employers(&found, people);
    let scope = setup.setting.spec.merge_scope;
    found.summary.own_contact_values = contacts::bar_own_contacts(accounts, people, scope);
    Ok(found)
}

/// The account that each record of a person names, and how many name one that is not there.
fn named_accounts(accounts: &Records, people: &Records) -> (Vec<Option<Record>>, u64) {
    if people.accounts.sources.is_empty() {
        return (Vec::new(), 0);
    }
    let index = RecordIndex::new(accounts);
    let mut unknown = 0;
    let found = (0..people.len() as Record)
        .map(|r| {
            let (source, id) = people.accounts.of(r)?;
            let account = index.find(source, id);
            unknown += u64::from(account.is_none());
            account
        })
        .collect();
    (found, unknown)
}

/// Decisions on two accounts. What a steward says of two rows of customers is about persons.
fn located(setup: &CompanySetup, records: &Records, origins: &[Origin]) -> Located {
    let mut all = setup.rulings.locate(&RecordIndex::new(records), setup.sources);
    let account = |r: Record| matches!(origins.get(r as usize), Some(Origin::Account(_)));
    for pairs in [&mut all.same, &mut all.apart, &mut all.household, &mut all.later] {
        pairs.retain(|(a, b)| account(*a) && account(*b));
    }
    all
}

fn summarise(clusters: &Clusters, found: &Companies, passes: Vec<PassReport>) -> CompanySummary {
    use crate::matching::Decision;
    let review = found.links.iter().filter(|l| l.verdict.decision == Decision::Review).count();
    let refused: &[RefusedLink] = &clusters.refused;
    CompanySummary {
        records: clusters.of.len() as u64,
        companies: clusters.len() as u64,
        legal_units: found.groups.iter().enumerate().filter(|(i, g)| *i as u32 == **g).count() as u64,
        largest_company: (0..clusters.len()).map(|c| clusters.members(c).len() as u64).max().unwrap_or(0),
        passes,
        review_pairs: (review + refused.len()) as u64,
        refused_links: refused.len() as u64,
        ..CompanySummary::default()
    }
}

impl Companies {
    /// Id of the legal unit of a company.
    pub fn group_id(&self, company: usize) -> String {
        let first = self.groups.get(company).and_then(|g| self.ids.get(*g as usize));
        first.map_or_else(String::new, |id| identity::legal_unit_id(id))
    }

    /// A golden value of a company.
    pub fn text(&self, field: field::FieldIx, company: usize) -> Option<&str> {
        self.golden.fields.get(field)?.text(&self.records, field, company)
    }
}
