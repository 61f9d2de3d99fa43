"""The customer repository you can prove: normalise, match, keep the best of each, explain every value.

`normalize` what comes in, `check` a configuration, `resolve` all sources into people, keep them in a `Repository`. Tables come in from any
dataframe library and go out to any, by Arrow, without a copy.
"""

from ._config import check, expand, schema
from ._normalize import EntryCheck, Normalized, Remark, check_entry, normalize, normalize_record
from ._rcu import KINDS, Table
from ._rcu import VERSION as __version__
from ._repository import Delivery, Repository
from ._resolve import Resolution, resolve
from .errors import (
    ArgumentError,
    ConfigError,
    ConfigSyntaxError,
    InternalError,
    IoError,
    NoInputError,
    Problem,
    RcuError,
    SchemaError,
    TooLargeError,
    UnknownKindError,
    UnknownSourceError,
)

__all__ = [
    "KINDS",
    "ArgumentError",
    "ConfigError",
    "ConfigSyntaxError",
    "Delivery",
    "EntryCheck",
    "InternalError",
    "IoError",
    "NoInputError",
    "Normalized",
    "Problem",
    "RcuError",
    "Remark",
    "Repository",
    "Resolution",
    "SchemaError",
    "Table",
    "TooLargeError",
    "UnknownKindError",
    "UnknownSourceError",
    "__version__",
    "check",
    "check_entry",
    "expand",
    "normalize",
    "normalize_record",
    "resolve",
    "schema",
]
