"""Elsa, as whom a visitor of the demo logs in: a check used, a check to use, points and a return."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction

from config.demo.goods import WEBSHOP, Article
from config.demo.people import Person
from config.demo.shopping import Piece, Purchase
from members.actions.logins import ensure_login

KEY = "K10000"
EMAIL = "elsa@demo.example"


@dataclass(frozen=True, slots=True)
class Errand:
    """What she buys after ``share`` of a stretch of time; the first piece comes back after ``kept_days``."""

    share: float
    names: tuple[str, ...]
    store: str = "gbg"
    wants_check: bool = False
    kept_days: int = 0


# Over 2 000 kr before each of the last two readings, so each gives a check; the first check is used.
BEFORE_THE_FIRST_CHECK = (
    Errand(0.2, ("Påslakan i linne", "Örngott i linne")),
    Errand(0.5, ("Bordslampa Fyr", "Doftljus Tallskog"), WEBSHOP),
)
BEFORE_THE_SECOND_CHECK = (
    Errand(0.2, ("Linneskjorta", "Badlakan Våg"), wants_check=True),
    Errand(0.4, ("Taklampa Måne", "Mugg Morgon", "Skål Äng"), WEBSHOP),
    Errand(0.6, ("Kuddfodral Moss", "Ullpläd Fjäll"), kept_days=9),
)
SINCE_THEN = (Errand(0.5, ("Skärbräda i ek", "Presentkort 300 kr")),)


def elsa(*, start: datetime) -> Person:
    """She joined when the club opened; what she buys is told by ``shopping_of_elsa`` alone."""
    return Person(
        key=KEY,
        first_name="Elsa",
        last_name="Lindqvist",
        email=EMAIL,
        phone="+46701740699",
        birth_date=date(1984, 5, 17),
        store="gbg",
        joined_at=start + timedelta(hours=11),
        last_visit_at=start,
        visits_a_month=0,
        favourite="",
    )


def shopping_of_elsa(
    shelf: Sequence[Article], *, start: datetime, readings: Sequence[datetime], end: datetime
) -> list[Purchase]:
    """What she buys before the last two of ``readings``, of which there are at least two, and after."""
    first, second = readings[-2:]
    since = max(start + timedelta(days=1), first - timedelta(days=80))
    by_name = {article.name: article for article in shelf}
    return [
        _purchase(errand, by_name, opens, closes)
        for opens, closes, errands in (
            (since, first, BEFORE_THE_FIRST_CHECK),
            (first, second, BEFORE_THE_SECOND_CHECK),
            (second, end, SINCE_THEN),
        )
        for errand in errands
    ]


def _purchase(errand: Errand, by_name: dict[str, Article], opens: datetime, closes: datetime) -> Purchase:
    moment = opens + (closes - opens) * errand.share
    in_the_afternoon = moment.replace(hour=16, minute=24, second=0, microsecond=0)
    at = in_the_afternoon if opens <= in_the_afternoon < closes else moment
    return Purchase(
        placed_at=at,
        buyer=KEY,
        store=errand.store,
        pieces=tuple(Piece(by_name[name]) for name in errand.names),
        wants_check=errand.wants_check,
        back_at=at + timedelta(days=errand.kept_days) if errand.kept_days else None,
    )


@transaction.atomic
def let_elsa_in(*, password: str, now: datetime) -> None:
    """Give her a proved address and a password, so that nobody has to look for a mailed code."""
    user = ensure_login(email=EMAIL, now=now)
    if user is None:
        raise RuntimeError("Elsa is no member.")
    user.set_password(password)
    user.save(update_fields=["password"])
    EmailAddress.objects.filter(user=user).update(verified=True, primary=True)
