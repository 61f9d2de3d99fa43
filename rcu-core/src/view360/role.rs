//! What a role sees of a page.

use super::view::{ContactView, View360};
use crate::access::{Area, RolePlan, Sight, area_in_family, area_of, area_of_family, masked as mask_in};
use crate::config::{Plan, Take, Target};
use crate::normalize::Kind;
use serde_json::Value;

/// Aggregates that speak of complaints and opinions.
const COMPLAINTS: &[&str] = &[
    "complaints_open",
    "complaints_12m",
    "last_complaint_date",
    "mean_resolution_days",
    "nps_last",
    "rating_avg_12m",
    "reviews_12m",
    "unhappy",
    "priority_care",
];

/// Aggregates that speak of the web, the newsletter and contacts.
const WEB: &[&str] = &[
    "sessions_30d",
    "pages_30d",
    "last_visit",
    "abandoned_cart",
    "abandoned_cart_value",
    "abandoned_cart_items",
    "newsletter_clicks_90d",
    "opens_90d",
    "contacts_30d",
    "last_contact",
];

impl View360 {
    /// The page as a role sees it: what it may not see is left out, what it may recognise only is under its mask.
    #[must_use]
    pub fn for_role(mut self, role: &RolePlan, plan: &Plan) -> View360 {
        self.role = Some(role.name.clone());
        self.purpose.clone_from(&role.purpose);
        let hidden = |area: Area| role.sees(area) == Sight::Hidden;
        let places = |name: &str| {
            let ix = plan.field(name)?;
            let kind = plan.fields[ix].kind;
            Some((area_of(ix, kind), kind))
        };
        // What the role sees of a golden value, and under which mask.
        let sight = |field: &str| -> (Sight, Area, Kind) {
            let (area, kind) = places(field).unwrap_or((Area::Note, Kind::Text));
            (role.sees_field(field, area), area, kind)
        };
        let masked = |field: &str, value: Option<String>| -> Option<String> {
            let (sight, area, kind) = sight(field);
            match sight {
                Sight::Clear => value,
                Sight::Hidden => None,
                Sight::Masked | Sight::Consented => value.and_then(|v| mask_in(area, kind, &v)),
            }
        };
        self.identity.retain(|v| sight(&v.field).0 != Sight::Hidden);
        for v in &mut self.identity {
            v.masked = sight(&v.field).0 != Sight::Clear;
            v.value = masked(&v.field, v.value.take());
        }
        let usable = self.consents.iter().filter(|c| c.contactable && role.acts_for(&c.purpose));
        let agreed: Vec<String> = usable.map(|c| c.channel.clone()).collect();
        self.contacts.retain(|v| sight(&v.field).0 != Sight::Hidden);
        for v in &mut self.contacts {
            let (sight, _, kind) = sight(&v.field);
            let clear = sight == Sight::Clear || (sight == Sight::Consented && is_agreed(v, kind, &agreed));
            if !clear {
                v.masked = true;
                v.value = masked(&v.field, v.value.take());
            }
        }
        let ids = Ids::new(role, plan);
        if hidden(Area::Records) {
            self.records.clear();
        }
        for r in &mut self.records {
            ids.hide(&r.source, &mut r.record_id);
        }
        if hidden(Area::Consents) {
            self.consents.clear();
        }
        let said_in_clear = role.sees(Area::Consents) == Sight::Clear && ids.all_clear();
        for s in self.consents.iter_mut().flat_map(|c| &mut c.statements) {
            if !said_in_clear {
                // References of forms and calls lead to a person as their records do.
                (s.record, s.proof, s.actor, s.point) = (None, None, None, None);
            }
        }
        self.facts.retain(|family, _| !hidden(area_of_family(family)));
        for (family, facts) in &mut self.facts {
            let kinds = plan.families.named(family).map_or(Vec::new(), |f| plan.families.fields(f));
            for fact in facts {
                for (name, value) in &mut fact.values {
                    let Some((_, kind)) = kinds.iter().find(|(n, _)| n == name) else { continue };
                    if let Some(area) = area_in_family(family, name, *kind)
                        && role.sees(area) != Sight::Clear
                    {
                        let shown = value.as_str().filter(|_| !hidden(area));
                        *value = shown.and_then(|v| mask_in(area, *kind, v)).map_or(Value::Null, Value::from);
                    }
                }
            }
        }
        if hidden(Area::Aggregates) {
            self.aggregates.clear();
        }
        for (area, names) in [(Area::Complaints, COMPLAINTS), (Area::Web, WEB)] {
            if hidden(area) {
                self.aggregates.retain(|name, _| !names.contains(&name.as_str()));
            }
        }
        for custom in &plan.custom {
            if hidden(area_of_family(&custom.family)) {
                self.aggregates.remove(&custom.name);
            }
        }
        if hidden(Area::Household) {
            self.household = None;
        }
        if hidden(Area::Provenance) {
            self.provenance.clear();
        }
        self.provenance.retain(|o| sight(&o.field).0 != Sight::Hidden);
        for o in &mut self.provenance {
            ids.hide(&o.source, &mut o.record_id);
            if role.sees(Area::Note) != Sight::Clear {
                o.reason = None;
            }
            for b in &mut o.beat {
                ids.hide(&b.source, &mut b.record_id);
                b.value = masked(&o.field, b.value.take());
            }
        }
        if hidden(Area::History) {
            self.history = None;
        }
        if let Some(history) = &mut self.history {
            let links = history.links.iter_mut().flat_map(|l| [&mut l.a, &mut l.b]);
            let doubts = history.doubts.iter_mut().flat_map(|d| [&mut d.own, &mut d.other]);
            links.chain(doubts).for_each(|named| ids.hide_named(named));
            history.locks.retain(|l| sight(&l.field).0 != Sight::Hidden);
            for l in &mut history.locks {
                l.value = masked(&l.field, l.value.take());
                if role.sees(Area::Note) != Sight::Clear {
                    l.reason.clear();
                }
            }
        }
        self
    }
}

/// What a role sees of the identifiers of records. One that is a value too, as a loyalty card's number, is masked where
/// the value is.
struct Ids<'a> {
    shown: Vec<(&'a str, bool)>,
}

impl<'a> Ids<'a> {
    fn new(role: &RolePlan, plan: &'a Plan) -> Ids<'a> {
        let clear = role.sees(Area::Records) == Sight::Clear;
        let shown = plan.sources.iter().map(|s| {
            let is_id = |take: &Take| match take {
                Take::Column(c) => *c == s.spec.id,
                Take::Join(all) => all.contains(&s.spec.id),
                Take::Constant(_) => false,
            };
            let hides = |target: &Target| match target {
                Target::Field(ix) => {
                    let f = &plan.fields[*ix];
                    role.sees_field(&f.name, area_of(*ix, f.kind)) != Sight::Clear
                }
                Target::Phone => role.sees(Area::Contact) != Sight::Clear,
                Target::Name => role.sees(Area::Name) != Sight::Clear,
                Target::Address => role.sees(Area::Address) != Sight::Clear,
                Target::Fact(_) => false,
            };
            let masked = s.inputs.iter().any(|i| is_id(&i.take) && hides(&i.target));
            (s.name.as_str(), clear && !masked)
        });
        Ids { shown: shown.collect() }
    }

    fn all_clear(&self) -> bool {
        self.shown.iter().all(|(_, clear)| *clear)
    }

    fn hide(&self, source: &str, id: &mut String) {
        if !self.shown.iter().any(|(name, clear)| *clear && *name == source) {
            *id = masked_id(id);
        }
    }

    /// The same for `source:record id`.
    fn hide_named(&self, named: &mut String) {
        if let Some((source, id)) = named.split_once(':') {
            let (source, mut id) = (source.to_owned(), id.to_owned());
            self.hide(&source, &mut id);
            *named = format!("{source}:{id}");
        }
    }
}

fn masked_id(id: &str) -> String {
    mask_in(Area::Card, Kind::LoyaltyCard, id).unwrap_or_default()
}

/// Whether the person agreed to be contacted by a value's channel.
fn is_agreed(contact: &ContactView, kind: Kind, agreed: &[String]) -> bool {
    let by = |channel: &str| agreed.iter().any(|c| c == channel);
    match kind {
        Kind::Email => by("email"),
        Kind::Phone => by("phone") || (contact.field == "mobile" && by("sms")),
        _ => false,
    }
}
