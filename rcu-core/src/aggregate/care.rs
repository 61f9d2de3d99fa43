//! Complaints, surveys and reviews of one customer (`domain.md` §5.5).

use super::customer::Care;
use super::fact::Row;
use super::families::{COMPLAINTS, REVIEWS, position};
use super::frame::{COMPLAINT_STATUS, Frame};
use super::sales::div_half_away;
use super::spec::Period;
use crate::time::Day;

const CLOSED_AT: usize = position(COMPLAINTS, "closed_at");
const RATING: usize = position(REVIEWS, "rating");
const NPS: usize = position(REVIEWS, "nps");

/// An NPS answer of this or less is a detractor's; a rating of this or less, in thousandths, is bad.
const DETRACTOR: i64 = 6;
const BAD_RATING_MILLI: i64 = 2000;

/// Care of one customer from its complaints and its reviews, in any order.
pub(super) fn fold(complaints: &[Row], reviews: &[Row], revenue_total_minor: i64, frame: &Frame) -> Care {
    let mut care = Care::default();
    let as_of = frame.rules.as_of;
    let year = Period::last_months(as_of, 12);
    let recent = Period::last_days(as_of, 90);
    let (mut resolved, mut days) = (0i128, 0i128);
    for c in complaints {
        let closed = c.some(CLOSED_AT).filter(|d| *d <= i64::from(as_of.0));
        let settled = closed.is_some() || frame.closed[c.text(COMPLAINT_STATUS) as usize];
        care.complaints_open += u32::from(!settled);
        care.complaints_12m += u32::from(year.contains(c.day));
        care.last_complaint = care.last_complaint.max(Some(c.day));
        if let Some(closed) = closed {
            resolved += 1;
            days += i128::from(closed) - i128::from(c.day.0);
        }
    }
    care.mean_resolution_days_e2 = (resolved > 0).then(|| div_half_away(days * 100, resolved));
    let (mut ratings, mut rated) = (0i128, 0i128);
    let mut last_nps: Option<(Day, i64)> = None;
    for r in reviews {
        care.reviews_12m += u32::from(year.contains(r.day));
        if let Some(rating) = r.some(RATING) {
            if year.contains(r.day) {
                ratings += i128::from(rating);
                rated += 1;
            }
            care.unhappy |= rating <= BAD_RATING_MILLI && recent.contains(r.day);
        }
        if let Some(nps) = r.some(NPS) {
            let better = last_nps.is_none_or(|(day, n)| r.day > day || r.day == day && nps < n);
            last_nps = if better { Some((r.day, nps)) } else { last_nps };
            care.unhappy |= nps <= DETRACTOR && recent.contains(r.day);
        }
    }
    care.nps_last = last_nps.map(|(_, n)| n);
    care.rating_avg_12m_e2 = (rated > 0).then(|| div_half_away(ratings, rated * 10));
    care.unhappy |= care.complaints_open > 0;
    care.priority_care = care.unhappy && revenue_total_minor > frame.rules.spec.priority_care_minor;
    care
}
