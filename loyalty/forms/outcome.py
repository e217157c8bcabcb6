"""What came out of a happening: in words, and as what to expect of it from now on."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from loyalty.engine.expansion import is_hidden
from loyalty.engine.programme import Programme
from loyalty.engine.rehearsal import Played
from loyalty.forms.happening_words import LABELS
from loyalty.queries.wording import amount_of, money, name_of

_BY_METER = ("earned", "taken_back", "balance", "pending", "debt")
_MONEY = ("payable", "lost", "refund", "credit", "fee")
# What is counted by name: the kind of object that the names are of.
_COUNTED = {
    "progress": "challenges",
    "entries": "draws",
    "pool": "draws",
    "winners": "draws",
    "seats": "perks",
    "waiting": "perks",
}
# What only some happenings answer.
_ANSWERS = {
    "order": ("earned", "payable", "lost"),
    "act": ("earned",),
    "redeem": ("payable", "lost"),
    "return": ("taken_back", "refund"),
    "cancel": ("taken_back",),
    "undo": ("taken_back",),
}
# Worth saying even when they are nothing.
_ALWAYS = ("earned", "payable", "balance", "unused")


def expectation_of(programme: Programme, played: Played) -> dict[str, Any]:
    """All that a merchant would notice of an outcome, as a scenario expects it."""
    outcome = played.outcome
    if outcome["refused"]:
        return {"refused": outcome["refused"]}
    told = {name: value for name, value in _facts(programme, played) if value not in (None, {}, [])}
    return {name: value for name, value in told.items() if name in _ALWAYS or _is_something(value)}


def _facts(programme: Programme, played: Played) -> Iterator[tuple[str, Any]]:
    outcome = played.outcome
    shown = [meter for meter in programme.meters if not is_hidden(meter)]
    answers = _ANSWERS.get(played.happening.verb, ())
    for name in (*answers, "balance", "pending", "debt", "credit", "fee"):
        value = outcome[name]
        if name in _BY_METER:
            is_told = name in _ALWAYS
            value = {meter: value[meter] for meter in shown if is_told or value[meter]}
        yield name, value
    yield "issued", [_noticed(voucher) for voucher in outcome["issued"]]
    if programme.rewards:
        yield "unused", outcome["unused"]
    yield "tiers", {ladder: tier for ladder, tier in outcome["tiers"].items() if tier}
    days = {ladder: day for ladder, day in outcome["tiers_last_day"].items() if day}
    yield "tiers_last_day", {ladder: day for ladder, day in days.items() if outcome["tiers"][ladder]}
    yield "closed", outcome["closed"]
    yield "funds", outcome["funds"]
    for name in _COUNTED:
        yield name, {key: number for key, number in outcome[name].items() if number and not is_hidden(key)}


def _noticed(voucher: Mapping[str, Any]) -> dict[str, Any]:
    told = {"reward": voucher["reward"], "value": voucher["value"], "last_day": voucher["last_day"]}
    return {name: value for name, value in told.items() if value not in (None, 0)}


def _is_something(value: Any) -> bool:
    return value not in (0, False)


def outcome_in_words(programme: Programme, played: Played) -> list[str]:
    """The same, a phrase for each fact: “Balance: 300 points”. Without why it was refused."""
    told = expectation_of(programme, played)
    labels = {name: _(LABELS[f"expect.{name}"]) for name in told if name != "refused"}
    return [f"{label}: {_worded(programme, name, told[name])}" for name, label in labels.items()]


def _worded(programme: Programme, name: str, value: Any) -> str:
    if name in _MONEY:
        return money(int(Decimal(value) * 100), programme.currency)
    if name in _BY_METER:
        return ", ".join(_amount(programme, meter, amount) for meter, amount in value.items())
    if name == "issued":
        return ", ".join(_voucher(programme, voucher) for voucher in value)
    if name == "tiers":
        return ", ".join(name_of("tiers", tier) for tier in value.values())
    if name == "tiers_last_day":
        return _days(list(value.values()))
    if name == "funds":
        return ", ".join(
            f"{name_of('funds', key)} {money(int(Decimal(ore) * 100))}" for key, ore in value.items()
        )
    if name in _COUNTED:
        return ", ".join(f"{name_of(_COUNTED[name], key)} {number}" for key, number in value.items())
    return _("yes") if value is True else str(value)


def _amount(programme: Programme, meter: str, amount: object) -> str:
    return amount_of(meter, int(Decimal(str(amount)) * programme.meters[meter].unit))


def _voucher(programme: Programme, voucher: Mapping[str, Any]) -> str:
    worth = money(int(Decimal(voucher["value"]) * 100), programme.currency) if "value" in voucher else ""
    until = _("until %(day)s") % {"day": _days([voucher["last_day"]])} if "last_day" in voucher else ""
    return " ".join(filter(None, (name_of("rewards", voucher["reward"]), worth, until)))


def _days(days: Sequence[str]) -> str:
    return ", ".join(date_format(date.fromisoformat(day), "SHORT_DATE_FORMAT") for day in days)
