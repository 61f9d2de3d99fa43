//! Web, newsletter and contact pressure of one customer (`domain.md` §5.6).

use super::customer::{Cart, Web};
use super::fact::{Line, LineKind, NULL, Row};
use super::families::{INTERACTIONS, position};
use super::frame::{EVENT_TYPE, EventType, Frame};
use super::spec::Period;
use crate::time::Day;

const CHANNEL: usize = position(INTERACTIONS, "channel");
const CART: usize = position(INTERACTIONS, "cart");
const VISITOR: usize = position(INTERACTIONS, "visitor");
const VALUE: usize = position(INTERACTIONS, "value");
const ITEMS: usize = position(INTERACTIONS, "items");

/// Web of one customer from its events, which are in the order of their instants, and the lines of its orders.
/// `interactions` gets what counts for the favourite channel: all that somebody did, not what they were sent.
pub(super) fn fold(
    events: &[Row],
    lines: &[Line],
    frame: &Frame,
    interactions: &mut Vec<(u32, Day)>,
) -> Option<Box<Web>> {
    if events.is_empty() {
        return None;
    }
    let mut web = Web::default();
    let as_of = frame.rules.as_of;
    let (month, quarter) = (Period::last_days(as_of, 30), Period::last_days(as_of, 90));
    let gap = i64::from(frame.rules.spec.session_gap_minutes) * 60;
    let mut before: Option<i64> = None;
    for e in events {
        let kind = frame.events[e.text(EVENT_TYPE) as usize];
        let channel = e.text(CHANNEL);
        if matches!(kind, EventType::Page | EventType::Cart | EventType::Order) {
            // A session is of the day on which it began.
            let begins = before.is_none_or(|b| e.at - b > gap);
            web.sessions_30d += u32::from(begins && month.contains(e.day));
            before = Some(e.at);
            web.last_visit = web.last_visit.max(Some(e.day));
        }
        match kind {
            EventType::Page => web.pages_30d += u32::from(month.contains(e.day)),
            EventType::Click => web.newsletter_clicks_90d += u32::from(quarter.contains(e.day)),
            EventType::Open => web.opens_90d += u32::from(quarter.contains(e.day)),
            EventType::Contact => {
                web.contacts_30d += u32::from(month.contains(e.day));
                match web.last_contact.iter_mut().find(|c| c.0 == channel) {
                    Some(c) => c.1 = c.1.max(e.day),
                    None => web.last_contact.push((channel, e.day)),
                }
            }
            EventType::Cart | EventType::Order | EventType::Other => {}
        }
        let did = !matches!(kind, EventType::Contact | EventType::Open);
        if did && channel != 0 && frame.favourite_channel.contains(e.day) {
            interactions.push((channel, e.day));
        }
    }
    web.last_contact.retain(|c| c.0 != 0);
    web.last_contact.sort_unstable();
    web.abandoned_cart = abandoned_cart(events, lines, month, frame);
    Some(Box::new(web))
}

/// The last cart of the period with an item in it that no order followed in time. Carts are told apart by their number,
/// else by visitor and day; a cart is what its last event says.
fn abandoned_cart(events: &[Row], lines: &[Line], month: Period, frame: &Frame) -> Option<Cart> {
    let is = |e: &Row, kind| frame.events[e.text(EVENT_TYPE) as usize] == kind;
    let wait = i64::from(frame.rules.spec.abandoned_after_hours) * 3600;
    let end = frame.rules.zone.instant(Day(frame.rules.as_of.0 + 1), 0);
    let key = |e: &Row| match e.text(CART) {
        0 => (0, e.text(VISITOR), e.day),
        cart => (cart, 0, Day(0)),
    };
    let mut carts: Vec<&Row> = events.iter().filter(|e| is(e, EventType::Cart)).collect();
    carts.sort_by_key(|e| (key(e), e.at, e.cells));
    let lasts = carts.chunk_by(|x, y| key(x) == key(y)).filter_map(|c| c.last().copied());
    let ordered = |cart: &Row| {
        let online = events.iter().any(|e| {
            let same = e.text(CART) == 0 || e.text(CART) == cart.text(CART) || cart.text(CART) == 0;
            is(e, EventType::Order) && same && (cart.at..=cart.at + wait).contains(&e.at)
        });
        let days = (wait + 86_399) / 86_400;
        online
            || lines.iter().any(|l| {
                frame.facts.kind(l) == LineKind::Sale
                    && match l.extra.at {
                        // Only the day is known: any order of the days the wait reaches into.
                        NULL => (cart.day.0..=cart.day.0 + days as i32).contains(&l.day.0),
                        at => (cart.at..=cart.at + wait).contains(&at),
                    }
            })
    };
    lasts
        .filter(|c| month.contains(c.day) && c.at + wait <= end && c.some(ITEMS).is_none_or(|n| n > 0))
        .filter(|c| !ordered(c))
        .max_by_key(|c| (c.at, c.cells))
        .map(|c| Cart { value_minor: c.some(VALUE), items_milli: c.some(ITEMS) })
}
