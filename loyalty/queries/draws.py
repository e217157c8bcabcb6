"""Draws and funds as everybody may see them: entries, what was drawn and how to check it, and what a fund holds."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from loyalty.engine import draws
from loyalty.engine.objects import Draw, Fund, Prize
from loyalty.engine.programme import Programme
from loyalty.engine.reading import Reading
from loyalty.models import DrawResult, FundEntry
from loyalty.queries.programmes import published_names, recent_timetable
from members.models import Account

RESULTS = 12


@dataclass(frozen=True, slots=True)
class DrawReading:
    """``entries`` are the member's own in the pool that runs; ``drawn_at`` is when it is drawn, ``None`` when all are."""

    key: str
    prizes: tuple[Prize, ...]
    first_day: date
    last_day: date
    entries: int
    pool_last_day: date | None
    drawn_at: datetime | None
    results: list[DrawResult]


@dataclass(frozen=True, slots=True)
class FundReading:
    """Öre: what a fund holds, what it has been given, and what was granted out of it."""

    key: str
    balance_ore: int
    given_ore: int
    granted_ore: int
    grant_min_ore: int
    grant_max_ore: int


@dataclass(frozen=True, slots=True)
class Ticket:
    """One line of the list that was drawn from: ``who``, and the places that are theirs, from ``first`` to ``last``."""

    who: str
    first: int
    last: int
    is_winner: bool


def draws_of(reading: Reading) -> list[DrawReading]:
    """The draws of the programme, with the newest results of each."""
    known = reading.programme.draws
    results = _results([draw.key for draw in known])
    return [_draw(reading, draw, results.get(draw.key, [])) for draw in known]


def _results(keys: list[str]) -> dict[str, list[DrawResult]]:
    found: dict[str, list[DrawResult]] = {}
    if keys:
        newest = DrawResult.objects.filter(draw__in=keys).defer("entries").order_by("-first_date")
        for row in newest[: RESULTS * len(keys)]:
            found.setdefault(row.draw, []).append(row)
    return found


def _draw(reading: Reading, draw: Draw, results: list[DrawResult]) -> DrawReading:
    pools = draws.pools_of(reading.programme, draw)
    pool = next((one for one in pools if one.drawn_at > reading.at), None)
    return DrawReading(
        key=draw.key,
        prizes=draw.prizes,
        first_day=draw.from_date,
        last_day=draw.to_date,
        entries=draws.entries_of(reading.programme, draw, pool, reading.account) if pool else 0,
        pool_last_day=pool.last if pool else None,
        drawn_at=pool.drawn_at if pool else None,
        results=results,
    )


def tickets_of(result: DrawResult) -> list[Ticket]:
    """The list that was drawn from, in its order."""
    winners = {one["account"] for one in result.winners}
    found, place = [], 1
    for who in draws.listed(result.entries):
        count = result.entries[who]
        if count > 0:
            found.append(Ticket(who, place, place + count - 1, who in winners))
            place += count
    return found


def funds_of(programme: Programme, *, is_public: bool = True) -> list[FundReading]:
    """The funds of the programme; only those that everybody may see, unless told otherwise."""
    names = published_names()
    known = [
        fund
        for fund in programme.funds.values()
        if not is_public or names.get(("funds", fund.key), {}).get("is_shown", True)
    ]
    if not known:
        return []
    moved = dict[str, tuple[int, int]]()
    rows = FundEntry.objects.filter(fund__in=[fund.key for fund in known]).values("fund")
    for row in rows.annotate(given=_sum(amount_ore__gt=0), granted=_sum(amount_ore__lt=0)).order_by():
        moved[row["fund"]] = row["given"], -row["granted"]
    return [_fund(fund, *moved.get(fund.key, (0, 0))) for fund in known]


def every_fund(at: datetime) -> list[FundReading]:
    """The funds of the programme in force at ``at``, hidden ones too."""
    programme = recent_timetable().latest(at)
    return funds_of(programme, is_public=False) if programme else []


def _sum(**which: int) -> Coalesce:
    return Coalesce(Sum("amount_ore", filter=Q(**which)), 0)


def _fund(fund: Fund, given: int, granted: int) -> FundReading:
    return FundReading(
        key=fund.key,
        balance_ore=fund.opening + given - granted,
        given_ore=fund.opening + given,
        granted_ore=granted,
        grant_min_ore=fund.grant_min,
        grant_max_ore=fund.grant_max,
    )


def is_as_drawn(result: DrawResult) -> bool | None:
    """Whether drawing again from the stored list and seed gives the same winners; ``None`` for a draw that no version has."""
    versions = recent_timetable()
    programme = versions.latest(result.drawn_at)
    draw = next((one for one in programme.draws if one.key == result.draw), None) if programme else None
    if draw is None:
        return None
    pool = draws.Pool(result.first_date, result.last_date, result.drawn_at)
    earlier = DrawResult.objects.filter(draw=result.draw, pk__lt=result.pk)
    wins = wins_before(earlier, result.entries, result.drawn_at)
    again = draws.winners_of(replace(draw, seed=result.seed), pool, result.entries, wins)
    return [win.who for win in again] == [one["account"] for one in result.winners]


def wins_before(earlier: QuerySet[DrawResult], entries: Iterable[str], at: datetime) -> Counter[str]:
    """How often each of those who have ``entries`` had won in ``earlier`` by ``at``: also by what had become theirs."""
    won = Counter(one["account"] for winners in earlier.values_list("winners", flat=True) for one in winners)
    listed = set(entries)
    rows = Account.objects.filter(pk__in=map(int, {*won, *listed}), merged_into__isnull=False)
    merged = {
        str(pk): (str(into), ended) for pk, into, ended in rows.values_list("pk", "merged_into", "closed_at")
    }
    heirs = {merged[who][0] if who in merged else who: who for who in listed}
    for who in [one for one in won if one not in listed and one in merged]:
        into, ended = merged[who]
        if ended and ended <= at and into in heirs:
            won[heirs[into]] += won[who]
    return won
