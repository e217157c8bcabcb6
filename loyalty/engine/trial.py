"""A trial run: what a programme would have given for what members really did, account by account.

Every account starts with nothing on the first day. Figures are sums, so the figures of many accounts
come out the same in whatever parts they are worked out. Only where there are so many of a reward for everybody is each
account tried with what those before it left: all together never get more of it than there are.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from fractions import Fraction
from functools import partial
from itertools import count
from operator import attrgetter
from zlib import crc32

from loyalty.engine.account import Account, Entry, VoucherChange
from loyalty.engine.calendar import local_day
from loyalty.engine.compute import Sale, accept, correct_order, place_order, reopen_vouchers, use_points
from loyalty.engine.due import catch_up
from loyalty.engine.errors import Refused
from loyalty.engine.happening import Line, MenuUse, Order, Person
from loyalty.engine.programme import Programme, Timetable
from loyalty.engine.stock import Shelf

Figures = Counter[tuple[str, ...]]
NOTHING: Mapping[str, int] = {}
Move = tuple[datetime, int, Callable[[datetime], None]]

# Where one group of the distribution of benefits ends and the next begins, in öre.
BENEFITS = (1, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000)


@dataclass(frozen=True, slots=True)
class Terms:
    """``since <= at < until``; of every hundred checks ``used_percent`` are used, each at the next order."""

    since: datetime
    until: datetime
    used_percent: int = 100


@dataclass(frozen=True, slots=True)
class Rules:
    """The programme that is tried; ``worth`` is öre for the smallest part of a meter that becomes money."""

    programme: Programme
    worth: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Back:
    """What of an order had come back by ``at``: (thousandths, öre before any check) so far by line ref."""

    at: datetime
    lines: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Bought:
    """An order as it would have been paid without any check, and what came back of it, oldest first.

    Or an act, which comes back when it is undone.
    """

    order: Order
    backs: list[Back] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Used:
    """So many smallest parts of points used of a menu, by themselves or on the order with the key ``order``."""

    at: datetime
    menu: str
    points: int
    order: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """What one account did between the first moment of the trial and the last; acts are among the ``orders``.

    ``accepted`` are the moments and the keys of offers.
    """

    account: int
    joined_at: datetime
    orders: list[Bought]
    used: list[Used] = field(default_factory=list)
    accepted: list[tuple[datetime, str]] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one account got; ``benefit`` is what it used and still holds, in öre.

    The keys of ``figures``, amounts in öre or in smallest parts of a meter:
    (accounts), (orders, month), (sold, month), (points, month, meter, kind of entry),
    (checks, month, move), (checks_ore, month, move), (outstanding, meter), (open), (open_ore),
    (tier, ladder, tier), (benefit, group), (benefit_ore), (taken, reward) of those with a stock.
    """

    figures: Figures
    benefit: int


def taken_of(figures: Figures) -> Counter[str]:
    """How many of each reward with a stock have been taken."""
    return Counter({key[1]: number for key, number in figures.items() if key[0] == "taken"})


def replay(rules: Rules, terms: Terms, history: History, taken: Mapping[str, int] = NOTHING) -> Outcome:
    """Let everything in ``history`` happen again, under ``rules``, with so many of each reward ``taken`` by others.

    Changes nothing of ``history``."""
    club = _Replay(rules, terms, history, Shelf(lambda: taken))
    for at, _rank, do in sorted(_moves(club, history), key=lambda move: move[:2]):
        do(at)
    return club.outcome()


def _moves(club: "_Replay", history: History) -> Iterator[Move]:
    """What is to be done when: of one moment, first what is accepted and bought, then what comes back or is used."""
    for at, offer in history.accepted:
        yield at, 0, partial(club.accept, offer)
    for bought in history.orders:
        order = bought.order
        yield order.at, 1, partial(club.sell, order)
        for back in bought.backs:
            yield max(back.at, order.at), 2, partial(club.correct, order.key, back)
    for used in history.used:
        if not used.order:
            yield used.at, 2, partial(club.use, used)


def compare(draft: Outcome, today: Outcome) -> Figures:
    """Who gains and who loses: (gain), (gain_ore), (lose), (lose_ore), (same)."""
    change = draft.benefit - today.benefit
    if not change:
        return Counter({("same",): 1})
    way = "gain" if change > 0 else "lose"
    return Counter({(way,): 1, (f"{way}_ore",): change})


@dataclass(slots=True)
class _Sold:
    order: Order
    sale: Sale
    worth: int


class _Replay:
    """One account under one programme."""

    def __init__(self, rules: Rules, terms: Terms, history: History, shelf: Shelf) -> None:
        self.rules, self.terms, self.number = rules, terms, history.account
        self.timetable = Timetable(((terms.since, None, rules.programme),))
        starts_at = max(terms.since, history.joined_at)
        self.account = Account(
            joined_at=starts_at,
            computed_to=starts_at,
            new_ref=count(1).__next__,
            person=next(iter(history.people.values()), None),
            people=dict(history.people),
            shelf=shelf,
        )
        self.uses: dict[str, list[Used]] = {}
        for used in history.used:
            self.uses.setdefault(used.order, []).append(used)
        self.sold: dict[str, _Sold] = {}
        self.used: Counter[int] = Counter()
        self.figures: Figures = Counter()

    def sell(self, order: Order, at: datetime) -> None:
        """What is refused on this basket is not used; an act that is refused did not happen."""
        catch_up(self.timetable, self.account, at)
        tries = [_copy(order, self._check_to_use(at), self._uses(order.key))] if order.is_purchase else []
        for fresh in (*tries, _copy(order)):
            with suppress(Refused):
                sale = place_order(self.timetable, self.account, fresh)
                break
        else:
            return
        self.sold[order.key] = _Sold(fresh, sale, order.before_vouchers)
        if order.is_purchase:
            month = self._month(at)
            self.figures["orders", month] += 1
            self.figures["sold", month] += order.before_vouchers
        self._count()

    def use(self, used: Used, at: datetime) -> None:
        """Points are used again where the programme has the same menu and there are enough of them."""
        for use in _same(self.rules.programme, used):
            with suppress(Refused):
                use_points(self.timetable, self.account, use, at, self.account.person)
        self._count()

    def accept(self, offer: str, at: datetime) -> None:
        with suppress(Refused):
            accept(self.timetable, self.account, offer, at)
        self._count()

    def correct(self, key: str, back: Back, at: datetime) -> None:
        sold = self.sold.get(key)
        if sold is None:
            return
        kept = replace(sold.order, lines=[] if back.is_cancelled else _kept(sold.order, back))
        cause = {"key": "order_cancelled" if back.is_cancelled else "returned"}
        sold.sale = correct_order(self.timetable, self.account, kept, sold.sale, at, cause)
        if not kept.lines:
            reopen_vouchers(self.timetable, self.account, key, at, back.is_cancelled)
        if sold.order.is_purchase:
            self.figures["sold", self._month(at)] += kept.before_vouchers - sold.worth
        sold.worth = kept.before_vouchers
        self._count()

    def outcome(self) -> Outcome:
        account, figures = self.account, self.figures
        catch_up(self.timetable, account, self.terms.until)
        self._count()
        held = Fraction(0)
        for meter in self.rules.programme.meters.values():
            if meter.is_spendable:
                figures["outstanding", meter.key] += account.balance(meter.key)
                held += account.balance(meter.key) * self.rules.worth.get(meter.key, 0)
        left = [voucher.left for voucher in account.vouchers if voucher.is_open]
        for key, number in account.shelf.changes().items():
            if self.rules.programme.rewards[key].stock:
                figures["taken", key] += number
        for ladder in self.rules.programme.ladders:
            figures["tier", ladder.key, account.tier(ladder.key)] += 1
        benefit = sum(self.used.values()) + sum(left) + int(held)
        figures["accounts",] = 1
        figures["open",], figures["open_ore",] = len(left), sum(left)
        figures["benefit", str(bisect_right(BENEFITS, benefit))] = 1
        figures["benefit_ore",] = benefit
        return Outcome(figures, benefit)

    def _check_to_use(self, at: datetime) -> tuple[str, ...]:
        for number, voucher in enumerate(self.account.vouchers):
            if voucher.state == "issued" and voucher.available_from <= at and self._is_used(number):
                voucher.code = str(number)
                return (voucher.code,)
        return ()

    def _uses(self, key: str) -> tuple[MenuUse, ...]:
        return tuple(use for used in self.uses.get(key, ()) for use in _same(self.rules.programme, used))

    def _is_used(self, number: int) -> bool:
        """The same in every run, and for the same check under every programme."""
        return crc32(f"{self.number}:{number}".encode()) % 100 < self.terms.used_percent

    def _count(self) -> None:
        for effect in self.account.take_effects():
            if isinstance(effect, Entry):
                month = self._month(effect.effective_at)
                self.figures["points", month, effect.meter, effect.kind] += effect.amount
            elif isinstance(effect, VoucherChange):
                self._count_check(effect, self._month(effect.at))

    def _count_check(self, change: VoucherChange, month: str) -> None:
        voucher, move, number = change.voucher, change.move, 1
        if move == "redeemed":
            amount = change.because["value_ore"]
            self.used[voucher.ref] += amount
        elif move == "reopened":
            move, number, amount = "redeemed", -1, -self.used.pop(voucher.ref, 0)
        elif move == "reduced":
            move, number, amount = "cancelled", 0, change.because["value_ore"]
        else:
            amount = voucher.value if move == "issued" else voucher.left
        self.figures["checks", month, move] += number
        self.figures["checks_ore", month, move] += amount

    def _month(self, at: datetime) -> str:
        return local_day(at, self.rules.programme.zone).isoformat()[:7]


# ``replace`` takes five times as long, and every line of a year is copied.
_facts = attrgetter(*(one.name for one in fields(Line)))


def _copy(order: Order, vouchers: tuple[str, ...] = (), uses: tuple[MenuUse, ...] = ()) -> Order:
    return replace(order, lines=[Line(*_facts(line)) for line in order.lines], vouchers=vouchers, uses=uses)


def _same(programme: Programme, used: Used) -> list[MenuUse]:
    """What it is by the programme's own menu: the option that takes as much, or as much of any amount."""
    menu = programme.menus.get(used.menu)
    if menu is None:
        return []
    options = [option.key for option in menu.options.values() if option.points == used.points]
    return [MenuUse(menu.key, options[0]) if options else MenuUse(menu.key, "", used.points)]


def _kept(order: Order, back: Back) -> list[Line]:
    lines = [_left(line, *back.lines[line.ref]) if line.ref in back.lines else line for line in order.lines]
    return [line for line in lines if line.quantity or line.paid]


def _left(line: Line, quantity: int, amount: int) -> Line:
    """What is kept when ``amount`` öre of its price before checks went back."""
    whole = line.before_vouchers
    paid_back = line.paid * min(amount, whole) // whole if whole else 0
    return line.without(min(quantity, line.quantity), paid_back)
