"""Full runs: who is in a segment now, who came and who went, worked out in the database."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from time import perf_counter

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from members import actions as members
from members.models import Activity, Member
from members.models.together import Rows, insert_together
from segments.actions.holding import must_be_held
from segments.engine.errors import Malformed
from segments.engine.reading import canonical
from segments.engine.tree import Node
from segments.models import FullRun, Membership, Segment, Snapshot
from segments.queries import members_of, read_definition

logger = logging.getLogger(__name__)

ENTERED, LEFT = "segment.entered", "segment.left"
CHUNK = 1000
Ids = Sequence[int]


def recompute_segments(*, now: datetime, only_new: bool = False) -> list[Snapshot]:
    """Run every segment, or those that have not been run since they were saved, until somebody stops it.

    One whose definition no longer holds, as when a store that it names is gone, keeps whom it held.
    """
    segments = Segment.objects.order_by("pk")
    if only_new:
        segments = segments.filter(computed_at__isnull=True, held_at__isnull=True)
    waiting = list(segments)
    if not waiting:
        return []
    run = FullRun.objects.create(started_at=now, total=len(waiting))
    found = [_run(segment, now) for segment in _until_stopped(run, waiting)]
    FullRun.objects.filter(pk=run.pk).update(finished_at=Now())
    return [one for one in found if one is not None]


def _until_stopped(run: FullRun, waiting: Sequence[Segment]) -> Iterator[Segment]:
    mine = FullRun.objects.filter(pk=run.pk)
    for segment in waiting:
        if not mine.filter(stop_asked_by="").exists():
            return
        yield segment
        mine.update(done=F("done") + 1)


def stop_full_run(*, run: FullRun, actor: str) -> FullRun:
    """Have no further segment run; the one that is being run is finished. Said twice, nothing changes."""
    FullRun.objects.filter(pk=run.pk, finished_at__isnull=True, stop_asked_by="").update(stop_asked_by=actor)
    run.refresh_from_db()
    return run


def _run(segment: Segment, now: datetime) -> Snapshot | None:
    try:
        return recompute_segment(segment=segment, now=now)
    except Malformed as error:
        logger.warning("The segment %s can no longer be read: %s", segment.key, error)
        return None


@transaction.atomic
def recompute_segment(*, segment: Segment, now: datetime, is_confirmed: bool = False) -> Snapshot:
    """Make the memberships those of ``now``, and tell of who entered and who left.

    The first run of a version is a baseline, of which nobody is told. One that looks like a mistake is held, and
    changes nothing until it ``is_confirmed``. Raises ``Malformed`` where the definition no longer holds, as when a
    store that it names is gone.
    """
    started = perf_counter()
    segment = Segment.objects.select_for_update().get(pk=segment.pk)
    node = read_definition(segment.definition)
    is_baseline = segment.computed_at is None
    with transaction.atomic():
        entered, left = _replace(segment, node, now)
        size = segment.memberships.count()
        is_held = not is_confirmed and must_be_held(segment, size=size)
        transaction.set_rollback(is_held)
    if not is_held and not is_baseline:
        tell_of_moves(segment, entered=entered, left=left, now=now)
    _remember(segment, size, now, is_held=is_held)
    return Snapshot.objects.create(
        segment=segment,
        version=segment.version,
        definition=canonical(node),
        now=now,
        size=size,
        entered=len(entered),
        left=len(left),
        is_baseline=is_baseline,
        took_ms=int((perf_counter() - started) * 1000),
        is_held=is_held,
    )


def _remember(segment: Segment, size: int, now: datetime, *, is_held: bool) -> None:
    if is_held:
        segment.held_at = now
    else:
        segment.held_at, segment.computed_at, segment.size = None, now, size
    segment.save(update_fields=["held_at", "computed_at", "size"])


def _replace(segment: Segment, node: Node, now: datetime) -> tuple[Ids, Ids]:
    """The question is asked once, into a table of this transaction; two statements then move the memberships."""
    ids, params = members_of(node, now=now).order_by().values_list("pk").query.sql_with_params()
    table = connection.ops.quote_name(Membership._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE segment_run AS {ids}", params)
        cursor.execute(
            f"DELETE FROM {table} WHERE segment_id = %s"  # noqa: S608 - our own names
            " AND NOT EXISTS (SELECT 1 FROM segment_run WHERE segment_run.pk = member_id) RETURNING member_id",
            [segment.pk],
        )
        left = [member_id for (member_id,) in cursor.fetchall()]
        cursor.execute(
            f"INSERT INTO {table} (segment_id, member_id, entered_at)"  # noqa: S608 - our own names
            " SELECT %s, pk, %s FROM segment_run WHERE NOT EXISTS ("
            f"SELECT 1 FROM {table} WHERE segment_id = %s AND member_id = segment_run.pk) RETURNING member_id",
            [segment.pk, connection.ops.adapt_datetimefield_value(now), segment.pk],
        )
        entered = [member_id for (member_id,) in cursor.fetchall()]
        cursor.execute("DROP TABLE segment_run")
    return entered, left


def tell_of_moves(segment: Segment, *, entered: Ids, left: Ids, now: datetime) -> None:
    """Write that members entered and left, for whoever listens."""
    for kind, ids in ((ENTERED, entered), (LEFT, left)):
        for start in range(0, len(ids), CHUNK):
            _tell(kind, segment, ids[start : start + CHUNK], now)


def _tell(kind: str, segment: Segment, ids: Ids, now: datetime) -> None:
    accounts = Member.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "account_id")
    told = [
        members.new_activity(
            kind=kind,
            member_id=member_id,
            account_id=account_id,
            facts={"segment": segment.key, "version": segment.version},
            occurred_at=now,
            now=now,
        )
        for member_id, account_id in accounts
    ]
    insert_together(Rows(Activity, [vars(one) for one in told]))
