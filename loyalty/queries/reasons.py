"""Why something happened, as a sentence: the same for the member, for support and in the API."""

from collections.abc import Callable, Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as later

from loyalty.models import TierChange
from loyalty.queries.glossary import ATTRIBUTES, CHANNELS, COUNTRIES, EVENTS, FLAGS, MONEY, WEEKDAYS, called
from loyalty.queries.programmes import published_names
from loyalty.queries.wording import amount_of, money, name_of

Reason = Mapping[str, Any]
SENTENCES = {
    "earned": later("%(amount)s for %(base)s."),
    "nothing_counts": later("No %(meter)s for %(excluded)s."),
    "nothing_paid": later("No %(meter)s: nothing was paid for what counts."),
    "too_little": later("No %(meter)s: %(base)s is less than gives the first one."),
    "store_not_included": later("No %(meter)s: the store %(what)s does not take part."),
    "chain_not_included": later("No %(meter)s: stores of %(what)s do not take part."),
    "region_not_included": later("No %(meter)s: the region %(what)s does not take part."),
    "country_not_included": later("No %(meter)s: stores in %(what)s do not take part."),
    "channel_not_included": later("No %(meter)s: purchases through %(what)s do not count."),
    "before_the_dates": later("No %(meter)s: this starts on %(what)s."),
    "after_the_dates": later("No %(meter)s: this ended on %(what)s."),
    "not_that_weekday": later("No %(meter)s: it does not count on %(what)s."),
    "not_that_day": later("No %(meter)s: it does not count on %(what)s."),
    "not_at_that_time": later("No %(meter)s: it does not count at %(what)s."),
    "receipt_too_small": later("No %(meter)s: the receipt comes to less than %(what)s."),
    "receipt_too_large": later("No %(meter)s: the receipt comes to more than %(what)s."),
    "joined_on_another_day": later("No %(meter)s: it is not for those who joined on %(what)s."),
    "age_unknown": later("No %(meter)s: we do not know the member's age."),
    "not_that_age": later("No %(meter)s: it is not for those who are %(what)s years old."),
    "not_for_this_member": later("No %(meter)s: it is for other members."),
    "not_accepted": later("No %(meter)s: the offer was not accepted first."),
    "not_yet_a_member": later("No %(meter)s: the membership had not begun."),
    "claimed_too_late": later("No %(meter)s: the receipt could be claimed to %(what)s."),
    "out_of_stock": later("No %(meter)s: there are none left."),
    "too_soon": later("No %(meter)s: less than %(what)s hours since the one before."),
    "not_started_here": later("No %(meter)s: the club has not started here yet."),
    "condition_not_met": later("No %(meter)s: the condition for “%(rule)s” is not met."),
    "another_rule_counts": later("“%(rule)s” does not add: another rule gives more."),
    "multiplied": later("%(amount)s extra: %(factor)s times %(base)s."),
    "no_programme": later("No points: the club had no rules in force at the time."),
    "account_closed": later("No points: the membership had ended."),
    "no_member": later("No points: the order has no member."),
    "points_or_check_used": later("No points: points or a check were used on the purchase."),
    "points_used": later("%(points)s used."),
    "points_paid": later("%(points)s took %(value)s off order %(order)s."),
    "priced": later("%(value)s off: %(price_rule)s."),
    "challenge_won": later("Won: %(challenge)s."),
    "challenge_no_longer_won": later("No longer won, since goods came back: %(challenge)s."),
    "prize_won": later("Won in the draw: %(draw)s."),
    "granted": later("Granted to %(to)s."),
    "granted_because": later("Granted to %(to)s: %(reason)s"),
    "converted": later("%(points)s became a check of %(value)s."),
    "became": later("%(points)s became: %(reward)s."),
    "converted_less": later("%(points)s gave %(value)s, of which %(deducted)s was taken first."),
    "turned": later("%(points)s turned over: %(conversion)s."),
    "filled": later("%(amount)s set aside: %(conversion)s."),
    "no_longer_passed": later("Taken back, since goods came back: %(conversion)s."),
    "remainder_dropped": later("What was left below the threshold lapsed."),
    "lapsed": later("The last day has passed."),
    "lapse_put_off": later("Lasts longer, since the member has been active."),
    "window_ended": later("The period has ended."),
    "inactive": later("No purchase for %(months)s months."),
    "returned": later("%(amount)s taken back for returned goods."),
    "order_cancelled": later("%(amount)s taken back: the order was cancelled."),
    "order_revised": later("%(amount)s taken back: the order was changed."),
    "written_off": later("%(amount)s written off: a balance does not go below zero."),
    "settled_again": later("Settled again, since goods of order %(order)s came back."),
    "run_reopened": later("The reading was wrong and has been made again: %(reason)s"),
    "cancelled_by_staff": later("Cancelled by staff: %(reason)s"),
    "adjusted": later("Adjusted by staff: %(reason)s"),
    "lapse_undone": later("%(points)s that had lapsed no longer count as lapsed."),
    "voucher_reduced": later("%(points)s back: the check they had become is worth less."),
    "voucher_cancelled": later("%(points)s back: the check they had become was cancelled."),
    "voucher_expired_unused": later("%(points)s back: the check they had become expired unused."),
    "tier_reached": later("Reached with %(total)s."),
    "tier_period_ended": later("The period has ended; %(total)s in it."),
    "tier_undone": later("Goods that had counted came back; %(total)s left."),
    "tier_set_by_hand": later("Set by staff."),
    "tier_reached_beneath": later("Reached %(tier)s with %(total)s, beside the tier that was given."),
    "tier_given": later("Not earned but %(origin)s."),
    "tier_taken_back": later("What had given it no longer stands."),
    "tier_withdrawn": later("Money was taken out, so the counting begins anew."),
    "tier_lost": later("The tier was lost, and %(meter)s with it."),
    "ladder_ended": later("The club no longer has this tier."),
    "voucher_used": later("%(value)s used on order %(order)s."),
    "voucher_applies": later("Takes %(value)s off."),
    "voucher_suggested": later("Takes %(value)s off, and nothing of it is lost."),
    "voucher_ends_anyway": later("Takes %(value)s off. %(lost)s of it is lost, but it ends within a day."),
    "voucher_better_kept": later(
        "Better kept for another purchase: %(lost)s of it would be lost on this one."
    ),
    "voucher_reserved": later("Held for order %(order)s."),
    "voucher_released": later("No longer held for an order."),
    "voucher_given": later("Given on to somebody else."),
    "given_on": later("Given on to somebody else."),
    "received": later("Received from another member."),
    "given_to_fund": later("%(value)s given to a good cause."),
    "lifetime_changed": later("The rules for how long it lasts have changed."),
    "chosen": later("Chosen by the member."),
    "claimed": later("Claimed by the member."),
    "reservation_released": later("No longer held for order %(order)s."),
    "reservation_ran_out": later("The time to pay ran out, so it can be used again."),
    "points_behind_it_returned": later("Cancelled: the goods that had given its points came back."),
    "worth_less": later("%(value)s less: goods that had given its points came back."),
    "order_returned": later("Order %(order)s came back, so it can be used again."),
    "points_returned": later("%(points)s back: order %(order)s came back."),
    "left_and_cut": later("The member has left the club: what is more than may stay was lost."),
    "left": later("The member has left the club."),
    "account_merged": later("%(amount)s moved: two accounts became one."),
    "moved_out": later("%(amount)s moved along with who left the household."),
    "tier_moved": later("Of two tiers, the better was kept when the accounts became one."),
    "left_early": later("Taken back: the member left within %(months)s months."),
}


def explain(because: Reason) -> str:
    """The reason ``because`` as a sentence in the active language; nothing for a reason without a key."""
    sentence = SENTENCES.get(_form(because))
    if sentence is None:
        return ""
    if because["key"] == "earned" and because.get("excluded"):
        sentence = later("%(amount)s for %(base)s (%(excluded)s not counted).")
    return gettext(sentence) % _Words(because)


def _form(because: Reason) -> str:
    """Which sentence a reason has, where what it tells of makes it another."""
    key = str(because.get("key", ""))
    others = _OTHERWISE.get(key, {})
    return next((other for fits, other in others.items() if fits in because), key)


# A reason that also tells of this has that sentence.
_OTHERWISE = {
    "converted": {"value": "turned", "reward": "became"},
    "granted": {"reason": "granted_because"},
    "points_used": {"value_ore": "points_paid"},
    "order_returned": {"points": "points_returned"},
    "account_merged": {"tier": "tier_moved"},
}


class _Words(Mapping[str, str]):
    """The numbers of a reason, each written as a person reads it, made when asked for."""

    def __init__(self, because: Reason) -> None:
        self.because = because

    def __getitem__(self, name: str) -> str:
        writer = _WRITERS.get(name)
        return writer(self.because) if writer else str(self.because.get(name, ""))

    def __iter__(self) -> Any:
        return iter(self.because)

    def __len__(self) -> int:
        return len(self.because)


def _amount(because: Reason) -> str:
    if because.get("meter"):
        return amount_of(because["meter"], because.get("amount", 0))
    if "reward" in because:
        reward = name_of("rewards", because["reward"])
        is_money = published_names().get(("rewards", because["reward"]), {}).get("kind") in _IN_MONEY
        facts = {"value": money(because.get("amount", 0)), "reward": reward}
        return gettext("%(value)s as %(reward)s") % facts if is_money else reward
    told = money(because.get("amount", 0))
    if "fund" not in because:
        return told
    return gettext("%(value)s to %(fund)s") % {"value": told, "fund": name_of("funds", because["fund"])}


_IN_MONEY = ("money_off", "payout", "donation")


def _gives(because: Reason) -> str:
    """What a rule would have given of."""
    for kind, name in (("meters", "meter"), ("rewards", "reward"), ("funds", "fund")):
        if because.get(name):
            return name_of(kind, because[name])
    return gettext("points")


def _base(because: Reason) -> str:
    base, of = because.get("base", 0), because.get("of", "paid")
    if because["key"] == "multiplied":
        return amount_of(because["meter"], base)
    if of in _COUNTED:
        scale, counted = _COUNTED[of]
        return _event(because) or counted(Decimal(base) / scale)
    if of in MONEY:
        return money(base)
    return f"{_number(Decimal(base) / 1000)} {called(of, ATTRIBUTES)}"


def _event(because: Reason) -> str:
    """What happened, where it was no purchase that the rule is about."""
    event = published_names().get(("earning_rules", because.get("rule", "")), {}).get("event", "purchase")
    return "" if event == "purchase" else called(event, EVENTS)


def _items(count: Decimal) -> str:
    sentence = ngettext("%(count)s item", "%(count)s items", 1 if count == 1 else 2)
    return sentence % {"count": _number(count)}


def _lines(count: Decimal) -> str:
    sentence = ngettext("%(count)s line", "%(count)s lines", int(count))
    return sentence % {"count": _number(count)}


def _purchases(count: Decimal) -> str:
    return gettext("a purchase")


_COUNTED: Mapping[str, tuple[int, Callable[[Decimal], str]]] = {
    "quantity": (1000, _items),
    "lines": (1, _lines),
    "receipts": (1, _purchases),
    "one": (1, _purchases),
}


def _number(value: Decimal) -> str:
    return formats.number_format(Decimal(format(value.normalize(), "f")), use_l10n=True, force_grouping=True)


def _excluded(because: Reason) -> str:
    return ", ".join(called(what, FLAGS) for what in because.get("excluded", ()))


def _what(because: Reason) -> str:
    what, key = str(because.get("what", "")), because["key"]
    if key in ("receipt_too_small", "receipt_too_large"):
        return money(int(what or 0))
    if key == "not_at_that_time":
        return time.fromisoformat(what).strftime("%H:%M")
    if key in _CALLED:
        return called(what, _CALLED[key])
    try:
        return formats.date_format(date.fromisoformat(what), "DATE_FORMAT")
    except ValueError:
        return what.replace("_", " ")


_CALLED = {
    "not_that_weekday": WEEKDAYS,
    "country_not_included": COUNTRIES,
    "channel_not_included": CHANNELS,
}


def _rule(because: Reason) -> str:
    """A rule may be a tier's or a challenge's own, or count on another meter too."""
    first, _, rest = str(because.get("rule", "")).partition(".")
    kinds = {"tier": "tiers", "challenge": "challenges", "draw": "draws"}
    return name_of(kinds[first], rest) if rest and first in kinds else name_of("earning_rules", first)


_WRITERS: dict[str, Callable[[Reason], str]] = {
    "amount": _amount,
    "points": lambda because: amount_of(because["meter"], because["points"]),
    "total": lambda because: amount_of(because["meter"], because["total"]),
    "meter": _gives,
    "rule": _rule,
    "conversion": lambda because: name_of("conversions", because.get("rule", "")),
    "price_rule": lambda because: name_of("price_rules", because.get("rule", "")),
    "challenge": lambda because: name_of("challenges", because.get("challenge", "")),
    "draw": lambda because: name_of("draws", because.get("draw", "")),
    "reward": lambda because: name_of("rewards", because["reward"]),
    "value": lambda because: money(because.get("value_ore", 0)),
    "lost": lambda because: money(because.get("lost_ore", 0)),
    "deducted": lambda because: money(because.get("deducted_ore", 0)),
    "factor": lambda because: _number(Decimal(str(because["factor"]))),
    "order": lambda because: str(because["order"]).partition(":")[2] or str(because["order"]),
    "base": _base,
    "excluded": _excluded,
    "tier": lambda because: name_of("tiers", because.get("tier", "")),
    "origin": lambda because: str(TierChange.Origin(because["origin"]).label),
    "what": _what,
}
