from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from loyalty.connectors.columns import ColumnMap, known_maps
from loyalty.connectors.errors import UnableToReadFile

COLUMNS = {"number": "Receipt", "placed_at": "Date", "quantity": "Pieces", "unit_price": "Price"}


def document(**settings: object) -> dict[str, Any]:
    return {"source": "my-shop", "columns": COLUMNS, **settings}


def test_our_own_maps_can_be_read() -> None:
    assert known_maps() == ["cdnow", "online-retail"]
    retail = ColumnMap.named("online-retail")
    assert (retail.source, retail.currency, retail.return_prefix) == ("online-retail", "GBP", "C")
    assert retail.time_zone == ZoneInfo("Europe/London")
    cdnow = ColumnMap.named("cdnow")
    assert cdnow.columns["number"] == ("customer", "date")
    assert (cdnow.delimiter, cdnow.vat_rate) == ("blanks", Decimal(0))


def test_a_map_says_only_what_differs_from_the_usual() -> None:
    columns = ColumnMap.parse(document())
    assert columns.columns["unit_price"] == ("Price",)
    assert (columns.delimiter, columns.decimal, columns.encoding) == (",", ".", "utf-8-sig")
    assert (columns.currency, columns.vat_rate) == ("SEK", Decimal(25))
    assert columns.time_zone == ZoneInfo("Europe/Stockholm")


@pytest.mark.parametrize(
    "text",
    [
        "source: till\ncolumns: {number: A, placed_at: B, quantity: C, amount: D}\n",
        "source: till\ncolumns: {number: no, placed_at: B, quantity: C, amount: D}\n",
        '{"source": "till", "columns": {"number": "A", "placed_at": "B", "quantity": "C", "amount": "D"}}',
    ],
)
def test_a_map_of_ones_own_is_a_yaml_or_json_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "till.map"
    path.write_text(text)
    assert ColumnMap.named(str(path)).columns["amount"] == ("D",)


@pytest.mark.parametrize(
    ("settings", "key", "setting"),
    [
        ({"sorce": "x"}, "setting_is_not_known", "sorce"),
        ({"columns": {**COLUMNS, "colour": "Colour"}}, "setting_is_not_known", "columns.colour"),
        ({"columns": {"number": "A"}}, "setting_is_missing", "columns.placed_at"),
        ({"columns": {**COLUMNS, "amount": "Sum"}}, "setting_is_missing", "columns.unit_price"),
        ({"columns": {**COLUMNS, "sku": ["A", "B"]}}, "setting_is_not_valid", "columns.sku"),
        ({"columns": {**COLUMNS, "sku": 7}}, "setting_is_not_valid", "columns.sku"),
        ({"columns": []}, "setting_is_not_valid", "columns"),
        ({"source": ""}, "setting_is_not_valid", "source"),
        ({"source": "s" * 41}, "setting_is_not_valid", "source"),
        ({"delimiter": "tab"}, "setting_is_not_valid", "delimiter"),
        ({"currency": "KRONOR"}, "setting_is_not_valid", "currency"),
        ({"encoding": "runes"}, "setting_is_not_valid", "encoding"),
        ({"time_zone": "Europe/Ystad"}, "setting_is_not_valid", "time_zone"),
        ({"time_zone": "../etc/passwd"}, "setting_is_not_valid", "time_zone"),
        ({"vat_rate": "a quarter"}, "setting_is_not_valid", "vat_rate"),
        ({"vat_rate": -1}, "setting_is_not_valid", "vat_rate"),
    ],
)
def test_a_map_that_cannot_be_names_the_setting(settings: dict[str, Any], key: str, setting: str) -> None:
    with pytest.raises(UnableToReadFile) as refused:
        ColumnMap.parse(document(**settings))
    assert (refused.value.key, refused.value.facts["setting"]) == (key, setting)


def test_a_map_needs_a_source_and_columns() -> None:
    with pytest.raises(UnableToReadFile) as refused:
        ColumnMap.parse({"source": "till"})
    assert (refused.value.key, refused.value.facts) == ("setting_is_missing", {"setting": "columns"})


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (None, "map_not_found"),
        (b"a: [", "map_is_not_yaml"),
        (b"\xff", "map_is_not_yaml"),
        (b"- a", "map_is_no_object"),
    ],
)
def test_a_file_that_is_no_map_is_refused(tmp_path: Path, content: bytes | None, key: str) -> None:
    path = tmp_path / "map.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnableToReadFile) as refused:
        ColumnMap.named(str(path))
    assert refused.value.key == key
