"""From a checked programme document to the objects of the engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from loyalty.engine import parsing_extras as extras
from loyalty.engine.calendar import OwnCalendar
from loyalty.engine.claims import LateClaims
from loyalty.engine.expansion import choice_key, expanded, fees_of, unit_of
from loyalty.engine.objects import (
    PURCHASES,
    Cap,
    Conversion,
    EarningRule,
    Form,
    Leaving,
    Life,
    Meter,
    Returns,
    Reward,
    Stage,
)
from loyalty.engine.programme import INVITATION_DAYS, Programme
from loyalty.engine.values import (
    Base,
    Condition,
    Follow,
    Lifetime,
    Rate,
    Round,
    Schedule,
    Scope,
    Stack,
    Window,
)
from loyalty.engine.values.follow import fraction
from loyalty.engine.values.ladder import parse_ladder
from loyalty.engine.values.scope import ore
from loyalty.engine.values.window import IN_A

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """What value types need to know of their programme: the parts of each meter, its calendars and its zone."""

    units: Mapping[str, int]
    calendars: Mapping[str, OwnCalendar]
    zone: ZoneInfo

    def parts(self, meter: str, amount: object) -> int:
        return int(Decimal(str(amount)) * self.units[meter])

    def window(self, row: Document, name: str = "window") -> Window:
        return Window.parse(row.get(name, {}), self.calendars)

    def condition(self, row: Document, name: str = "condition") -> Condition:
        return Condition.parse(row.get(name, {}), self.units, self.calendars)

    def lifetime(self, row: Document, name: str = "lifetime") -> Lifetime:
        return Lifetime.parse(row.get(name, {}), self.calendars)


def parse(document: Document, key: str = "") -> Programme:
    """The programme of ``document``, in which ``files.errors_of`` finds nothing wrong."""
    document = expanded(document)
    names = _names(document)
    rewards = {row["key"]: _reward(row, names) for row in document.get("rewards", ())}
    audience = document.get("audience", {})
    return Programme(
        key=key or document["programme"],
        zone=names.zone,
        currency=document.get("currency", "SEK"),
        meters={row["key"]: _meter(row, names) for row in document["meters"]},
        earning_rules=tuple(_earning_rule(row, names) for row in document.get("earning_rules", ())),
        conversions=tuple(_conversion(row, names) for row in document.get("conversions", ())),
        rewards=rewards,
        ladders=tuple(extras.ladder(row, names) for row in document.get("tier_ladders", ())),
        life=_life(document.get("life", {}), names),
        returns=_returns(document.get("returns", {})),
        menus={row["key"]: extras.menu(row, names) for row in document.get("menus", ())},
        price_rules=tuple(extras.price_rule(row, names) for row in document.get("price_rules", ())),
        challenges=tuple(extras.challenge(row, names) for row in document.get("challenges", ())),
        draws=tuple(extras.draw(row, names) for row in document.get("draws", ())),
        funds={row["key"]: extras.fund(row) for row in document.get("funds", ())},
        perks={row["key"]: extras.perk(row, names) for row in document.get("perks", ())},
        fees=tuple(extras.fee(row, fees_of(document)) for row in document.get("fees", ())),
        stages=tuple(_stage(row) for row in audience.get("stages", ())),
        age_from=audience.get("age_from", 0),
        takes_over_lots=document.get("life", {}).get("earlier_lots", "keep") == "take_over",
        age_to=audience.get("age_to", 0),
        has_one_each=audience.get("one_each", False),
        excludes_staff=audience.get("staff", "welcome") == "excluded",
        max_members=audience.get("max_members", 0),
        needs_same_address=audience.get("same_address", False),
        invitation_days=audience.get("invitation_days", INVITATION_DAYS),
        who_sees=audience.get("who_sees", "purchases"),
        whose_year=audience.get("whose_year", "account"),
        share_on_leaving=audience.get("share_on_leaving", "stays"),
        who_spends=audience.get("who_spends", "all"),
        late_claims=LateClaims.parse(audience["late_claims"]) if "late_claims" in audience else LateClaims(),
    )


def _names(document: Document) -> Names:
    units = {row["key"]: unit_of(row) for row in document["meters"]}
    calendars = {row["key"]: _calendar(row) for row in document.get("calendars", ())}
    return Names(units, calendars, ZoneInfo(document.get("time_zone", "Europe/Stockholm")))


def _calendar(row: Document) -> OwnCalendar:
    return OwnCalendar(
        row["key"],
        tuple(map(date.fromisoformat, row["starts"])),
        date.fromisoformat(row["ends"]) + timedelta(days=1),
        tuple(row.get("labels", ())),
    )


def _meter(row: Document, names: Names) -> Meter:
    return Meter(
        row["key"],
        row.get("spendable", "mirrors" not in row),
        unit_of(row),
        names.lifetime(row),
        row.get("consumption", "soonest"),
        names.window(row),
        row.get("at_window_end", "carry"),
        row.get("may_be_negative", False),
        names.parts(row["key"], row.get("ceiling", 0)),
        tuple((one["meter"], fraction(one.get("factor", 1))) for one in row.get("also", ())),
        row.get("is_money", False),
    )


def _earning_rule(row: Document, names: Names) -> EarningRule:
    is_act = row.get("event", "purchase") not in PURCHASES
    base = Base.parse(row.get("base", {"amount": "quantity"} if is_act else {}), names.calendars)
    limits, meter = row.get("limits", {}), row.get("meter", "")
    credit = row.get("credit", {})
    return EarningRule(
        row["key"],
        row.get("event", "purchase"),
        meter,
        Scope.parse(row.get("scope", {})),
        base,
        Rate.parse(row["rate"], names.units, names.calendars, base.scale),
        Round.parse(row.get("round", {})),
        Stack.parse(row.get("stack", {})),
        names.condition(row),
        row.get("pending_days", 0),
        row.get("reward", ""),
        row.get("fund", ""),
        row.get("beneficiary", "buyer"),
        tuple(_cap(one, names.units.get(meter, 100)) for one in limits.get("max", ())),
        fraction(limits.get("min_hours", 0)),
        limits.get("since", "counted"),
        row.get("tier_rate", "before") == "after",
        credit.get("from", "event"),
        credit.get("weekday", ""),
        row.get("late_claim_days"),
        row.get("counted_by", ""),
        row.get("is_silent", False),
        row.get("offer", row["key"]),
        row.get("offer_days", 0),
        _cap(limits["acceptances"], 1) if "acceptances" in limits else None,
        row.get("count", 1),
        row.get("is_for_members", False),
        credit.get("before", False),
    )


def _cap(row: Document, unit: int) -> Cap:
    window = None if row["per"] == "receipt" else IN_A[row["per"]]
    return Cap(window, int(Decimal(str(row.get("amount", 0))) * unit), row.get("times", 0))


def _reward(row: Document, names: Names) -> Reward:
    use, transfer = row.get("use", {}), row.get("transfer", {})
    return Reward(
        row["key"],
        row["kind"],
        Scope.parse(row.get("scope", {})),
        names.lifetime(row),
        Decimal(str(row.get("percent", 0))),
        ore(row.get("value", 0)),
        use.get("partly", False),
        use.get("piece") == "cheapest",
        ore(use.get("unit", 0)),
        row.get("on_return", "lost"),
        ore(use.get("min_basket", 0)),
        Decimal(str(use.get("max_share", 100))),
        use.get("max_per_receipt", 0),
        use.get("combinable", "all"),
        frozenset(use.get("with", ())),
        use.get("automatic", False),
        row.get("earns", "paid"),
        transfer.get("to", "nobody"),
        transfer.get("count", 0),
        transfer.get("hands", 0),
        names.lifetime(row, "claim") if "claim" in row else None,
        row.get("available_after_days", 0),
        row.get("fund", ""),
        row.get("stock", {}).get("count", 0),
        row.get("stock", {}).get("shown", True),
        tuple(
            (one["key"], one.get("reward", choice_key(row["key"], one["key"])), ore(one.get("value", 0)))
            for one in row.get("choices", ())
        ),
        ore(use.get("one_per", 0)),
    )


def _conversion(row: Document, names: Names) -> Conversion:
    meter = row["meter"]
    schedule = Schedule.parse(row.get("schedule", {}), names.calendars)
    own = "window" in row or schedule.kind != "window_end"
    return Conversion(
        row["key"],
        meter,
        row.get("reward", ""),
        schedule,
        _form(row, names),
        row.get("to_meter", ""),
        row.get("measure", "available"),
        names.window(row) if own else schedule.window,
        row.get("period") == "previous",
        row.get("takes", "converted"),
        row.get("remainder", "carry") == "carry",
        row.get("max_per_run", 0),
        names.condition(row),
        tuple(row.get("fills", ())),
        ore(row.get("fee", 0)),
        frozenset(row.get("fees", ())),
        tuple(names.parts(meter, size) for size in row.get("pay_out_choice", ())),
        row.get("draw", ""),
    )


def _form(row: Document, names: Names) -> Form:
    form, meter = row["form"], row["meter"]
    becomes = names.units[row["to_meter"]] if "to_meter" in row else 100
    follow = Follow.parse(form, names.units, names.calendars)
    rounding = form.get("round")
    return Form(
        form["kind"],
        names.parts(meter, form.get("from", form.get("step", 0))),
        names.parts(meter, form.get("step", 1)),
        follow,
        form.get("vouchers", "each") == "one",
        parse_ladder(form["table"], names.units[meter]) if "table" in form else None,
        tuple((fraction(one.get("value", 0)), one.get("reward", "")) for one in form.get("sequence", ())),
        form.get("repeat_from", 0),
        form.get("windows", 0),
        names.parts(meter, form.get("to", 0)),
        Round.parse(rounding) if rounding else Round("half_up", Fraction(1, becomes)),
    )


def _life(row: Document, names: Names) -> Life:
    inactivity = row.get("inactivity", {})
    ends = inactivity.get("ends")
    return Life(
        inactivity.get("months", 0),
        inactivity.get("effect", "none"),
        frozenset(inactivity.get("without", ("purchase",))),
        inactivity.get("full_months", False),
        Schedule.parse(ends, names.calendars) if ends else None,
        tuple((one["reward"], one["months"]) for one in row.get("claw_back", ())),
        _leaving(row.get("leaving", {})),
    )


def _leaving(row: Document) -> Leaving:
    return Leaving(
        row.get("points", "lost"),
        row.get("after_days", 0),
        fraction(row.get("to", 0)),
        row.get("years", 0),
        row.get("grace_days", 0),
    )


def _returns(row: Document) -> Returns:
    return Returns(
        row.get("points", "reverse") == "reverse",
        row.get("counts", "sale") == "sale",
        row.get("below_zero", True),
        row.get("unused_vouchers", "cancel"),
        row.get("used_vouchers", "debt") == "debt",
        row.get("referrals", "retested") == "retested",
        row.get("settled", "stays") == "reopened",
    )


def _stage(row: Document) -> Stage:
    share = fraction(row.get("share_percent", 100)) / 100
    return Stage(date.fromisoformat(row["from_date"]), Scope.parse(row.get("scope", {})), share)
