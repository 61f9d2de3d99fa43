"""Another tool on one labelled set; run by people.py with the interpreter of the tool's own environment.

PYTHON peers.py splink|goldenmatch NAME OUT FILE [FILE ...]

Writes OUT: JSON, clusters by threshold, each a list of [row, cluster], rows counted through all files. No label is
read: identifiers and label columns are left out. Splink: its comparisons for people with term frequencies on names,
m by EM over three blocks, u by sampling with a fixed seed. GoldenMatch: what it configures by itself.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

# Columns that hold an identifier or the truth.
LABELS = {"rec_id", "unique_id", "record_id", "cluster", "label_true"}
THRESHOLDS = (0.5, 0.9, 0.99)


def read(files: list[str]) -> tuple[list[str], list[list[str | None]]]:
    """Columns and rows of all files, without labels."""
    columns: list[str] = []
    rows: list[list[str | None]] = []
    for path in files:
        with Path(path).open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file, skipinitialspace=True):
                clean = {key.strip(): (value or "").strip() or None for key, value in row.items()}
                columns = columns or [key for key in clean if key not in LABELS]
                rows.append([clean.get(column) for column in columns])
    return columns, rows


def settings(name: str) -> tuple[list, list[tuple[str, ...]], list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Comparisons, blocking keys, certain keys and training keys of Splink for a set."""
    import splink.comparison_library as cl

    def names(column: str):
        return cl.JaroWinklerAtThresholds(column, [0.9, 0.8]).configure(term_frequency_adjustments=True)

    def slips(column: str):
        return cl.LevenshteinAtThresholds(column, [1, 2])

    if name.startswith("febrl"):
        comparisons = [names("given_name"), names("surname"), slips("date_of_birth"), slips("soc_sec_id")]
        comparisons += [cl.ExactMatch("street_number"), slips("postcode"), cl.JaroWinklerAtThresholds("address_1", [0.9, 0.7])]
        block = [("given_name", "surname"), ("date_of_birth",), ("soc_sec_id",), ("surname", "postcode")]
        block += [("given_name", "postcode"), ("address_1", "street_number"), ("state", "address_1")]
        certain = [("soc_sec_id",), ("given_name", "surname", "date_of_birth")]
        return comparisons, block, certain, [("date_of_birth",), ("given_name", "surname"), ("postcode",)]
    if name == "fake_1000":
        comparisons = [names("first_name"), names("surname"), slips("dob"), cl.EmailComparison("email")]
        comparisons += [cl.ExactMatch("city").configure(term_frequency_adjustments=True)]
        block = [("first_name", "city"), ("surname",), ("dob",), ("email",), ("first_name",)]
        certain = [("first_name", "surname", "dob"), ("email",)]
        return comparisons, block, certain, [("first_name", "surname"), ("dob",), ("email",)]
    comparisons = [names("fname_c1"), names("lname_c1"), *(cl.ExactMatch(c) for c in ("by", "bm", "bd"))]
    block = [("fname_c1",), ("lname_c1",), ("by", "bm"), ("by", "bd"), ("bm", "bd")]
    certain = [("fname_c1", "lname_c1", "by", "bm"), ("lname_c1", "by", "bm", "bd")]
    return comparisons, block, certain, [("by", "bm"), ("fname_c1",), ("lname_c1",)]


def splink(name: str, columns: list[str], rows: list[list[str | None]]) -> dict[str, list]:
    import logging

    import duckdb
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    comparisons, block, certain, train = settings(name)
    connection = duckdb.connect()
    connection.execute("CREATE TABLE people (row_number BIGINT, " + ", ".join(f'"{c}" VARCHAR' for c in columns) + ")")
    marks = ", ".join("?" * (len(columns) + 1))
    connection.executemany(f"INSERT INTO people VALUES ({marks})", [[i, *row] for i, row in enumerate(rows)])
    api = DuckDBAPI(connection=connection)
    linker = Linker(
        api.register("people"),
        SettingsCreator(
            link_type="dedupe_only",
            unique_id_column_name="row_number",
            comparisons=comparisons,
            blocking_rules_to_generate_predictions=[block_on(*keys) for keys in block],
        ),
    )
    linker.training.estimate_probability_two_random_records_match([block_on(*keys) for keys in certain], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for keys in train:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*keys))
    pairs = linker.inference.predict(threshold_match_probability=THRESHOLDS[0])
    found = {}
    for threshold in THRESHOLDS:
        made = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=threshold)
        query = f"SELECT row_number, CAST(cluster_id AS VARCHAR) FROM {made.physical_name}"
        found[str(threshold)] = [list(row) for row in connection.execute(query).fetchall()]
    return found


def goldenmatch(columns: list[str], rows: list[list[str | None]]) -> dict[str, list]:
    import goldenmatch as gm
    import pyarrow as pa

    table = pa.table({c: pa.array([row[i] for row in rows], pa.string()) for i, c in enumerate(columns)})
    made = gm.dedupe_df(table, confidence_required=False, allow_red_config=True)
    cluster = {i: f"alone {i}" for i in range(len(rows))}
    for number, found in made.clusters.items():
        for member in found["members"]:
            cluster[member] = str(number)
    return {"auto": [[row, name] for row, name in cluster.items()]}


def main() -> int:
    tool, name, out, *files = sys.argv[1:]
    columns, rows = read(files)
    found = splink(name, columns, rows) if tool == "splink" else goldenmatch(columns, rows)
    Path(out).write_text(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
