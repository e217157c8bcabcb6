"""Programme files: what is our YAML and what is not, and every fault told at once with its line."""

from decimal import Decimal
from typing import Any

import jsonschema
import pytest

from loyalty.engine import files, plain_yaml
from loyalty.engine.parsing import parse
from loyalty.queries.presets import preset_file, preset_keys
from tests.loyalty.programme_documents import refusal

DUVAN = preset_file("duvan", "programme").read_text()

# What the published pages of clubs leave open.
LEFT_OPEN = {"its vouchers never lapse", "can be spent, and nothing turns it into a reward"}


@pytest.mark.parametrize("key", preset_keys())
def test_every_preset_is_right_and_means_what_it_says(key: str) -> None:
    source = files.read_programme_source(preset_file(key, "programme").read_bytes())
    assert {warning.message for warning in files.warnings_of(source)} <= LEFT_OPEN
    assert parse(source.value).key == key


@pytest.mark.parametrize("kind", ["programme", "scenario"])
def test_the_schemas_are_json_schema_2020_12_and_every_group_is_closed(kind: str) -> None:
    schema = files.schema(kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"].endswith("2020-12/schema")
    open_groups = [part for part in groups(schema) if "additionalProperties" not in part]
    assert open_groups == []


def groups(part: Any) -> Any:
    """Every schema of a group of fields."""
    if isinstance(part, dict):
        if part.get("type") == "object":
            yield part
        for one in part.values():
            yield from groups(one)
    elif isinstance(part, list):
        for one in part:
            yield from groups(one)


def test_every_fault_is_told_at_once_with_its_line() -> None:
    text = (
        DUVAN.replace("step: 1000", "stepp: 1000")
        .replace("kind: money_off", "kind: mony_off")
        .replace("months: 24", "months: two")
        .replace("meter: points\n    # What", "meter: 7\n    # What")
    )
    lines = [text[: text.index(word)].count("\n") + 1 for word in ("mony_off", "meter: 7", "stepp", "two")]
    assert refusal(text) == [
        f"line {lines[0]}: rewards[0].kind: must be one of money_off, percent_off, product, service, choice, "
        "donation, payout; did you mean 'money_off'?",
        f"line {lines[1]}: earning_rules[0].meter: must be a short word of small letters, digits, - and _, "
        "like bonus_check",
        f"line {lines[2]}: conversions[0].form.stepp: 'stepp' is not known; did you mean 'step'?",
        f"line {lines[2]}: conversions[0].form: 'step' is missing",
        f"line {lines[3]}: life.inactivity.months: must be a whole number",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the file is empty"),
        ("# nothing\n", "the file is empty"),
        ("- a\n", "line 1: must be a group of fields"),
        ("programme: a\nprogramme: b\n", "line 2: 'programme' stands here twice"),
        ("a: &x 1\nb: *x\n", "line 1: anchors (&) and aliases (*) are not read"),
        ("a: !!python/object:os.system ls\n", "line 1: tags (!) are not read"),
        ("a: {b: 1\n", "line 2: not YAML: expected ',' or '}', but got '<stream end>'"),
        ("a: 1\n---\nb: 2\n", "line 2: not YAML: but found another document"),
        ("[" * 30, "line 1: more than 20 levels deep"),
        ("a: 1\n? [b]\n: c\n", "line 2: a key must be a word"),
        ('a: "\\UFFFFFFFF"\n', "line 1: not YAML: an impossible number"),
        ('a: "\\ud800"\n', "line 1: a text with a character that cannot be read"),
        ('a: "\\0"\n', "line 1: a text with a character that cannot be read"),
        ("a: 1234567890123456\n", "line 1: a number of more than 15 digits"),
        ("a: " + "x" * 2001, "line 1: a text of more than 2000 characters"),
        ("#" * 200_001, "the file is larger than 200 kB"),
        ("a: \x00\n", "line 1: a character that cannot be read"),
    ],
)
def test_what_is_not_our_yaml_is_refused(text: str, told: str) -> None:
    assert refusal(text)[0] == told


def test_another_encoding_is_refused_with_its_line() -> None:
    assert refusal("programme: a\nname: å\n".encode("latin-1")) == [
        "line 2: the file is not written in UTF-8"
    ]


def test_numbers_are_exact_and_words_stay_words() -> None:
    text = "a: 0.1\nb: 12.50\nc: 0123\nd: 1e3\ne: no\nf: 2025-03-31\ng: '5'\nh: true\ni: -7\n"
    assert plain_yaml.read(text).value == {
        "a": Decimal("0.1"),
        "b": Decimal("12.50"),
        "c": "0123",
        "d": "1e3",
        "e": "no",
        "f": "2025-03-31",
        "g": "5",
        "h": True,
        "i": -7,
    }
    assert files.plain({"a": Decimal("12.50"), "b": [Decimal("3.00")]}) == {"a": "12.5", "b": [3]}
