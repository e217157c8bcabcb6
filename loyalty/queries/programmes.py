"""Which rules hold when."""

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from time import monotonic
from typing import Any

from django.db.models import QuerySet

from loyalty.engine.expansion import choice_key, unit_of
from loyalty.engine.parsing import parse
from loyalty.engine.programme import Programme, Timetable
from loyalty.models import ProgrammeVersion

RECENT = 2.0
Names = dict[tuple[str, str], dict[str, Any]]
Stamp = tuple[tuple[Any, ...], ...]
_names_given: ContextVar[Names | None] = ContextVar("names_given", default=None)
_currency_given: ContextVar[str] = ContextVar("currency_given", default="")
_seen: deque[tuple[float, Stamp]] = deque(maxlen=1)


def programme_at(at: datetime) -> Programme | None:
    """The version in force at ``at``."""
    return timetable().at(at)


def timetable() -> Timetable:
    """Every published version, as of now. Parsed once per process and publication."""
    return _timetable(_stamp())


def recent_timetable() -> Timetable:
    """The same for pages that only read: at most ``RECENT`` old, so that lists ask the database once."""
    return _timetable(_recent_stamp())


def last_timetable() -> Timetable | None:
    """The one that this process has seen last, for whoever finds out whether it still holds."""
    return _timetable(_seen[-1][1]) if _seen else None


def _stamp() -> Stamp:
    """Changes with every publication, in any process."""
    return _noted(list(stamp_rows()))


def stamp_rows() -> QuerySet[ProgrammeVersion, tuple[Any, ...]]:
    """What tells whether the published versions are still the ones this process has parsed."""
    return ProgrammeVersion.objects.published().order_by("pk").values_list("pk", "published_at", "valid_to")


def timetable_of(stamp: list[tuple[Any, ...]]) -> Timetable:
    """The timetable that the rows of ``stamp_rows`` stand for."""
    return _timetable(_noted(stamp))


def _noted(rows: list[tuple[Any, ...]]) -> Stamp:
    stamp = tuple(rows)
    _seen.append((monotonic(), stamp))
    return stamp


def _recent_stamp() -> Stamp:
    if _seen and monotonic() - _seen[-1][0] < RECENT:
        return _seen[-1][1]
    return _stamp()


def forget_programmes() -> None:
    """Look at the database again: after a publication, and between tests."""
    _seen.clear()
    _timetable.cache_clear()
    _published_names.cache_clear()


@lru_cache(maxsize=4)
def _timetable(stamp: Stamp) -> Timetable:
    rows = ProgrammeVersion.objects.published().order_by("valid_from")
    return Timetable(
        tuple(
            (row.valid_from, row.valid_to, parse(row.document, key=str(row.pk)))
            for row in rows
            if row.valid_from is not None and row.document is not None
        )
    )


def published_names() -> Names:
    """What published objects are called, by (kind, key): language to name; the newest version wins.

    Each also carries ``unit``, how many smallest parts make one of a meter, ``of_one``, what that one is called where
    it is called otherwise, ``is_shown`` to members, ``text``, the
    ``kind`` of a reward and the ``event`` of an earning rule. An option of a menu, and what can be chosen from a
    reward's list, has the key of both, with a dot between.
    """
    given = _names_given.get()
    return _published_names(_recent_stamp()) if given is None else given


@contextmanager
def names_of(document: Mapping[str, Any]) -> Iterator[None]:
    """Within it, sentences use the names and the currency of ``document``, and no database is asked."""
    names, currency = (
        _names_given.set(_names_in(document)),
        _currency_given.set(document.get("currency", "SEK")),
    )
    try:
        yield
    finally:
        _names_given.reset(names)
        _currency_given.reset(currency)


def currency_given() -> str:
    """The currency of the document that sentences are about; empty outside ``names_of``."""
    return _currency_given.get()


@lru_cache(maxsize=4)
def _published_names(stamp: Stamp) -> Names:
    found: Names = {}
    for row in ProgrammeVersion.objects.published().order_by("valid_from"):
        found |= _names_in(row.document or {})
    return found


def _names_in(document: Mapping[str, Any]) -> Names:
    found: Names = {}
    for kind, objects in document.items():
        for one in objects if isinstance(objects, list) else ():
            found[kind, one["key"]] = _names(one)
            found |= {("tiers", tier["key"]): _names(tier) for tier in one.get("rows", ())}
            found |= {
                ("options", f"{one['key']}.{row['key']}"): _names(row) for row in one.get("options", ())
            }
            found |= {
                (kind, choice_key(one["key"], row["key"])): _names(row) for row in one.get("choices", ())
            }
    return found


def _names(row: Mapping[str, Any]) -> dict[str, Any]:
    name = row.get("name", row["key"])
    names = dict(name) if isinstance(name, Mapping) else {"sv": name, "en": name, "nb": name}
    is_shown = row.get("shown", row.get("public", True))
    return names | {
        "unit": unit_of(row),
        "of_one": row.get("name_of_one", ""),
        "is_money": row.get("is_money", False),
        "is_shown": is_shown,
        "text": row.get("text", ""),
        "kind": row.get("kind", ""),
        "event": row.get("event", "purchase"),
    }


def published_versions() -> QuerySet[ProgrammeVersion]:
    """Versions newest first."""
    return ProgrammeVersion.objects.published().order_by("-valid_from")


def point_value(programme: Programme, meter: str) -> Fraction | None:
    """Öre for the smallest part of ``meter``, by the first conversion into a check worth money."""
    for conversion in programme.conversions:
        reward = programme.rewards.get(conversion.reward)
        form = conversion.form
        if conversion.meter == meter and reward and reward.kind in ("money_off", "payout"):
            parts = programme.meters[meter].unit if form.kind == "linear" else form.step
            if form.kind in ("linear", "step") and form.value.is_constant:
                return form.value.value * 100 / parts
    return None
