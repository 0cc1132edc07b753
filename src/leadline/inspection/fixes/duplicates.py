"""Records that may be one person: proposed for review, never merged, for no vendor undoes it."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.audit.duplicates.people import PAIRS, PEOPLE, lay_pairs, shown_name
from leadline.audit.stack import Stack

HEADER = (
    "Why", "How sure", "System", "Record", "Email", "Name",
    "Other system", "Other record", "Other email", "Other name",
)  # fmt: skip


def proposals(stack: Stack) -> Iterator[tuple[str, ...]]:
    """Every pair of records, the surest first, in the columns of ``HEADER``.

    One mailbox in two systems is one person known to both, and no duplicate.

    The audit's views must have been laid; the pairs that its rules found are taken over.
    """
    if not any(row for row in stack.connection.execute("select 1 from person limit 1").fetchall()):
        return
    lay_pairs(stack.connection)
    rows = stack.connection.execute(
        f"""select p.list, p.probability, a.system, a.shown, a.email_raw, {shown_name("a")},
            b.system, b.shown, b.email_raw, {shown_name("b")}
        from {PAIRS} p join {PEOPLE} a on a.place = p.a join {PEOPLE} b on b.place = p.b
        where a.system = b.system or p.list <> 'same_mailbox'
        order by p.probability desc nulls last, p.a, p.b"""
    ).fetchall()
    for why, sure, *cells in rows:
        shown = "" if sure is None else f"{sure:.2f}"
        yield (
            str(why).replace("_", " "),
            shown,
            *("" if cell is None else str(cell) for cell in cells),
        )
