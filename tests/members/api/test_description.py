import io
from typing import Any

import pytest
from django.core.management import call_command
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
            expected = {"400", "401", "403", "default"} | ({"404"} if "{" in path else set())
            expected |= {"409", "413", "415", "422"} if method != "get" else set()
            assert expected <= set(call["responses"])
            assert all(call["responses"][status]["content"] == problem for status in expected)
    assert described["components"]["securitySchemes"]["apiKey"]["scheme"] == "bearer"


def test_every_write_takes_an_idempotency_key(described: dict[str, Any]) -> None:
    for methods in described["paths"].values():
        for method, call in methods.items():
            names = [parameter["name"] for parameter in call.get("parameters", [])]
            assert ("Idempotency-Key" in names) is (method != "get")


def test_the_description_is_open_to_all(client: Any, db: None) -> None:
    assert client.get("/api/v1/schema/").status_code == 200
