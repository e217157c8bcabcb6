"""What segments can ask about points, tiers, checks and what members do besides buying."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from loyalty.engine.programme import Programme
from loyalty.models import Act
from loyalty.queries.programmes import recent_timetable
from loyalty.queries.wording import name_of
from segments.filters import Choices, Detail, FactFilter, Moment
from segments.filters.expressions import root_of


def _programmes() -> Iterator[Programme]:
    return (programme for _start, _end, programme in recent_timetable().versions)


def meters() -> Choices:
    """Every meter of a published version."""
    keys = dict.fromkeys(key for programme in _programmes() for key in programme.meters)
    return [(key, name_of("meters", key)) for key in keys]


def ladders() -> Choices:
    keys = dict.fromkeys(ladder.key for programme in _programmes() for ladder in programme.ladders)
    return [(key, name_of("tier_ladders", key)) for key in keys]


def of_meter() -> Detail:
    """The parameter by which a meter is named."""
    return Detail("choice", _("meter"), "meter", known=meters())


class ActFacts(FactFilter):
    """What members did, as shops tell it: those of the kind that is the filter's key."""

    owner: ClassVar[str] = "member_id"
    is_behaviour: ClassVar[bool] = True
    at: ClassVar[str] = "occurred_at"

    def rows(self, moment: Moment) -> QuerySet[Any]:
        acts = Act.objects.filter(undone_at__isnull=True, kind=self.key)
        return acts.annotate(act_category=Cast(KeyTextTransform("category_path", "facts"), TextField()))

    def measures(self) -> Mapping[str, Detail]:
        return {
            "amount": Detail("money", _("amount"), "amount_ore"),
            "category": Detail("text", _("category"), "act_category"),
            "interest_area": Detail("text", _("area of interest"), root_of("act_category")),
        }

    def where(self) -> Mapping[str, Detail]:
        return {
            "category_under": Detail("category", _("category, with all below it"), "act_category"),
            "store": Detail("choice", _("store"), "store__code"),
        }

    def same(self) -> Mapping[str, Detail]:
        return {"category": Detail("choice", _("category"), "act_category")}
