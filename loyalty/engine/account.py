"""One account as the engine sees it: a small ledger in memory that keeps the ledger's laws.

It is loaded with what is open, changed by the steps of a computation, and remembers every change
as an effect. Storing the effects is the shell's work.
"""

from bisect import insort
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from loyalty.engine.calendar import EMPTY_COURSE, Course, Span, local_day
from loyalty.engine.effects import (
    OPEN_VOUCHERS,
    Allocation,
    Because,
    Closing,
    Credit,
    Debt,
    Effect,
    Entry,
    ForAnother,
    FundEntry,
    Held,
    Hold,
    Lot,
    LotExtended,
    Ref,
    TierMove,
    Voucher,
    VoucherChange,
)
from loyalty.engine.expansion import thing_of
from loyalty.engine.happening import Person
from loyalty.engine.objects import Meter
from loyalty.engine.stock import Shelf
from loyalty.engine.values.window import Window

__all__ = [
    "OPEN_VOUCHERS",
    "Account",
    "Allocation",
    "Because",
    "Closing",
    "Credit",
    "Debt",
    "Effect",
    "Entry",
    "ForAnother",
    "FundEntry",
    "Happened",
    "Held",
    "Hold",
    "Lot",
    "LotExtended",
    "Ref",
    "TierMove",
    "Voucher",
    "VoucherChange",
]
# Windows that depend on what has happened, and not on the calendar and joining alone.
BY_EVENTS = ("opened_by_first", "chain")


class Happened(NamedTuple):
    """One thing that is remembered: when it counts, how much, and the order or act that it came of."""

    at: datetime
    amount: int
    source: str = ""


@dataclass(slots=True)
class Account:
    """What the engine knows of an account.

    ``history`` remembers, by name, what counts in windows: what was earned of a meter (its key), what a rule
    gave (``rule.`` and its key), what happened (``event.`` and its kind) and what was accepted (``accepted.``). ``last_at`` says when something
    happened last (purchase, earn, redeem, an act), when a conversion ran (``run.``) or a window started anew
    (``restart.``). ``choices`` are the member's own, in smallest parts. ``people`` are its members by their ref,
    ``person`` is the first of them. ``is_mixed`` where some of what was earned on it is another's by now, or the reverse.
    ``backing`` is what each debit took of which lots, and ``given_back`` how much of
    a voucher's debit has come back, by debit and the order that gave it.
    """

    joined_at: datetime
    computed_to: datetime
    new_ref: Callable[[], Ref]
    closed_at: datetime | None = None
    sequence: int = 0
    person: Person | None = None
    people: dict[str, Person] = field(default_factory=dict)
    last_at: dict[str, datetime] = field(default_factory=dict)
    choices: dict[str, int] = field(default_factory=dict)
    holds: list[Hold] = field(default_factory=list)
    balances: dict[str, int] = field(default_factory=dict)
    lots: list[Lot] = field(default_factory=list)
    debts: list[Debt] = field(default_factory=list)
    history: dict[str, list[Happened]] = field(default_factory=dict)
    vouchers: list[Voucher] = field(default_factory=list)
    tiers: dict[str, Held] = field(default_factory=dict)
    tier_history: list[tuple[datetime, str, str]] = field(default_factory=list)
    backing: dict[Ref, list[tuple[Lot, int]]] = field(default_factory=dict)
    given_back: dict[tuple[Ref, str], int] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)
    shelf: Shelf = field(default_factory=Shelf)
    is_mixed: bool = False

    def balance(self, meter: str) -> int:
        return self.balances.get(meter, 0)

    def tier(self, ladder: str) -> str:
        held = self.tiers.get(ladder)
        return held.tier if held else ""

    def open_lots(self, meter: str) -> list[Lot]:
        return [lot for lot in self.lots if lot.remaining and lot.meter == meter]

    def available(self, meter: str, at: datetime) -> int:
        return sum([lot.remaining for lot in self.open_lots(meter) if lot.is_available(at)])

    def free(self, meter: str, at: datetime, order: str = "") -> int:
        """What a member may choose to use: what is available and not held for another order than ``order``."""
        held = (one for one in self.holds if one.meter == meter and one.order != order and at < one.until)
        return max(self.available(meter, at) - sum(one.amount for one in held), 0)

    def pending(self, meter: str, at: datetime) -> int:
        return sum(lot.remaining for lot in self.open_lots(meter) if at < lot.available_from)

    def debt(self, meter: str) -> int:
        return sum(debt.amount for debt in self.debts if debt.meter == meter)

    def earned_in(self, meter: str, span: Span) -> int:
        past = self.history.get(meter)
        return sum([one.amount for one in _within(past, span)]) if past else 0

    def given_in(self, rule: str, span: Span) -> tuple[int, int]:
        """How much a rule gave, and for how many orders or acts something of it still stands."""
        standing = self.standing(f"rule.{rule}", span)
        return sum(standing.values()), len(standing)

    def amounts_of(self, event: str, span: Span) -> list[int]:
        """The amount of each time that ``event`` happened and still stands."""
        return list(self.standing(f"event.{event}", span).values())

    def tiers_held(self, ladder: str, span: Span) -> list[str]:
        """Every tier held on ``ladder`` at some time in ``span``."""
        changes = [(at, tier) for at, of, tier in self.tier_history if of == ladder]
        if not changes:
            return []
        ends = [at for at, _tier in changes[1:]] + [None]
        return sorted(
            {
                tier
                for (at, tier), end in zip(changes, ends, strict=True)
                if tier
                and (span.end is None or at < span.end)
                and (span.start is None or end is None or end > span.start)
            }
        )

    def last_of(self, name: str) -> datetime | None:
        found = self.history.get(name)
        return max(one.at for one in found) if found else None

    def accepted_at(self, offer: str, at: datetime) -> datetime | None:
        """When an offer was accepted, if that was before ``at``."""
        times = [one.at for one in self.history.get(f"accepted.{offer}", ()) if one.at <= at]
        return max(times, default=None)

    def span(self, name: str, window: Window, at: datetime, zone: ZoneInfo) -> Span:
        """The window of ``name`` that ``at`` lies in, of what has counted since it last began anew."""
        found = window.span(at, zone, self.course(name, window, zone))
        marks = (self.last_at.get("anew"), self.last_at.get(f"anew.{name}"))
        anew = max((one for one in marks if one and one <= at), default=None)
        if anew is None or (found.start is not None and found.start >= anew):
            return found
        return Span(anew, found.end)

    def course(self, name: str, window: Window, zone: ZoneInfo) -> Course:
        """What of this account's course ``window`` depends on, where it counts ``name``."""
        if window.kind in ("lifetime", "calendar", "trailing") and window.restart == "no":
            return EMPTY_COURSE
        run = self.last_at.get(f"run.{name}")
        restarted = self.last_at.get(f"restart.{name}") if window.restart != "no" else None
        events = self.history.get(name, ()) if window.kind in BY_EVENTS else ()
        return Course(
            joined=local_day(self.joined_at, zone),
            restarted=local_day(restarted, zone) if restarted else None,
            events=sorted({local_day(one.at, zone) for one in events if one.amount > 0}),
            last_run=local_day(run, zone) if run else None,
        )

    def remember(self, name: str, at: datetime, amount: int, source: str = "") -> None:
        happened = Happened(at, amount, source)
        if (past := self.history.get(name)) is None:
            self.history[name] = [happened]
        else:
            past.append(happened)

    def note(self, what: str, at: datetime) -> None:
        """``what`` has happened last at ``at``, if not later."""
        known = self.last_at.get(what)
        if known is None or known < at:
            self.last_at[what] = at

    def hold(self, voucher: Voucher) -> None:
        """One more voucher, among the others in the order of issue, whatever the order in which the club heard of it."""
        insort(self.vouchers, voucher, key=attrgetter("issued_at"))

    def take_effects(self) -> list[Effect]:
        """What has happened since the last call."""
        effects, self.effects = self.effects, []
        return effects

    def credit(
        self,
        meter: Meter,
        amount: int,
        kind: str,
        at: datetime,
        because: Because,
        *,
        available_from: datetime | None = None,
        expires_at: datetime | None = None,
        counts_at: datetime | None = None,
        earned_at: datetime | None = None,
        **details: Any,
    ) -> Entry:
        """Add ``amount``; it opens a lot that first repays debt. Earned amounts count in windows.

        ``earned_at`` where the lot is older than its entry.
        """
        entry = self._entry(meter.key, amount, kind, at, because, counts_at or at, details)
        if meter.is_spendable:
            born, usable = earned_at or at, available_from or at
            entry.lot = Lot(entry.ref, meter.key, amount, amount, born, usable, expires_at, entry.order)
            # Oldest first, whatever the order in which the club heard of it.
            insort(self.lots, entry.lot, key=attrgetter("earned_at"))
            if self.debts:
                self._repay(entry.lot)
        return entry

    def debit(
        self,
        meter: Meter,
        amount: int,
        kind: str,
        at: datetime,
        because: Because,
        lots: Iterable[Lot] = (),
        counts_at: datetime | None = None,
        **details: Any,
    ) -> Entry:
        """Take ``amount`` from ``lots`` in their order; what they do not hold becomes debt."""
        entry = self._entry(meter.key, -amount, kind, at, because, counts_at or at, details)
        if meter.is_spendable:
            missing = amount
            for lot in lots:
                missing -= self._allocate(entry.ref, lot, missing)
            if missing:
                self.debts.append(Debt(entry.ref, meter.key, missing))
        return entry

    def by_consumption(self, meter: Meter, at: datetime) -> list[Lot]:
        """Lots that can be spent at ``at``, in the order the programme uses them."""
        found = [lot for lot in self.open_lots(meter.key) if lot.is_available(at)]
        if meter.consumption == "soonest":
            found.sort(key=lambda lot: (lot.expires_at is None, lot.expires_at or lot.available_from))
        elif meter.consumption == "newest":
            found.reverse()
        return found

    def standing(self, name: str, span: Span) -> dict[str, int]:
        """What is left of each source of what is remembered as ``name``, of those with something left; oldest first."""
        found: dict[str, int] = {}
        for number, one in enumerate(_within(self.history.get(name, []), span)):
            source = one.source or str(number)
            found[source] = found.get(source, 0) + one.amount
        return {source: amount for source, amount in found.items() if amount > 0}

    def _entry(
        self,
        meter: str,
        amount: int,
        kind: str,
        at: datetime,
        because: Because,
        counts_at: datetime,
        details: dict[str, Any],
    ) -> Entry:
        self.sequence += 1
        entry = Entry(self.new_ref(), self.sequence, meter, kind, amount, at, because, **details)
        entry.counts_at = counts_at
        self.balances[meter] = self.balance(meter) + amount
        if kind in ("earn", "reverse"):
            self.remember(meter, counts_at, amount, thing_of(entry.rule) or entry.order)
            self.remember(f"rule.{entry.rule}", counts_at, amount, entry.order)
        self.effects.append(entry)
        return entry

    def _allocate(self, debit: Ref, lot: Lot, wanted: int) -> int:
        taken = min(lot.remaining, wanted)
        if taken:
            lot.remaining -= taken
            self.backing.setdefault(debit, []).append((lot, taken))
            self.effects.append(Allocation(debit, lot, taken))
        return taken

    def _repay(self, lot: Lot) -> None:
        for debt in self.debts:
            if debt.meter == lot.meter:
                debt.amount -= self._allocate(debt.debit, lot, debt.amount)
        self.debts = [debt for debt in self.debts if debt.amount]


def _within(past: list[Happened], span: Span) -> list[Happened]:
    """What of ``past`` lies in ``span``: windows are asked for at every order, and most of them begin and end."""
    start, end = span.start, span.end
    if start is None or end is None:
        return [one for one in past if one.at in span]
    return [one for one in past if start <= one.at < end]
