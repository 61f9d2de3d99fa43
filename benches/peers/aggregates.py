"""Runs `rcu aggregate` and the same job by hand in DuckDB and Polars; prints CPU seconds, ratios and peak memory.

python benches/peers/aggregates.py DATA CROSSWALK [--rcu BINARY] [--python INTERPRETER] [--repeat N] [--json FILE]

DATA is what `gen_retail --records 1000000 --tx 10000000` writes; CROSSWALK the `crosswalk.parquet` of a run of
`rcu resolve` over it, or `truth` to attribute by the truth file. Every tool is one process that reads
`transactions.parquet` and the crosswalk, gives each transaction to its customer, and writes one row per customer.

The peers compute the twelve figures that a data team writes first (revenue in all and of 12 months, purchases, basket,
discount share, returns, first and last date, visits, favourite store, RFM quintiles); rcu all its default aggregates,
44 columns, exact to the cent, with repeats, orphans and rejects told apart. The sum of the attributed revenue is
compared. The interpreter needs duckdb, polars and pyarrow.

With --shared DIR the project's shared `run_aggregate.py` runs too, in DuckDB and in Polars: it picks golden values from
records that are normalised already, and computes recency, frequency, monetary value, basket, returns, first store and
quintiles. The normalised records are made before and not timed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import measure

CHECKOUT = Path(__file__).resolve().parents[2]

CROSSWALK_OF_TRUTH = """
import sys, duckdb
duckdb.sql(f"COPY (SELECT split_part(rec_id, '|', 1) AS source, substr(rec_id, instr(rec_id, '|') + 1) AS record_id,"
           f" 'p' || person_id AS golden_id FROM read_parquet('{sys.argv[1]}')) TO '{sys.argv[2]}' (FORMAT parquet)")
"""

DUCKDB = """
import sys, duckdb
tx, crosswalk, out = sys.argv[1:]
con = duckdb.connect()
con.execute("SET threads = 2; SET preserve_insertion_order = false; SET enable_progress_bar = false")
con.execute(f'''CREATE TABLE tx AS SELECT c.golden_id AS g, coalesce(try_strptime(t.tx_date, '%d/%m/%Y'), try_strptime(t.tx_date, '%Y-%m-%d'))::DATE AS d,
  replace(t.amount, ',', '.')::DECIMAL(12,2) AS amount, replace(t.discount, ',', '.')::DECIMAL(12,2) AS discount,
  t.is_return AS r, nullif(t.store_id, '') AS store, t.channel
  FROM read_parquet('{tx}') t LEFT JOIN read_parquet('{crosswalk}') c ON c.source = t.source AND c.record_id = t.customer_ref''')
con.execute('''CREATE TABLE fav AS SELECT g, store FROM (SELECT g, store, row_number() OVER (PARTITION BY g ORDER BY count(DISTINCT d) DESC, sum(amount) DESC, max(d) DESC, store) AS k
  FROM tx WHERE g IS NOT NULL AND store IS NOT NULL AND NOT r AND d > DATE '2024-11-21' GROUP BY g, store) WHERE k = 1''')
con.execute('''CREATE TABLE agg AS SELECT *, ntile(5) OVER (ORDER BY last_d) AS rs, ntile(5) OVER (ORDER BY f24) AS fs, ntile(5) OVER (ORDER BY m24) AS ms FROM (
  SELECT g, sum(amount) AS total, sum(amount) FILTER (WHERE d > DATE '2025-11-21') AS m12, count(*) FILTER (WHERE NOT r AND d > DATE '2025-11-21') AS f12,
  sum(amount) FILTER (WHERE d > DATE '2025-11-21') / nullif(count(*) FILTER (WHERE NOT r AND d > DATE '2025-11-21'), 0) AS basket,
  sum(discount) FILTER (WHERE NOT r AND d > DATE '2025-11-21') / nullif(sum(amount + discount) FILTER (WHERE NOT r AND d > DATE '2025-11-21'), 0) AS rate,
  count(*) FILTER (WHERE r) AS returns, min(d) FILTER (WHERE NOT r) AS first_d, max(d) FILTER (WHERE NOT r) AS last_d,
  count(*) FILTER (WHERE NOT r AND d > DATE '2024-11-21') AS f24, sum(amount) FILTER (WHERE d > DATE '2024-11-21') AS m24,
  count(DISTINCT (store, d)) FILTER (WHERE NOT r AND store IS NOT NULL AND d > DATE '2025-11-21') AS visits
  FROM tx WHERE g IS NOT NULL GROUP BY g) LEFT JOIN fav USING (g)''')
con.execute(f"COPY agg TO '{out}' (FORMAT parquet)")
print(con.execute("SELECT (100 * sum(total))::BIGINT FROM agg").fetchone()[0])
"""

POLARS = """
import sys, datetime, polars as pl
tx, crosswalk, out = sys.argv[1:]
c = pl.col
day = datetime.date
who = pl.scan_parquet(crosswalk).select('source', customer_ref='record_id', g='golden_id')
t = pl.scan_parquet(tx).join(who, on=['source', 'customer_ref'], how='inner').select(
    'g', r='is_return', store='store_id',
    d=pl.coalesce(c('tx_date').str.to_date('%d/%m/%Y', strict=False), c('tx_date').str.to_date('%Y-%m-%d', strict=False)),
    amount=c('amount').str.replace(',', '.', literal=True).cast(pl.Decimal(12, 2)),
    discount=c('discount').str.replace(',', '.', literal=True).cast(pl.Decimal(12, 2))).collect()
sale, year, two = ~c('r'), c('d') > day(2025, 11, 21), c('d') > day(2024, 11, 21)
shop = c('store') != ''
agg = t.group_by('g').agg(
    total=c('amount').sum(), m12=c('amount').filter(year).sum(), f12=(sale & year).sum(),
    disc=c('discount').filter(sale & year).sum(), gross=(c('amount') + c('discount')).filter(sale & year).sum(),
    returns=c('r').sum(), first_d=c('d').filter(sale).min(), last_d=c('d').filter(sale).max(),
    f24=(sale & two).sum(), m24=c('amount').filter(two).sum(),
    visits=pl.struct('store', 'd').filter(sale & shop & year).n_unique())
fav = (t.filter(sale & shop & two).group_by('g', 'store').agg(v=c('d').n_unique(), m=c('amount').sum(), last=c('d').max())
       .sort(['g', 'v', 'm', 'last', 'store'], descending=[False, True, True, True, False]).group_by('g').agg(favourite=c('store').first()))
n = pl.len()
agg = agg.join(fav, on='g', how='left').with_columns(
    basket=pl.when(c('f12') > 0).then(c('m12').cast(pl.Float64) / c('f12')),
    rate=pl.when(c('gross') > 0).then(c('disc').cast(pl.Float64) / c('gross').cast(pl.Float64)),
    rs=(c('last_d').rank('ordinal') * 5 // (n + 1)) + 1, fs=(c('f24').rank('ordinal') * 5 // (n + 1)) + 1,
    ms=(c('m24').rank('ordinal') * 5 // (n + 1)) + 1)
agg.write_parquet(out)
print(int(agg['total'].sum() * 100))
"""


CLUSTERS_OF_CROSSWALK = """
import sys, duckdb
duckdb.sql(f"COPY (SELECT source || '|' || record_id AS rec_id, dense_rank() OVER (ORDER BY golden_id) AS cluster_id"
           f" FROM read_parquet('{sys.argv[1]}')) TO '{sys.argv[2]}' (FORMAT parquet)")
"""


def shared_commands(options, crosswalk: Path, work: Path) -> dict[str, list[str]]:
    """The shared runner's commands, after making what they read."""
    clusters, normalised = work / "clusters.parquet", work / "norm.parquet"
    python = options.python
    subprocess.run([python, "-c", CLUSTERS_OF_CROSSWALK, str(crosswalk), str(clusters)], check=True)
    make = [python, "run_duckdb.py", str(options.data / "in"), str(work / "d.parquet"), "--norm-out", str(normalised)]
    subprocess.run(make, check=True, cwd=options.shared, stdout=subprocess.DEVNULL)
    given = ["--clusters", str(clusters), "--norm-in", str(normalised), "--engine"]
    run = [python, str(options.shared / "run_aggregate.py"), str(options.data / "in")]
    return {f"shared {e}": [*run, str(work / f"shared-{e}"), *given, e] for e in ("duckdb", "polars")}


def attributed(tool: str, log: Path) -> int | None:
    """The attributed revenue in cents, as a tool printed it; the shared runner prints none."""
    text = log.read_text()
    if tool.startswith("shared"):
        return None
    return json.loads(text)["revenue"]["attributed_minor"] if tool == "rcu" else int(text.split()[-1])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("crosswalk")
    parser.add_argument("--rcu", type=Path, default=CHECKOUT / "target/release/rcu")
    parser.add_argument("--config", type=Path, default=CHECKOUT / "benches/retail.toml")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--limit", type=float, default=600.0)
    parser.add_argument("--shared", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        crosswalk = Path(options.crosswalk)
        if options.crosswalk == "truth":
            crosswalk = work / "crosswalk.parquet"
            truth = str(options.data / "truth.parquet")
            subprocess.run([options.python, "-c", CROSSWALK_OF_TRUTH, truth, str(crosswalk)], check=True)
        tx = str(options.data / "in/transactions.parquet")
        commands = {
            "rcu": [
                str(options.rcu), "aggregate", str(options.config), "--crosswalk", str(crosswalk),
                "--input", str(options.data / "in"), "--out", str(work / "rcu"), "--json",
            ],
            "duckdb": [options.python, "-c", DUCKDB, tx, str(crosswalk), str(work / "duckdb.parquet")],
            "polars": [options.python, "-c", POLARS, tx, str(crosswalk), str(work / "polars.parquet")],
        }
        if options.shared:
            commands |= shared_commands(options, crosswalk, work)
        rows = {}
        for tool, command in commands.items():
            log = work / f"{tool}.log"
            best = None
            for _ in range(options.repeat):
                cost = measure.run(command, log, options.limit)
                if cost.status not in (0, 1) or cost.timed_out:
                    print(f"{tool}: exit {cost.status}\n{log.read_text()[-2000:]}", file=sys.stderr)
                    return 2
                best = cost if best is None or cost.cpu_s < best.cpu_s else best
            rows[tool] = (best, attributed(tool, log))

    own = rows["rcu"][0]
    print("| tool | CPU s | wall s | peak MB | CPU / rcu | memory / rcu | attributed cents | load before |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for tool, (cost, cents) in rows.items():
        print(
            f"| {tool} | {cost.cpu_s:.2f} | {cost.wall_s:.2f} | {cost.peak_mb:.0f} | {cost.cpu_s / own.cpu_s:.2f} | "
            f"{cost.peak_mb / own.peak_mb:.2f} | {cents or ''} | {cost.load_before:.1f} |"
        )
    if options.json:
        figures = {t: {**vars(c), "attributed_minor": n} for t, (c, n) in rows.items()}
        options.json.write_text(json.dumps(figures, indent=1) + "\n")
    same = len({cents for _, cents in rows.values() if cents is not None}) == 1
    print("the attributed revenue is the same to the cent" if same else "THE ATTRIBUTED REVENUE DIFFERS")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
