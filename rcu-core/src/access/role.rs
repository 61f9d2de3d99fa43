//! What each role sees of each area: clear, masked, or not at all.

use crate::error::{Problem, did_you_mean};
use crate::field::{self, FieldIx};
use crate::mask::mask;
use crate::normalize::Kind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
}

/// A role compiled: what it sees of every area and of single fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolePlan {
    /// Its name.
    pub name: String,
    areas: BTreeMap<Area, Sight>,
    fields: BTreeMap<String, Sight>,
}

impl RolePlan {
    /// A shipped role.
    pub fn shipped(role: Role) -> RolePlan {
        let areas = Area::ALL.iter().map(|a| (*a, sees(role, *a))).collect();
        RolePlan { name: role.name().to_owned(), areas, fields: BTreeMap::new() }
    }

    /// What it sees of an area.
    pub fn sees(&self, area: Area) -> Sight {
        self.areas.get(&area).copied().unwrap_or(Sight::Hidden)
    }

    /// What it sees of a field of the golden record.
    pub fn sees_field(&self, name: &str, area: Area) -> Sight {
        self.fields.get(name).copied().unwrap_or_else(|| self.sees(area))
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
            None => RolePlan { name: name.clone(), areas: BTreeMap::new(), fields: BTreeMap::new() },
        };
        role.name.clone_from(name);
        role.areas.extend(&spec.sees);
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
    fn only_three_roles_see_everything() {
        let all = |r: &&Role| Area::ALL.iter().all(|a| sees(**r, *a) == Sight::Clear);
        let seeing: Vec<&str> = Role::ALL.iter().filter(all).map(|r| r.name()).collect();
        assert_eq!(seeing, ["admin", "steward", "dpo"]);
        for role in Role::ALL {
            assert!(all(&role) || sees(*role, Area::Bank) != Sight::Clear, "{role:?}");
        }
    }
}
