//! One self-contained HTML page of a run: what was read, who was found, what waits, what the money says.
//!
//! It loads nothing from anywhere, holds no script and no personal value in clear, and prints on paper.

use crate::config::Plan;
use crate::matching::blocking::PassReport;
use crate::picture::{count, escape, money, page, percent};
use crate::resolve::Resolution;
use std::fmt::Write as _;

mod dossier;
mod evaluation;
mod explanation;
mod person;
mod review;

pub use dossier::of_dossier;
pub use evaluation::of_evaluation;
pub use explanation::of_explanation;
pub use person::of_person;

/// The page.
pub fn html(plan: &Plan, r: &Resolution) -> String {
    let s = &r.summary;
    let mut t = String::with_capacity(32 * 1024);
    let title = format!("{} people from {} records", count(s.people), count(s.records));
    let _ = write!(
        t,
        "<h1>{title}</h1><p class=\"note\">Reference day {}. Every row and every cent is \
         accounted for below; rejected rows are in <code>rejects.parquet</code>, doubtful pairs in \
         <code>review.parquet</code>.</p>",
        plan.as_of
    );
    cards(&mut t, r);
    sources(&mut t, r);
    matching(&mut t, r);
    companies(&mut t, r);
    sizes(&mut t, r);
    fields(&mut t, r);
    segments(&mut t, r);
    review::samples(&mut t, &r.review_samples);
    page(&format!("rcu: {title}"), &t)
}

fn cards(t: &mut String, r: &Resolution) {
    let s = &r.summary;
    t.push_str("<div class=\"cards\">");
    let mut card = |value: String, label: &str| {
        let _ = write!(t, "<div class=\"card\"><b>{value}</b><span>{label}</span></div>");
    };
    card(count(s.people), "people");
    card(count(s.households), "households");
    card(percent(s.records - s.people.min(s.records), s.records), "of the records were duplicates");
    card(count(s.review_pairs), "pairs wait in review");
    card(money(s.revenue.attributed_minor), "revenue attributed");
    t.push_str("</div>");
}

fn sources(t: &mut String, r: &Resolution) {
    let s = &r.summary;
    t.push_str("<h2>Rows</h2><p class=\"note\">read = loaded + rejected + excluded, for each source.</p>");
    t.push_str(
        "<div class=\"scroll\"><table><tr><th>source<th>read<th>loaded<th>rejected<th>excluded<th></tr>",
    );
    for (name, c) in &s.sources {
        let _ = write!(
            t,
            "<tr><td>{}<td>{}<td>{}<td>{}<td>{}<td>{}</tr>",
            escape(name),
            count(c.read),
            count(c.loaded),
            count(c.rejected),
            count(c.excluded),
            verdict(c.reconciles())
        );
    }
    t.push_str("</table></div>");
    let v = &s.revenue;
    let _ = write!(
        t,
        "<h2>Revenue</h2><table><tr><th>in<th>attributed<th>orphans<th>anonymous<th>excluded by rule<th></tr>\
         <tr><td>{}<td>{}<td>{}<td>{}<td>{}<td>{}</tr></table><p class=\"note\">in = attributed + orphans + anonymous, \
         to the cent. {} orphan lines name a customer that no loaded record has; {} lines were left out because no \
         exchange rate is stored for their day.</p>",
        money(v.revenue_in_minor),
        money(v.attributed_minor),
        money(v.orphans_minor),
        money(v.anonymous_minor),
        money(v.excluded_minor),
        verdict(v.reconciles()),
        count(v.orphan_lines),
        count(v.fx_missing)
    );
    if s.relations.is_empty() {
        return;
    }
    t.push_str(
        "<h2>References</h2><p class=\"note\">The identifiers that are not there are in \
         <code>missing_references.parquet</code>.</p><table><tr><th>reference<th>rows<th>orphans<th>identifiers \
         missing<th>beyond one</tr>",
    );
    for (name, r) in &s.relations {
        let _ = write!(
            t,
            "<tr><td>{}<td>{}<td>{}<td>{}<td>{}</tr>",
            escape(name),
            count(r.references),
            count(r.orphans),
            count(r.missing),
            count(r.over_cardinality)
        );
    }
    t.push_str("</table>");
}

/// Companies and their contacts, when there are any.
fn companies(t: &mut String, r: &Resolution) {
    let Some(c) = &r.summary.companies else { return };
    t.push_str("<h2>Companies</h2>");
    pass_table(t, &c.passes);
    let _ = write!(
        t,
        "<p class=\"note\">{} records of companies, {} of them accounts, are {} companies of {} legal units. {} records \
         of persons are contacts; {} name an account that is not there. {} pairs of companies wait in review, {} of them \
         links refused because two companies would have met. {} records have a SIRET that is not of their SIREN. {} \
         e-mails and telephones are a company's and made no key for its contacts.</p>",
        count(c.records),
        count(c.accounts),
        count(c.companies),
        count(c.legal_units),
        count(c.contact_records),
        count(c.unknown_accounts),
        count(c.review_pairs),
        count(c.refused_links),
        count(c.siren_conflicts),
        count(c.own_contact_values)
    );
}

fn pass_table(t: &mut String, passes: &[PassReport]) {
    t.push_str("<div class=\"scroll\"><table><tr><th>pass<th>candidates<th>linked<th>review<th>refused<th>largest block<th>not compared</tr>");
    for p in passes {
        let _ = write!(
            t,
            "<tr><td>{}<td>{}<td>{}<td>{}<td>{}<td>{}<td>{}</tr>",
            escape(&p.name),
            count(p.candidates),
            count(p.linked),
            count(p.review),
            count(p.refused),
            count(p.largest_block),
            count(p.pairs_not_compared)
        );
    }
    t.push_str("</table></div>");
}

fn matching(t: &mut String, r: &Resolution) {
    let s = &r.summary;
    t.push_str("<h2>Matching</h2>");
    pass_table(t, &s.passes);
    let _ = write!(
        t,
        "<p class=\"note\">{} links were refused because their cluster would have held two people; {} clusters have \
         more records than the limit for giant clusters.",
        count(s.refused_links),
        count(s.giant_clusters)
    );
    for (field, n) in &s.shared_values {
        let _ = write!(
            t,
            " {} values of {} are shared by many people and made no key.",
            count(*n),
            escape(field)
        );
    }
    t.push_str("</p>");
}

/// How many people have one record, two, three, …
fn sizes(t: &mut String, r: &Resolution) {
    let sizes = &r.summary.cluster_sizes;
    let Some(most) = sizes.values().max() else { return };
    let shown: Vec<(u64, u64)> = sizes.iter().map(|(k, n)| (*k, *n)).take(24).collect();
    let width = 32 * shown.len() + 8;
    let _ = write!(
        t,
        "<h2>Records per person</h2><div class=\"scroll\"><svg width=\"{width}\" height=\"170\" role=\"img\" \
         aria-label=\"People by number of records\">"
    );
    for (i, (k, n)) in shown.iter().enumerate() {
        // Square root of the share, so that rare large clusters can still be seen.
        let height = (integer_root(n * 1_000_000 / most) * 120 / 1000).max(1);
        let x = 8 + i * 32;
        let _ = write!(
            t,
            "<rect x=\"{x}\" y=\"{}\" width=\"24\" height=\"{height}\"><title>{} people have {k} records</title></rect>\
             <text x=\"{}\" y=\"164\" text-anchor=\"middle\">{k}</text>",
            145 - height,
            count(*n),
            x + 12
        );
    }
    t.push_str("</svg></div><p class=\"note\">Heights are square roots of the counts.</p>");
}

fn fields(t: &mut String, r: &Resolution) {
    t.push_str(
        "<h2>Values by source and field</h2><p class=\"note\">Green: clean; amber: repaired; red: refused; grey: \
         empty. The codes are those of the registry.</p><div class=\"scroll\"><table><tr><th>source<th>field<th>\
         <th>ok<th>corrected<th>rejected<th>empty<th>most frequent codes</tr>",
    );
    for (name, c) in &r.summary.sources {
        for (field, p) in &c.fields {
            let all = (p.ok + p.corrected + p.rejected + p.empty).max(1);
            let mut codes: Vec<(&&str, &u64)> = p.codes.iter().collect();
            codes.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
            let codes: Vec<String> =
                codes.iter().take(3).map(|(k, n)| format!("{k} {}", count(**n))).collect();
            let _ = write!(
                t,
                "<tr><td>{}<td style=\"text-align:left\">{}<td><div class=\"bar\">",
                escape(name),
                escape(field)
            );
            for (n, class) in [(p.ok, "ok"), (p.corrected, "warn"), (p.rejected, "bad")] {
                let _ = write!(
                    t,
                    "<i class=\"{class}\" style=\"width:{}.{}%\"></i>",
                    n * 100 / all,
                    n * 1000 / all % 10
                );
            }
            let _ = write!(
                t,
                "</div><td>{}<td>{}<td>{}<td>{}<td style=\"text-align:left\">{}</tr>",
                count(p.ok),
                count(p.corrected),
                count(p.rejected),
                count(p.empty),
                codes.join(", ")
            );
        }
    }
    t.push_str("</table></div>");
}

/// Customers by lifecycle and by RFM segment.
fn segments(t: &mut String, r: &Resolution) {
    let mut lifecycle = std::collections::BTreeMap::<&str, u64>::new();
    let mut rfm = std::collections::BTreeMap::<&str, u64>::new();
    for a in &r.aggregates.customers {
        *lifecycle.entry(a.lifecycle.name()).or_default() += 1;
        if let Some(s) = a.rfm_segment {
            *rfm.entry(s).or_default() += 1;
        }
    }
    for (title, counts) in [("Lifecycle", lifecycle), ("RFM segments", rfm)] {
        let all: u64 = counts.values().sum();
        if all == 0 {
            continue;
        }
        let _ = write!(t, "<h2>{title}</h2><table>");
        for (name, n) in counts {
            let width = n * 300 / all;
            let _ = write!(
                t,
                "<tr><td>{name}<td style=\"text-align:left\"><svg width=\"304\" height=\"14\"><rect width=\"{}\" \
                 height=\"12\" y=\"1\"/></svg><td>{}<td>{}</tr>",
                width.max(1),
                count(n),
                percent(n, all)
            );
        }
        t.push_str("</table>");
    }
}

fn verdict(fine: bool) -> &'static str {
    if fine {
        "<span class=\"good-text\">reconciles</span>"
    } else {
        "<span class=\"bad-text\">does not reconcile</span>"
    }
}

fn integer_root(n: u64) -> u64 {
    let mut root = 0;
    for bit in (0..32).rev() {
        let next: u64 = root | 1 << bit;
        if next * next <= n {
            root = next;
        }
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_whole() {
        assert_eq!((integer_root(0), integer_root(99), integer_root(100)), (0, 9, 10));
    }
}
