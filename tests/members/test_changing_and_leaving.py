import pytest

from members import actions
from members.models import Account, Activity, Member
from tests.make import NOON, make_member

pytestmark = pytest.mark.django_db


def test_what_is_told_is_changed_and_the_rest_is_left(alice: Member) -> None:
    changed = actions.update_member(
        member=alice, email="Alva@Post.Example", first_name="Alva", actor="staff", now=NOON
    )
    alice.refresh_from_db()
    assert changed == alice
    assert (alice.email, alice.full_name, str(alice.phone)) == (
        "alva@post.example",
        "Alva Åkesson",
        "+46701234567",
    )
    assert alice.search_text == f"{alice.number} alva åkesson alva@post.example +46701234567 0701234567"
    activity = Activity.objects.get()
    assert (activity.kind, activity.facts) == (
        "member.updated",
        {"fields": ["email", "first_name"], "actor": "staff"},
    )


def test_telling_what_is_known_already_writes_nothing(alice: Member) -> None:
    actions.update_member(
        member=alice, email="ALICE@post.example", phone="070-1234567", actor="staff", now=NOON
    )
    assert Activity.objects.count() == 0


def test_an_email_of_somebody_else_is_refused_whatever_its_case(alice: Member, bob: Member) -> None:
    with pytest.raises(actions.UnableToUpdateMember, match="email_is_taken"):
        actions.update_member(member=alice, email="BOB@post.example", actor="staff", now=NOON)
    alice.refresh_from_db()
    assert alice.email == "alice@post.example"
    assert Activity.objects.count() == 0


def test_closing_ends_the_membership_and_its_account(alice: Member, carol: Member) -> None:
    closed = actions.close_member(member=alice, reason="asked", now=NOON, actor="staff")
    alice.refresh_from_db()
    assert closed == alice
    assert (alice.state, alice.closed_at, alice.account.closed_at) == ("closed", NOON, NOON)
    activity = Activity.objects.get()
    assert (activity.kind, activity.facts) == ("member.closed", {"because": "asked", "actor": "staff"})
    carol.refresh_from_db()
    assert (carol.state, carol.account.closed_at) == ("active", None)


def test_an_account_stays_open_while_somebody_is_on_it(alice: Member) -> None:
    make_member("Bob", account=alice.account)
    actions.close_member(member=alice, reason="asked", now=NOON, actor="staff")
    assert Account.objects.get().closed_at is None


def test_closing_twice_changes_nothing_more(alice: Member) -> None:
    for reason in ("asked", "asked again"):
        actions.close_member(member=alice, reason=reason, now=NOON, actor="staff")
    assert Activity.objects.get().facts["because"] == "asked"


def test_closing_needs_a_reason(alice: Member) -> None:
    with pytest.raises(actions.UnableToCloseMember, match="reason_is_missing"):
        actions.close_member(member=alice, reason=" ", now=NOON, actor="staff")


def test_a_closed_member_cannot_be_changed(alice: Member) -> None:
    actions.close_member(member=alice, reason="asked", now=NOON, actor="staff")
    with pytest.raises(actions.UnableToUpdateMember, match="member_is_closed"):
        actions.update_member(member=alice, first_name="Alva", actor="staff", now=NOON)
