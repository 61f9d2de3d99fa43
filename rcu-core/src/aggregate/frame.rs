//! The rules of the aggregates bound to a set of facts: periods as days, words as ids.

use super::custom::{CustomPlan, Test};
use super::facts::Facts;
use super::families::{COMPLAINTS, INTERACTIONS, position};
use super::spec::{AggregateSpec, Period};
use crate::normalize::text::fold_upper;
use crate::time::{Day, Zone};

/// What computing depends on besides the facts.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// Periods, perimeter, thresholds.
    pub spec: &'a AggregateSpec,
    /// Aggregates of the installation's own.
    pub custom: &'a [CustomPlan],
    /// The day on which periods are judged.
    pub as_of: Day,
    /// The zone in which that day ends.
    pub zone: Zone,
}

/// What an event of the web, of a newsletter or of a campaign is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventType {
    /// A page seen.
    Page,
    /// A cart as it stands.
    Cart,
    /// An order placed on line.
    Order,
    /// A click in a newsletter.
    Click,
    /// A newsletter opened, or loaded by a machine.
    Open,
    /// Something we sent, or a call we made.
    Contact,
    /// Anything else somebody did: a call, a message, a visit.
    Other,
}

impl EventType {
    /// What a source's word means; the channel too, when the word tells it.
    pub fn of(word: &str) -> (EventType, Option<&'static str>) {
        let folded = fold_upper(word).replace(['_', '-', '.'], " ");
        match folded.as_str() {
            "PAGE" | "PAGE VIEW" | "PAGEVIEW" | "PAGE VUE" | "VIEW" | "VUE" | "SEARCH" | "RECHERCHE"
            | "PRODUCT VIEW" | "FICHE PRODUIT" => (EventType::Page, None),
            "CART" | "PANIER" | "ADD TO CART" | "AJOUT PANIER" | "CART UPDATE" | "CART ADD" | "CART VIEW" => {
                (EventType::Cart, None)
            }
            "ORDER" | "COMMANDE" | "PURCHASE" | "ACHAT" | "CHECKOUT" => (EventType::Order, None),
            "CLICK" | "CLIC" | "NEWSLETTER CLICK" | "EMAIL CLICK" | "CLIC NEWSLETTER" => {
                (EventType::Click, Some("email"))
            }
            "OPEN" | "OUVERTURE" | "NEWSLETTER OPEN" | "EMAIL OPEN" | "OUVERTURE NEWSLETTER" => {
                (EventType::Open, Some("email"))
            }
            "EMAIL SENT" | "NEWSLETTER SENT" | "ENVOI EMAIL" | "EMAILING" => {
                (EventType::Contact, Some("email"))
            }
            "SMS SENT" | "ENVOI SMS" | "SMS" => (EventType::Contact, Some("sms")),
            "PUSH SENT" | "PUSH" => (EventType::Contact, Some("push")),
            "MAILING" | "COURRIER" | "POST SENT" => (EventType::Contact, Some("post")),
            "CALL OUT" | "APPEL SORTANT" | "OUTBOUND CALL" => (EventType::Contact, Some("phone")),
            "CONTACT" | "SENT" | "ENVOI" | "CAMPAIGN" | "CAMPAGNE" | "OUTBOUND" => (EventType::Contact, None),
            _ => (EventType::Other, None),
        }
    }

    /// Whether it is known only through a tracker, and so needs the consent to it.
    pub fn is_tracked(self) -> bool {
        matches!(self, EventType::Page | EventType::Cart | EventType::Click | EventType::Open)
    }
}

/// Words that say that a complaint is settled, folded.
const CLOSED: &[&str] =
    &["CLOS", "CLOSE", "CLOSED", "FERME", "RESOLU", "RESOLVED", "TRAITE", "SOLDE", "CLOTURE"];

/// The positions of the columns that every family may share.
pub(super) const COMPLAINT_STATUS: usize = position(COMPLAINTS, "status");
pub(super) const EVENT_TYPE: usize = position(INTERACTIONS, "type");

/// Rules bound to facts.
pub struct Frame<'a> {
    pub(super) facts: &'a Facts,
    pub(super) rules: Rules<'a>,
    pub(super) main: Period,
    pub(super) favourite_store: Period,
    pub(super) favourite_channel: Period,
    pub(super) rfm: Period,
    pub(super) value: Period,
    pub(super) appetence: Period,
    /// By text id: a channel without a shop.
    pub(super) remote: Vec<bool>,
    /// By text id: a complaint's status that settles it.
    pub(super) closed: Vec<bool>,
    /// By text id: what an event is.
    pub(super) events: Vec<EventType>,
    pub(super) has_brands: bool,
    pub(super) has_companies: bool,
    pub(super) has_categories: bool,
    /// By aggregate of the installation's own.
    pub(super) custom: Vec<BoundCustom<'a>>,
    /// Positions in [`Facts::tables`].
    pub(super) complaints: Option<usize>,
    pub(super) reviews: Option<usize>,
    pub(super) interactions: Option<usize>,
    pub(super) loyalty: Option<usize>,
}

/// A compiled aggregate whose texts have become ids.
pub(super) struct BoundCustom<'a> {
    pub(super) plan: &'a CustomPlan,
    /// Position in [`Facts::tables`]; `None` for transactions.
    pub(super) table: Option<usize>,
    pub(super) filters: Vec<(usize, BoundTest)>,
    /// Transactions, or a family that has rows.
    pub(super) has_facts: bool,
}

pub(super) enum BoundTest {
    In(Vec<i64>),
    Within(i64, i64, Vec<i64>),
    /// By text id.
    Texts(Vec<bool>),
}

impl BoundTest {
    #[inline]
    pub(super) fn holds(&self, cell: i64) -> bool {
        match self {
            BoundTest::In(list) => list.contains(&cell),
            BoundTest::Within(low, high, not) => (*low..=*high).contains(&cell) && !not.contains(&cell),
            BoundTest::Texts(by_id) => {
                usize::try_from(cell).is_ok_and(|i| i > 0 && by_id.get(i) == Some(&true))
            }
        }
    }
}

impl<'a> Frame<'a> {
    /// Binds rules to facts.
    pub fn new(facts: &'a Facts, rules: Rules<'a>) -> Frame<'a> {
        let spec = rules.spec;
        let months = |n| Period::last_months(rules.as_of, n);
        let folded: Vec<String> = facts.texts.map(fold_upper);
        let words: Vec<String> = spec.remote_channels.iter().map(|w| fold_upper(w)).collect();
        let table = |family: &str| facts.tables.iter().position(|t| t.family == family);
        // A text has a meaning only in its own column; looking at the ids used there keeps this cheap.
        let mut events = vec![EventType::Other; facts.texts.len()];
        if let Some(t) = facts.table("interactions") {
            let mut ids: Vec<u32> = (0..t.rows()).map(|r| t.row(r).text(EVENT_TYPE)).collect();
            ids.sort_unstable();
            ids.dedup();
            for id in ids {
                events[id as usize] = EventType::of(facts.texts.get(id)).0;
            }
        }
        Frame {
            facts,
            rules,
            main: months(spec.period_months),
            favourite_store: months(spec.favourite_store_months),
            favourite_channel: months(spec.favourite_channel_months),
            rfm: months(spec.rfm_months),
            value: months(spec.value_months),
            appetence: months(spec.appetence_months),
            remote: folded.iter().map(|t| words.contains(t)).collect(),
            closed: folded.iter().map(|t| CLOSED.contains(&t.as_str())).collect(),
            events,
            has_brands: facts.names(|d| d.brand),
            has_companies: facts.names(|d| d.company),
            has_categories: facts.names(|d| d.category),
            custom: rules.custom.iter().map(|plan| BoundCustom::new(plan, facts, &folded)).collect(),
            complaints: table("complaints"),
            reviews: table("reviews"),
            interactions: table("interactions"),
            loyalty: table("loyalty"),
        }
    }

    /// Whether a line is a purchase in a shop one can walk into.
    #[inline]
    pub(super) fn in_a_shop(&self, dims: &super::fact::Dims) -> bool {
        dims.store != 0 && !self.remote[dims.channel as usize]
    }
}

impl<'a> BoundCustom<'a> {
    fn new(plan: &'a CustomPlan, facts: &Facts, folded: &[String]) -> BoundCustom<'a> {
        let by_id = |words: &[String], wanted: bool| -> Vec<bool> {
            folded.iter().map(|t| words.contains(t) == wanted).collect()
        };
        let filters = plan
            .filters
            .iter()
            .map(|f| {
                let test = match &f.test {
                    Test::In(list) => BoundTest::In(list.clone()),
                    Test::Within(low, high, not) => BoundTest::Within(*low, *high, not.clone()),
                    Test::InTexts(words) => BoundTest::Texts(by_id(words, true)),
                    Test::NotTexts(words) => BoundTest::Texts(by_id(words, false)),
                };
                (f.column, test)
            })
            .collect();
        let sales = plan.family == "transactions";
        let table = facts.tables.iter().position(|t| t.family == plan.family);
        BoundCustom { plan, table: table.filter(|_| !sales), filters, has_facts: sales || table.is_some() }
    }
}
