"""python -m unittest discover benches/peers        (the test of the scorer wants duckdb and is skipped without)"""

from __future__ import annotations

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import compare
import measure
import normalize

try:
    import duckdb
    import score
except ImportError:
    duckdb = None


class Measure(unittest.TestCase):
    def run_python(self, code: str, limit_s: float = 30) -> measure.Cost:
        with tempfile.TemporaryDirectory() as folder:
            return measure.run([sys.executable, "-c", code], Path(folder) / "log", limit_s)

    def test_counts_the_memory_and_cpu_of_children(self):
        child = "x = bytearray(200_000_000); import time; t = time.process_time()\\nwhile time.process_time() < t + 0.5: pass"
        cost = self.run_python(f"import subprocess, sys; subprocess.run([sys.executable, '-c', '''{child}'''])")
        self.assertEqual(cost.status, 0)
        self.assertGreater(cost.cpu_s, 0.5)
        self.assertGreater(cost.peak_mb, 200)

    def test_ends_what_takes_too_long_with_its_children(self):
        cost = self.run_python("import subprocess; subprocess.run(['sleep', '20'])", limit_s=0.3)
        self.assertTrue(cost.timed_out)
        self.assertLess(cost.wall_s, 5)

    def test_gives_the_exit_code(self):
        self.assertEqual(self.run_python("raise SystemExit(3)").status, 3)


class Table(unittest.TestCase):
    def test_ratios_are_to_rcu_and_a_missing_tool_says_why(self):
        rows = [
            compare.Row("rcu", "1", cost=measure.Cost(2, 4, 100, 0, False, 0.5)),
            compare.Row("other", "2", cost=measure.Cost(6, 6, 50, 0, False, 0.5)),
            compare.Row("third", note="not run: no binary"),
        ]
        _, _, rcu, other, third = compare.table(rows)
        self.assertIn("| 1.00 | 1.00 | 1.00 |", rcu)
        self.assertIn("| 3.00 | 1.50 | 0.50 |", other)
        self.assertTrue(third.startswith("| third (not run: no binary) | – |"))

    def test_no_ratio_without_rcu(self):
        (line,) = compare.table([compare.Row("other", cost=measure.Cost(6, 6, 50, 0, False, 0.5))])[2:]
        self.assertIn("| – | – | – |", line)


class Normalizers(unittest.TestCase):
    def test_numbers_have_three_figures(self):
        self.assertEqual(
            [normalize.number(n) for n in (7, 999, 44_886, 15_745_694)], ["7", "999", "44 900", "15 700 000"]
        )

    def test_a_missed_target_is_said(self):
        def missed(kind: str, speed: float, python: float) -> list[str]:
            figures = [{"kind": kind, "values": 10, "per_second": speed}]
            peers = {kind: {"per_second": python, "same": 0.5, "tool": "t"}}
            lines, said = normalize.table({"figures": figures}, peers)
            self.assertEqual(len(lines), 3)
            return said

        self.assertEqual(missed("phone", 4e6, 1e4), [])
        self.assertEqual(len(missed("phone", 4e6, 1e5)), 1, "40 times Python only")
        self.assertEqual(len(missed("record", 6e5, 1)), 1)
        self.assertEqual(missed("city", 1, 1), [], "no target")


@unittest.skipIf(duckdb is None, "duckdb is not installed here")
class Score(unittest.TestCase):
    TRUTH = [("a|1", 1), ("a|2", 1), ("b|1", 1), ("b|2", 2)]

    def score(self, columns: str, rows: list[tuple]) -> dict:
        with tempfile.TemporaryDirectory() as folder:
            for name, header, values in (("truth", "rec_id, person_id", self.TRUTH), ("result", columns, rows)):
                listed = ", ".join(map(str, values))
                duckdb.sql(f"COPY (SELECT * FROM (VALUES {listed}) t({header})) TO '{folder}/{name}.parquet'")
            return score.score(f"{folder}/result.parquet", f"{folder}/truth.parquet")

    def test_pairs_of_clusters_and_of_a_crosswalk(self):
        # Found: 1-2 and 1-4, 2-4; true: 1-2, 1-3, 2-3. b|1 is missing, so it stands alone.
        clusters = [("a|1", 7), ("a|2", 7), ("b|2", 7)]
        found = self.score("rec_id, cluster_id", clusters)
        crosswalk = [(*record.split("|"), f"g{cluster}") for record, cluster in clusters]
        self.assertEqual(found, self.score("source, record_id, golden_id", crosswalk))
        self.assertEqual((found["pairs_found"], found["pairs_right"], found["pairs_true"]), (3, 1, 3))
        self.assertAlmostEqual(found["f1"], 1 / 3)
        self.assertEqual(found["clusters"], 2)

    def test_refuses_records_that_are_not_there_or_come_twice(self):
        for rows in ([("a|9", 1)], [("a|1", 1), ("a|1", 2)]):
            with self.assertRaises(ValueError):
                self.score("rec_id, cluster_id", rows)


if __name__ == "__main__":
    unittest.main()
