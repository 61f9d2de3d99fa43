//! What a person reads on a terminal: a progress bar while it runs, a summary at the end.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rcu_core::aggregate::Totals;
use rcu_core::company::CompanySummary;
use rcu_core::ingest::SourceCounts;
use rcu_core::progress::Progress;
use rcu_core::resolve::Summary;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::IsTerminal;
use std::sync::Mutex;

/// Draws stage, rows, rows per second and time left on standard error, when that is a terminal.
#[derive(Debug)]
pub struct Bar {
    bar: Mutex<ProgressBar>,
    quiet: bool,
}

impl Bar {
    /// A bar; `quiet` draws nothing.
    pub fn new(quiet: bool) -> Bar {
        Bar { bar: Mutex::new(ProgressBar::hidden()), quiet: quiet || !std::io::stderr().is_terminal() }
    }

    /// Takes the bar off the screen.
    pub fn finish(&self) {
        if let Ok(bar) = self.bar.lock() {
            bar.finish_and_clear();
        }
    }
}

impl Progress for Bar {
    fn stage(&self, name: &'static str, total: u64) {
        if self.quiet {
            return;
        }
        let style =
            ProgressStyle::with_template("{msg:>16} {wide_bar} {human_pos}/{human_len} {per_sec} {eta} left");
        let Ok(mut bar) = self.bar.lock() else { return };
        bar.finish_and_clear();
        *bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(10));
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.set_message(name);
    }

    fn advance(&self, rows: u64) {
        if !self.quiet
            && let Ok(bar) = self.bar.lock()
        {
            bar.inc(rows);
        }
    }
}

/// The closing summary of a run.
pub fn summary(s: &Summary) -> String {
    let mut t = sources(&s.sources);
    let _ = writeln!(
        t,
        "\n{} customer records are {} people in {} households; the largest has {} records",
        n(s.records),
        n(s.people),
        n(s.households),
        n(s.largest_cluster)
    );
    let _ = writeln!(
        t,
        "\n{:<16} {:>12} {:>12} {:>10} {:>10}",
        "pass", "candidates", "linked", "review", "refused"
    );
    for p in &s.passes {
        let _ = writeln!(
            t,
            "{:<16} {:>12} {:>12} {:>10} {:>10}",
            p.name,
            n(p.candidates),
            n(p.linked),
            n(p.review),
            n(p.refused)
        );
    }
    let split: u64 = s.passes.iter().map(|p| p.split_blocks).sum();
    if split > 0 {
        let skipped: u64 = s.passes.iter().map(|p| p.pairs_not_compared).sum();
        let _ = writeln!(
            t,
            "{} blocks were split by a second key; {} pairs were not compared",
            n(split),
            n(skipped)
        );
    }
    let _ = writeln!(
        t,
        "{} pairs wait in review, {} of them links refused because two people would have met",
        n(s.review_pairs),
        n(s.refused_links)
    );
    if let Some(c) = &s.companies {
        let _ = writeln!(t, "{}", companies(c));
    }
    for (field, count) in &s.shared_values {
        let _ = writeln!(t, "{} values of {field} are shared by many people and made no key", n(*count));
    }
    if s.sources.len() > 1 {
        let _ = writeln!(t, "\n{}", revenue(&s.revenue));
        for (name, r) in s.relations.iter().filter(|(_, r)| r.orphans > 0) {
            let _ = writeln!(t, "{} of {} references {name} lead nowhere", n(r.orphans), n(r.references));
        }
    }
    t
}

/// Companies and their contacts.
fn companies(c: &CompanySummary) -> String {
    let mut t = format!(
        "\n{} records of companies ({} of them accounts) are {} companies of {} legal units; {} records of persons are contacts",
        n(c.records),
        n(c.accounts),
        n(c.companies),
        n(c.legal_units),
        n(c.contact_records)
    );
    for p in c.passes.iter().filter(|p| p.candidates > 0) {
        let _ = write!(
            t,
            "\n{:<16} {:>12} {:>12} {:>10} {:>10}",
            p.name,
            n(p.candidates),
            n(p.linked),
            n(p.review),
            n(p.refused)
        );
    }
    let told = [
        (c.review_pairs, "pairs of companies wait in review"),
        (c.siren_conflicts, "records have a SIRET that is not of their SIREN"),
        (c.unknown_accounts, "contacts name an account that is not there"),
        (c.own_contact_values, "e-mails and telephones are a company's and made no key for its contacts"),
    ];
    for (count, what) in told.iter().filter(|(count, _)| *count > 0) {
        let _ = write!(t, "\n{} {what}", n(*count));
    }
    t
}

/// Rows of each source and what became of them.
pub fn sources(counts: &BTreeMap<String, SourceCounts>) -> String {
    let mut t = String::new();
    let _ =
        writeln!(t, "{:<16} {:>12} {:>12} {:>10} {:>10}", "source", "read", "loaded", "rejected", "excluded");
    let mut total = [0u64; 4];
    for (name, c) in counts {
        let row = [c.read, c.loaded, c.rejected, c.excluded];
        total.iter_mut().zip(row).for_each(|(t, n)| *t += n);
        let _ =
            writeln!(t, "{name:<16} {:>12} {:>12} {:>10} {:>10}", n(row[0]), n(row[1]), n(row[2]), n(row[3]));
    }
    let _ = writeln!(
        t,
        "{:<16} {:>12} {:>12} {:>10} {:>10}",
        "all",
        n(total[0]),
        n(total[1]),
        n(total[2]),
        n(total[3])
    );
    t
}

/// Money in and where it went.
pub fn revenue(r: &Totals) -> String {
    let mut t = format!(
        "revenue in {} = attributed {} + orphans {} + anonymous {}  ({})\n{} orphan lines; excluded by a rule {}",
        cents(r.revenue_in_minor),
        cents(r.attributed_minor),
        cents(r.orphans_minor),
        cents(r.anonymous_minor),
        if r.reconciles() { "reconciled" } else { "DOES NOT RECONCILE" },
        n(r.orphan_lines),
        cents(r.excluded_minor)
    );
    if r.fx_missing > 0 {
        let _ = write!(t, "; {} lines without an exchange rate of their day", n(r.fx_missing));
    }
    t
}

/// Thousands apart.
pub fn n(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

/// Minor units as an amount.
pub fn cents(minor: i64) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    let units = minor.unsigned_abs();
    format!("{sign}{}.{:02}", n(units / 100), units % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_well() {
        assert_eq!(n(0), "0");
        assert_eq!(n(1_234_567), "1 234 567");
        assert_eq!(cents(-1_234_567), "-12 345.67");
        assert_eq!(cents(5), "0.05");
    }
}
