from datetime import timedelta

import pytest

from members.models import Member, MemberIdentity
from members.queries import find_member, members_by, timeline
from tests.make import NOON, make_activity, make_member

pytestmark = pytest.mark.django_db


def test_a_member_is_found_by_everything_they_are_known_by(alice: Member, carol: Member) -> None:
    MemberIdentity.objects.create(member=alice, source="web", external_id="17")
    assert find_member(number=alice.number) == alice
    assert find_member(email=" Alice@Post.Example") == alice
    assert find_member(phone="070-123 45 67") == alice
    assert find_member(source="web", external_id="17") == alice
    assert find_member(number=alice.number, email="alice@post.example") == alice


def test_nobody_is_found_by_what_fits_nobody(alice: Member, carol: Member) -> None:
    assert find_member() is None
    assert find_member(phone="call me") is None
    assert find_member(external_id="17") is None
    assert find_member(number=alice.number, email="carol@post.example") is None


def test_a_shared_phone_finds_everybody_and_names_nobody(alice: Member) -> None:
    other = make_member("Bob", phone="+46701234567")
    assert set(members_by(phone="+46 70 123 45 67")) == {alice, other}
    assert find_member(phone="0701234567") is None


def test_the_timeline_is_read_page_by_page_newest_first(alice: Member, carol: Member) -> None:
    same_time = [make_activity("points.earned", alice) for _each in range(3)]
    older = make_activity("order.recorded", alice, at=NOON - timedelta(days=1))
    newest = make_activity("tier.changed", alice, at=NOON + timedelta(days=1))
    make_activity("order.recorded", carol)
    pages, before = [], None
    while page := list(timeline(alice, before=before, limit=2)):
        pages.append(page)
        before = (page[-1].occurred_at, page[-1].pk)
    same_time.sort(key=lambda activity: activity.pk, reverse=True)
    assert pages == [[newest, same_time[0]], [same_time[1], same_time[2]], [older]]
