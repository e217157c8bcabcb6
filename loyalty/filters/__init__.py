"""What segments can ask about points, tiers, checks and what members do besides buying."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from django.db.models import BigIntegerField, Q, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from loyalty.engine.programme import Programme
from loyalty.models import Act, Standing, Voucher
from loyalty.queries.programmes import recent_timetable
from loyalty.queries.wording import name_of
from segments.filters import Choices, Detail, FactFilter, Moment, searching
from segments.filters.comparing import others_than
from segments.filters.expressions import THOUSANDTHS, days_weeks_and_months, root_of, when_it_was
from segments.queries.templates import template_folders

template_folders.register("loyalty")(Path(__file__).resolve().parent / "templates")


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


def held_on(ladder: str, tier: str) -> Q:
    """The members who hold a tier of a ladder now; with a blank, who holds none."""
    held = Cast(KeyTextTransform("tier", KeyTransform(ladder, "tiers")), TextField())
    standings = Standing.objects.alias(held=held)
    if tier:
        return Q(account_id__in=standings.filter(held=tier).values("account_id"))
    return others_than(Q(account_id__in=standings.filter(held__gt="").values("account_id")))


class ActFacts(FactFilter):
    """What members did, as shops tell it: those of the kind that is the filter's key."""

    owner: ClassVar[str] = "member_id"
    is_behaviour: ClassVar[bool] = True
    at: ClassVar[str] = "occurred_at"

    def rows(self, moment: Moment) -> QuerySet[Any]:
        acts: QuerySet[Any] = self.acts().alias(
            act_category=Coalesce(
                KeyTextTransform("category_path", "facts"), Value(""), output_field=TextField()
            ),
            act_score=Cast(KeyTextTransform("score", KeyTransform("attributes", "facts")), BigIntegerField()),
        )
        return acts

    def acts(self) -> QuerySet[Any]:
        return Act.objects.filter(undone_at__isnull=True, kind=self.key)

    def measures(self) -> Mapping[str, Detail]:
        return {
            "amount": Detail("money", _("amount"), "amount_ore"),
            "score": Detail("quantity", _("score"), "act_score", scale=THOUSANDTHS),
            **days_weeks_and_months("occurred_at"),
            "category": Detail("text", _("category"), "act_category"),
            "interest_area": Detail("text", _("area of interest"), root_of("act_category")),
        }

    def where(self) -> Mapping[str, Detail]:
        return {
            "category_under": Detail(
                "category", _("category, with all below it"), "act_category", search=searching.categories
            ),
            "store": Detail("choice", _("store"), "store__code", search=searching.stores),
            "score": Detail("quantity", _("score"), "act_score", scale=THOUSANDTHS),
            **when_it_was("occurred_at"),
        }

    def same(self) -> Mapping[str, Detail]:
        return {"category": Detail("choice", _("category"), "act_category")}


class VoucherFacts(FactFilter):
    """Something about checks: what they are worth, and which they are."""

    owner: ClassVar[str] = "account_id"
    is_of_account: ClassVar[bool] = True

    def measures(self) -> Mapping[str, Detail]:
        return {
            "value": Detail("money", _("value"), "value_ore"),
            "used": Detail("money", _("used"), "used_ore"),
        }

    def where(self) -> Mapping[str, Detail]:
        return {
            "state": Detail("choice", _("state"), "state", known=Voucher.State.choices),
            "reward": Detail("choice", _("reward"), "reward"),
        }
