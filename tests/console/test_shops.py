"""A merchant connects a shop, tries it, and sees what came of each delivery."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from loyalty.models import OfflineUse, ShopConnection, ShopDelivery
from loyalty.tasks import work_deliveries
from tests.console import seed
from tests.console.conftest import browser
from tests.loyalty.shop_door import Shop

pytestmark = pytest.mark.django_db
ADD = reverse("admin:loyalty_shopconnection_add")
LOG = reverse("admin:loyalty_shopdelivery_changelist")


def page_of(shop: ShopConnection) -> str:
    return reverse("admin:loyalty_shopconnection_change", args=[shop.pk])


def text(client: Client, page: str) -> str:
    return re.sub(r"\s+", " ", client.get(page).content.decode())


def test_a_woocommerce_shop_is_connected_with_a_secret_that_is_shown_once(owner: Client) -> None:
    form = {"kind": "woocommerce", "source": "woo", "name": "Nätbutiken", "secret": ""}
    saved = owner.post(ADD, {**form, "_continue": "1"}, follow=True).content.decode()
    shop = ShopConnection.objects.get()
    assert (shop.kind, shop.source, shop.joins_customers, len(shop.secret)) == (
        "woocommerce",
        "woo",
        False,
        43,
    )
    assert shop.secret in saved
    page = text(owner, page_of(shop))
    assert shop.secret not in page
    assert f"http://localhost:8000/shops/{shop.pk}/" in page
    assert "order.updated" in page
    assert "The shop has not sent anything yet" in page


def test_a_shopify_shop_needs_the_secret_that_shopify_shows(owner: Client) -> None:
    form = {"kind": "shopify", "source": "shopify", "name": "Shopify", "secret": ""}
    assert "Paste the secret that Shopify shows." in owner.post(ADD, form).content.decode()
    assert not ShopConnection.objects.exists()
    owner.post(ADD, {**form, "secret": "the secret that Shopify shows"})
    assert ShopConnection.objects.get().secret == "the secret that Shopify shows"


def test_saving_without_a_secret_keeps_it_and_a_new_one_leaves_the_former_for_a_day(owner: Client) -> None:
    shop = Shop("woocommerce").connection
    form = {"name": "Butiken", "secret": "", "is_active": "on"}
    owner.post(page_of(shop), form)
    kept = ShopConnection.objects.get()
    assert (kept.name, kept.secret, kept.former_secret) == ("Butiken", shop.secret, "")
    owner.post(page_of(shop), {**form, "secret": "another secret of some length"})
    changed = ShopConnection.objects.get()
    assert (changed.secret, changed.former_secret) == ("another secret of some length", shop.secret)


def test_a_test_delivery_takes_the_shops_own_way_and_is_recorded_nowhere(owner: Client) -> None:
    for kind in ("shopify", "woocommerce"):
        shop = Shop(kind).connection
        test = reverse("admin:loyalty_shopconnection_test", args=[shop.pk])
        assert owner.get(test).status_code == 403
        assert owner.post(test).headers["Location"] == f"{LOG}?shop__id__exact={shop.pk}"
    assert ShopDelivery.objects.filter(state="received").count() == 2
    work_deliveries()
    assert set(ShopDelivery.objects.values_list("state", "reason")) == {("passed", "test_was_read")}
    assert "It works: order 1 of 125.00 was read." in text(owner, LOG)


def test_the_log_shows_what_came_why_it_failed_and_takes_it_again(owner: Client) -> None:
    shop = Shop("woocommerce")
    delivery = shop.tell("order.created", {"id": 5, "note": "<b>Åsa</b>"})
    page = reverse("admin:loyalty_shopdelivery_change", args=[delivery.pk])
    shown = text(owner, page)
    assert "status is missing." in shown
    assert "&lt;b&gt;Åsa&lt;/b&gt;" in shown
    assert "1 delivery from Woocommerce could not be taken in." in text(owner, reverse("admin:index"))
    retry = reverse("admin:loyalty_shopdelivery_retry", args=[delivery.pk])
    token = owner.get(retry).context["token"]
    assert owner.post(retry, {"confirm": token}).status_code == 302
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("received", 0)


def test_staff_without_the_right_see_neither_deliveries_nor_shops(owner: Client) -> None:
    shop = Shop("woocommerce")
    delivery = shop.tell("order.created", {"id": 5})
    cashier = seed.make_staff()
    cashier.user_permissions.add(Permission.objects.get(codename="view_member"))
    client = browser(cashier)
    log = reverse("admin:loyalty_shopdelivery_change", args=[delivery.pk])
    retry = reverse("admin:loyalty_shopdelivery_retry", args=[delivery.pk])
    test = reverse("admin:loyalty_shopconnection_test", args=[shop.connection.pk])
    assert [client.get(page).status_code for page in (LOG, log, retry, page_of(shop.connection))] == [403] * 4
    assert client.post(test).status_code == 403


def test_a_wrong_signature_is_told_on_the_shops_page(owner: Client) -> None:
    shop = Shop("woocommerce")
    shop.post("order.created", {}, secret="somebody else's")
    assert "is it the same in the shop?" in text(owner, page_of(shop.connection))


def test_a_check_that_was_used_twice_stands_in_the_report_and_on_the_home_page(owner: Client) -> None:
    now = timezone.now()
    OfflineUse.objects.create(
        source="till", number="1", code="ABC", order_key="till:1", first_order_key="web:7", given_ore=5000,
        state="double", reason="voucher_used", used_at=now, told_at=now,
    )  # fmt: skip
    report = reverse("admin:loyalty_offlineuse_changelist")
    assert "web:7" in text(owner, f"{report}?state__exact=double")
    assert "1 check was used twice while a till had no network." in text(owner, reverse("admin:index"))
