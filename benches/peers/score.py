"""Pairwise precision, recall and F1 of a clustering against the truth, as one line of JSON.

python score.py RESULT TRUTH

RESULT is a Parquet file with rec_id and cluster_id, or an rcu crosswalk with source, record_id and golden_id.
TRUTH has rec_id and person_id. A record that RESULT lacks is a cluster of its own. Needs duckdb.
"""

from __future__ import annotations

import json
import sys

import duckdb

# A pair of records is counted where it is made: n records give n (n - 1) / 2 pairs.
PAIRS = "coalesce(sum(n * (n - 1) // 2), 0)::BIGINT"


def score(result: str, truth: str) -> dict[str, float | int]:
    """Counts of records, clusters and pairs, and precision, recall and F1 from 0 to 1.

    Raises ValueError when RESULT names a record twice or names one that the truth lacks: its figures would lie.
    """
    con = duckdb.connect()
    con.execute("SET threads = 2")

    def one(sql: str) -> tuple:
        return con.execute(sql).fetchone()

    columns = con.read_parquet(result).columns
    keys = "rec_id, cluster_id" if "cluster_id" in columns else "source || '|' || record_id, golden_id"
    con.execute(f"CREATE TABLE found (rec_id, cluster) AS SELECT {keys} FROM read_parquet($1)", [result])
    con.execute("CREATE TABLE truth AS SELECT rec_id, person_id FROM read_parquet($1)", [truth])
    (twice,) = one("SELECT count(*) - count(DISTINCT rec_id) FROM found")
    (unknown,) = one("SELECT count(*) FROM found ANTI JOIN truth USING (rec_id)")
    if twice or unknown:
        raise ValueError(f"{twice} records come twice, {unknown} are not in the truth")
    con.execute(
        """CREATE TABLE cells AS
        SELECT person_id person, coalesce('c' || cluster::VARCHAR, 'r' || rec_id) cluster, count(*) n
        FROM truth LEFT JOIN found USING (rec_id) GROUP BY ALL"""
    )
    records, clusters, people = one(
        "SELECT sum(n)::BIGINT, count(DISTINCT cluster), count(DISTINCT person) FROM cells"
    )
    (right,) = one(f"SELECT {PAIRS} FROM cells")
    (found,) = one(f"SELECT {PAIRS} FROM (SELECT sum(n) n FROM cells GROUP BY cluster)")
    (true,) = one(f"SELECT {PAIRS} FROM (SELECT sum(n) n FROM cells GROUP BY person)")
    precision = right / found if found else 1.0
    recall = right / true if true else 1.0
    both = precision + recall
    return {
        "records": records,
        "people": people,
        "clusters": clusters,
        "pairs_found": found,
        "pairs_right": right,
        "pairs_true": true,
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / both if both else 0.0,
    }


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print(json.dumps(score(sys.argv[1], sys.argv[2])))
