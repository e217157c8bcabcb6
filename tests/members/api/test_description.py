import io
from collections.abc import Iterable, Iterator
from inspect import cleandoc
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import get_resolver
from drf_spectacular.generators import SchemaGenerator


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-any-return, no-untyped-call]


def test_the_description_is_valid_and_without_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=io.StringIO())
    assert capsys.readouterr().err == ""


def test_every_call_needs_a_key_and_tells_of_its_problems(described: dict[str, Any]) -> None:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path, methods in described["paths"].items():
        for method, call in methods.items():
            assert call["security"] == [{"apiKey": []}]
            expected = {"400", "401", "403", "429", "default"} | ({"404"} if "{" in path else set())
            expected |= {"409", "413", "415", "422"} if method != "get" else set()
            assert expected <= set(call["responses"])
            assert all(call["responses"][status]["content"] == problem for status in expected)
    assert described["components"]["securitySchemes"]["apiKey"]["scheme"] == "bearer"


def test_every_write_takes_an_idempotency_key(described: dict[str, Any]) -> None:
    for methods in described["paths"].values():
        for method, call in methods.items():
            names = [parameter["name"] for parameter in call.get("parameters", [])]
            assert ("Idempotency-Key" in names) is (method != "get")


def test_every_read_can_be_asked_for_only_if_it_has_changed(described: dict[str, Any]) -> None:
    for methods in described["paths"].values():
        for method, call in methods.items():
            names = [parameter["name"] for parameter in call.get("parameters", [])]
            assert ("If-None-Match" in names, "304" in call["responses"]) == (
                method == "get",
                method == "get",
            )


def views_below(patterns: Iterable[Any]) -> Iterator[type]:
    for one in patterns:
        if hasattr(one, "url_patterns"):
            yield from views_below(one.url_patterns)
        elif hasattr(one.callback, "cls"):
            yield one.callback.cls


def test_what_we_say_to_each_other_is_not_told_to_shops(described: dict[str, Any]) -> None:
    """Docstrings are ours: no call and no shape is described by one."""
    views = {
        cleandoc(doc)
        for view in views_below(get_resolver().url_patterns)
        for kind in view.__mro__
        if (doc := kind.__doc__)
    }
    told = [
        call["description"]
        for methods in described["paths"].values()
        for call in methods.values()
        if "description" in call
    ]
    assert "Writes nothing, so every method needs the scope to read." in views
    assert views.isdisjoint(told)
    shapes = described["components"]["schemas"]
    assert [name for name, one in shapes.items() if "properties" in one and "description" in one] == [
        "Problem"
    ]


def test_the_description_is_open_to_all(client: Any, db: None) -> None:
    assert client.get("/api/v1/schema/").status_code == 200
