//! A waterfall: what each comparison adds to a pair's weight, from the prior to the total, with both thresholds.

use super::escape;
use crate::matching::explain::{Unit, Waterfall};
use std::fmt::Write as _;

const LABELS: i64 = 230;
const PLOT: i64 = 400;
const FIGURES: i64 = 80;
const ROW: i64 = 24;
const TOP: i64 = 30;

/// The waterfall as inline SVG.
pub fn waterfall(w: &Waterfall) -> String {
    let mut bars: Vec<(String, i64, i64, &str)> = Vec::new();
    let mut sum = i64::from(w.prior);
    if w.unit == Unit::ThousandthsOfABit {
        bars.push(("prior".to_owned(), 0, sum, "prior"));
    }
    for s in &w.steps {
        let next = sum + i64::from(s.weight);
        let label = format!("{} · {}", s.comparison.replace('_', " "), s.level.replace('_', " "));
        bars.push((label, sum, next, if s.weight < 0 { "down" } else { "up" }));
        sum = next;
    }
    bars.push(("total".to_owned(), 0, i64::from(w.total), "total"));
    let marks = [(i64::from(w.review_at), "review"), (i64::from(w.link_at), "link")];
    let ends = bars.iter().flat_map(|b| [b.1, b.2]).chain(marks.iter().map(|m| m.0)).chain([0]);
    let low = ends.clone().min().unwrap_or(0);
    let high = ends.max().unwrap_or(0).max(low + 1);
    let x = |v: i64| LABELS + (v - low) * PLOT / (high - low);
    let height = TOP + ROW * bars.len() as i64 + 8;
    let width = LABELS + PLOT + FIGURES;
    let figure = |v: i64| match w.unit {
        Unit::Points => format!("{}{}", sign(v), v.abs()),
        Unit::ThousandthsOfABit => {
            let tenths = (v.abs() + 50) / 100;
            format!("{}{}.{}", sign(v), tenths / 10, tenths % 10)
        }
    };
    let unit = if w.unit == Unit::Points { "points" } else { "bits" };
    let mut t = format!(
        "<div class=\"scroll\"><svg width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"What each comparison \
         adds, in {unit}\">"
    );
    let zero = x(0);
    let _ =
        write!(t, "<line class=\"grid\" x1=\"{zero}\" x2=\"{zero}\" y1=\"{TOP}\" y2=\"{}\"/>", height - 8);
    // Two thresholds near each other would write one name over the other.
    let close = (x(marks[0].0) - x(marks[1].0)).abs() < 110;
    for (i, (at, name)) in marks.iter().enumerate() {
        let (here, anchor) = match (close, i) {
            (true, 0) => (x(*at) - 3, "end"),
            (true, _) => (x(*at) + 3, "start"),
            _ => (x(*at), "middle"),
        };
        let _ = write!(
            t,
            "<line class=\"mark\" x1=\"{0}\" x2=\"{0}\" y1=\"{TOP}\" y2=\"{1}\"/><text x=\"{here}\" y=\"18\" \
             text-anchor=\"{anchor}\">{name} {2}</text>",
            x(*at),
            height - 8,
            figure(*at)
        );
    }
    for (i, (label, from, to, class)) in bars.iter().enumerate() {
        let y = TOP + ROW * i as i64;
        let (left, right) = (x(*from.min(to)), x(*from.max(to)));
        let change = if *class == "total" { *to } else { to - from };
        let label = escape(label);
        let _ = write!(
            t,
            "<text class=\"ink\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{label}</text><rect class=\"{class}\" x=\"{left}\" \
             y=\"{}\" width=\"{}\" height=\"{}\" rx=\"2\"><title>{label}: {}</title></rect><text class=\"ink\" x=\"{width}\" \
             y=\"{}\" text-anchor=\"end\">{}</text>",
            LABELS - 10,
            y + 16,
            y + 4,
            (right - left).max(1),
            ROW - 8,
            figure(change),
            y + 16,
            figure(change)
        );
        if *class != "total" {
            let _ = write!(
                t,
                "<line class=\"grid\" x1=\"{0}\" x2=\"{0}\" y1=\"{1}\" y2=\"{2}\"/>",
                x(*to),
                y + ROW - 4,
                y + ROW + 4
            );
        }
    }
    t.push_str("</svg></div>");
    t
}

fn sign(v: i64) -> char {
    if v < 0 { '−' } else { '+' }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::explain::WaterfallStep;

    fn example(weight: i32, total: i32) -> Waterfall {
        Waterfall {
            unit: Unit::ThousandthsOfABit,
            prior: -20_000,
            steps: vec![WaterfallStep { comparison: "<a>".into(), level: "equal".into(), weight }],
            total,
            link_at: 1000,
            review_at: -3000,
            match_probability: None,
        }
    }

    #[test]
    fn every_bar_lies_inside_and_names_are_escaped() {
        for (weight, total) in [(30_000, 10_000), (-5_000, -25_000), (0, -20_000)] {
            let svg = waterfall(&example(weight, total));
            assert!(svg.contains("&lt;a&gt;") && !svg.contains("<a>"));
            assert_eq!(svg.matches("<rect").count(), 3);
            for part in svg.split("<rect").skip(1) {
                let number = |key: &str| -> i64 {
                    let from = part.split(&format!(" {key}=\"")).nth(1).unwrap();
                    from.split('"').next().unwrap().parse().unwrap()
                };
                let (x, width) = (number("x"), number("width"));
                assert!(x >= LABELS && x + width <= LABELS + PLOT + 1, "{part}");
            }
        }
    }

    #[test]
    fn a_waterfall_of_nothing_is_drawn() {
        let w =
            Waterfall { prior: 0, steps: Vec::new(), total: 0, link_at: 0, review_at: 0, ..example(0, 0) };
        assert!(waterfall(&w).ends_with("</svg></div>"));
    }
}
