"""A repository that is kept in a file and changed as events come."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from . import _rcu
from ._config import Config
from ._normalize import Day
from ._resolve import Path_, Progress, Rows

Record = tuple[str, str]
Row = Mapping[str, Any]
Given = Rows | Sequence[Rows] | Sequence[Row]
Secret = bytes | Path_
Answer = dict[str, Any]


class Delivery(NamedTuple):
    """What a subscriber is sent at once; acknowledge `cursor` once it has it.

    `table` has `golden_id`, `record_id`, `event` (present, created, updated, merged, unmerged, removed), `reason`,
    `absorbed` (golden ids whose rows go), `changed` (columns that are told; the others stay), then the columns of its
    view, all text.
    """

    subscriber: str
    full: bool
    """Whether it takes the place of all that was sent before."""
    cursor: int
    table: _rcu.Table


class Repository:
    """Customers of all sources, kept in one SQLite file: after every change what a fresh build would be.

    One program at a time has it open to write, any number read meanwhile. Threads may share one: each call waits for
    the one before, with the interpreter released. Answers are plain dicts and lists, the same as `rcu repo … --json`.
    Every change takes a `reason`, for the log. Use it in a `with` block, or `close` it.

    Examples:
        >>> import rcu, tempfile
        >>> config = {"sources": {"web": {"id": "id", "fields": {"last_name": "name", "email": "mail"}}}}
        >>> store = tempfile.mkdtemp() + "/rcu.db"
        >>> with rcu.Repository.open(store, config, create=True) as kept:
        ...     done = kept.upsert({"web": {"id": ["1", "2"], "name": ["Roy", "ROY"], "mail": ["zoe.roy@orange.fr"] * 2}})
        ...     done["records"]["new"], done["feed"], len(kept.search("roy")["hits"])
        (2, {'created': 1}, 1)
    """

    def __init__(self, kept: _rcu.Repository) -> None:
        self._kept = kept

    @classmethod
    def open(
        cls,
        store: Path_,
        config: Config,
        *,
        secret: Secret | None = None,
        create: bool = False,
        read_only: bool = False,
        wait: float = 5.0,
        by: str | None = None,
        as_of: Day | None = None,
        role: str | None = None,
    ) -> Repository:
        """Opens the repository in a file.

        Args:
            store: The file.
            config: As for `check`; the rules that the repository was built by.
            secret: The secret of this installation, at least 16 bytes, or the path of its file; by default the store's
                name with `.secret`. Without it nobody knows an erased person again: keep a copy, apart from backups.
            create: Make the repository, and the secret's file, when it is not there.
            read_only: Only read, while another program may write. What reads a person in clear writes into the log,
                and is refused.
            wait: Seconds to wait for another program that writes.
            by: Who does it, for the log; by default the user that the program runs as.
            as_of: The day of a new repository; by default that of the configuration, else today. A repository that is
                there stays at its own day until `refresh`.
            role: Use it as somebody of this role: what the role may not do is refused, what it may not see is left out.

        Raises:
            IoError: it is not there, another program writes, the file is damaged or none of a repository, the secret is
                not there.
            ArgumentError: the configuration has other rules than those it was built by (see `migrate_file`).
            ConfigError: as for `check`.
        """
        return cls(_rcu.open_repository(store, config, secret, create, read_only, wait, by, as_of, role))

    @staticmethod
    def migrate_file(
        store: Path_,
        config: Config,
        *,
        dry_run: bool = False,
        secret: Secret | None = None,
        wait: float = 5.0,
        by: str | None = None,
        as_of: Day | None = None,
        progress: Progress | bool | None = False,
        reason: str = "",
    ) -> Answer:
        """As `migrate`, for a repository that is not open."""
        return _rcu.migrate_repository(store, config, secret, dry_run, wait, by, as_of, reason, progress)

    @staticmethod
    def restore(
        backup: Path_,
        store: Path_,
        config: Config,
        *,
        secret: Secret | None = None,
        replay: Sequence[Path_] = (),
        wait: float = 5.0,
        by: str | None = None,
    ) -> Answer:
        """Puts a backup in the place of a repository that nobody has open, once it was found undamaged, and erases
        again whoever was erased since.

        Args:
            backup: What `backup` wrote.
            store: The file of the repository.
            config: The rules that the backup was built by.
            secret: As for `open`.
            replay: Files of erasures that were kept apart, when the repository that is replaced cannot say whom it
                erased (`rcu repo erasures --out FILE`).
            wait: Seconds to wait for another program that writes.
            by: Who does it, for the log.

        Raises:
            IoError: the backup is no whole repository; nothing was changed then.
        """
        return _rcu.restore_repository(backup, store, config, secret, list(replay), wait, by)

    @property
    def store(self) -> Path:
        """The file."""
        return Path(self._kept.store)

    @property
    def read_only(self) -> bool:
        """Whether it is open to read only."""
        return self._kept.read_only

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._kept.closed

    @property
    def day(self) -> str:
        """The day that ages, periods and consents are kept for, `YYYY-MM-DD`."""
        return self._kept.days()[0]

    @property
    def due(self) -> str | None:
        """The day that `refresh` should bring it to, when it is another one."""
        return self._kept.days()[1]

    def close(self) -> None:
        """Gives the file back, once whoever is at work is done. Closing twice is fine."""
        self._kept.close()

    def __enter__(self) -> Repository:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # What changes it.

    def load(
        self,
        tables: Mapping[str, Given] | None = None,
        *,
        input: Path_ = "",
        progress: Progress | bool | None = False,
        reason: str = "",
    ) -> Answer:
        """Loads a first base into an empty repository, as a batch: `tables`, and the files of the other sources.

        Args:
            tables: As for `upsert`.
            input: Folder that the paths of the configuration are relative to.
            progress: As for `resolve`. A load that is stopped leaves the repository empty.
        """
        return self._kept.load(tables, input, progress, reason)

    def upsert(self, tables: Mapping[str, Given], *, reason: str = "") -> Answer:
        """Keeps rows of any sources, with everything that follows, all of it or nothing.

        A row takes the place of the kept one unless it is older; what was not kept is in `rejects`, with why.

        Args:
            tables: By source, what `resolve` takes, or a list of rows, each a mapping from columns to values; columns
                that a row leaves out have no value.

        Raises:
            UnknownSourceError, SchemaError: as for `resolve`.
        """
        return self._kept.upsert(tables, reason)

    def deliver(self, source: str, rows: Given, *, confirm: bool = False, reason: str = "") -> Answer:
        """Takes rows as all that a source has: what is not among them was deleted there, but for statements of consent.

        Nothing is applied when more than 5 % of the rows are at fault (`suspended`); more than a fifth of the rows
        at once are deleted only with `confirm` (`withheld`).
        """
        return self._kept.deliver(source, rows, confirm, reason)

    def delete(self, source: str, ids: str | Sequence[str], *, reason: str = "") -> Answer:
        """Deletes records or facts that their source deleted."""
        return self._kept.delete(source, [ids] if isinstance(ids, str) else list(ids), reason)

    def rename(self, source: str, id: str, to: str, *, reason: str = "") -> Answer:
        """Gives a record the identifier that its source gave it. It stays who it is."""
        return self._kept.rename(source, id, to, reason)

    def decide(self, a: Record, b: Record, answer: str, *, reason: str = "") -> Answer:
        """Keeps a steward's decision on two records, each `(source, record id)`.

        Args:
            answer: `same`, `different`, `household` or `later`.

        Raises:
            ArgumentError: another word, or a decision that contradicts others.
        """
        return self._kept.decide(a, b, answer, reason)

    def cancel(self, a: Record, b: Record, *, reason: str = "") -> Answer:
        """Takes the decision on two records back."""
        return self._kept.decide(a, b, "cancel", reason)

    def lock(self, id: str, field: str, value: str | None = None, *, kind: str = "pin", reason: str) -> Answer:
        """Pins, ignores or clears a golden value, whatever the sources say.

        Args:
            id: A golden id, or a record as `source:record id`, which the lock then follows.
            value: The value that is pinned or ignored.
            kind: `pin`, `ignore` or `clear`.
            reason: Why; a lock has to say.
        """
        return self._kept.lock(id, field, kind, value, False, reason)

    def unlock(self, id: str, field: str, value: str | None = None, *, kind: str = "pin", reason: str) -> Answer:
        """Takes a lock back."""
        return self._kept.lock(id, field, kind, value, True, reason)

    def refresh(self, day: Day | None = None, *, reason: str = "") -> Answer:
        """Brings ages, periods and consents to a day, by default today."""
        return self._kept.refresh(day, reason)

    def migrate(
        self,
        config: Config,
        *,
        dry_run: bool = False,
        as_of: Day | None = None,
        progress: Progress | bool | None = False,
        reason: str = "",
    ) -> Answer:
        """Applies other rules to everything and goes on under them; a dry run only says what they would change.

        Returns:
            `migration` with counts of records, people, values and feed entries; `sample`, the first entries of each
            kind; `rejects`, rows that the new rules refuse.
        """
        return self._kept.migrate(config, dry_run, as_of, progress, reason)

    # What is read.

    def search(
        self, clues: str | Mapping[str, Any], *, role: str = "store", purpose: str | None = None
    ) -> Answer:
        """People by whatever is known of them, partial or mistyped, best first, as a role sees them.

        Args:
            clues: A text (`"fournett baptiste 87480"`), or fields by name: `last_name`, `first_name`, `name`, `email`,
                `phone`, `loyalty_card`, `birth_date`, `postcode`, `city`, `id`; `most` for how many.
            role: A field that it may not read finds nobody.
            purpose: What it is for; what the purpose may not use finds nobody either. By default those that the role
                works for.

        Returns:
            `hits`, each with `golden_id`, `score` (thousandths), what was `met`, and masked `values`; `more`; what was
            `cut` or `ignored`.
        """
        return self._kept.search(clues, role, purpose)

    def match_one(self, source: str, row: Row | Rows, *, purpose: str | None = None) -> Answer:
        """What an upsert of one row would do: whose record it would be, whom it would meet and why. Writes nothing.

        Args:
            row: Values by column (columns that are left out have no value), or a table of one row.
            purpose: What it is asked for: records that the purpose may not use are no candidates.
        """
        return self._kept.match_one(source, row, purpose)

    def view360(
        self,
        id: str,
        role: str = "admin",
        *,
        purpose: str | None = None,
        html: Path_ | None = None,
        reason: str = "",
    ) -> Answer:
        """Everything known of one person, as a role sees it. The log says that it was read, and for what.

        Args:
            id: A golden id, also one that a merge took in, or a record as `source:record id`.
            purpose: What it is read for; what the purpose may not use is left out. By default those that the role works
                for.
            html: Also write the page to this file.

        Raises:
            ArgumentError: nobody has the id, or the role or the purpose is not known.
        """
        return self._kept.view360(id, role, purpose, html, reason)

    def history(self, id: str) -> Answer:
        """What became of a golden id, or of the one that a record, `source:record id`, has today."""
        return self._kept.history(id)

    def records_at(self, id: str, day: Day) -> Answer:
        """Who a record, `source:record id`, was at the end of a day, or which records a golden id had."""
        return self._kept.records_at(id, day)

    def decisions(self) -> list[Answer]:
        """Decisions of stewards that stand."""
        return self._kept.decisions()

    def locks(self) -> list[Answer]:
        """Values that stewards pinned, ignored or cleared."""
        return self._kept.locks()

    def log(self, first: int = 1, most: int = 100) -> list[Answer]:
        """Who did what, when and why: entries from a number on, at most so many."""
        return self._kept.log(first, most)

    def verify(self) -> Answer:
        """Builds everything anew and compares; `clean` when nothing differs and the log is whole."""
        return self._kept.verify()

    def tables(self, *, reason: str = "") -> dict[str, _rcu.Table]:
        """The tables `golden`, one row per person, and `crosswalk`, one row per record. The log says so."""
        golden, crosswalk = self._kept.tables(reason)
        return {"golden": golden, "crosswalk": crosswalk}

    def export(self, folder: Path_, *, reason: str = "") -> Answer:
        """Writes these tables as Parquet."""
        return self._kept.export(folder, reason)

    # Who follows it.

    def changes(self, consumer: str, most: int = 1000) -> list[Answer]:
        """Entries of the feed that a consumer has not acknowledged, oldest first: created, updated, merged, unmerged,
        deleted, erased, with what differs. They come again until they are acknowledged."""
        return self._kept.changes(consumer, most)

    def acknowledge(self, consumer: str, cursor: int) -> None:
        """Says that a consumer, or a subscriber, has everything up to a cursor.

        Raises:
            ArgumentError: the feed has not reached the cursor.
        """
        self._kept.acknowledge(consumer, cursor)

    def follow(self, consumer: str, *, most: int = 1000) -> Iterator[Answer]:
        """Each entry of `changes` in turn, until none is left. An entry counts as acknowledged once the next is asked
        for; when the loop is left, the entry it was left at comes again."""
        done = 0
        while entries := self.changes(consumer, most):
            try:
                for entry in entries:
                    yield entry
                    done = entry["cursor"]
            finally:
                if done:
                    self.acknowledge(consumer, done)

    def feed(self, subscriber: str, *, full: bool = False, most: int = 100_000, reason: str = "") -> Delivery:
        """What a subscriber of the configuration has not acknowledged, as a table; or everybody in its view, at first
        and when `full`. Acknowledge `delivery.cursor` once it is where it should be.

        Args:
            subscriber: `ecommerce`, `till`, `marketing`, `service`, `bi`, `source_feedback`, `billing`, or one of
                `subscribers`.
            most: At most so many entries of the feed.
        """
        return Delivery(subscriber, *self._kept.feed(subscriber, full, most, reason))

    def star(self, subscriber: str = "bi", *, reason: str = "") -> dict[str, _rcu.Table]:
        """What statistics take beside the customers of `feed`: a table of facts for each family (`transactions`, …),
        what these refer to (`stores`, `products`), and in `aliases` the golden id that each former one leads to. Their
        `golden_id` is that of the customers. Empty for a subscriber of another view."""
        return self._kept.star(subscriber, reason)

    def write_feed(
        self,
        subscriber: str,
        to: Path_,
        *,
        full: bool = False,
        format: str | None = None,
        acknowledge: bool = False,
        most: int = 100_000,
        reason: str = "",
    ) -> Answer:
        """Writes what `feed` gives to a file, whole or not at all, in the form and encoding of the subscriber.

        Args:
            to: A folder, where the file's name says what it holds, or the file.
            format: `csv`, `jsonl` or `parquet`; by default the subscriber's, or that of the file's ending.
            acknowledge: Take it as acknowledged once the file is on the disk.
        """
        return self._kept.write_feed(subscriber, to, full, format, acknowledge, most, reason)

    def push(
        self,
        subscriber: str,
        send: Callable[[Answer], object],
        *,
        most: int = 10_000,
        tries: int = 5,
        pause: float = 1.0,
        reason: str = "",
    ) -> Answer:
        """Hands a subscriber everything that it has not acknowledged, one delivery after the other.

        Args:
            send: Called with a delivery, on this thread: `subscriber`, `full`, `cursor`, `columns`, and `rows` with
                `golden_id`, `event`, `reason`, `absorbed`, `values`. When it returns, the delivery is acknowledged;
                when it raises an `Exception`, it is tried again. It may use the repository.
            most: At most so many entries of the feed in one delivery.
            tries: How often a delivery is tried; then what `send` raised last is raised, and nothing is lost.
            pause: Seconds before the second try, twice as many before each further one, at most 60.
        """
        return self._kept.push(subscriber, send, most, tries, pause, reason)

    # Who answers for it.

    def erase(self, id: str, *, dry_run: bool = False, reason: str = "") -> Answer:
        """Erases a person from every table, index, history and past entry of the feed, then looks for their values in
        the bytes of the file (`traces.left`). A dry run says who would be erased.

        Args:
            id: A golden id, or a record as `source:record id`.
        """
        return self._kept.erase(id, dry_run, reason)

    def readmit(self, erasure: int, proof: str, *, reason: str = "") -> Answer:
        """Lifts an erasure, by its number, with the reference of the proof that the person came back."""
        return self._kept.readmit(erasure, proof, reason)

    def access(self, id: str, *, reason: str = "") -> Answer:
        """Everything that is kept of a person, for themselves: rows, purposes, recipients, links, consents, history. The
        log says that it was read.

        Args:
            id: A golden id, or a record as `source:record id`.
            reason: Why, for the log: a ticket, a request.
        """
        return self._kept.access(id, reason)

    def access_html(self, id: str, *, reason: str = "") -> str:
        """The same as a page to be read by anybody."""
        return self._kept.access_html(id, reason)

    def portability(self, id: str, *, reason: str = "") -> Answer:
        """The rows that a person gave, by source, and nothing that was inferred. The log says that they were handed
        out."""
        return self._kept.portability(id, reason)

    def rectify(self, id: str, field: str, value: str | None, *, reason: str = "") -> Answer:
        """Pins what is right (`None`: there is no value); `corrections` are records whose sources have to correct
        theirs."""
        return self._kept.rectify(id, field, value, reason)

    def restrict(self, id: str, *, reason: str = "") -> Answer:
        """Keeps a person and uses nothing of them: out of matching, reads and deliveries, until `lift_restriction`."""
        return self._kept.restrict(id, reason)

    def lift_restriction(self, id: str, *, reason: str = "") -> Answer:
        """Takes a restriction back; the person has the same golden id."""
        return self._kept.lift_restriction(id, reason)

    def restrictions(self) -> list[Answer]:
        """Who is restricted."""
        return self._kept.restrictions()

    def objection(
        self,
        id: str,
        proof: str,
        *,
        channels: Sequence[str] = (),
        purposes: Sequence[str] = (),
        brand: str = "",
        reason: str = "",
    ) -> Answer:
        """Withdraws consents of a person at once: all of prospecting, or these channels, purposes and brand.

        Args:
            id: A golden id, or a record as `source:record id`.
            proof: The reference of what the person said: letter, call, form.
            channels: Empty for all.
            purposes: Empty for all of prospecting.
            brand: Empty for all.
            reason: Why, for the log.
        """
        return self._kept.objection(id, proof, list(channels), list(purposes), brand, reason)

    def retention(self, *, apply: bool = False, reason: str = "") -> Answer:
        """Who and what is kept longer than its term (`due`); erased with `apply`."""
        return self._kept.retention(apply, reason)

    def erasures(self) -> Answer:
        """Keyed hashes of everybody who was erased: keep them as a JSON file apart from the backups, for `restore`."""
        return self._kept.erasures()

    def breach(self, first: Day, last: Day, *, by: str | None = None) -> Answer:
        """Whose data were read or handed out from one day to another, both included: people and fields."""
        return self._kept.breach(first, last, by)

    def backup(self, to: Path_) -> Answer:
        """Writes a copy of the state of this moment to a new file."""
        return self._kept.backup(to)

    def __repr__(self) -> str:
        return f"rcu.Repository({os.fspath(self._kept.store)}{', to read' if self.read_only else ''})"
