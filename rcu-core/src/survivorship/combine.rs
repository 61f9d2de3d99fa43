//! One value made of several.

use super::decimal;
use super::spec::Rule;

/// The value that a combining rule makes of the values in rank order: `all` of them, and the `distinct` ones.
pub(super) fn combine<'a>(
    how: Rule,
    between: &str,
    all: impl Iterator<Item = &'a str> + Clone,
    distinct: impl Iterator<Item = &'a str>,
) -> Option<String> {
    match how {
        Rule::Sum => decimal::sum(all),
        Rule::Count => Some(all.count().to_string()),
        Rule::CountDistinct => Some(distinct.count().to_string()),
        _ => {
            let mut text = String::new();
            for (i, value) in distinct.enumerate() {
                if i > 0 {
                    text.push_str(between);
                }
                text.push_str(value);
            }
            Some(text)
        }
    }
}
