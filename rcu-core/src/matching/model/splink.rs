//! Takes over a model or settings of Splink (versions 3 to 5, JSON) where it maps.

use super::bits::milli_log2;
use super::{Frequency, Model, ModelComparison, ModelLevel};
use crate::matching::compare::Comparisons;
use serde_json::Value;

/// The model of a Splink file, and what of it could not be taken over, line by line.
///
/// A Splink comparison goes to the comparison of the same name (`output_column_name`), its levels to levels in their
/// order, the `is_null_level` left out. m and u of a level must be there; Splink's own settings without training have
/// none. Blocking rules are not read: keys belong to passes.
///
/// # Errors
/// What is wrong with the file, in one line.
pub fn import(text: &str, comparisons: &Comparisons) -> Result<(Model, Vec<String>), String> {
    let settings: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let given = settings.get("comparisons").and_then(Value::as_array);
    let given = given.ok_or("has no `comparisons`; it is no Splink model")?;
    let mut left = Vec::new();
    let mut taken: Vec<ModelComparison> = Vec::new();
    for (i, c) in given.iter().enumerate() {
        let name = c.get("output_column_name").and_then(Value::as_str).unwrap_or("").to_owned();
        let at = format!("comparisons[{i}] `{name}`");
        let Some(position) = comparisons.position(&name) else {
            let known = comparisons.names().collect::<Vec<_>>().join(", ");
            left.push(format!("{at}: no comparison of that name here; comparisons are {known}"));
            continue;
        };
        let empty = Vec::new();
        let levels = c.get("comparison_levels").and_then(Value::as_array).unwrap_or(&empty);
        let null = |l: &&Value| l.get("is_null_level").and_then(Value::as_bool).unwrap_or(false);
        let levels: Vec<&Value> = levels.iter().filter(|l| !null(l)).collect();
        let wanted = comparisons.levels(position);
        if levels.len() != wanted.len() {
            left.push(format!("{at}: {} levels where `{name}` has {}", levels.len(), wanted.len()));
            continue;
        }
        let mut frequency = None;
        let mut mapped = Vec::new();
        // Splink lists levels from best to worst.
        for (l, name) in levels.iter().rev().zip(wanted) {
            let p = |key: &str| l.get(key).and_then(Value::as_f64).filter(|p| *p > 0.0 && *p <= 1.0);
            let (Some(m), Some(u)) = (p("m_probability"), p("u_probability")) else { break };
            if l.get("tf_adjustment_column").is_some_and(|c| !c.is_null()) {
                frequency = Some(Frequency::Share);
            }
            let match_weight_bits = f64::from(milli_log2(m) - milli_log2(u)) / 1000.0;
            mapped.push(ModelLevel { name: name.clone(), m, u, match_weight_bits });
        }
        if mapped.len() != wanted.len() {
            left.push(format!("{at}: a level without m and u; train the model in Splink first"));
            continue;
        }
        taken.push(ModelComparison { name, term_frequency: frequency, levels: mapped });
    }
    for (key, why) in [
        ("blocking_rules_to_generate_predictions", "keys belong to the passes of the configuration"),
        ("additional_columns_to_retain", "outputs here hold every canonical field"),
    ] {
        if settings.get(key).and_then(Value::as_array).is_some_and(|a| !a.is_empty()) {
            left.push(format!("{key}: {why}"));
        }
    }
    let prior = settings.get("probability_two_random_records_match").and_then(Value::as_f64);
    if let Some(p) = prior {
        left.push(format!(
            "probability_two_random_records_match {p}: it depends on the number of records; `matches_per_record` is 1 until \
             you set it to that probability times half the records"
        ));
    }
    let model = Model {
        format: 1,
        matches_per_record: 1.0,
        smallest_population: 0,
        link_at_bits: 3.0,
        review_at_bits: 0.0,
        comparisons: taken,
        training: None,
    };
    Ok((model, left))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_of_the_same_name_and_size_is_taken_over() {
        let text = r#"{"probability_two_random_records_match": 0.001, "comparisons": [
            {"output_column_name": "email", "comparison_levels": [
                {"sql_condition": "null", "is_null_level": true},
                {"sql_condition": "=", "m_probability": 0.8, "u_probability": 0.0001},
                {"sql_condition": "ELSE", "m_probability": 0.2, "u_probability": 0.9999}]},
            {"output_column_name": "hair", "comparison_levels": []},
            {"output_column_name": "mobile", "comparison_levels": [
                {"sql_condition": "=", "m_probability": 0.8}, {"sql_condition": "ELSE"}]}]}"#;
        let (model, left) = import(text, &Comparisons::new(&[])).unwrap();
        assert_eq!(model.comparisons.len(), 1);
        let names: Vec<&str> = model.comparisons[0].levels.iter().map(|l| l.name.as_str()).collect();
        assert_eq!(names, ["differs", "equal"]);
        assert!(
            left.iter().any(|l| l.contains("hair")) && left.iter().any(|l| l.contains("train")),
            "{left:?}"
        );
        assert!(model.problems("", &Comparisons::new(&[])).is_empty());
    }
}
