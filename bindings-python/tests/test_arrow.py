"""Tables and columns cross by Arrow, in every form that text takes, without a copy on the way out."""

import datetime
import decimal

import pyarrow as pa
import pytest

import rcu

RAW = ["06 30 12 45 78", None, "abc", "06 30 12 45 78"]
WANT = ["+33630124578", None, None, "+33630124578"]

COLUMNS = {
    "utf8": pa.array(RAW),
    "large_utf8": pa.array(RAW, pa.large_string()),
    "string_view": pa.array(RAW, pa.string_view()),
    "dictionary": pa.array(RAW).dictionary_encode(),
    "dictionary_int8": pa.array(RAW).cast(pa.dictionary(pa.int8(), pa.string())),
    "chunked": pa.chunked_array([RAW[:2], RAW[2:]]),
    "chunked_dictionary": pa.chunked_array([RAW[:2], RAW[2:]]).dictionary_encode(),
    "sliced": pa.array(["x", *RAW, "y"]).slice(1, 4),
    "table": pa.table({"tel": RAW}),
    "batch": pa.record_batch({"tel": RAW}),
    "reader": pa.table({"tel": RAW}).to_reader(max_chunksize=1),
    "rcu": rcu.Table({"tel": RAW}),
    "list": RAW,
    "tuple": tuple(RAW),
}


@pytest.mark.parametrize("form", COLUMNS)
def test_every_form_of_text_is_read(form):
    assert rcu.normalize("phone", COLUMNS[form])["value"] == WANT


@pytest.mark.parametrize(
    ("array", "kind", "want"),
    [
        (pa.nulls(2), "text", [None, None]),
        (pa.array([38000, None]), "postcode", ["38000", None]),
        (pa.array([datetime.date(1988, 7, 28)]), "birth_date", ["1988-07-28"]),
        (pa.array([True, False, None]), "boolean", ["true", "false", None]),
        (pa.array([1.5]), "decimal", ["1.5"]),
        (pa.array([decimal.Decimal("12.30")]), "amount", ["12.30"]),
        (pa.chunked_array([], pa.string()), "text", []),
    ],
)
def test_other_types_are_read_as_they_are_written(array, kind, want):
    assert rcu.normalize(kind, array)["value"] == want


def test_lists_and_wide_tables_are_no_column():
    with pytest.raises(rcu.ArgumentError, match="no text form"):
        rcu.normalize("text", pa.array([["a"]]))
    with pytest.raises(rcu.ArgumentError, match="2 columns"):
        rcu.normalize("text", pa.table({"a": ["x"], "b": ["y"]}))


def test_a_normalised_column_has_its_types():
    table = pa.table(rcu.normalize("phone", RAW))
    assert table.schema.field("value").type == pa.string()
    assert table.schema.field("status").type == pa.dictionary(pa.int32(), pa.string())
    assert table.schema.field("codes").type == pa.list_(pa.string())
    assert table["codes"].null_count == table["status"].null_count == 0
    table.validate(full=True)


def test_a_table_goes_out_without_a_copy():
    table = rcu.Table({"a": ["x" * 1000] * 1000})
    before = pa.total_allocated_bytes()
    first, second = pa.table(table), pa.table(table)
    assert pa.total_allocated_bytes() == before
    buffers = [t["a"].chunk(0).buffers()[2].address for t in (first, second)]
    assert buffers[0] == buffers[1]
    del table
    assert first["a"][999].as_py() == "x" * 1000


def test_a_table_comes_in_without_a_copy():
    given = pa.table({"a": pa.chunked_array([["x"], ["y", None]]), "n": pa.chunked_array([[1], [2, 3]])})
    table = rcu.Table(given)
    assert pa.table(table).equals(given)
    assert pa.table(table)["a"].chunk(0).buffers()[2].address == given["a"].chunk(0).buffers()[2].address
    assert len(table) == 3
    assert table["a"] == ["x", "y", None]


def test_capsules_are_named_and_used_once():
    capsule = rcu.Table({"a": ["x"]}).__arrow_c_stream__()
    assert 'capsule object "arrow_array_stream"' in repr(capsule)

    class Once:
        def __arrow_c_stream__(self, requested_schema=None):
            return capsule

    assert len(rcu.Table(Once())) == 1
    with pytest.raises(rcu.ArgumentError):
        rcu.Table(Once())


def test_a_foreign_capsule_is_refused():
    class Wrong:
        def __arrow_c_stream__(self, requested_schema=None):
            return rcu.Table({"a": ["x"]}).__arrow_c_schema__()

    with pytest.raises(ValueError, match="PyCapsule"):
        rcu.Table(Wrong())


def test_a_failing_producer_is_said_without_its_words():
    def batches():
        yield pa.record_batch({"a": ["x"]})
        raise ValueError("row of Jean Dupont is broken")

    reader = pa.RecordBatchReader.from_batches(pa.schema({"a": pa.string()}), batches())
    with pytest.raises(rcu.ArgumentError) as caught:
        rcu.Table(reader)
    assert "Dupont" not in str(caught.value)


def test_rows_that_are_null_as_a_whole_are_refused():
    rows = pa.array([{"a": "x"}, None])
    with pytest.raises(rcu.ArgumentError, match="null as a whole"):
        rcu.Table(rows)


def test_lists_make_a_table_of_their_types():
    day = datetime.date(2026, 11, 21)
    columns = {"t": ["x", None], "n": [None, 3], "b": [True, None], "d": [day, None], "nothing": [None, None]}
    table = rcu.Table(columns)
    assert {n: table[n] for n in table.column_names} == columns
    types = [pa.string(), pa.int64(), pa.bool_(), pa.date32(), pa.string()]
    assert pa.table(table).schema.types == types
    assert table.to_pylist()[1] == {"t": None, "n": 3, "b": None, "d": None, "nothing": None}
    assert len(rcu.Table({})) == 0


@pytest.mark.parametrize(
    ("columns", "error", "message"),
    [
        ({"a": ["x"], "b": []}, rcu.ArgumentError, "column `b`: has 0 rows where the first column has 1"),
        ({"a": ["x", 3]}, TypeError, r"column `a`\[1\] is int; give str or None"),
        ({"a": [3, True]}, TypeError, r"column `a`\[1\] is bool; give int"),
        ({"a": [1 << 70]}, TypeError, r"column `a`\[0\] is int; give int \(64 bits\)"),
        ({"a": [datetime.date(2026, 1, 1), datetime.datetime(2026, 1, 1)]}, TypeError, r"\[1\] is datetime"),
        ({"a": "xyz"}, TypeError, "column `a` is str; give a list"),
        ({1: ["x"]}, TypeError, "int"),
        ([1], TypeError, "list is not a table"),
    ],
)
def test_other_columns_are_refused(columns, error, message):
    with pytest.raises(error, match=message):
        rcu.Table(columns)


def test_imported_types_come_out_as_python_values():
    given = pa.table(
        {
            "i8": pa.array([1, None], pa.int8()),
            "f": pa.array([0.5, None]),
            "view": pa.array(["a", None], pa.string_view()),
            "list": pa.array([["a"], None]),
            "decimal": pa.array([decimal.Decimal("-0.05"), None]),
            "time": pa.array([datetime.datetime(2026, 11, 21), None]),
        }
    )
    row = rcu.Table(given).to_pylist()[0]
    assert row == {**given.to_pylist()[0], "time": "2026-11-21T00:00:00"}
    assert isinstance(row["decimal"], decimal.Decimal)
    with pytest.raises(rcu.ArgumentError, match="no Python form"):
        rcu.Table(pa.table({"s": [{"a": 1}]}))["s"]


def test_a_missing_column_names_the_nearest():
    with pytest.raises(KeyError, match="did you mean `email`"):
        rcu.Table({"email": ["x"]})["emial"]


def test_a_printed_table_holds_no_value_and_a_shown_one_is_escaped():
    table = rcu.Table({"<a>": ["<b>Dupont</b>"] * 12})
    assert repr(table) == "rcu.Table(12 rows: <a>)"
    html = table._repr_html_()
    assert "&lt;b&gt;Dupont" in html
    assert "<b>" not in html
    assert html.count("<tr>") == 11
    assert "12 rows × 1 columns" in html
