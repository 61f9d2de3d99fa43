//! What every page has: its head, its style, and how figures and names are written in it.

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1d2430; --soft: #5b6675; --line: #d9dee6; --paper: #fff; --bar: #2f6db5;
  --ok: #2d8a5f; --warn: #b7791f; --bad: #b83232; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7ebf1; --soft: #9aa6b6; --line: #333c49; --paper: #161b22;
  --bar: #6ea8e8; --ok: #5cc495; --warn: #e0b050; --bad: #ef7b7b; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto;
  max-width: 62rem; padding: 0 1.2rem; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2.2rem 0 .6rem; }
p.note { color: var(--soft); margin: .2rem 0 .8rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .8rem; margin: 1.2rem 0; }
.card { border: 1px solid var(--line); border-radius: .5rem; padding: .7rem .9rem; }
.card b { display: block; font-size: 1.5rem; font-variant-numeric: tabular-nums; } .card span { color: var(--soft); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .28rem .6rem; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; } th { color: var(--soft); font-weight: 600; }
.bar { display: flex; height: .8rem; width: 9rem; border-radius: .2rem; overflow: hidden; background: var(--line); }
.bar i { display: block; height: 100%; } .ok { background: var(--ok); } .warn { background: var(--warn); }
.bad { background: var(--bad); } .good-text { color: var(--ok); } .bad-text { color: var(--bad); }
svg text { fill: var(--soft); font-size: 11px; } svg rect { fill: var(--bar); }
.scroll { overflow-x: auto; }
svg .ink { fill: var(--ink); } svg .grid { stroke: var(--line); } svg .mark { stroke: var(--soft); stroke-dasharray: 3 3; }
svg rect.up { fill: var(--ok); } svg rect.down { fill: var(--bad); } svg rect.prior { fill: var(--soft); }
svg .line { fill: none; stroke-width: 2; } svg .l0 { stroke: var(--bar); } svg .l1 { stroke: var(--warn); }
svg .l2 { stroke: var(--ok); } svg .l3 { stroke: var(--bad); } svg text.l0 { fill: var(--bar); stroke: none; }
svg text.l1 { fill: var(--warn); stroke: none; } svg text.l2 { fill: var(--ok); stroke: none; }
svg text.l3 { fill: var(--bad); stroke: none; }
td.left, th.left { text-align: left; } .pair { border: 1px solid var(--line); border-radius: .5rem; padding: .2rem 1rem 1rem;
  margin: 1rem 0; break-inside: avoid; } .pair h3 { font-size: 1rem; margin: .7rem 0 .2rem; }
";

/// A whole page around a body.
pub fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{}</title><style>{STYLE}</style></head><body>{body}</body></html>\n",
        escape(title)
    )
}

/// A share as a percentage with one decimal.
pub fn percent(part: u64, whole: u64) -> String {
    let e1 = (part * 1000).checked_div(whole).unwrap_or(0);
    format!("{}.{} %", e1 / 10, e1 % 10)
}

/// Thousands apart.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(c);
    }
    out
}

/// Minor units as an amount.
pub fn money(minor: i64) -> String {
    let sign = if minor < 0 { "−" } else { "" };
    format!("{sign}{}.{:02}", count(minor.unsigned_abs() / 100), minor.unsigned_abs() % 100)
}

/// Names come from the configuration and may hold anything.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_and_names_are_written_safely() {
        assert_eq!(count(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(percent(1, 3), "33.3 %");
        assert_eq!(escape("<b>&"), "&lt;b&gt;&amp;");
        assert!(page("<x>", "").contains("<title>&lt;x&gt;</title>"));
    }
}
