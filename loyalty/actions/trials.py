"""Trying a draft on the shop's own orders: chunk after chunk of accounts, and nothing in the ledger.

A run is made in parts, so that several workers can share it. A part's figures and the account they
reach move together, in one short transaction after each chunk. So what a killed worker began goes on
where it stopped, and no account is counted twice. Locks are taken run first, then part.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from loyalty.engine.files import errors_of
from loyalty.models import ProgrammeVersion, TrialPart, TrialRun
from loyalty.queries.documents import document_of
from loyalty.queries.trials import (
    Chunk,
    Trial,
    first_moment,
    from_json,
    has_orders,
    has_stock,
    merged,
    next_chunk,
    rules_of,
    terms_of,
    to_json,
    trial_of,
    version_in_force,
)
from members.actions import UnableTo
from members.models import Account

logger = logging.getLogger(__name__)

PARTS = 4
CHUNK = 200
CHUNKS = 10
# A worker that has had a part for so long is dead, and another one takes over.
LEASE = timedelta(minutes=2)
MOST_MONTHS = 60


class UnableToTry(UnableTo):
    """``programme_is_not_valid`` with its ``errors``, ``months_are_not_possible``,
    ``share_is_not_possible``, ``no_orders_to_try_on`` or ``trial_is_running``."""


@transaction.atomic
def start_trial(
    *,
    version: ProgrammeVersion,
    months: int,
    used_percent: int,
    actor: str,
    now: datetime,
    parts: int = PARTS,
) -> TrialRun:
    """Ask for a trial of ``version`` over this month and the ones before it, ``months`` in all.

    At most ``parts`` workers share it, and one alone where a reward has a stock. Raises ``UnableToTry``.
    """
    if not 1 <= months <= MOST_MONTHS:
        raise UnableToTry("months_are_not_possible", most=MOST_MONTHS)
    if not 0 <= used_percent <= 100:
        raise UnableToTry("share_is_not_possible")
    document = document_of(version)
    if errors := errors_of(document):
        raise UnableToTry("programme_is_not_valid", errors=[str(error) for error in errors])
    since = first_moment(months, now, timezone.get_default_timezone())
    if not has_orders(since, now):
        raise UnableToTry("no_orders_to_try_on", months=months)
    accounts = Account.objects.filter(opened_at__lt=now).aggregate(
        number=Count("pk"), first=Min("pk"), last=Max("pk")
    )
    try:
        with transaction.atomic():
            run = TrialRun.objects.create(
                version=version,
                document=document,
                against=version_in_force(now),
                months=months,
                used_percent=used_percent,
                since=since,
                total_accounts=accounts["number"],
                asked_by=actor,
                asked_at=now,
            )
    except IntegrityError as error:
        raise UnableToTry("trial_is_running", version=version.name) from error
    tried = [document, (run.against and run.against.document) or {}]
    # What everybody takes from is gone through by one worker.
    shared = 1 if any(map(has_stock, tried)) else parts
    TrialPart.objects.bulk_create(_parts(run, accounts["first"], accounts["last"], shared))
    return run


def _parts(run: TrialRun, first: int, last: int, parts: int) -> Iterator[TrialPart]:
    width = -(-(last - first + 1) // parts)
    for start in range(first, last + 1, width):
        yield TrialPart(run=run, first_account=start, last_account=start + width - 1, reached=start - 1)


def run_trials(*, now: datetime, size: int = CHUNK, chunks: int = CHUNKS) -> bool:
    """Work on the oldest part that nobody else works on, at most ``chunks`` times ``size`` accounts.

    Answers whether there may be more to do.
    """
    part = _claimed(now)
    if part is None:
        return False
    try:
        _work(part, now, size, chunks)
    except Exception as error:
        logger.exception("A trial could not be carried out.")
        _end(part.run, TrialRun.State.FAILED, now, error=f"{type(error).__name__}: {error}")
    return True


def cancel_trial(*, run: TrialRun, now: datetime) -> None:
    """End a run before its time. One that has ended stays as it is."""
    _end(run, TrialRun.State.CANCELLED, now)


def _claimed(now: datetime) -> TrialPart | None:
    """A part to work on, held until ``LEASE`` from now."""
    is_free = Q(busy_until=None) | Q(busy_until__lte=now)
    parts = TrialPart.objects.filter(is_free, is_finished=False, run__state__in=TrialRun.LIVE)
    with transaction.atomic():
        part = parts.select_for_update(of=("self",), skip_locked=True).order_by("pk").first()
        if part is None:
            return None
        part.busy_until = now + LEASE
        part.save(update_fields=["busy_until"])
    queued = TrialRun.objects.filter(pk=part.run_id, state=TrialRun.State.QUEUED)
    queued.update(state=TrialRun.State.RUNNING, started_at=now)
    return part


def _work(part: TrialPart, now: datetime, size: int, chunks: int) -> None:
    run = part.run
    terms, draft = terms_of(run), rules_of(run.document)
    today = rules_of(run.against.document) if run.against and run.against.document else None
    for _ in range(chunks):
        chunk = next_chunk(terms, part, size)
        if chunk is None:
            _finish(part, now)
            return
        before = from_json(part.figures)
        if not _keep(part, chunk, trial_of(terms, draft, today, chunk.histories, before)):
            return
    TrialPart.objects.filter(pk=part.pk).update(busy_until=None)


@transaction.atomic
def _keep(part: TrialPart, chunk: Chunk, trial: Trial) -> bool:
    """Add what ``chunk`` came to. False: the run has ended, or another worker has moved the part on."""
    run = _locked(part.run)
    stored = TrialPart.objects.select_for_update().filter(pk=part.pk, reached=part.reached).first()
    if run is None or stored is None:
        return False
    part.reached, part.figures = chunk.last, to_json(merged([from_json(stored.figures), trial]))
    part.save(update_fields=["reached", "figures"])
    run.done_accounts += chunk.accounts
    run.save(update_fields=["done_accounts"])
    return True


@transaction.atomic
def _finish(part: TrialPart, now: datetime) -> None:
    """The part is done; with the last of them the run is."""
    run = _locked(part.run)
    if run is None:
        return
    run.parts.filter(pk=part.pk).update(is_finished=True)
    if run.parts.filter(is_finished=False).exists():
        return
    run.figures = to_json(merged(from_json(one.figures) for one in run.parts.all()))
    run.save(update_fields=["figures"])
    _end(run, TrialRun.State.FINISHED, now)


def _locked(run: TrialRun) -> TrialRun | None:
    """``run`` as it is now, or nothing when it has ended."""
    return TrialRun.objects.live().select_for_update(of=("self",)).filter(pk=run.pk).first()


@transaction.atomic
def _end(run: TrialRun, state: str, now: datetime, error: str = "") -> None:
    ended = TrialRun.objects.live().filter(pk=run.pk)
    if ended.update(state=state, finished_at=now, error=error):
        TrialPart.objects.filter(run=run).delete()
