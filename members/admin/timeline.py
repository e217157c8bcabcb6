"""What this floor tells in a member's timeline: a sentence for each kind of activity."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from members.admin.mirror import sentences
from members.models import Consent, Member
from members.queries import money


@sentences.register("member.joined")
def member_joined(facts: Mapping[str, Any]) -> str:
    return _("Joined the club")


@sentences.register("member.updated")
def member_updated(facts: Mapping[str, Any]) -> str:
    changed = facts.get("fields", ())
    names = (str(field.verbose_name) for field in Member._meta.fields if field.name in changed)
    return _("Details changed: %(fields)s") % {"fields": ", ".join(names)}


@sentences.register("member.closed")
def member_closed(facts: Mapping[str, Any]) -> str:
    return _("The membership ended")


@sentences.register("member.moved")
def member_moved(facts: Mapping[str, Any]) -> str:
    if facts.get("because") == "moved_out":
        return _("Moved to an account of their own")
    return _("Came to share an account with others")


@sentences.register("member.merged")
def member_merged(facts: Mapping[str, Any]) -> str:
    told = {"number": facts.get("double", ""), "why": facts.get("because", ""), "who": facts.get("actor", "")}
    return _("Membership %(number)s was the same person and is part of this one. By %(who)s: %(why)s") % told


@sentences.register("member.erased")
def member_erased(facts: Mapping[str, Any]) -> str:
    return _("Everything personal was erased")


@sentences.register("consent.given")
def consent_given(facts: Mapping[str, Any]) -> str:
    return _("Said yes to %(purpose)s") % {"purpose": _purpose(facts)}


@sentences.register("consent.withdrawn")
def consent_withdrawn(facts: Mapping[str, Any]) -> str:
    return _("Said no to %(purpose)s") % {"purpose": _purpose(facts)}


def _purpose(facts: Mapping[str, Any]) -> str:
    purpose = facts.get("purpose", "")
    return str(dict(Consent.Purpose.choices).get(purpose, purpose))


@sentences.register("order.recorded")
def order_recorded(facts: Mapping[str, Any]) -> str:
    return _("Bought for %(sum)s") % {"sum": money(facts.get("paid_ore", 0))}


@sentences.register("order.revised")
def order_revised(facts: Mapping[str, Any]) -> str:
    return _("An order was changed and is now %(sum)s") % {"sum": money(facts.get("paid_ore", 0))}


@sentences.register("order.cancelled")
def order_cancelled(facts: Mapping[str, Any]) -> str:
    return _("An order was cancelled")


@sentences.register("order.claimed")
def order_claimed(facts: Mapping[str, Any]) -> str:
    return _("Claimed an earlier order of %(sum)s") % {"sum": money(facts.get("paid_ore", 0))}


@sentences.register("return.recorded")
def return_recorded(facts: Mapping[str, Any]) -> str:
    return _("Returned goods for %(sum)s") % {"sum": money(facts.get("amount_ore", 0))}
