"""A programme in sentences: each object reads itself back in the active language."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from loyalty.models import ProgrammeVersion
from loyalty.queries.documents import document_of
from loyalty.queries.programmes import names_of
from loyalty.queries.sentences.conversions import conversion
from loyalty.queries.sentences.earning import earning_rule
from loyalty.queries.sentences.extras import challenge, draw, fund, perk
from loyalty.queries.sentences.groups import audience, life, returns
from loyalty.queries.sentences.meters import meter
from loyalty.queries.sentences.prices import fee, price_rule
from loyalty.queries.sentences.rewards import menu, reward
from loyalty.queries.sentences.tiers import tier_ladder
from loyalty.queries.sentences.times import calendar
from loyalty.queries.sentences.words import Row, told
from loyalty.queries.wording import name_of

Place = tuple[str, str]
_OBJECTS: dict[str, Callable[[Row], Iterator[str]]] = {
    "meters": meter,
    "calendars": calendar,
    "earning_rules": earning_rule,
    "conversions": conversion,
    "rewards": reward,
    "menus": menu,
    "tier_ladders": tier_ladder,
    "price_rules": price_rule,
    "challenges": challenge,
    "draws": draw,
    "funds": fund,
    "perks": perk,
    "fees": fee,
}
_GROUPS: dict[str, Callable[[Row], Iterator[str]]] = {"audience": audience, "life": life, "returns": returns}


def programme_sentences(programme: ProgrammeVersion | Mapping[str, Any]) -> list[str]:
    """What a version, or a programme document, says: a sentence for each object, then those of its groups."""
    document = document_of(programme) if isinstance(programme, ProgrammeVersion) else programme
    return [sentence for said in sentences_by_place(document).values() for sentence in said]


def sentences_by_object(document: Mapping[str, Any]) -> dict[Place, str]:
    """What each object of ``document`` says by (kind, key), and each single group by (name, "")."""
    return {place: " ".join(said) for place, said in sentences_by_place(document).items()}


def sentences_by_place(document: Mapping[str, Any]) -> dict[Place, list[str]]:
    """The same as separate sentences: one of an object, some of a group."""
    with names_of(document):
        objects = {
            (kind, row["key"]): [_sentence(kind, row)] for kind in _OBJECTS for row in document.get(kind, ())
        }
        groups = {(name, ""): list(words(document.get(name, {}))) for name, words in _GROUPS.items()}
    return objects | groups


def _sentence(kind: str, row: Row) -> str:
    """An object that is not finished says its name."""
    name = told(name_of(kind, row["key"]))
    try:
        return f"{name}: {'; '.join(clause for clause in _OBJECTS[kind](row) if clause)}."
    except LookupError:
        return f"{name}."
