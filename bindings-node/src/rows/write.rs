//! Output tables as JSON.

use rayon::prelude::*;
use rcu_core::output::{OutColumn, OutTable};
use rcu_core::time::Day;
use serde_json::Value;

/// Rows written as one JSON text.
const ROWS_A_TEXT: usize = 8192;

/// An output table as arrays of plain objects: texts, whole numbers and truth values as they are, decimal numbers as
/// texts (`'194.00'`, since a JavaScript number could not keep every cent), days as `YYYY-MM-DD`.
pub fn of_table(table: &OutTable) -> Vec<String> {
    let keys: Vec<String> =
        table.columns.iter().map(|(name, _)| format!("{}:", Value::from(name.as_str()))).collect();
    let starts: Vec<usize> = (0..table.rows()).step_by(ROWS_A_TEXT).collect();
    starts
        .into_par_iter()
        .map(|start| {
            let end = (start + ROWS_A_TEXT).min(table.rows());
            let mut text = String::from("[");
            for row in start..end {
                text.push_str(if row == start { "{" } else { ",{" });
                for (i, (key, (_, column))) in keys.iter().zip(&table.columns).enumerate() {
                    if i > 0 {
                        text.push(',');
                    }
                    text.push_str(key);
                    push_cell(column, row, &mut text);
                }
                text.push('}');
            }
            text.push(']');
            text
        })
        .collect()
}

fn push_cell(column: &OutColumn, row: usize, text: &mut String) {
    let quoted = |t: &str| format!("\"{t}\"");
    let cell = match column {
        OutColumn::Text(c) => c.get(row).map(|t| Value::from(t).to_string()),
        OutColumn::Integer(v) => v.get(row).copied().flatten().map(|n| n.to_string()),
        OutColumn::Decimal(v, scale) => v.get(row).copied().flatten().map(|n| quoted(&decimal(n, *scale))),
        OutColumn::Day(v) => v.get(row).copied().flatten().map(|d| quoted(&Day(d).to_string())),
        OutColumn::Boolean(v) => v.get(row).copied().flatten().map(|b| b.to_string()),
    };
    text.push_str(cell.as_deref().unwrap_or("null"));
}

/// A number of `10^-scale` units, written exactly.
fn decimal(units: i64, scale: u8) -> String {
    let width = usize::from(scale) + 1;
    let digits = format!("{:0width$}", units.unsigned_abs());
    let (whole, part) = digits.split_at(digits.len() - usize::from(scale));
    let sign = if units < 0 { "-" } else { "" };
    if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcu_core::table::Column;

    #[test]
    fn money_is_written_to_the_cent() {
        let written = [(19_400, 2), (-5, 2), (1234, 4), (7, 0), (i64::MIN, 2)].map(|(n, s)| decimal(n, s));
        assert_eq!(written, ["194.00", "-0.05", "0.1234", "7", "-92233720368547758.08"]);
    }

    #[test]
    fn rows_are_written_as_json() {
        let columns = vec![
            ("t\"".to_owned(), OutColumn::Text(Column::Plain([Some("é\n"), None].into_iter().collect()))),
            ("d".to_owned(), OutColumn::Day(vec![Some(0), None])),
        ];
        let texts = of_table(&OutTable { name: "golden", columns });
        let rows: Value = serde_json::from_str(&texts[0]).unwrap();
        assert_eq!(rows, serde_json::json!([{"t\"": "é\n", "d": "1970-01-01"}, {"t\"": null, "d": null}]));
    }
}
