"""A group's rights are chosen in the words of the menu, and hold."""

from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from config.rights import assignable, rights
from members.models import Member
from tests.console import seed
from tests.console.conftest import browser


def test_every_right_has_words_and_exists_in_the_database(db: None) -> None:
    known = {f"{one.content_type.app_label}.{one.codename}" for one in assignable()}
    segments_to_come = {right for right in rights() if right.startswith("segments.")}
    assert set(rights()) - segments_to_come == known - segments_to_come
    assert rights()["loyalty.add_entry"] == "Ledger: adjust points"
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
