//! A provider of mailboxes and the domains it is known under.

use super::near::distance;

/// What a provider's name stands for when no TLD follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alone<'t> {
    /// This domain.
    Domain(&'t str),
    /// One of several domains.
    Ambiguous,
    /// Nothing that is known.
    Unknown,
}

/// A provider of mailboxes: one name under one or more TLDs.
#[derive(Debug, Clone, Default)]
pub struct Provider {
    pub(super) name: Box<str>,
    pub(super) domains: Vec<Box<str>>,
    /// Wrong TLDs with one single target: TLD, then the target's domain.
    pub(super) wrong: Vec<(Box<str>, Box<str>)>,
    /// What the name alone stands for: not known, one of several, or one domain.
    pub(super) alone: Option<Option<Box<str>>>,
}

impl Provider {
    /// The provider's domains, the most usual first.
    pub fn domains(&self) -> impl Iterator<Item = &str> {
        self.domains.iter().map(|d| &**d)
    }

    /// The provider's domains, each as its TLD and whole.
    pub fn tlds(&self) -> impl Iterator<Item = (&str, &str)> {
        self.domains().filter_map(|d| Some((d.get(self.name.len() + 1..)?, d)))
    }

    /// The provider's domain under `tld`, when it is valid there.
    pub fn under(&self, tld: &str) -> Option<&str> {
        self.tlds().find(|(t, _)| *t == tld).map(|(_, d)| d)
    }

    /// The single domain meant by a TLD that is not the provider's.
    pub fn instead_of(&self, tld: &str) -> Option<&str> {
        self.wrong.iter().find(|(t, _)| **t == *tld).map(|(_, d)| &**d)
    }

    /// The provider's domain whose TLD is nearest to `tld`; of several, one under `region`'s TLD (`.fr`).
    pub fn nearest(&self, tld: &str, region: &str) -> Option<&str> {
        let cost = |(t, d): &(&str, &str)| (distance(tld.as_bytes(), t.as_bytes()), !d.ends_with(region));
        self.tlds().min_by_key(cost).map(|(_, d)| d)
    }

    /// What the name alone stands for.
    pub fn alone(&self) -> Alone<'_> {
        match &self.alone {
            Some(Some(domain)) => Alone::Domain(domain),
            Some(None) => Alone::Ambiguous,
            None => Alone::Unknown,
        }
    }
}
