"""Sharing an account: invited by a code and asked first; made one with all that each has; and parted again."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from loyalty import actions
from loyalty.models import Entry, Invitation, LedgerCheck, Voucher
from loyalty.queries import points
from loyalty.queries.personal_data import personal_data
from members import actions as members
from members.actions import ConsentAnswer, NewLine, NewOrder, NewReturn, NewReturnLine, UnableTo
from members.models import Account, Consent, Member, Order
from members.queries import find_member
from tests.loyalty.api import make
from tests.loyalty.test_pages import logged_in
from tests.members.test_pages import code_in

pytestmark = pytest.mark.django_db
NOON = datetime(2025, 5, 1, 10, tzinfo=UTC)
DAY = timedelta(days=1)
DOCUMENT: dict[str, Any] = {
    "programme": "homes",
    "language": "en",
    "audience": {"unit": "household", "max_members": 3, "invitation_days": 10, "share_on_leaving": "earned"},
    "meters": [{"key": "points", "name": "points"}],
    "rewards": [
        {"key": "check", "name": "check", "kind": "money_off", "lifetime": {"kind": "years", "count": 1}}
    ],
    "earning_rules": [
        {"key": "buys", "name": "buys", "meter": "points", "rate": {"kind": "per_unit", "value": 1}}
    ],
    "conversions": [
        {
            "key": "thousand",
            "name": "thousand",
            "meter": "points",
            "reward": "check",
            "form": {"kind": "step", "step": 1000, "value": 50},
        }
    ],
}


@pytest.fixture(autouse=True)
def club(db: None) -> None:
    make.programme(DOCUMENT)


def join(name: str, **told: Any) -> Member:
    told = {"email": f"{name}@post.example", "first_name": name.title(), **told}
    member = members.join_member(**told, now=NOON, actor="test").member
    follow(NOON)
    return member


def follow(now: datetime) -> None:
    while (done := members.deliver_activities(now=now)).delivered or done.failed:
        assert done.failed == 0


def buy(member: Member, kronor: int, number: str, at: datetime = NOON, name: str = "") -> Order:
    line = NewLine(ref="1", quantity=Decimal(1), gross_ore=kronor * 100, vat_rate=Decimal(25), name=name)
    order = NewOrder(source="web", number=number, placed_at=at, lines=(line,), member=member)
    return actions.record_order(order=order, now=at, actor="test").order


def bring_back(number: str, at: datetime) -> None:
    line = NewReturnLine(ref="1", quantity=Decimal(1), order_line_ref="1")
    new_return = NewReturn(
        source="web", number=f"r{number}", order_number=number, returned_at=at, lines=(line,)
    )
    actions.record_return(new_return=new_return, now=at, actor="test")


def available(member: Member, at: datetime = NOON) -> int:
    account = Account.objects.get(members=member)
    return sum(one.available for one in points(account.pk, at) if one.meter == "points")


def invited(member: Member, at: datetime = NOON) -> Invitation:
    return actions.invite(member=member, actor="test", now=at)


def accept(invitation: Invitation, member: Member, at: datetime = NOON) -> str:
    try:
        actions.accept_invitation(code=invitation.code, member=member, actor="test", now=at)
    except UnableTo as error:
        return error.key
    follow(at)
    return "accepted"


def laws_hold() -> bool:
    actions.check_ledger(now=NOON)
    return not LedgerCheck.objects.latest("pk").breaks


# Invitations


def test_who_accepts_shares_the_account_with_all_they_had_and_both_histories_stay() -> None:
    anna, bo = join("anna"), join("bo")
    buy(anna, 700, "1")
    buy(bo, 400, "2")
    before = bo.account_id
    assert accept(invited(anna), bo) == "accepted"
    bo.refresh_from_db()
    assert bo.account_id == anna.account_id
    assert (available(anna), Voucher.objects.filter(account=anna.account).count()) == (100, 1)
    left = Account.objects.get(pk=before)
    assert (left.merged_into_id, left.closed_at) == (anna.account_id, NOON)
    old = Entry.objects.filter(account=before, meter="points").order_by("sequence")
    assert [(one.kind, one.amount) for one in old] == [("earn", 400), ("move", -400)]
    moved = Entry.objects.get(account=anna.account_id, kind="move", meter="points")
    assert (moved.amount, moved.actor, moved.reason[:10]) == (400, "test", "invitation")
    bring_back("2", NOON + DAY)
    assert available(anna, NOON + DAY) == 700
    assert Voucher.objects.get(account=anna.account).state == "cancelled"
    assert laws_hold()


def test_an_invitation_is_accepted_once_in_time_and_not_after_it_was_taken_back() -> None:
    anna, bo, carl = join("anna"), join("bo"), join("carl")
    first, late, gone = (invited(anna), *[None] * 2)
    assert accept(first, bo) == "accepted"
    assert accept(first, bo, NOON + DAY) == "accepted"
    assert accept(first, carl) == "invitation_used"
    late = invited(anna)
    assert accept(late, carl, NOON + 10 * DAY) == "invitation_expired"
    gone = invited(bo, NOON + 10 * DAY)
    actions.withdraw_invitation(member=anna, code=gone.code, actor="test", now=NOON + 10 * DAY)
    assert accept(gone, carl, NOON + 10 * DAY) == "invitation_withdrawn"
    last = invited(anna, NOON + 10 * DAY)
    assert accept(last, carl, NOON + 20 * DAY - timedelta(seconds=1)) == "accepted"


def test_nobody_is_invited_in_vain() -> None:
    anna, bo = join("anna"), join("bo")
    codes = [invited(anna), invited(anna)]
    with pytest.raises(UnableTo) as refused:
        invited(anna)
    assert refused.value.key == "household_full"
    actions.withdraw_invitation(member=anna, code=codes[0].code, actor="test", now=NOON)
    assert accept(invited(anna), bo) == "accepted"


def test_a_stranger_takes_back_nobodys_invitation() -> None:
    anna, bo = join("anna"), join("bo")
    code = invited(anna).code
    with pytest.raises(UnableTo) as refused:
        actions.withdraw_invitation(member=bo, code=code, actor="test", now=NOON)
    assert refused.value.key == "invitation_not_found"
    assert Invitation.objects.waiting(NOON).count() == 1


def test_who_lives_elsewhere_is_refused_where_a_household_has_one_address() -> None:
    audience = {"unit": "household", "same_address": True}
    make.programme({**DOCUMENT, "programme": "one_home", "audience": audience}, since=NOON)
    home = {"street": "Storgatan 1", "postal_code": "111 22", "city": "Stockholm"}
    anna, bo = join("anna", **home), join("bo", street="storgatan  1", postal_code="11122")
    carl, dan = join("carl", street="Storgatan 2", postal_code="111 22"), join("dan")
    assert accept(invited(anna), carl) == accept(invited(anna), dan) == "not_the_same_address"
    assert accept(invited(anna), bo) == "accepted"


def test_the_pages_ask_the_invited_and_tell_a_stranger_nothing_but_a_first_name() -> None:
    anna, bo = join("anna", last_name="Hemlig"), join("bo")
    buy(bo, 150, "1")
    with time_machine.travel(NOON + DAY, tick=False):
        hers, his = logged_in(anna), logged_in(bo)
        assert "Make an invitation" in hers.get(reverse("household")).content.decode()
        hers.post(reverse("invite"))
        invitation = Invitation.objects.get()
        link = reverse("invitation", args=[invitation.code])
        assert f"http://testserver{link}" in hers.get(reverse("household")).content.decode()
        seen = Client(HTTP_ACCEPT_LANGUAGE="en").get(link).content.decode()
        assert "Anna invites you to share points, checks and levels." in " ".join(seen.split())
        assert "Hemlig" not in seen
        assert f"?next={link}" in seen
        assert "Yes, share the account" in his.get(link).content.decode()
        bo.refresh_from_db()
        assert bo.account_id != anna.account_id
        accepting = reverse("accept_invitation", args=[invitation.code])
        assert his.get(accepting).status_code == 405
        assert Client().post(accepting).headers["Location"].startswith("/accounts/login/")
        answer = his.post(accepting)
        assert said(answer) == ["Welcome! You share the account from now on."]
        assert "Bo" in hers.get(reverse("household")).content.decode()
        assert Client().get(link).status_code == 404


def test_who_has_a_code_types_it_and_who_shares_an_account_leaves_it_on_the_page() -> None:
    anna, bo = join("anna"), join("bo")
    buy(bo, 150, "1")
    code, his = invited(anna).code, logged_in(bo)
    with time_machine.travel(NOON + DAY, tick=False):
        typed = his.get(reverse("enter_code"), {"code": code.lower()})
        assert typed.headers["Location"] == reverse("invitation", args=[code.lower()])
        assert "Anna invites you" in his.get(typed.headers["Location"]).content.decode()
        assert his.get(reverse("enter_code"), {"code": "<no>"}, follow=True).status_code == 404
        his.post(reverse("accept_invitation", args=[code]))
        assert available(anna, NOON + DAY) == 150
        assert said(his.post(reverse("move_out")))[-1] == "You have an account of your own from now on."
    assert (available(anna, NOON + DAY), available(bo, NOON + DAY)) == (0, 150)


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_who_joins_by_the_link_comes_back_to_the_invitation(client: Client, mailoutbox: Any) -> None:
    link = reverse("invitation", args=[invited(join("anna"), timezone.now()).code])
    asked = client.get(f"{reverse('join')}?next={link}").content.decode()
    assert f'name="next" value="{link}"' in asked
    told = {"email": "new@post.example", "first_name": "Nils", "next": link}
    assert client.post(reverse("join"), told).headers["Location"].endswith(f"?next={quote(link, safe='')}")
    entered = {"code": code_in(mailoutbox[-1]), "next": link}
    answer = client.post(reverse("account_confirm_login_code"), entered)
    assert answer.headers["Location"] == link


def test_the_join_page_says_whom_the_club_is_not_for(client: Client) -> None:
    audience = {"age_from": 18, "one_each": True}
    make.programme({**DOCUMENT, "programme": "grown_up", "audience": audience}, since=NOON)
    join("anna", phone="070 123 45 67")
    year = timezone.localdate().year - 10
    told = {"email": "new@post.example", "first_name": "Nils", "birth_date": f"{year}-01-01"}
    page = client.post(reverse("join"), told, headers={"accept-language": "en"}).content.decode()
    assert "One must be at least 18 years old to be a member." in page
    told = {"email": "new@post.example", "first_name": "Nils", "mobile": "0701234567"}
    page = client.post(reverse("join"), told, headers={"accept-language": "en"}).content.decode()
    assert "You may be a member already: log in, or let our staff help." in page
    assert not Member.objects.filter(email="new@post.example").exists()


@pytest.mark.parametrize(
    ("sees", "seen"),
    [
        ("everything", (True, True, True)),
        ("purchases", (True, True, False)),
        ("balance", (True, False, False)),
    ],
)
def test_the_others_see_as_much_of_a_purchase_as_the_rules_say(
    sees: str, seen: tuple[bool, bool, bool]
) -> None:
    audience = {"unit": "household", "who_sees": sees}
    make.programme({**DOCUMENT, "programme": sees, "audience": audience}, since=NOON)
    anna, bo = join("anna"), join("bo")
    buy(bo, 150, "receipt-7", name="A secret gift")
    assert accept(invited(anna), bo) == "accepted"
    bo.refresh_from_db()
    buy(bo, 40, "receipt-8", name="Another gift")
    with time_machine.travel(NOON + DAY, tick=False):
        page = logged_in(anna).get(reverse("history")).content.decode()
        data = logged_in(anna).get(reverse("my_data")).content.decode()
    assert ("40 points" in page, "receipt-8" in page, "Another gift" in page) == seen
    assert ("receipt-8" in data, "Another gift" in data) == (seen[1], False)
    with time_machine.travel(NOON + DAY, tick=False):
        assert "receipt-8" in logged_in(bo).get(reverse("history")).content.decode()


# Leaving


def test_who_leaves_the_club_takes_along_what_they_earned_and_finds_it_again() -> None:
    life = {"leaving": {"points": "frozen"}}
    make.programme({**DOCUMENT, "programme": "frozen", "life": life}, since=NOON)
    anna, bo = join("anna"), join("bo")
    assert accept(invited(anna), bo) == "accepted"
    buy(Member.objects.get(pk=anna.pk), 200, "1")
    buy(Member.objects.get(pk=bo.pk), 300, "2")
    members.close_member(member=anna, reason="asked", now=NOON + DAY, actor="test")
    follow(NOON + DAY)
    follow(NOON + DAY)
    assert (available(bo, NOON + DAY), Account.objects.get(members=bo).closed_at) == (300, None)
    assert laws_hold()
    back = join("anna")
    assert available(back, NOON + 2 * DAY) == 200


def test_the_next_in_turn_holds_the_account_when_its_holder_has_left() -> None:
    audience = {"unit": "household", "who_spends": "authorised", "share_on_leaving": "stays"}
    make.programme({**DOCUMENT, "programme": "held", "audience": audience}, since=NOON)
    bo, anna, carl = join("bo"), join("anna"), join("carl")
    assert accept(invited(anna), carl) == accept(invited(anna), bo, NOON + DAY) == "accepted"
    members.close_member(member=anna, reason="asked", now=NOON + 2 * DAY, actor="test")
    follow(NOON + 2 * DAY)
    for holder, number in ((bo, carl.number), (carl, bo.number)):
        told = {"number": number, "may_spend": True, "actor": "test", "now": NOON + 3 * DAY}
        holder.refresh_from_db()
        if holder == bo:
            with pytest.raises(UnableTo, match="not_the_holder"):
                actions.let_spend(holder=holder, **told)  # type: ignore[arg-type]
        else:
            assert actions.let_spend(holder=holder, **told).may_spend  # type: ignore[arg-type]


# One person twice


def test_of_one_person_twice_a_member_one_membership_goes_on_and_both_cards_lead_to_it() -> None:
    anna = join("anna")
    given = ConsentAnswer(purpose="marketing", channel="email", is_given=True, wording="1")
    twice = join("anna2", phone="070 123 45 67", source="till", external_id="7", consents=[given])
    buy(anna, 100, "1")
    buy(twice, 250, "2")
    number = twice.number
    kept = actions.merge_members(member=anna, double=twice, reason="same", actor="eva", now=NOON + DAY)
    follow(NOON + DAY)
    assert (kept.pk, available(kept, NOON + DAY)) == (anna.pk, 350)
    assert find_member(number=number) == find_member(source="till", external_id="7") == kept
    assert (str(kept.phone), kept.email) == ("+46701234567", "anna@post.example")
    assert set(Order.objects.values_list("member_id", flat=True)) == {anna.pk}
    twice.refresh_from_db()
    assert (twice.state, twice.merged_into, twice.email, twice.search_text) == ("closed", kept, "", number)
    assert Consent.objects.get(member=kept).is_given is True
    # What was said as the other member is the person's own, too, and stands first.
    assert [one["given_at"] for one in personal_data(kept)["consents"]] == [NOON, NOON + DAY]
    told = kept.activities.get(kind="member.merged")
    assert told.facts == {"double": number, "because": "same", "actor": "eva"}
    bring_back("2", NOON + DAY)
    assert available(kept, NOON + DAY) == 100
    assert laws_hold()


@pytest.mark.parametrize(
    ("who", "reason", "key"),
    [
        ("anna", "same", "is_the_same_member"),
        ("bo", " ", "reason_is_missing"),
        ("gone", "same", "account_is_closed"),
    ],
)
def test_what_cannot_be_made_one_is_left_as_it_was(who: str, reason: str, key: str) -> None:
    everybody = {name: join(name) for name in ("anna", "bo", "gone")}
    members.close_member(member=everybody["gone"], reason="asked", now=NOON, actor="test")
    with pytest.raises(UnableTo) as refused:
        actions.merge_members(
            member=everybody["anna"], double=everybody[who], reason=reason, actor="eva", now=NOON
        )
    assert refused.value.key == key
    assert not Member.objects.filter(merged_into__isnull=False).exists()


def test_no_entry_moves_without_somebody_who_moved_it() -> None:
    anna = join("anna")
    facts = {"account": anna.account, "sequence": 1, "meter": "points", "kind": "move", "amount": 1}
    times = {"effective_at": NOON, "counts_at": NOON, "recorded_at": NOON}
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.create(**facts, **times)
    entry = Entry.objects.create(**facts, **times, actor="eva")
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(amount=2)
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.filter(pk=entry.pk)._raw_delete(using="default")


# The API


def test_a_shop_invites_accepts_reads_parts_and_merges() -> None:
    anna, bo, twice = join("anna"), join("bo"), join("twice")
    shop = make.client("members", "read")
    with time_machine.travel(NOON + DAY, tick=False):
        code = shop.post(f"/api/v1/members/{anna.number}/household/invitations/", {}, format="json").json()[
            "code"
        ]
        accepted = shop.post(f"/api/v1/invitations/{code}/accept/", {"member": bo.number}, format="json")
        assert accepted.json()["number"] == bo.number
        household = shop.get(f"/api/v1/members/{bo.number}/household/").json()
        assert [(one["first_name"], one["is_holder"]) for one in household] == [("Anna", True), ("Bo", False)]
        again = shop.post(f"/api/v1/invitations/{code}/accept/", {"member": twice.number}, format="json")
        assert (again.status_code, again.json()["type"]) == (409, "/problems/invitation_used")
        parted = shop.post(f"/api/v1/members/{bo.number}/household/leave/", {}, format="json")
        assert parted.status_code == 200
        alone = shop.post(f"/api/v1/members/{bo.number}/household/leave/", {}, format="json")
        assert (alone.status_code, alone.json()["type"]) == (409, "/problems/shares_with_nobody")
        body = {"double": {"number": twice.number}, "reason": "same person"}
        merged = shop.post(f"/api/v1/members/{anna.number}/merge/", body, format="json")
        assert merged.json()["number"] == anna.number
        assert shop.get(f"/api/v1/members/{twice.number}/").json()["number"] == anna.number
