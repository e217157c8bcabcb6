"""What members' purchases come to: counted for whoever bought, from the stream, and for everybody every night."""

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from time import perf_counter

from django.db import connection, transaction

from segments.models import StaleTotals, Totals, TotalsCount
from segments.queries import members_out_of_totals

BATCH = 2000
THE_ONE = 1
TABLE = Totals._meta.db_table
COLUMNS = ", ".join(str(field.column) for field in Totals._meta.concrete_fields)
COUNTED = (Path(__file__).parent / "totals.sql").read_text()
_KEPT, _COUNTED = (f"SELECT {COLUMNS} FROM {table}" for table in (TABLE, "counted"))  # noqa: S608 - our own names
DIFFERING = (
    f"SELECT member_id FROM ({_KEPT} EXCEPT {_COUNTED}) AS kept"  # noqa: S608 - our own names
    f" UNION SELECT member_id FROM ({_COUNTED} EXCEPT {_KEPT}) AS counted"
)


def note_purchases(*, member_ids: Collection[int | None], now: datetime) -> None:
    """Have the totals of these members counted anew; of guests there are none."""
    known = sorted({pk for pk in member_ids if pk is not None})
    StaleTotals.objects.bulk_create(StaleTotals(member_id=pk, noted_at=now) for pk in known)


@transaction.atomic
def fold_totals() -> bool:
    """Count the totals of the members noted first; tells whether more may wait."""
    count = _locked()
    notes = dict(StaleTotals.objects.order_by("pk").values_list("pk", "member_id")[:BATCH])
    if count.counted_at is not None and notes:
        _count_anew(sorted(set(notes.values())))
    StaleTotals.objects.filter(pk__in=list(notes)).delete()
    return len(notes) == BATCH


def _locked() -> TotalsCount:
    """One at a time: of two who count the same member, the one who writes last must have seen the most."""
    TotalsCount.objects.get_or_create(pk=THE_ONE)
    return TotalsCount.objects.select_for_update().get(pk=THE_ONE)


def _count_anew(member_ids: Sequence[int]) -> None:
    Totals.objects.filter(pk__in=member_ids).delete()
    theirs = f"AND member_id IN ({', '.join(['%s'] * len(member_ids))})"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} ({COLUMNS}) {COUNTED.format(theirs=theirs)}",
            [*member_ids, *member_ids],
        )


@transaction.atomic
def count_totals(*, now: datetime) -> TotalsCount:
    """Count the totals of everybody, and put right what is not as counted.

    ``wrong`` is how many were not, although nothing had happened to them since they were last counted.
    """
    started = perf_counter()
    count = _locked()
    awaited = members_out_of_totals(now) or frozenset()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE counted AS {COUNTED.format(theirs='')}")
        cursor.execute(f"CREATE TEMPORARY TABLE differing AS {DIFFERING}")
        cursor.execute("SELECT member_id FROM differing")
        wrong = {pk for (pk,) in cursor.fetchall()} - awaited if count.counted_at else ()
        cursor.execute(f"DELETE FROM {TABLE} WHERE member_id IN (SELECT member_id FROM differing)")  # noqa: S608
        cursor.execute(
            f"INSERT INTO {TABLE} ({COLUMNS}) SELECT {COLUMNS} FROM counted"  # noqa: S608 - our own names
            " WHERE member_id IN (SELECT member_id FROM differing)"
        )
        for table in ("counted", "differing"):
            cursor.execute(f"DROP TABLE {table}")
        cursor.execute(f"ANALYZE {TABLE}")
    count.counted_at, count.wrong = now, len(wrong)
    count.took_ms = int((perf_counter() - started) * 1000)
    count.save()
    return count
