//! Lists into tables: every entry in the form that the tables look up, every one that has none a problem.

use super::read::{Entry, List};
use super::{ListsSpec, unknown_word};
use crate::error::Problem;
use crate::normalize::address::postcode;
use crate::normalize::name::folded;
use crate::normalize::text::clean;
use crate::normalize::vocabulary::{country_key, language_key};
use crate::normalize::{Context, Country, Kind, Options, Output, Status, into};
use crate::reference::Tables;
use crate::reference::email::{EmailTables, Facts, Local};
use crate::reference::names::{Civility, FirstNameSex, NameTables};
use crate::reference::postal::{NameKind, PostalTables};
use crate::reference::street::{StreetTables, Title, WayType};
use crate::reference::vocabulary::VocabularyTables;
use crate::time::Day;
use std::sync::Arc;

/// Lists that no shipped one stands behind, so that there is nothing to replace.
const NOTHING_SHIPPED: [&str; 3] = ["internal_emails", "internal_phones", "closed_establishments"];

/// The embedded tables with an installation's lists; telephone numbers are read under `region`. Problems are added to
/// `problems`, with the entries' places in the configuration.
pub fn tables(spec: &ListsSpec, region: Country, problems: &mut Vec<Problem>) -> Arc<Tables> {
    if *spec == ListsSpec::default() {
        return Tables::embedded();
    }
    let lists = spec.entries(problems);
    for list in lists.iter().filter(|l| l.replaces && NOTHING_SHIPPED.contains(&l.name)) {
        let at = format!("lists.{}.replace", list.name);
        problems.push(Problem::new(at, "has nothing to replace: no list of that name is shipped"));
    }
    let replaced: Vec<&str> = lists.iter().filter(|l| l.replaces).map(|l| l.name).collect();
    let keep = |name: &str| !replaced.contains(&name);
    let mut build = Build { region, problems };
    let providers = lists
        .iter()
        .filter(|l| l.name == "email_providers")
        .flat_map(|l| build.domains(l))
        .collect::<Vec<_>>();
    let mut tables = Tables {
        email: EmailTables::shipped(&keep, &providers),
        names: NameTables::shipped(&keep),
        street: StreetTables::shipped(&keep),
        vocabulary: VocabularyTables::shipped(&keep),
        postal: if keep("cities") { PostalTables::default() } else { PostalTables::from_rows("own", []) },
        own: lists.iter().map(List::describe).collect(),
        ..Tables::default()
    };
    for list in &lists {
        build.add(list, &mut tables);
    }
    Arc::new(tables)
}

struct Build<'p> {
    region: Country,
    problems: &'p mut Vec<Problem>,
}

impl Build<'_> {
    fn problem(&mut self, at: &Entry, reason: &str) {
        self.problems.push(Problem::new(&at.at, reason));
    }

    fn add(&mut self, list: &List, t: &mut Tables) {
        match list.name {
            "email_providers" => {}
            "email_typos" => self.typos(list, &mut t.email),
            "email_tld_typos" => {
                for e in &list.entries {
                    t.email.add_tld_slips([(e.left.as_str(), e.right.as_str())]);
                }
            }
            "known_domains" => drop(t.email.add_known(self.domains(list))),
            "disposable_domains" => drop(t.email.add_disposable(self.domains(list))),
            "placeholder_domains" => drop(t.email.add_placeholder_domains(self.domains(list))),
            "dead_domains" => drop(t.email.mark(self.domains(list), Facts::DEAD)),
            "legacy_domains" => drop(t.email.mark(self.domains(list), Facts::LEGACY)),
            "role_addresses" => self.locals(list, Local::Role, &mut t.email),
            "noreply_addresses" => self.locals(list, Local::NoReply, &mut t.email),
            "placeholder_addresses" => self.locals(list, Local::Placeholder, &mut t.email),
            "placeholder_names" => {
                self.names(list).iter().for_each(|n| t.names.words_mut().add_placeholder(n));
            }
            "company_words" => self.company_words(list, &mut t.names),
            "first_names" => self.first_names(list, t),
            "last_names" => self.names(list).iter().for_each(|n| t.names.add_last_name(n)),
            "epicene" => self.names(list).iter().for_each(|n| t.names.add_epicene(n)),
            "nicknames" => {
                for e in &list.entries {
                    let short = folded(&e.left);
                    for name in e.rights().map(folded) {
                        t.names.add_nicknames(&[&name, &short]);
                    }
                }
            }
            "titles" => self.titles(list, &mut t.names),
            "street_abbreviations" | "street_titles" | "street_words" => self.street(list, &mut t.street),
            "cities" => self.cities(list, t),
            "countries" => self.countries(list, &mut t.vocabulary),
            "languages" => self.languages(list, &mut t.vocabulary),
            "internal_emails" => self.internal_emails(list, t),
            "internal_phones" => {
                self.numbers(list, Kind::Phone, "is not a telephone number", |n| t.internal.add_phone(n))
            }
            "closed_establishments" => {
                self.numbers(list, Kind::Siret, "is not a SIRET", |n| t.internal.add_closed(n))
            }
            _ => {}
        }
    }

    /// The list's domains in lower case.
    fn domains(&mut self, list: &List) -> Vec<String> {
        let mut domains = Vec::new();
        for e in &list.entries {
            let domain = e.left.trim_start_matches('@').to_lowercase();
            let label = |l: &str| !l.is_empty() && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            if domain.contains('.') && domain.split('.').all(label) {
                domains.push(domain);
            } else {
                self.problem(e, "is not a domain; write it as maison.fr, accented ones as xn--…");
            }
        }
        domains
    }

    fn typos(&mut self, list: &List, email: &mut EmailTables) {
        for e in &list.entries {
            let (slip, meant) = (e.left.to_lowercase(), e.right.to_lowercase());
            let name = |s: &str| s.split('.').next().unwrap_or("").to_owned();
            if !matches!(email.provider(&name(&meant)), Some((_, false))) {
                self.problem(e, "names no provider; add its domain to `lists.email_providers`");
            } else if name(&slip) != name(&meant) {
                email.add_slips([(name(&slip).as_str(), name(&meant).as_str())]);
            } else if slip.contains('.') && meant.contains('.') {
                email.add_wrong_tlds([(slip.as_str(), meant.as_str())]);
            } else {
                self.problem(e, "stands for itself; give a slip and the provider's name, or two domains");
            }
        }
    }

    fn locals(&mut self, list: &List, kind: Local, email: &mut EmailTables) {
        for e in &list.entries {
            match e.left.trim_end_matches('@') {
                l if l.contains('@') || l.len() > 31 || !l.is_ascii() => {
                    self.problem(e, "is not the part before `@`: up to 31 letters, digits and signs")
                }
                l => drop(email.add_locals(kind, [l])),
            }
        }
    }

    /// The list's names, folded.
    fn names(&mut self, list: &List) -> Vec<String> {
        let mut names = Vec::new();
        for e in &list.entries {
            match folded(&e.left) {
                n if n.is_empty() => self.problem(e, "has no letter"),
                n => names.push(n),
            }
        }
        names
    }

    fn company_words(&mut self, list: &List, names: &mut NameTables) {
        for e in &list.entries {
            match folded(&e.left) {
                w if w.is_empty() || w.contains(' ') => self.problem(
                    e,
                    "is not one word; a name is a company's when one of its words is in the list",
                ),
                w => names.words_mut().add_company_word(&w),
            }
        }
    }

    fn first_names(&mut self, list: &List, t: &mut Tables) {
        for e in &list.entries {
            let sex = match e.right.to_uppercase().as_str() {
                "M" | "H" => FirstNameSex::M,
                "F" => FirstNameSex::F,
                "MF" | "FM" => FirstNameSex::Both,
                other => {
                    self.problems.push(unknown_word(&e.at, other, &["M", "F", "MF"]));
                    continue;
                }
            };
            let name = folded(&e.left);
            t.names.add_first_name(&name, sex);
            t.street.add_first_names(&name);
        }
    }

    fn titles(&mut self, list: &List, names: &mut NameTables) {
        for e in &list.entries {
            let written = folded(&e.left);
            match Civility::from_code(&e.right.to_uppercase()) {
                // A couple's phrase is several words, and only single ones are stripped in front of a name.
                Some(c) => names.words_mut().add_civility(&written, c, !written.contains(' ')),
                None => {
                    let known = ["M", "MME", "MLLE", "DR", "PR", "ME", "COUPLE"];
                    self.problems.push(unknown_word(&e.at, &e.right, &known));
                }
            }
        }
    }

    fn street(&mut self, list: &List, street: &mut StreetTables) {
        for e in &list.entries {
            let (short, long) = (folded(&e.left), folded(&e.right));
            if short.is_empty() || short.contains(' ') || long.is_empty() {
                self.problem(e, "is not an abbreviation of one word and what it stands for");
            } else if list.name == "street_abbreviations" {
                let way = WayType { long, short: short.clone(), strong: true, whole: false };
                street.add_way_type(way, &[&short]);
            } else {
                let person = list.name == "street_titles";
                let title = Title { long, short: short.clone(), person, ..Title::default() };
                street.add_title(title, &[&short]);
            }
        }
    }

    fn cities(&mut self, list: &List, t: &mut Tables) {
        let cx = self.context();
        let mut out = Output::new();
        let mut rows: Vec<(u32, String, u64)> = Vec::new();
        for e in &list.entries {
            let code = if e.left.len() == 4 { format!("0{}", e.left) } else { e.left.clone() };
            let Some(code) = postcode::parse_french(&code) else {
                self.problem(e, "does not begin with a French postcode of 5 digits");
                continue;
            };
            for right in e.rights() {
                // A file may give the population too, which tells towns of one name apart.
                let (city, people) = right.split_once([',', ';', '\t']).unwrap_or((right, ""));
                into(Kind::City, city.trim_matches('"'), &cx, &mut out);
                match out.value() {
                    Some(city) => rows.push((code, city.to_owned(), people.trim().parse().unwrap_or(0))),
                    None => self.problem(e, "does not name a locality"),
                }
            }
        }
        let rows = rows.iter().map(|(code, city, people)| (*code, city.as_str(), NameKind::Commune, *people));
        t.postal = match list.replaces {
            true => PostalTables::from_rows(list.version.as_deref().unwrap_or("own"), rows),
            false => std::mem::replace(&mut t.postal, PostalTables::from_rows("", [])).with_rows(rows),
        };
    }

    fn countries(&mut self, list: &List, vocabulary: &mut VocabularyTables) {
        for e in &list.entries {
            match Country::new(&e.right) {
                Some(country) => {
                    let mut key = String::new();
                    country_key(&clean(&e.left), &mut key);
                    vocabulary.add_country(key, country);
                }
                None => self.problem(e, "is not a two-letter country code, such as FR"),
            }
        }
    }

    fn languages(&mut self, list: &List, vocabulary: &mut VocabularyTables) {
        for e in &list.entries {
            match e.right.as_bytes() {
                &[a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                    let mut key = String::new();
                    language_key(&clean(&e.left), &mut key);
                    vocabulary.add_language(key, [a, b]);
                }
                _ => self.problem(e, "is not a two-letter language code, such as fr"),
            }
        }
    }

    /// Whole domains as `@maison.fr`; addresses by their matching key.
    fn internal_emails(&mut self, list: &List, t: &mut Tables) {
        let cx = self.context();
        let mut out = Output::new();
        for e in &list.entries {
            if let Some(domain) = e.left.strip_prefix('@') {
                t.internal.add_domain(&domain.to_lowercase());
                continue;
            }
            into(Kind::EmailKey, &e.left, &cx, &mut out);
            match out.value() {
                Some(key) => t.internal.add_email(key),
                None => self.problem(e, "is neither an e-mail address nor a domain written as @maison.fr"),
            }
        }
    }

    fn numbers(&mut self, list: &List, kind: Kind, reason: &str, mut add: impl FnMut(&str)) {
        let cx = self.context();
        let mut out = Output::new();
        for e in &list.entries {
            into(kind, &e.left, &cx, &mut out);
            match (out.status(), out.value()) {
                (Status::Ok | Status::Corrected, Some(number)) => add(number),
                _ => self.problem(e, reason),
            }
        }
    }

    /// Entries are read as the shipped tables read values; a company's own 08 number is one of its contacts.
    fn context(&self) -> Context {
        let mut cx = Context::new(self.region, Day::default());
        cx.options = Options { allow_special: true, ..Options::default() };
        cx
    }
}
