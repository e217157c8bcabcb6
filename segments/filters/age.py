from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.models import Member
from segments.engine.clock import DAY, months_later, yearly
from segments.engine.tree import Test
from segments.filters import FieldFilter, Moment, fields
from segments.filters.comparing import runs

OLDEST = 150


@fields.register("age")
class Age(FieldFilter):
    """Whole years, on the birthday already the new one; that of the 29th of February is the 28th in other years."""

    key: ClassVar[str] = "age"
    label: Promise | str = _("age")
    unit: Promise | str = _("years")
    kind = "number"

    def condition(self, test: Test, told: Mapping[str, Any], moment: Moment) -> Q:
        if test.op in ("set", "not_set"):
            return Q(birth_date__isnull=test.op == "not_set")
        ages = [age for age in range(OLDEST + 1) if test.compares(Fraction(age))]
        found = Q(pk__in=[])
        for first, last in runs(ages):
            found |= Q(
                birth_date__lte=_born_by(moment.today, first), birth_date__gt=_born_by(moment.today, last + 1)
            )
        return found

    def value(self, member: Member, told: Mapping[str, Any], moment: Moment) -> int | None:
        born = member.birth_date
        if born is None:
            return None
        return moment.today.year - born.year - (moment.today < yearly(born, moment.today.year))

    def turns_on(self, test: Test, member: Member, moment: Moment) -> date | None:
        born, age = member.birth_date, self.value(member, {}, moment)
        if born is None or age is None:
            return None
        if test.value is None:
            return None
        holds = test.compares(age)
        ages = range(age + 1, OLDEST + 1)
        return next((yearly(born, born.year + one) for one in ages if test.compares(one) is not holds), None)


def _born_by(today: date, age: int) -> date:
    """The last birth date at which one is ``age`` today."""
    is_end_of_february = (today + DAY).month == 3 and today.month == 2
    if is_end_of_february:
        return months_later(today + DAY, -12 * age) - DAY
    return months_later(today, -12 * age)
