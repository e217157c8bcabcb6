"""What of an account's past a programme's rules ask for, so that only that has to be loaded."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from loyalty.engine.account import BY_EVENTS
from loyalty.engine.expansion import OWED, fee_meter
from loyalty.engine.objects import Conversion, EarningRule
from loyalty.engine.programme import Programme
from loyalty.engine.values import Condition, Follow, Window

LIFETIME = Window()
# Windows whose start is known from the calendar alone.
_FIXED = ("calendar", "year_from", "own", "trailing", "this_and_previous")
_INSTANT = timedelta(microseconds=1)
Asked = Iterator[tuple[str, Window]]


@dataclass(frozen=True, slots=True)
class Remembered:
    """The windows over which each name of an account's history is asked for, of one programme.

    ``needs_people`` where the rules ask about the member, ``needs_tiers`` where they ask about tiers held before.
    """

    windows: Mapping[str, frozenset[Window]]
    zone: ZoneInfo
    needs_people: bool
    needs_tiers: bool

    def starts(self, since: datetime) -> dict[str, datetime | None]:
        """The first moment of each name that computing from ``since`` on asks for, ``None`` for the start."""
        return {name: self._start(windows, since) for name, windows in self.windows.items()}

    def _start(self, windows: frozenset[Window], since: datetime) -> datetime | None:
        starts = [_start(window, since, self.zone) for window in windows]
        return None if None in starts else min(start for start in starts if start)


def remembered(programme: Programme) -> Remembered:
    """What the rules of ``programme`` ask for."""
    windows: dict[str, set[Window]] = {}
    for name, window in _asked(programme):
        windows.setdefault(name, set()).add(window)
    leaves = [leaf for condition in _conditions(programme) for leaf in condition.leaves()]
    needs_tiers = any(leaf.kind == "tier" and leaf.is_ever for leaf in leaves) or any(
        ladder.never_below[1] for ladder in programme.ladders
    )
    return Remembered(
        {name: frozenset(found) for name, found in windows.items()},
        programme.zone,
        _asks_about_people(programme, leaves),
        needs_tiers,
    )


def _start(window: Window, since: datetime, zone: ZoneInfo) -> datetime | None:
    """The start of the window before the one that ``since`` lies in."""
    if window.kind not in _FIXED or window.restart != "no":
        return None
    start = window.span(since, zone).start
    return None if start is None else window.span(start - _INSTANT, zone).start


def _asked(programme: Programme) -> Asked:
    for condition in _conditions(programme):
        yield from _of_condition(condition)
    for follow in _follows(programme):
        if follow.meter and not follow.is_balance and follow.window:
            yield follow.meter, follow.window
    for ladder in programme.ladders:
        yield ladder.meter, LIFETIME if ladder.carries_surplus else ladder.window
    for conversion in programme.conversions:
        yield from _of_conversion(conversion)
    for rule in programme.earning_rules:
        yield from _of_rule(rule)
    for name in (*_played(programme), *_of_purchases(programme), *_of_events(programme), *_paid(programme)):
        yield name, LIFETIME


def _of_events(programme: Programme) -> Iterator[str]:
    """Meters whose window, or that of their runs, depends on when something was counted."""
    for meter in programme.restarting_meters:
        if meter.window.kind in BY_EVENTS:
            yield meter.key
    for conversion in programme.runs:
        if conversion.schedule.window.kind in BY_EVENTS:
            yield conversion.meter


def _paid(programme: Programme) -> Iterator[str]:
    """What rewards have paid of the fees that only they pay, and what was paid too much by which run."""
    yield from (fee_meter(fee.key) for fee in programme.fees if fee.is_from_rewards)
    if OWED in programme.meters:
        yield OWED


def _played(programme: Programme) -> Iterator[str]:
    """Challenges are tested over their whole time, and draws look at every pool."""
    for challenge in programme.challenges:
        yield f"rule.{challenge.rule}"
        yield from (goal.meter for goal in challenge.goals)
    yield from (draw.meter for draw in programme.draws)


def _of_purchases(programme: Programme) -> Iterator[str]:
    extends = any(meter.lifetime.extended_years for meter in programme.meters.values())
    if extends or any(not rule.holds_on_first for rule in programme.price_rules):
        yield "event.purchase"


def _of_condition(condition: Condition) -> Asked:
    for leaf in condition.leaves():
        window = LIFETIME if leaf.consecutive else leaf.window
        if leaf.kind == "meter" and (leaf.measure != "balance" or leaf.consecutive):
            yield leaf.subject, window
        elif leaf.kind == "event":
            yield f"event.{leaf.subject}", window
        elif leaf.kind == "accepted":
            yield f"accepted.{leaf.subject}", LIFETIME


def _of_conversion(conversion: Conversion) -> Asked:
    form = conversion.form
    if form.kind == "consecutive":
        yield conversion.meter, LIFETIME
    elif conversion.measure != "available":
        yield conversion.meter, conversion.window
    if conversion.measure == "passings" or form.kind in ("sequence", "consecutive"):
        yield f"rule.{conversion.key}", LIFETIME


def _of_rule(rule: EarningRule) -> Asked:
    for cap in rule.caps:
        if cap.window:
            yield f"rule.{rule.key}", cap.window
        if cap.window and cap.window.kind in BY_EVENTS:
            yield rule.happening, LIFETIME
    if rule.hours:
        yield ("event.purchase" if rule.since == "purchase" else f"rule.{rule.key}"), LIFETIME
    if rule.counted_by:
        yield rule.counted_by, rule.base.window
    if rule.event in ("first_purchase", "referral_ordered"):
        yield "event.purchase", LIFETIME
    if rule.scope.is_accepted or rule.acceptances:
        yield f"accepted.{rule.offer}", LIFETIME


def _conditions(programme: Programme) -> Iterator[Condition]:
    for ladder in programme.ladders:
        yield ladder.minimum
        for tier in ladder.tiers:
            yield tier.reach
            if tier.keep is not None:
                yield tier.keep
    yield from (rule.condition for rule in programme.earning_rules)
    yield from (conversion.condition for conversion in programme.conversions)
    yield from (menu.condition for menu in programme.menus.values())
    yield from (rule.condition for rule in programme.price_rules)


def _follows(programme: Programme) -> Iterator[Follow]:
    yield from (rule.rate.value for rule in programme.earning_rules)
    yield from (conversion.form.value for conversion in programme.conversions)
    yield from (rule.value for rule in programme.price_rules)


def _asks_about_people(programme: Programme, leaves: list[Condition]) -> bool:
    if any(leaf.kind in ("fact", "consent", "segment") for leaf in leaves):
        return True
    scopes = [rule.scope for rule in programme.earning_rules]
    scopes += [rule.scope for rule in programme.price_rules]
    scopes += [stage.scope for stage in programme.stages]
    scopes += [given.scope for ladder in programme.ladders for given in ladder.given_by]
    by_person = any(
        scope.limits.member_from
        or scope.limits.member_to
        or scope.limits.age_from
        or scope.limits.age_to
        or scope.included_people.segments
        or scope.excluded_people.segments
        for scope in scopes
    )
    by_event = {"birthday", "birthday_month", "referral_ordered", "referral_joined"} & set(
        programme.rules_by_event
    )
    is_staged = any(stage.share < 1 for stage in programme.stages)
    has_spenders = programme.who_spends != "all"
    asks = (by_person, by_event, is_staged, has_spenders, programme.age_from, programme.draws)
    return any(asks)
