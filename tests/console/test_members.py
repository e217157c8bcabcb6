"""Finding a member by what they say at the counter, seeing them whole, and changing what they ask for."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import translation

from loyalty import actions
from loyalty.models import Voucher
from loyalty.queries import amount_of, explain
from members.admin.mirror import sentences
from members.admin.order import pieces
from members.models import Activity, Category, Member, Product
from tests.console import seed
from tests.console.conftest import browser
from tests.make import make_member

LIST = "admin:members_member_changelist"


def found(client: Client, words: str, name: str = LIST) -> list[str]:
    page = client.get(reverse(name), {"q": words})
    assert page.status_code == 200
    return [str(row) for row in page.context["cl"].result_list]


@pytest.mark.parametrize(
    "words",
    ["åsa", "ÖBERG", "asa.oberg@post.example", "070-123 45 67", "+46701234567", "öberg åsa", "0701234567"],
)
def test_a_member_is_found_by_whatever_they_say(owner: Client, words: str) -> None:
    member = make_member("Åsa", last_name="Öberg", email="asa.oberg@post.example", phone="+46701234567")
    make_member("Bo", last_name="Ek")
    assert found(owner, words) == [str(member)]
    assert found(owner, member.number) == [str(member)]


@pytest.mark.parametrize("words", ["%", "' OR 1=1 --", "a" * 5000, "12345678901234567890", "🦆"])
def test_odd_words_find_nobody_and_break_nothing(owner: Client, alice: Member, words: str) -> None:
    assert found(owner, words) == []


def test_orders_entries_and_checks_are_found_through_their_member(owner: Client, club: list[Member]) -> None:
    email = club[0].email
    assert len(found(owner, email, "admin:members_order_changelist")) == club[0].orders.count()
    assert len(found(owner, email, "admin:loyalty_entry_changelist")) == club[0].account.entries.count()
    check = Voucher.objects.filter(account=club[0].account)[0]
    assert found(owner, check.code, "admin:loyalty_voucher_changelist") == [check.code]
    assert found(owner, "0-2", "admin:members_order_changelist") == ["web 0-2"]
    assert found(owner, "nobody@post.example", "admin:loyalty_entry_changelist") == []


def test_a_member_is_shown_whole(owner: Client, club: list[Member], now: datetime) -> None:
    page = owner.get(reverse("admin:members_member_change", args=[club[0].pk]))
    shown = {figure.label: figure.value for figure in page.context["figures"]}
    assert list(shown) == ["balance", "Orders", "Bought for", "Last order"]
    assert shown["Orders"] == str(club[0].orders.count())
    titles = [str(panel["title"]) for panel in page.context["panels"]]
    assert titles == [
        "ledger",
        "checks",
        "acts",
        "challenges",
        "bookings",
        "on this account",
        "orders",
        "what happened",
        "consents",
    ]
    text = page.content.decode()
    assert "Adjusted by staff: Väntade länge i kön" in text
    assert "1,100 points taken back for returned goods." in text
    assert "Staff adjusted 500 points" in text
    assert "offers and news" in text


def test_a_long_history_shows_its_newest_rows_and_the_way_to_all(owner: Client, club: list[Member]) -> None:
    page = owner.get(reverse("admin:members_member_change", args=[club[0].pk]))
    timeline = next(panel for panel in page.context["panels"] if panel["id"] == "activity")
    assert len(timeline["rows"]) == 12
    every = owner.get(timeline["all"])
    assert every.context["cl"].result_count == club[0].activities.count()


def test_every_kind_of_activity_is_told_as_a_sentence(owner: Client, club: list[Member]) -> None:
    page = owner.get(reverse("admin:members_activity_changelist")).content.decode()
    kinds = set(Activity.objects.values_list("kind", flat=True))
    assert len(kinds) > 6
    assert [kind for kind in kinds if f">{kind}<" in page] == []


def test_a_changed_address_is_written_by_the_action_and_told_in_the_timeline(
    owner: Client, alice: Member
) -> None:
    page = reverse("admin:members_member_change", args=[alice.pk])
    facts = {
        "first_name": "Alice",
        "last_name": "Ny",
        "email": "ny@post.example",
        "phone": "",
        "language": "nb",
    }
    assert owner.post(page, facts).status_code == 302
    alice.refresh_from_db()
    assert (alice.last_name, alice.email, alice.language) == ("Ny", "ny@post.example", "nb")
    told = Activity.objects.get(kind="member.updated")
    assert told.facts["actor"] == "owner@shop.example"
    assert "Details changed: " in owner.get(page).content.decode()
    assert found(owner, "ny@post.example") == [str(alice)]


def test_an_address_that_another_member_has_is_refused(owner: Client, alice: Member, bob: Member) -> None:
    page = reverse("admin:members_member_change", args=[alice.pk])
    answer = owner.post(page, {"first_name": "Alice", "email": bob.email.upper(), "language": "sv"})
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors
    alice.refresh_from_db()
    assert alice.email != bob.email


def test_a_member_joins_at_the_counter(owner: Client) -> None:
    answer = owner.post(
        reverse("admin:members_member_add"), {"first_name": "Nya", "phone": "070-765 43 21", "language": "sv"}
    )
    member = Member.objects.get()
    assert (answer.status_code, str(member.phone), len(member.number)) == (302, "+46707654321", 10)
    assert Activity.objects.get().kind == "member.joined"


def test_a_member_that_could_not_be_known_again_is_refused(owner: Client) -> None:
    answer = owner.post(reverse("admin:members_member_add"), {"first_name": "Ingen", "language": "sv"})
    assert "Give an e-mail address or a phone number." in answer.content.decode()
    assert Member.objects.count() == 0


def test_a_closed_member_can_be_read_and_not_changed(owner: Client, alice: Member, now: datetime) -> None:
    Member.objects.filter(pk=alice.pk).update(state="closed", closed_at=now)
    page = reverse("admin:members_member_change", args=[alice.pk])
    assert owner.get(page).status_code == 200
    assert owner.post(page, {"first_name": "X", "language": "sv"}).status_code == 403


def test_names_are_never_markup(owner: Client) -> None:
    member = make_member("<script>alert(1)</script>", email="x@post.example")
    for page in (reverse(LIST), reverse("admin:members_member_change", args=[member.pk])):
        assert "<script>alert(1)" not in owner.get(page).content.decode()


def test_a_category_knows_its_path_from_its_parent(owner: Client) -> None:
    parent = Category.objects.create(code="ljus", name="Ljus", path="ljus")
    owner.post(
        reverse("admin:members_category_add"), {"code": "lampor", "name": "Lampor", "parent": parent.pk}
    )
    assert Category.objects.get(code="lampor").path == "ljus/lampor"


def test_flags_of_goods_are_written_as_words(owner: Client) -> None:
    product = Product.objects.create(sku="H-1", name="Presentkort", flags=["gift_card"])
    page = reverse("admin:members_product_change", args=[product.pk])
    assert 'value="gift_card"' in owner.get(page).content.decode()
    told = {"sku": "H-1", "name": "Presentkort", "flags": "sale, gift_card,, sale"}
    assert owner.post(page, told).status_code == 302
    product.refresh_from_db()
    assert product.flags == ["gift_card", "sale"]
    owner.post(page, told | {"flags": ""})
    product.refresh_from_db()
    assert product.flags == []


def test_an_order_shows_its_lines(owner: Client, club: list[Member]) -> None:
    order = club[0].orders.get(number="0-2")
    page = owner.get(reverse("admin:members_order_change", args=[order.pk])).content.decode()
    assert "Lampa" in page
    assert "1,100 kr" in page


def test_an_order_says_what_it_gave_and_why(owner: Client, club: list[Member]) -> None:
    order = club[0].orders.get(number="0-2")
    page = owner.get(reverse("admin:members_order_change", args=[order.pk])).content.decode()
    earned = order.entries.get(kind="earn")
    assert explain(earned.because) in page
    assert amount_of(earned.meter, earned.amount) in page
    cashier = seed.make_staff("till@shop.example")
    cashier.user_permissions.set(Permission.objects.filter(codename="view_order"))
    page = browser(cashier).get(reverse("admin:members_order_change", args=[order.pk])).content.decode()
    assert "Lampa" in page
    assert explain(earned.because) not in page


def test_an_order_that_gave_nothing_says_why(owner: Client, club: list[Member], now: datetime) -> None:
    sold = seed.order_of(club[0], "gift", now, 500)
    told = replace(sold, lines=(replace(sold.lines[0], flags=("gift_card",)),))
    order = actions.record_order(order=told, now=now, actor="web").order
    page = owner.get(reverse("admin:members_order_change", args=[order.pk])).content.decode()
    assert "No points for gift cards." in page
    assert "what it changed in the ledger" not in page.lower()


def test_pieces_are_not_written_as_thousands() -> None:
    with translation.override("sv"):
        assert [pieces(Decimal(text)) for text in ("1.000", "10.000", "0.250")] == ["1", "10", "0,25"]


def test_everything_that_happens_has_its_sentence(club: list[Member]) -> None:
    moves = ("issued", "reserved", "released", "reopened", "redeemed", "expired", "cancelled")
    kinds = {*Activity.objects.values_list("kind", flat=True), *(f"voucher.{move}" for move in moves)}
    assert {kind for kind in kinds if kind not in sentences} == set()


def test_what_happened_is_titled_by_its_time_and_told_in_a_sentence(club: list[Member]) -> None:
    activity = Activity.objects.filter(kind="consent.given")[0]
    staff = browser(seed.make_staff(is_superuser=True), "sv")
    page = staff.get(reverse("admin:members_activity_change", args=[activity.pk])).content.decode()
    assert "consent.given" not in page
    assert "Sa ja till" in page
