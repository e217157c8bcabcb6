"""What segments can ask about messages: what was sent, what did not arrive, and what members clicked on."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import ClassVar

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from members.models import Consent
from segments.filters import Choices, Detail, FactFilter, Moment, Search
from segments.filters.searching import MOST
from segments.queries.templates import template_folders

template_folders.register("campaigns")(Path(__file__).resolve().parent / "templates")


def _campaigns(text: str) -> Choices:
    found = Campaign.objects.filter(Q(name__icontains=text) | Q(key__istartswith=text)).order_by(
        "name", "key"
    )
    return [*found.values_list("key", "name")[:MOST]]


def _names_of_campaigns(keys: Collection[str]) -> Mapping[str, str]:
    return dict(Campaign.objects.filter(key__in=keys).values_list("key", "name"))


def of_campaign(source: str) -> Detail:
    """What facts are narrowed by of the campaign that they belong to."""
    return Detail("choice", _("campaign"), source, search=Search(_campaigns, _names_of_campaigns))


class MessageFacts(FactFilter):
    """Messages that ended in some way, on the day they did."""

    owner: ClassVar[str] = "member_id"
    at: ClassVar[str] = "ended_at"

    def where(self) -> Mapping[str, Detail]:
        return {
            "channel": Detail("choice", _("channel"), "channel"),
            "campaign": of_campaign("enrolment__campaign__key"),
        }

    def measures(self) -> Mapping[str, Detail]:
        return {"campaign": Detail("text", _("campaign"), "enrolment__campaign__key")}


class ResponseFacts(FactFilter):
    """What people did with messages. In a share, a message counts once however often it was clicked on."""

    owner: ClassVar[str] = "member_id"
    is_behaviour: ClassVar[bool] = True
    at: ClassVar[str] = "occurred_at"
    each: ClassVar[str] = "message"

    def known(self, moment: Moment) -> Q:
        answers = Consent.objects.filter(purpose=Consent.Purpose.TRACKING, given_at__lte=moment.now)
        later = answers.filter(member=OuterRef("member")).filter(
            Q(given_at__gt=OuterRef("given_at")) | Q(given_at=OuterRef("given_at"), id__gt=OuterRef("id"))
        )
        return Q(pk__in=answers.filter(~Exists(later), is_given=True).values("member"))

    def measures(self) -> Mapping[str, Detail]:
        return {
            "message": Detail("text", _("message"), "message_id"),
            "campaign": Detail("text", _("campaign"), "message__enrolment__campaign__key"),
            "link_group": Detail("text", _("group of links"), "link_group"),
        }

    def where(self) -> Mapping[str, Detail]:
        return {
            "channel": Detail("choice", _("channel"), "message__channel"),
            "campaign": of_campaign("message__enrolment__campaign__key"),
            "link_group": Detail("choice", _("group of links"), "link_group"),
            "link": Detail("text", _("link"), "link"),
        }
