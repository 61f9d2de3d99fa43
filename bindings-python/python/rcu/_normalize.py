"""One value, one column, one record, one entry."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, overload

from . import _rcu
from ._arrow import ArrowData

Status = Literal["ok", "corrected", "rejected", "empty"]
Verdict = Literal["accept", "warn", "block"]
DateOrder = Literal["DMY", "MDY", "YMD"]
Day = datetime.date | str
Record = Mapping[str, str | None | Sequence[str | None]]


@dataclass(frozen=True, slots=True)
class Normalized:
    """One value in its normal form. Unpacks as `value, status, codes, extra`."""

    value: str | None
    """The normal form; None when rejected or empty."""
    status: Status
    """`ok` (clean, or changed in presentation only), `corrected` (content guessed, repaired or dropped), `rejected`,
    `empty`."""
    codes: tuple[str, ...] = ()
    """What was found and done, in the order of the steps; names of a closed registry."""
    extra: dict[str, str] = field(default_factory=dict, hash=False)
    """Side values: `line_type`, `extension`, `currency`, `birth_name`, `suggestion`, …"""
    others: tuple[Normalized, ...] = ()
    """In a record, the further values of a field that has several; empty otherwise."""

    def __iter__(self) -> Iterator[Any]:
        return iter((self.value, self.status, self.codes, self.extra))


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark on an entry."""

    field: str
    """The field."""
    code: str
    """A code of the registry, or `missing`, `siren_mismatch`, `closed_establishment`."""
    verdict: Verdict
    """What it leads to."""
    suggestion: str | None = None
    """The value that was probably meant, when there is one."""


@dataclass(frozen=True, slots=True)
class EntryCheck:
    """The answer to an entry."""

    verdict: Verdict
    """The gravest verdict of the remarks."""
    remarks: tuple[Remark, ...]
    """Remarks, in field order."""
    record: dict[str, Normalized] = field(hash=False)
    """The record as it would be stored."""


@overload
def normalize(
    kind: str,
    value: str | None,
    *,
    region: str = ...,
    as_of: Day | None = ...,
    decimal_separator: str | None = ...,
    date_order: DateOrder | None = ...,
    allow_special: bool = ...,
    lists: Mapping[str, Any] | None = ...,
) -> Normalized: ...
@overload
def normalize(
    kind: str,
    value: ArrowData | list[str | None] | list[str] | tuple[str | None, ...],
    *,
    region: str = ...,
    as_of: Day | None = ...,
    decimal_separator: str | None = ...,
    date_order: DateOrder | None = ...,
    allow_special: bool = ...,
    lists: Mapping[str, Any] | None = ...,
) -> _rcu.Table: ...
def normalize(
    kind: str,
    value: str | None | ArrowData | list[str | None] | list[str] | tuple[str | None, ...],
    *,
    region: str = "FR",
    as_of: Day | None = None,
    decimal_separator: str | None = None,
    date_order: DateOrder | None = None,
    allow_special: bool = False,
    lists: Mapping[str, Any] | None = None,
) -> Normalized | _rcu.Table:
    """The normal form of a value, or of a column as a table `value`, `status`, `codes` with a row for each of its rows.

    A column is an Arrow-exporting object (a pyarrow array or chunked array, a polars Series, a table of one column) or
    a list or tuple of `str` and None; nulls are `empty`. In the table `value` is text, `status` dictionary-encoded
    text, `codes` lists of text. Kinds are listed in `rcu.KINDS`. Whatever the text, a value never raises: what cannot
    be used is `rejected`, and `codes` say why.

    Args:
        kind: `phone`, `email`, `last_name`, `birth_date`, `street`, `amount`, …
        value: The raw text, None, or a column of them.
        region: Country of the source, ISO 3166-1 alpha-2: how national phones, postcodes and dates are read.
        as_of: The day on which ages and futures are judged; today in Paris by default.
        decimal_separator: `.` or `,` when the source always writes that one.
        date_order: Order of day, month and year in figures; the day comes first by default.
        allow_special: Keep special-rate numbers (08…), as for companies.
        lists: The installation's own lists, as the `lists` part of a configuration (`{"titles": {"SIEUR": "M"}}`); files
            that they name are relative to the current folder. None for the shipped lists alone.

    Raises:
        UnknownKindError: no normaliser is named `kind`.
        ArgumentError: `region`, `as_of`, `decimal_separator` or `date_order` is out of range.
        ConfigError: `lists` has problems; all are told.
        TypeError: `value` is neither text nor a column of it.

    Examples:
        >>> import rcu
        >>> rcu.normalize("phone", "06.30.12.45.78").value
        '+33630124578'
        >>> value, status, codes, extra = rcu.normalize("phone", "abc")
        >>> value, status, codes
        (None, 'rejected', ('bad_chars',))
        >>> rcu.normalize("phone", ["06 30 12 45 78", None])["status"]
        ['ok', 'empty']
        >>> rcu.normalize("civility", "Sieur", lists={"titles": {"SIEUR": "M"}}).value
        'M'
    """
    options = (region, as_of, decimal_separator, date_order, allow_special, lists)
    if value is None or isinstance(value, str):
        return Normalized(*_rcu.normalize_value(kind, value, *options))
    return _rcu.normalize_column(kind, value, *options)


def normalize_record(
    record: Record,
    *,
    region: str = "FR",
    as_of: Day | None = None,
    lists: Mapping[str, Any] | None = None,
) -> dict[str, Normalized]:
    """The normal form of a whole record, by canonical field.

    Besides the canonical fields, `phone`, `name` and `address` are accepted and split. Rules across fields are applied:
    a mobile given as landline is moved, names given in each other's place are swapped, a city is checked against its
    postcode. A field may be given a list of values; when it ends with several, the others are in `others` of its first.

    Args:
        record: Raw texts by field name.
        region: Country of the source, ISO 3166-1 alpha-2.
        as_of: The day on which ages and futures are judged; today in Paris by default.
        lists: The installation's own lists, as for `normalize`.

    Raises:
        ArgumentError: a name is no field (the nearest one is told), or `region` or `as_of` is out of range.
        ConfigError: `lists` has problems; all are told.
        TypeError: a value is neither text nor a list of it.

    Examples:
        >>> import rcu
        >>> record = rcu.normalize_record({"last_name": "Mme Dupont", "landline": "06 30 12 45 78"})
        >>> record["last_name"].value, record["civility"].value, record["mobile"].value
        ('DUPONT', 'MME', '+33630124578')
        >>> two = rcu.normalize_record({"mobile": ["06 30 12 45 78", "06 30 12 45 79"]})
        >>> [other.value for other in two["mobile"].others]
        ['+33630124579']
    """
    return _record(_rcu.normalize_record(record, region, as_of, lists))


def check_entry(
    record: Record,
    policy: Mapping[str, Any] | None = None,
    *,
    region: str = "FR",
    as_of: Day | None = None,
    lists: Mapping[str, Any] | None = None,
) -> EntryCheck:
    """What to say to the person at the keyboard before a record is stored.

    Args:
        record: Raw texts by field name, as for `normalize_record`.
        policy: `mandatory` fields (a refused or missing value blocks), `desired` fields (a missing one warns), and
            `codes` that lead to another verdict than usual (`{"bad_checksum": "block"}`). None asks for nothing.
        region: Country of the source, ISO 3166-1 alpha-2.
        as_of: The day on which ages and futures are judged; today in Paris by default.
        lists: The installation's own lists, as for `normalize`.

    Raises:
        ArgumentError: a name is no field or no code, in the record or in the policy.
        ConfigError: `lists` has problems; all are told.
        TypeError: a value is neither text nor a list of it.

    Examples:
        >>> import rcu
        >>> answer = rcu.check_entry({"last_name": "Roy", "email": "paul@gmial.con"}, {"mandatory": ["last_name"]})
        >>> answer.verdict, answer.remarks[0].suggestion
        ('warn', 'paul@gmail.com')
    """
    answer = _rcu.check_entry(record, policy, region, as_of, lists)
    remarks = tuple(Remark(**remark) for remark in answer["remarks"])
    return EntryCheck(answer["verdict"], remarks, _record(answer["record"]))


def _record(fields: dict[str, list[dict[str, Any]]]) -> dict[str, Normalized]:
    """Fields with their first value, which holds the others."""
    record = {}
    for name, values in fields.items():
        first, *others = ((v["value"], v["status"], tuple(v["codes"]), v["extra"]) for v in values)
        record[name] = Normalized(*first, tuple(Normalized(*other) for other in others))
    return record
