"""Definitions read back as sentences."""

from typing import Any

import pytest
from django.utils.translation import override

from members.models import Category, Product
from segments import queries
from segments.engine.shapes import OPERATORS
from segments.filters import Value, facts, fields
from tests.make import make_store
from tests.segments.make import make_segment

pytestmark = pytest.mark.django_db

YEAR: dict[str, Any] = {"window": {"last": [365, "day"]}}
ONE: dict[str, Any] = {"agg": "count", "of": "order", "op": "eq", "value": 1}


def read_back(definition: Any, language: str = "en") -> str:
    node = queries.Definitions().as_written(definition)
    with override(language):
        return queries.read_back(node)


PROFILES: list[tuple[Any, str, str]] = [
    (
        {"agg": "count", "of": "order", "window": {"last": [90, "day"]}, "op": "gte", "value": 2},
        "Members who have at least 2 orders in the last 90 days.",
        "Medlemmar som har minst 2 ordrar de senaste 90 dagarna.",
    ),
    (
        {"not": {"agg": "count", "of": "order", "op": "gte", "value": 1}},
        "Members who have no orders.",
        "Medlemmar som inte har några ordrar.",
    ),
    (
        {
            "all": [
                {"agg": "count", "of": "order", "op": "gte", "value": 3},
                {
                    "agg": "sum", "of": "return_line", "field": "qty", "window": {"last": [12, "month"]},
                    "op": "gte", "value": 2,
                },
            ]
        },
        "Members who have at least 3 orders and whose total of “quantity” for returned goods in the last 12 months"
        " is at least 2.",
        "Medlemmar som har minst 3 ordrar och vars summa av ”antal” för returnerade varor de senaste 12 månaderna"
        " är minst 2.",
    ),
    (
        {"all": [{"agg": "avg", "of": "order", "field": "total", "op": "gt", "value": 80_000}, ONE]},
        "Members whose average of “paid” for orders is more than 800 kr and whose number of orders is exactly 1.",
        "Medlemmar vars snitt av ”betalt” för ordrar är mer än 800 kr och vars antal ordrar är exakt 1.",
    ),
    (
        {
            "all": [
                {
                    "agg": "count", "of": "web_view", "where": {"category_under": 7},
                    "window": {"last": [30, "day"]}, "op": "gte", "value": 2,
                },
                {"not": {"agg": "count", "of": "order_line", "where": {"category_under": 7}, "op": "gte", "value": 1}},
            ]
        },
        "Members who have at least 2 pages viewed (category, with all below it: “7”) in the last 30 days and who"
        " have no bought goods (category, with all below it: “7”).",
        "Medlemmar som har minst 2 visade sidor (kategori, med allt under den: ”7”) de senaste 30 dagarna och som"
        " inte har några köpta varor (kategori, med allt under den: ”7”).",
    ),
    (
        {
            "all": [
                {"agg": "count_distinct", "of": "order_line", "field": "interest_area", "op": "gte", "value": 2},
                ONE,
            ]
        },
        "Members whose number of different “area of interest” for bought goods is at least 2 and whose number of"
        " orders is exactly 1.",
        "Medlemmar vars antal olika ”intresseområde” för köpta varor är minst 2 och vars antal ordrar är exakt 1.",
    ),
    (
        {
            "all": [
                {"agg": "sum", "of": "return_line", "field": "qty", **YEAR, "op": "eq", "value": 0},
                {
                    "ratio": ["message.bounce", "message.delivered"], "where": {"channel": "email"}, **YEAR,
                    "min_den": 10, "op": "gte", "value": "0.10",
                },
                {"agg": "count", "of": "referral", "where": {"state": "qualified"}, "op": "gte", "value": 2},
            ]
        },
        "Members whose total of “quantity” for returned goods in the last 365 days is exactly 0 and whose number of"
        " messages that came back (channel: “email”) in the last 365 days divided by number of messages delivered"
        " (channel: “email”) in the last 365 days is at least 0.1, where the latter is at least 10 and who have at"
        " least 2 invited friends (state: has bought).",
        "Medlemmar vars summa av ”antal” för returnerade varor de senaste 365 dagarna är exakt 0 och vars antal"
        " utskick som studsade (kanal: ”email”) de senaste 365 dagarna delat med antal levererade utskick (kanal:"
        " ”email”) de senaste 365 dagarna är minst 0,1, där det senare är minst 10 och som har minst 2 värvade"
        " vänner (läge: har handlat).",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("definition", "english", "swedish"), PROFILES)
def test_the_seven_profiles_are_read_back(definition: Any, english: str, swedish: str) -> None:
    assert read_back(definition) == english
    assert read_back(definition, "sv") == swedish


VIEWED = {"did": "web_view", "then_not": "order_line"}


@pytest.mark.parametrize(
    ("definition", "sentence"),
    [
        ({"not": {"not": ONE}}, "whose number of orders is exactly 1"),
        (
            {"any": [ONE, {"all": [ONE, {"segment": "vip"}]}]},
            "whose number of orders is exactly 1 or (whose number of orders is exactly 1 and who are in the segment"
            " “vip”)",
        ),
        (
            {"not": {"any": [{"segment": "vip"}, {"segment": "old"}]}},
            "who are not among those (who are in the segment “vip” or who are in the segment “old”)",
        ),
        (
            {"last": "order", "op": "at_least_ago", "value": [180, "day"]},
            "whose last of the orders was at least 180 days ago",
        ),
        (
            {**VIEWED, "mode": "each_within", "within": [7, "day"], "same": ["category"]},
            "who have pages viewed, and after one of them no bought goods with the same category within 7 days",
        ),
        (
            {**VIEWED, "mode": "since_last"} | {"then_not": "order"},
            "who have pages viewed, and after the last of them no orders",
        ),
        (
            {"did": "web_view", "then": "order_line", "mode": "each_within", "within": [7, "day"]},
            "who have pages viewed, and after one of them bought goods within 7 days",
        ),
        (
            {"agg": "last", "of": "order", "field": "total", "op": "gte", "value": 80_000},
            "whose last “paid” for orders is at least 800 kr",
        ),
        (
            {"agg": "count", "of": "order", "window": {"since": "joined"}, "op": "gte", "value": 2},
            "who have at least 2 orders since they joined",
        ),
        (
            {"last": "order", "op": "more_than_ago", "value": [180, "day"]},
            "whose last of the orders was more than 180 days ago",
        ),
        (
            {"first": "order", "op": "weekday", "value": [7, 6]},
            "whose first of the orders was on a Saturday or Sunday",
        ),
        ({"field": "joined_at", "op": "hour", "value": [8, 11]}, "who joined between 08:00 and 11:59"),
        ({"recurring": "birthday", "in_month": [4, 3]}, "whose birthday is in March or April"),
        ({"recurring": "birthday", "in_month": "next"}, "whose birthday is in the next month"),
        ({"recurring": "birthday", "in": [0, 7]}, "whose birthday is from today to in 7 days"),
        (
            {"recurring": "joined", "in": [-1, -1], "number": 5},
            "whose membership day number 5 is 1 day ago",
        ),
        (
            {"top": {"agg": "sum", "of": "order", "field": "total"}, "percent": 10},
            "who are among the top 10 per cent by total of “paid” for orders",
        ),
        ({"bucket": ["may", 0, 500]}, "who drew a lot from 0 to 499 of 10,000 in the draw “may”"),
        (
            {"field": "consent", "with": {"purpose": "marketing"}, "op": "eq", "value": False},
            "who have not said yes (purpose: offers and news)",
        ),
        (
            {"field": "joined_at", "op": "between", "value": ["2026-01-01", "2026-01-31"]},
            "who joined between Jan. 1, 2026 and Jan. 31, 2026",
        ),
        (
            {"field": "birth_date", "op": "before", "value": "2000-01-01"},
            "whose birth date is before Jan. 1, 2000",
        ),
        (
            {"field": "joined_at", "op": "in", "value": {"calendar": ["this", "month"]}},
            "who joined this month",
        ),
        ({"field": "age", "op": "between", "value": [18, 25]}, "whose age is from 18 years to 25 years"),
        (
            {"field": "last_name", "op": "starts", "value": "Öst"},
            "whose last name is something that begins with “Öst”",
        ),
        (
            {"field": "language", "op": "in", "value": ["sv", "en"]},
            "whose language is one of Swedish, English",
        ),
    ],
)
def test_each_kind_of_condition_is_read_back(definition: Any, sentence: str) -> None:
    assert read_back(definition) == f"Members {sentence}."


def test_a_denied_number_is_read_back_as_its_opposite_and_a_missing_one_is_not() -> None:
    few = {"agg": "count", "of": "order", "op": "lt", "value": 3}
    assert read_back({"not": few}) == "Members who have at least 3 orders."
    dear = {"agg": "avg", "of": "order", "field": "total", "op": "gt", "value": 80_000}
    assert read_back({"not": dear}) == (
        "Members who are not among those whose average of “paid” for orders is more than 800 kr."
    )


SAMPLES: dict[str, Any] = {
    "text": "x", "choice": "x", "level": "x", "category": "x", "number": 2, "money": 200, "quantity": 2, "yes_no": True,
    "day": "2026-01-01", "moment": "2026-01-01",
}  # fmt: skip


def asked(value: Value) -> dict[str, Any]:
    """Something to ask of any value."""
    known = [key for key, _label in value.choices()]
    first = OPERATORS[value.kind][0]
    return {"op": first, "value": known[0] if known else SAMPLES[value.kind]}


@pytest.mark.parametrize("language", ["en", "sv", "nb"])
@pytest.mark.parametrize("key", [key for key, _found in fields.items()])
def test_every_field_says_its_part(key: str, language: str) -> None:
    found = fields[key]()
    needs = {name: asked(one)["value"] for name, one in found.needs().items()}
    sentence = read_back({"field": key, "with": needs, **asked(found)}, language)
    start = {"en": "Members who", "sv": "Medlemmar ", "nb": "Medlemmer "}[language]
    assert sentence.startswith(start)
    assert "%(" not in sentence
    if found.kind != "yes_no" and key != "joined_at":
        with override(language):
            assert str(found.label) in sentence


@pytest.mark.parametrize("language", ["en", "sv", "nb"])
@pytest.mark.parametrize("key", [key for key, _found in facts.items()])
def test_every_fact_says_its_part_with_all_that_it_is_narrowed_by(key: str, language: str) -> None:
    found = facts[key]()
    where = {name: asked(one) for name, one in found.where().items()}
    sentence = read_back({"agg": "count", "of": key, "where": where, "op": "gte", "value": 2}, language)
    with override(language):
        for label in (found.label, *(one.label for one in found.where().values())):
            assert str(label) in sentence
    assert "%(" not in sentence


def test_goods_stores_and_segments_are_read_back_by_their_names() -> None:
    store = make_store("gbg", name="Göteborg")
    Category.objects.create(code="7", name="Lamps", path="home/7")
    Product.objects.create(sku="A-1", name="Lamp")
    make_segment("vip")
    bought = {"category_under": "home/7", "product": ["A-1", "B-2"], "store": store.code}
    definition = {
        "all": [
            {"agg": "count", "of": "order_line", "where": bought, "op": "gte", "value": 2},
            {"segment": "vip"},
        ]
    }
    node = queries.Definitions().as_written(definition)
    assert queries.labels_of(node) == {
        "home/7": "Lamps (home/7)",
        "A-1": "Lamp (A-1)",
        "gbg": "Göteborg (gbg)",
    }
    assert read_back(definition) == (
        "Members who have at least 2 bought goods (category, with all below it: Lamps (home/7), article number:"
        " one of Lamp (A-1), “B-2”, store: Göteborg (gbg)) and who are in the segment “Vip”."
    )
