"""The members of the invented club: who they are, when they joined, how often they come."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from config.demo.goods import STORES, WEBSHOP
from config.demo.names import FAMILIES, FAMILY_WEIGHTS, FICTIONAL_PHONES, MEN, WOMEN, address_of, plain_name
from members.actions import ConsentAnswer
from members.actions.history import join_history_members, record_history_answers
from members.actions.particulars import Particulars
from members.forms import WORDING
from members.models import Consent, Member, Store

SOURCE = "shop"
ACTOR = "demo"
FOUNDERS = 0.35  # share who joined in the first two weeks, at the tills
SLEEPERS = 0.2  # share who come no more after a while

# purpose, channel and the share who said yes
AGREED = (
    (Consent.Purpose.MARKETING, Consent.Channel.EMAIL, 0.62),
    (Consent.Purpose.PROFILING, Consent.Channel.ANY, 0.48),
)


@dataclass(frozen=True, slots=True)
class Person:
    """One to be; ``visits_a_month`` until ``last_visit_at``, mostly in ``store``, mostly for ``favourite`` goods."""

    key: str
    first_name: str
    last_name: str
    email: str
    phone: str
    birth_date: date | None
    store: str
    joined_at: datetime
    last_visit_at: datetime
    visits_a_month: float
    favourite: str

    def told(self, stores: dict[str, Store]) -> Particulars:
        return Particulars(
            first_name=self.first_name,
            last_name=self.last_name,
            email=self.email,
            phone=self.phone,
            birth_date=self.birth_date,
            home_store=stores[self.store],
        )


def invent_people(
    rng: Random, count: int, *, start: datetime, end: datetime, favourites: Sequence[str]
) -> list[Person]:
    """``count`` different people who join between ``start`` and ``end``."""
    namesakes: Counter[str] = Counter()
    people = []
    for place in range(count):
        first_name = rng.choice(WOMEN if rng.random() < 0.7 else MEN)
        [last_name] = rng.choices(FAMILIES, FAMILY_WEIGHTS)
        name = plain_name(first_name, last_name)
        namesakes[name] += 1
        joined_at = _joined_at(rng, start, end)
        people.append(
            Person(
                key=f"K{10001 + place}",
                first_name=first_name,
                last_name=last_name,
                email=address_of(name, namesakes[name]),
                phone=FICTIONAL_PHONES[place] if place < len(FICTIONAL_PHONES) else "",
                birth_date=_birth_date(rng, end) if rng.random() < 0.55 else None,
                store=rng.choices([code for code, *_ in STORES], [share for *_, share in STORES])[0],
                joined_at=joined_at,
                last_visit_at=_last_visit_at(rng, joined_at, end),
                # Most come a few times a year, a few come every other week.
                visits_a_month=min(rng.lognormvariate(-1.95, 0.85), 2.5),
                favourite=rng.choice(favourites),
            )
        )
    return people


def _joined_at(rng: Random, start: datetime, end: datetime) -> datetime:
    share = rng.random() * 0.03 if rng.random() < FOUNDERS else rng.random() * 0.985
    day = start + (end - start) * share
    return day.replace(hour=rng.randint(10, 18), minute=rng.randint(0, 59), second=0, microsecond=0)


def _last_visit_at(rng: Random, joined_at: datetime, end: datetime) -> datetime:
    if rng.random() < SLEEPERS:
        return joined_at + (end - joined_at) * rng.random() * 0.6
    return end


def _birth_date(rng: Random, end: datetime) -> date:
    years = min(max(rng.gauss(46, 15), 18), 88)
    return end.date() - timedelta(days=int(years * 365.25))


def join_people(
    rng: Random, people: Sequence[Person], stores: dict[str, Store], *, now: datetime
) -> dict[str, Member]:
    """Let them into the club with what they agreed to; return the members by the key of the person."""
    members = join_history_members(
        joined_at={person.key: person.joined_at for person in people},
        told={person.key: person.told(stores) for person in people},
        source=SOURCE,
        actor=ACTOR,
        now=now,
        random_below=rng.randrange,
    )
    answers = [
        (members[person.key], ConsentAnswer(purpose=purpose, channel=channel, is_given=True, wording=WORDING))
        for person in people
        for purpose, channel, share in AGREED
        if rng.random() < share
    ]
    record_history_answers(answers=answers, origin=WEBSHOP, actor=ACTOR, now=now)
    return members
