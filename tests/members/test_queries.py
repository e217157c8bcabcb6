from datetime import timedelta

import pytest
from django.utils import translation
from pytest_django import Settings

from members.models import Member, MemberIdentity
from members.queries import find_member, members_by, money, timeline
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


@pytest.mark.parametrize(
    ("language", "currency", "written"),
    [
        ("sv", "SEK", "1 250 kr"),
        ("nb", "NOK", "1 250 kr"),
        ("en", "DKK", "1,250 kr"),
        ("sv", "EUR", "1 250 €"),
        ("nb", "USD", "1 250 $"),
        ("en", "EUR", "€1,250"),
        ("en", "USD", "$1,250"),
        ("en", "GBP", "£1,250"),
        ("sv", "ISK", "1 250 ISK"),
    ],
)
def test_money_is_written_as_each_language_writes_it(
    settings: Settings, language: str, currency: str, written: str
) -> None:
    with translation.override(language):
        assert money(125_000, currency).replace("\xa0", " ") == written
        settings.CLUB_CURRENCY = currency
        assert money(125_000).replace("\xa0", " ") == written


def test_money_shows_its_smallest_parts_only_where_there_are_any() -> None:
    with translation.override("sv"):
        assert [money(1250), money(1200), money(0)] == ["12,50 kr", "12 kr", "0 kr"]
