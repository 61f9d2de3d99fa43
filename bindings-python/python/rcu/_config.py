"""The one configuration: checked, written out, described."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from . import _rcu

Config = Mapping[str, Any] | str | os.PathLike[str]


def check(config: Config) -> None:
    """None when the configuration is fine; otherwise raises with every problem at once.

    `config` is a mapping, a path (a path object, or a text of one line that ends in .toml, .yaml, .yml or .json), or
    the text of a configuration in TOML, YAML or JSON.

    Raises:
        ConfigError: `error.problems` lists the path and the reason of each problem.
        ConfigSyntaxError: the text cannot be parsed.
        IoError: the file cannot be read.

    Examples:
        >>> import rcu
        >>> rcu.check({"sources": {"till": {"id": "no", "fields": {"email": "mail"}}}})
        >>> try:
        ...     rcu.check({"sources": {"till": {"id": "no", "fields": {"emial": "mail"}}}})
        ... except rcu.ConfigError as error:
        ...     print(error.problems[0].path)
        sources.till.fields.emial
    """
    _rcu.check(config)


def expand(config: Config) -> dict[str, Any]:
    """The configuration with every default written out, as plain values.

    Raises:
        ConfigError: as for `check`.

    Examples:
        >>> import rcu
        >>> full = rcu.expand({"sources": {"till": {"id": "no", "fields": {"email": "mail"}}}})
        >>> full["rcu"]["region"], full["passes"][0]["name"]
        ('FR', 'email')
    """
    return _rcu.expand(config)


def schema() -> dict[str, Any]:
    """The JSON Schema of configurations, for editors.

    Examples:
        >>> import rcu
        >>> rcu.schema()["title"]
        'rcu configuration'
    """
    return _rcu.schema()
