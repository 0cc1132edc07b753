"""Whatever text stands in the cells comes back as it was, however the file is written."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from leadline.inspection.read import known_shapes, read_stack
from leadline.inspection.settings import asked

# Cells as exports hold them: without control characters, of which many make a file binary, but
# with line breaks and tabs. A return alone is a line end to some programs, and not told from one.
_CELL = st.text(
    st.one_of(
        st.sampled_from("\"',;\t|\n= \u00a0\u2028é–Ж好😀"),
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")),
    ),
    max_size=12,
)
_ROWS = st.lists(st.tuples(_CELL, _CELL, _CELL), min_size=1, max_size=30)


@settings(max_examples=25, deadline=None)
@given(
    _ROWS,
    st.sampled_from(",;\t|"),
    st.booleans(),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
@example([("a", '"', "b")], ",", False, "utf-8")
@example([("Copyright (c) 2000", "", "")], ",", True, "utf-8")
def test_cells_come_back_as_they_were(
    rows: list[tuple[str, str, str]], delimiter: str, quoted: bool, encoding: str
) -> None:
    out = io.StringIO()
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator="\n")
    writer.writerow(["number", "one", "two", "three"])
    for number, row in enumerate(rows):
        writer.writerow([number, *row])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "a.txt"
        file.write_bytes(out.getvalue().encode(encoding))
        reading = read_stack([file], asked({file: "plain-table"}, known_shapes()))
    assert reading.unread == ()
    found = reading.stack.connection.execute(
        "SELECT one, two, three FROM plain_table ORDER BY number::BIGINT"
    ).fetchall()
    assert found == [tuple(cell or None for cell in row) for row in rows]
