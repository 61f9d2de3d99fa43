"""From the rows of every source to people."""

from __future__ import annotations

import html
import os
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from . import _rcu
from ._arrow import ArrowData
from ._config import Config
from ._normalize import Day

Columns = Mapping[str, Sequence[Any]]
Rows = ArrowData | Columns
Path_ = str | os.PathLike[str]
Progress = Callable[[str, int, int], object]


class Resolution:
    """What a run found. Tables are made when they are first asked for, and kept; all are `rcu.Table`s.

    Equal configuration and records give equal tables, row for row, whatever the order they came in.
    """

    def __init__(self, run: _rcu.Resolution) -> None:
        self._run = run

    @cached_property
    def golden(self) -> _rcu.Table:
        """One row per person: `golden_id`, `household_id`, `records`, `sources`, and the best value of each field."""
        return self._run.table("golden")

    @cached_property
    def crosswalk(self) -> _rcu.Table:
        """One row per record: `source`, `record_id`, `golden_id`, `household_id`."""
        return self._run.table("crosswalk")

    @cached_property
    def links(self) -> _rcu.Table:
        """Accepted links: the two records, the pass, the score in thousandths."""
        return self._run.table("links")

    @cached_property
    def review(self) -> _rcu.Table:
        """Pairs that wait for a steward: the two records, the pass, the score, the reason, the two people."""
        return self._run.table("review")

    @cached_property
    def aggregates(self) -> _rcu.Table:
        """One row per person: revenue, visits, basket, rates, dates, RFM, lifecycle, complaints."""
        return self._run.table("aggregates")

    @cached_property
    def rejects(self) -> _rcu.Table:
        """Rows that were not loaded: source, file, line, column, code, reason; `excluded` when a rule left them out."""
        return self._run.table("rejects")

    @cached_property
    def provenance(self) -> _rcu.Table:
        """One row per golden value: the record that supplied it, its date, the rule, its score, how many it beat."""
        return self._run.table("provenance")

    @cached_property
    def shared(self) -> _rcu.Table:
        """Values that many people share and that made no key: field, value, number of people and of records."""
        return self._run.table("shared")

    @cached_property
    def households(self) -> _rcu.Table:
        """One row per person: `household_id`, `golden_id`; the people of a household stand together."""
        return self._run.table("households")

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Counts by source and pass, people, households, cluster sizes, revenue in minor units (cents)."""
        return self._run.summary()

    @cached_property
    def reconciles(self) -> bool:
        """Whether every row that was read and every cent of revenue is accounted for."""
        return self._run.reconciles()

    def report(self, path: Path_ | None = None) -> str:
        """The report as one self-contained HTML page, also written to `path` when one is given.

        Raises:
            OSError: the file cannot be written.
        """
        page = self._run.report()
        if path is not None:
            Path(path).write_text(page, encoding="utf-8")
        return page

    def explain(self, a: tuple[str, str], b: tuple[str, str], *, clear: bool = False) -> dict[str, Any]:
        """Why two records are one person, wait for a steward, or are two; and the smallest change that would turn it.

        `outcome` and `because` say it in short; `passes` which keys they share, which levels and guards refused;
        `weights` and `points` what each comparison adds; `changes` what would turn it; `chain` the links between them
        with the weakest. What comparing needs is computed anew on each call.

        Args:
            a: Source and record id of the one.
            b: Source and record id of the other.
            clear: Show values as they are; they are masked otherwise.

        Raises:
            UnknownSourceError: a source is not declared.
            ArgumentError: a record was not loaded, or both are the same.
        """
        return self._run.explain(a, b, clear)

    def evaluate(self, labels: Rows | Path_) -> dict[str, Any]:
        """How right the people are against labels: pairwise and B-cubed precision, recall and F1, each 0 to 1.

        Args:
            labels: `person_id`, and either `rec_id` (`source|record id`) or `source` and `record_id`; or pairs as
                `source_a`, `record_id_a`, `source_b`, `record_id_b` and `label` (1 or 0, same or different), which give
                no B-cubed figures: an Arrow-exporting object, a mapping of lists, or the path of a CSV or Parquet file.
                What they name is what is judged.

        Raises:
            SchemaError: a column is missing.
            ArgumentError: a label is neither, or a pair is labelled both ways.
            IoError: the file cannot be read.
        """
        return self._run.evaluate(labels)

    def write(self, folder: Path_) -> None:
        """Writes the files that the `rcu resolve` program writes: a Parquet file per table, summary.json, report.html.

        The folder is made when it is not there. Equal results give equal bytes.

        Raises:
            IoError: a file cannot be written.
        """
        self._run.write(folder)

    def __repr__(self) -> str:
        s = self.summary
        return f"rcu.Resolution({s['records']} records, {s['people']} people, {s['households']} households)"

    def _repr_html_(self) -> str:
        """The report in a frame of its own, so that its style stays inside."""
        page = html.escape(self.report(), quote=True)
        return f'<iframe srcdoc="{page}" style="width:100%;height:40em;border:0" title="rcu report"></iframe>'


def resolve(
    config: Config,
    tables: Mapping[str, Rows | Sequence[Rows]] | None = None,
    *,
    input: Path_ | None = None,
    as_of: Day | None = None,
    progress: Progress | bool | None = None,
) -> Resolution:
    """People, golden records and aggregates of all sources.

    Rows come from `tables` or, for sources that are not in it, from the files at their `path`. Neither the order of the
    rows nor that of the tables changes the result. The run can be interrupted.

    Args:
        config: As for `check`.
        tables: By source name, an Arrow-exporting object, a mapping from columns to lists, or a list of those. Only the
            columns that the configuration names are read.
        input: Folder that the paths of the configuration are relative to; by default its own folder, or the current one
            when it is not a file.
        as_of: The day on which ages, recencies and periods are judged; by default that of the configuration, else
            today in Paris.
        progress: None draws a bar on standard error when that is a terminal; False is silent; a function is called with
            the stage, the rows done and the rows in all (0 when unknown), at each stage and at most ten times a second,
            on the calling thread. What it raises stops the run and is raised.

    Raises:
        ConfigError: as for `check`.
        SchemaError: a column that the configuration names is missing from its source.
        UnknownSourceError: `tables` has a source that the configuration does not declare.
        NoInputError: a source has no rows: its file is missing or empty, or it has no path and no table.
        ArgumentError: a column has a type without a text form (lists, structs), or `as_of` is not a day.
        IoError: a file cannot be read.

    Examples:
        >>> import rcu
        >>> config = {"sources": {"web": {"id": "id", "fields": {"last_name": "name", "email": "mail"}}}}
        >>> people = {"id": ["1", "2"], "name": ["Roy", "ROY"], "mail": ["zoe.roy@orange.fr", "Zoe.Roy@Orange.fr"]}
        >>> found = rcu.resolve(config, {"web": people}, as_of="2026-11-21")
        >>> found.summary["people"], found.golden["email"]
        (1, ['zoe.roy@orange.fr'])
    """
    return Resolution(_rcu.resolve(config, tables, input, as_of, progress))
