from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty.filters import of_meter
from loyalty.models import Entry
from segments.filters import Detail, FactFilter, Moment, facts


@facts.register("point_entry")
class PointEntries(FactFilter):
    """What was earned, used, taken back or lapsed, in smallest parts; what was taken is below zero."""

    key: ClassVar[str] = "point_entry"
    label: ClassVar[Promise] = _("points in the ledger")
    owner: ClassVar[str] = "account_id"
    is_of_account: ClassVar[bool] = True
    at: ClassVar[str] = "effective_at"

    def rows(self, moment: Moment) -> QuerySet[Any]:
        return Entry.objects.all()

    def measures(self) -> Mapping[str, Detail]:
        return {"amount": Detail("number", _("points"), "amount", is_positive=False)}

    def where(self) -> Mapping[str, Detail]:
        return {
            "meter": of_meter(),
            "kind": Detail("choice", _("kind"), "kind", known=Entry.Kind.choices),
            "rule": Detail("choice", _("rule"), "rule"),
        }
