import gzip
import io
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loyalty.actions.imports import Slip
from loyalty.connectors.columns import ColumnMap
from loyalty.connectors.errors import UnableToReadFile
from loyalty.connectors.table import read_slips
from members.actions import NewLine, NewOrder, NewReturn, NewReturnLine

IMPORTS = Path(__file__).resolve().parents[2] / "data" / "imports"
COLUMNS = {
    "number": "no",
    "placed_at": "at",
    "quantity": "qty",
    "unit_price": "price",
    "member": "who",
    "sku": "sku",
}
HEADER = "no,at,qty,price,who,sku"


def read(*rows: str, header: str = HEADER, **settings: Any) -> list[Slip]:
    columns = ColumnMap.parse({"source": "till", "columns": COLUMNS, "return_prefix": "R", **settings})
    text = "\n".join([header, *rows] if header else rows)
    return list(read_slips(io.BytesIO(text.encode(columns.encoding)), columns))


def order(slip: Slip) -> NewOrder:
    assert isinstance(slip.new, NewOrder)
    return slip.new


def rejected(slips: list[Slip]) -> list[tuple[int, str, str]]:
    return [(one.line, one.number, one.reason) for slip in slips for one in slip.rejects]


def test_rows_of_one_number_are_one_order() -> None:
    [first, second] = read(
        "1,2025-03-01 10:00,2,19.90,anna,LAMP",
        "1,2025-03-01 10:01,1,5,anna,BULB",
        "2,2025-03-02 09:00,1,7.5,,BULB",
    )
    assert order(first) == NewOrder(
        source="till",
        number="1",
        placed_at=datetime(2025, 3, 1, 9, 0, tzinfo=UTC),
        lines=(
            NewLine(ref="1", quantity=Decimal(2), gross_ore=3980, sku="LAMP"),
            NewLine(ref="2", quantity=Decimal(1), gross_ore=500, sku="BULB"),
        ),
    )
    assert (first.member_id, first.lines, first.last_line) == ("anna", {"1": 2, "2": 3}, 3)
    assert (second.member_id, order(second).number, second.last_line) == ("", "2", 4)
    assert rejected([first, second]) == []


def test_equal_rows_are_lines_of_their_own() -> None:
    [slip] = read("1,2025-03-01,1,5,anna,BULB", "1,2025-03-01,1,5,anna,BULB")
    assert [line.gross_ore for line in order(slip).lines] == [500, 500]


def test_a_price_with_three_decimals_is_rounded_once_on_the_line_half_up() -> None:
    [slip] = read("1,2025-03-01,3,0.335,,A", "1,2025-03-01,1,0.001,,B", "1,2025-03-01,1,0.005,,C")
    assert [line.gross_ore for line in order(slip).lines] == [101, 0, 1]


def test_a_number_with_the_return_prefix_is_a_return() -> None:
    [slip] = read("R1,2025-03-01,-2,10,anna,LAMP")
    assert slip.new == NewReturn(
        source="till",
        number="R1",
        returned_at=datetime(2025, 2, 28, 23, 0, tzinfo=UTC),
        lines=(NewReturnLine(ref="1", quantity=Decimal(2), amount_ore=2000, sku="LAMP"),),
    )


def test_a_return_may_name_its_order() -> None:
    [slip] = read(
        "R1,2025-03-01,-2,10,anna,LAMP,77",
        header=HEADER + ",of",
        columns={**COLUMNS, "order_number": "of"},
    )
    assert isinstance(slip.new, NewReturn)
    assert slip.new.order_number == "77"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,2025-03-01,-1,5,anna,A", "quantity_is_not_positive"),
        ("1,2025-03-01,0,5,anna,A", "quantity_is_not_positive"),
        ("1,2025-03-01,1.2345,5,anna,A", "quantity_is_not_valid"),
        ("1,2025-03-01,1000000000,5,anna,A", "quantity_is_not_valid"),
        ("1,2025-03-01,many,5,anna,A", "number_is_not_valid"),
        ("1,2025-03-01,,5,anna,A", "number_is_not_valid"),
        ("1,2025-03-01,NaN,5,anna,A", "number_is_not_valid"),
        ("1,2025-03-01,1_0,5,anna,A", "number_is_not_valid"),
        ('1,2025-03-01,1,"5,50",anna,A', "number_is_not_valid"),
        ("1,2025-03-01,1,-5,anna,A", "amount_is_negative"),
        ("1,yesterday,1,5,anna,A", "time_is_not_valid"),
        ("1,0001-01-01,1,5,anna,A", "time_is_not_valid"),
        (f"1,2025-03-01,1,5,anna,{'A' * 81}", "text_is_too_long"),
        (f"1,2025-03-01,1,5,{'a' * 121},A", "text_is_too_long"),
        ("1,2025-03-01,1,5,anna,\0", "text_is_not_valid"),
        ("1,2025-03-01,1,5,bertil,A", "member_differs_from_the_first_row"),
    ],
)
def test_a_row_that_cannot_be_taken_in_is_left_out_with_its_line_and_reason(row: str, reason: str) -> None:
    slips = read("1,2025-03-01,1,10,anna,LAMP", row, "1,2025-03-01,1,20,anna,BULB")
    assert rejected(slips) == [(3, "1", reason)]
    assert [(line.ref, line.gross_ore) for line in order(slips[0]).lines] == [("1", 1000), ("3", 2000)]


def test_a_row_without_a_number_does_not_break_the_order_around_it() -> None:
    slips = read("1,2025-03-01,1,10,anna,A", ",2025-03-01,1,10,anna,A", "oops", "1,2025-03-01,1,20,anna,B")
    assert rejected(slips) == [(3, "", "number_is_missing"), (4, "", "row_has_other_columns")]
    assert [line.gross_ore for line in order(slips[0]).lines] == [1000, 2000]


def test_an_order_all_of_whose_rows_are_left_out_is_no_order() -> None:
    [slip] = read("1,2025-03-01,-10,0,,A")
    assert slip.new is None
    assert rejected([slip]) == [(2, "1", "quantity_is_not_positive")]


def test_a_return_must_go_the_other_way() -> None:
    assert rejected(read("R1,2025-03-01,1,5,anna,A")) == [(2, "R1", "returned_quantity_is_not_negative")]


def test_rows_of_a_number_that_was_closed_are_told_apart_and_left_out() -> None:
    slips = read("1,2025-03-01,1,5,anna,A", "2,2025-03-01,1,5,anna,A", "1,2025-03-01,1,5,anna,B")
    assert [slip.new.number for slip in slips if slip.new] == ["1", "2"]
    assert rejected(slips) == [(4, "1", "rows_are_scattered")]


def test_a_discount_must_lie_within_the_amount() -> None:
    columns = {**COLUMNS, "discount": "off"}
    slips = read(
        "1,2025-03-01,1,5,anna,A,1.50",
        "1,2025-03-01,1,5,anna,A,5.01",
        "1,2025-03-01,1,5,anna,A,-1",
        header=HEADER + ",off",
        columns=columns,
    )
    assert [(line.gross_ore, line.discount_ore) for line in order(slips[0]).lines] == [(500, 150)]
    assert [reason for _line, _number, reason in rejected(slips)] == ["discount_is_not_within_the_amount"] * 2


def test_another_delimiter_decimal_sign_and_time_can_be_told() -> None:
    [slip] = read(
        "1;24/12 2025 15.00;0,5;19,90;anna;LAMP",
        header=HEADER.replace(",", ";"),
        delimiter=";",
        decimal=",",
        encoding="cp1252",
        time_format="%d/%m %Y %H.%M",
    )
    assert order(slip).placed_at == datetime(2025, 12, 24, 14, 0, tzinfo=UTC)
    assert [(line.quantity, line.gross_ore) for line in order(slip).lines] == [(Decimal("0.5"), 995)]


def test_a_point_is_no_decimal_sign_where_the_comma_is() -> None:
    slips = read("1;2025-03-01;1;1.234;anna;A", header=HEADER.replace(",", ";"), delimiter=";", decimal=",")
    assert rejected(slips) == [(2, "1", "number_is_not_valid")]


def test_a_time_with_a_zone_keeps_it() -> None:
    [slip] = read("1,2025-03-01T10:00:00+05:00,1,5,anna,A")
    assert order(slip).placed_at == datetime(2025, 3, 1, 5, 0, tzinfo=UTC)


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    slips = read('1,2025-03-01,1,5,anna,"A\nB"', "", "1,2025-03-01,0,5,anna,A")
    assert rejected(slips) == [(5, "1", "quantity_is_not_positive")]


def test_a_file_with_a_byte_order_mark_and_windows_line_ends_is_read() -> None:
    columns = ColumnMap.parse({"source": "till", "columns": COLUMNS})
    body = f"\ufeff{HEADER}\r\n1,2025-03-01,1,5,anna,A\r\n".encode()
    [slip] = read_slips(io.BytesIO(body), columns)
    assert order(slip).number == "1"


def test_a_header_that_lacks_a_column_says_which_and_what_it_has() -> None:
    with pytest.raises(UnableToReadFile) as refused:
        read("1,2", header="no,at")
    assert (refused.value.key, refused.value.facts) == (
        "column_is_missing",
        {"column": "qty", "found": "no, at"},
    )


def test_an_empty_file_lacks_its_columns_and_a_bare_header_has_no_orders() -> None:
    with pytest.raises(UnableToReadFile):
        read(header="")
    assert read() == []


def test_text_in_another_encoding_is_refused_with_a_hint() -> None:
    columns = ColumnMap.parse({"source": "till", "columns": COLUMNS})
    with pytest.raises(UnableToReadFile) as refused:
        list(read_slips(io.BytesIO(f"{HEADER}\n1,2025-03-01,1,5,åsa,A".encode("cp1252")), columns))
    assert refused.value.key == "file_has_another_encoding"


def test_a_compressed_file_that_breaks_off_is_refused() -> None:
    columns = ColumnMap.parse({"source": "till", "columns": COLUMNS})
    body = gzip.compress((IMPORTS / "online_retail.csv").read_bytes())[:-20]
    with pytest.raises(UnableToReadFile) as refused:
        list(read_slips(gzip.GzipFile(fileobj=io.BytesIO(body)), columns))
    assert refused.value.key in ("file_is_damaged", "column_is_missing")


def test_online_retail_gives_orders_in_london_time_and_leaves_stock_corrections_out() -> None:
    with (IMPORTS / "online_retail.csv").open("rb") as file:
        slips = list(read_slips(file, ColumnMap.named("online-retail")))
    orders = {slip.new.number: slip for slip in slips if isinstance(slip.new, NewOrder)}
    assert len(orders) == 10
    assert order(orders["559113"]).placed_at == datetime(2011, 7, 6, 11, 8, tzinfo=UTC)  # 12:08 in summer
    two_minutes = orders["563245"]
    assert order(two_minutes).placed_at == datetime(2011, 8, 15, 9, 53, tzinfo=UTC)  # 10:53, not 10:54
    assert (two_minutes.member_id, orders["536555"].member_id) == ("16272", "")
    assert (order(two_minutes).currency, order(two_minutes).lines[0].vat_rate) == ("GBP", Decimal(0))
    assert [line.gross_ore for line in order(orders["550193"]).lines] == [1320, 696, 696, 0]
    returns = [slip.new for slip in slips if isinstance(slip.new, NewReturn)]
    assert sum(line.amount_ore or 0 for one in returns for line in one.lines) == 131530
    assert rejected(slips) == [
        (5, "536589", "quantity_is_not_positive"),
        (8, "536764", "quantity_is_not_positive"),
    ]


def test_cdnow_rows_of_one_customer_and_day_are_one_purchase() -> None:
    with (IMPORTS / "cdnow.txt").open("rb") as file:
        slips = list(read_slips(file, ColumnMap.named("cdnow")))
    [both] = [order(slip) for slip in slips if slip.new and slip.new.number == "0026-19970113"]
    assert [(line.quantity, line.gross_ore) for line in both.lines] == [
        (Decimal(10), 16689),
        (Decimal(4), 6025),
    ]
    assert both.placed_at == datetime(1997, 1, 13, 5, 0, tzinfo=UTC)  # midnight in New York
