"""Every object of a programme says what it is, in three languages, whatever has been set."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from loyalty.engine.files import read_programme, schema, shape_errors
from loyalty.queries.documents import groups, kinds
from loyalty.queries.presets import PRESETS
from loyalty.queries.programmes import names_of
from loyalty.queries.sentences import sentences_by_object
from loyalty.queries.wording import amount_of
from tests.loyalty.drawn import KEYS, objects

LANGUAGES = ("sv", "nb", "en")
FILES = sorted(PRESETS.glob("*/programme*.yaml"))
# What a reader must never see: keys, JSON, Python, and what was left to fill in.
RAW = re.compile(r"[_{}\[\]]|None|True|False|%\(|''|\(\)|; ;|: ;|;\.|: \.|  ")
ENGLISH = re.compile(
    r"\b(the|and|of|only|members?|points|each|every|with|from|year|month|days|not|counts?|"
    + "|".join(
        sorted(
            {
                word
                for word in re.findall(r'"([a-z]+_[a-z_]+)"', str(schema("programme")).replace("'", '"'))
                if word not in KEYS
            }
        )
    )
    + r")\b"
)


def faults_in(sentence: str, language: str) -> list[str]:
    found = RAW.findall(sentence)
    return found if language == "en" else found + ENGLISH.findall(sentence)


@pytest.mark.parametrize("file", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_object_of_every_preset_says_what_it_is(file: Path, language: str) -> None:
    document = read_programme(file.read_bytes())
    with override(language):
        said = sentences_by_object(document)
    written = {(kind, row["key"]) for kind in kinds() for row in document.get(kind, ())}
    assert written <= set(said)
    assert {place: sentence for place, sentence in said.items() if RAW.search(sentence)} == {}
    assert {place for place in written if not said[place].endswith(".")} == set()


@pytest.mark.parametrize("kind", [*kinds(), *groups()])
@settings(max_examples=25, phases=[Phase.generate], suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_any_object_of_the_right_form_says_what_it_is(kind: str, data: Any) -> None:
    one = data.draw(objects(kind))
    document = {"programme": "x", "meters": [], kind: [one] if kind in kinds() else one}
    assume(not shape_errors(document, "programme"))
    for language in LANGUAGES:
        with override(language):
            said = sentences_by_object(document)[kind, one["key"] if kind in kinds() else ""]
        assert faults_in(said, language) == [], said
        assert ": " in said or kind in groups()


def said_of(kind: str, one: dict[str, Any], **document: Any) -> str:
    """The Swedish sentence of a single object."""
    meters = [{"key": "points", "name": "poäng"}, {"key": "spend", "name": "kronor", "spendable": False}]
    rewards = [{"key": "check", "name": "bonuscheck", "kind": "money_off"}]
    whole = {"programme": "x", "meters": meters, "rewards": rewards, **document}
    with override("sv"):
        return sentences_by_object({**whole, kind: [{"key": "it", "name": "det", **one}]})[kind, "it"]


def test_a_tree_of_conditions_keeps_its_meaning_in_parentheses() -> None:
    tree = {
        "any": [
            {"meter": "points", "value": 500},
            {"all": [{"fact": "age", "value": 18}, {"not": {"consent": "marketing"}}]},
        ]
    }
    rule = {"meter": "points", "rate": {"kind": "fixed", "value": 50}, "condition": tree}
    assert said_of("earning_rules", rule) == (
        "Det: 50 poäng för ett köp; bara för medlemmar som har minst 500 poäng eller "
        "(som är minst 18 år och som inte har samtyckt till marknadsföring)."
    )


def test_what_is_not_all_of_several_is_not_one_of_them() -> None:
    tree = {
        "not": {"all": [{"meter": "points", "value": 500}, {"event": "purchase", "op": "eq", "value": 0}]}
    }
    rule = {"meter": "points", "rate": {"kind": "fixed", "value": 50}, "condition": tree}
    assert said_of("earning_rules", rule) == (
        "Det: 50 poäng för ett köp; bara för medlemmar som har mindre än 500 poäng eller "
        "som har handlat minst 1 gång sedan inträdet."
    )


@pytest.mark.parametrize(
    ("event", "op", "value", "told"),
    [
        ("purchase", "eq", 0, "som inte har handlat sedan inträdet."),
        ("purchase", "gte", 1, "som har handlat minst 1 gång sedan inträdet."),
        ("purchase", "gte", 2, "som har handlat minst 2 gånger sedan inträdet."),
        ("yoga", "eq", 0, "som inte har haft ”yoga” sedan inträdet."),
        ("yoga", "eq", 1, "som har haft ”yoga” precis 1 gång sedan inträdet."),
    ],
)
def test_how_often_is_said_as_people_say_it(event: str, op: str, value: int, told: str) -> None:
    tree = {"event": event, "op": op, "value": value, "window": {"kind": "lifetime"}}
    rule = {"meter": "points", "rate": {"kind": "fixed", "value": 50}, "condition": tree}
    assert said_of("earning_rules", rule).endswith(told)


def test_a_conversion_says_what_becomes_what() -> None:
    form = {"kind": "step", "step": 200, "value": 100}
    assert said_of("conversions", {"meter": "points", "reward": "check", "form": form}) == (
        "Det: 200 poäng blir 100 kr i bonuscheck; genast; resten följer med till nästa gång."
    )


def test_one_of_a_meter_is_called_by_the_word_for_one() -> None:
    meter = {"key": "stamps", "name": "stämplar", "name_of_one": "stämpel"}
    with names_of({"meters": [meter, {"key": "points", "name": "poäng"}]}):
        told = [amount_of("stamps", amount) for amount in (-1, 0, 1, 2)]
        assert told == ["-1 stämpel", "0 stämplar", "1 stämpel", "2 stämplar"]
        assert amount_of("points", 1) == "1 poäng"
