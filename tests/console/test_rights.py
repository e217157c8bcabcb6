"""A group's rights are chosen in the words of the menu, and hold."""

from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from config.rights import assignable, rights
from members.models import Member
from tests.console import seed
from tests.console.conftest import browser


def test_every_right_has_words_and_exists_in_the_database(db: None) -> None:
    known = {f"{one.content_type.app_label}.{one.codename}" for one in assignable()}
    assert set(rights()) == known
    assert rights()["loyalty.add_entry"] == "Huvudbok: justera poäng"
    assert "loyalty.change_entry" not in rights()
    assert "loyalty.delete_entry" not in rights()


def test_a_group_of_cashiers_may_see_members_and_adjust_points(owner: Client, club: list[Member]) -> None:
    page = owner.get(reverse("admin:auth_group_add")).content.decode()
    assert "Ledger: adjust points" in page
    wanted = {"members.view_member", "loyalty.view_entry", "loyalty.add_entry"}
    chosen = [one.pk for one in assignable() if f"{one.content_type.app_label}.{one.codename}" in wanted]
    owner.post(reverse("admin:auth_group_add"), {"name": "Kassan", "permissions": chosen})
    cashier = seed.make_staff()
    cashier.groups.add(Group.objects.get(name="Kassan"))
    client = browser(cashier)
    adjust = reverse("admin:loyalty_entry_adjust", args=[club[0].account_id])
    member = client.get(reverse("admin:members_member_change", args=[club[0].pk]))
    assert adjust in member.content.decode()
    assert client.get(adjust).status_code == 200
    assert client.get(reverse("admin:members_order_changelist")).status_code == 403


def test_who_looks_after_logins_cannot_make_themselves_or_others_owners(db: None) -> None:
    clerk, boss = (
        seed.make_staff("clerk@shop.example"),
        seed.make_staff("boss@shop.example", is_superuser=True),
    )
    everything = Permission.objects.filter(content_type__app_label__in=["members", "auth"])
    clerk.user_permissions.set(everything)
    client = browser(clerk)
    own = reverse("admin:members_user_change", args=[clerk.pk])
    client.post(own, {"email": clerk.email, "is_active": "on", "is_staff": "on", "is_superuser": "on"})
    clerk.refresh_from_db()
    assert (clerk.is_staff, clerk.is_superuser) == (True, False)
    boss_page = reverse("admin:members_user_change", args=[boss.pk])
    password = reverse("admin:auth_user_password_change", args=[boss.pk])
    assert client.post(boss_page, {"email": "mine@shop.example"}).status_code == 403
    assert client.post(password, {"password1": "x" * 20, "password2": "x" * 20}).status_code == 403
    group = Group.objects.create(name="Kassan")
    assert (
        client.post(reverse("admin:auth_group_change", args=[group.pk]), {"name": "Alla"}).status_code == 403
    )
    assert client.get(reverse("admin:auth_group_add")).status_code == 403
