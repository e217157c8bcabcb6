"""What people buy and bring back, and when: seasons, weekdays, opening hours, favourites. Pure: no database."""

from bisect import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random

from config.demo.goods import STORES, WEBSHOP, Article
from config.demo.people import Person

# Against an ordinary month or day; January and Monday first.
MONTHS = (0.85, 0.75, 0.85, 0.95, 1.0, 1.2, 1.25, 0.95, 0.9, 1.0, 1.5, 1.9)
WEEKDAYS = (0.8, 0.75, 0.85, 1.0, 1.3, 1.6, 0.9)
SALE_MONTHS = (1, 7)
AT_THE_TILL = range(10, 19)
ON_THE_NET = (7, 9, 12, 12, 15, 18, 19, 20, 20, 21, 21, 22)

LINES = ((1, 2, 3, 4), (56, 29, 11, 4))
USES_A_CHECK = 0.4  # share of purchases by those who have one
GUESTS = 0.14  # share of purchases by people who are no members
COMES_BACK = {True: 0.12, False: 0.05}  # share of purchases, on the net and in a store


@dataclass(frozen=True, slots=True)
class Piece:
    article: Article
    quantity: int = 1
    discount: int = 0  # per cent

    @property
    def gross_ore(self) -> int:
        return self.article.price_ore * self.quantity

    @property
    def discount_ore(self) -> int:
        return self.gross_ore * self.discount // 100


@dataclass(frozen=True, slots=True)
class Purchase:
    """A basket at a time. ``back_at`` is when its first piece comes back; ``buyer`` is empty for a guest.

    ``wants_check`` says whether a check is used, if there is one that the basket can bear.
    """

    placed_at: datetime
    buyer: str
    store: str
    pieces: tuple[Piece, ...]
    wants_check: bool = False
    back_at: datetime | None = None

    @property
    def total_ore(self) -> int:
        return sum(piece.gross_ore - piece.discount_ore for piece in self.pieces)


@dataclass(slots=True)
class Calendar:
    """The days of the history, each as busy as its month and weekday make it."""

    start: datetime
    end: datetime
    sums: list[float] = field(init=False)

    def __post_init__(self) -> None:
        days = [self.start + timedelta(days=place) for place in range((self.end - self.start).days)]
        self.sums = list(accumulate(MONTHS[day.month - 1] * WEEKDAYS[day.weekday()] for day in days))

    def busyness(self, since: datetime, until: datetime) -> tuple[float, float]:
        """Where a stretch of time begins and ends on the scale of all that is bought."""
        first, last = max((since - self.start).days, 0), min((until - self.start).days, len(self.sums))
        return (self.sums[first - 1] if first else 0.0), (self.sums[last - 1] if last else 0.0)

    def day_at(self, busyness: float) -> datetime:
        return self.start + timedelta(days=bisect(self.sums, busyness))


def shopping_of(
    rng: Random, people: Sequence[Person], shelf: Sequence[Article], calendar: Calendar
) -> list[Purchase]:
    """All purchases of the history, oldest first."""
    market = Market(rng, shelf)
    bought = [market.purchase(at, person) for person in people for at in _visits(rng, person, calendar)]
    for _guest in range(int(len(bought) * GUESTS)):
        at = calendar.day_at(rng.random() * calendar.sums[-1])
        bought.append(market.purchase(_at_an_hour(rng, at, is_online=True), None))
    return sorted(bought, key=lambda one: one.placed_at)


def _visits(rng: Random, person: Person, calendar: Calendar) -> Iterable[datetime]:
    # The day of joining is the first visit for most: one joins at the till.
    since, until = calendar.busyness(person.joined_at + timedelta(days=1), person.last_visit_at)
    if rng.random() < 0.7:
        yield person.joined_at + timedelta(minutes=2)
    expected = (until - since) / 30 * person.visits_a_month
    for _visit in range(_whole(rng, expected)):
        day = calendar.day_at(since + rng.random() * (until - since))
        yield _at_an_hour(rng, day, is_online=person.store == WEBSHOP)


def _whole(rng: Random, expected: float) -> int:
    """A number that is ``expected`` on the average."""
    number = max(rng.gauss(expected, max(expected, 0.01) ** 0.5), 0)
    return int(number) + (rng.random() < number % 1)


def _at_an_hour(rng: Random, day: datetime, *, is_online: bool) -> datetime:
    hour = rng.choice(ON_THE_NET) if is_online else rng.choice(AT_THE_TILL)
    return day.replace(hour=hour, minute=rng.randint(0, 59), second=rng.randint(0, 59))


@dataclass(slots=True)
class Market:
    """Fills baskets."""

    rng: Random
    shelf: Sequence[Article]
    _weights: dict[tuple[int, str], list[float]] = field(default_factory=dict)

    def purchase(self, at: datetime, person: Person | None) -> Purchase:
        rng = self.rng
        [count] = rng.choices(*LINES)
        favourite = person.favourite if person else ""
        found = rng.choices(self.shelf, self._weights_of(at.month, favourite), k=count)
        store = self._store(person)
        pieces = tuple(self._piece(article, at) for article in dict.fromkeys(found))
        comes_back = pieces[0].article.can_come_back and rng.random() < COMES_BACK[store == WEBSHOP]
        return Purchase(
            placed_at=at,
            buyer=person.key if person else "",
            store=store,
            pieces=pieces,
            wants_check=rng.random() < USES_A_CHECK,
            back_at=at + timedelta(days=rng.randint(2, 24), hours=2) if comes_back else None,
        )

    def _store(self, person: Person | None) -> str:
        if person is None:
            return self.rng.choice(STORES)[0]
        return WEBSHOP if self.rng.random() < 0.25 else person.store

    def _weights_of(self, month: int, favourite: str) -> list[float]:
        """How likely each article is; what a member likes best is five times as likely."""
        if (month, favourite) not in self._weights:
            self._weights[month, favourite] = [
                article.popularity * article.months[month - 1] * (5 if article.root == favourite else 1)
                for article in self.shelf
            ]
        return self._weights[month, favourite]

    def _piece(self, article: Article, at: datetime) -> Piece:
        is_small = article.price_ore < 30_000 and not article.flags
        quantity = self.rng.choice((1, 1, 2, 2, 4, 6)) if is_small else 1
        is_reduced = not article.flags and self.rng.random() < (0.5 if at.month in SALE_MONTHS else 0.06)
        return Piece(article, quantity, self.rng.choice((20, 30, 50)) if is_reduced else 0)
