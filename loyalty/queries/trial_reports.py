"""What came out of a trial run: the figures of each programme, ready to be laid side by side."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.utils import timezone

from loyalty.engine.calendar import add_months
from loyalty.engine.parsing import Document
from loyalty.engine.trial import BENEFITS, Figures, Rules
from loyalty.models import TrialRun
from loyalty.queries.trials import from_json, rules_of

# How the checks of a trial can have ended without being used.
LOST = ("expired", "cancelled")


class Checks(NamedTuple):
    """How many, and what they are worth in öre."""

    number: int
    ore: int


@dataclass(frozen=True, slots=True)
class Side:
    """What one programme would have given. A question without a month is about all of them."""

    name: str
    document: Document
    rules: Rules
    figures: Figures

    def points(self, meter: str, *kinds: str, month: str = "") -> int:
        """The sum of entries in smallest parts of ``meter``."""
        return sum(
            amount
            for key, amount in self.figures.items()
            if key[0] == "points" and key[2] == meter and key[3] in kinds and month in ("", key[1])
        )

    def checks(self, *moves: str, month: str = "") -> Checks:
        """Checks that were ``issued``, ``redeemed``, ``expired`` or ``cancelled``."""
        return Checks(self._of_checks("checks", moves, month), self._of_checks("checks_ore", moves, month))

    def _of_checks(self, what: str, moves: tuple[str, ...], month: str) -> int:
        return sum(
            number
            for key, number in self.figures.items()
            if key[0] == what and key[2] in moves and month in ("", key[1])
        )

    @property
    def open_checks(self) -> Checks:
        return Checks(self.figures["open",], self.figures["open_ore",])

    def outstanding(self, meter: str) -> int:
        return self.figures["outstanding", meter]

    def worth(self, meter: str) -> int | None:
        """Öre if all that is outstanding of ``meter`` became checks."""
        value = self.rules.worth.get(meter)
        return None if value is None else int(self.outstanding(meter) * value)

    @property
    def liability_ore(self) -> int:
        """What members could still ask for: points at their worth, and checks that can be used."""
        return self.open_checks.ore + sum(self.worth(meter) or 0 for meter in self.rules.programme.meters)

    def tiers(self) -> Iterator[tuple[str, str, int]]:
        """(ladder, tier, accounts that hold it at the end), the highest tier last; "" is none."""
        for ladder in self.rules.programme.ladders:
            for tier in ("", *(row.key for row in ladder.tiers)):
                yield ladder.key, tier, self.figures["tier", ladder.key, tier]

    def benefits(self) -> list[int]:
        """Accounts by what they got: the groups that ``BENEFITS`` divides."""
        return [self.figures["benefit", str(group)] for group in range(len(BENEFITS) + 1)]


@dataclass(frozen=True, slots=True)
class Report:
    """``change`` tells (gain), (lose) and (same) in accounts, (gain_ore) and (lose_ore)."""

    draft: Side
    today: Side | None
    change: Figures
    months: list[str]

    @property
    def sides(self) -> list[Side]:
        return [self.draft, self.today] if self.today else [self.draft]

    @property
    def accounts(self) -> int:
        """Accounts that bought something."""
        return self.draft.figures["accounts",]

    def orders(self, month: str) -> int:
        return self.draft.figures["orders", month]

    def sold(self, month: str = "") -> int:
        """Öre of what members bought and kept, before any check."""
        return sum(self.draft.figures["sold", one] for one in ([month] if month else self.months))


def report_of(run: TrialRun) -> Report:
    trial = from_json(run.figures)
    draft = Side(run.version.name, run.document, rules_of(run.document), trial["draft"])
    today = None
    if run.against and run.against.document:
        document = run.against.document
        today = Side(run.against.name, document, rules_of(document), trial["today"])
    return Report(draft, today, trial["change"], list(_months(run)))


def _months(run: TrialRun) -> Iterator[str]:
    first = timezone.localdate(run.since)
    for number in range(run.months):
        yield f"{add_months(first, number):%Y-%m}"
