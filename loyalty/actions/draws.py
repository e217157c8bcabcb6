"""Draws: each pool is drawn once, when it is due, and its prizes are booked in the same transaction."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Sum
from django.db.models.functions import Coalesce

from loyalty.actions.accounts import open_accounts
from loyalty.actions.booking import Context, book
from loyalty.actions.changing import owners
from loyalty.engine import draws
from loyalty.engine.calendar import day_end, day_start
from loyalty.engine.draws import Pool, Win
from loyalty.engine.due import catch_up
from loyalty.engine.objects import Draw
from loyalty.engine.programme import Programme, Timetable
from loyalty.models import DrawResult, Entry
from loyalty.queries.draws import wins_before
from loyalty.queries.programmes import timetable as published_timetable
from members.actions import UnableToDraw
from members.models import Member


def due_pools(at: datetime) -> list[tuple[Draw, Pool]]:
    """The pools that were to be drawn by ``at`` and have not been, in the order of their draws."""
    programme = published_timetable().latest(at)
    if programme is None or not programme.draws:
        return []
    return draws.due_pools(programme, _drawn(), at)


def _drawn() -> set[tuple[str, date]]:
    return set(DrawResult.objects.values_list("draw", "first_date"))


def draw_now(*, draw: str, now: datetime, actor: str) -> list[DrawResult]:
    """Draw every pool of ``draw`` that has not been. Raises ``UnableToDraw``."""
    programme = published_timetable().latest(now)
    found = next((one for one in programme.draws if one.key == draw), None) if programme else None
    if programme is None or found is None:
        raise UnableToDraw("no_such_draw", draw=draw)
    drawn = _drawn()
    held = [
        hold_draw(draw=found, pool=pool, now=now)
        for pool in draws.pools_of(programme, found)
        if (draw, pool.first) not in drawn
    ]
    return [result for result in held if result is not None]


def hold_draw(*, draw: Draw, pool: Pool, now: datetime) -> DrawResult | None:
    """Draw ``pool`` and give its prizes; ``None`` where somebody else has drawn it."""
    try:
        with transaction.atomic():
            return _hold(published_timetable(), draw, pool, now)
    except IntegrityError:
        if not DrawResult.objects.filter(draw=draw.key, first_date=pool.first).exists():
            raise
        return None


def _hold(timetable: Timetable, draw: Draw, pool: Pool, now: datetime) -> DrawResult:
    at = pool.drawn_at
    programme = draws.rules_of(timetable, draw, at)
    entries = _entries(programme, draw, pool)
    wins = draws.winners_of(
        draw, pool, entries, wins_before(DrawResult.objects.filter(draw=draw.key), entries, at)
    )
    result = DrawResult.objects.create(
        draw=draw.key,
        first_date=pool.first,
        last_date=pool.last,
        seed=draw.seed,
        entries=entries,
        winners=[_told(win) for win in wins],
        drawn_at=at,
    )
    ids = {int(win.who) for win in wins}
    accounts = open_accounts(timetable, ids, since=at)
    for account in accounts.values():
        catch_up(timetable, account, at)
    for win in wins:
        draws.give_prize(programme, accounts[int(win.who)], draw, win, at)
    book(Context(timetable, now, members=owners(ids)), accounts)
    return result


def _entries(programme: Programme, draw: Draw, pool: Pool) -> dict[str, int]:
    """How many entries each account has in ``pool``, those with none left out."""
    # Who has the order or act by now has what it gave: an account that has become part of another wins nothing.
    owner = Coalesce("order__account_id", "act__account_id", "account__merged_into_id", "account_id")
    counted = Entry.objects.annotate(owner=owner).filter(
        meter=draw.meter,
        kind__in=[Entry.Kind.EARN, Entry.Kind.REVERSE],
        counts_at__gte=day_start(pool.first, programme.zone),
        counts_at__lt=day_end(pool.last, programme.zone),
    )
    if not draw.takes_staff:
        staff = Member.objects.filter(account_id=OuterRef("owner"), is_staff_member=True)
        counted = counted.exclude(Exists(staff))
    sums = counted.order_by().values("owner").annotate(entries=Sum("amount")).filter(entries__gt=0)
    return {str(row["owner"]): row["entries"] for row in sums.order_by("owner")}


def _told(win: Win) -> dict[str, object]:
    prize = win.prize
    return {"account": win.who, "meter": prize.meter, "reward": prize.reward, "amount": prize.amount}
