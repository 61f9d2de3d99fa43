-- A customer repository in one file. Written by `rcu` only; read it with any SQLite client, best through the views at
-- the end. Records, people and fields are joined by small numbers; texts are JSON where there are several.

-- What this file is: hash_scheme (how keys of the index are made), created_by.
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- One row of counters, written with every change. A number is given once and never again.
CREATE TABLE state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    generation INTEGER NOT NULL,  -- commits so far
    changes INTEGER NOT NULL,     -- the last change
    record INTEGER NOT NULL,      -- the last record number
    person INTEGER NOT NULL,      -- the last person number
    event INTEGER NOT NULL,       -- the last cursor of the feed
    fact INTEGER NOT NULL,        -- the last fact number
    page INTEGER NOT NULL,        -- the last page of the index
    purges INTEGER NOT NULL       -- how often pages of the index were rewritten in place
);
INSERT INTO state VALUES (1, 0, 0, 0, 0, 0, 0, 0, 0);

-- Names that numbers stand for. A name keeps its number for the life of the file.
CREATE TABLE source (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE field (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE pass (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE reason (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

-- Source records. `fields` is a list of [field, slot, mark, value]; mark: its low two bits are the status (1 rejected,
-- 2 corrected, 3 ok), 4 makes no key, 16 erased by the master of the field. `cells` is the row as delivered, by column.
CREATE TABLE record (
    record INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    record_id TEXT NOT NULL,
    updated INTEGER,              -- days since 1970-01-01
    seal INTEGER NOT NULL,        -- a checksum of the row
    fields TEXT,                  -- empty, as cells, for a record that is gone but not forgotten
    cells TEXT
);
CREATE UNIQUE INDEX record_by_id ON record (source, record_id);

-- Whose a record is.
CREATE TABLE member (record INTEGER PRIMARY KEY, person INTEGER NOT NULL);

-- Golden ids that a record had, from which change on; none when the record was gone.
CREATE TABLE move (record INTEGER NOT NULL, change INTEGER NOT NULL, golden_id TEXT, PRIMARY KEY (record, change))
WITHOUT ROWID;
CREATE INDEX move_by_id ON move (golden_id);

-- People. `members` lists record numbers; `fields` is a list of [field, value, record, score, beaten, rule].
CREATE TABLE person (
    person INTEGER PRIMARY KEY,
    golden_id TEXT NOT NULL,
    seal INTEGER NOT NULL,
    aliases TEXT NOT NULL,
    members TEXT NOT NULL,
    fields TEXT NOT NULL
);

-- Every golden id ever given and the person it leads to today.
CREATE TABLE golden_id (
    golden_id TEXT PRIMARY KEY,
    born INTEGER NOT NULL,        -- the change that gave it
    person INTEGER,
    in_use INTEGER NOT NULL,      -- 1 when the person goes by it, 0 when it leads to another
    erased INTEGER NOT NULL       -- 1 when the person was erased: nobody is called so again
) WITHOUT ROWID;

-- Links and review pairs between records. decision: 0 no, 1 review, 2 link. pass 65535: a steward. `evidence` is a byte
-- for each comparison.
CREATE TABLE link (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL,
    pass INTEGER NOT NULL,
    decision INTEGER NOT NULL,
    score INTEGER NOT NULL,
    reason INTEGER NOT NULL,
    refused INTEGER,
    evidence BLOB NOT NULL,
    PRIMARY KEY (a, b)
) WITHOUT ROWID;
CREATE INDEX link_by_b ON link (b);

-- Decisions of stewards.
CREATE TABLE ruling (
    source_a TEXT NOT NULL,
    record_id_a TEXT NOT NULL,
    source_b TEXT NOT NULL,
    record_id_b TEXT NOT NULL,
    decision TEXT NOT NULL,
    date INTEGER,                 -- days since 1970-01-01
    author TEXT NOT NULL,
    comment TEXT NOT NULL,
    seal INTEGER NOT NULL,        -- a checksum of the row
    PRIMARY KEY (source_a, record_id_a, source_b, record_id_b)
) WITHOUT ROWID;

-- Locks of stewards on golden values, JSON.
CREATE TABLE lock (lock INTEGER PRIMARY KEY, body TEXT NOT NULL);

-- The log of what was done, each entry sealed on the one before; JSON. `at`: seconds since 1970-01-01T00:00:00Z.
CREATE TABLE log (number INTEGER PRIMARY KEY, at INTEGER NOT NULL, change INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX log_by_time ON log (at);
CREATE INDEX log_by_change ON log (change);

-- Small things by name.
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- Keyed hashes of what is known of erased people.
CREATE TABLE tombstone (hash BLOB PRIMARY KEY, erasure INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX tombstone_by_erasure ON tombstone (erasure);

-- Rows of people whose processing is restricted: they are in no other table until that is lifted. `id`: the record's, or
-- the fact's key; `cells` the row as delivered.
CREATE TABLE restricted (
    is_fact INTEGER NOT NULL,
    source INTEGER NOT NULL,
    id TEXT NOT NULL,
    golden_id TEXT NOT NULL,      -- whose it is; nobody else is called so meanwhile
    cells TEXT NOT NULL,
    seal INTEGER NOT NULL,        -- a checksum of the row
    PRIMARY KEY (is_fact, source, id)
) WITHOUT ROWID;
CREATE INDEX restricted_by_person ON restricted (golden_id);

-- Rows of all families but customers. `cells` is the row as delivered; `tally` what it counts for.
CREATE TABLE fact (
    fact INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    key TEXT NOT NULL,
    id TEXT NOT NULL,
    seal INTEGER NOT NULL,        -- a checksum of the row
    cells TEXT NOT NULL,
    tally TEXT NOT NULL
);
CREATE UNIQUE INDEX fact_by_key ON fact (source, key);

-- Where a person stands: figures, consents, household; JSON.
CREATE TABLE standing (person INTEGER PRIMARY KEY, seal INTEGER NOT NULL, body TEXT NOT NULL);

-- Counts of few names that grow large: rows (2) and lines of sales (3) by what they count for.
CREATE TABLE tally (kind INTEGER NOT NULL, value TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (kind, value))
WITHOUT ROWID;

-- The feed of changes, and how far each consumer has it.
CREATE TABLE event (
    cursor INTEGER PRIMARY KEY,
    change INTEGER NOT NULL,
    kind TEXT NOT NULL,
    golden_id TEXT NOT NULL,
    body TEXT NOT NULL,           -- the entry, JSON: values by field, others, figures, consents, sources
    seal INTEGER NOT NULL         -- a checksum of the row
);
CREATE TABLE consumer (consumer TEXT PRIMARY KEY, cursor INTEGER NOT NULL) WITHOUT ROWID;

-- The index of block keys (kind 1), the counts (2), keys of facts (3), of people (4), and other keys of records (5):
-- sorted entries in pages, the younger runs over the older ones, and what is too recent for a run in the log. Hashes
-- only, no values. rcu-io/src/store/index says how.
CREATE TABLE index_log (seq INTEGER PRIMARY KEY, kind INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE index_run (
    run INTEGER PRIMARY KEY,      -- the highest is the youngest
    kind INTEGER NOT NULL,
    first_page INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    fences BLOB NOT NULL          -- the first entry of each page
);
CREATE TABLE index_page (page INTEGER PRIMARY KEY, body BLOB NOT NULL);

-- Golden values: one row for each value of each person, with where it comes from.
CREATE VIEW golden AS
SELECT p.golden_id, f.name AS field, v.value ->> 1 AS value, s.name AS source, r.record_id,
       v.value ->> 3 AS score, v.value ->> 4 AS beaten, v.value ->> 5 AS rule
FROM person p, json_each(p.fields) v
JOIN field f ON f.number = v.value ->> 0
LEFT JOIN record r ON r.record = v.value ->> 2
LEFT JOIN source s ON s.number = r.source;

-- Which person each source record is.
CREATE VIEW crosswalk AS
SELECT s.name AS source, r.record_id, p.golden_id
FROM record r JOIN source s ON s.number = r.source
LEFT JOIN member m ON m.record = r.record
LEFT JOIN person p ON p.person = m.person
WHERE r.fields IS NOT NULL;

-- Aggregates of each person: one row for each. Scores that depend on everybody are not kept.
CREATE VIEW figures AS
SELECT p.golden_id, f.key AS figure, f.value FROM standing s JOIN person p ON p.person = s.person,
       json_each(s.body, '$.figures') f;

-- Consents of each person.
CREATE VIEW consents AS
SELECT p.golden_id, c.value ->> 'purpose' AS purpose, c.value ->> 'channel' AS channel, c.value ->> 'brand' AS brand,
       c.value ->> 'state' AS state, c.value ->> 'date' AS date, c.value ->> 'proof' AS proof
FROM standing s JOIN person p ON p.person = s.person, json_each(s.body, '$.consents') c;

-- Who lives with whom.
CREATE VIEW households AS
SELECT s.body ->> 'household' AS household_id, p.golden_id FROM standing s JOIN person p ON p.person = s.person;

-- Where every golden id ever given leads today; `leads_to` is empty when nobody is left.
CREATE VIEW golden_ids AS
SELECT g.golden_id, g.born AS change, p.golden_id AS leads_to FROM golden_id g LEFT JOIN person p ON p.person = g.person;

-- Normalised values of source records: one row for each.
CREATE VIEW records_readable AS
SELECT s.name AS source, r.record_id, f.name AS field, v.value ->> 1 AS slot, v.value ->> 3 AS value,
       CASE (v.value ->> 2) & 3 WHEN 1 THEN 'rejected' WHEN 2 THEN 'corrected' WHEN 3 THEN 'ok' ELSE 'empty' END AS status,
       (v.value ->> 2) & 4 = 0 AS makes_keys
FROM record r JOIN source s ON s.number = r.source, json_each(r.fields) v
JOIN field f ON f.number = v.value ->> 0;

-- Facts as they were delivered: one row for each cell.
CREATE VIEW facts_readable AS
SELECT s.name AS source, r.id, c.value ->> 0 AS "column", c.value ->> 1 AS value
FROM fact r JOIN source s ON s.number = r.source, json_each(r.cells) c;

-- Source records as they were delivered: one row for each cell.
CREATE VIEW cells_readable AS
SELECT s.name AS source, r.record_id, c.key AS "column", c.value
FROM record r JOIN source s ON s.number = r.source, json_each(r.cells) c;

-- Links and review pairs by the records' own identifiers.
CREATE VIEW links_readable AS
SELECT sa.name AS source_a, ra.record_id AS record_id_a, sb.name AS source_b, rb.record_id AS record_id_b,
       CASE l.decision WHEN 2 THEN 'link' WHEN 1 THEN 'review' ELSE 'no' END AS decision,
       coalesce(p.name, 'steward') AS pass, l.score, w.name AS reason, x.name AS refused
FROM link l
JOIN record ra ON ra.record = l.a JOIN source sa ON sa.number = ra.source
JOIN record rb ON rb.record = l.b JOIN source sb ON sb.number = rb.source
LEFT JOIN pass p ON p.number = l.pass
LEFT JOIN reason w ON w.number = l.reason
LEFT JOIN reason x ON x.number = l.refused;

-- The feed, one row for each entry, and how many entries each consumer still has before it.
CREATE VIEW feed AS
SELECT cursor, change, kind, golden_id, body ->> '$.others' AS others, body ->> '$.values' AS fields,
       body ->> '$.sources' AS sources, body
FROM event;
CREATE VIEW consumers AS
SELECT consumer, cursor, (SELECT event FROM state) - cursor AS behind FROM consumer;
