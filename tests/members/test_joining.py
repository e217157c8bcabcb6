from datetime import date, timedelta

import pytest

from members import actions
from members.models import Account, Activity, Consent, Member, MemberIdentity
from members.models.member import is_member_number
from tests.make import NOON, make_member, make_store

pytestmark = pytest.mark.django_db


def join(**told: object) -> actions.Joined:
    return actions.join_member(**{"actor": "test", "now": NOON, **told})  # type: ignore[arg-type]


def test_who_joins_gets_a_number_an_account_and_a_line_in_the_stream() -> None:
    store = make_store()
    joined = join(
        email=" Vera@Post.Example ",
        phone="070-123 45 67",
        first_name=" Vera ",
        last_name="Åström",
        birth_date=date(1984, 5, 17),
        home_store=store,
        source="web",
        external_id="c-17",
        origin="checkout",
    )
    member = Member.objects.get()
    assert joined == actions.Joined(member, is_new=True)
    assert is_member_number(member.number)
    assert (member.email, str(member.phone), member.full_name) == (
        "vera@post.example",
        "+46701234567",
        "Vera Åström",
    )
    assert (member.birth_date, member.home_store, member.joined_at) == (date(1984, 5, 17), store, NOON)
    assert member.search_text == (f"{member.number} vera åström vera@post.example +46701234567 0701234567")
    assert (member.account.opened_at, member.account.closed_at) == (NOON, None)
    assert str(MemberIdentity.objects.get()) == "web:c-17"
    activity = Activity.objects.get()
    assert (activity.kind, activity.member, activity.account_id) == (
        "member.joined",
        member,
        member.account_id,
    )
    assert activity.facts == {"source": "web", "origin": "checkout", "actor": "test"}


def test_consents_given_when_joining_are_kept_with_their_wording() -> None:
    yes = actions.ConsentAnswer(purpose="marketing", channel="email", is_given=True, wording="web-3")
    member = join(email="vera@post.example", consents=[yes], origin="checkout").member
    consent = Consent.objects.get()
    assert (consent.member, consent.is_given, consent.wording) == (member, True, "web-3")
    assert (consent.origin, consent.actor, consent.given_at) == ("checkout", "test", NOON)
    kinds = Activity.objects.order_by("id").values_list("kind", flat=True)
    assert sorted(kinds) == ["consent.given", "member.joined"]


def test_joining_again_with_the_same_external_id_is_the_same_member_and_changes_nothing() -> None:
    first = join(email="vera@post.example", source="web", external_id="c-17").member
    again = join(email="new@post.example", first_name="Vera", source="web", external_id="c-17")
    assert again == actions.Joined(first, is_new=False)
    assert Member.objects.get().email == "vera@post.example"
    assert Activity.objects.count() == 1


def test_joining_again_with_the_same_email_learns_the_new_external_id() -> None:
    first = join(email="vera@post.example").member
    again = join(email="VERA@post.example", source="till", external_id="9")
    assert again == actions.Joined(first, is_new=False)
    assert MemberIdentity.objects.get(member=first).external_id == "9"


def test_one_external_id_may_exist_at_two_sources() -> None:
    one = join(source="web", external_id="1").member
    other = join(source="till", external_id="1").member
    assert one != other


def test_a_phone_alone_is_enough_and_may_be_shared() -> None:
    assert join(phone="0701234567").member != join(phone="0701234567").member


def test_a_taken_number_is_drawn_again() -> None:
    make_member(number="1000000008")
    draws = iter([0, 0, 5])
    member = join(email="vera@post.example", random_below=lambda _: next(draws)).member
    assert member.number == "1000000057"


def test_when_every_draw_is_taken_joining_is_refused_and_leaves_nothing() -> None:
    make_member(number="1000000008")
    with pytest.raises(actions.UnableToJoin, match="no_number_was_free"):
        join(email="vera@post.example", random_below=lambda _: 0)
    assert (Member.objects.count(), Account.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("told", "key"),
    [
        ({}, "nothing_to_know_the_member_by"),
        ({"email": "  "}, "nothing_to_know_the_member_by"),
        ({"external_id": "9"}, "source_is_missing"),
        ({"external_id": "9" * 121, "source": "web"}, "external_id_is_too_long"),
        ({"email": "vera"}, "email_is_not_valid"),
        ({"phone": "12"}, "phone_is_not_valid"),
        ({"phone": "call me"}, "phone_is_not_valid"),
        ({"email": "v@post.example", "first_name": "V" * 81}, "first_name_is_not_valid"),
        ({"email": "v@post.example", "language": "tlh"}, "language_is_not_known"),
        ({"email": "v@post.example", "birth_date": date(2025, 9, 2)}, "birth_date_is_not_valid"),
        ({"email": "v@post.example", "birth_date": date(1899, 12, 31)}, "birth_date_is_not_valid"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(told: dict[str, object], key: str) -> None:
    with pytest.raises(actions.UnableToJoin) as refused:
        join(**told)
    assert refused.value.key == key
    assert (Member.objects.count(), Account.objects.count(), Activity.objects.count()) == (0, 0, 0)


def test_a_bad_consent_stops_the_whole_joining() -> None:
    unknown = actions.ConsentAnswer(purpose="gossip", is_given=True, wording="1")
    with pytest.raises(actions.UnableToRecordConsent, match="purpose_is_not_known"):
        join(email="vera@post.example", consents=[unknown])
    assert Member.objects.count() == 0


def test_who_comes_back_is_the_same_member_on_a_new_account(alice: Member) -> None:
    old_account = alice.account
    actions.close_member(member=alice, reason="asked", now=NOON, actor="test")
    later = NOON + timedelta(days=40)
    joined = join(email="alice@post.example", now=later)
    assert joined == actions.Joined(alice, is_new=True)
    alice.refresh_from_db()
    assert (alice.state, alice.closed_at, alice.last_name) == ("active", None, "Åkesson")
    assert alice.account != old_account
    assert alice.account.opened_at == later


def test_an_erased_member_is_not_brought_back(alice: Member) -> None:
    MemberIdentity.objects.create(member=alice, source="web", external_id="1")
    Member.objects.update(state="erased", closed_at=NOON, email="")
    with pytest.raises(actions.UnableToJoin, match="member_was_erased"):
        join(source="web", external_id="1")
