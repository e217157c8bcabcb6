"""What can be picked where the document names something: by what the version and the shop have."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as later

from loyalty.forms.parts import Part
from loyalty.queries.glossary import FLAGS
from members.models import Category, Consent, Store

Choices = list[tuple[str, str]]
EVENTS = {
    "purchase": later("purchase"),
    "join": later("joins the club"),
    "first_purchase": later("first purchase"),
    "profile": later("fills in the profile"),
    "birthday": later("birthday"),
    "birthday_month": later("first day of the birthday month"),
    "anniversary": later("membership anniversary"),
    "referral_joined": later("an invited friend joins"),
    "referral_ordered": later("an invited friend buys"),
    "review": later("writes a review"),
    "survey": later("answers a survey"),
    "visit": later("visits"),
    "login": later("logs in"),
    "donation": later("donates goods"),
    "return": later("return"),
}
CHANNELS = {
    "shop": later("store"),
    "web": later("webshop"),
    "app": later("app"),
    "phone": later("telephone"),
    "partner": later("partner"),
}
PAYMENTS = {
    "card": later("card"),
    "cash": later("cash"),
    "invoice": later("invoice"),
    "gift_card": later("gift card"),
    "prepaid_card": later("preloaded card"),
}
DATES = {
    "shipment": later("shipped"),
    "delivery": later("delivered"),
    "service": later("carried out"),
    "booking": later("booked"),
    "return_period_end": later("last day for returns"),
}
# (group, field), or a field of any group: where its choices come from.
_SOURCES = {
    "meter": "meters",
    "to_meter": "meters",
    "zero": "meters",
    "fills": "meters",
    "fees": "fees",
    "reward": "rewards",
    "with": "rewards",
    "fund": "funds",
    "calendar": "calendars",
    "tier": "tiers",
    "back_to": "tiers",
    "held": "tiers",
    "in": "tiers",
    "tiers": "tiers",
    "suspended_for": "tiers",
    "event": "events",
    "accepted": "accepted",
    "channel": "messages",
    "consent": "consents",
    "menu": "menus",
    "option": "options",
    "store": "stores",
    "category": "categories",
    "stores": "stores",
    "categories": "categories",
    "regions": "regions",
    "countries": "countries",
    "channels": "channels",
    "payments": "payments",
    "flags": "flags",
    "region": "regions",
    "country": "countries",
    "payment": "payments",
    "conversion": "conversions",
    "ladder": "tier_ladders",
    "perk": "perks",
    "draw": "draws",
    "accept": "accepted",
    "voucher": "vouchers",
    "claim": "vouchers",
    ("order", "vouchers"): "vouchers",
    ("order", "channel"): "channels",
    ("act", "channel"): "channels",
    ("act", "kind"): "events",
    ("person", "consents"): "consents",
    ("condition", "tier"): "tier_ladders",
}
# Fields that hold something for each key: where the keys come from, where they are no tiers.
_KEYS = {
    **dict.fromkeys(("balance", "available", "pending", "debt", "earned", "taken_back"), "meters"),
    **dict.fromkeys(("tiers", "tiers_last_day"), "tier_ladders"),
    **dict.fromkeys(("entries", "pool", "winners"), "draws"),
    **dict.fromkeys(("open", "benefits", "seats", "waiting"), "perks"),
    "funds": "funds",
    "progress": "challenges",
    "payments": "payments",
    "attributes": "attributes",
    "dates": "dates",
}
# Where a word of one's own is as good as what is known.
_OPEN = {"events", "categories", "channels", "payments", "flags", "regions", "accepted", "vouchers"}


@dataclass
class Offers:
    """The choices of one version: its ``document``, and the shop's stores and categories."""

    document: Mapping[str, Any]
    language: str = "sv"
    _made: dict[str, Choices] = field(default_factory=dict)

    def of(self, part: Part) -> Choices | None:
        """The choices of a field; None where anything can be written."""
        source = _SOURCES.get((part.group, part.field)) or _SOURCES.get(part.field)
        if source is None or "enum" in part.schema:
            return None
        return self._from(source)

    def is_open(self, part: Part) -> bool:
        """Whether something that is not among the choices can be written."""
        source = _SOURCES.get((part.group, part.field)) or _SOURCES.get(part.field)
        return source is None or source in _OPEN

    def keys(self, part: Part) -> Choices:
        """What a value can stand for each of: tiers, meters, figures of goods …"""
        return self._from(_KEYS.get(part.field, "tiers"))

    def _from(self, source: str) -> Choices:
        if source not in self._made:
            make = _MAKERS.get(source)
            self._made[source] = make(self) if make else self.objects(source)
        return self._made[source]

    def named(self, row: Mapping[str, Any]) -> str:
        name = row.get("name", row["key"])
        return str(name.get(self.language, row["key"]) if isinstance(name, Mapping) else name)

    def tiers(self) -> Choices:
        return [
            (tier["key"], self.named(tier))
            for ladder in self.document.get("tier_ladders", ())
            for tier in ladder.get("rows", ())
            if tier.get("key")
        ]

    def options(self) -> Choices:
        menus = self.document.get("menus", ())
        return [
            (option["key"], self.named(option))
            for menu in menus
            for option in menu.get("options", ())
            if option.get("key")
        ]

    def accepted(self) -> Choices:
        return [*self.objects("challenges"), *self.objects("earning_rules")]

    def events(self) -> Choices:
        own = [rule.get("event", "purchase") for rule in self.document.get("earning_rules", ())]
        for ladder in self.document.get("tier_ladders", ()):
            own += [given["event"] for given in ladder.get("given_by", ()) if given.get("event")]
        return _known(EVENTS, own)

    @cached_property
    def all_stores(self) -> list[Store]:
        return list(Store.objects.order_by("name"))

    def objects(self, kind: str) -> Choices:
        return [(row["key"], self.named(row)) for row in self.document.get(kind, ()) if row.get("key")]


def _known(words: Mapping[str, str], more: Iterable[str] = ()) -> Choices:
    return [(key, _(words[key]) if key in words else key) for key in dict.fromkeys([*words, *more])]


def _figures(found: Any) -> Iterator[str]:
    """Every figure of goods that a document asks for, at any depth."""
    for name, value in found.items() if isinstance(found, Mapping) else ():
        if name == "attribute":
            yield value
        yield from _figures(value)
    for value in found if isinstance(found, list) else ():
        yield from _figures(value)


def _places(found: Iterable[str]) -> Choices:
    return [(place, place) for place in sorted(set(found)) if place]


_MAKERS: dict[str, Callable[[Offers], Choices]] = {
    "tiers": Offers.tiers,
    "accepted": Offers.accepted,
    "options": Offers.options,
    "events": Offers.events,
    "stores": lambda offers: [(store.code, store.name) for store in offers.all_stores],
    "regions": lambda offers: _places(store.region for store in offers.all_stores),
    "countries": lambda offers: _places(store.country for store in offers.all_stores),
    "categories": lambda offers: list(Category.objects.order_by("path").values_list("code", "name")),
    "channels": lambda offers: _known(CHANNELS),
    "payments": lambda offers: _known(PAYMENTS),
    "dates": lambda offers: _known(DATES),
    "attributes": lambda offers: _places(_figures(offers.document)),
    "vouchers": lambda offers: [("latest", _("the newest")), *offers.objects("rewards")],
    "flags": lambda offers: _known(FLAGS),
    "consents": lambda offers: [(key, str(words)) for key, words in Consent.Purpose.choices],
    "messages": lambda offers: [(key, str(words)) for key, words in Consent.Channel.choices],
}
