"""What this floor tells in a member's timeline: a sentence for each kind of activity."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from loyalty import queries
from members.admin.mirror import sentences


@sentences.register("points.earned")
def points_earned(facts: Mapping[str, Any]) -> str:
    return _("Earned %(amount)s") % {"amount": _amount(facts)}


@sentences.register("points.taken_back")
def points_taken_back(facts: Mapping[str, Any]) -> str:
    return _("%(amount)s taken back") % {"amount": _amount(facts)}


@sentences.register("points.adjusted")
def points_adjusted(facts: Mapping[str, Any]) -> str:
    return _("Staff adjusted %(amount)s") % {"amount": _amount(facts)}


@sentences.register("points.moved")
def points_moved(facts: Mapping[str, Any]) -> str:
    if int(facts["amount"]) > 0:
        return _("%(amount)s came from another account") % {"amount": _amount(facts)}
    return _("%(amount)s went to another account") % {"amount": _amount(facts)}


@sentences.register("points.expired")
def points_expired(facts: Mapping[str, Any]) -> str:
    return _("%(amount)s lapsed") % {"amount": _amount(facts)}


def _amount(facts: Mapping[str, Any]) -> str:
    return queries.amount_of(str(facts["meter"]), abs(int(facts["amount"])))


@sentences.register("voucher.issued")
def voucher_issued(facts: Mapping[str, Any]) -> str:
    last_day = facts.get("last_day")
    if not last_day:
        return _("Got %(check)s") % {"check": _check(facts)}
    day = date_format(date.fromisoformat(last_day), "DATE_FORMAT")
    return _("Got %(check)s, valid to %(day)s") % {"check": _check(facts), "day": day}


@sentences.register("voucher.reserved")
def voucher_reserved(facts: Mapping[str, Any]) -> str:
    return _("%(check)s is held for an order") % {"check": _check(facts)}


@sentences.register("voucher.released")
def voucher_released(facts: Mapping[str, Any]) -> str:
    return _("%(check)s is free again") % {"check": _check(facts)}


@sentences.register("voucher.redeemed")
def voucher_redeemed(facts: Mapping[str, Any]) -> str:
    return _("Used %(check)s") % {"check": _check(facts)}


@sentences.register("voucher.reopened")
def voucher_reopened(facts: Mapping[str, Any]) -> str:
    return _("%(check)s can be used again") % {"check": _check(facts)}


@sentences.register("voucher.expired")
def voucher_expired(facts: Mapping[str, Any]) -> str:
    return _("%(check)s lapsed") % {"check": _check(facts)}


@sentences.register("voucher.reduced")
def voucher_reduced(facts: Mapping[str, Any]) -> str:
    return _("A check is now worth less: %(check)s") % {"check": _check(facts)}


@sentences.register("voucher.cancelled")
def voucher_cancelled(facts: Mapping[str, Any]) -> str:
    return _("%(check)s was cancelled") % {"check": _check(facts)}


def _check(facts: Mapping[str, Any]) -> str:
    name = queries.name_of("rewards", str(facts["reward"]))
    value = facts.get("value_ore")
    return f"{name} {queries.money(int(value))}" if value else name


@sentences.register("voucher.given")
def voucher_given(facts: Mapping[str, Any]) -> str:
    return _("%(check)s was given on") % {"check": _check(facts)}


@sentences.register("voucher.chosen")
def voucher_chosen(facts: Mapping[str, Any]) -> str:
    return _("Chose %(what)s") % {"what": queries.name_of("rewards", str(facts["reward"]))}


@sentences.register("voucher.claimed")
def voucher_claimed(facts: Mapping[str, Any]) -> str:
    return _("%(check)s was claimed") % {"check": _check(facts)}


@sentences.register("act.recorded")
def act_recorded(facts: Mapping[str, Any]) -> str:
    return _("Did: %(act)s") % {"act": facts.get("kind", "")}


@sentences.register("act.undone")
def act_undone(facts: Mapping[str, Any]) -> str:
    return _("Undone: %(act)s") % {"act": facts.get("kind", "")}


@sentences.register("seats.booked")
def seats_booked(facts: Mapping[str, Any]) -> str:
    evening = queries.name_of("perks", str(facts["perk"]))
    if not facts.get("seats"):
        return _("On the waiting list for %(evening)s") % {"evening": evening}
    return _("Has %(seats)s seats at %(evening)s") % {"seats": facts["seats"], "evening": evening}


@sentences.register("seats.given_up")
def seats_given_up(facts: Mapping[str, Any]) -> str:
    return _("Gave up the seats at %(evening)s") % {"evening": queries.name_of("perks", str(facts["perk"]))}


@sentences.register("tier.changed")
def tier_changed(facts: Mapping[str, Any]) -> str:
    if not facts.get("tier"):
        return _("Lost the tier %(tier)s") % {"tier": queries.name_of("tiers", str(facts["previous"]))}
    return _("Reached the tier %(tier)s") % {"tier": queries.name_of("tiers", str(facts["tier"]))}
