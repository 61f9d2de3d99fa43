//! What a role sees of a page.

use super::view::{ContactView, View360};
use crate::access::{Area, RolePlan, Sight, area_of, masked as mask_in};
use crate::config::Plan;
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
        let agreed: Vec<String> =
            self.consents.iter().filter(|c| c.contactable).map(|c| c.channel.clone()).collect();
        self.contacts.retain(|v| sight(&v.field).0 != Sight::Hidden);
        for v in &mut self.contacts {
            let (sight, _, kind) = sight(&v.field);
            let clear = sight == Sight::Clear || (sight == Sight::Consented && is_agreed(v, kind, &agreed));
            if !clear {
                v.masked = true;
                v.value = masked(&v.field, v.value.take());
            }
        }
        match role.sees(Area::Records) {
            Sight::Clear => {}
            Sight::Hidden => self.records.clear(),
            _ => {
                for r in &mut self.records {
                    let id = mask_in(Area::Card, Kind::Identifier, &r.record_id);
                    r.record_id = id.unwrap_or_default();
                }
            }
        }
        if hidden(Area::Consents) {
            self.consents.clear();
        }
        if role.sees(Area::Records) != Sight::Clear {
            self.consents.iter_mut().flat_map(|c| &mut c.statements).for_each(|s| s.record = None);
        }
        self.facts.retain(|family, _| !hidden(area_of_family(family)));
        for (family, facts) in &mut self.facts {
            let kinds = plan.families.named(family).map_or(Vec::new(), |f| plan.families.fields(f));
            let own = area_of_family(family) == Area::Facts;
            for fact in facts {
                for (name, value) in &mut fact.values {
                    let Some((_, kind)) = kinds.iter().find(|(n, _)| n == name) else { continue };
                    if let Some(area) = personal(*kind, own)
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
        if hidden(Area::Household) {
            self.household = None;
        }
        if hidden(Area::Provenance) {
            self.provenance.clear();
        }
        self.provenance.retain(|o| sight(&o.field).0 != Sight::Hidden);
        for o in &mut self.provenance {
            for b in &mut o.beat {
                b.value = masked(&o.field, b.value.take());
            }
        }
        if hidden(Area::History) {
            self.history = None;
        }
        if let Some(history) = &mut self.history {
            for l in &mut history.locks {
                l.value = masked(&l.field, l.value.take());
            }
        }
        self
    }
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

fn area_of_family(family: &str) -> Area {
    match family {
        "transactions" | "loyalty" => Area::Purchases,
        "complaints" | "reviews" => Area::Complaints,
        "interactions" => Area::Web,
        _ => Area::Facts,
    }
}

/// The area of a fact's value that is personal in itself. Of the installation's own families free texts are, too.
fn personal(kind: Kind, own_family: bool) -> Option<Area> {
    match area_of(usize::MAX, kind) {
        Area::Card | Area::Other | Area::Place | Area::Consents => None,
        Area::Note if !own_family => None,
        area => Some(area),
    }
}
