"""A shop with a programme, members and keys, for the tests of the API."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from rest_framework.test import APIClient

from loyalty.models import ProgrammeVersion
from loyalty.queries import forget_programmes
from members import actions
from members.models import ApiKey, Member, Store

START = datetime(2024, 1, 1, tzinfo=UTC)

# One point for each krona paid; read every quarter, 50 kr for each 1,000 points from 2,000 on.
QUARTERLY: dict[str, Any] = {
    "programme": "quarterly",
    "meters": [{"key": "points", "name": {"sv": "poäng", "nb": "poeng", "en": "points"}}],
    "rewards": [
        {
            "key": "bonus",
            "name": {"sv": "bonuscheck", "nb": "bonussjekk", "en": "bonus check"},
            "kind": "money_off",
            "lifetime": {"kind": "months", "count": 6},
        }
    ],
    "earning_rules": [
        {
            "key": "purchases",
            "name": {"sv": "poäng på köp", "nb": "poeng på kjøp", "en": "points for purchases"},
            "meter": "points",
            "rate": {"kind": "per_unit", "value": 1},
            "round": {"mode": "floor"},
            "scope": {"exclude": {"flags": ["gift_card", "event_ticket"]}},
        }
    ],
    "conversions": [
        {
            "key": "reading",
            "meter": "points",
            "reward": "bonus",
            "schedule": {"kind": "window_end", "window": {"kind": "calendar", "unit": "quarter"}},
            "form": {"kind": "step", "from": 2000, "step": 1000, "value": 50, "vouchers": "one"},
        }
    ],
    "life": {"inactivity": {"months": 24, "effect": "close"}},
}

# The same points, and a check of 50 kr as soon as there are 500 of them; silver from 1,000 kr a year.
AT_ONCE: dict[str, Any] = deepcopy(QUARTERLY) | {
    "programme": "at_once",
    "conversions": [
        {
            "key": "checks",
            "meter": "points",
            "reward": "bonus",
            "schedule": {"kind": "at_once"},
            "form": {"kind": "step", "from": 500, "step": 500, "value": 50},
        }
    ],
    "tier_ladders": [
        {
            "key": "level",
            "name": {"sv": "nivå", "nb": "nivå", "en": "level"},
            "meter": "points",
            "window": {"kind": "calendar", "unit": "year"},
            "rows": [{"key": "silver", "from": 1000}],
        }
    ],
    "life": {},
}


def programme(document: Mapping[str, Any] = QUARTERLY, *, since: datetime = START) -> ProgrammeVersion:
    version = ProgrammeVersion.objects.create(
        name=document["programme"],
        state=ProgrammeVersion.State.PUBLISHED,
        valid_from=since,
        published_at=since,
        document=document,
    )
    forget_programmes()
    return version


def member(name: str = "anna", *, now: datetime = START) -> Member:
    joined = actions.join_member(
        email=f"{name}@post.example",
        first_name=name.title(),
        source="web",
        external_id=f"customer-{name}",
        actor="test",
        now=now,
    )
    return joined.member


def store(code: str = "sthlm") -> Store:
    return Store.objects.create(code=code, name=code.title())


def api_key(
    *scopes: str, source: str = "web", at: Store | None = None, now: datetime = START
) -> tuple[ApiKey, str]:
    return actions.create_api_key(
        name=f"{source} {'+'.join(scopes)} {ApiKey.objects.count()}",
        source=source,
        scopes=scopes or ("read", "orders", "vouchers", "points"),
        store=at,
        now=now,
        actor="test",
    )


def client(*scopes: str, source: str = "web", at: Store | None = None, language: str = "en") -> APIClient:
    """A shop's client. Without scopes its key may do everything here."""
    _row, key = api_key(*scopes, source=source, at=at)
    return APIClient(HTTP_AUTHORIZATION=f"Bearer {key}", HTTP_ACCEPT_LANGUAGE=language)


def line(kronor: int | str, ref: str = "1", **facts: Any) -> dict[str, Any]:
    return {"ref": ref, "quantity": 1, "gross_ore": int(Decimal(kronor) * 100)} | facts


def order(number: str, placed_at: str, *lines: dict[str, Any], **facts: Any) -> dict[str, Any]:
    return {"number": number, "placed_at": placed_at, "lines": lines or [line(600)]} | facts
