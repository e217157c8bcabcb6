"""Links of our mails tell who followed them, of those alone who agreed; they lead nowhere else, and know machines."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from campaigns import actions
from campaigns.engine.links import followed
from campaigns.models import CampaignText, Response
from members.models import Member
from tests.campaigns import make
from tests.campaigns.make import NOW
from tests.campaigns.sink import Sink
from tests.segments.make import meant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_defaults")]
LATER = NOW + timedelta(days=1)
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1"
NEWS = "https://shop.example/news?a=1&b=2"
HTML = (
    f'<p>Hej! <a class="b" data-group="news" href="{NEWS.replace("&", "&amp;")}">Nytt</a>'
    ' <a href="https://shop.example/sale?utm_content=sale">Rea</a> <a href="{{member_page}}">Min sida</a>'
    ' <a href="mailto:a@b.example">Skriv</a></p>'
)
CLICKED: dict[str, Any] = {"agg": "count", "of": "message.human_click", "op": "gte", "value": 1}


def addresses(sink: Sink, member: Member) -> list[str]:
    """What the HTML of the letter that a member gets leads to and shows, in order."""
    CampaignText.objects.update(html=HTML)
    make.planned(member)
    actions.send_messages(now=NOW)
    _text, html = sink.mail_to(member.email).iter_parts()
    return [unescape(one) for one in re.findall(r'(?:href|src)="([^"]+)"', html.get_content())]


def measured(name: str = "anna") -> Member:
    member = make.member(name)
    make.answer(member, is_given=True, purpose="tracking")
    return member


def get(address: str, *, seconds: int = 60, headers: dict[str, str] | None = None) -> Any:
    parts = urlsplit(address)
    client = Client(headers={"User-Agent": PHONE} | (headers or {}))
    with time_machine.travel(NOW + timedelta(seconds=seconds), tick=False):
        return client.get(f"{parts.path}?{parts.query}")


def test_a_letter_to_who_has_not_agreed_leads_straight_to_the_pages(sink: Sink, settings: Settings) -> None:
    found = addresses(sink, make.member("anna"))
    assert found[:4] == [
        NEWS,
        "https://shop.example/sale?utm_content=sale",
        f"{settings.CLUB_URL}/",
        "mailto:a@b.example",
    ]
    assert not any(f"{settings.CLUB_URL}/{door}/" in one for one in found for door in "fot")


def test_a_click_of_a_person_leads_on_and_is_known_by_its_group(sink: Sink, settings: Settings) -> None:
    news, sale, page, mail, stop, *unseen = addresses(sink, measured())
    assert mail == "mailto:a@b.example"
    assert stop.startswith(f"{settings.CLUB_URL}/u/")
    assert [urlsplit(one).path.split("/")[1] for one in unseen] == ["t", "o"]
    for minute, (link, target) in enumerate(
        ((news, NEWS), (sale, "https://shop.example/sale?utm_content=sale")), 1
    ):
        answer = get(link, seconds=60 * minute)
        assert (answer.status_code, answer["Location"], answer["Referrer-Policy"]) == (
            302,
            target,
            "no-referrer",
        )
    assert get(page)["Location"] == f"{settings.CLUB_URL}/"
    told = Response.objects.order_by("link").values_list("kind", "link", "link_group", "is_human")
    assert ("click", NEWS, "news", True) in list(told)
    assert meant({**CLICKED, "where": {"link_group": "sale"}}, LATER) == ["Anna"]


def test_a_link_leads_nowhere_but_where_it_was_signed_for(sink: Sink) -> None:
    news, *_rest = addresses(sink, measured())
    for wrong in (
        news.replace("shop.example", "evil.example"),
        news + "&group=x",
        news.replace("group=news", "group=gold"),
        news.replace("/f/", "/t/"),
        news.partition("?")[0],
    ):
        assert get(wrong).status_code in (404, 405)
    assert not Response.objects.exists()


def test_a_link_signed_with_an_older_key_goes_on_working(sink: Sink, settings: Settings) -> None:
    news, *_rest = addresses(sink, measured())
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new and quite long key that nobody has seen before, of fifty letters or more"
    assert get(news).status_code == 302
    settings.SECRET_KEY_FALLBACKS = []
    assert get(news).status_code == 404


def test_who_has_taken_back_the_yes_is_led_on_and_nothing_is_kept(sink: Sink) -> None:
    member = measured()
    news, *_rest = addresses(sink, member)
    make.answer(member, is_given=False, purpose="tracking")
    assert get(news).status_code == 302
    assert not Response.objects.exists()


def test_the_picture_tells_that_a_person_opened_and_a_proxy_that_fetches_it_is_none(sink: Sink) -> None:
    *_links, picture = addresses(sink, measured())
    answer = get(picture)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/gif")
    get(picture, seconds=90, headers={"User-Agent": "GoogleImageProxy"})
    get(picture, seconds=2)
    assert list(Response.objects.order_by("occurred_at").values_list("kind", "is_human")) == [
        ("open", False),
        ("open", True),
        ("open", False),
    ]


def test_who_follows_the_link_that_nobody_sees_is_a_machine_in_all_it_did(sink: Sink) -> None:
    news, *_rest, trap, _picture = addresses(sink, measured())
    get(news, seconds=60)
    assert meant(CLICKED, LATER) == ["Anna"]
    assert get(trap, seconds=63).status_code == 204
    assert meant(CLICKED, LATER) == []
    get(news, seconds=600)
    assert meant(CLICKED, LATER) == ["Anna"]


@pytest.mark.parametrize("header", ["Purpose", "Sec-Purpose"])
def test_what_a_browser_fetches_ahead_is_no_click(sink: Sink, header: str) -> None:
    news, *_rest = addresses(sink, measured())
    assert get(news, headers={header: "prefetch;prerender"}).status_code == 302
    assert list(Response.objects.values_list("is_human", flat=True)) == [False]


def test_links_are_found_however_they_are_written() -> None:
    found = followed(
        "<A HREF = 'https://a.example/?x=1&amp;utm_content=b'>a</A><a name=x>b</a><a href='/c'>c</a>"
        '<a data-group="d" href="HTTPS://d.example">d</a></BODY >',
        "END",
    )
    assert found.html == (
        "<A HREF = '{{follow_a}}'>a</A><a name=x>b</a><a href='/c'>c</a>"
        '<a href="{{follow_b}}">d</a>END</BODY >'
    )
    assert [(one.address.fill({}), one.group) for one in found.links.values()] == [
        ("https://a.example/?x=1&utm_content=b", "b"),
        ("HTTPS://d.example", "d"),
    ]
