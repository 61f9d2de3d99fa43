"""What a caller has to change: one class for each code of the core, all under `RcuError`.

Bad data is never an error: it comes back as codes and rejects. Messages name sources, columns and positions, and never
hold a cell's content.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, NamedTuple

__all__ = [
    "ArgumentError",
    "ConfigError",
    "ConfigSyntaxError",
    "InternalError",
    "IoError",
    "NoInputError",
    "Problem",
    "RcuError",
    "SchemaError",
    "TooLargeError",
    "UnknownKindError",
    "UnknownSourceError",
]


class Problem(NamedTuple):
    """One thing wrong in a configuration.

    Examples:
        >>> path, reason = Problem("passes[0].on", "is empty")
        >>> path
        'passes[0].on'
    """

    path: str
    """Where: `sources.till.fields.email`, `passes[1].on[0]`."""
    reason: str
    """What is wrong, and what would be accepted."""


class RcuError(Exception):
    """Any request that cannot be carried out as it stands."""

    code: ClassVar[str] = "internal"
    """A stable name, the same in every language."""

    problems: list[Problem]
    """The problems of a configuration; empty for other errors."""

    def __init__(self, message: str = "", problems: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(message)
        self.problems = [Problem(*p) for p in problems]


class ConfigError(RcuError, ValueError):
    """The configuration has problems; `problems` lists all of them."""

    code = "config"


class ConfigSyntaxError(ConfigError):
    """The configuration's text is not TOML, YAML or JSON; the message tells line and column."""

    code = "config_syntax"


class SchemaError(RcuError, ValueError):
    """A column that the configuration names is not in the table."""

    code = "missing_column"


class UnknownSourceError(RcuError, LookupError):
    """Rows were given for a source that the configuration does not declare."""

    code = "unknown_source"


class NoInputError(RcuError, FileNotFoundError):
    """A source has no rows to read: no file there, an empty one, or neither a path nor a table."""

    code = "no_input"


class UnknownKindError(RcuError, ValueError):
    """No normaliser has that name."""

    code = "unknown_kind"


class ArgumentError(RcuError, ValueError):
    """An argument is out of its range."""

    code = "argument"


class TooLargeError(RcuError, OverflowError):
    """More than the engine can hold."""

    code = "too_large"


class IoError(RcuError, OSError):
    """A file or stream could not be read or written."""

    code = "io"


class InternalError(RcuError, RuntimeError):
    """A defect of `rcu` itself. The message tells the place in its source, and no data."""

    code = "internal"


CLASS_OF_CODE: dict[str, type[RcuError]] = {
    cls.code: cls
    for cls in (
        ConfigError,
        ConfigSyntaxError,
        SchemaError,
        UnknownSourceError,
        NoInputError,
        UnknownKindError,
        ArgumentError,
        TooLargeError,
        IoError,
        InternalError,
    )
}


def error_of_code(code: str, message: str, problems: Iterable[tuple[str, str]]) -> RcuError:
    """The exception of a core error. Called by the wrapper."""
    return CLASS_OF_CODE[code](message, problems)
