"""What a definition may be, what is refused and where, and the one form of all ways to write it."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from segments.engine.errors import Malformed
from segments.engine.reading import canonical, fingerprint, read
from segments.engine.shapes import Catalogue, FactShape, Shape

MONEY = Shape("money")
ORDER = FactShape(
    "member",
    {"total": MONEY, "store": Shape("text")},
    {"store": Shape("choice"), "total": MONEY},
    frozenset({"store"}),
)
LOT = FactShape("account", {"amount": Shape("number")}, {}, frozenset(), is_ahead=True)
CLUB = Catalogue(
    fields={
        "city": Shape("text"),
        "tier": Shape("choice", choices=("silver", "gold"), needs={"ladder": Shape("choice")}),
        "points": Shape("number"),
        "staff": Shape("yes_no"),
        "joined_at": Shape("moment"),
    },
    facts={"order": ORDER, "lot": LOT},
    dates=frozenset({"birthday"}),
)
ZONE = ZoneInfo("Europe/Stockholm")
LEAF: dict[str, Any] = {"agg": "count", "of": "order", "op": "gte", "value": 2}
CITY: dict[str, Any] = {"field": "city", "op": "eq", "value": "Lund"}


def reading(document: Any) -> Any:
    return canonical(read(document, CLUB, ZONE))


def nested(times: int, document: Any = LEAF) -> Any:
    return nested(times - 1, {"not": document}) if times else document


def test_other_ways_to_write_the_same_have_one_form_and_one_fingerprint() -> None:
    ways = [
        {"field": "city", "op": "is", "value": " Lund "},
        {"field": "city", "op": "=", "value": "Lund"},
        {"field": "city", "op": "eq", "value": "Lund", "with": {}},
    ]
    assert [reading(one) for one in ways] == [CITY] * 3
    assert len({fingerprint(read(one, CLUB, ZONE)) for one in ways}) == 1
    assert reading({**LEAF, "window": "all", "where": {}}) == LEAF
    assert reading({**LEAF, "where": {"store": "gbg"}})["where"] == {"store": {"op": "eq", "value": "gbg"}}
    assert reading({**LEAF, "agg": "avg", "field": "total", "value": "2.50"})["value"] == "2.5"


@pytest.mark.parametrize(
    ("document", "place", "key"),
    [
        ([], "", "condition_is_no_object"),
        ({}, "", "condition_is_not_known"),
        ({"some": []}, "", "condition_is_not_known"),
        ({"all": []}, "all", "group_is_empty"),
        ({"all": {}}, "all", "group_is_empty"),
        ({"all": [CITY], "any": [CITY]}, "any", "name_is_not_known"),
        ({"any": [CITY, {"not": {"field": "town"}}]}, "any/1/not/field", "name_is_not_known"),
        (nested(9), "not/not/not/not/not/not/not/not/not", "nested_too_deep"),
        ({"any": [CITY] * 201}, "any/200", "too_many_conditions"),
        ({**CITY, "op": "gt"}, "op", "op_is_not_known"),
        ({**CITY, "op": ["eq"]}, "op", "op_is_not_known"),
        ({**CITY, "value": " "}, "value", "value_is_blank"),
        ({**CITY, "value": True}, "value", "value_is_not_text"),
        ({**CITY, "value": "x" * 201}, "value", "text_is_too_long"),
        ({**CITY, "of": "order"}, "of", "name_is_not_known"),
        ({"field": "city", "op": "eq"}, "", "value_is_missing"),
        ({"field": "city", "op": "set", "value": 1}, "value", "value_is_not_asked_for"),
        ({"field": "city", "op": "in", "value": []}, "value", "list_is_empty"),
        ({"field": "city", "op": "in", "value": ["a", 1.5]}, "value/1", "value_is_not_text"),
        ({"field": "tier", "op": "eq", "value": "gold"}, "with", "parameter_is_missing"),
        (
            {"field": "tier", "with": {"ladder": "x"}, "op": "eq", "value": "iron"},
            "value",
            "choice_is_not_known",
        ),
        ({"field": "staff", "op": "eq", "value": 1}, "value", "value_is_not_yes_or_no"),
        ({"field": "points", "op": "eq", "value": "many"}, "value", "value_is_not_a_number"),
        ({"field": "points", "op": "eq", "value": "NaN"}, "value", "number_is_out_of_range"),
        ({"field": "points", "op": "eq", "value": 1e300}, "value", "number_is_out_of_range"),
        ({"field": "points", "op": "eq", "value": "0.00001"}, "value", "number_is_out_of_range"),
        ({"field": "points", "op": "between", "value": [2, 1]}, "value", "range_is_reversed"),
        ({"field": "points", "op": "between", "value": 2}, "value", "range_needs_two_ends"),
        ({"field": "joined_at", "op": "before", "value": "soon"}, "value", "value_is_not_a_time"),
        ({"field": "joined_at", "op": "within", "value": [0, "day"]}, "value", "window_is_empty"),
        ({"field": "joined_at", "op": "within", "value": [1, "moon"]}, "value", "amount_needs_number_and_unit"),
        ({"field": "joined_at", "op": "in", "value": {"days": ["2026-01-02", "2026-01-01"]}}, "value/days", "range_is_reversed"),
        ({**LEAF, "agg": "median"}, "agg", "agg_is_not_known"),
        ({**LEAF, "of": "orders"}, "of", "name_is_not_known"),
        ({**LEAF, "field": "total"}, "field", "count_has_no_field"),
        ({**LEAF, "agg": "sum"}, "field", "name_is_not_known"),
        ({**LEAF, "agg": "sum", "field": "store"}, "field", "field_is_no_number"),
        ({**LEAF, "where": {"colour": 1}}, "where/colour", "name_is_not_known"),
        ({**LEAF, "where": {"store": []}}, "where/store", "list_is_empty"),
        ({**LEAF, "window": {"last": [0, "day"]}}, "window/last", "window_is_empty"),
        ({**LEAF, "window": {"next": [1, "day"]}}, "window", "facts_lie_in_the_past"),
        ({**LEAF, "window": {"calendar": ["next", "day"]}}, "window/calendar", "calendar_is_not_known"),
        ({**LEAF, "window": "ever"}, "window", "window_is_not_known"),
        ({**LEAF, "value": 0}, "", "condition_is_always_true"),
        ({**LEAF, "op": "gt", "value": -1}, "", "condition_is_always_true"),
        ({**LEAF, "op": "ne", "value": "1.5"}, "", "condition_is_always_true"),
        ({**LEAF, "op": "lt", "value": 0}, "", "condition_is_never_true"),
        ({**LEAF, "op": "eq", "value": -1}, "", "condition_is_never_true"),
        ({**LEAF, "op": "between", "value": ["1.2", "1.8"]}, "", "condition_is_never_true"),
        ({**LEAF, "agg": "sum", "field": "total", "value": 0}, "", "condition_is_always_true"),
        ({**LEAF, "agg": "avg", "field": "total", "op": "lt", "value": 0}, "", "condition_is_never_true"),
        ({"all": [CITY, {"not": CITY}]}, "all", "condition_is_never_true"),
        ({"any": [{"not": CITY}, CITY]}, "any", "condition_is_always_true"),
        ({"ratio": ["order"], "op": "gte", "value": 1}, "ratio", "ratio_needs_two_parts"),
        ({"ratio": ["order", "lot"], "op": "gte", "value": 1}, "ratio", "ratio_mixes_owners"),
        ({"ratio": ["order", "order"], "min_den": 0, "op": "gte", "value": 1}, "min_den", "minimum_is_below_one"),
        ({"last": "order", "op": "set"}, "op", "count_says_whether_it_happened"),
        ({"did": "order", "then_not": "order", "mode": "ever"}, "mode", "mode_is_not_known"),
        ({"did": "order", "then_not": "order", "mode": "each_within"}, "", "within_is_missing"),
        ({"did": "order", "then_not": "order", "within": [0, "month"]}, "within", "window_is_empty"),
        ({"did": "order", "then_not": "order", "same": ["total"]}, "same/0", "name_is_not_known"),
        ({"recurring": "birthday", "in": [3, 2]}, "in", "range_is_reversed"),
        ({"recurring": "birthday", "in": [-200, 200]}, "in", "condition_is_always_true"),
        ({"recurring": "birthday", "in": [0, 400]}, "in", "days_are_out_of_range"),
        ({"top": {"agg": "count", "of": "order"}, "percent": 100}, "percent", "percent_is_out_of_range"),
        ({"top": LEAF, "percent": 10}, "top/op", "name_is_not_known"),
        ({"bucket": ["a", 0, 10_000]}, "bucket", "condition_is_always_true"),
        ({"bucket": ["a", 5, 5]}, "bucket", "bucket_is_out_of_range"),
        ({"bucket": ["a", 0, 5.0]}, "bucket/2", "value_is_not_a_whole_number"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_its_place(document: Any, place: str, key: str) -> None:
    with pytest.raises(Malformed) as caught:
        read(document, CLUB, ZONE)
    assert (caught.value.pointer, caught.value.key) == (place, key)


def test_eight_groups_in_each_other_and_two_hundred_conditions_are_read() -> None:
    assert reading(nested(8)) == nested(8)
    assert len(list(read({"any": [CITY] * 200}, CLUB, ZONE).leaves())) == 200


def test_an_average_of_at_least_nothing_asks_whether_there_is_one() -> None:
    document = {"agg": "avg", "of": "order", "field": "total", "op": "gte", "value": 0}
    assert reading(document) == document
