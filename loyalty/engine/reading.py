"""What the rules ask of an account at one moment, and what they were told.

Every answer is kept under the words of its question. A return is computed from the answers of the sale, so
that what has happened since changes nothing about what the kept goods would have given.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, TypeVar

from loyalty.engine.account import Account
from loyalty.engine.calendar import Span, full_months, local_day, next_yearly_day
from loyalty.engine.happening import NOBODY, Person
from loyalty.engine.programme import Programme
from loyalty.engine.stock import is_left
from loyalty.engine.values.window import Window

Answer = TypeVar("Answer")
Answers = dict[str, Any]
_INSTANT = timedelta(microseconds=1)
LIFETIME = Window()


class Reading:
    """An account as it stood just before something happened to it.

    ``answers`` are those given before, of the same moment; ``this`` is what the happening itself has counted so far,
    per meter and ``event.`` of what happens, for questions that include it.
    """

    __slots__ = ("account", "answers", "at", "person", "programme", "this")

    def __init__(
        self,
        programme: Programme,
        account: Account,
        at: datetime,
        answers: Mapping[str, Any] | None = None,
        person: Person | None = None,
    ) -> None:
        self.programme = programme
        self.account = account
        self.at = at
        self.answers: Answers = dict(answers or {})
        self.person = person or account.person or NOBODY
        self.this: dict[str, int] = {}

    def balance(self, meter: str) -> int:
        return self._answer(f"balance {meter}", lambda: self.account.balance(meter))

    def available(self, meter: str) -> int:
        return self._answer(f"available {meter}", lambda: self.account.available(meter, self.at))

    def counted(self, meter: str, window: Window, *, with_this: bool = False) -> int:
        """What was earned of ``meter`` in the window that now lies in."""
        before = self._answer(
            f"counted {meter} {window.words}",
            lambda: self.account.earned_in(meter, self.span(meter, window)),
        )
        return before + self.this.get(meter, 0) if with_this else before

    def counted_in_each(self, meter: str, window: Window, windows: int) -> list[int]:
        return self._answer(
            f"counted {meter} {window.words} x{windows}",
            lambda: [
                self.account.earned_in(meter, span) for span in self.spans_before(meter, window, windows)
            ],
        )

    def happened(self, event: str, measure: str, window: Window, *, with_this: bool = False) -> Fraction:
        amounts = self._answer(
            f"amounts {event} {window.words}",
            lambda: _summary(self.account.amounts_of(event, self.span(event, window))),
        )
        if with_this and (this := self.this.get(f"event.{event}")) is not None:
            amounts = _summary([this], amounts)
        return _measured(amounts, measure)

    def happened_in_each(self, event: str, measure: str, window: Window, windows: int) -> list[Fraction]:
        """``measure`` of ``event`` in each of the last ``windows`` whole windows before now."""
        found = self._answer(
            f"amounts {event} {window.words} x{windows}",
            lambda: [
                _summary(self.account.amounts_of(event, span))
                for span in self.spans_before(event, window, windows)
            ],
        )
        return [_measured(amounts, measure) for amounts in found]

    def given(self, rule: str, window: Window, happening: str) -> tuple[int, int]:
        """How much, and how many times, ``rule`` has given in the window; one of events is of ``happening``."""
        amount, times = self._answer(
            f"given {rule} {window.words}",
            lambda: list(self.account.given_in(rule, self.span(happening, window))),
        )
        return amount, times

    def hours_since(self, name: str) -> Fraction | None:
        """Hours since the last of what is remembered under ``name`` (an event, or what a rule gave)."""
        told = self._answer(f"hours since {name}", lambda: self._hours_since(name))
        return None if told is None else Fraction(told)

    def tier(self, ladder: str) -> str:
        return self._answer(f"tier {ladder}", lambda: self.account.tier(ladder))

    def tiers(self) -> frozenset[str]:
        """Every tier held, on any ladder."""
        held = [self.tier(ladder.key) for ladder in self.programme.ladders]
        return frozenset([tier for tier in held if tier])

    def earned_tier(self, ladder: str) -> str:
        """The tier that was earned, whatever else was given beside it."""
        return self._answer(f"earned tier {ladder}", lambda: self._earned_tier(ladder))

    def earned_tiers(self) -> frozenset[str]:
        return frozenset(filter(None, (self.earned_tier(ladder.key) for ladder in self.programme.ladders)))

    def tiers_ever(self, ladder: str, window: Window) -> frozenset[str]:
        held = self._answer(
            f"tiers ever {ladder} {window.words}",
            lambda: self.account.tiers_held(ladder, self.span(ladder, window)),
        )
        return frozenset(held)

    def fact(self, name: str) -> int | None:
        return self._answer(f"fact {name}", lambda: self._fact(name))

    def has_consented(self, purpose: str, channel: str) -> bool:
        return self._answer(
            f"consent {purpose} {channel}",
            lambda: any(one == purpose and channel in ("", through) for one, through in self.person.consents),
        )

    def is_in(self, segment: str) -> bool:
        return self._answer(f"segment {segment}", lambda: segment in self.person.segments)

    def has_accepted(self, offer: str, days: int = 0) -> bool:
        """Whether the member has accepted an offer, of which an acceptance holds ``days``, today first; 0 is for ever."""
        return self._answer(f"accepted {offer} {days}", lambda: self._has_accepted(offer, days))

    def is_left(self, reward: str) -> bool:
        """Whether there still is one of a reward of which there may be only so many."""
        found = self.programme.rewards[reward]
        return not found.stock or self._answer(f"left {reward}", lambda: is_left(self.account.shelf, found))

    def span(self, name: str, window: Window) -> Span:
        """The window of ``name`` (a meter, an event or a rule) that now lies in."""
        return self.account.span(name, window, self.at, self.programme.zone)

    def _answer(self, question: str, find: Callable[[], Answer]) -> Answer:
        if question not in self.answers:
            self.answers[question] = find()
        found: Answer = self.answers[question]
        return found

    def spans_before(self, name: str, window: Window, windows: int) -> list[Span]:
        """The last whole windows before the one that now lies in, newest first."""
        found: list[Span] = []
        span = self.span(name, window)
        while span.start is not None and len(found) < windows:
            moment = span.start - _INSTANT
            if self.account.joined_at >= span.start:
                break
            span = self.account.span(name, window, moment, self.programme.zone)
            found.append(span)
        return found

    def _hours_since(self, name: str) -> str | None:
        last = self.account.last_of(name)
        return None if last is None else str(Fraction(int((self.at - last).total_seconds()), 3600))

    def _earned_tier(self, ladder: str) -> str:
        held = self.account.tiers.get(ladder)
        earned = held if held is None or held.origin == "earned" else held.under
        return earned.tier if earned else ""

    def _has_accepted(self, offer: str, days: int) -> bool:
        accepted = self.account.accepted_at(offer, self.at)
        if accepted is None or not days:
            return accepted is not None
        zone = self.programme.zone
        return local_day(self.at, zone) < local_day(accepted, zone) + timedelta(days=days)

    def _fact(self, name: str) -> int | None:
        day = local_day(self.at, self.programme.zone)
        if name == "age":
            return self.person.age(day)
        if name == "referred":
            return int(bool(self.person.referrer))
        if name in _ON_BIRTHDAYS:
            born = self.person.birth_date
            return None if born is None else int(_ON_BIRTHDAYS[name](born, day))
        joined = self.person.joined_at or self.account.joined_at
        return full_months(local_day(joined, self.programme.zone), day)


_ON_BIRTHDAYS: Mapping[str, Callable[[date, date], bool]] = {
    "birthday": lambda born, day: next_yearly_day(born.month, born.day, day) == day,
    "birthday_month": lambda born, day: born.month == day.month,
}


def _summary(amounts: list[int], before: Sequence[int] = (0, 0, 0, 0)) -> list[int]:
    """How many, their sum, the least and the most of ``amounts`` and those summed up ``before``."""
    if not amounts:
        return list(before)
    count, total, least, most = before
    lowest = min(amounts + [least] * bool(count))
    return [count + len(amounts), total + sum(amounts), lowest, max([*amounts, most])]


def _measured(amounts: Sequence[int], measure: str) -> Fraction:
    count, total, least, most = amounts
    if measure == "average":
        return Fraction(total, count or 1)
    return Fraction({"count": count, "sum": total, "min": least, "max": most}[measure])
