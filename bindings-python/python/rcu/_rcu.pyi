# The private module in Rust. Compared to the built module by stubtest.

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import Any, Literal, final

from ._arrow import ArrowData

__all__ = [
    "ERROR_CODES",
    "KINDS",
    "Resolution",
    "Table",
    "VERSION",
    "_panic",
    "check",
    "check_entry",
    "expand",
    "normalize_column",
    "normalize_record",
    "normalize_value",
    "resolve",
    "schema",
]

VERSION: str
ERROR_CODES: list[str]
KINDS: tuple[str, ...]

@final
class Table:
    def __new__(cls, data: ArrowData | Mapping[str, Sequence[Any]]) -> Table: ...
    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any: ...
    def __arrow_c_schema__(self) -> Any: ...
    def __len__(self) -> int: ...
    @property
    def column_names(self) -> list[str]: ...
    def __getitem__(self, key: str, /) -> list[Any]: ...
    def to_pylist(self) -> list[dict[str, Any]]: ...
    def _repr_html_(self) -> str: ...

@final
class Resolution:
    def table(self, name: str) -> Table: ...
    def summary(self) -> dict[str, Any]: ...
    def reconciles(self) -> bool: ...
    def report(self) -> str: ...
    def explain(self, a: tuple[str, str], b: tuple[str, str], clear: bool) -> dict[str, Any]: ...
    def evaluate(self, labels: Any) -> dict[str, Any]: ...
    def write(self, folder: str | PathLike[str]) -> None: ...

def normalize_value(
    kind: str,
    raw: str | None,
    region: str,
    as_of: Any,
    decimal_separator: str | None,
    date_order: str | None,
    allow_special: bool,
    lists: Any,
) -> tuple[str | None, Literal["ok", "corrected", "rejected", "empty"], tuple[str, ...], dict[str, str]]: ...
def normalize_column(
    kind: str,
    column: Any,
    region: str,
    as_of: Any,
    decimal_separator: str | None,
    date_order: str | None,
    allow_special: bool,
    lists: Any,
) -> Table: ...
def normalize_record(
    record: Mapping[str, Any], region: str, as_of: Any, lists: Any
) -> dict[str, list[dict[str, Any]]]: ...
def check_entry(record: Mapping[str, Any], policy: Any, region: str, as_of: Any, lists: Any) -> dict[str, Any]: ...
def check(config: Any) -> None: ...
def expand(config: Any) -> dict[str, Any]: ...
def schema() -> dict[str, Any]: ...
def resolve(
    config: Any,
    tables: Mapping[str, Any] | None,
    input: str | PathLike[str] | None,
    as_of: Any,
    progress: Callable[[str, int, int], object] | bool | None,
) -> Resolution: ...
def _panic() -> None: ...
