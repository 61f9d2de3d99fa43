//! A line chart of shares over a whole-number axis, such as precision and recall over thresholds.

use super::escape;
use std::fmt::Write as _;

const LEFT: f64 = 44.0;
const WIDTH: f64 = 620.0;
const TOP: f64 = 24.0;
const HEIGHT: f64 = 220.0;

/// One line of a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What it shows.
    pub name: String,
    /// Position on the axis and value, 0.0 to 1.0, in the order of the axis.
    pub points: Vec<(i64, f64)>,
}

/// The chart as inline SVG. `write` writes a position of the axis; `marks` are positions with a name.
pub fn chart(title: &str, lines: &[Line], marks: &[(i64, &str)], write: impl Fn(i64) -> String) -> String {
    let all = || lines.iter().flat_map(|l| l.points.iter().map(|p| p.0));
    let (Some(low), Some(high)) = (all().min(), all().max()) else { return String::new() };
    let span = (high - low).max(1) as f64;
    let x = |v: i64| LEFT + (v - low) as f64 / span * WIDTH;
    let y = |v: f64| TOP + (1.0 - v.clamp(0.0, 1.0)) * HEIGHT;
    let bottom = TOP + HEIGHT;
    let mut t = format!(
        "<div class=\"scroll\"><svg width=\"{:.0}\" height=\"{:.0}\" role=\"img\" aria-label=\"{}\">",
        LEFT + WIDTH + 90.0,
        bottom + 44.0,
        escape(title)
    );
    for tenth in [0, 2, 4, 6, 8, 10] {
        let at = y(f64::from(tenth) / 10.0);
        let _ = write!(
            t,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/><text x=\"{:.1}\" y=\"{:.1}\" \
             text-anchor=\"end\">{:.1}</text>",
            LEFT + WIDTH,
            LEFT - 8.0,
            at + 4.0,
            f64::from(tenth) / 10.0
        );
    }
    for step in 0..=6i64 {
        let at = low + (high - low) * step / 6;
        let _ = write!(
            t,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            x(at),
            bottom + 18.0,
            escape(&write(at))
        );
    }
    for (at, name) in marks.iter().filter(|(at, _)| (low..=high).contains(at)) {
        let _ = write!(
            t,
            "<line class=\"mark\" x1=\"{0:.1}\" x2=\"{0:.1}\" y1=\"{TOP}\" y2=\"{bottom}\"/><text x=\"{0:.1}\" y=\"{1:.1}\" \
             text-anchor=\"middle\">{2} {3}</text>",
            x(*at),
            TOP - 8.0,
            escape(name),
            escape(&write(*at))
        );
    }
    for (i, line) in lines.iter().enumerate() {
        let class = i % 4;
        let path: Vec<String> =
            line.points.iter().map(|(v, s)| format!("{:.1},{:.1}", x(*v), y(*s))).collect();
        let _ = write!(
            t,
            "<polyline class=\"line l{class}\" points=\"{}\"/><text class=\"l{class}\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            path.join(" "),
            LEFT + WIDTH + 10.0,
            TOP + 14.0 + 18.0 * i as f64,
            escape(&line.name)
        );
    }
    let _ = write!(
        t,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text></svg></div>",
        LEFT + WIDTH / 2.0,
        bottom + 38.0,
        escape(title)
    );
    t
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_inside_and_nothing_gives_nothing() {
        assert_eq!(chart("t", &[], &[], |v| v.to_string()), "");
        let line = Line { name: "p&r".into(), points: vec![(-5, 0.0), (0, 2.0), (5, 1.0)] };
        let svg = chart("t", &[line], &[(0, "link"), (99, "far")], |v| v.to_string());
        assert!(svg.contains("points=\"44.0,244.0 354.0,24.0 664.0,24.0\""), "{svg}");
        assert!(svg.contains("p&amp;r") && svg.contains("link 0") && !svg.contains("far"));
    }

    #[test]
    fn one_point_is_drawn() {
        let line = Line { name: "f1".into(), points: vec![(7, 0.5)] };
        assert!(chart("t", &[line], &[], |v| v.to_string()).contains("44.0,134.0"));
    }
}
