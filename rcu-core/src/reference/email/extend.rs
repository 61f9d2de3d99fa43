//! Adding to the lists, at the start by the shipped ones and later by an installation's own. Words are read without
//! outer blanks and in any case.

use super::near::Reach;
use super::{EmailTables, Facts, Local, Name, Provider};
use fst::Set;
use std::borrow::Cow;
use std::collections::BTreeSet;

impl EmailTables {
    /// Adds providers by their full domains: slips are repaired to them, under any rule of `domain.md` §2.2.
    pub fn add_providers<S: AsRef<str>>(&mut self, domains: impl IntoIterator<Item = S>) -> &mut Self {
        for domain in domains {
            let domain = tidy(domain.as_ref());
            let Some((name, _)) = domain.split_once('.') else { continue };
            let i = match self.names.get(name) {
                Some(n) if !n.is_slip => n.provider,
                _ => {
                    self.providers.push(Provider { name: name.into(), ..Provider::default() });
                    self.providers.len() - 1
                }
            };
            self.names.insert(name.into(), Name { provider: i, is_slip: false });
            if !self.providers[i].domains.iter().any(|d| **d == *domain) {
                self.providers[i].domains.push(domain.as_str().into());
            }
            self.undotted.insert(domain.replace('.', "").into(), domain.as_str().into());
            self.near.add([domain.as_str()], Reach::Anywhere);
            self.mark([domain], Facts::PROVIDER);
        }
        self
    }

    /// Adds slips in a provider's name, as (slip, name); those of an unknown name are left out.
    pub fn add_slips<'a>(&mut self, slips: impl IntoIterator<Item = (&'a str, &'a str)>) -> &mut Self {
        for (slip, name) in slips {
            if let Some(found) = self.names.get(tidy(name).as_str()) {
                let slipped = Name { provider: found.provider, is_slip: true };
                let held = self.names.entry(tidy(slip).into()).or_insert(slipped);
                if held.is_slip {
                    *held = slipped;
                }
            }
        }
        self
    }

    /// Adds slips in a TLD, as (slip, TLD).
    pub fn add_tld_slips<'a>(&mut self, slips: impl IntoIterator<Item = (&'a str, &'a str)>) -> &mut Self {
        self.tld_slips.extend(slips.into_iter().map(|(slip, tld)| (tidy(slip).into(), tidy(tld).into())));
        self
    }

    /// Adds a provider's wrong domains that have one single target, as (wrong domain, target).
    pub fn add_wrong_tlds<'a>(&mut self, wrong: impl IntoIterator<Item = (&'a str, &'a str)>) -> &mut Self {
        for (wrong, meant) in wrong {
            let wrong = tidy(wrong);
            let Some((name, tld)) = wrong.split_once('.') else { continue };
            if let Some(n) = self.names.get(name)
                && let Some(provider) = self.providers.get_mut(n.provider)
            {
                provider.wrong.push((tld.into(), tidy(meant).into()));
            }
        }
        self
    }

    /// Says which TLD a provider's name alone stands for; `None` when it may be several domains.
    pub fn set_alone(&mut self, name: &str, tld: Option<&str>) -> &mut Self {
        let name = tidy(name);
        if let Some(n) = self.names.get(name.as_str())
            && let Some(provider) = self.providers.get_mut(n.provider)
        {
            provider.alone = Some(tld.map(|tld| format!("{name}.{}", tidy(tld)).into()));
        }
        self
    }

    /// Adds real domains, which are never repaired and never suspected.
    pub fn add_known<S: AsRef<str>>(&mut self, domains: impl IntoIterator<Item = S>) -> &mut Self {
        self.mark(domains, Facts::KNOWN)
    }

    /// Adds domains of throw-away addresses; what is below them counts too.
    pub fn add_disposable<S: AsRef<str>>(&mut self, domains: impl IntoIterator<Item = S>) -> &mut Self {
        let sorted: BTreeSet<String> = domains.into_iter().map(|d| tidy(d.as_ref())).collect();
        for domain in &sorted {
            if let Some(facts) = self.domains.get_mut(domain.as_str()) {
                facts.0 |= Facts::DISPOSABLE.0;
            }
        }
        if let Ok(set) = Set::from_iter(&sorted)
            && let Ok(set) = set.map_data(Cow::Owned)
        {
            self.disposable.push(set);
        }
        self
    }

    /// Adds domains that are typed to fill the field.
    pub fn add_placeholder_domains<S: AsRef<str>>(
        &mut self,
        domains: impl IntoIterator<Item = S>,
    ) -> &mut Self {
        self.mark(domains, Facts::PLACEHOLDER)
    }

    /// Adds TLDs under which no domain is real.
    pub fn add_placeholder_tlds<S: AsRef<str>>(&mut self, tlds: impl IntoIterator<Item = S>) -> &mut Self {
        self.placeholder_tlds.extend(tlds.into_iter().map(|t| tidy(t.as_ref()).into()));
        self
    }

    /// Adds local parts of at most 31 characters; longer ones are left out.
    pub fn add_locals<S: AsRef<str>>(
        &mut self,
        kind: Local,
        locals: impl IntoIterator<Item = S>,
    ) -> &mut Self {
        for local in locals {
            let local = tidy(local.as_ref());
            if let (Some(gate), Some(first)) = (self.local_gate.get_mut(local.len()), local.bytes().next()) {
                *gate |= 1 << (first & 31);
                self.locals.insert(local.into(), kind);
            }
        }
        self
    }

    /// Adds a fact about domains: [`Facts::DEAD`], [`Facts::LEGACY`], ….
    pub fn mark<S: AsRef<str>>(&mut self, domains: impl IntoIterator<Item = S>, fact: Facts) -> &mut Self {
        for domain in domains {
            self.domains.entry(tidy(domain.as_ref()).into()).or_default().0 |= fact.0;
        }
        self
    }
}

/// Words of a list are read in lower case and without outer blanks.
fn tidy(word: &str) -> String {
    word.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_installation_may_overrule_the_lists() {
        let mut t = EmailTables::default();
        t.add_known(["hotmial.com", "sify.com"]).add_slips([("gmial", "hotmail"), ("orange", "free")]);
        assert!(t.facts("hotmial.com").has(Facts::KNOWN) && t.facts("sify.com").has(Facts::KNOWN));
        assert_eq!(t.provider("gmial").and_then(|(p, _)| p.under("fr")), Some("hotmail.fr"));
        assert_eq!(
            t.provider("orange").and_then(|(p, _)| p.under("fr")),
            Some("orange.fr"),
            "a provider is no slip"
        );
    }

    #[test]
    fn a_domain_added_as_throw_away_is_so_even_if_it_was_known() {
        let mut t = EmailTables::default();
        assert!(!t.facts("zoho.com").has(Facts::DISPOSABLE));
        t.add_disposable(["Zoho.com", "aa.example"]);
        assert!(t.facts("zoho.com").has(Facts::DISPOSABLE) && t.is_disposable("x.aa.example"));
    }
}
