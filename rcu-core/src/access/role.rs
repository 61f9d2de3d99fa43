//! What each role sees of each area: clear, masked, or not at all.

use super::Closed;
use crate::error::{Error, Problem, did_you_mean};
use crate::field::{self, FieldIx};
use crate::mask::mask;
use crate::normalize::Kind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$doc])* $variant),+ }

        impl $name {
            /// All of them.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The word in configurations and outputs.
            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }

            /// The one of that word.
            pub fn named(word: &str) -> Option<$name> {
                match word { $($word => Some($name::$variant),)+ _ => None }
            }
        }
    };
}

words! {
    /// A shipped role.
    Role {
        /// Everything.
        Admin = "admin",
        /// Everything; decides doubtful cases.
        Steward = "steward",
        /// Everything; answers rights requests.
        Dpo = "dpo",
        /// Segments and figures; contacts as far as the person agreed.
        Marketing = "marketing",
        /// The person and what they bought.
        Sales = "sales",
        /// The person, what they bought, what they complain of.
        Service = "service",
        /// A till: enough to recognise somebody.
        Store = "store",
        /// What is on an invoice.
        Finance = "finance",
        /// What is bought and said of it, by nobody in particular.
        Product = "product",
        /// Figures, nobody in particular.
        Bi = "bi",
        /// Where data come from and what was done; values masked.
        Auditor = "auditor",
    }
}

words! {
    /// How much of an area is seen.
    Sight {
        /// As it is.
        Clear = "clear",
        /// Clear where the person agreed to be contacted by it, masked elsewhere.
        Consented = "consented",
        /// Under its mask.
        Masked = "masked",
        /// Not at all.
        Hidden = "hidden",
    }
}

words! {
    /// An area of what is known of a person.
    Area {
        /// Last, first and birth names, suffix.
        Name = "name",
        /// Birth date.
        Birth = "birth",
        /// E-mail addresses and telephone numbers.
        Contact = "contact",
        /// Street lines.
        Address = "address",
        /// Postcode, city, country.
        Place = "place",
        /// Bank accounts.
        Bank = "bank",
        /// Cards and identifiers of the person.
        Card = "card",
        /// Free texts.
        Note = "note",
        /// Everything else of the golden record.
        Other = "other",
        /// Identifiers of the records in their sources.
        Records = "records",
        /// Consents.
        Consents = "consents",
        /// Purchases and the loyalty scheme.
        Purchases = "purchases",
        /// Complaints, reviews and surveys.
        Complaints = "complaints",
        /// Web, newsletter and other interactions.
        Web = "web",
        /// Facts of families that an installation declared.
        Facts = "facts",
        /// Figures computed of all that.
        Aggregates = "aggregates",
        /// Who lives with whom.
        Household = "household",
        /// Where each value comes from and what it beat.
        Provenance = "provenance",
        /// Links, doubts and decisions.
        History = "history",
    }
}

words! {
    /// Something that a role may do.
    Right {
        /// Read values as they are, where it sees them clear.
        ReadClear = "read_clear",
        /// Read values under their masks.
        ReadMasked = "read_masked",
        /// Send rows, deletions and locks; restrict, object.
        Update = "update",
        /// Hand out many people at once.
        Export = "export",
        /// Say that two records are one person.
        Merge = "merge",
        /// Any other decision on a pair of records, and taking one back.
        Decide = "decide",
        /// Erase a person, lift an erasure, apply terms of retention.
        Erase = "erase",
    }
}

/// A role of the installation's own, or what it changes in a shipped one of that name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RoleSpec {
    /// The shipped role that it begins as; absent: that of its own name, else one that sees nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub like: Option<Role>,
    /// What it sees otherwise, by area.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub sees: BTreeMap<Area, Sight>,
    /// What it sees otherwise, by field of the golden record.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Sight>,
    /// Purposes whose consents open what it sees as `consented`; absent: those of the role that it begins as, which for
    /// `marketing` is `marketing`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purposes: Option<Vec<String>>,
    /// Purposes that it works for: what may be read for none of them it does not see. Absent: those of the role that it
    /// begins as, else all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub works_for: Option<Vec<String>>,
    /// What it may do; absent: what the role that it begins as may, else read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rights: Option<Vec<Right>>,
    /// The brands whose records it sees; absent: all. Of people with records of others too it sees what these brands'
    /// records know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub brands: Vec<String>,
    /// The companies whose records it sees; absent: all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub companies: Vec<String>,
}

/// A role compiled: what it sees of every area and of single fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolePlan {
    /// Its name.
    pub name: String,
    areas: BTreeMap<Area, Sight>,
    fields: BTreeMap<String, Sight>,
    purposes: Vec<String>,
    works_for: Option<BTreeSet<String>>,
    rights: BTreeSet<Right>,
    brands: BTreeSet<String>,
    companies: BTreeSet<String>,
    /// The purpose that it reads for; none when any of those that it works for.
    pub purpose: Option<String>,
    /// What these purposes may not use.
    pub closed: Closed,
}

/// The form in which names of brands and companies are compared.
fn tidy(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

impl RolePlan {
    /// A shipped role.
    pub fn shipped(role: Role) -> RolePlan {
        let areas = Area::ALL.iter().map(|a| (*a, sees(role, *a))).collect();
        let purposes = if role == Role::Marketing { vec!["marketing".to_owned()] } else { Vec::new() };
        RolePlan {
            name: role.name().to_owned(),
            areas,
            fields: BTreeMap::new(),
            purposes,
            works_for: works_for(role).map(|list| list.iter().map(|p| (*p).to_owned()).collect()),
            rights: rights(role).iter().copied().collect(),
            brands: BTreeSet::new(),
            companies: BTreeSet::new(),
            purpose: None,
            closed: Closed::default(),
        }
    }

    /// The same as it reads for a purpose, or for any that it works for: what these may not use it does not see. Consents
    /// to other purposes open nothing then.
    #[must_use]
    pub fn reading(mut self, purpose: Option<String>, closed: Closed) -> RolePlan {
        if let Some(purpose) = &purpose {
            self.purposes.retain(|p| p == purpose);
        }
        (self.purpose, self.closed) = (purpose, closed);
        self
    }

    /// Whether some records or values are not for it: other brands', or those that its purposes may not use.
    pub fn sees_a_part(&self) -> bool {
        self.is_limited() || !self.closed.is_empty()
    }

    /// Whether it may do something.
    pub fn may(&self, right: Right) -> bool {
        self.rights.contains(&right)
    }

    /// Refuses what it may not do.
    ///
    /// # Errors
    /// [`Error::Argument`] naming the role and what it may do.
    pub fn must(&self, right: Right) -> Result<(), Error> {
        if self.may(right) {
            return Ok(());
        }
        let own: Vec<&str> = self.rights.iter().map(|r| r.name()).collect();
        let own = if own.is_empty() { "nothing".to_owned() } else { own.join(", ") };
        let reason = format!("`{}` has no right to `{}`; it has {own}", self.name, right.name());
        Err(Error::Argument { argument: "role".into(), reason })
    }

    /// Whether it works for a purpose.
    pub fn works_for(&self, purpose: &str) -> bool {
        self.works_for.as_ref().is_none_or(|list| list.contains(purpose))
    }

    /// The purposes that it works for; none for all.
    pub fn purposes_of_work(&self) -> Option<&BTreeSet<String>> {
        self.works_for.as_ref()
    }

    /// Whether it sees records of some brands or companies only.
    pub fn is_limited(&self) -> bool {
        !self.brands.is_empty() || !self.companies.is_empty()
    }

    /// Whether it sees a record of this brand and company. Where it is limited, what is nobody's is not its own.
    pub fn sees_record_of(&self, brand: Option<&str>, company: Option<&str>) -> bool {
        let among = |list: &BTreeSet<String>, name: Option<&str>| {
            list.is_empty() || name.is_some_and(|n| list.contains(&tidy(n)))
        };
        among(&self.brands, brand) && among(&self.companies, company)
    }

    /// Whether a consent to this purpose opens what the role sees as [`Sight::Consented`].
    pub fn acts_for(&self, purpose: &str) -> bool {
        self.purposes.iter().any(|p| p == purpose)
    }

    /// What it sees of an area.
    pub fn sees(&self, area: Area) -> Sight {
        self.at_most(area, self.areas.get(&area).copied().unwrap_or(Sight::Hidden))
    }

    /// What it is left with of a sight, by its rights.
    fn at_most(&self, area: Area, sight: Sight) -> Sight {
        match sight {
            _ if !self.may(Right::ReadClear) && !self.may(Right::ReadMasked) => Sight::Hidden,
            Sight::Clear | Sight::Consented if !self.may(Right::ReadClear) && area.is_of_values() => {
                Sight::Masked
            }
            sight => sight,
        }
    }

    /// What it sees of a field of the golden record.
    pub fn sees_field(&self, name: &str, area: Area) -> Sight {
        if self.closed.has_field(name) {
            return Sight::Hidden;
        }
        self.fields.get(name).map_or_else(|| self.sees(area), |sight| self.at_most(area, *sight))
    }
}

/// The shipped roles and those of a configuration, by name.
pub fn compile_roles(
    specs: &BTreeMap<String, RoleSpec>,
    fields: &[&str],
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, RolePlan> {
    let mut roles: BTreeMap<String, RolePlan> =
        Role::ALL.iter().map(|r| (r.name().to_owned(), RolePlan::shipped(*r))).collect();
    for (name, spec) in specs {
        let mut role = match spec.like.or(Role::named(name)) {
            Some(shipped) => RolePlan::shipped(shipped),
            None => RolePlan {
                name: name.clone(),
                areas: BTreeMap::new(),
                fields: BTreeMap::new(),
                purposes: Vec::new(),
                works_for: None,
                rights: BTreeSet::from([Right::ReadClear, Right::ReadMasked]),
                brands: BTreeSet::new(),
                companies: BTreeSet::new(),
                purpose: None,
                closed: Closed::default(),
            },
        };
        role.name.clone_from(name);
        role.areas.extend(&spec.sees);
        if let Some(purposes) = &spec.purposes {
            role.purposes = purposes.iter().map(|p| p.trim().to_lowercase()).collect();
        }
        if let Some(list) = &spec.works_for {
            role.works_for = Some(list.iter().map(|p| p.trim().to_lowercase()).collect());
        }
        if let Some(rights) = &spec.rights {
            role.rights = rights.iter().copied().collect();
        }
        role.brands.extend(spec.brands.iter().map(|b| tidy(b)));
        role.companies.extend(spec.companies.iter().map(|c| tidy(c)));
        for (field, sight) in &spec.fields {
            if !fields.contains(&field.as_str()) {
                let hint = did_you_mean(field, fields.iter().copied());
                let what = format!("`{field}` is not a field{hint}; fields are {}", fields.join(", "));
                problems.push(Problem::new(format!("roles.{name}.fields.{field}"), what));
            }
            role.fields.insert(field.clone(), *sight);
        }
        roles.insert(name.clone(), role);
    }
    roles
}

/// The area that a field of the golden record belongs to.
pub fn area_of(field: FieldIx, kind: Kind) -> Area {
    match field {
        field::SUFFIX => return Area::Name,
        field::ADDRESS_EXTRA => return Area::Address,
        field::STORE | field::LANGUAGE => return Area::Other,
        _ => {}
    }
    match kind {
        Kind::LastName | Kind::FirstName | Kind::PersonName | Kind::NameKey => Area::Name,
        Kind::SoundexFr | Kind::Phonex => Area::Name,
        Kind::BirthDate => Area::Birth,
        Kind::Email | Kind::EmailKey | Kind::Phone => Area::Contact,
        Kind::Street | Kind::Address | Kind::AddrKey | Kind::AddrKey2 => Area::Address,
        Kind::Postcode | Kind::City | Kind::PostcodeCity | Kind::Country => Area::Place,
        Kind::Iban | Kind::IbanMask => Area::Bank,
        Kind::LoyaltyCard | Kind::LoyaltyCardEan13 | Kind::LoyaltyCardLuhn | Kind::Identifier => Area::Card,
        Kind::Text => Area::Note,
        Kind::Consent => Area::Consents,
        _ => Area::Other,
    }
}

/// A value of an area under its mask; `None` when nothing of it may be shown: a street line, a note.
pub fn masked(area: Area, kind: Kind, value: &str) -> Option<String> {
    match area {
        Area::Address | Area::Note => None,
        // Each word of a name apart.
        Area::Name => Some(value.split_whitespace().map(|w| mask(kind, w)).collect::<Vec<_>>().join(" ")),
        _ => Some(mask(kind, value)),
    }
}

impl Area {
    /// Whether it is of values of the person, which masks are for.
    fn is_of_values(self) -> bool {
        use Area as A;
        matches!(self, A::Name | A::Birth | A::Contact | A::Address | A::Bank | A::Card | A::Note)
    }
}

/// What a shipped role may do.
fn rights(role: Role) -> &'static [Right] {
    use Right as R;
    match role {
        Role::Admin => Right::ALL,
        Role::Steward => &[R::ReadClear, R::ReadMasked, R::Update, R::Export, R::Merge, R::Decide],
        Role::Dpo => &[R::ReadClear, R::ReadMasked, R::Update, R::Export, R::Erase],
        Role::Marketing | Role::Finance | Role::Bi => &[R::ReadClear, R::ReadMasked, R::Export],
        Role::Sales | Role::Service | Role::Store => &[R::ReadClear, R::ReadMasked, R::Update],
        Role::Product | Role::Auditor => &[R::ReadMasked],
    }
}

/// Purposes that a shipped role works for; none for all.
fn works_for(role: Role) -> Option<&'static [&'static str]> {
    match role {
        Role::Admin | Role::Steward | Role::Dpo | Role::Auditor => None,
        // Whoever sells works for what customers agreed to, under whatever name.
        Role::Marketing | Role::Sales => None,
        Role::Service | Role::Store => Some(&["contract", "fraud", "rights", "service", "similar_products"]),
        Role::Finance => Some(&["accounting", "contract", "fraud"]),
        Role::Product | Role::Bi => Some(&["statistics"]),
    }
}

/// What a shipped role sees.
fn sees(role: Role, area: Area) -> Sight {
    use Area as A;
    use Sight::{Clear, Consented, Hidden, Masked};
    match role {
        Role::Admin | Role::Steward | Role::Dpo => Clear,
        Role::Marketing => match area {
            A::Contact => Consented,
            A::Birth | A::Address | A::Bank | A::Card => Masked,
            A::Note | A::Provenance | A::History => Hidden,
            _ => Clear,
        },
        Role::Sales => match area {
            A::Birth | A::Bank => Masked,
            A::Note | A::Web | A::Provenance | A::History => Hidden,
            _ => Clear,
        },
        Role::Service => match area {
            A::Bank => Masked,
            A::Web | A::Provenance | A::History => Hidden,
            _ => Clear,
        },
        Role::Store => match area {
            A::Birth | A::Contact | A::Address | A::Bank | A::Card => Masked,
            A::Note | A::Web | A::Complaints | A::Household | A::Provenance | A::History => Hidden,
            _ => Clear,
        },
        Role::Finance => match area {
            A::Contact | A::Bank => Masked,
            A::Birth | A::Note | A::Consents | A::Complaints | A::Web => Hidden,
            A::Household | A::Provenance | A::History => Hidden,
            _ => Clear,
        },
        Role::Product => match area {
            A::Place | A::Other | A::Purchases | A::Complaints | A::Web | A::Facts | A::Aggregates => Clear,
            A::Name | A::Birth | A::Contact | A::Address | A::Card => Masked,
            _ => Hidden,
        },
        Role::Bi => match area {
            A::Place | A::Other | A::Purchases | A::Complaints | A::Web | A::Facts | A::Aggregates => Clear,
            A::Consents | A::Household => Clear,
            A::Birth => Masked,
            _ => Hidden,
        },
        Role::Auditor => match area {
            A::Records | A::Consents | A::Provenance | A::History | A::Place | A::Other => Clear,
            A::Purchases | A::Complaints | A::Web | A::Facts | A::Household => Hidden,
            A::Aggregates | A::Note => Hidden,
            _ => Masked,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_changes_a_role_or_makes_one() {
        let specs: BTreeMap<String, RoleSpec> = serde_json::from_value(serde_json::json!({
            "sales": { "sees": { "web": "clear" }, "fields": { "email": "masked" } },
            "partner": { "sees": { "place": "clear" } },
            "shop": { "like": "store", "fields": { "emial": "hidden" } },
        }))
        .unwrap();
        let mut problems = Vec::new();
        let roles = compile_roles(&specs, &["email", "city"], &mut problems);
        assert_eq!(roles["sales"].sees(Area::Web), Sight::Clear);
        assert_eq!(roles["sales"].sees(Area::Birth), Sight::Masked);
        assert_eq!(roles["sales"].sees_field("email", Area::Contact), Sight::Masked);
        assert_eq!(
            (roles["partner"].sees(Area::Place), roles["partner"].sees(Area::Name)),
            (Sight::Clear, Sight::Hidden)
        );
        assert_eq!(roles["shop"].sees(Area::Contact), Sight::Masked);
        assert!(problems.len() == 1 && problems[0].reason.contains("did you mean `email`"));
    }

    #[test]
    fn who_may_not_read_in_clear_reads_under_masks() {
        let specs: BTreeMap<String, RoleSpec> = serde_json::from_value(serde_json::json!({
            "intern": { "like": "service", "rights": ["read_masked"], "fields": { "email": "clear" } },
            "locked": { "like": "admin", "rights": ["export"] },
            "shop_b": { "like": "store", "brands": [" Maison  B "] },
        }))
        .unwrap();
        let roles = compile_roles(&specs, &["email"], &mut Vec::new());
        let intern = &roles["intern"];
        assert_eq!((intern.sees(Area::Name), intern.sees(Area::Place)), (Sight::Masked, Sight::Clear));
        assert_eq!(intern.sees_field("email", Area::Contact), Sight::Masked);
        assert!(intern.must(Right::Update).unwrap_err().to_string().contains("no right to `update`"));
        assert_eq!(roles["locked"].sees(Area::Name), Sight::Hidden);
        let shop = &roles["shop_b"];
        assert!(shop.is_limited() && shop.sees_record_of(Some("MAISON B"), None));
        assert!(!shop.sees_record_of(Some("maison a"), None) && !shop.sees_record_of(None, None));
    }

    #[test]
    fn only_three_roles_see_everything() {
        let all = |r: &&Role| Area::ALL.iter().all(|a| sees(**r, *a) == Sight::Clear);
        let seeing: Vec<&str> = Role::ALL.iter().filter(all).map(|r| r.name()).collect();
        assert_eq!(seeing, ["admin", "steward", "dpo"]);
        for role in Role::ALL {
            assert!(all(&role) || sees(*role, Area::Bank) != Sight::Clear, "{role:?}");
        }
    }
}
