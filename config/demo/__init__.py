"""The invented club that `make demo` shows: Hemvist, a shop for home and clothes, and eighteen months of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from campaigns.actions import ensure_default_campaigns
from config.demo.goods import WEBSHOP, Article, fill_shelves, open_stores
from config.demo.heroine import EMAIL, elsa, let_elsa_in, shopping_of_elsa
from config.demo.history import Shop, play, readings_between
from config.demo.people import ACTOR, Person, invent_people, join_people
from config.demo.programme import CHALLENGE, EVENING, programme_of_the_club
from config.demo.segments import compute_monthly, save_segments
from config.demo.shopping import Calendar, shopping_of
from config.demo.today import live_through
from config.staff import create_staff_login
from loyalty import actions
from loyalty.engine.calendar import add_months, day_start, local_day
from members.actions import create_api_key
from members.actions.history import close_history
from members.models import ApiKey


@dataclass(frozen=True)
class DemoLogin:
    """Somebody whose console or pages a visitor of the demo can look at."""

    role: str
    email: str
    password: str


STAFF = DemoLogin("Staff", "staff@demo.example", "stamkund-demo")
MEMBER = DemoLogin("Member", EMAIL, "stamkund-demo")
LOGINS = (STAFF, MEMBER)

Tell = Callable[[str, float], None]


def tell_nobody(stage: str, share: float) -> None:
    """What a build tells of its progress when nobody asks: the stage, and how much of it is done, 0 to 1."""


@transaction.atomic
def build_club(
    *, now: datetime, tell: Tell = tell_nobody, members: int = 2_050, months: int = 18, seed: int = 2026
) -> str:
    """Fill an empty database with the club as it stands at ``now``, or leave it empty when cut short.

    Returns the webshop's API key. The same ``seed``, ``now`` and sizes give the same club. ``months``
    is at least 6, so that two readings have been.
    """
    rng = Random(seed)  # noqa: S311 - invents people, guards nothing
    zone = ZoneInfo(settings.CLUB_TIME_ZONE)
    today = local_day(now, zone)
    start, end = (day_start(day, zone).astimezone(zone) for day in (add_months(today, -months), today))
    tell("Stores and goods", 0)
    shelf = _open_shop(start, today)
    shop = Shop(open_stores())
    tell("Members", 0)
    people = _let_in(rng, shop, shelf, members, start=start, end=end)
    _play_history(rng, shop, shelf, people, start=start, end=end, tell=lambda share: tell("Orders", share))
    actions.run_due(at=now, now=now)
    tell("Segments", 0)
    save_segments(start=start)
    compute_monthly(now=now)
    close_history(now=now)
    tell("Today", 0)
    _say_yes(shop, people[1:6], now=now)
    live_through(rng, shop, shelf, people[1:6], now=now)
    tell("Logins", 0)
    key = _hand_out_keys(now)
    tell("Proving the books", 0)
    actions.check_ledger(now=now)
    return key


def _open_shop(start: datetime, today: date) -> Sequence[Article]:
    document = programme_of_the_club(today)
    version = actions.import_programme(document=document, name="Hemvist kundklubb", now=start)
    actions.publish_version(version=version, valid_from=start, now=start, actor=ACTOR)
    ensure_default_campaigns(now=start)
    return fill_shelves()


def _let_in(
    rng: Random, shop: Shop, shelf: Sequence[Article], count: int, *, start: datetime, end: datetime
) -> list[Person]:
    favourites = sorted({article.root for article in shelf if not article.flags})
    people = [elsa(start=start), *invent_people(rng, count - 1, start=start, end=end, favourites=favourites)]
    shop.members.update(join_people(rng, people, shop.stores, now=end))
    return people


def _play_history(
    rng: Random,
    shop: Shop,
    shelf: Sequence[Article],
    people: Sequence[Person],
    *,
    start: datetime,
    end: datetime,
    tell: Callable[[float], None],
) -> None:
    others, readings = people[1:], readings_between(start, end)
    purchases = [
        *shopping_of(rng, others, shelf, Calendar(start, end)),
        *shopping_of_elsa(shelf, start=start, readings=readings, end=end),
    ]
    play(shop, sorted(purchases, key=lambda one: one.placed_at), start=start, end=end, tell=tell)


def _say_yes(shop: Shop, regulars: Sequence[Person], *, now: datetime) -> None:
    """Some regulars take on the challenge and come to the evening."""
    for person in regulars:
        member = shop.members[person.key]
        actions.accept_offer(account=member.account, offer=CHALLENGE, actor=ACTOR, now=now)
        actions.book_seats(member=member, perk=EVENING, seats=2, actor=ACTOR, now=now)


def _hand_out_keys(now: datetime) -> str:
    create_staff_login(email=STAFF.email, password=STAFF.password)
    let_elsa_in(password=MEMBER.password, now=now)
    _row, key = create_api_key(
        name="Hemvist webshop", source=WEBSHOP, scopes=ApiKey.Scope.values, now=now, actor=ACTOR
    )
    return key
