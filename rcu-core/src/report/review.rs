//! A few pairs that wait in review, with what each comparison adds.

use crate::matching::explain::{FieldView, ReviewSample};
use crate::picture::{escape, waterfall};
use std::fmt::Write as _;

/// The pairs, one box each; nothing when none waits.
pub(super) fn samples(t: &mut String, samples: &[ReviewSample]) {
    if samples.is_empty() {
        return;
    }
    t.push_str(
        "<h2>Some pairs that wait in review</h2><p class=\"note\">Values are masked. <code>rcu explain</code> says more \
         of any pair.</p>",
    );
    for s in samples {
        let _ = write!(
            t,
            "<div class=\"pair\"><h3>{} and {}</h3><p class=\"note\">pass {}, because of {}</p>",
            escape(&s.a.to_string()),
            escape(&s.b.to_string()),
            escape(&s.pass),
            escape(&s.reason.replace('_', " "))
        );
        values(t, &s.values);
        t.push_str(&waterfall(&s.waterfall));
        t.push_str("</div>");
    }
}

/// Values of two records side by side.
pub(super) fn values(t: &mut String, values: &[FieldView]) {
    t.push_str("<div class=\"scroll\"><table><tr><th>field<th class=\"left\">first<th><th class=\"left\">second</tr>");
    for v in values {
        let _ = write!(
            t,
            "<tr><td>{}<td class=\"left\">{}<td>{}<td class=\"left\">{}</tr>",
            escape(&v.field),
            escape(&v.a.join(", ")),
            v.sign(),
            escape(&v.b.join(", "))
        );
    }
    t.push_str("</table></div>");
}
