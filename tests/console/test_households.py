"""What staff do about who shares an account: a duplicate merged, somebody moved out, each with a reason."""

from datetime import datetime

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from loyalty import actions
from members.models import Member
from tests.console import seed
from tests.console.conftest import browser
from tests.console.test_by_hand import do, said


def test_a_duplicate_is_merged_after_a_preview_and_its_card_leads_to_the_member(
    owner: Client, club: list[Member]
) -> None:
    member, double = club[0], club[1]
    page = reverse("admin:loyalty_entry_merge", args=[member.pk])
    told = {"number": double.number, "reason": "One person"}
    seen = owner.post(page, told)
    assert seen.context["preview"] == [(str(double), "active", f"part of {member}")]
    double.refresh_from_db()
    assert double.state == "active"
    answer = do(owner, page, told)
    double.refresh_from_db()
    assert said(answer) == [f"{member} has all that membership {double.number} had."]
    assert double.merged_into_id == member.pk
    shown = owner.get(reverse("admin:members_member_change", args=[member.pk])).content.decode()
    assert f"Membership {double.number} was the same person and is part of this one." in shown


@pytest.mark.parametrize("number", ["0000000000", "own"])
def test_a_number_that_is_nobody_elses_is_told_and_changes_nothing(
    owner: Client, club: list[Member], number: str
) -> None:
    page = reverse("admin:loyalty_entry_merge", args=[club[0].pk])
    told = {"number": club[0].number if number == "own" else number, "reason": "One person"}
    assert owner.post(page, told).status_code == 422
    assert not Member.objects.filter(merged_into__isnull=False).exists()


def test_who_shares_an_account_is_seen_and_given_one_of_their_own(
    owner: Client, club: list[Member], now: datetime
) -> None:
    member, other = club[0], club[1]
    invitation = actions.invite(member=member, actor="test", now=now)
    actions.accept_invitation(code=invitation.code, member=other, actor="test", now=now)
    shown = owner.get(reverse("admin:members_member_change", args=[member.pk])).content.decode()
    assert str(other) in shown
    page = reverse("admin:loyalty_entry_move_out", args=[other.pk])
    assert said(do(owner, page, {"reason": "Moved"})) == [f"{other} has an account of their own now."]
    other.refresh_from_db()
    assert other.account_id != member.account_id
    again = owner.post(page, {"reason": "Moved"})
    refused = owner.post(page, {"reason": "Moved", "confirm": again.context["token"]})
    assert refused.status_code == 422
    assert "The member shares the account with nobody." in refused.content.decode()


def test_who_may_only_look_merges_nobody_and_moves_nobody(club: list[Member]) -> None:
    staff = seed.make_staff("looks@shop.example")
    staff.user_permissions.add(*Permission.objects.filter(codename__in=["view_member", "view_entry"]))
    for name in ("loyalty_entry_merge", "loyalty_entry_move_out"):
        assert browser(staff).get(reverse(f"admin:{name}", args=[club[0].pk])).status_code == 403
