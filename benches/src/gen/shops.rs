//! The retailer's shops: their landline and e-mail end up in customers' records.

use super::day::{self, DayLayout, from_civil};
use super::dice::{Dice, scatter};
use super::phone::{self, PhoneLayout};
use super::reference::Reference;
use super::sheet::{Kind, Outcome, Output, Sheet};

/// One shop.
pub struct Shop {
    /// Index into [`Reference::communes`].
    commune: u16,
    /// Nine national digits.
    pub landline: u32,
}

/// `M001` and so on: the id of the shop at `index`.
#[must_use]
pub fn shop_id(index: usize) -> String {
    format!("M{:03}", index + 1)
}

/// The e-mail of the shop at `index`.
#[must_use]
pub fn shop_mail(index: usize) -> String {
    format!("contact@boutique-{:03}.fr", index + 1)
}

/// One shop per 8,000 records, 20 to 400, each in a commune of its own.
pub fn draw_shops(reference: &Reference, records: usize, seed: u64) -> Vec<Shop> {
    let mut dice = Dice::new(seed, "shops");
    let count = (records / 8_000).clamp(20, 400);
    let mut taken = std::collections::HashSet::new();
    let mut shops = Vec::with_capacity(count);
    while shops.len() < count {
        let commune = reference.draw_commune(&mut dice);
        if taken.insert(commune) {
            let zone = 100_000_000 * (1 + dice.below(4) as u32);
            let landline = zone + 70_000_000 + scatter(shops.len() as u64, 9_999_991, 3_170_009, 11) as u32;
            shops.push(Shop { commune, landline });
        }
    }
    shops
}

/// Writes `stores`.
///
/// # Errors
/// When a file cannot be written.
pub fn write_shops(output: &Output, reference: &Reference, shops: &[Shop], seed: u64) -> Outcome<()> {
    let columns = ["store_id", "store_name", "address", "zip", "city", "phone", "email", "opened"];
    let mut sheet = Sheet::create(output, "stores", &columns.map(|name| (name, Kind::Text)), b',', false)?;
    let mut dice = Dice::new(seed, "shop sheet");
    for (index, shop) in shops.iter().enumerate() {
        let commune = &reference.communes[usize::from(shop.commune)];
        let (mut landline, mut opened) = (String::new(), String::new());
        phone::push(&mut landline, shop.landline, PhoneLayout::Dots);
        let first_of_month = from_civil(dice.between(1995, 2024), 1 + dice.below(12) as u32, 1);
        day::push(&mut opened, first_of_month, DayLayout::Iso);
        sheet.text(&shop_id(index));
        sheet.text(&format!("Boutique {}", commune.city));
        sheet.text(&format!("{} rue {}", 1 + dice.below(199), reference.usual_street(&mut dice)));
        sheet.text(&commune.zip);
        sheet.text(&commune.city);
        sheet.text(&landline);
        sheet.text(&shop_mail(index));
        sheet.text(&opened);
        sheet.end_row()?;
    }
    sheet.finish()
}
