"""Programme files: what they may say, what is refused and how it is told, and that nothing breaks the reader."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from loyalty.engine import files, plain_yaml
from loyalty.engine.errors import FileRefused
from loyalty.engine.programme import parse
from loyalty.queries.presets import preset_file, preset_keys

DUVAN = preset_file("duvan", "programme").read_text()
SCENARIO = preset_file("duvan", "scenario").read_text()


def document(**changes: Any) -> dict[str, Any]:
    """A small programme that is right, with ``changes`` on top."""
    return {
        "programme": "club",
        "meters": [
            {"key": "points", "name": "points"},
            {"key": "spend", "name": "kronor", "spendable": False},
        ],
        "rewards": [
            {"key": "check", "name": "check", "kind": "money_off", "lifetime": {"kind": "months", "count": 6}}
        ],
        "earning_rules": [
            {"key": "buy", "name": "buy", "meter": "points", "rate": {"kind": "per_unit", "value": 1}},
            {"key": "spend", "name": "spend", "meter": "spend", "rate": {"kind": "per_unit", "value": 1}},
        ],
        "conversions": [
            {
                "key": "checks",
                "name": "checks",
                "meter": "points",
                "reward": "check",
                "form": {"kind": "step", "step": 100, "value": 10},
            }
        ],
        "tier_ladders": [
            {
                "key": "level",
                "name": "level",
                "meter": "spend",
                "window": {"kind": "calendar", "unit": "year"},
                "rows": [{"key": "gold", "name": "gold", "from": 5000}],
            }
        ],
        **changes,
    }


def changed(path: str, value: Any) -> dict[str, Any]:
    """The small programme with ``value`` at ``path`` (``earning_rules.0.rate.value``)."""
    found = deepcopy(document())
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    part: Any = found
    for step in way:
        part = part.setdefault(step, {}) if isinstance(part, dict) else part[step]
    part[last] = value
    return found


def refusal(text: str | bytes) -> list[str]:
    with pytest.raises(FileRefused) as refused:
        files.read_programme(text)
    return [str(error) for error in refused.value.errors]


def errors(found: dict[str, Any]) -> list[str]:
    return [str(error) for error in files.errors_of(found)]


def warnings(found: dict[str, Any]) -> list[str]:
    return [str(warning) for warning in files.warnings_of(plain_yaml.Source(found, {}))]


@pytest.mark.parametrize("key", preset_keys())
def test_every_preset_is_right_and_means_what_it_says(key: str) -> None:
    source = files.read_programme_source(preset_file(key, "programme").read_bytes())
    assert files.warnings_of(source) == []
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
        f"line {lines[0]}: rewards[0].kind: must be one of money_off, percent_off; did you mean 'money_off'?",
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


@pytest.mark.parametrize("amount", [12.5, "12.50", Decimal("12.50"), 50])
def test_amounts_are_numbers_or_their_text(amount: object) -> None:
    exact = Decimal(str(amount)) if isinstance(amount, float) else amount
    assert errors(changed("conversions.0.form.value", exact)) == []


@pytest.mark.parametrize("amount", [Decimal("0.005"), "12,50", "-1", -1, True, "1e9", "", None])
def test_what_is_no_amount_is_refused(amount: object) -> None:
    [told] = errors(changed("conversions.0.form.value", amount))
    assert told == (
        "conversions[0].form.value: must be an amount of money with at most two decimals, like 50 or 12.50"
    )


@pytest.mark.parametrize("percent", ["100", "99.99", "0.01", "7.5", "10", 100, Decimal("0.5"), "50.00"])
def test_percentages(percent: object) -> None:
    found = changed("rewards.0", {"key": "check", "name": "c", "kind": "percent_off", "percent": percent})
    found["conversions"][0]["form"] = {"kind": "step", "step": 10}
    assert errors(found) == []


@pytest.mark.parametrize("percent", ["0", "0.00", "100.01", 101, 0, "1.234"])
def test_no_percentages(percent: object) -> None:
    [told] = errors(changed("rewards.0.percent", percent))
    assert "must be a percentage above 0 and up to 100" in told


RULE = "earning_rules.0"
FORM = "conversions.0.form"


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("meters.1.key", "points", "meters[1].key: the key 'points' is used twice"),
        (f"{RULE}.meter", "stamps", "earning_rules[0].meter: there is no meter 'stamps'"),
        ("conversions.0.reward", "gift", "conversions[0].reward: there is no reward 'gift'"),
        ("conversions.0.meter", "spend", "conversions[0].meter: only a meter that can be spent becomes a reward"),
        ("time_zone", "Europe/Nowhere", "time_zone: there is no time zone 'Europe/Nowhere'"),
        ("time_zone", "../../etc/passwd", "time_zone: there is no time zone '../../etc/passwd'"),
        ("meters.0.name", {"en": "points"}, "meters[0].name: needs a name in 'sv', the language of the file"),
        (
            f"{RULE}.condition",
            {"tier": "level", "in": ["silver"]},
            "earning_rules[0].condition.in[0]: there is no tier 'silver' on 'level'",
        ),
        (
            f"{RULE}.condition",
            {"all": [{"meter": "points", "op": "gte", "value": 1, "count": 1}]},
            "earning_rules[0].condition.all[0].count: 'count' means nothing beside 'meter'",
        ),
        (
            f"{RULE}.condition",
            {},
            "earning_rules[0].condition: a condition asks for exactly one of meter, tier, all, any and at_least",
        ),
        (
            f"{RULE}.scope",
            {"include": {"flags": ["a"]}, "exclude": {"flags": ["a", "b"]}},
            "earning_rules[0].scope: can never apply: all goods that it includes are excluded",
        ),
        (
            f"{RULE}.scope",
            {"include": {"stores": ["a"]}, "exclude": {"stores": ["a"]}},
            "earning_rules[0].scope: can never apply: all stores that it includes are excluded",
        ),
        (
            f"{RULE}.scope",
            {"from_date": "2025-03-02", "to_date": "2025-03-01"},
            "earning_rules[0].scope.to_date: can never apply: it ends before it starts",
        ),
        (
            f"{RULE}.rate",
            {"kind": "factor", "value": 2},
            "earning_rules[0].rate.kind: rate 'factor' and stack 'multiply' go together",
        ),
        (f"{RULE}.round", {"step": "0.5"}, "earning_rules[0].round.step: rounds to more decimals than the meter has"),
        (f"{FORM}.from", 50, "conversions[0].form.from: from 50 nothing would be given until one step, 100"),
        (f"{FORM}.step", "0.5", "conversions[0].form.step: has more decimals than the meter"),
        (FORM, {"kind": "step", "step": 1}, "conversions[0].form: 'value' is missing: how much money?"),
        ("conversions.0.remainder", "drop", "conversions[0].remainder: what is not enough would be dropped after every purchase"),
        ("rewards.0.percent", 5, "rewards[0].percent: a reward worth money has its value in the conversion"),
        (
            "tier_ladders.0.rows",
            [{"key": "a", "name": "a", "from": 10}, {"key": "b", "name": "b", "from": "10.0"}],
            "tier_ladders[0].rows[1].from: each tier needs more than the one before it",
        ),
        (
            "tier_ladders.0.rows.0.multiplier",
            "0.5",
            "tier_ladders[0].rows[0].multiplier: must be at least 1",
        ),
    ],
)  # fmt: skip
def test_what_can_never_work_is_an_error(path: str, value: Any, told: str) -> None:
    assert told in errors(changed(path, value))


def test_points_that_lapse_before_they_can_be_used() -> None:
    found = changed(f"{RULE}.pending_days", 31)
    found["meters"][0]["lifetime"] = {"kind": "days", "count": 30}
    assert errors(found) == [
        "earning_rules[0].pending_days: never usable: the points lapse before they can be used"
    ]
    found["meters"][0]["lifetime"] = {"kind": "end_of_month", "count": 1}
    assert errors(found) == []
    assert "earning_rules[0].pending_days: some points lapse before they can be used" in warnings(found)
    found["meters"][0]["lifetime"] = {"kind": "months", "count": 12}
    assert warnings(found) == []


def test_a_multiplier_needs_something_to_multiply() -> None:
    extra = {
        "key": "double",
        "name": "double",
        "meter": "points",
        "rate": {"kind": "factor", "value": 2},
        "stack": {"kind": "multiply", "group": "other"},
    }
    told = errors(document(earning_rules=[*document()["earning_rules"], extra]))
    assert told == ["earning_rules[2].stack: can never apply: no other rule of its group gives of its meter"]


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("rewards.0.lifetime", {"kind": "none"}, "rewards[0]: its vouchers never lapse"),
        (f"{FORM}.from", 150, "conversions[0].form.from: 150 is not a number of whole steps of 100"),
        (
            f"{RULE}.scope",
            {"include": {"brands": ["a", "b"]}, "exclude": {"brands": ["a"]}},
            "earning_rules[0].scope.exclude.brands: 'a' is included and excluded: excluded wins",
        ),
        ("conversions", [], "rewards[0]: nothing gives it"),
        ("conversions", [], "meters[0]: can be spent, and nothing turns it into a reward"),
        (
            "life.inactivity",
            {"months": 1, "effect": "none"},
            "life.inactivity.effect: effect 'none' does nothing",
        ),
    ],
)
def test_what_is_hardly_meant_is_a_warning(path: str, value: Any, told: str) -> None:
    found = changed(path, value)
    assert errors(found) == []
    assert told in warnings(found)


def test_the_small_programme_is_right() -> None:
    assert (errors(document()), warnings(document())) == ([], [])


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
hard = settings(max_examples=250, deadline=None)


def outcome_of(read: Any, text: Any) -> list[Any]:
    """What was read, or everything that is wrong with it."""
    try:
        return [read(text)]
    except FileRefused as refused:
        return list(refused.errors)


def survives(text: str | bytes) -> None:
    """It is read, or refused with a reason."""
    for read in (files.read_programme, files.read_scenario):
        assert outcome_of(read, text)


@hard
@given(st.text(max_size=200) | st.binary(max_size=200))
@example("%YAML " + "9" * 5000 + ".1\n---\na")
@example("'\\")
def test_no_text_at_all_breaks_the_reader(text: str | bytes) -> None:
    survives(text)


@hard
@given(anything)
def test_no_other_yaml_breaks_the_reader(value: object) -> None:
    survives(yaml.safe_dump(value, allow_unicode=True))


@hard
@given(data=st.data(), text=st.sampled_from([DUVAN, SCENARIO]))
def test_no_damage_to_a_good_file_breaks_the_reader(data: st.DataObject, text: str) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(start + 40, len(text))))
    survives(text[:start] + data.draw(st.text(max_size=10)) + text[end:])


@hard
@given(data=st.data(), value=anything)
def test_no_value_anywhere_in_a_document_breaks_the_checks(data: st.DataObject, value: object) -> None:
    found = document()
    part: Any = found
    while True:
        keys = list(part) if isinstance(part, dict) else list(range(len(part)))
        key = data.draw(st.sampled_from(keys))
        inner = part[key]
        if isinstance(inner, dict | list) and inner and data.draw(st.booleans()):
            part = inner
        else:
            part[key] = value
            break
    if not files.errors_of(found):
        parse(found)
