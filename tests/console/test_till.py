"""A shop whose till knows nothing of the club registers purchases on the till page."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from loyalty.models import OfflineUse, Voucher
from loyalty.queries.passes import pass_of
from members.models import Member, Order
from tests.console import seed
from tests.console.conftest import browser
from tests.loyalty.api import make

pytestmark = pytest.mark.django_db
TILL = reverse("admin:loyalty_till")


@pytest.fixture
def cashier(db: None) -> Client:
    staff = seed.make_staff("kassan@shop.example")
    staff.user_permissions.add(Permission.objects.get(codename="add_order"))
    return browser(staff)


@pytest.fixture
def anna(db: None) -> Member:
    """She has a check of 50 kr since yesterday."""
    make.programme(make.AT_ONCE)
    anna = make.member()
    shop, yesterday = make.client(), (timezone.now() - timedelta(days=1)).isoformat()
    told = make.order("first", yesterday, make.line(600), member={"number": anna.number})
    assert shop.post("/api/v1/orders/", told, format="json").status_code == 201
    return anna


def page_of(member: Member) -> str:
    return reverse("admin:loyalty_till_member", args=[member.number])


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def counted(cashier: Client, member: Member, amount: str) -> dict[str, Any]:
    """The form as it stands once the club has counted, with what it proposes ticked."""
    start = cashier.get(page_of(member)).context["form"]
    form = {"number": start["number"].value(), "amount": amount}
    looked = cashier.post(page_of(member), {**form, "look": "1"})
    facts = looked.context
    return form | {
        "payable_ore": facts["quote"].payable_ore, "voucher": sorted(facts["ticked"]), "use": sorted(facts["used"]),
    }  # fmt: skip


def test_a_purchase_is_counted_with_what_the_club_proposes_and_then_registered(
    cashier: Client, anna: Member
) -> None:
    form = counted(cashier, anna, "250")
    [code] = form["voucher"]
    assert form["payable_ore"] == 200_00
    sold = cashier.post(page_of(anna), {**form, "sell": "1"}, follow=True)
    order = Order.objects.get(source="console")
    assert (order.member, order.gross_ore, order.voucher_ore, order.paid_ore) == (
        anna, 250_00, 50_00, 200_00,
    )  # fmt: skip
    assert Voucher.objects.get(code=code).redeemed_for == order.key
    page = text(sold)
    assert "Registered. To pay: SEK200" in page or "Registered. To pay: 200 kr" in page
    assert "Gave 200 points" in page


def test_a_doubled_click_is_one_purchase_and_it_can_be_taken_back(cashier: Client, anna: Member) -> None:
    form = counted(cashier, anna, "250") | {"sell": "1"}
    first, second = (cashier.post(page_of(anna), form) for _twice in range(2))
    assert first["Location"] == second["Location"]
    assert Order.objects.filter(source="console").count() == 1
    cashier.post(first["Location"])
    assert Order.objects.get(source="console").state == "cancelled"
    assert Voucher.objects.get().state == "issued"
    assert "The purchase is taken back" in text(cashier.get(first["Location"]))


def test_the_cashier_unticks_a_check_and_counts_again(cashier: Client, anna: Member) -> None:
    form = counted(cashier, anna, "250") | {"voucher": [], "again": "1"}
    again = cashier.post(page_of(anna), form)
    assert again.context["quote"].payable_ore == 250_00
    assert again.context["ticked"] == set()


def test_what_changed_after_it_was_counted_is_not_registered(cashier: Client, anna: Member) -> None:
    form = counted(cashier, anna, "250") | {"sell": "1"}
    Voucher.objects.update(state="cancelled", ended_because="by_hand")
    refused = cashier.post(page_of(anna), form)
    assert (refused.status_code, Order.objects.filter(source="console").count()) == (422, 0)


@pytest.mark.parametrize("amount", ["", "0", "-5", "tolv", "1e9", "99999999999"])
def test_an_amount_that_cannot_be_is_told_at_its_field(cashier: Client, anna: Member, amount: str) -> None:
    form = {"number": "T1", "amount": amount, "look": "1"}
    refused = cashier.post(page_of(anna), form)
    assert refused.status_code == 422
    assert refused.context["form"].errors["amount"]


def test_points_that_were_never_offered_are_refused_and_nothing_is_written(
    cashier: Client, anna: Member
) -> None:
    form = {"number": "T1", "amount": "100", "sell": "1", "use": ["nosuch:5", "x", ":", "a:²"]}
    assert cashier.post(page_of(anna), form).status_code == 422
    assert not Order.objects.filter(source="console").exists()


def test_one_who_is_found_is_opened_at_once_and_several_are_listed(cashier: Client, anna: Member) -> None:
    code = Voucher.objects.get().code
    ways = {anna.number: "", "anna@post.example": "", pass_of(anna, timezone.now()): "", "ann": ""}
    for told, query in (ways | {code: f"?check={code}"}).items():
        assert cashier.get(TILL, {"q": told}).headers["Location"] == page_of(anna) + query
    make.member("annika")
    assert len(cashier.get(TILL, {"q": "ann"}).context["people"]) == 2
    nobody = cashier.get(TILL, {"q": "zz"})
    assert (nobody.status_code, "Nobody was found." in text(nobody)) == (404, True)
    ended = pass_of(anna, timezone.now() - timedelta(hours=1))
    assert "This picture has ended." in text(cashier.get(TILL, {"q": ended}))


def test_the_page_asks_the_same_however_many_checks_there_are(
    cashier: Client, anna: Member, django_assert_max_num_queries: Any
) -> None:
    cashier.get(page_of(anna))
    with django_assert_max_num_queries(35):
        cashier.get(page_of(anna))


def test_the_till_is_for_those_who_may_register_purchases_alone(owner: Client, anna: Member) -> None:
    other = browser(seed.make_staff("andra@shop.example"))
    order = Order.objects.get()
    sold = reverse("admin:loyalty_till_sold", args=[order.pk])
    for page in (TILL, page_of(anna), sold):
        assert other.get(page).status_code == 403
        assert other.post(page).status_code == 403
        assert Client().get(page).status_code == 302
    assert TILL not in other.get(reverse("admin:index")).content.decode()
    assert TILL in owner.get(reverse("admin:index")).content.decode()
    assert owner.get(sold).status_code == 404  # another shop's order is not the till's to take back


def test_a_check_that_was_used_twice_stands_in_the_report_and_on_the_home_page(
    owner: Client, anna: Member
) -> None:
    now = timezone.now()
    OfflineUse.objects.create(
        source="till", number="1", member=anna, voucher=Voucher.objects.get(), code=Voucher.objects.get().code,
        order_key="till:1", first_order_key="web:7", given_ore=5000, state="double", reason="voucher_used",
        used_at=now, told_at=now,
    )  # fmt: skip
    report = reverse("admin:loyalty_offlineuse_changelist")
    assert "web:7" in text(owner.get(report, {"state__exact": "double"}))
    assert "1 check was used twice while a till had no network." in text(owner.get(reverse("admin:index")))
