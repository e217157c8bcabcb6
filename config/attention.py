"""What needs a hand, of every floor, for the console's home."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.insights import MailHealth, mail_health
from config.menu import list_of
from config.wording import count
from loyalty import insights as loyalty
from loyalty.queries.shops import ShopTrouble, shop_troubles
from members import insights as members
from segments import insights as segments

DAYS_UNTIL_CHECK_IS_OLD = 2


@dataclass(frozen=True, slots=True)
class Attention:
    """What needs a hand: ``level`` is error, warning or success; the link leads to where it is mended."""

    text: str
    level: str = "warning"
    link: str = ""


def attention(request: HttpRequest, now: datetime) -> Iterator[Attention]:
    if (link := list_of(request, "loyalty.ProgrammeVersion")) and not loyalty.has_programme(now):
        yield Attention(_("No programme is in force, so orders give no points."), "error", link)
    if link := list_of(request, "loyalty.LedgerCheck"):
        yield _ledger(now, link)
    if link := list_of(request, "members.Activity", "?delivery=waiting"):
        yield from _undelivered(members.undelivered(now), link)
    if link := list_of(request, "members.OrderReturn", "?order=missing"):
        yield from _parked(members.parked_returns(), link)
    if link := list_of(request, "members.Subscription"):
        yield from _given_up(link)
    yield from _held_segments(request)
    yield from _tills_and_shops(request, now)
    if list_of(request, "campaigns.Message"):
        yield from _mail(request, mail_health(now=now))


def _ledger(now: datetime, link: str) -> Attention:
    check = loyalty.last_check()
    if check is None:
        return Attention(_("The ledger has not been checked yet. It is checked every night."), link=link)
    when = date_format(timezone.localtime(check.checked_at), "SHORT_DATETIME_FORMAT")
    if check.breaks:
        broken = _("The ledger check of %(when)s found %(laws)s broken laws.")
        return Attention(broken % {"when": when, "laws": len(check.breaks)}, "error", link)
    if (now - check.checked_at).days >= DAYS_UNTIL_CHECK_IS_OLD:
        old = _("The ledger was last checked %(when)s. The nightly check does not run.")
        return Attention(old % {"when": when}, link=link)
    clean = _("Every law of the ledger held %(when)s: %(entries)s entries checked.")
    return Attention(clean % {"when": when, "entries": count(check.entries)}, "success", link)


def _undelivered(waiting: members.Waiting, link: str) -> Iterator[Attention]:
    if waiting.since is None:
        return
    sentence = ngettext(
        "%(count)s activity has waited since %(since)s to be acted on. Is the worker running?",
        "%(count)s activities wait to be acted on, the oldest since %(since)s. Is the worker running?",
        waiting.count,
    )
    since = date_format(timezone.localtime(waiting.since), "SHORT_DATETIME_FORMAT")
    yield Attention(sentence % {"count": count(waiting.count), "since": since}, "error", link)


def _held_segments(request: HttpRequest) -> Iterator[Attention]:
    for one in segments.held() if list_of(request, "segments.Segment") else ():
        text = _("A large change of the segment “%(name)s” waits for you.") % {"name": one.name}
        yield Attention(text, link=reverse("admin:segments_segment_change", args=[one.pk]))


def _parked(parked: int, link: str) -> Iterator[Attention]:
    sentence = ngettext(
        "%(count)s return waits for its order.", "%(count)s returns wait for their order.", parked
    )
    if parked:
        yield Attention(sentence % {"count": count(parked)}, link=link)


def _given_up(link: str) -> Iterator[Attention]:
    for name in members.webhooks_given_up():
        text = _("The webhook %(name)s was switched off: its receiver answers no more.")
        yield Attention(text % {"name": name}, "error", link)


def _tills_and_shops(request: HttpRequest, now: datetime) -> Iterator[Attention]:
    if link := list_of(request, "loyalty.ShopDelivery"):
        yield from _shops(shop_troubles(now), link)
    if link := list_of(request, "loyalty.OfflineUse", "?state__exact=double"):
        yield from _doubles(loyalty.used_twice(now), link)


def _shops(troubles: Sequence[ShopTrouble], link: str) -> Iterator[Attention]:
    for one in troubles:
        sentence = ngettext(
            "%(count)s delivery from %(shop)s could not be taken in.",
            "%(count)s deliveries from %(shop)s could not be taken in.",
            one.refused,
        )
        of_shop = f"{link}?shop__id__exact={one.shop}&state__exact=refused"
        yield Attention(sentence % {"count": count(one.refused), "shop": one.name}, "error", of_shop)


def _doubles(found: int, link: str) -> Iterator[Attention]:
    sentence = ngettext(
        "%(count)s check was used twice while a till had no network.",
        "%(count)s checks were used twice while a till had no network.",
        found,
    )
    if found:
        yield Attention(sentence % {"count": count(found)}, link=link)


def _mail(request: HttpRequest, health: MailHealth) -> Iterator[Attention]:
    failed, unknown = health.failed_last_day, health.unknown
    if failed:
        text = ngettext(
            "%(count)s message failed in the last day.", "%(count)s messages failed in the last day.", failed
        )
        link = list_of(request, "campaigns.Message", "?state__exact=failed")
        yield Attention(text % {"count": count(failed)}, "error", link)
    if unknown:
        text = ngettext(
            "%(count)s message may or may not have gone out.",
            "%(count)s messages may or may not have gone out.",
            unknown,
        )
        link = list_of(request, "campaigns.Message", "?state__exact=unknown")
        yield Attention(text % {"count": count(unknown)}, link=link)
    for channel in health.failing_channels:
        since = date_format(timezone.localtime(channel.failing_since), "SHORT_DATETIME_FORMAT")
        text = _("The channel %(channel)s has not worked since %(since)s.")
        link = list_of(request, "campaigns.ChannelState")
        yield Attention(text % {"channel": channel.channel, "since": since}, "error", link)
