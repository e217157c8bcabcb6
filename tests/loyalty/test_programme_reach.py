"""What of a programme nobody can come to: it is refused with its place, or told as hardly meant."""

from typing import Any

import pytest

from tests.loyalty.programme_documents import changed, document, errors, warnings

RATE = "earning_rules.0.rate"
FROM_100 = {"from": 100, "value": 1}


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([{"from": 0, "to": 200, "value": 1}, FROM_100], "rows[1].from: overlaps the row before it"),
        ([FROM_100, {"from": 50, "value": 2}], "rows[1].from: each row starts above the one before it"),
        ([FROM_100, FROM_100], "rows[1].from: each row starts above the one before it"),
        (
            [{"from": 100, "to": 100, "value": 1}],
            "rows[0].to: can never apply: it ends before it starts",
        ),
    ],
)
def test_rows_of_a_table_never_overlap(rows: list[dict[str, Any]], told: str) -> None:
    found = changed(RATE, {"kind": "bracket", "table": {"rows": rows}})
    assert errors(found) == [f"earning_rules[0].rate.table.{told}"]


def test_a_check_that_lapses_before_it_can_be_used_is_refused() -> None:
    found = changed("rewards.0.available_after_days", 200)
    assert errors(found) == ["rewards[0].available_after_days: never usable: it lapses before it can be used"]
    assert errors(changed("rewards.0.available_after_days", 100)) == []


def test_a_step_that_no_receipt_comes_to_is_refused() -> None:
    found = changed(RATE, {"kind": "per_full", "value": 1, "step": 500})
    found["earning_rules"][0]["scope"] = {"receipt_max": 499}
    assert errors(found) == ["earning_rules[0].rate.step: gives nothing: no receipt up to 499 has a full 500"]
    found["earning_rules"][0]["scope"] = {"receipt_max": 500}
    assert errors(found) == []


def test_a_meter_that_nothing_gives_is_told() -> None:
    found = document()
    found["meters"].append({"key": "stamps", "name": "stamps", "spendable": False})
    assert errors(found) == []
    assert "meters[2]: no earning rule gives it" in warnings(found)
