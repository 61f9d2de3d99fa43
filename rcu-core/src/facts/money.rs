//! Amounts of a line on their way to the currency and the tax of all sums.

use super::catalog::Catalog;
use super::rates::round_div;
use super::refused::Refusal;
use crate::aggregate::Tax;
use crate::config::Plan;
use crate::normalize::money::Amount;
use crate::normalize::text::fold_upper;
use crate::reference::vocabulary::Currency;
use crate::time::Day;

/// No line is larger: sums of thousands of such lines stay within 64 bits.
const LARGEST_MINOR: i64 = 1_000_000_000_000_000;

/// What is needed to read the amounts of one row.
pub(super) struct Money<'a> {
    pub(super) plan: &'a Plan,
    pub(super) catalog: &'a Catalog,
    pub(super) day: Day,
    /// The column's currency: outer `None` when nothing is said, inner one for a code that no currency has.
    pub(super) currency: Option<Option<Currency>>,
}

impl Money<'_> {
    /// Hundredths of our currency, when an amount is there.
    #[inline]
    pub(super) fn ours(&self, amount: Option<Amount>) -> Result<Option<i64>, Refusal> {
        let Some(a) = amount else { return Ok(None) };
        let digits = a.currency.minor_digits();
        let currency = match self.currency {
            None => a.currency,
            Some(c) => c.ok_or(Refusal::FxMissing)?,
        };
        let spec = &self.plan.config.aggregates;
        let minor = if currency == self.plan.currency && digits == 2 {
            Some(a.minor)
        } else if currency == self.plan.currency {
            round_div(i128::from(a.minor) * 100, 10i128.pow(digits))
        } else {
            let rates = &self.catalog.rates;
            let (rates_are, age) = (spec.rates_are, spec.fx_max_age_days);
            rates.convert(a.minor, digits, currency.code(), self.day, rates_are, age)
        };
        match minor {
            Some(minor) if minor.abs() <= LARGEST_MINOR => Ok(Some(minor)),
            Some(_) => Err(Refusal::LargeAmount),
            None => Err(Refusal::FxMissing),
        }
    }
}

/// The currency that a cell names, if there is one.
pub(super) fn currency(text: &str) -> Option<Currency> {
    Currency::from_code(&fold_upper(text.trim()))
}

/// The tax that a cell names, if it is one of the two.
pub(super) fn tax(text: &str) -> Option<Tax> {
    match fold_upper(text.trim()).replace('.', "").as_str() {
        "HT" | "NET" | "EXCL" | "HORS TAXE" | "HORS TAXES" => Some(Tax::Ht),
        "TTC" | "GROSS" | "INCL" | "TOUTES TAXES COMPRISES" => Some(Tax::Ttc),
        _ => None,
    }
}

/// An amount with or without VAT, half away from zero; `rate` in thousandths of a percent.
pub(super) fn with_tax(minor: i64, is: Tax, wanted: Tax, rate: i64) -> i64 {
    let (whole, taxed) = (100_000, 100_000 + i128::from(rate));
    let turned = match (is, wanted) {
        (Tax::Ttc, Tax::Ht) => round_div(i128::from(minor) * whole, taxed),
        (Tax::Ht, Tax::Ttc) => round_div(i128::from(minor) * taxed, whole),
        _ => None,
    };
    turned.unwrap_or(minor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vat_is_rounded_line_by_line_half_away_from_zero() {
        let ht = |minor, rate| with_tax(minor, Tax::Ttc, Tax::Ht, rate);
        assert_eq!(ht(12_000, 20_000), 10_000);
        assert_eq!(ht(1_000, 20_000), 833);
        assert_eq!(ht(999, 5_500), 947);
        // 0.03 / 1.2 is 0.025.
        assert_eq!((ht(3, 20_000), ht(-3, 20_000)), (3, -3));
        assert_eq!(with_tax(833, Tax::Ht, Tax::Ttc, 20_000), 1_000);
        assert_eq!(with_tax(5, Tax::Ht, Tax::Ht, 20_000), 5);
    }

    #[test]
    fn words_for_taxes_are_read() {
        assert_eq!((tax(" h.t. "), tax("TTC"), tax("tva")), (Some(Tax::Ht), Some(Tax::Ttc), None));
        assert_eq!(currency(" usd").map(Currency::code), Some("USD"));
    }
}
