from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from loyalty.actions.shop_news import Buyer
from loyalty.connectors import shopify
from loyalty.connectors.errors import UnableToReadOrder
from tests.loyalty.connectors.payloads import amounts, given_back, paid_ore, sample

ORDER = sample("shopify/order.json")["order"]
[SHORT_ORDER] = sample("shopify/orders.json")["orders"]
REFUND = sample("shopify/refund.json")["refund"]


def goods(**fields: object) -> dict[str, Any]:
    return {
        "id": 1,
        "price": "100.00",
        "quantity": 2,
        "sku": "LAMP",
        "title": "Lamp",
        "vendor": "Ljus",
        "discount_allocations": [],
        "tax_lines": [],
        **fields,
    }


def order(*lines: dict[str, Any], **fields: object) -> dict[str, Any]:
    return {
        "id": 77,
        "created_at": "2026-03-01T12:00:00+01:00",
        "updated_at": "2026-03-01T12:00:09+01:00",
        "financial_status": "paid",
        "currency": "SEK",
        "taxes_included": True,
        "total_price": "200.00",
        "line_items": list(lines),
        **fields,
    }


def refund(*lines: dict[str, Any], **fields: object) -> dict[str, Any]:
    return {
        "id": 5,
        "order_id": 77,
        "created_at": "2026-03-05T12:00:00+01:00",
        "refund_line_items": list(lines),
        **fields,
    }


def test_the_sample_order_counts_what_was_paid_and_no_more() -> None:
    read = shopify.order(ORDER)
    # 3 x 199.00 and their share of 11.94 in tax; only 409.94 was paid, so 199.00 is a discount.
    assert amounts(read) == [
        ("466157049", 20298, 6634),
        ("518995019", 20298, 6633),
        ("703073504", 20298, 6633),
        ("shipping-1", 0, 0),
    ]
    assert paid_ore(read) == 40994 == int(Decimal(ORDER["total_price"]) * 100)
    assert (read.key, read.revision, read.currency, read.channel) == ("shopify:450789469", 1, "USD", "web")
    assert read.placed_at == datetime(2008, 1, 10, 16, 0, tzinfo=UTC)
    assert [line.sku for line in read.lines] == ["IPOD2008GREEN", "IPOD2008RED", "IPOD2008BLACK", ""]
    assert read.lines[-1].flags == ("shipping",)


def test_the_sample_order_that_comes_without_lines_is_one_line() -> None:
    read = shopify.order(SHORT_ORDER)
    assert amounts(read) == [("order", 60894, 1000)]
    assert paid_ore(read) == 59894
    assert read.lines[0].vat_rate == Decimal("2.03")  # 11.94 on 587.00


def test_the_buyer_is_the_shops_customer() -> None:
    bob = Buyer(
        external_id="207119551", email="bob.norman@hostmail.com", first_name="Bob", last_name="Norman"
    )
    assert shopify.buyer(ORDER) == bob
    assert shopify.buyer(SHORT_ORDER).phone == "+16136120707"
    guest = shopify.buyer({**ORDER, "customer": None})
    assert guest == Buyer(email="bob.norman@hostmail.com")


def test_the_sample_refund_takes_back_what_was_paid_for_its_lines() -> None:
    given = shopify.refund(REFUND, shopify.order(ORDER))
    assert (given.source, given.number, given.order_number) == ("shopify", "509562969", "450789469")
    assert given.returned_at == datetime(2016, 6, 20, 17, 35, 6, tzinfo=UTC)
    assert given_back(given) == [("703073504", "1", 13665), ("466157049", "1", 13664)]


def test_a_refund_without_goods_is_what_was_paid_back_shared_by_all_lines() -> None:
    given = shopify.refund({**REFUND, "refund_line_items": []}, shopify.order(ORDER))
    assert sum(line.amount_ore or 0 for line in given.lines) == 20900  # the transaction of 209.00
    assert given_back(given) == [
        ("466157049", "0.510", 6966),
        ("518995019", "0.510", 6967),
        ("703073504", "0.510", 6967),
    ]


def test_tax_that_is_in_the_price_adds_nothing() -> None:
    read = shopify.order(order(goods(tax_lines=[{"price": "40.00", "rate": 0.25}])))
    assert amounts(read) == [("1", 20000, 0)]
    assert (read.lines[0].vat_rate, read.lines[0].quantity) == (Decimal(25), Decimal(2))
    assert (read.lines[0].name, read.lines[0].brand) == ("Lamp", "Ljus")
    assert read.revision == 10


def test_tax_on_top_is_laid_on_price_and_discount_alike() -> None:
    line = goods(
        discount_allocations=[{"amount": "40.00"}, {"amount": "10.00"}],
        tax_lines=[{"price": "37.50", "rate": 0.25}],
    )
    read = shopify.order(order(line, taxes_included=False, total_price="187.50"))
    assert amounts(read) == [("1", 25000, 6250)]


def test_a_rate_that_is_not_told_follows_from_the_amounts() -> None:
    read = shopify.order(order(goods(tax_lines=[{"price": "40.00"}])))
    assert read.lines[0].vat_rate == Decimal(25)


def test_an_older_order_tells_discounts_and_tax_in_one_sum() -> None:
    lines = [goods(id=1, price="150.00", quantity=1), goods(id=2, price="50.00", quantity=1)]
    for line in lines:
        del line["discount_allocations"], line["tax_lines"]
    told = {"total_discounts": "20.00", "total_tax": "36.00"}
    included = shopify.order(order(*lines, **told, total_price="180.00"))
    assert amounts(included) == [("1", 15000, 1500), ("2", 5000, 500)]
    assert {line.vat_rate for line in included.lines} == {Decimal(25)}
    on_top = shopify.order(order(*lines, **told, taxes_included=False, total_price="216.00"))
    assert amounts(on_top) == [("1", 18000, 1800), ("2", 6000, 600)]
    assert {line.vat_rate for line in on_top.lines} == {Decimal(20)}


def test_an_order_that_cost_nothing_is_still_an_order() -> None:
    line = goods(total_discount="200.00")
    del line["discount_allocations"]
    assert amounts(shopify.order(order(line, total_price="0.00"))) == [("1", 20000, 20000)]
    free = goods(price="0.00", total_discount="0.00")
    del free["discount_allocations"], free["tax_lines"]
    assert amounts(shopify.order(order(free, total_price="0.00"))) == [("1", 0, 0)]


def test_a_tip_is_a_fee_of_its_own() -> None:
    read = shopify.order(order(goods(), total_price="215.00"))
    assert amounts(read) == [("1", 20000, 0), ("extra", 1500, 0)]
    assert read.lines[1].flags == ("fee",)


def test_what_was_shown_in_another_currency_is_not_read() -> None:
    shown = {"shop_money": {"amount": "200.00"}, "presentment_money": {"amount": "18.00"}}
    read = shopify.order(order(goods(price_set=shown), presentment_currency="EUR", total_price_set=shown))
    assert (read.currency, paid_ore(read)) == ("SEK", 20000)


def test_a_sale_at_the_till_is_a_sale_in_the_shop_at_the_time_it_was_processed() -> None:
    read = shopify.order(order(goods(), source_name="pos", processed_at="2026-02-28T09:00:00Z"))
    assert (read.channel, read.placed_at) == ("shop", datetime(2026, 2, 28, 9, 0, tzinfo=UTC))


def test_a_gift_card_is_marked() -> None:
    assert shopify.order(order(goods(gift_card=True))).lines[0].flags == ("gift_card",)


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"financial_status": "pending"}, "order_is_waiting"),
        ({"financial_status": "expired"}, "order_is_waiting"),
        ({"financial_status": "voided"}, "order_is_cancelled"),
        ({"financial_status": "refunded"}, "order_is_refunded"),
        ({"cancelled_at": "2026-03-02T00:00:00Z"}, "order_is_cancelled"),
        ({"test": True}, "order_is_cancelled"),
    ],
)
def test_an_order_that_is_not_paid_or_no_longer_stands_says_so(fields: dict[str, object], key: str) -> None:
    with pytest.raises(UnableToReadOrder) as refused:
        shopify.order(order(goods(), **fields))
    assert refused.value.key == key
    assert refused.value.facts == {"field": "financial_status", "order": "77"}


def test_pieces_of_one_line_come_back_one_by_one_and_add_up() -> None:
    bought = shopify.order(order(goods(quantity=3, price="33.33"), total_price="99.99"))
    pieces = [{"id": n, "line_item_id": 1, "quantity": 1} for n in (1, 2, 3)]
    assert given_back(shopify.refund(refund(*pieces), bought)) == [("1", "1", 3333)] * 3
    first = shopify.refund(refund({"id": 1, "line_item_id": 1, "quantity": 2}), bought)
    last = shopify.refund(refund({"id": 2, "line_item_id": 1, "quantity": 1}), bought, [first])
    assert (given_back(first), given_back(last)) == ([("1", "2", 6666)], [("1", "1", 3333)])


@pytest.mark.parametrize(
    ("subtotal", "tax", "amount"), [("80.00", "20.00", 10000), ("100.00", "20.00", 10000)]
)
def test_the_subtotal_of_a_refund_may_hold_the_tax_or_not(subtotal: str, tax: str, amount: int) -> None:
    bought = shopify.order(order(goods(tax_lines=[{"price": "40.00", "rate": 0.25}])))
    line = {"id": 1, "line_item_id": 1, "quantity": 1, "subtotal": subtotal, "total_tax": tax}
    assert given_back(shopify.refund(refund(line), bought)) == [("1", "1", amount)]


def test_goods_returned_at_a_lower_worth_count_so() -> None:
    line = {"id": 1, "line_item_id": 1, "quantity": 1, "subtotal": "60.00", "total_tax": "0.00"}
    assert given_back(shopify.refund(refund(line), shopify.order(order(goods())))) == [("1", "1", 6000)]


def test_shipping_that_is_given_back_is_taken_from_the_shipping_line() -> None:
    shipping = [{"id": 8, "price": "49.00", "title": "Post", "discount_allocations": [], "tax_lines": []}]
    bought = shopify.order(order(goods(), shipping_lines=shipping, total_price="249.00"))
    adjustment = {"id": 3, "kind": "shipping_refund", "amount": "-49.00", "tax_amount": "0.00"}
    given = shopify.refund(refund(order_adjustments=[adjustment]), bought)
    assert given_back(given) == [("8", "1.000", 4900)]


@pytest.mark.parametrize(
    ("payload", "key", "field"),
    [
        ("order", "field_is_not_an_object", "(body)"),
        (sample("shopify/order.json"), "field_is_missing", "id"),
        (sample("shopify/draft_order.json")["draft_order"], "field_is_missing", "financial_status"),
        (order(goods(), financial_status="weird"), "status_is_not_known", "financial_status"),
        (order(goods(), created_at=5), "field_is_not_a_time", "created_at"),
        (order(goods(), taxes_included="yes"), "field_is_not_true_or_false", "taxes_included"),
        (order(goods(quantity=0)), "quantity_is_not_positive", "line_items[0].quantity"),
        (order(goods(price=None)), "field_is_missing", "line_items[0].price"),
        (order(goods(id=None)), "field_is_missing", "line_items[0].id"),
        (
            order(goods(discount_allocations=[{}])),
            "field_is_missing",
            "line_items[0].discount_allocations[0].amount",
        ),
        (order(goods(), total_price="-3"), "amounts_do_not_add_up", "total"),
        (order(goods(price="0"), total_price="-0.01"), "amounts_do_not_add_up", "total"),
    ],
)
def test_a_payload_that_cannot_be_read_names_the_field(payload: object, key: str, field: str) -> None:
    with pytest.raises(UnableToReadOrder) as refused:
        shopify.order(payload)
    assert (refused.value.key, refused.value.facts["field"]) == (key, field)


@pytest.mark.parametrize(
    ("payload", "key", "field"),
    [
        (refund(order_id=78), "refund_is_of_another_order", "order_id"),
        (refund(), "nothing_was_refunded", "refund_line_items"),
        (
            refund({"id": 1, "line_item_id": 2, "quantity": 1}),
            "order_line_not_found",
            "refund_line_items[0].line_item_id",
        ),
        (
            refund({"id": 1, "line_item_id": 1, "quantity": 3}),
            "more_than_is_left_of_the_order",
            "refund_line_items[0].quantity",
        ),
        (
            refund({"id": 1, "line_item_id": 1, "quantity": 0}),
            "more_than_is_left_of_the_order",
            "refund_line_items[0].quantity",
        ),
        (
            refund(transactions=[{"kind": "refund", "status": "success", "amount": "200.01"}]),
            "more_than_is_left_of_the_order",
            "transactions",
        ),
    ],
)
def test_a_refund_that_cannot_be_read_names_the_field(payload: object, key: str, field: str) -> None:
    with pytest.raises(UnableToReadOrder) as refused:
        shopify.refund(payload, shopify.order(order(goods())))
    assert (refused.value.key, refused.value.facts["field"]) == (key, field)
