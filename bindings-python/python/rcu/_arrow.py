"""What exports Arrow data, for type checkers."""

from __future__ import annotations

from typing import Any, Protocol


class ArrowStream(Protocol):
    """Exports a table or a column as an Arrow stream: polars, pandas, DuckDB, pyarrow tables, `rcu.Table`."""

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any: ...


class ArrowArray(Protocol):
    """Exports one array or batch: `pyarrow.Array`, `pyarrow.RecordBatch`."""

    def __arrow_c_array__(self, requested_schema: Any = None) -> Any: ...


ArrowData = ArrowStream | ArrowArray
