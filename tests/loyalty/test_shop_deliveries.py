"""What comes from shops: believed when signed, kept as it came, worked later, and never counted twice."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from loyalty import actions
from loyalty.models import ShopConnection, ShopDelivery
from members.models import Member, MemberIdentity, Order, OrderReturn
from tests.loyalty.connectors.payloads import sample
from tests.loyalty.shop_door import (
    SECRET,
    SHOPIFY_ORDER,
    SHOPIFY_REFUND,
    Shop,
    points,
    publish,
    woo_order,
    work,
)
from tests.make import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def shopify() -> Shop:
    publish()
    return Shop("shopify")


@pytest.fixture
def woo() -> Shop:
    publish()
    return Shop("woocommerce")


# -- Believed only when signed ------------------------------------------------------------------------------


def test_what_is_not_signed_is_refused_and_not_kept_but_the_merchant_is_told(woo: Shop) -> None:
    assert woo.post("order.created", woo_order(), secret="somebody else's secret").status_code == 401
    assert ShopDelivery.objects.count() == 0
    assert woo.reload().refused_at is not None
    unsigned = Client().post(woo.address, woo_order(), content_type="application/json")
    assert unsigned.status_code == 401


def test_an_address_of_no_shop_and_one_that_was_switched_off_answer_404(woo: Shop) -> None:
    nobody = reverse("shop_webhook", args=["00000000-0000-4000-8000-000000000000"])
    assert Client().post(nobody, {}, content_type="application/json").status_code == 404
    ShopConnection.objects.update(is_active=False)
    assert woo.post("order.created", woo_order()).status_code == 404
    assert Client().get(woo.address).status_code == 405


def test_the_former_secret_holds_for_a_day_after_a_change(woo: Shop) -> None:
    now = timezone.now()
    change: dict[str, Any] = {"name": "Woo", "joins_customers": True, "is_active": True, "actor": "test"}
    actions.change_shop(shop=woo.connection, secret="a new secret of some length", now=now, **change)
    assert woo.post("order.created", woo_order()).status_code == 200
    assert woo.post("order.updated", woo_order(), secret="a new secret of some length").status_code == 200
    ShopConnection.objects.update(former_until=now)
    assert woo.post("order.created", woo_order(after=9)).status_code == 401


def test_secrets_do_not_lie_open_in_the_database(woo: Shop) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret, former_secret FROM loyalty_shopconnection")
        [(secret, former)] = cursor.fetchall()
    assert (SECRET in secret, former) == (False, "")
    assert woo.reload().secret == SECRET


def test_a_secret_whose_key_is_gone_reads_as_none_and_with_the_old_key_kept_it_reads_on(woo: Shop) -> None:
    old = settings.SECRET_KEY
    with override_settings(SECRET_KEY="another key", SECRET_KEY_FALLBACKS=[old]):
        assert woo.reload().secret == SECRET
    with override_settings(SECRET_KEY="another key", SECRET_KEY_FALLBACKS=[]):
        assert woo.reload().secret == ""
        assert woo.post("order.created", woo_order()).status_code == 401


def test_woocommerces_unsigned_ping_is_answered_so_that_it_keeps_the_webhook(woo: Shop) -> None:
    ping = Client().post(woo.address, "webhook_id=142", content_type="application/x-www-form-urlencoded")
    assert (ping.status_code, ShopDelivery.objects.count()) == (200, 0)


def test_a_body_that_is_too_large_is_refused(woo: Shop) -> None:
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000):
        assert woo.post("order.created", b"x" * 2000).status_code == 413


def test_receiving_takes_few_statements_and_works_nothing(woo: Shop, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(5):  # shop, seen before?, savepoint, insert, release
        woo.post("order.created", woo_order())
    assert [one.state for one in ShopDelivery.objects.all()] == ["received"]
    assert not Order.objects.exists()


# -- Counted once ---------------------------------------------------------------------------------------------


def test_an_order_gives_its_points_once_however_often_it_comes(woo: Shop) -> None:
    document = woo_order()
    assert woo.tell("order.created", document, id="a").reason == "order_was_recorded"
    assert points() == {"João": 500}
    assert woo.post("order.created", document, id="a").json() == {"detail": "Received before."}
    assert ShopDelivery.objects.count() == 1
    assert woo.tell("order.updated", document, id="b").reason == "order_is_known"
    assert points() == {"João": 500}


def test_two_deliveries_of_one_second_share_an_id_and_are_both_taken(woo: Shop) -> None:
    woo.tell("order.created", woo_order(id=901), id="same")
    woo.tell("order.created", woo_order(id=902), id="same")
    assert sorted(Order.objects.values_list("number", flat=True)) == ["901", "902"]


def test_one_event_of_shopify_under_two_webhook_ids_is_one_delivery(shopify: Shop) -> None:
    shopify.tell("orders/create", SHOPIFY_ORDER, id="a", event="e")
    assert (
        shopify.post("orders/create", SHOPIFY_ORDER, id="b", event="e").json()["detail"] == "Received before."
    )
    assert ShopDelivery.objects.count() == 1


def test_an_edited_order_is_corrected_and_the_old_version_coming_late_changes_nothing(woo: Shop) -> None:
    first, edited = woo_order(), woo_order(after=60, total="375.00")
    woo.tell("order.created", first)
    assert woo.tell("order.updated", edited).reason == "order_was_changed"
    assert points() == {"João": 375}
    assert woo.tell("order.created", first, id="again").reason == "order_is_known"
    assert points() == {"João": 375}


def test_an_order_edited_within_the_same_second_counts_as_it_came_last(woo: Shop) -> None:
    woo.tell("order.created", woo_order())
    assert woo.tell("order.updated", woo_order(total="375.00")).reason == "order_was_changed"
    assert points() == {"João": 375}


def test_a_cancelled_order_is_taken_back_and_stays_so_when_older_news_comes_late(woo: Shop) -> None:
    woo.tell("order.created", woo_order())
    assert woo.tell("order.updated", woo_order(status="cancelled", after=60)).reason == "order_was_cancelled"
    assert woo.tell("order.updated", woo_order(after=30)).reason == "order_was_cancelled_later"
    assert points() == {"João": 0}
    assert woo.tell("order.updated", woo_order(after=90)).reason == "order_was_changed"  # it stands again
    assert points() == {"João": 500}


def test_an_order_whose_end_comes_first_is_never_recorded(woo: Shop) -> None:
    assert woo.tell("order.updated", woo_order(status="failed", after=60)).reason == "order_never_was"
    assert woo.tell("order.created", woo_order()).reason == "order_was_cancelled_later"
    deleted = woo.tell("order.deleted", {"id": 901})
    assert (deleted.state, deleted.reason) == ("passed", "order_never_was")
    assert woo.tell("order.updated", woo_order(id=901)).reason == "order_was_cancelled_later"
    assert not Order.objects.exists()


def test_an_order_that_was_deleted_in_the_shop_is_taken_back(woo: Shop) -> None:
    woo.tell("order.created", woo_order())
    assert woo.tell("order.deleted", {"id": 900}).reason == "order_was_cancelled"
    assert points() == {"João": 0}


def test_an_unpaid_order_waits_for_being_paid(woo: Shop) -> None:
    assert woo.tell("order.created", woo_order(status="pending")).reason == "order_is_waiting"
    assert woo.tell("order.updated", woo_order(after=5)).reason == "order_was_recorded"


def test_a_refund_that_woocommerce_tells_inside_the_order_takes_its_share_back_once(woo: Shop) -> None:
    woo.tell("order.created", woo_order())
    refunded = woo_order(after=60, refunds=[{"id": 77, "reason": "", "total": "-125.00"}])
    woo.tell("order.updated", refunded)
    assert points() == {"João": 375}
    woo.tell("order.updated", {**refunded, "meta_data": []})
    assert points() == {"João": 375}
    rest = [*refunded["refunds"], {"id": 78, "reason": "", "total": "-375.00"}]
    last = woo_order(after=90, status="refunded", refunds=rest)
    assert woo.tell("order.updated", last).reason == "order_came_back"
    assert (points(), OrderReturn.objects.count()) == ({"João": 0}, 2)


def test_an_order_first_heard_of_when_all_of_it_has_come_back_gives_nothing_in_the_end(woo: Shop) -> None:
    woo.tell("order.updated", woo_order(status="refunded", after=60))
    assert woo.tell("order.created", woo_order()).reason == "order_is_known"
    assert points() == {"João": 0}


def test_a_refund_before_its_order_waits_and_is_counted_when_the_order_comes(shopify: Shop) -> None:
    waiting = shopify.tell("refunds/create", SHOPIFY_REFUND)
    assert (waiting.state, waiting.reason) == ("waiting", "refund_waits_for_its_order")
    shopify.tell("orders/create", SHOPIFY_ORDER)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason) == ("done", "refund_was_recorded")
    late = points()
    assert late == {"Bob": 409 - 273}  # 136.65 and 136.64 of 409.94 came back
    assert shopify.tell("refunds/create", SHOPIFY_REFUND, id="again").reason == "refund_is_known"
    assert points() == late


def test_a_refund_whose_order_never_comes_is_shown_to_a_human_after_a_month(shopify: Shop) -> None:
    delivery = shopify.tell("refunds/create", SHOPIFY_REFUND)
    work(later=timedelta(days=31))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason, delivery.due_at) == ("refused", "order_never_came", None)


def test_goods_that_came_back_before_the_cancellation_do_not_keep_it_from_taking_the_rest(woo: Shop) -> None:
    woo.tell("order.created", woo_order())
    refund = {"id": 77, "reason": "", "total": "-125.00"}
    woo.tell("order.updated", woo_order(after=60, refunds=[refund]))
    woo.tell("order.updated", woo_order(after=90, status="cancelled", refunds=[refund]))
    assert points() == {"João": 0}


# -- Whose it is ----------------------------------------------------------------------------------------------


def test_where_customers_do_not_become_members_only_members_are_found() -> None:
    publish()
    shop = Shop("woocommerce", joins_customers=False)
    assert shop.tell(
        "customer.created", sample("woocommerce/customers_01_create-a-customer.json")
    ).reason == ("customer_is_no_member")
    assert shop.tell("order.created", woo_order()).reason == "order_was_recorded_for_a_guest"
    assert Member.objects.count() == 0
    joao = make_member("João", email="joao@post.example")
    assert shop.tell("order.created", woo_order(id=901)).member == joao
    assert shop.tell("order.updated", woo_order(after=60)).member == joao  # the guest's order finds him
    assert points() == {"João": 1000}


def test_who_has_left_the_club_is_a_guest_and_is_not_brought_back_by_shopping(woo: Shop) -> None:
    joao = make_member("João", email="joao@post.example")
    joao.state, joao.closed_at = Member.State.CLOSED, timezone.now()
    joao.save()
    assert woo.tell("order.created", woo_order()).reason == "order_was_recorded_for_a_guest"
    assert woo.tell("customer.updated", {"id": 27, "email": "joao@post.example"}).reason == "member_is_closed"
    joao.refresh_from_db()
    assert joao.state == "closed"


def test_a_customer_who_joins_gives_no_consent_and_a_phone_that_is_none_keeps_nobody_out(woo: Shop) -> None:
    customer = sample("woocommerce/customers_01_create-a-customer.json")
    joined = woo.tell("customer.created", customer)
    assert joined.member is not None
    assert (joined.member.email, str(joined.member.phone)) == ("john.doe@example.com", "")
    assert joined.member.consents.count() == 0
    assert MemberIdentity.objects.get().external_id == "25"


def test_a_customer_who_changes_in_the_shop_changes_here_but_for_the_address_that_opens_their_page(
    woo: Shop,
) -> None:
    woo.tell("customer.created", {"id": 25, "email": "john@post.example", "first_name": "John"})
    changed = {"id": 25, "email": "mallory@post.example", "first_name": "Johnny"}
    told = woo.tell("customer.updated", changed)
    assert (told.reason, told.member and told.member.first_name) == ("member_was_updated", "Johnny")
    assert Member.objects.get().email == "john@post.example"


def test_an_account_in_the_shop_with_a_members_address_changes_nothing_about_the_member(woo: Shop) -> None:
    make_member("Alice", email="alice@post.example")
    told = woo.tell("customer.created", {"id": 66, "email": "alice@post.example", "first_name": "Mallory"})
    assert told.reason == "member_is_another"
    assert Member.objects.get().first_name == "Alice"
    assert not MemberIdentity.objects.exists()


def test_requests_for_privacy_are_put_before_a_human(shopify: Shop) -> None:
    told = shopify.tell("customers/redact", {"customer": {"id": 1}})
    assert (told.state, told.reason) == ("refused", "customer_wants_to_be_forgotten")
