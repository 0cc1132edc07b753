"""Which records of one list, or of two, are one person or company."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.audit.duplicates.asking import filled_columns
from leadline.audit.duplicates.candidates import lay_pairs
from leadline.audit.duplicates.comparisons import chosen
from leadline.audit.duplicates.probably_same import lay_scores
from leadline.audit.duplicates.records import RECORDS, Listing, lay_records

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation


def link(connection, left, right=None):
    import time
    t=time.time(); p=time.process_time()
    def tick(what):
        nonlocal t,p
        print(f"{what:12} wall {time.time()-t:.2f} cpu {time.process_time()-p:.2f}"); t=time.time(); p=time.process_time()
    extras = lay_records(connection, left, right)
    tick('records')
    n = lay_pairs(connection, extras, two_lists=right is not None)
    tick(f'pairs {n}')
    known=filled_columns(connection,RECORDS)
    comps=chosen(known,extras)
    l,r=connection.execute(f"select count(*) filter (side='l'), count(*) filter (side='r') from {RECORDS}").fetchall()[0]
    total = l*r if right else l*(l-1)//2
    s=lay_scores(connection, comps, total)
    tick('scores')
    from leadline.audit.duplicates.judgement import lay_judged
    lay_judged(connection,s,total)
    tick('judged')
    return s
