from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty.engine.ladders import Tier, TierLadder
from loyalty.filters import held_on, ladders
from loyalty.models import Entry
from loyalty.queries.programmes import recent_timetable
from loyalty.queries.progress import tiers
from members.models import Member
from segments.engine.tree import Test
from segments.filters import Choices, Detail, FieldFilter, Moment, fields
from segments.filters import Value as Asked
from segments.filters.comparing import number_test, others_than

# Windows that are the same for everybody at a moment. Of the others, each member has one of their own.
COMMON = ("lifetime", "calendar", "year_from", "own", "trailing", "this_and_previous")
# What an entry counts for: the account of its order or act, or the one that its account has become part of.
COUNTS_FOR = Coalesce("order__account_id", "act__account_id", "account__merged_into_id", "account_id")


@fields.register("points_to_next_tier")
class PointsToNextTier(FieldFilter):
    """What still has to be earned, in smallest parts, in the window that runs now.

    Missing where the highest tier is held, or where no amount alone leads to the next.
    """

    key: ClassVar[str] = "points_to_next_tier"
    label: Promise | str = _("points left to the next tier")
    help: ClassVar[Promise | str] = _("Unknown of those who hold the highest tier.")
    kind = "number"
    is_plain: ClassVar[bool] = False

    def needs(self) -> Mapping[str, Asked]:
        return {"ladder": Detail("choice", _("ladder"), "ladder", known=_countable())}

    def condition(self, test: Test, told: Mapping[str, Any], moment: Moment) -> Q:
        ladder = _ladder(told["ladder"], moment)
        found = Q(pk__in=[])
        if ladder is None:
            return ~found if test.op == "not_set" else found
        for held, following in _steps(ladder):
            met = Q() if test.op in ("set", "not_set") else _lacks(test, following, ladder, moment)
            found |= held_on(ladder.key, held) & met
        return others_than(found) if test.op == "not_set" else found

    def value(self, member: Member, told: Mapping[str, Any], moment: Moment) -> int | None:
        ladder = _ladder(told["ladder"], moment)
        by_amount = {following.key for _held, following in _steps(ladder)} if ladder else set()
        found = next((one for one in tiers(member.account, moment.now) if one.ladder == told["ladder"]), None)
        return found.missing if found and found.next_tier in by_amount else None


def _countable() -> Choices:
    programmes = [programme for _start, _end, programme in recent_timetable().versions]
    keys = {one.key for programme in programmes for one in programme.ladders if _is_common(one)}
    return [(key, label) for key, label in ladders() if key in keys]


def _is_common(ladder: TierLadder) -> bool:
    return ladder.window.kind in COMMON and ladder.window.restart == "no" and not ladder.carries_surplus


def _ladder(key: str, moment: Moment) -> TierLadder | None:
    programme = recent_timetable().latest(moment.now)
    known = programme.ladders if programme else ()
    return next((one for one in known if one.key == key and _is_common(one)), None)


def _steps(ladder: TierLadder) -> Iterator[tuple[str, Tier]]:
    """Every tier that can be held, none among them, with the one above it where an amount alone leads there."""
    for held, following in zip(("", *(one.key for one in ladder.tiers)), ladder.tiers, strict=False):
        if following.threshold is not None and not following.reach and not ladder.minimum:
            yield held, following


def _lacks(test: Test, following: Tier, ladder: TierLadder, moment: Moment) -> Q:
    """Whose missing amount passes; of those who have earned nothing, all of it is missing."""
    threshold = following.threshold or 0
    earned = _earned(ladder, moment).annotate(missing=Greatest(Value(threshold) - F("earned"), Value(0)))
    if test.compares(threshold):
        failing = earned.filter(number_test("missing", test.opposite), counts_for=OuterRef("account_id"))
        return Q(~Exists(failing))
    return Q(account_id__in=earned.filter(number_test("missing", test)).values("counts_for"))


def _earned(ladder: TierLadder, moment: Moment) -> QuerySet[Any]:
    span = ladder.window.span(moment.now, moment.zone)
    rows = Entry.objects.filter(meter=ladder.meter, kind__in=["earn", "reverse"], counts_at__lte=moment.now)
    if span.start is not None:
        rows = rows.filter(counts_at__gte=span.start)
    return rows.order_by().values(counts_for=COUNTS_FOR).annotate(earned=Sum("amount"))
