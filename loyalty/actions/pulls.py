"""Fetching a shop's past, a page at a time: each page becomes deliveries, which are worked as any others."""

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from loyalty.models import ShopConnection, ShopDelivery, ShopPull
from members.actions import UnableTo
from members.actions.activities import wait_after

logger = logging.getLogger(__name__)

# A worker that dies while the shop answers leaves the page to the next one after this.
LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 10
PAGES_AT_A_TIME = 20


class UnableToPull(UnableTo):
    """``api_is_not_set``, ``pull_is_running``, ``nothing_to_resume``."""


class ShopDidNotAnswer(UnableTo):
    """The page could not be had. ``is_final`` says that asking again is no use; ``wait`` is what the shop asks for."""

    def __init__(
        self, key: str, *, is_final: bool = False, wait: timedelta | None = None, **facts: object
    ) -> None:
        super().__init__(key, **facts)
        self.is_final = is_final
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Told:
    """One thing of a page, as a webhook on ``topic`` would have told it."""

    topic: str
    id: str
    body: str


@dataclass(frozen=True, slots=True)
class PulledPage:
    """``stage`` and ``place`` are where the next page is, both empty after the last; ``wait`` is before it."""

    told: Sequence[Told]
    stage: str
    place: str
    wait: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class PullRun:
    """How many pages were fetched; ``is_full`` when more may be due."""

    pages: int
    is_full: bool
    facts: Mapping[str, object] = field(default_factory=dict)


# Asks a shop for the page that a pull has come to. Raises ``ShopDidNotAnswer``.
Ask = Callable[[ShopPull], PulledPage]


@transaction.atomic
def start_pull(*, shop: ShopConnection, since: datetime | None, now: datetime, actor: str) -> ShopPull:
    """Begin to fetch what was bought since then, or all of it. Raises ``UnableToPull``."""
    if not (shop.api_url and shop.api_secret):
        raise UnableToPull("api_is_not_set")
    try:
        with transaction.atomic():
            return ShopPull.objects.create(
                shop=shop, since=since, started_by=actor, started_at=now, due_at=now
            )
    except IntegrityError:
        raise UnableToPull("pull_is_running") from None


def stop_pull(*, shop: ShopConnection, now: datetime) -> None:
    """Fetch no more pages; what has been fetched is worked all the same."""
    running = ShopPull.objects.filter(shop=shop, state=ShopPull.State.RUNNING)
    running.update(state=ShopPull.State.STOPPED, due_at=None, ended_at=now)


@transaction.atomic
def resume_pull(*, shop: ShopConnection, now: datetime) -> ShopPull:
    """Go on where the last one stopped or failed. Raises ``UnableToPull``."""
    last = ShopPull.objects.select_for_update().filter(shop=shop).order_by("-pk").first()
    if last is None or last.state not in (ShopPull.State.STOPPED, ShopPull.State.FAILED):
        raise UnableToPull("nothing_to_resume")
    last.state, last.due_at, last.ended_at = ShopPull.State.RUNNING, now, None
    last.attempts, last.problem, last.facts = 0, "", {}
    last.save()
    return last


def run_pulls(*, ask: Ask, now: datetime, limit: int = PAGES_AT_A_TIME) -> PullRun:
    """Fetch the pages that are due, at most ``limit``. No transaction is open while a shop answers."""
    pages = 0
    while pages < limit and (pull := _claim(now)) is not None:
        try:
            page = ask(pull)
        except ShopDidNotAnswer as error:
            _note_problem(pull, error, now)
        else:
            _keep(pull, page, now)
        pages += 1
    return PullRun(pages, is_full=pages >= limit)


@transaction.atomic
def _claim(now: datetime) -> ShopPull | None:
    """A page that is due; nobody else takes it before its lease has run out."""
    due = ShopPull.objects.filter(state=ShopPull.State.RUNNING, due_at__lte=now, shop__is_active=True)
    locked = due.select_for_update(skip_locked=True, of=("self",)).select_related("shop")
    pull = locked.order_by("due_at", "pk").first()
    if pull is not None:
        pull.due_at = now + LEASE
        pull.save(update_fields=["due_at"])
    return pull


@transaction.atomic
def _keep(pull: ShopPull, page: PulledPage, now: datetime) -> None:
    """The page as deliveries, and the place after it, together: killed before, the page is fetched again."""
    row = ShopPull.objects.select_for_update().get(pk=pull.pk)
    if (row.stage, row.place) != (pull.stage, pull.place):  # its lease ran out, and somebody else was here
        return
    ShopDelivery.objects.bulk_create(
        [_delivery(pull.shop, one, now) for one in page.told], ignore_conflicts=True
    )
    row.pages += 1
    row.found += len(page.told)
    row.attempts, row.problem, row.facts = 0, "", {}
    row.stage, row.place = page.stage, page.place
    if row.state == ShopPull.State.RUNNING:
        is_last = not page.stage
        row.state = ShopPull.State.FINISHED if is_last else row.state
        row.due_at, row.ended_at = (None, now) if is_last else (now + page.wait, None)
    row.save()


def _delivery(shop: ShopConnection, told: Told, now: datetime) -> ShopDelivery:
    """The same thing fetched again, unchanged, is the same delivery."""
    return ShopDelivery(
        shop=shop,
        topic=told.topic[:80],
        delivery_id=f"pull-{told.topic}-{told.id}"[:120],
        digest=hashlib.sha256(told.body.encode()).hexdigest(),
        body=told.body,
        received_at=now,
        due_at=now,
    )


def _note_problem(pull: ShopPull, error: ShopDidNotAnswer, now: datetime) -> None:
    """Try again later, longer each time; being asked to wait costs no attempt."""
    attempts = pull.attempts if error.wait else pull.attempts + 1
    told = {name: str(fact) for name, fact in error.facts.items()}
    running = ShopPull.objects.filter(pk=pull.pk, state=ShopPull.State.RUNNING)
    if error.is_final or attempts >= MOST_ATTEMPTS:
        logger.warning("Fetching from shop %s failed: %s", pull.shop_id, error)
        running.update(state=ShopPull.State.FAILED, problem=error.key, facts=told, due_at=None, ended_at=now)
        return
    due_at = now + (error.wait or wait_after(attempts))
    running.update(attempts=attempts, problem=error.key, facts=told, due_at=due_at)
