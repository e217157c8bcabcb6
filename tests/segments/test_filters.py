"""Every filter describes itself, and has a test of its own name beside it."""

from pathlib import Path

import pytest
from django.utils.translation import override

from segments import queries
from segments.engine.shapes import KNOWN, OPERATORS
from segments.filters import facts, fields
from tests.test_floors import BASE_DIR

FILTERS = [*fields.items(), *facts.items()]


@pytest.mark.parametrize(("key", "found"), FILTERS, ids=[key for key, _found in FILTERS])
def test_a_filter_has_a_test_of_its_name_and_its_registered_key(key: str, found: type) -> None:
    app = found.__module__.split(".")[0]
    assert found.key == key  # type: ignore[attr-defined]
    assert list(
        (BASE_DIR / "tests" / app / "filters").glob(
            f"test_{Path(found.__module__.replace('.', '/')).name}.py"
        )
    )


@pytest.mark.django_db
def test_every_filter_can_be_drawn_from_what_it_tells() -> None:
    with override("en"):
        told = queries.described()
    values = [*told["fields"]]
    for fact in told["facts"]:
        assert fact["label"]
        values += [*fact["measures"], *fact["where"], *fact["same"]]
    for value in values:
        assert value["label"]
        assert [op for op in value["operators"] if op not in KNOWN] == [
            op for op in OPERATORS[value["kind"]] if op not in KNOWN
        ]
        for choice in value["choices"]:
            assert choice["label"]
    assert len(values) > 40
