//! Whether the file is whole.

use super::failure::{Failure, Outcome};
use super::{SqliteStore, books, facts, feed, people, records, restricted};
use rcu_core::Error;

impl SqliteStore {
    /// Reads the whole file and says whether it is what was written: its pages and indexes, the checksum of every record,
    /// person and page of the index, and that all point at rows that are there.
    ///
    /// # Errors
    /// [`Error::Io`] that says what is damaged.
    pub fn check(&self) -> Result<(), Error> {
        self.snapshot(|store| store.said(store.whole()))
    }

    fn whole(&self) -> Outcome<()> {
        let found: String = self.db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        if found != "ok" {
            return Err(Failure::Damaged("a page or an index"));
        }
        let mut numbers = Vec::new();
        records::each(&self.db, &self.names, &mut |_, _| {})?;
        people::each(&self.db, &self.names, &mut |n, _| numbers.push(n))?;
        for n in numbers {
            people::standing(&self.db, n)?;
        }
        facts::each(&self.db, &self.names, &mut |_, _| {})?;
        books::locks(&self.db)?;
        books::each_tombstone(&self.db, &mut |_, _| {})?;
        restricted::each(&self.db, &self.names, &mut |_| {})?;
        feed::rulings(&self.db)?;
        let mut cursor = 0;
        while let Some(last) = feed::after(&self.db, cursor, 1000)?.last() {
            cursor = last.cursor;
        }
        {
            let head = self.head.borrow();
            head.blocks.check(&self.db)?;
            head.clues.check(&self.db)?;
            head.counts.check(&self.db)?;
            head.of_facts.check(&self.db)?;
            head.of_people.check(&self.db)?;
        }
        for (what, astray) in [
            ("a member", "SELECT 1 FROM member LEFT JOIN record USING (record) WHERE record.fields IS NULL"),
            (
                "a member",
                "SELECT 1 FROM record LEFT JOIN member USING (record) WHERE fields IS NOT NULL AND person IS NULL",
            ),
            (
                "a member",
                "SELECT 1 FROM member JOIN person USING (person) \
                 WHERE NOT EXISTS (SELECT 1 FROM json_each(members) m WHERE m.value = member.record)",
            ),
            ("a link", "SELECT 1 FROM link LEFT JOIN record ON record = a WHERE fields IS NULL"),
            ("a link", "SELECT 1 FROM link LEFT JOIN record ON record = b WHERE fields IS NULL"),
            (
                "a golden id",
                "SELECT 1 FROM person p LEFT JOIN golden_id g USING (golden_id) \
                 WHERE g.person IS NOT p.person OR NOT g.in_use",
            ),
            ("the feed", "SELECT 1 FROM state WHERE event <> (SELECT coalesce(max(cursor), 0) FROM event)"),
        ] {
            if self.db.prepare(astray)?.exists([])? {
                return Err(Failure::Damaged(what));
            }
        }
        Ok(())
    }
}
