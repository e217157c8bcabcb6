"""The last hour, as it happens: what is written here is still to be told, so the worker sends real mails."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from config.demo.goods import WEBSHOP, Article
from config.demo.history import Shop
from config.demo.people import ACTOR, SOURCE, Person
from config.demo.shopping import Market
from loyalty import actions
from members.actions import ConsentAnswer, join_member
from members.forms import WORDING
from members.models import Consent

ORDERS = 9
NEWCOMERS = (("Vilgot", "Hallberg"), ("Samira", "Nasser"), ("Linn", "Sandell"), ("Kjell-Åke", "Törnqvist"))
YES = ConsentAnswer(
    purpose=Consent.Purpose.MARKETING, channel=Consent.Channel.EMAIL, is_given=True, wording=WORDING
)


def live_through(
    rng: Random, shop: Shop, shelf: Sequence[Article], regulars: Sequence[Person], *, now: datetime
) -> None:
    """Four join, and these four and some regulars buy."""
    market = Market(rng, shelf)
    for place, (first_name, last_name) in enumerate(NEWCOMERS):
        _join(rng, shop, f"N{place + 1}", first_name, last_name, now - timedelta(minutes=52 - place))
    buyers = [*(f"N{place + 1}" for place in range(len(NEWCOMERS))), *(person.key for person in regulars)]
    for place, key in enumerate(buyers[:ORDERS]):
        at = now - timedelta(minutes=45 - place * 4)
        _buy(shop, market, key, at)


def _join(rng: Random, shop: Shop, key: str, first_name: str, last_name: str, at: datetime) -> None:
    shop.members[key] = join_member(
        first_name=first_name,
        last_name=last_name,
        email=f"{first_name}@demo.example".replace("Å", "A"),
        home_store=shop.stores[WEBSHOP],
        consents=[YES],
        source=SOURCE,
        external_id=key,
        origin=WEBSHOP,
        actor=ACTOR,
        now=at,
        random_below=rng.randrange,
    ).member


def _buy(shop: Shop, market: Market, key: str, at: datetime) -> None:
    purchase = replace(market.purchase(at, None), buyer=key, store=WEBSHOP, back_at=None)
    actions.record_order(order=shop.order(purchase), actor=ACTOR, now=at)
