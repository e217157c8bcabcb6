from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from loyalty.actions.shop_news import Buyer
from loyalty.connectors import woocommerce
from loyalty.connectors.errors import UnableToReadOrder
from loyalty.connectors.order_news import Standing
from tests.loyalty.connectors.payloads import amounts, given_back, paid_ore, sample

JOHN = Buyer(email="john.doe@example.com", phone="(555) 555-5555", first_name="John", last_name="Doe")
JOAO = Buyer(
    external_id="26",
    email="joao.silva@example.com",
    phone="(11) 1111-1111",
    first_name="João",
    last_name="Silva",
)
# Number: lines (ref, price, discount), total as the shop says, revision, buyer.
EXPECTED: dict[tuple[str, str], tuple[list[tuple[str, int, int]], int, int, Buyer]] = {
    ("727", "processing"): ([("315", 645, 0), ("316", 1290, 0), ("317", 1000, 0)], 2935, 7, JOHN),
    ("727", "completed"): ([("315", 645, 0), ("316", 1290, 0), ("317", 1000, 0)], 2935, 154, JOHN),
    ("723", "completed"): ([("311", 900, 0), ("313", 2000, 0), ("312", 1000, 0)], 3900, 2332, JOAO),
    ("729", "processing"): ([("324", 1290, 0), ("325", 2150, 0), ("326", 2000, 0)], 5440, 6, JOHN),
}
BATCH = sample("woocommerce/orders_06_batch-update-orders.json")
SAMPLES: list[dict[str, Any]] = [
    sample("woocommerce/orders_01_create-an-order.json"),
    *sample("woocommerce/orders_03_list-all-orders.json"),
    sample("woocommerce/orders_04_update-an-order.json"),
    *BATCH["create"],
    *BATCH["update"],
    *BATCH["delete"],
]
PLACED = [one for one in SAMPLES if one["status"] != "pending"]
REFUNDS = sample("woocommerce/order-refunds_03_list-all-refunds.json")


def changed(**fields: object) -> dict[str, Any]:
    return {**sample("woocommerce/orders_01_create-an-order.json"), **fields}


def with_line(**fields: object) -> dict[str, Any]:
    order = changed(shipping_lines=[])
    order["line_items"] = [{**order["line_items"][0], **fields}]
    return order


@pytest.mark.parametrize("payload", PLACED, ids=lambda one: f"{one['number']} {one['status']}")
def test_every_sample_order_is_read_to_the_last_cent(payload: dict[str, Any]) -> None:
    lines, total, revision, buyer = EXPECTED[payload["number"], payload["status"]]
    order = woocommerce.order(payload)
    assert (order.key, order.revision) == (f"woocommerce:{payload['id']}", revision)
    assert amounts(order) == lines
    assert paid_ore(order) == total == int(Decimal(payload["total"]) * 100)
    assert (order.currency, order.channel, order.member) == ("USD", "web", None)
    assert woocommerce.buyer(payload) == buyer


def test_every_kind_of_sample_order_was_tried() -> None:
    assert {(one["number"], one["status"]) for one in PLACED} == set(EXPECTED)
    assert [one["number"] for one in SAMPLES if one["status"] == "pending"] == ["728"]


def test_a_line_carries_its_article_its_quantity_and_the_rate_of_its_tax() -> None:
    first, second, shipping = woocommerce.order(changed()).lines
    assert (first.quantity, first.vat_rate, first.sku) == (Decimal(2), Decimal("7.50"), "")
    assert (second.sku, second.name) == ("Bar3", "Ship Your Idea – Color: Black, Size: M Test")
    assert (shipping.flags, shipping.vat_rate, shipping.name) == (("shipping",), Decimal(0), "Flat Rate")


def test_times_are_those_of_the_gmt_fields() -> None:
    assert woocommerce.order(changed()).placed_at == datetime(2017, 3, 22, 19, 28, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "key"),
    [
        ("pending", "order_is_waiting"),
        ("on-hold", "order_is_waiting"),
        ("checkout-draft", "order_is_waiting"),
        ("failed", "order_is_cancelled"),
        ("cancelled", "order_is_cancelled"),
        ("trash", "order_is_cancelled"),
        ("refunded", "order_is_refunded"),
    ],
)
def test_an_order_that_is_not_paid_or_no_longer_stands_says_so(status: str, key: str) -> None:
    with pytest.raises(UnableToReadOrder) as refused:
        woocommerce.order(changed(status=status))
    assert refused.value.key == key
    assert refused.value.facts == {"field": "status", "status": status, "order": "727"}


def test_a_status_from_a_plugin_counts_once_the_order_is_paid() -> None:
    assert woocommerce.standing(changed(status="shipped")) is Standing.PLACED
    assert woocommerce.standing(changed(status="shipped", date_paid_gmt=None)) is Standing.WAITING


def test_a_discount_is_what_the_total_is_below_the_subtotal_with_its_tax() -> None:
    payload = with_line(
        quantity=2,
        subtotal="200.00",
        subtotal_tax="50.00",
        total="150.00",
        total_tax="37.50",
        taxes=[],
    )
    [line] = woocommerce.order({**payload, "total": "187.50"}).lines
    assert (line.gross_ore, line.discount_ore, line.vat_rate) == (25000, 6250, Decimal(25))


def test_a_line_that_cost_nothing_keeps_its_rate_of_tax() -> None:
    payload = with_line(subtotal="80.00", subtotal_tax="20.00", total="0.00", total_tax="0.00", taxes=[])
    [line] = woocommerce.order({**payload, "total": "0.00"}).lines
    assert (line.gross_ore, line.discount_ore, line.vat_rate) == (10000, 10000, Decimal(25))


def test_tax_that_was_rounded_on_the_whole_order_is_settled_on_the_dearest_line() -> None:
    [payload] = [one for one in SAMPLES if one["status"] == "pending"]
    order = woocommerce.order({**payload, "status": "processing"})
    # 16.125 + 3.225 + 12.90 + 30.00 = 62.25, though the lines round up to 62.26.
    assert amounts(order) == [("319", 1613, 0), ("320", 323, 0), ("321", 1290, 0), ("322", 2999, 0)]
    assert paid_ore(order) == 6225


def test_a_fee_is_a_line_and_a_negative_fee_is_a_discount_on_all_lines() -> None:
    fees = [{"id": 9, "name": "Wrapping", "total": "10.00", "total_tax": "2.50", "taxes": []}]
    order = woocommerce.order(changed(fee_lines=fees, total="41.85"))
    assert amounts(order)[-1] == ("9", 1250, 0)
    assert order.lines[-1].flags == ("fee",)
    rebate = [{"id": 9, "name": "Rebate", "total": "-2.935", "total_tax": "0.00", "taxes": []}]
    order = woocommerce.order(changed(fee_lines=rebate, total="26.41"))
    assert amounts(order) == [("315", 645, 65), ("316", 1290, 129), ("317", 1000, 100)]


def test_a_refund_of_goods_names_their_order_line() -> None:
    order = woocommerce.order(PLACED[2])
    assert order.number == "723"
    refund = woocommerce.refund(REFUNDS[1], order)
    assert (refund.source, refund.number, refund.order_number) == ("woocommerce", "724", "723")
    assert refund.returned_at == datetime(2017, 3, 21, 19, 55, 37, tzinfo=UTC)
    assert given_back(refund) == [("311", "1", 900)]


def test_a_refund_of_money_alone_is_shared_by_what_is_left_of_the_order() -> None:
    order = woocommerce.order(PLACED[2])
    goods = woocommerce.refund(REFUNDS[1], order)
    money = woocommerce.refund(REFUNDS[0], order, [goods])
    # 10.00 of the 30.00 that are left: a third of the goods for 20.00 and of the shipping for 10.00.
    assert given_back(money) == [("313", "0.334", 667), ("312", "0.333", 333)]
    assert money == woocommerce.refund(
        sample("woocommerce/order-refunds_01_create-a-refund.json"), order, [goods]
    )


def test_a_price_reduction_on_one_line_gives_up_its_share_of_the_quantity() -> None:
    line = {**REFUNDS[1]["line_items"][0], "quantity": 0, "total": "-3.00"}
    refund = woocommerce.refund({**REFUNDS[1], "line_items": [line]}, woocommerce.order(PLACED[2]))
    assert given_back(refund) == [("311", "0.333", 300)]


def test_more_money_back_than_was_paid_is_refused() -> None:
    with pytest.raises(UnableToReadOrder) as refused:
        woocommerce.refund({**REFUNDS[0], "amount": "39.01"}, woocommerce.order(PLACED[2]))
    assert refused.value.key == "more_than_is_left_of_the_order"
    assert refused.value.facts == {"field": "amount"}


def test_more_goods_back_than_were_bought_are_refused() -> None:
    line = {**REFUNDS[1]["line_items"][0], "quantity": -2}
    with pytest.raises(UnableToReadOrder) as refused:
        woocommerce.refund({**REFUNDS[1], "line_items": [line]}, woocommerce.order(PLACED[2]))
    assert refused.value.facts == {"field": "line_items[0].quantity", "left": "1"}


@pytest.mark.parametrize(
    ("payload", "key", "field"),
    [
        ([], "field_is_not_an_object", "(body)"),
        (None, "field_is_not_an_object", "(body)"),
        ({}, "field_is_missing", "id"),
        (changed(status=None), "field_is_missing", "status"),
        (changed(id=True), "field_is_not_text", "id"),
        (changed(id={"no": "id"}), "field_is_not_text", "id"),
        (changed(id=" "), "field_is_missing", "id"),
        (changed(id="9" * 65), "field_is_too_long_or_not_text", "id"),
        (changed(id="7\x00"), "field_is_too_long_or_not_text", "id"),
        (changed(total="a lot"), "field_is_not_a_number", "total"),
        (changed(total="NaN"), "field_is_not_a_number", "total"),
        (changed(total="1e99"), "field_is_not_a_number", "total"),
        (changed(total=[1]), "field_is_not_a_number", "total"),
        (changed(total="-1"), "amounts_do_not_add_up", "total"),
        (changed(line_items=[], shipping_lines=[], total="-1"), "amounts_do_not_add_up", "total"),
        (changed(total=None), "field_is_missing", "total"),
        (changed(currency="DOLLAR"), "field_is_too_long_or_not_text", "currency"),
        (changed(date_created_gmt="yesterday"), "field_is_not_a_time", "date_created_gmt"),
        (changed(line_items=None), "field_is_missing", "line_items"),
        (changed(line_items={}), "field_is_not_a_list", "line_items"),
        (changed(line_items=["lamp"]), "field_is_not_an_object", "line_items[0]"),
        (with_line(quantity=0), "quantity_is_not_positive", "line_items[0].quantity"),
        (with_line(total=None), "field_is_missing", "line_items[0].total"),
        (with_line(taxes=[{"total": "x"}]), "field_is_not_a_number", "line_items[0].taxes[0].total"),
    ],
)
def test_a_payload_that_cannot_be_read_names_the_field(payload: object, key: str, field: str) -> None:
    with pytest.raises(UnableToReadOrder) as refused:
        woocommerce.order(payload)
    assert (refused.value.key, refused.value.facts["field"]) == (key, field)


@pytest.mark.parametrize(
    ("fields", "key", "field"),
    [
        ({"amount": None, "line_items": []}, "field_is_missing", "amount"),
        ({"amount": "0.00", "line_items": []}, "nothing_was_refunded", "amount"),
        ({"date_created_gmt": None}, "field_is_missing", "date_created_gmt"),
    ],
)
def test_a_refund_that_cannot_be_read_names_the_field(
    fields: dict[str, object], key: str, field: str
) -> None:
    with pytest.raises(UnableToReadOrder) as refused:
        woocommerce.refund({**REFUNDS[1], **fields}, woocommerce.order(PLACED[2]))
    assert (refused.value.key, refused.value.facts["field"]) == (key, field)


def test_a_refund_of_goods_that_the_order_does_not_have_is_refused() -> None:
    with pytest.raises(UnableToReadOrder) as refused:
        woocommerce.refund(REFUNDS[1], woocommerce.order(changed()))
    assert refused.value.key == "order_line_not_found"
    nameless = {**REFUNDS[1]["line_items"][0], "meta_data": []}
    with pytest.raises(UnableToReadOrder) as refused:
        woocommerce.refund({**REFUNDS[1], "line_items": [nameless]}, woocommerce.order(changed()))
    assert refused.value.facts == {"field": "line_items[0].meta_data[_refunded_item_id]"}
