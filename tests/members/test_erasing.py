"""Whoever leaves and asks for it is forgotten in every table, and the books still add up."""

import json
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from loyalty import actions as loyalty
from loyalty.models import Balance, Entry, LedgerCheck
from members import actions
from members.actions.logins import ensure_login
from members.models import Activity, Member, MemberIdentity, StoredAnswer, User
from tests.console import seed
from tests.console.conftest import browser, club, now, owner
from tests.make import NOON, make_member

__all__ = ["club", "now", "owner"]

NEEDLES = (
    "maud",
    "vresk",
    "maud@hem.example",
    "+46709876543",
    "070-987 65 43",
    "0709876543",
    "1961-04-30",
    "kund-77",
)


def everything_kept() -> Iterator[tuple[str, str]]:
    """Every text of every row of every table, as the database holds it, with the name of its table."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - the database's own names
            for row in cursor.fetchall():
                yield table, " ".join(str(value) for value in row).casefold()


def found() -> set[tuple[str, str]]:
    coded = {needle: json.dumps(needle)[1:-1] for needle in NEEDLES}
    return {
        (table, needle)
        for table, text in everything_kept()
        for needle, escaped in coded.items()
        if needle in text or escaped in text
    }


@pytest.fixture
def maud(club: list[Member], owner: Client, now: datetime) -> Member:
    """A member of whom every corner of the club knows something."""
    _row, key = actions.create_api_key(
        name="Kassan", source="till", scopes=["read", "members", "orders", "points"], now=now, actor="test"
    )
    shop = APIClient(HTTP_AUTHORIZATION=f"Bearer {key}", HTTP_IDEMPOTENCY_KEY="once")
    told = {
        "email": "maud@hem.example", "first_name": "Maud", "last_name": "Vresk", "phone": "070-987 65 43",
        "birth_date": "1961-04-30", "external_id": "kund-77",
    }  # fmt: skip
    joined = shop.post("/api/v1/members/", told, format="json")
    assert joined.status_code == 201, joined.content
    member = Member.objects.get(email="maud@hem.example")
    order = seed.order_of(member, "order-77", now, 3000)
    loyalty.record_order(order=order, now=now, actor="shop")
    loyalty.adjust_points(
        account=member.account, meter="points", amount=100, reason="Goodwill", actor="staff", now=now
    )
    browser(ensure_login(email=member.email, now=now)).get(reverse("my_page"))
    change = reverse("admin:members_member_change", args=[member.pk])
    form = {**told, "language": "sv", "identities-TOTAL_FORMS": "0", "identities-INITIAL_FORMS": "0"}
    saved = owner.post(change, form)
    assert saved.status_code == 302
    return member


def test_nothing_of_the_member_is_left_in_any_table_and_the_books_add_up(maud: Member, now: datetime) -> None:
    assert {table for table, _needle in found()} >= {"members_member", "members_user", "members_storedanswer"}
    entries = Entry.objects.count()
    erased = actions.erase_member(
        member=maud, reason="Maud Vresk (maud@hem.example) rang", actor="staff@shop.example", now=now
    )
    actions.deliver_activities(now=now)
    assert found() == set()
    assert (erased.state, erased.number, str(erased)) == ("erased", maud.number, maud.number)
    assert erased.account.closed_at == now
    assert Entry.objects.exclude(because__key="left").count() == entries
    assert Balance.objects.get(account=maud.account, meter="points").amount == 0
    loyalty.check_ledger(now=now)
    assert LedgerCheck.objects.latest("checked_at").breaks == []
    last = Activity.objects.get(kind="member.erased")
    assert last.facts == {"because": "… (…) rang", "actor": "staff@shop.example"}


@pytest.mark.django_db
def test_erasing_twice_changes_nothing_more(alice: Member) -> None:
    for reason in ("asked", "asked again"):
        actions.erase_member(member=alice, reason=reason, actor="staff", now=NOON)
    assert Activity.objects.get(kind="member.erased").facts["because"] == "asked"


@pytest.mark.django_db
def test_erasing_needs_a_reason(alice: Member) -> None:
    with pytest.raises(actions.UnableToEraseMember, match="reason_is_missing"):
        actions.erase_member(member=alice, reason=" ", actor="staff", now=NOON)
    alice.refresh_from_db()
    assert alice.state == "active"


@pytest.mark.django_db
def test_who_shares_the_account_keeps_it(alice: Member) -> None:
    bob = make_member("Bob", account=alice.account)
    actions.erase_member(member=alice, reason="asked", actor="staff", now=NOON)
    bob.refresh_from_db()
    assert (bob.state, bob.account.closed_at, bob.email) == ("active", None, "bob@post.example")


@pytest.mark.django_db
def test_a_member_of_staff_keeps_the_login_to_the_console(alice: Member) -> None:
    alice.user = seed.make_staff(alice.email)
    alice.save()
    actions.erase_member(member=alice, reason="asked", actor="staff", now=NOON)
    alice.refresh_from_db()
    assert alice.user is None
    assert User.objects.get().email == "alice@post.example"


@pytest.mark.django_db
def test_the_address_and_the_shops_id_are_free_for_a_new_member(alice: Member) -> None:
    MemberIdentity.objects.create(member=alice, source="web", external_id="17")
    actions.erase_member(member=alice, reason="asked", actor="staff", now=NOON)
    again = actions.join_member(
        email="alice@post.example", source="web", external_id="17", actor="test", now=NOON
    )
    assert (again.member.pk != alice.pk, again.member.first_name) == (True, "")


@pytest.mark.django_db
def test_a_late_repeat_of_a_call_brings_nobody_back(alice: Member, maud: Member, now: datetime) -> None:
    answers = StoredAnswer.objects.count()
    actions.erase_member(member=maud, reason="asked", actor="staff", now=now)
    assert StoredAnswer.objects.count() == answers
    assert StoredAnswer.objects.get().body == {}


@pytest.mark.django_db
def test_leaving_and_erasing_needs_a_tick_and_ends_the_login(alice: Member) -> None:
    client = browser(ensure_login(email=alice.email, now=NOON))
    page = reverse("erase_membership")
    assert page in client.get(reverse("close_membership")).content.decode()
    assert client.post(page, {}).status_code == 200
    alice.refresh_from_db()
    assert alice.state == "active"
    assert client.post(page, {"is_sure": "on"}).headers["Location"] == "/"
    alice.refresh_from_db()
    assert (alice.state, alice.email, User.objects.count()) == ("erased", "", 0)
    assert client.get(reverse("details")).status_code == 302


def test_staff_erase_with_a_right_of_its_own_after_a_preview(club: list[Member], owner: Client) -> None:
    page = reverse("admin:members_member_erase", args=[club[1].pk])
    clerk = seed.make_staff()
    clerk.user_permissions.set(Permission.objects.filter(codename__in=["view_member", "delete_member"]))
    assert browser(clerk).get(page).status_code == 403
    clerk.user_permissions.add(Permission.objects.get(codename="erase_member"))
    assert browser(clerk).get(page).status_code == 200
    change = reverse("admin:members_member_change", args=[club[1].pk])
    assert page in owner.get(change).content.decode()
    seen = owner.post(page, {"reason": "Asked for it"})
    club[1].refresh_from_db()
    assert club[1].state == "active"
    owner.post(page, {"reason": "Asked for it", "confirm": seen.context["token"]})
    club[1].refresh_from_db()
    assert (club[1].state, club[1].full_name) == ("erased", "")
    left = owner.get(change).content.decode()
    assert page not in left
    assert "Everything personal was erased" in left
    assert not LogEntry.objects.filter(object_repr__contains="Ek").exists()
