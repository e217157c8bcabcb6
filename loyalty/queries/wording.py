"""Numbers and reasons in words: the same sentence for the member, for support and in the API."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import get_language, gettext, ngettext, pgettext
from django.utils.translation import gettext_noop as later

from loyalty.queries.programmes import published_names

FLAGS = {
    "gift_card": later("gift cards"),
    "event_ticket": later("event tickets"),
    "shipping": later("shipping"),
    "reduced": later("reduced goods"),
}
MONEY = {"SEK": "kr", "NOK": "kr", "DKK": "kr", "EUR": "€", "GBP": "£", "USD": "$"}

SENTENCES = {
    "nothing_paid": later("No %(meter)s: nothing was paid for what counts."),
    "too_little": later("No %(meter)s: %(base)s is less than gives the first one."),
    "store_not_included": later("No %(meter)s: the store %(what)s does not take part."),
    "channel_not_included": later("No %(meter)s: purchases through %(what)s do not count."),
    "before_the_dates": later("No %(meter)s: this starts on %(what)s."),
    "after_the_dates": later("No %(meter)s: this ended on %(what)s."),
    "condition_not_met": later("No %(meter)s: the condition for “%(rule)s” is not met."),
    "another_rule_counts": later("“%(rule)s” does not add: another rule gives more."),
    "multiplied": later("%(amount)s extra: %(factor)s times %(base)s."),
    "no_programme": later("No points: the club had no rules in force at the time."),
    "account_closed": later("No points: the membership had ended."),
    "no_member": later("No points: the order has no member."),
    "converted": later("%(points)s became a check of %(value)s."),
    "remainder_dropped": later("What was left below the threshold lapsed."),
    "lapsed": later("The last day has passed."),
    "inactive": later("No purchase for %(months)s months."),
    "returned": later("%(amount)s taken back for returned goods."),
    "order_cancelled": later("%(amount)s taken back: the order was cancelled."),
    "order_revised": later("%(amount)s taken back: the order was changed."),
    "cancelled_by_staff": later("Cancelled by staff: %(reason)s"),
    "adjusted": later("Adjusted by staff: %(reason)s"),
    "lapse_undone": later("%(points)s that had lapsed no longer count as lapsed."),
    "voucher_cancelled": later("%(points)s back: the check they had become was cancelled."),
    "tier_reached": later("Reached with %(total)s."),
    "tier_period_ended": later("The period has ended; %(total)s in it."),
    "tier_undone": later("Goods that had counted came back; %(total)s left."),
    "tier_set_by_hand": later("Set by staff."),
    "ladder_ended": later("The club no longer has this tier."),
    "voucher_used": later("%(value)s used on order %(order)s."),
    "voucher_applies": later("Takes %(value)s off."),
    "voucher_reserved": later("Held for order %(order)s."),
    "reservation_released": later("No longer held for order %(order)s."),
    "reservation_ran_out": later("The time to pay ran out, so it can be used again."),
    "points_behind_it_returned": later("Cancelled: the goods that had given its points came back."),
    "order_returned": later("Order %(order)s came back, so it can be used again."),
}


def explain(because: Mapping[str, Any]) -> str:
    """The reason ``because`` as a sentence in the active language."""
    key = because.get("key", "")
    if key == "earned":
        return _earned(because)
    if key == "nothing_counts":
        return _nothing_counts(because)
    sentence = SENTENCES.get(key)
    return gettext(sentence) % _Words(because) if sentence else ""


def _earned(because: Mapping[str, Any]) -> str:
    words = _Words(because)
    if because.get("excluded"):
        return gettext("%(amount)s for %(base)s (%(excluded)s not counted).") % words
    return gettext("%(amount)s for %(base)s.") % words


def _nothing_counts(because: Mapping[str, Any]) -> str:
    return gettext("No %(meter)s: %(excluded)s does not count.") % _Words(because)


class _Words(Mapping[str, str]):
    """The numbers of a reason, each written as a person reads it, made when asked for."""

    def __init__(self, because: Mapping[str, Any]) -> None:
        self.because = because

    def __getitem__(self, name: str) -> str:
        writer = _WRITERS.get(name)
        return writer(self.because) if writer else str(self.because.get(name, ""))

    def __iter__(self) -> Any:
        return iter(self.because)

    def __len__(self) -> int:
        return len(self.because)


def amount_of(meter: str, amount: int) -> str:
    """“1 250 poäng”: an amount of a meter with its unit, in the active language."""
    names = published_names().get(("meters", meter), {})
    unit = names.get("unit", 1)
    number = formats.number_format(
        amount // unit if amount % unit == 0 else amount / unit, use_l10n=True, force_grouping=True
    )
    return f"{number} {name_of('meters', meter)}"


def name_of(kind: str, key: str) -> str:
    """What the merchant calls an object (``meters``, ``earning_rules``, ``rewards``, …) in the active language."""
    names = published_names().get((kind, key), {})
    return str(names.get(get_language() or "sv") or names.get("sv") or key)


def money(ore: int, currency: str = "SEK") -> str:
    """“1 250 kr”, or “12,50 kr” when there are öre."""
    whole = ore % 100 == 0
    number = formats.number_format(
        ore // 100 if whole else ore / 100, None if whole else 2, use_l10n=True, force_grouping=True
    )
    return pgettext("amount and currency", "%(amount)s %(currency)s") % {
        "amount": number,
        "currency": MONEY.get(currency, currency),
    }


def _base(because: Mapping[str, Any]) -> str:
    base = because.get("base", 0)
    if because["key"] == "multiplied":
        return amount_of(because["meter"], base)
    if because.get("of") == "quantity":
        count = base // 1000
        return ngettext("%(count)s item", "%(count)s items", count) % {"count": count}
    return money(base)


def _excluded(because: Mapping[str, Any]) -> str:
    return ", ".join(gettext(FLAGS[what]) if what in FLAGS else what for what in because.get("excluded", ()))


def _what(because: Mapping[str, Any]) -> str:
    what = str(because.get("what", ""))
    try:
        return formats.date_format(date.fromisoformat(what), "DATE_FORMAT")
    except ValueError:
        return what


_WRITERS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "amount": lambda because: amount_of(because["meter"], because["amount"]),
    "points": lambda because: amount_of(because["meter"], because["points"]),
    "total": lambda because: amount_of(because["meter"], because["total"]),
    "meter": lambda because: name_of("meters", because["meter"]),
    "rule": lambda because: name_of("earning_rules", because["rule"]),
    "value": lambda because: money(because["value_ore"]),
    "order": lambda because: str(because["order"]).partition(":")[2] or str(because["order"]),
    "base": _base,
    "excluded": _excluded,
    "what": _what,
}
